"""Writing .xlsx and .csv. In the first, text is text by its type; in the second, what could start a formula gets an apostrophe.

The apostrophe is also put after a separator inside a cell, since a spreadsheet set to another separator would split there.
Reading takes exactly these apostrophes away again (`unguarded`), so that what is exported is imported unchanged.
"""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import xlsxwriter
from django.http import HttpResponse

TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_STARTS = r"(?<![^;,|\t\r\n])"
_RISKY = r"(?=[ ']*[=+\-@\t\r＝＋－＠])"
_GUARD = re.compile(_STARTS + _RISKY)
_GUARDED = re.compile(_STARTS + "'" + _RISKY)


class Formula(NamedTuple):
    """A formula that we write ourselves, and its value, for programs that do not compute and for .csv."""

    text: str
    value: int | float


def download(rows: Sequence[Sequence[Any]], name: str, kind: str) -> HttpResponse:
    """The rows (headings first) as a file to save. `kind` is xlsx or csv."""
    content = as_xlsx(rows) if kind == "xlsx" else as_csv(rows)
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def as_xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    """One sheet; text is written as text, so a leading = is never a formula."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {**PLAIN, "default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "text_wrap": True})
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                _write(sheet, r, c, _cell(value), bold if r == 0 else None)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return buffer.getvalue()


def as_csv(rows: Sequence[Sequence[Any]]) -> bytes:
    """UTF-8 with a mark so that Excel reads Vietnamese; a cell that could be a formula gets a leading apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([guarded(_plain(value)) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def guarded(value: Any) -> Any:
    """The cell with an apostrophe wherever a spreadsheet could begin a formula; other than text stays as it is."""
    return _GUARD.sub("'", value) if isinstance(value, str) else value


def unguarded(text: str) -> str:
    """The text before `guarded`."""
    return _GUARDED.sub("", text) if "'" in text else text


def _write(sheet: Any, r: int, c: int, value: Any, form: Any) -> None:
    if isinstance(value, Formula):
        sheet.write_formula(r, c, value.text, form, value.value)
    elif isinstance(value, str) and value:
        sheet.write_string(r, c, value, form)
    else:
        sheet.write(r, c, value, form)


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | date | datetime | Formula) else str(value)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Formula) else _cell(value)
