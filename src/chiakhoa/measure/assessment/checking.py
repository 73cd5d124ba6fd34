"""What an item lacks, in words at the place where it is missing. Pure: an item is a row as in the item files (`bank.row_of`).

`faults` keep a row from being an item at all: nobody could answer or mark it. `gaps` keep a draft from being read by a second
person: both languages, and a reason for each option.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from chiakhoa.measure.assessment import bank, marking
from chiakhoa.measure.assessment.models import ItemKind

CHOICES = (ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.HOTSPOT)
LEAST = {ItemKind.SINGLE: 2, ItemKind.HOTSPOT: 2, ItemKind.MULTIPLE: 3, ItemKind.ORDERING: 3, ItemKind.MATCHING: 3}
MOST_PARTS = 12
LONGEST = 2000
GRADES = range(1, 9)
LANGUAGES = ("vi", "en")


class Lack(NamedTuple):
    """Something missing or wrong: the part of the row ("stem_vi", "2.why_en" for the second part, "" for the whole), in words."""

    place: str
    words: str


def faults(row: dict[str, Any]) -> list[Lack]:
    """What keeps the row from being an item."""
    kind = ItemKind(row["kind"])
    found = [*_text_faults(row), *_part_faults(kind, parts(row))]
    if row.get("grade") not in GRADES:
        found.append(Lack("grade", _("Choose a grade from 1 to 8.")))
    if kind in CHOICES:
        found += _key_faults(kind, parts(row))
    if kind in (ItemKind.SHORT, ItemKind.TASK):
        found += [fault for number, field in enumerate(parts(row), start=1) for fault in _field_faults(number, field)]
    return found


def gaps(row: dict[str, Any]) -> list[Lack]:
    """What a draft still lacks before somebody else can judge it."""
    kind = ItemKind(row["kind"])
    found = list(_missing(row, ["stem", "learn"], ""))
    for number, part in enumerate(parts(row), start=1):
        found += _missing(part, texts_of(kind, part), f"{number}.")
    if kind == ItemKind.MATCHING or (kind in (ItemKind.SHORT, ItemKind.TASK) and not _each_says_why(row)):
        found += _missing(row, ["why"], "")
    return found


def parts(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The options, pairs or fields of a row."""
    found: list[dict[str, Any]] = row.get(bank.PARTS.get(ItemKind(row["kind"]), "options"), [])
    return found


def texts_of(kind: str, part: dict[str, Any]) -> list[str]:
    """The texts that a part must have in both languages, by name without the language ("" is the words of an option)."""
    if kind == ItemKind.MATCHING:
        return ["left", "right"]
    if kind in (ItemKind.SHORT, ItemKind.TASK):
        return ["label"] if "choices" in part else ["label", "answer"]
    return ["", "why"]


def named(text: str, language: str) -> str:
    """The name of a text in a row: "why_vi", or "vi" where it has no name of its own."""
    return f"{text}_{language}" if text else language


def _text_faults(row: dict[str, Any]) -> Iterator[Lack]:
    if not any(row.get(f"stem_{language}", "").strip() for language in LANGUAGES):
        yield Lack("stem_vi", _("Write the question."))
    for name in ("stem_vi", "stem_en", "learn_vi", "learn_en"):
        if len(row.get(name, "")) > LONGEST:
            yield Lack(name, _("At most %(count)d letters.") % {"count": LONGEST})


def _part_faults(kind: ItemKind, rows: list[dict[str, Any]]) -> Iterator[Lack]:
    least = LEAST.get(kind, 1)
    if len(rows) < least:
        yield Lack("parts", _("Fill in at least %(count)d lines.") % {"count": least})
    if len(rows) > MOST_PARTS:
        yield Lack("parts", _("At most %(count)d lines.") % {"count": MOST_PARTS})
    for language in LANGUAGES:
        for side in ("left", "right") if kind == ItemKind.MATCHING else ("",) if kind in bank.WITH_OPTIONS else ():
            yield from _said_twice(rows, named(side, language))
    for number, row in enumerate(rows, start=1):
        sides = ("left", "right") if kind == ItemKind.MATCHING else ("",) if kind in bank.WITH_OPTIONS else ()
        for side in sides:
            if not any(row.get(named(side, language), "").strip() for language in LANGUAGES):
                yield Lack(f"{number}.{named(side, 'vi')}", _("Write something here, or empty the whole line."))


def _said_twice(rows: list[dict[str, Any]], name: str) -> Iterator[Lack]:
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        text = row.get(name, "").strip().casefold()
        if text and text in seen:
            yield Lack(f"{number}.{name}", _("Another line says the same. Nobody could tell them apart."))
        seen.add(text)


def _key_faults(kind: ItemKind, rows: list[dict[str, Any]]) -> Iterator[Lack]:
    right = sum(bool(row.get("correct")) for row in rows)
    if kind == ItemKind.MULTIPLE:
        if right < 2:
            yield Lack("key", _("Tick at least two right answers, or choose the kind “Choose one”."))
        elif right == len(rows):
            yield Lack("key", _("At least one answer must be wrong."))
    elif right != 1:
        yield Lack("key", _("Tick exactly one right answer."))


def _field_faults(number: int, field: dict[str, Any]) -> Iterator[Lack]:
    if "choices" in field:
        if field.get("right") not in [choice["key"] for choice in field["choices"]]:
            yield Lack(f"{number}.right", _("Say which choice is right."))
        return
    if field.get("marking") not in marking.MARKINGS:
        yield Lack(f"{number}.marking", _("Say how the answer is marked."))
        return
    answers = [field.get("answer_vi", ""), field.get("answer_en", ""), *field.get("also", [])]
    if not any(answers):
        yield Lack(f"{number}.answer_vi", _("Write the right answer."))
    elif field["marking"] == "number" and not all(_is_number(answer) for answer in answers):
        yield Lack(f"{number}.answer_vi", _("Write the number in digits, with a point before decimals: 1250.5."))
    elif any(len(answer) > marking.LONGEST for answer in answers):
        yield Lack(f"{number}.answer_vi", _("At most %(count)d letters.") % {"count": marking.LONGEST})


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _missing(row: dict[str, Any], names: list[str], before: str) -> Iterator[Lack]:
    words = {"vi": _("The Vietnamese text is missing."), "en": _("The English text is missing.")}
    for text in names:
        for language in LANGUAGES:
            if not str(row.get(named(text, language), "")).strip():
                yield Lack(f"{before}{named(text, language)}", words[language])


def _each_says_why(row: dict[str, Any]) -> bool:
    return all(part.get("why_vi") and part.get("why_en") for part in parts(row))
