"""One list as offices send it, in every form of file: titles and headings merged, two rows of headings, NFD, TCVN3, VNI.

The .xlsx and .ods are made here. `files/danh-sach.xls` was written once by xlwt, cell for cell from `SHEETS` below.
"""

import unicodedata
import zipfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import xlsxwriter

from chiakhoa.foundation import sheets
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.registry.importing import headings, layout, reading
from chiakhoa.ground.registry.importing.people import PEOPLE
from chiakhoa.ground.registry.models import Sex
from tests.foundation.test_legacy_text import in_tcvn3, in_vni

XLS = Path(__file__).parent / "files" / "danh-sach.xls"
DIRECTORIES = {"units": {"xa tan cuong": "VN-05440@2025", "tan cuong": "VN-05440@2025"}, "audiences": {}, "bodies": {}}
KNOWN = headings.wordings("people", PEOPLE.labels)
LIST = [
    ["ỦY BAN NHÂN DÂN TỈNH THÁI NGUYÊN"],
    ["DANH SÁCH HỌC VIÊN"],
    ["STT", "Họ và tên", "Ngày, tháng, năm sinh", "", "Xã/phường", "Số điện thoại", "Số CCCD"],
    ["", "", "Nam", "Nữ", "", "", ""],
    ["1", "2", "3", "4", "5", "6", "7"],
    [1, "Nguyễn Văn Hùng", "02/05/1990", "", "Xã Tân Cương", 912345678, "019090000001"],
    [2, "Trần Thị Thúy", "", date(1991, 6, 3), "Tân Cương", "0987 654 321", 19191000002],
    [3, "Đặng Quốc Tuấn", date(1985, 12, 31), "", "xã tân cương", "+84 912 000 003", "019 085 000 003"],
    ["Tổng cộng: 3 người"],
]
MERGED = [
    (0, 0, 0, 6),
    (1, 0, 1, 6),
    (2, 0, 3, 0),
    (2, 1, 3, 1),
    (2, 2, 2, 3),
    (2, 4, 3, 4),
    (2, 5, 3, 5),
    (2, 6, 3, 6),
]
SHEETS = {"NFD": lambda text: unicodedata.normalize("NFD", text), "TCVN3": in_tcvn3, "VNI": in_vni}


def typed(how):
    """The list as it is typed in one of the ways of `SHEETS`."""
    return [[how(cell) if isinstance(cell, str) else cell for cell in row] for row in LIST]


def xlsx(path):
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, how in SHEETS.items():
            sheet, rows = book.add_worksheet(name), typed(how)
            for top, left, bottom, right in MERGED:
                sheet.merge_range(top, left, bottom, right, "")
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if cell != "":
                        sheet.write(r, c, cell)
    return path


def ods(path):
    """As LibreOffice writes it: spans with covered cells, dates and numbers by type, a million empty rows at the end."""
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in MERGED}
    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(
            "<table:table-row>"
            + "".join(_ods_cell(cell, spans.get((r, c))) for c, cell in enumerate(row))
            + "</table:table-row>"
            for r, row in enumerate(typed(how))
        )
        + '<table:table-row table:number-rows-repeated="1048567"><table:table-cell table:number-columns-repeated="16384"/>'
        "</table:table-row></table:table>"
        for name, how in SHEETS.items()
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3"><office:body>'
            f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def _ods_cell(cell, span):
    spanned = ""
    covered = ""
    if span:
        spanned = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"'
    if cell == "":
        return f"<table:table-cell{spanned}/>{covered}"
    if isinstance(cell, str):
        value, shown = 'office:value-type="string"', cell
    elif isinstance(cell, date):
        value, shown = f'office:value-type="date" office:date-value="{cell}"', f"{cell:%d/%m/%Y}"
    else:
        value, shown = f'office:value-type="float" office:value="{cell}"', str(cell)
    return f"<table:table-cell {value}{spanned}><text:p>{escape(shown)}</text:p></table:table-cell>"


@pytest.fixture(params=["xlsx", "xls", "ods"])
def file(request, tmp_path):
    """The three sheets in one form of file."""
    path = tmp_path / f"danh-sach.{request.param}"
    return {"xlsx": xlsx, "ods": ods, "xls": lambda _path: XLS}[request.param](path)


@pytest.mark.parametrize("name", list(SHEETS))
def test_the_list_is_read_alike_from_every_form_of_file(file, name):
    tabs = [tab for tab in sheets.tabs(file) if tab.name == name]
    found = layout.find(tabs, KNOWN)
    assert (found.header, found.depth) == (2, 2)
    result = reading.read(tabs, found, layout.map_columns(found, KNOWN), PEOPLE, DIRECTORIES)
    assert result.faults == []
    assert [record.values for record in result.records] == [
        {"full_name": "Nguyễn Văn Hùng", "born_on": date(1990, 5, 2), "sex": Sex.MALE, "unit_id": "VN-05440@2025",
         "phone": "0912345678", "citizen_number": "019090000001"},
        {"full_name": "Trần Thị Thúy", "born_on": date(1991, 6, 3), "sex": Sex.FEMALE, "unit_id": "VN-05440@2025",
         "phone": "0987654321", "citizen_number": "019191000002"},
        {"full_name": "Đặng Quốc Tuấn", "born_on": date(1985, 12, 31), "sex": Sex.MALE, "unit_id": "VN-05440@2025",
         "phone": "0912000003", "citizen_number": "019085000003"},
    ]  # fmt: skip
    assert [out.line for out in result.left_out] == [5, 9]
    assert bool(result.old_fonts) == (name != "NFD")


def test_of_several_sheets_the_one_that_names_the_most_is_taken(file):
    tabs = sheets.tabs(file)
    assert [tab.name for tab in tabs] == list(SHEETS)
    assert layout.find(tabs, KNOWN).tab == 0


def test_an_old_workbook_with_a_password_is_refused(tmp_path):
    """BIFF says so by a FILEPASS record after the first one of the workbook's stream."""
    content = XLS.read_bytes()
    start = content.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    begin = start + 4 + 16
    path = tmp_path / "x.xls"
    length = int.from_bytes(content[begin + 2 : begin + 4], "little")
    path.write_bytes(
        content[:begin] + b"\x2f\x00" + content[begin + 2 : begin + 4] + b"\1" * length + content[begin + 4 + length :]
    )
    with pytest.raises(Refusal) as refused:
        sheets.tabs(path)
    assert refused.value.code == "file_has_password"
