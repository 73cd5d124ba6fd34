"""How far somebody gets who knows nothing and follows a rule of thumb: each rule against blind chance, as a normal deviate.

A rule names some of an item's options; the guesser takes one of them, all alike. If rights stood among the options by chance,
the share of rights that the rule hits would be the item's share of rights, with the variance of drawing without replacement.
Summed over the bank the deviate is nearly standard normal: beyond ±1.96 lies 5 % of what chance does.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

BOUND = 1.96  # two-sided, 5 %


@dataclass(frozen=True)
class Choice:
    """The options of one item or field as a guesser meets them: their words, and which are right."""

    code: str
    stem: str
    options: list[str]
    right: list[bool]


Rule = Callable[[Choice], list[int]]


def deviate(choices: Sequence[Choice], rule: Rule) -> float:
    """How far the rule lies from blind chance, in standard deviations; positive where it helps."""
    excess = variance = 0.0
    for choice in choices:
        named = rule(choice)
        size, rights, taken = len(choice.options), sum(choice.right), len(named)
        if not named or taken == size:
            continue
        excess += sum(choice.right[place] for place in named) / taken - rights / size
        variance += rights * (size - rights) * (size - taken) / (size * size * (size - 1) * taken)
    return excess / math.sqrt(variance) if variance else 0.0


def longest(choice: Choice) -> list[int]:
    """The longest option, or those that share that length."""
    return _extreme([len(option) for option in choice.options])


def shortest(choice: Choice) -> list[int]:
    """The shortest."""
    return _extreme([-len(option) for option in choice.options])


def middling(choice: Choice) -> list[int]:
    """Those neither longest nor shortest."""
    outer = {*longest(choice), *shortest(choice)}
    return [place for place in range(len(choice.options)) if place not in outer]


def echoing(choice: Choice) -> list[int]:
    """Those that share most words with the question."""
    asked = words(choice.stem)
    return _extreme([len(words(option) & asked) for option in choice.options])


def with_words(pattern: str) -> Rule:
    """Those in which the pattern occurs."""
    found = re.compile(pattern)
    return lambda choice: [place for place, option in enumerate(choice.options) if found.search(option)]


def at(place: int) -> Rule:
    """The one that the author put at the place."""
    return lambda choice: [place] if place < len(choice.options) else []


def words(text: str) -> set[str]:
    """The words of a text, in small letters."""
    return set(re.findall(r"\w+", text.lower()))


def chi_square(choices: Sequence[Choice], places: int) -> float:
    """How unevenly the rights stand over the places, for choices of so many options; degrees of freedom: places - 1."""
    counts = [sum(choice.right[place] for choice in choices) for place in range(places)]
    shares = [sum(choice.right) / places for choice in choices]
    spread = sum(share * (1 - share) for share in shares) * places / (places - 1)
    return sum((count - sum(shares)) ** 2 for count in counts) / spread if spread else 0.0


def _extreme(sizes: list[int]) -> list[int]:
    return [place for place, size in enumerate(sizes) if size == max(sizes)]
