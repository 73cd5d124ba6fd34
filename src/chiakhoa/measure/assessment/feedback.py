"""An answered item told in words: each part, whether it was chosen, whether that was right, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chiakhoa.foundation.templatetags.words import num
from chiakhoa.measure.assessment import scoring
from chiakhoa.measure.assessment.models import Answer, Item, ItemKind
from chiakhoa.measure.assessment.paper import words

LONG = 4  # digits: a year keeps its own, an amount of đồng does not


@dataclass(frozen=True)
class Part:
    """An option, a step at its right place, or a pair; `chosen` says what the answer made of it, in words."""

    key: str
    text: str
    is_key: bool
    was_right: bool
    chosen: str
    why: str
    times: int | None = None


@dataclass(frozen=True)
class Told:
    """An answer with its item, its parts and the reason of the whole."""

    answer: Answer
    item: Item
    parts: list[Part]
    why: str

    @property
    def right(self) -> bool:
        """Whether the whole answer was right."""
        return self.answer.score == 1


def told(answer: Answer) -> Told:
    """The answer in words, in the language of the page."""
    item = answer.item
    why = words(item.content, "why_") if item.content.get("why_vi") else ""
    return Told(answer, item, parts(item, answer.given), why)


def parts(item: Item, given: Any) -> list[Part]:
    """The parts of an item, in the right order for an ordering, beside what was given (None: nothing)."""
    rights = scoring.right_parts(item, given)
    return [_part(item, row, given, row["key"] in rights) for row in scoring.rows(item)]


def counted(told_parts: list[Part], choices: Mapping[str, int]) -> list[Part]:
    """The parts with how often each was chosen; as they are where choices are not counted for the kind."""
    return [replace(part, times=choices.get(part.key, 0)) for part in told_parts] if choices else told_parts


def _part(item: Item, row: dict[str, Any], given: Any, was_right: bool) -> Part:
    key = row["key"]
    why = words(row, "why_") if row.get("why_vi") else ""
    if item.kind == ItemKind.MATCHING:
        text = f"{words(row, 'left_')} → {words(row, 'right_')}"
        partner = next((pair for pair in item.content["pairs"] if given and pair["key"] == given[key]), None)
        return Part(key, text, True, was_right, words(partner, "right_") if partner else "", why)
    if item.kind == ItemKind.ORDERING:
        return Part(key, words(row), True, was_right, str(given.index(key) + 1) if given else "", why)
    if item.kind in scoring.FILLED_IN:
        written = "" if given is None else said(row, scoring.filled(item, given)[key])
        why = " ".join(filter(None, [_why_not(item, row, given), why]))
        text = " → ".join(filter(None, [words(row, "label_") if row.get("label_vi") else "", right_words(row)]))
        return Part(key, text, True, was_right, written, why)
    chosen = given is not None and key in ([given] if isinstance(given, str) else given)
    is_key = key in ([item.key] if isinstance(item.key, str) else item.key)
    return Part(key, words(row), is_key, was_right, "✓" if chosen else "", why)


def _why_not(item: Item, field: dict[str, Any], given: Any) -> str:
    """The reason of the very mistake that was made, where the author foresaw it: a wrong choice, or a known slip."""
    if given is None:
        return ""
    made = scoring.mistake(item, field, scoring.filled(item, given)[field["key"]])
    return words(made, "why_") if made and made.get("why_vi") else ""


def right_words(field: dict[str, Any]) -> str:
    """The right answer of a field, in the language of the page; a long number in groups, as one reads it."""
    if "choices" in field:
        return said(field, field["right"])
    answer = words(field, "answer_")
    is_long = field.get("marking") == "number" and answer.isdecimal() and len(answer) > LONG and answer[0] != "0"
    return num(int(answer)) if is_long else answer


def said(field: dict[str, Any], given: str) -> str:
    """What was given to a field: the words of the choice, or what was written."""
    return next((words(choice) for choice in field.get("choices", []) if choice["key"] == given), given)
