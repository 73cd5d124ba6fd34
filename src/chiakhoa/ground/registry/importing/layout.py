"""Where the list is in a file: which sheet, which row or two rows of headings, where it ends. Pure: cells in, places out.

Real sheets begin with the name of the office and a title, head a group of columns over two rows, number the columns below the
headings, and end with a total, a date and a signature. What is left out is said, with its row and the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation.legacy_text import decoder
from chiakhoa.foundation.sheets import Tab
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry.importing import headings
from chiakhoa.ground.registry.importing.cells import text

LOOKED_AT = 40
TOTALS = ("tong", "tong cong", "tong so", "cong", "cong lai", "total", "tong hop", "cong don")
FEWEST_HEADINGS = 2


@dataclass(frozen=True)
class Layout:
    """The list found: sheet by place, first row of headings (0-based), how many rows they take, the heading of each column."""

    tab: int
    header: int
    depth: int
    headings: tuple[str, ...]

    @property
    def first(self) -> int:
        """The row below the headings, 0-based."""
        return self.header + self.depth


@dataclass(frozen=True)
class LeftOut:
    """A row that is no record: its line in the sheet, what it says, why it is none."""

    line: int
    said: str
    reason: str


@dataclass
class Lines:
    """The records of a list, each with its line in the sheet, and what was left out."""

    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def find(tabs: Sequence[Tab], known: Mapping[str, str]) -> Layout | None:
    """The sheet and the headings that name the most fields; the first such. None where no sheet holds a single row."""
    best, most = None, 0.0
    for place, tab in enumerate(tabs):
        for header in range(min(LOOKED_AT, len(tab.rows))):
            for depth in (1, 2):
                if header + depth > len(tab.rows):
                    continue
                found = at(tabs, place, header, depth)
                score = _score(found, known)
                if score > most:
                    best, most = found, score
    return best if most >= FEWEST_HEADINGS else _first_full_row(tabs)


def at(tabs: Sequence[Tab], tab: int, header: int, depth: int = 1) -> Layout:
    """The layout with its headings in the given rows, joined where they are two."""
    rows = tabs[tab].rows[header : header + depth]
    said = [text(cell) for cell in rows[0]] if depth == 1 else _joined(rows[0], rows[1])
    readable = decoder(said)
    return Layout(tab, header, depth, tuple(map(readable, said)) if readable else tuple(said))


def map_columns(layout: Layout, known: Mapping[str, str]) -> dict[int, str]:
    """Column -> field, as the headings say; a field that two columns claim goes to the first."""
    found: dict[int, str] = {}
    for column, heading in enumerate(layout.headings):
        name = _meaning(heading, known)
        if name and (name == headings.NOTHING or name not in found.values()):
            found[column] = name
    return found


def filled_down(tab: Tab, layout: Layout, columns: Sequence[int]) -> list[tuple[int, int, int]]:
    """Write what stands in a cell merged over several rows of the list into each of them, in place.

    Only below the headings, in the chosen columns, and in rows that say something themselves: a signature is merged as well.
    Returns the column and the first and last line (1-based) of each such cell.
    """
    found, wanted, rows = [], set(columns), tab.rows
    for column, top, bottom in tab.merged:
        if column not in wanted or bottom < layout.first or top >= len(rows) or column >= len(rows[top]):
            continue
        value, lines = rows[top][column], []
        for number in range(max(top + 1, layout.first), min(bottom + 1, len(rows))):
            cells = rows[number]
            if column < len(cells) and _is_blank(cells[column]) and not all(map(_is_blank, cells)):
                cells[column] = value
                lines.append(number + 1)
        if lines and not _is_blank(value):
            found.append((column, top + 1, lines[-1]))
    return found


def records(tab: Tab, layout: Layout, columns: Sequence[int]) -> Lines:
    """The rows below the headings that are records: at least two of the chosen columns filled, and no total."""
    found = Lines()
    least = min(2, len(columns))
    for number, cells in enumerate(tab.rows[layout.first :], layout.first + 1):
        filled = _filled(cells, columns, least)
        if filled >= least and number > layout.first + 1 and not _may_be_apart(cells):
            found.rows.append((number, cells))
            continue
        said = [text(cell) for cell in cells if not _is_blank(cell)]
        if said:
            reason = _why_none(said, number == layout.first + 1, filled, least)
            if reason:
                found.left_out.append(LeftOut(number, " · ".join(said)[:120], reason))
            else:
                found.rows.append((number, cells))
    return found


def _filled(cells: Sequence[Any], columns: Sequence[int], enough: int) -> int:
    """How many of the columns are filled, counted no further than enough."""
    count = 0
    for column in columns:
        if column < len(cells) and not _is_blank(cells[column]):
            count += 1
            if count == enough:
                break
    return count


def _may_be_apart(cells: Sequence[Any]) -> bool:
    """Whether a total may begin here: a quick look at the first filled cell, since rows are many and totals few."""
    for cell in cells:
        if not _is_blank(cell):
            return isinstance(cell, str) and cell.lstrip()[:1] in "tTcC"
    return True


def _why_none(said: Sequence[str], is_first: bool, filled: int, least: int) -> str:
    """Why the row is no record; empty where it is one."""
    numbers = [cell.strip("()[]") for cell in said]
    if is_first and len(said) > 1 and numbers == [str(n) for n in range(1, len(said) + 1)]:
        return _("the row numbers the columns")
    if any(fold(cell).strip(" :.") in TOTALS or fold(cell).startswith(("tong cong", "tong so")) for cell in said[:2]):
        return _("a total")
    if filled < least:
        return _("a heading, a note or a signature: too few columns are filled")
    return ""


def _is_blank(cell: Any) -> bool:
    return cell is None or cell == "" or (isinstance(cell, str) and not cell.strip())


def _score(layout: Layout, known: Mapping[str, str]) -> float:
    """How many different fields the headings name; a hair less for two rows, so that one row wins where it says as much."""
    named = {_meaning(heading, known) for heading in layout.headings} - {None}
    return len(named) - 0.5 * (layout.depth - 1)


def _meaning(heading: str, known: Mapping[str, str]) -> str | None:
    """The field of a heading of one or of two rows: of the whole, else of its lower, else of its upper part."""
    whole = headings.meaning(heading.replace("\n", " "), known)
    if whole or "\n" not in heading:
        return whole
    upper, lower = heading.split("\n", 1)
    return headings.meaning(lower, known) or headings.meaning(upper, known)


def _joined(upper: Sequence[Any], lower: Sequence[Any]) -> list[str]:
    """Two rows of headings as one: a group's heading stands over the columns to its right until the next one."""
    joined, group = [], ""
    for column in range(max(len(upper), len(lower))):
        above = text(upper[column]) if column < len(upper) else ""
        below = text(lower[column]) if column < len(lower) else ""
        group = above or group
        joined.append(f"{group}\n{below}" if below and group else below or above)
    return joined


def _first_full_row(tabs: Sequence[Tab]) -> Layout | None:
    for place, tab in enumerate(tabs):
        for header, row in enumerate(tab.rows[:LOOKED_AT]):
            if sum(1 for cell in row if not _is_blank(cell)) >= FEWEST_HEADINGS:
                return at(tabs, place, header)
    return at(tabs, 0, 0) if tabs and tabs[0].rows else None
