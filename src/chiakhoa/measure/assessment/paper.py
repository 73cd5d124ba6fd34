"""An item on a page: its options in the order of this sitting, numbered; an answer sent back, read by those numbers.

The numbers depend on the seed of the sitting, and nothing on the page says which key of the bank stands behind which:
the source of the page gives no answer away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.measure.assessment import drawing, marking, scoring
from chiakhoa.measure.assessment.models import Item, ItemKind

UNKNOWN = "unknown"


@dataclass
class Line:
    """One option (or left side, or field) on the page: its number there, the words, what was chosen before a refusal.

    `others` are the choices of a field, none where something is to be written.
    """

    number: int
    key: str
    text: str
    chosen: str = ""
    detail: str = ""
    numeric: bool = False
    others: list["Line"] = field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    """A cell of a sheet: words, or the name of a cell whose field is filled in below."""

    text: str = ""
    line: Line | None = None
    is_number: bool = False


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet: the letters of its columns, and rows of their number and cells."""

    columns: list[str]
    rows: list[tuple[int, list[Cell]]]


@dataclass(frozen=True)
class Spot:
    """Something on a drawn screen: words, an icon, where it stands; `line` is the place to point at, None for a block.

    `name` is what a place is called for those who do not see it, where `text` (what is drawn) does not say it.
    """

    place: str
    text: str
    icon: str = ""
    tone: str = ""
    name: str = ""
    line: Line | None = None


@dataclass(frozen=True)
class Screen:
    """A drawn screen: what it is in words, and all that stands on it, in the order of reading."""

    alt: str
    spots: list[Spot]


@dataclass
class Paper:
    """An item as it is shown: `lines` to judge or place, `others` the right sides of pairs, `places` to choose from.

    Of a task or a screen: `title` and `notes` above it, the `sheet` or the drawn `screen` that holds the lines.
    """

    item: Item
    lines: list[Line]
    others: list[Line] = field(default_factory=list)
    title: str = ""
    notes: list[str] = field(default_factory=list)
    sheet: Sheet | None = None
    screen: Screen | None = None

    @property
    def places(self) -> list[int]:
        """The places of an order: 1 to the number of lines."""
        return [line.number for line in self.lines]


def lay_out(item: Item, *, seed: int) -> Paper:
    """The item for this sitting; the same each time it is asked for, wherever in the sitting it comes."""
    chance = np.random.default_rng([seed, *item.code.encode()])
    if item.kind == ItemKind.MATCHING:
        pairs = item.content["pairs"]
        return Paper(item, _lines(pairs, chance, "left_"), _lines(pairs, chance, "right_"))
    if item.kind in scoring.FILLED_IN:
        return _filled_in(item)
    if item.kind == ItemKind.HOTSPOT:
        return _drawn(item)
    lines = _lines(item.content["options"], chance, "")
    if item.kind == ItemKind.ORDERING and [line.key for line in lines] == item.key:
        lines = [Line(number, line.key, line.text) for number, line in enumerate([*lines[1:], lines[0]], start=1)]
    return Paper(item, lines)


def read(paper: Paper, sent: QueryDict) -> Any:
    """The answer in keys of the bank; None for "I do not know". Refusal, in words, where it is not complete."""
    if UNKNOWN in sent:
        return None
    return {
        ItemKind.SINGLE: _read_single,
        ItemKind.MULTIPLE: _read_multiple,
        ItemKind.ORDERING: _read_ordering,
        ItemKind.MATCHING: _read_matching,
        ItemKind.HOTSPOT: _read_single,
        ItemKind.SHORT: _read_short,
        ItemKind.TASK: _read_task,
    }[ItemKind(paper.item.kind)](paper, sent)


def remember(paper: Paper, sent: QueryDict) -> None:
    """Mark on the paper what was chosen, so that a refused answer need not be given again from the start."""
    ticked = sent.getlist("choice")
    for line in paper.lines:
        number = str(line.number)
        line.chosen = number if number in ticked else sent.get(f"line_{number}", "")[: marking.LONGEST]


def words(row: dict[str, Any], part: str = "") -> str:
    """The text of an option (or the left or right side of a pair) in the language of the page."""
    language = "vi" if (get_language() or "vi").startswith("vi") else "en"
    return str(row.get(f"{part}{language}") or row[f"{part}vi"])


def _lines(rows: Sequence[dict[str, str]], chance: np.random.Generator, part: str) -> list[Line]:
    order = chance.permutation(len(rows))
    return [Line(number, rows[i]["key"], words(rows[i], part)) for number, i in enumerate(order, start=1)]


def _filled_in(item: Item) -> Paper:
    """Fields stand where the author put them, as on the form or the sheet that they are: their order tells nothing."""
    content = item.content
    lines = [_field(number, row) for number, row in enumerate(content["fields"], start=1)]
    title = words(content, "title_") if "title_vi" in content else ""
    notes = [words(note) for note in content.get("notes", [])]
    sheet = _sheet(content["grid"], {line.key: line for line in lines}) if "grid" in content else None
    return Paper(item, lines, title=title, notes=notes, sheet=sheet)


def _field(number: int, row: dict[str, Any]) -> Line:
    choices = [Line(place, one["key"], words(one)) for place, one in enumerate(row.get("choices", []), start=1)]
    detail = words(row, "detail_") if "detail_vi" in row else ""
    numeric = row.get("marking") == "number"
    return Line(number, row["key"], words(row, "label_"), detail=detail, numeric=numeric, others=choices)


def _sheet(rows: list[list[Any]], lines: dict[str, Line]) -> Sheet:
    columns = [chr(ord("A") + place) for place in range(len(rows[0]))]
    numbered = [
        (number, [_cell(one, lines, f"{letter}{number}") for letter, one in zip(columns, row, strict=True)])
        for number, row in enumerate(rows, start=1)
    ]
    return Sheet(columns, numbered)


def _cell(value: Any, lines: dict[str, Line], name: str) -> Cell:
    """A cell with its words or number; one to be filled in shows its own name."""
    if isinstance(value, dict):
        return Cell(name, line=lines[value["field"]]) if "field" in value else Cell(words(value))
    if isinstance(value, str):
        return Cell(value)
    decimals = 0 if value == int(value) else len(str(value).partition(".")[2])
    return Cell(num(value, decimals), is_number=True)


def _drawn(item: Item) -> Paper:
    """Places keep their order, the order of the tab key; where they stand is what is asked."""
    options = sorted(item.content["options"], key=lambda row: drawing.read_order(row["at"]))
    lines = [Line(number, row["key"], words(row)) for number, row in enumerate(options, start=1)]
    return Paper(item, lines, screen=_screen(item.content["screen"], options, lines))


def _screen(screen: dict[str, Any], options: list[dict[str, Any]], lines: list[Line]) -> Screen:
    rows = [*((row, None) for row in screen["blocks"]), *zip(options, lines, strict=True)]
    rows.sort(key=lambda one: drawing.read_order(one[0]["at"]))
    return Screen(words(screen, "alt_"), [_spot(row, line) for row, line in rows])


def _spot(row: dict[str, Any], line: Line | None) -> Spot:
    """A block, or a place to point at: what is drawn there, and what it is called if the drawing does not say it."""
    own = words(row) if "vi" in row else ""
    is_bare_icon = line is not None and "icon" in row
    drawn = words(row, "shows_") if "shows_vi" in row else "" if is_bare_icon else own
    return Spot(
        place=drawing.place(row["at"]),
        text=drawn,
        icon=drawing.ICONS[row["icon"]] if "icon" in row else "",
        tone=row.get("tone", ""),
        name="" if drawn == own else own,
        line=line,
    )


def _read_single(paper: Paper, sent: QueryDict) -> str:
    return _read_multiple(paper, sent)[0]


def _read_multiple(paper: Paper, sent: QueryDict) -> list[str]:
    keys = {str(line.number): line.key for line in paper.lines}
    chosen = sorted({keys[number] for number in sent.getlist("choice") if number in keys})
    if not chosen:
        raise Refusal(_("Choose an answer, or press “I do not know”."), code="nothing_chosen")
    return chosen


def _read_ordering(paper: Paper, sent: QueryDict) -> list[str]:
    placed = {sent.get(f"line_{line.number}", ""): line.key for line in paper.lines}
    if set(placed) != {str(place) for place in paper.places}:
        words = _("Give each step its own place, from 1 to %(last)d, or press “I do not know”.")
        raise Refusal(words % {"last": len(paper.lines)}, code="order_incomplete")
    return [placed[str(place)] for place in paper.places]


def _read_matching(paper: Paper, sent: QueryDict) -> dict[str, str]:
    right = {str(line.number): line.key for line in paper.others}
    chosen = [sent.get(f"line_{line.number}", "") for line in paper.lines]
    if set(chosen) != set(right):
        words = _("Give each line its own partner, or press “I do not know”.")
        raise Refusal(words, code="match_incomplete")
    return {line.key: right[number] for line, number in zip(paper.lines, chosen, strict=True)}


def _read_short(paper: Paper, sent: QueryDict) -> str:
    written = sent.get("line_1", "").strip()
    if not written:
        raise Refusal(_("Write an answer, or press “I do not know”."), code="nothing_written")
    return written[: marking.LONGEST]


def _read_task(paper: Paper, sent: QueryDict) -> dict[str, str]:
    given = {line.key: _read_field(line, sent.get(f"line_{line.number}", "").strip()) for line in paper.lines}
    if not all(given.values()):
        raise Refusal(_("Fill in every field of the task, or press “I do not know”."), code="task_incomplete")
    return given


def _read_field(line: Line, sent: str) -> str:
    if not line.others:
        return sent[: marking.LONGEST]
    return next((other.key for other in line.others if str(other.number) == sent), "")
