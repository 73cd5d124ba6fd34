"""Tables as files: writing .xlsx and .csv so that no cell can be a formula, reading what people send."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from chiakhoa.foundation.refusals import Refusal

LARGEST_BYTES = 20_000_000
RISKY = ("=", "+", "-", "@", "\t", "\r")
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


def download(rows: Sequence[Sequence[Any]], name: str, kind: str) -> HttpResponse:
    """The rows (headings first) as a file to save. `kind` is xlsx or csv."""
    content = as_xlsx(rows) if kind == "xlsx" else as_csv(rows)
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def as_xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    """One sheet; text is written as text, so a leading = is never a formula."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "text_wrap": True})
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                sheet.write(r, c, _cell(value), bold if r == 0 else None)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return buffer.getvalue()


def as_csv(rows: Sequence[Sequence[Any]]) -> bytes:
    """UTF-8 with a mark so that Excel reads Vietnamese; a cell that could be a formula gets a leading apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_harmless(_cell(value)) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def read(path: Path) -> list[list[Any]]:
    """The rows of the first sheet of an .xlsx, .xls, .ods or .csv file. Refusal in words where it cannot be read."""
    if path.stat().st_size > LARGEST_BYTES:
        raise Refusal(_("The file is larger than 20 MB. Split it and send the parts."), code="file_too_large")
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [list(row) for row in csv.reader(file)]
    try:
        return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError) as fault:
        raise Refusal(
            _("%(name)s is not a readable spreadsheet. Save it as .xlsx and send it again.") % {"name": path.name},
            code="file_unreadable",
        ) from fault


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | date | datetime) else str(value)


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
