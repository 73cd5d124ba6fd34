"""The list of a reform as a file: .xlsx, .xls, .ods or .csv with old, new, share, date, kind. Serves units and bodies.

Headings may be Vietnamese or English, in any order, below title rows; without a kind it is told from what the row fills in.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.foundation import sheets
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.text import fold, nfc
from chiakhoa.ground.territory.changes import Kind, Row, share_of

SUFFIXES = (".xlsx", ".xls", ".ods", ".csv")
MOST_ROWS = 20_000
HEADED_WITHIN = 20
COLUMNS = {
    "kind": gettext_lazy("Kind of change"),
    "old": gettext_lazy("Old unit"),
    "new": gettext_lazy("New unit"),
    "code": gettext_lazy("New code"),
    "parent": gettext_lazy("Under (new)"),
    "share": gettext_lazy("Share that passes"),
    "day": gettext_lazy("Day"),
}
HEADINGS = {
    "kind": ("hinh thuc", "hinh thuc sap xep", "kind", "kind of change"),
    "old": ("don vi cu", "co quan cu", "to chuc cu", "old", "old unit", "old_id", "old body"),
    "new": ("don vi moi", "co quan moi", "to chuc moi", "ten moi", "new", "new unit", "new name", "new body"),
    "code": ("ma moi", "ma don vi moi", "code", "new code"),
    "parent": ("thuoc", "truc thuoc", "cap tren moi", "thuoc (moi)", "parent", "under", "under (new)"),
    "share": ("phan chuyen sang", "ty le", "phan", "share", "share that passes"),
    "day": ("ngay", "ngay hieu luc", "ngay co hieu luc", "date", "day"),
}
KIND_WORDS = {
    "merge": Kind.MERGE, "sap nhap": Kind.MERGE, "nhap": Kind.MERGE, "hop nhat": Kind.MERGE,
    "split": Kind.SPLIT, "chia tach": Kind.SPLIT, "tach": Kind.SPLIT, "chia": Kind.SPLIT,
    "rename": Kind.RENAME, "doi ten": Kind.RENAME,
    "move": Kind.MOVE, "chuyen": Kind.MOVE, "chuyen cap tren": Kind.MOVE,
    "create": Kind.CREATE, "thanh lap": Kind.CREATE, "thanh lap moi": Kind.CREATE,
    "abolish": Kind.ABOLISH, "bai bo": Kind.ABOLISH, "giai the": Kind.ABOLISH,
}  # fmt: skip


def template() -> list[list[Any]]:
    """The headings and two rows of an example, to be overwritten."""
    day = _("the day, such as 01/07/2026")
    return [
        [str(label) for label in COLUMNS.values()],
        [str(Kind.MERGE.label), _("name or code of the old unit"), _("full name of the new unit"), "", "", "", day],
        [str(Kind.SPLIT.label), _("name or code of the old unit"), _("full name of the new unit"), "", "", "60%", day],
    ]


def read_upload(file: "UploadedFile[bytes]") -> tuple[list[Row], date | None]:
    """The rows of a sent file and the day they give. Refusal in words for what cannot be read."""
    with on_disk(file) as path:
        return read(path)


@contextmanager
def on_disk(file: "UploadedFile[bytes]") -> Iterator[Path]:
    """The sent spreadsheet as a file for as long as it is read. Refusal for what is none, or too large."""
    suffix = Path(file.name or "").suffix.lower()
    if suffix not in SUFFIXES:
        raise Refusal(_("This is not a spreadsheet. Send a file that ends in .xlsx, .xls, .ods or .csv."), field="file")
    if (file.size or 0) > sheets.LARGEST_BYTES:
        raise Refusal(_("The file is larger than 20 MB. Split it and send the parts."), field="file")
    with tempfile.NamedTemporaryFile(suffix=suffix) as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        yield Path(kept.name)


def rows_of(path: Path) -> list[list[Any]]:
    """The rows of the first sheet that holds anything. Refusal where the file may not or cannot be read."""
    try:
        found = sheets.tabs(path)
    except Refusal as refusal:
        raise Refusal(refusal.message, code=refusal.code, field="file") from refusal
    return found[0].rows if found else []


def read(path: Path) -> tuple[list[Row], date | None]:
    """The rows of a file and the day they give, if any. Refusal naming what is missing, or two days."""
    table = rows_of(path)
    head, columns = _heading(table)
    if len(table) > MOST_ROWS:
        raise Refusal(_("The file has more than 20,000 rows. Send one reform at a time."), field="file")
    rows: list[Row] = []
    days: dict[date, int] = {}
    for line, cells in enumerate(table[head + 1 :], start=head + 2):
        values = {name: cells[i] if i < len(cells) else "" for name, i in columns.items()}
        if any(cell_text(value) for value in values.values()):
            rows.append(_row(line, values))
            if day := _day(values.get("day", ""), line):
                days.setdefault(day, line)
    if len(days) > 1:
        (first, _line), (second, line) = list(days.items())[:2]
        raise Refusal(
            _("Row %(row)d gives %(second)s, rows above give %(first)s. Send a file for each day.")
            % {"row": line, "first": f"{first:%d/%m/%Y}", "second": f"{second:%d/%m/%Y}"},
            field="file",
        )
    return rows, next(iter(days), None)


def kind_of(text: str, row: Row) -> str:
    """The kind that a word means; without a word, what the row looks like; an unknown word as it was written."""
    if text:
        return KIND_WORDS.get(fold(text), text)
    if not row.new:
        return Kind.ABOLISH
    if not row.old:
        return Kind.CREATE
    try:
        return Kind.MERGE if share_of(row) == 1 else Kind.SPLIT
    except ValueError:
        return Kind.SPLIT


def _heading(table: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    for head, cells in enumerate(table[:HEADED_WITHIN]):
        words = [fold(cell_text(cell)) for cell in cells]
        columns = {name: words.index(word) for name, known in HEADINGS.items() for word in known[::-1] if word in words}
        if "old" in columns and "new" in columns:
            return head, columns
    raise Refusal(
        _("There is no row of headings with “%(old)s” and “%(new)s” in it. Download the template and fill it in.")
        % {"old": COLUMNS["old"], "new": COLUMNS["new"]},
        field="file",
    )


def _row(line: int, values: dict[str, Any]) -> Row:
    texts = {name: cell_text(values.get(name, "")) for name in ("old", "new", "code", "parent", "share")}
    row = Row(line, "", **texts)
    return Row(line, kind_of(cell_text(values.get("kind", "")), row), **texts)


def cell_text(value: Any) -> str:
    """A cell as text; a whole number without its decimal point, as codes come out of spreadsheets."""
    if isinstance(value, float) and value.is_integer() and value != 1:
        value = int(value)
    return nfc(str(value)) if value is not None else ""


def _day(value: Any, line: int) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = cell_text(value)
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    if text:
        raise Refusal(
            _("Row %(row)d: “%(text)s” is no day. Write it like 01/07/2026.") % {"row": line, "text": text},
            field="file",
        )
    return None
