"""Reading .xlsx, .xls, .ods and .csv: every sheet as rows of cells, formulas as the values that were stored with them."""

import csv
import io
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from chiakhoa.foundation.sheets import guards
from chiakhoa.foundation.sheets.encodings import decode
from chiakhoa.foundation.sheets.writing import unguarded

KINDS = (".xlsx", ".xls", ".ods", ".csv")
SEPARATORS = ",;\t|"
SAMPLE_LINES = 50
MET = 50_000


@dataclass(frozen=True)
class Tab:
    """One sheet: its name and its rows of cells (str, float, bool, date, datetime, time); all rows begin in column A.

    `merged` tells of cells merged over several rows, each as column, first and last row (0-based): only the first holds a value.
    """

    name: str
    rows: list[list[Any]]
    merged: tuple[tuple[int, int, int], ...] = ()


def tabs(path: Path) -> list[Tab]:
    """The sheets of a file that hold anything, hidden ones left out. Refusal in words where it may not or cannot be read."""
    guards.inspect(path)
    if path.suffix.lower() == ".csv":
        rows = _csv_rows(path)
        return [Tab(path.stem, rows)] if any(any(row) for row in rows) else []
    try:
        return _book_tabs(path)
    except PasswordError as fault:
        raise guards.has_password() from fault
    except (CalamineError, OSError, ValueError) as fault:
        raise guards.unreadable() from fault
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":  # the parser's own fault, which it does not turn into an Exception
            raise
        raise guards.unreadable() from fault


def _book_tabs(path: Path) -> list[Tab]:
    found = []
    with CalamineWorkbook.from_path(str(path)) as book:
        for about in book.sheets_metadata:
            if about.visible != SheetVisibleEnum.Visible or about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            if sheet.total_height > guards.LARGEST_ROWS:
                raise guards.too_many_rows()
            if sheet.total_height * sheet.total_width > guards.LARGEST_CELLS:
                raise guards.too_wide()
            rows, merged = _rows(sheet), _merged(sheet)
            del sheet
            if any(any(cell != "" for cell in row) for row in rows):
                found.append(Tab(about.name, rows, merged))
    return found


def _merged(sheet: Any) -> tuple[tuple[int, int, int], ...]:
    ranges = sheet.merged_cell_ranges or ()  # None for a kind of file that is not read for them
    return tuple((left, top, bottom) for (top, left), (bottom, _right) in ranges if bottom > top)


def _rows(sheet: Any) -> list[list[Any]]:
    """The sheet's rows, each beginning in column A; what the parser leaves out to the left is put back.

    Equal texts are held once, row by row as they come: most columns of a list repeat a few, and made all at once the others
    would leave holes in the memory that nothing else fits. What was met is forgotten when it is much.
    """
    if sheet.start is None:
        return []
    rows: list[list[Any]] = []
    margin, met = [""] * sheet.start[1], dict[str, str]()
    for cells in sheet.iter_rows():
        row = margin + cells if margin else cells
        for place, cell in enumerate(row):
            if cell.__class__ is str:
                row[place] = met.setdefault(cell, cell)
        if len(met) > MET:
            met.clear()
        rows.append(row)
    return rows


def _csv_rows(path: Path) -> list[list[Any]]:
    text = decode(path.read_bytes())
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        rows: list[list[Any]] = [[unguarded(cell) for cell in row] for row in islice(lines, guards.LARGEST_ROWS + 1)]
    except csv.Error as fault:
        raise guards.unreadable() from fault
    if len(rows) > guards.LARGEST_ROWS:
        raise guards.too_many_rows()
    return rows


def _separator(text: str) -> str:
    """The first separator that cuts all of the first lines alike, else the one that makes the most columns agree."""
    best, most = ",", 0
    first = "".join(io.StringIO(text[:100_000], newline="").readlines()[:SAMPLE_LINES])
    for separator in SEPARATORS:
        widths = [len(row) for row in csv.reader(io.StringIO(first, newline=""), delimiter=separator) if any(row)]
        if len(set(widths)) == 1 and widths[0] > 1:
            return separator
        agreeing = max((width for width in set(widths)), key=lambda width: (width - 1) * widths.count(width), default=1)
        score = (agreeing - 1) * widths.count(agreeing)
        if score > most:
            best, most = separator, score
    return best
