"""What is written is read back exactly; no cell of an export is a formula; hostile files are refused in words."""

import csv
import io
import unicodedata
import zipfile
from datetime import datetime
from xml.etree import ElementTree

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiakhoa.foundation import sheets
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.sheets import guards, reading
from chiakhoa.foundation.sheets.writing import guarded, unguarded

PAYLOADS = [
    *(f"{sign}{what}" for sign in "=+-@" for what in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "SUM(A1:A9)")),
    *(f"{lead}=1+1" for lead in ("\t", "\r", " ", "  ", "'", "''", " '", "；")),
    "＝1+1", "＋1+1", "－1+1", "＠SUM(1)", "a;=1+1", "a,=1+1", "a|=1+1", "a\t=1+1", "a\n=1+1", "a;'=1+1", "x;\t@y",
    "=\t1", "-", "'", "'=", "=" * 50, '=DDE("cmd";"/C calc";"x")', "+84912345678",
]  # fmt: skip
XML = "[Content_Types].xml"


@pytest.fixture
def file_of(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def refusal_of(path):
    with pytest.raises(Refusal) as refused:
        sheets.tabs(path)
    assert refused.value.message
    return refused.value.code


def archive(parts, *, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return buffer.getvalue()


def book_with(extra=None, sheet=None):
    """A small real .xlsx with parts added, or with its sheet's XML replaced."""
    with zipfile.ZipFile(io.BytesIO(sheets.as_xlsx([["a", "b"], ["1", "2"]]))) as real:
        parts = {name: real.read(name) for name in real.namelist()}
    if sheet is not None:
        parts["xl/worksheets/sheet1.xml"] = sheet
    return archive(parts | (extra or {}))


def sheet_xml(rows):
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return head + rows + b"</sheetData></worksheet>"


# What is written is read


def readable():
    return (
        st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=20)
        .map(str.strip)
        .filter(bool)
    )


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(readable(), min_size=2, max_size=2), min_size=2, max_size=6))
def test_text_comes_back_as_it_was(kind, rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("s") / f"list.{kind}"
    path.write_bytes(sheets.as_xlsx(rows) if kind == "xlsx" else sheets.as_csv(rows))
    assert sheets.tabs(path)[0].rows == rows


def test_days_and_numbers_come_back_from_a_workbook(file_of):
    (tab,) = sheets.tabs(file_of("l.xlsx", sheets.as_xlsx([["x", "y"], [datetime(1990, 5, 2), 12]])))
    assert tab.rows[1][0].isoformat() == "1990-05-02"
    assert tab.rows[1][1] == 12


def test_our_own_separator_wins_where_another_would_do_too(file_of):
    assert sheets.tabs(file_of("l.csv", sheets.as_csv([["|", "|"], ["|", "|"]])))[0].rows == [["|", "|"]] * 2


def test_a_comma_inside_cells_does_not_cut_a_list_of_semicolons(file_of):
    text = "Họ, tên;Địa chỉ\nLê An;Xóm 1, Tân Cương\nLê Ba;Tân Cương\n"
    assert sheets.tabs(file_of("l.csv", text.encode()))[0].rows[1] == ["Lê An", "Xóm 1, Tân Cương"]


def as_windows_stores_it(letter):
    """The letter with its hat or horn as one sign, then the tone as another."""
    tones = [mark for mark in unicodedata.normalize("NFD", letter) if mark in "\u0300\u0301\u0303\u0309\u0323"]
    bare = "".join(mark for mark in unicodedata.normalize("NFD", letter) if mark not in tones)
    return unicodedata.normalize("NFC", bare) + "".join(tones)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_files_are_read_in_the_encodings_and_separators_of_offices(file_of, encoding, separator):
    text = "\r\n".join(
        separator.join(row) for row in [["Ho ten", "Xã"], ["Lê Hà Giang", "Tân Cương"], ["Đỗ Ân", "Hà Thượng"]]
    )
    if encoding == "cp1258":
        text = "".join(map(as_windows_stores_it, text))
    (tab,) = sheets.tabs(file_of("l.csv", text.encode(encoding, "strict")))
    assert tab.rows[0] == ["Ho ten", "Xã"]
    assert tab.rows[1] == ["Lê Hà Giang", "Tân Cương"]


def test_formulas_are_read_as_the_values_stored_with_them(file_of):
    sheet = sheet_xml(b'<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"x"</f><v>x</v></c></row>')
    assert sheets.tabs(file_of("l.xlsx", book_with(sheet=sheet)))[0].rows == [[2.0, "x"]]


# No export holds a formula


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_dead_in_a_text_file_and_comes_back_exactly(payload, file_of):
    content = sheets.as_csv([["h", "i"], [payload, payload]])
    assert sheets.tabs(file_of("l.csv", content))[0].rows[1] == [payload, payload]
    for separator in (",", ";", "\t", "|"):
        for line in content.decode("utf-8-sig").splitlines():
            for cell in line.split(separator):
                assert not cell.strip(' "').startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")), (separator, cell)


def test_without_the_guard_a_payload_is_alive(monkeypatch):
    monkeypatch.setattr("chiakhoa.foundation.sheets.writing.guarded", lambda value: value)
    assert b"\r\n=1+1" in sheets.as_csv([["h"], ["=1+1"]])


def test_a_formula_of_ours_is_one_and_carries_its_value(file_of):
    rows = [["h"], [2], [3], [sheets.Formula("=SUM(A2:A3)", 5)]]
    content = sheets.as_xlsx(rows)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert b"<f>SUM(A2:A3)</f><v>5</v>" in book.read("xl/worksheets/sheet1.xml")
    assert sheets.tabs(file_of("l.xlsx", content))[0].rows[3] == [5]
    assert sheets.as_csv(rows).decode("utf-8-sig").splitlines()[-1] == "5"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_text_in_a_workbook_and_comes_back_exactly(payload, file_of):
    content = sheets.as_xlsx([["h"], [payload]])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert b"<f" not in book.read("xl/worksheets/sheet1.xml").replace(b"<fonts", b"")
    if "\r" not in payload:  # XML itself makes one line end of another
        assert sheets.tabs(file_of("l.xlsx", content))[0].rows[1] == [payload]


@given(st.text(alphabet="=+-@'; ,\t|ab", max_size=12))
def test_guarding_is_undone_exactly(text):
    assert unguarded(guarded(text)) == text


# Hostile files


def test_a_bomb_is_refused_before_it_opens(file_of):
    bomb = book_with({"xl/worksheets/sheet2.xml": b" " * 40_000_000})
    assert len(bomb) < 100_000
    assert refusal_of(file_of("bomb.xlsx", bomb)) == "file_swells"


def test_a_bomb_that_lies_about_its_size_is_refused(file_of):
    bomb = bytearray(book_with({"xl/worksheets/sheet2.xml": b" " * 40_000_000}))
    true_size = (40_000_000).to_bytes(4, "little")
    while (place := bomb.find(true_size)) >= 0:
        bomb[place : place + 4] = (100).to_bytes(4, "little")
    assert refusal_of(file_of("bomb.xlsx", bytes(bomb))) == "file_swells"


@pytest.mark.parametrize(
    "attack",
    [
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
        b'<!doctype x [<!entity % p SYSTEM "http://127.0.0.1/">%p;]>',
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", XML, "docProps/app.xml"])
def test_entities_are_refused_wherever_they_stand(file_of, attack, part):
    assert refusal_of(file_of("x.xlsx", book_with({part: attack + b"<x>&a;</x>"}))) == "file_has_entities"


def test_entities_hidden_by_another_encoding_are_refused(file_of):
    hidden = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("utf-16")
    assert refusal_of(file_of("x.xlsx", book_with({"xl/sharedStrings.xml": hidden}))) == "file_unreadable"


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_macros_are_refused(file_of, part):
    assert refusal_of(file_of("x.xlsx", book_with({part: b"x"}))) == "file_has_macros"


def test_a_million_rows_are_refused_unread(file_of, monkeypatch):
    monkeypatch.setattr(reading, "CalamineWorkbook", None)  # the parser is never asked
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * 7919) for n in range(1, 300_000))
    assert refusal_of(file_of("x.xlsx", book_with(sheet=sheet_xml(rows)))) == "file_too_long"


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD99999"><v>1</v></c></row>',
        b"<row r='1'><c r='A1'><v>1</v></c><c r='XFD99999'><v>1</v></c></row>",
        b'<row r="1"><c\tr = "A1"><v>1</v></c><c\nr = "XFD99999"><v>1</v></c></row>',
    ],
)
def test_two_far_cells_do_not_make_a_field_of_millions(file_of, cells):
    assert refusal_of(file_of("x.xlsx", book_with(sheet=sheet_xml(cells)))) in ("file_too_wide", "file_too_long")


def test_without_the_guard_far_cells_reach_the_parser(file_of, monkeypatch):
    """The twin: with the guard off, the parser is handed the file and lays out every cell between the two."""
    cells = b'<row r="1"><c r="A1"><v>1</v></c><c r="ZZ20000"><v>1</v></c></row>'
    path = file_of("x.xlsx", book_with(sheet=sheet_xml(cells)))
    assert refusal_of(path) == "file_too_wide"
    monkeypatch.setattr(guards, "inspect", lambda _path: None)
    monkeypatch.setattr(guards, "LARGEST_CELLS", 10**9)
    (tab,) = sheets.tabs(path)
    assert sum(map(len, tab.rows)) == 20_000 * 702


def test_repeated_cells_of_opendocument_are_counted(file_of):
    content = (
        b'<office:document-content><table:table><table:table-row table:number-rows-repeated="900000">'
        b'<table:table-cell table:number-columns-repeated="500" office:value-type="string"><text:p>x</text:p>'
        b"</table:table-cell></table:table-row></table:table></office:document-content>"
    )
    assert refusal_of(file_of("x.ods", archive({"mimetype": b"x", "content.xml": content}))) == "file_too_long"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.xls", sheets.as_xlsx([["a", "b"]]), "file_ending_false"),
        ("x.csv", sheets.as_xlsx([["a", "b"]]), "file_ending_false"),
        ("x.ods", sheets.as_xlsx([["a", "b"]]), "file_ending_false"),
        ("x.xlsx", guards.OLE + b"\0" * 600, "file_ending_false"),
        ("x.xls", b"<html><table><tr><td>a</td></tr></table></html>", "file_ending_false"),
        ("x.xlsx", guards.OLE + "EncryptedPackage".encode("utf-16-le"), "file_has_password"),
        ("x.xls", guards.OLE + "_VBA_PROJECT_CUR".encode("utf-16-le"), "file_has_macros"),
        ("x.xls", guards.OLE + b"\0" * 600, "file_unreadable"),
        ("x.xlsx", b"PK\x03\x04 cut off", "file_unreadable"),
        ("x.xlsx", b"nothing", "file_unreadable"),
        ("x.xlsx", archive({"a.txt": b"a"}), "file_unreadable"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_words(file_of, name, content, code):
    assert refusal_of(file_of(name, content)) == code


def test_a_file_of_two_hundred_megabytes_is_refused_unread(tmp_path):
    path = tmp_path / "x.xlsx"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    assert refusal_of(path) == "file_too_large"


def test_a_million_lines_of_text_are_refused(file_of):
    assert refusal_of(file_of("x.csv", b"a,b\n" * 1_000_000)) == "file_too_long"


# Their twins: with the guard off, the harm appears


@pytest.fixture
def unguarded_door(monkeypatch):
    """No file is inspected, and nothing is too large."""
    monkeypatch.setattr(guards, "inspect", lambda _path: None)
    for limit in ("LARGEST_BYTES", "LARGEST_ROWS", "LARGEST_CELLS"):
        monkeypatch.setattr(guards, limit, 10**12)


def a_swelling_book():
    """A cell of five million letters in a file of some kilobytes."""
    shared = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
    cell = b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    return book_with({"xl/sharedStrings.xml": shared % (b"a" * 5_000_000)}, sheet=sheet_xml(cell))


def many_rows():
    return sheet_xml(
        b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * 7919) for n in range(1, 200_100))
    )


HARM = {
    "a bomb": ("xlsx", a_swelling_book, "file_swells", lambda rows: len(rows[0][0]) == 5_000_000),
    "too many rows": ("xlsx", lambda: book_with(sheet=many_rows()), "file_too_long", lambda rows: len(rows) > 200_000),
    "too many lines": ("csv", lambda: b"a,b\n" * 200_001, "file_too_long", lambda rows: len(rows) > 200_000),
    "too many bytes": (
        "csv",
        lambda: b"a,b\n" + b"c" * 20_000_000,
        "file_too_large",
        lambda rows: len(rows[1][0]) > 10**7,
    ),
    "a wrong ending": ("csv", book_with, "file_ending_false", lambda rows: rows[0][0].startswith("PK\x03\x04")),
    "macros": (
        "xlsx",
        lambda: book_with({"xl/vbaProject.bin": b"x"}),
        "file_has_macros",
        lambda rows: rows[1] == ["1", "2"],
    ),
}


@pytest.fixture
def large_fields():
    """Python's own reader of text files refuses a field of 128 kB; the guard must not lean on it."""
    before = csv.field_size_limit(10**9)
    yield
    csv.field_size_limit(before)


@pytest.mark.parametrize("harm", list(HARM))
def test_a_hostile_file_is_refused(harm, file_of, large_fields):
    ending, content, code, _done = HARM[harm]
    assert refusal_of(file_of(f"x.{ending}", content())) == code


@pytest.mark.parametrize("harm", list(HARM))
def test_without_the_guard_it_gets_in(harm, file_of, unguarded_door, large_fields):
    ending, content, _code, done = HARM[harm]
    (tab,) = sheets.tabs(file_of(f"x.{ending}", content()))
    assert done(tab.rows)


def test_without_the_guard_entities_wait_for_a_parser_that_believes_them():
    """Ours expands none; the reason for refusing them is every other program that the kept file may meet."""
    attack = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    assert ElementTree.fromstring(attack).text == "a" * 16


def locked_book():
    """A book whose parts say that they are encrypted."""
    locked = bytearray(book_with())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := locked.find(mark, at + 1)) >= 0:
            locked[at + place] |= 1
    return bytes(locked)


def test_a_password_is_named(file_of):
    assert refusal_of(file_of("x.xlsx", locked_book())) == "file_has_password"


def test_without_the_guard_a_password_is_taken_for_damage(file_of, unguarded_door):
    """The harm is wrong advice: a file that only needs its password taken off is called unreadable."""
    assert refusal_of(file_of("x.xlsx", locked_book())) == "file_unreadable"


def test_cells_merged_over_rows_are_told(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:C1", "Danh sách")
        sheet.merge_range("B2:B4", "Tân Cương")
        sheet.write("A4", "x")
    (tab,) = sheets.tabs(path)
    assert tab.merged == ((1, 1, 3),) and [row[1] for row in tab.rows] == ["", "Tân Cương", "", ""]


def test_a_sheet_that_begins_further_down_and_to_the_right_keeps_its_places(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("trống")
        sheet = book.add_worksheet("list")
        sheet.write("B3", "Họ tên")
        sheet.write("D5", 7)
    (tab,) = sheets.tabs(path)
    assert tab.rows == [["", "", "", ""]] * 2 + [["", "Họ tên", "", ""], ["", "", "", ""], ["", "", "", 7.0]]
