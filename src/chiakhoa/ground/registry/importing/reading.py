"""A file as records: columns read one at a time, each different text once, with faults, notes and what was left out.

No database: what names mean comes in as directories. The preview and the registration both begin here.
"""

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation.legacy_text import decoder
from chiakhoa.foundation.sheets import Tab
from chiakhoa.foundation.text import fold, nfc
from chiakhoa.ground.registry.importing import cells as cell_readers
from chiakhoa.ground.registry.importing import headings
from chiakhoa.ground.registry.importing.cells import Noted, Unreadable, text
from chiakhoa.ground.registry.importing.kinds import Column, Directory, Fault, Kind, Records
from chiakhoa.ground.registry.importing.layout import Layout, LeftOut, filled_down, records

SAMPLE = 2000
NEAREST = 3
SEVERAL = "|"  # between the codes of a directory's entry whose text means more than one thing
Fixes = Mapping[str, str]


@dataclass(frozen=True)
class Note:
    """What was repaired in one cell without asking."""

    line: int
    field: str
    message: str


@dataclass
class Reading:
    """What a file says: its records, the cells that mean nothing, what was repaired, what was left out, old fonts by column.

    `raw` holds, by field, the cells as they stand in the file (old fonts made Unicode), in the order of the records.
    """

    records: Records = field(default_factory=Records)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    old_fonts: list[str] = field(default_factory=list)
    raw: dict[str, list[Any]] = field(default_factory=dict)


def fix_key(field_name: str, said: str) -> str:
    """The key under which a correction of every cell of a field that says the same is kept."""
    return f"{field_name}\n{said}"


def read(
    tabs: Sequence[Tab],
    layout: Layout,
    columns: Mapping[int, str],
    kind: Kind,
    directories: Mapping[str, Directory],
    fixes: Fixes | None = None,
    tell: Callable[[int, int, int], None] = lambda _rows, _read, _all: None,
) -> Reading:
    """The records of the list. `columns` says which column holds which field, `fixes` what a text shall be taken for.

    tell : hears how many rows there are, and how many of how many columns of them are read.
    """
    wanted = {column: name for column, name in columns.items() if name != headings.NOTHING}
    merged = filled_down(tabs[layout.tab], layout, list(wanted))
    lines = records(tabs[layout.tab], layout, list(wanted))
    reading = Reading(left_out=lines.left_out)
    reading.notes += [Note(first, wanted[column], _merged_over(first, last)) for column, first, last in merged]
    numbers = [line for line, _cells in lines.rows]
    rows = [cells for _line, cells in lines.rows]
    shortest = min(map(len, rows), default=0)
    raw = {name: _column(rows, column, shortest) for column, name in sorted(wanted.items(), reverse=True)}
    for name, cells in raw.items():
        if _to_unicode(cells):
            reading.old_fonts.append(name)
    if kind.combine:
        raw = kind.combine(raw)
    reading.raw = raw
    read_columns: dict[str, Sequence[Any]] = {}
    here = [column for column in kind.columns if not column.part_of and column.name in raw]
    for column in here:
        tell(len(numbers), len(read_columns), len(here))
        read_columns[column.name] = _read_column(
            column, numbers, raw[column.name], directories.get(column.looks_up), fixes or {}, reading
        )
    reading.records = Records(numbers, read_columns)
    reading.faults.sort(key=lambda fault: fault.line)
    reading.notes.sort(key=lambda note: note.line)
    return reading


def nearest(said: str, directory: Directory) -> list[str]:
    """Up to three codes of a directory whose texts look like what was said, the likeliest first."""
    near = difflib.get_close_matches(fold(said), list(directory), n=2 * NEAREST, cutoff=0.7)
    codes = [code for text in near for code in directory[text].split(SEVERAL)]
    return list(dict.fromkeys(codes))[:NEAREST]


def _merged_over(first: int, last: int) -> str:
    said = _("The cell is merged over the rows %(first)d to %(last)d: what it says was taken for each of them.")
    return said % {"first": first, "last": last}


def _column(rows: Sequence[Sequence[Any]], column: int, shortest: int) -> list[Any]:
    if column < shortest:
        return [cells[column] for cells in rows]
    return [cells[column] if column < len(cells) else "" for cells in rows]


def _to_unicode(cells: list[Any]) -> bool:
    """Rewrite a column that was typed in a font of the 1990s, in place. Whether it was."""
    old = (cell for cell in cells if isinstance(cell, str) and not cell.isascii())
    readable = decoder(list(islice(old, SAMPLE)))
    if readable is None:
        return False
    made: dict[str, str] = {}
    for place, cell in enumerate(cells):
        if isinstance(cell, str) and not cell.isascii():
            if cell not in made:
                made[cell] = readable(cell)
            cells[place] = made[cell]
    return True


def _read_column(
    column: Column,
    numbers: Sequence[int],
    cells: Sequence[Any],
    directory: Directory | None,
    fixes: Fixes,
    reading: Reading,
) -> list[Any]:
    if bool in set(map(type, cells)):  # as a key of a dictionary, True would be 1
        cells = [str(cell) if isinstance(cell, bool) else cell for cell in cells]
    different = dict.fromkeys(cells)
    reader = _reader(column, different, directory)
    fixed = {key.split("\n", 1)[1]: value for key, value in fixes.items() if key.split("\n", 1)[0] == column.name}
    known = {cell: _read_cell(reader, cell, fixed) for cell in different}
    odd = {cell: value for cell, value in known.items() if isinstance(value, Noted | Unreadable)}
    for line, cell in zip(numbers, cells, strict=True) if odd else ():
        value = odd.get(cell)
        if isinstance(value, Noted):
            reading.notes.append(Note(line, column.name, value.note))
        elif isinstance(value, Unreadable):
            reading.faults.append(Fault(line, column.name, value.message, value.code, text(cell), value.near))
    known |= {cell: value.value if isinstance(value, Noted) else None for cell, value in odd.items()}
    return [known[cell] for cell in cells]


def _read_cell(reader: Callable[[Any], Any], cell: Any, fixed: Mapping[str, str]) -> Any:
    if fixed:
        cell = fixed.get(text(cell), cell)
    try:
        return reader(cell)
    except Unreadable as fault:
        return fault


def _reader(column: Column, cells: Iterable[Any], directory: Directory | None) -> Callable[[Any], Any]:
    if directory is not None and not column.lists:
        return lambda cell: _meant(text(cell), directory)
    if column.is_day:
        return cell_readers.day_reader(cell_readers.is_month_first(cells))
    return column.read or text


def _meant(said: str, directory: Directory) -> Any:
    """The code behind a name or code, or behind one part of an address; what is unknown is passed on to the checks."""
    folded = fold(said)
    if not folded:
        return ""
    for text_meant in (spelled(said), folded):  # as spelled first: Xã Phú Bình and Xã Phù Bình are two
        if text_meant in directory:
            return _single(said, directory[text_meant])
    parts = [
        directory[part] for part in (fold(piece) for piece in said.replace(" - ", ",").split(",")) if part in directory
    ]
    if len(set(parts)) == 1 and "," in said:
        _single(said, parts[0])
        return Noted(parts[0], _("“%(said)s” was read as %(code)s.") % {"said": said, "code": parts[0]})
    return said


def spelled(said: str) -> str:
    """A name as a directory may also hold it: lower case with its diacritics, for names that only these tell apart."""
    return nfc(said).lower()


def _single(said: str, code: str) -> str:
    """The code; Unreadable where a name has several."""
    if SEVERAL in code:
        words = _("Several are called “%(said)s”. Write the code of the one that is meant.") % {"said": said}
        raise Unreadable(words, tuple(code.split(SEVERAL)), "name_of_several")
    return code


def most_frequent(cells: Sequence[Any], count: int = 3) -> list[str]:
    """The first different texts of a column, to show what it holds."""
    return list(Counter(said for said in (text(cell) for cell in cells[:200]) if said))[:count]
