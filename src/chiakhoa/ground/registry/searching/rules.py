"""What a search finds, said once; the index and the database's own conditions both follow it.

Every word asked for is the beginning of a word of the name, in any order. Where the reader reaches nobody of that kind, one
word may have one slip (a letter too many, lacking, wrong, or two turned round); where that finds nobody, every word may.
"""

import re
from collections.abc import Collection, Sequence
from functools import reduce
from itertools import combinations
from operator import and_, or_

from django.db.models import Q

from chiakhoa.foundation.text import fold

LETTERS = "abcdefghijklmnopqrstuvwxyz'-"
SHORTEST = 3  # a slip in a word of two letters could mean almost any other
MOST_WORDS = 8
FEW = 3  # more words than these are asked for by one expression instead of four conditions each
LONGEST = 40
LAST = chr(0x10FFFF)


def words_of(text: str) -> list[str]:
    """The words asked for, folded, each once; those that begin another one ask for nothing more."""
    words = sorted(
        {word[:LONGEST] for word in fold(text).replace("\0", " ").split()}, key=lambda word: (-len(word), word)
    )
    kept: list[str] = []
    for word in words:
        if not any(longer.startswith(word) for longer in kept):
            kept.append(word)
    return kept[:MOST_WORDS]


def slips(word: str) -> set[str]:
    """All words that one slip turns into this one; none for very short words."""
    if len(word) < SHORTEST:
        return set()
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {a + b[1:] for a, b in cuts if b}
    found |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    found |= {a + letter + b[1:] for a, b in cuts if b for letter in LETTERS}
    found |= {a + letter + b for a, b in cuts for letter in LETTERS}
    return found - {word}


def begins(word: str) -> Q:
    """The condition that some word of a person's name begins so."""
    return Q(search_key__startswith=word) | Q(search_key__contains=f" {word}")


def is_one_of(words: Collection[str]) -> Q:
    """The condition that some word of a person's name is one of these; never true for none."""
    if len(words) > FEW:
        return Q(search_key__regex=f"(^| )({'|'.join(map(re.escape, sorted(words)))})( |$)")
    said = [
        Q(search_key=word) | Q(search_key__startswith=f"{word} ")
        | Q(search_key__endswith=f" {word}") | Q(search_key__contains=f" {word} ")
        for word in sorted(words)
    ]  # fmt: skip
    return reduce(or_, said) if said else Q(pk__in=[])


def stages(count: int) -> list[list[frozenset[int]]]:
    """Which of the words may have slips, from strict to lenient: at each stage, the alternatives that are tried together."""
    one = [frozenset(some) for some in combinations(range(count), 1)]
    return [[frozenset()], one] + ([[frozenset(range(count))]] if count > 1 else [])


def condition(words: Sequence[str], near: Sequence[Collection[str]], stage: Sequence[frozenset[int]]) -> Q:
    """The stage as a condition on people; `near` are, for each word, the words of names that are a slip away."""
    strict = [begins(word) for word in words]
    lenient = [one | is_one_of(others) for one, others in zip(strict, near, strict=True)]
    return reduce(
        or_, (reduce(and_, (lenient[i] if i in may else strict[i] for i in range(len(words)))) for may in stage)
    )


def agrees(key: str, words: Sequence[str], near: Sequence[set[str]], stage: Sequence[frozenset[int]]) -> bool:
    """Whether a folded name is found at the stage."""
    own = key.split()

    def holds(place: int, lenient: bool) -> bool:
        word = words[place]
        return any(one.startswith(word) or (lenient and one in near[place]) for one in own)

    return any(all(holds(place, place in may) for place in range(len(words))) for may in stage)
