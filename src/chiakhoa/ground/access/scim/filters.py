"""The filter language of RFC 7644, 3.4.2.2, as conditions of the database.

`userName eq "hoa" and (active eq true or externalId pr)`. Operators: eq ne co sw ew gt ge lt le pr; and, or, not, brackets.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from chiakhoa.ground.access.scim.faults import Fault
from chiakhoa.ground.access.scim.resources import pk_of

WORD = re.compile(r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<mark>[()])|(?P<word>[^\s()"]+))')
LOOKUPS = {
    "eq": "exact", "co": "contains", "sw": "startswith", "ew": "endswith", "gt": "gt", "ge": "gte", "lt": "lt", "le": "lte",
}  # fmt: skip
KEYS = {"pk": "", "groups__group": "Group", "members__account": "User"}
DEEPEST = 20


@dataclass(frozen=True)
class Kept:
    """What can be filtered by: attributes (lower case) as columns, of which kind of resource."""

    columns: dict[str, str]
    own: str


def condition(text: str, columns: dict[str, str], own: str) -> Q:
    """The filter as a condition. `columns` maps attributes (lower case) to columns;
    `own` is the kind of resource filtered. Fault where it cannot be read."""
    words = _words(text)
    found = _any(words, Kept(columns, own), 0)
    if words:
        raise _unreadable(f"“{words[0]}” is left over")
    return found


def _words(text: str) -> list[str]:
    words, at = [], 0
    while text[at:].strip():
        match = WORD.match(text, at)
        if match is None:
            raise _unreadable("a quotation mark is missing")
        words.append(match.group().strip())
        at = match.end()
    return words


def _any(words: list[str], kept: Kept, depth: int) -> Q:
    found = _all(words, kept, depth)
    while words and words[0].lower() == "or":
        words.pop(0)
        found |= _all(words, kept, depth)
    return found


def _all(words: list[str], kept: Kept, depth: int) -> Q:
    found = _one(words, kept, depth)
    while words and words[0].lower() == "and":
        words.pop(0)
        found &= _one(words, kept, depth)
    return found


def _one(words: list[str], kept: Kept, depth: int) -> Q:
    if depth > DEEPEST:
        raise _unreadable("too many brackets")
    first = _next(words)
    if first.lower() == "not":
        return ~_one(words, kept, depth + 1)
    if first == "(":
        found = _any(words, kept, depth + 1)
        if _next(words) != ")":
            raise _unreadable("a bracket is not closed")
        return found
    return _compared(first, _next(words).lower(), words, kept)


def _compared(attribute: str, operator: str, words: list[str], kept: Kept) -> Q:
    column = kept.columns.get(attribute.rsplit(":", 1)[-1].lower())
    if column is None:
        raise _unreadable(f"there is no attribute “{attribute}” to filter by")
    if operator == "pr":
        return Q(**{f"{column}__isnull": False}) & ~_empty(column)
    value = _value(_next(words))
    if column in KEYS:
        found = pk_of(str(value), KEYS[column] or kept.own)
        return ~Q(**{column: found}) if operator == "ne" else Q(**{column: found}) if found else Q(pk__in=[])
    if operator == "ne":
        return ~Q(**{column: value})
    if operator not in LOOKUPS or (operator != "eq" and not isinstance(value, str)):
        raise _unreadable(f"“{operator}” does not go with “{attribute}”")
    return Q(**{f"{column}__{LOOKUPS[operator]}": value})


def _empty(column: str) -> Q:
    return Q(pk__in=[]) if column in KEYS or column == "is_active" else Q(**{column: ""})


def _value(word: str) -> Any:
    try:
        return json.loads(word)
    except ValueError:
        raise _unreadable(f"“{word}” is no value; put text into quotation marks") from None


def _next(words: list[str]) -> str:
    if not words:
        raise _unreadable("it ends too early")
    return words.pop(0)


def _unreadable(why: str) -> Fault:
    return Fault(400, f"The filter cannot be read: {why}.", "invalidFilter")
