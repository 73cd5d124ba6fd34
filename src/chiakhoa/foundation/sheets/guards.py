"""What is refused before a parser sees it: bombs, entities, macros, passwords, false endings, a million rows.

A spreadsheet's parts are inflated here piece by piece and thrown away, so that a file never costs more than one piece of
memory, however large it says or does not say it is. Every limit is far above what a province's lists hold.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import Refusal

LARGEST_BYTES = 20_000_000
LARGEST_INFLATED = 200_000_000
LARGEST_RATIO = 100
RATIO_FROM = 2_000_000
LARGEST_ROWS = 200_000
LARGEST_CELLS = 5_000_000
LARGEST_PARTS = 2_000
PIECE = 1 << 20
OVERLAP = 512

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MACRO_PARTS = re.compile(r"vbaProject|macrosheets/|^Basic/|^Scripts/", re.IGNORECASE)
ENTITY = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
XML_PART = re.compile(r"\.(xml|rels|vml)$", re.IGNORECASE)
SHEET_PART = re.compile(r"^/?xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
COLUMN = re.compile(rb' r="([A-Z]{1,3})[0-9]')
BEYOND_Z = re.compile(rb' r="[A-Z]{2}')
TO_Z = 26
LATE_ROW = re.compile(rb' r="[A-Z]{0,3}([0-9]{6,})')
DIGITS = {size: re.compile(rb' r="[A-Z]{0,3}[0-9]{%d}' % size) for size in (6, 5, 4, 3)}
UNUSUAL = (b" r ", b"\tr", b"\nr", b"\rr")
ODS_TAG = re.compile(rb"<table:(?:(table-row)|(?:covered-)?table-cell)\b([^>]*)>")
ODS_REPEATED = re.compile(rb"number-(?:rows|columns)-repeated\s*=\s*[\"']([0-9]+)")
ODS_VALUE = re.compile(rb"\bvalue-type\s*=")


def inspect(path: Path) -> None:
    """Refusal in words where the file is not safe to parse or is not what its ending says."""
    if path.stat().st_size > LARGEST_BYTES:
        raise Refusal(_("The file is larger than 20 MB. Split it and send the parts."), code="file_too_large")
    kind = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(PIECE)
    if kind in (".xlsx", ".ods"):
        _must_be_zip(start, kind)
        _inspect_zip(path, kind)
    elif kind == ".xls":
        _must_be_ole(start)
        _inspect_ole(path)
    elif start.startswith((ZIP, OLE)):
        raise _ending(kind, ".xlsx" if start.startswith(ZIP) else ".xls")


def _must_be_zip(start: bytes, kind: str) -> None:
    if start.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in start:
            raise has_password()
        raise _ending(kind, ".xls")
    if not start.startswith(ZIP):
        raise unreadable()


def _must_be_ole(start: bytes) -> None:
    if start.startswith(ZIP):
        raise _ending(".xls", ".xlsx")
    if not start.startswith(OLE):
        if start.lstrip()[:1] == b"<":
            said = _("This .xls is a web page, not a spreadsheet. Open it in Excel, save it as .xlsx and send that.")
            raise Refusal(said, code="file_ending_false")
        raise unreadable()


def _inspect_ole(path: Path) -> None:
    content = path.read_bytes()
    if any(name.encode("utf-16-le") in content for name in ("EncryptedPackage", "EncryptionInfo")):
        raise has_password()
    if any(name.encode("utf-16-le") in content for name in ("_VBA_PROJECT", "Macros")):
        raise _macros()


def _inspect_zip(path: Path, kind: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            _inspect_parts(archive, file, kind)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, UnicodeDecodeError, ValueError) as fault:
        raise unreadable() from fault


def _inspect_parts(archive: zipfile.ZipFile, file: IO[bytes], kind: str) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > LARGEST_PARTS or len(names) < len(parts):
        raise unreadable()
    if any(MACRO_PARTS.search(name) for name in names):
        raise _macros()
    if any(part.flag_bits & 1 for part in parts):
        raise has_password()
    _must_hold(names, kind)
    declared, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    _must_not_swell(declared, packed)
    inflated = 0
    for part in parts:
        watch = _Watch(part.filename)
        for piece in _pieces(file, part):
            inflated += len(piece)
            _must_not_swell(inflated, packed)
            watch.see(piece)
        watch.close()


def _must_hold(names: set[str], kind: str) -> None:
    """The parts that make a zip archive a spreadsheet of this kind."""
    is_ods, is_excel = "content.xml" in names, any(name.lower().startswith("xl/") for name in names)
    if kind == ".xlsx" and not is_excel:
        raise _ending(kind, ".ods") if is_ods else unreadable()
    if kind == ".ods" and not is_ods:
        raise _ending(kind, ".xlsx") if is_excel else unreadable()


def _must_not_swell(inflated: int, packed: int) -> None:
    if inflated > LARGEST_INFLATED or (inflated > RATIO_FROM and inflated > LARGEST_RATIO * max(packed, 1)):
        said = _(
            "Opened, this file would grow far beyond what a list needs. Copy the rows into a new file and send that."
        )
        raise Refusal(said, code="file_swells")


def _pieces(file: IO[bytes], part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's content, inflated piece by piece from the bytes themselves: what the archive says of sizes may be false."""
    file.seek(part.header_offset)
    header = file.read(30)
    file.seek(
        part.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    )
    left = part.compress_size
    if part.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise unreadable()
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and not engine.eof and (packed := file.read(min(PIECE, left))):
        left -= len(packed)
        while packed:
            yield engine.decompress(packed, PIECE)
            packed = engine.unconsumed_tail
    yield engine.flush()


class _Watch:
    """Looks at one part as it passes by: entities in any, the extent of a sheet."""

    def __init__(self, name: str) -> None:
        self.is_xml = bool(XML_PART.search(name))
        self.is_sheet = bool(SHEET_PART.match(name))
        self.is_ods = name == "content.xml"
        self.tail = b""
        self.rows, self.last_row, self.widest = 0, 0, 0
        self.cells, self.repeat = 0, 1

    def see(self, piece: bytes) -> None:
        """Refusal where the piece, joined to the end of the one before, holds what no list needs."""
        if not self.is_xml or not piece:
            return
        seam = self.tail + piece
        if b"\0" in piece:
            raise unreadable()
        if b"<!" in seam and ENTITY.search(seam):
            said = _("The file asks for text from elsewhere, which no list needs. Copy the rows into a new file.")
            raise Refusal(said, code="file_has_entities")
        if self.is_sheet:
            self._measure_sheet(seam, len(self.tail))
        cut = len(seam)
        if self.is_ods:
            cut = max(seam.rfind(b"<"), len(seam) - PIECE)
            self._measure_ods(seam[:cut])
            self.tail = seam[cut:]
        else:
            self.tail = seam[-OVERLAP:]

    def close(self) -> None:
        """What was left over at the end of the part."""
        if self.is_ods:
            self._measure_ods(self.tail)

    def _measure_sheet(self, seam: bytes, seen: int) -> None:
        if any(mark in seam for mark in UNUSUAL) or seam.count(b" r=") != seam.count(b' r="'):
            seam = re.sub(rb"\sr\s*=\s*[\"']", b' r="', seam)
        self.rows += _row_tags(seam) - _row_tags(seam[:seen])
        if BEYOND_Z.search(seam):
            self.widest = max([self.widest, *map(_column_number, set(COLUMN.findall(seam)))])
        self.last_row = max(self.last_row, _last_row(seam, self.last_row))
        if self.rows > LARGEST_ROWS or self.last_row > LARGEST_ROWS:
            raise too_many_rows()
        if self.widest > TO_Z and self.widest * self.last_row > LARGEST_CELLS:
            raise too_wide()

    def _measure_ods(self, text: bytes) -> None:
        for found in ODS_TAG.finditer(text):
            times = int((ODS_REPEATED.search(found[2]) or [b"", b"1"])[1])
            if found[1]:
                self.repeat = times
                self.rows += 1
            elif ODS_VALUE.search(found[2]):
                self.cells += times * self.repeat
                if self.repeat > LARGEST_ROWS or self.rows > LARGEST_ROWS:
                    raise too_many_rows()
                if self.cells > LARGEST_CELLS:
                    raise too_wide()


def _row_tags(text: bytes) -> int:
    return text.count(b"<row") + (text.count(b":row") if b":row" in text else 0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _last_row(text: bytes, known: int) -> int:
    """No row of the text is later than this. Exact from 100,000 on; below it, all nines: one search a size is far cheaper."""
    for size, pattern in DIGITS.items():
        if 10**size <= known:
            return known
        if pattern.search(text):
            return max(map(int, LATE_ROW.findall(text))) if size == max(DIGITS) else 10**size - 1
    return 99


def unreadable() -> Refusal:
    """The refusal of a file that is damaged or is no spreadsheet."""
    said = _("This file is not a readable spreadsheet. Open it in Excel, save it as .xlsx and send it again.")
    return Refusal(said, code="file_unreadable")


def too_many_rows() -> Refusal:
    """The refusal of more rows than one file may hold."""
    said = _("The file has more than 200,000 rows. Split it and send the parts.")
    return Refusal(said, code="file_too_long")


def too_wide() -> Refusal:
    """The refusal of an area far larger than a list's."""
    said = _(
        "Cells are filled far to the right or far below the list. Copy the list alone into a new file and send that."
    )
    return Refusal(said, code="file_too_wide")


def _ending(said: str, real: str) -> Refusal:
    words = _("The file ends in %(said)s but is in truth %(real)s. Give it its right ending and send it again.")
    return Refusal(words % {"said": said, "real": real}, code="file_ending_false")


def has_password() -> Refusal:
    """The refusal of an encrypted file."""
    said = _("The file is protected by a password. Save it without the password and send it again.")
    return Refusal(said, code="file_has_password")


def _macros() -> Refusal:
    said = _("The file holds macros. Save it as an Excel workbook without macros (.xlsx) and send it again.")
    return Refusal(said, code="file_has_macros")
