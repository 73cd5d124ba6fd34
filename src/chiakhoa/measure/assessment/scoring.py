"""What an answer is worth. Pure: no database, no clock, no chance.

`given` has one shape for each kind: single "b"; multiple ["a", "c"]; ordering ["c", "a", "b"]; matching {"a": "b"};
None is "I do not know". An answer is right as a whole or not: the guessing parameter of the kinds with several parts
is the chance of guessing all of them, and the response model knows only right and wrong.
"""

from collections.abc import Callable
from typing import Any, Protocol

from chiakhoa.measure.assessment.models import ItemKind


class Scorable(Protocol):
    """What scoring needs of an item."""

    code: str
    kind: str
    content: dict[str, Any]
    key: Any


def score(item: Scorable, given: Any) -> float:
    """1.0 where the answer is wholly right, else 0.0. ValueError where it has not the shape of the item's kind."""
    if given is None:
        return 0.0
    if not _SHAPES[ItemKind(item.kind)](given, keys(item)):
        raise ValueError(f"item {item.code}: {given!r} is no answer to an item of kind {item.kind}")
    return float(tidy(item.kind, given) == item.key)


def keys(item: Scorable) -> list[str]:
    """The keys of the item's options or pairs, in the order of the bank."""
    return [row["key"] for row in item.content.get("options") or item.content["pairs"]]


def tidy(kind: str, given: Any) -> Any:
    """The answer in the one form that is stored: the choices of a multiple item sorted."""
    return sorted(given) if kind == ItemKind.MULTIPLE and given is not None else given


def right_parts(item: Scorable, given: Any) -> set[str]:
    """The keys of the options or pairs that the answer has right, for the reasons shown after practice."""
    if given is None:
        return set()
    if item.kind == ItemKind.MATCHING:
        return {left for left, right in given.items() if item.key[left] == right}
    if item.kind == ItemKind.ORDERING:
        return {ours for ours, theirs in zip(item.key, given, strict=True) if ours == theirs}
    chosen, right = set(given), set(item.key)
    return {key for key in keys(item) if (key in chosen) == (key in right)}


def _is_single(given: Any, known: list[str]) -> bool:
    return isinstance(given, str) and given in known


def _is_multiple(given: Any, known: list[str]) -> bool:
    return isinstance(given, list) and 0 < len(given) == len({*map(str, given)}) and all(key in known for key in given)


def _is_ordering(given: Any, known: list[str]) -> bool:
    return isinstance(given, list) and all(isinstance(key, str) for key in given) and sorted(given) == sorted(known)


def _is_matching(given: Any, known: list[str]) -> bool:
    return isinstance(given, dict) and _is_ordering(list(given), known) and _is_ordering(list(given.values()), known)


_SHAPES: dict[ItemKind, Callable[[Any, list[str]], bool]] = {
    ItemKind.SINGLE: _is_single,
    ItemKind.MULTIPLE: _is_multiple,
    ItemKind.ORDERING: _is_ordering,
    ItemKind.MATCHING: _is_matching,
}
