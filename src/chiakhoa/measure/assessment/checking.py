"""What an item lacks, in words at the place where it is missing. Pure: an item is a row as in the item files (`bank.row_of`).

`faults` keep a row from being an item at all: nobody could answer or mark it. `gaps` keep a draft from being read by a second
person: both languages, and a reason for each option.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiakhoa.measure.assessment import bank, checking_screens, marking, scoring
from chiakhoa.measure.assessment.checking_screens import Lack as Lack
from chiakhoa.measure.assessment.models import ItemKind

CHOICES = (ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.HOTSPOT)
LEAST = {ItemKind.SINGLE: 2, ItemKind.HOTSPOT: 2, ItemKind.MULTIPLE: 3, ItemKind.ORDERING: 3, ItemKind.MATCHING: 3}
MOST_PARTS = 12
LONGEST = 2000
GRADES = range(1, 9)
MOST_COLUMNS, MOST_ROWS = 6, 12
LANGUAGES = ("vi", "en")


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
    if "grid" in row:
        found += _grid_faults(row)
    if kind == ItemKind.HOTSPOT and "screen" in row:
        found += checking_screens.faults(row)
    return found


def gaps(row: dict[str, Any]) -> list[Lack]:
    """What a draft still lacks before somebody else can judge it."""
    kind = ItemKind(row["kind"])
    found = list(_missing(row, ["stem", "learn"], ""))
    for number, part in enumerate(parts(row), start=1):
        found += _missing(part, texts_of(kind, part), f"{number}.")
    if kind == ItemKind.MATCHING:
        found += _missing(row, ["why"], "")
    if kind in (ItemKind.SHORT, ItemKind.TASK):
        found += _filled_gaps(row)
    if kind == ItemKind.HOTSPOT and "screen" in row:
        found += [*_missing(row["screen"], ["alt"], ""), *checking_screens.gaps(row)]
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
        words = ngettext("Fill in at least one field.", "Fill in at least %(count)d lines.", least)
        yield Lack("parts", words % {"count": least})
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
    if not any(str(field.get(f"label_{language}", "")).strip() for language in LANGUAGES):
        yield Lack(f"{number}.label_vi", _("Write what the field is called."))
    if "choices" in field:
        yield from _choice_faults(number, field)
        return
    answers = [answer for answer in (field.get("answer_vi"), field.get("answer_en"), *field.get("also", [])) if answer]
    if not answers:
        yield Lack(f"{number}.answer_vi", _("Write the right answer."))
        return
    if field.get("marking") not in marking.MARKINGS:
        yield Lack(f"{number}.marking", _("Say how the answer is marked."))
        return
    if field["marking"] == "number" and not all(_is_number(answer) for answer in answers):
        yield Lack(f"{number}.answer_vi", _("Write the number in digits, with a point before decimals: 1250.5."))
    elif any(len(answer) > marking.LONGEST for answer in answers):
        yield Lack(f"{number}.answer_vi", _("At most %(count)d letters.") % {"count": marking.LONGEST})


def _choice_faults(number: int, field: dict[str, Any]) -> Iterator[Lack]:
    choices = field["choices"]
    if field.get("answer_vi") or field.get("answer_en"):
        yield Lack(f"{number}.answer_vi", _("Either choices or an answer to write: empty one of them."))
    if len(choices) < 2:
        yield Lack(f"{number}.right", _("Give at least two choices."))
    elif field.get("right") not in [choice["key"] for choice in choices]:
        yield Lack(f"{number}.right", _("Say which choice is right."))
    for place, choice in enumerate(choices, start=1):
        if not any(str(choice.get(language, "")).strip() for language in LANGUAGES):
            yield Lack(f"{number}.choice{place}.vi", _("Write something here, or empty the whole line."))
    for language in LANGUAGES:
        for lack in _said_twice(choices, language):
            yield Lack(f"{number}.choice{lack.place}", lack.words)


def _grid_faults(row: dict[str, Any]) -> Iterator[Lack]:
    """What keeps a sheet from being drawn, or a field from having its cell."""
    grid = row["grid"]
    widths = {len(cells) for cells in grid}
    if not grid or len(widths) != 1:
        yield Lack("grid", _("Write the sheet: a line a row, each with as many cells parted by |."))
        return
    if max(widths) > MOST_COLUMNS or len(grid) > MOST_ROWS:
        words = _("A sheet has at most %(columns)d columns and %(rows)d rows: more do not fit a phone.")
        yield Lack("grid", words % {"columns": MOST_COLUMNS, "rows": MOST_ROWS})
    placed = [cell["field"] for cells in grid for cell in cells if isinstance(cell, dict) and "field" in cell]
    known = [field["key"] for field in parts(row)]
    for unknown in (name for name in placed if name not in known):
        yield Lack("grid", _("The sheet has a cell %(name)s, but there is no such field below.") % {"name": unknown})
    for number, key in enumerate(known, start=1):
        if placed.count(key) != 1:
            words = _("Field %(number)d needs exactly one cell of the sheet: write [%(number)d] there.")
            yield Lack("grid", words % {"number": number})
    cells = {f"{chr(ord('A') + column)}{line}" for line in range(1, len(grid) + 1) for column in range(max(widths))}
    for number, field in enumerate(parts(row), start=1):
        outside = {name for trial in field.get("trials", []) for name in trial} - cells
        if outside:
            words = _("The sheet has no cell %(name)s.") % {"name": ", ".join(sorted(outside))}
            yield Lack(f"{number}.trials", words)


def _filled_gaps(row: dict[str, Any]) -> Iterator[Lack]:
    """What a short answer or a task lacks beside labels and answers: reasons, and words above it in both languages."""
    if row["kind"] == ItemKind.TASK:
        yield from _missing(row, ["title"], "")
    for number, note in enumerate(row.get("notes", []), start=1):
        yield from _missing(note, [""], f"note{number}.")
    cells = [cell for cells in row.get("grid", []) for cell in cells if isinstance(cell, dict) and "field" not in cell]
    if not all(cell["vi"] and cell["en"] for cell in cells):
        yield Lack("grid_en", _("The English text is missing."))
    has_one = bool(row.get("why_vi") and row.get("why_en"))  # as other tools give it: one reason for the whole
    offered = [field["choices"] for field in parts(row) if "choices" in field]
    for number, field in enumerate(parts(row), start=1):
        if not has_one:
            yield from _missing(field, ["why"], f"{number}.")
        if "choices" in field:
            yield from _choice_gaps(number, field, is_shared=offered.count(field["choices"]) > 1 or has_one)
        for place, slip in enumerate(field.get("slips", []), start=1):
            yield from _missing(slip, ["why"], f"{number}.slip{place}.")
    if not faults(row):
        yield from _slips_that_are_right(row)


def _choice_gaps(number: int, field: dict[str, Any], *, is_shared: bool) -> Iterator[Lack]:
    for place, choice in enumerate(field["choices"], start=1):
        texts = [""] if is_shared or choice["key"] == field.get("right") else ["", "why"]
        yield from _missing(choice, texts, f"{number}.choice{place}.")


def _slips_that_are_right(row: dict[str, Any]) -> Iterator[Lack]:
    """Mistakes that the marking takes for right, and mistakes without words."""
    content = bank.content_of(row)
    item = SimpleNamespace(code="", kind=row["kind"], content=content, key=None)
    for number, field in enumerate(content["fields"], start=1):
        for place, slip in enumerate(field.get("slips", []), start=1):
            if not slip["answer"]:
                yield Lack(f"{number}.slip{place}.answer", _("Write the mistake, or empty the whole line."))
            elif scoring.mistake(item, field, slip["answer"]) is None:
                yield Lack(f"{number}.slip{place}.answer", _("This is marked right, so it is no mistake."))


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
