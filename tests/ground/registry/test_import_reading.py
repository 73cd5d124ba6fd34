"""A list is found and read as people make it: titles, merged headings, old fonts, lost zeros, days in many forms, totals."""

from datetime import date, datetime

import pytest

from chiakhoa.foundation.sheets import Tab
from chiakhoa.ground.registry.importing import cells, headings, layout, reading
from chiakhoa.ground.registry.importing.people import PEOPLE
from chiakhoa.ground.registry.models import Sex
from tests.foundation.test_legacy_text import in_tcvn3, in_vni

UNITS = {"xa tan cuong": "VN-05440@2025", "tan cuong": "VN-05440@2025"}
DIRECTORIES = {"units": UNITS, "audiences": {"cong chuc cap xa": "commune_official"}, "bodies": {}}
KNOWN = headings.wordings("people", PEOPLE.labels)


def read(*rows, fixes=None, merged=()):
    """The sheet read as the import reads it, without a database. `merged` cells: column, first and last row, from 0."""
    tabs = [Tab("Sheet1", [list(row) for row in rows], merged)]
    found = layout.find(tabs, KNOWN)
    return reading.read(tabs, found, layout.map_columns(found, KNOWN), PEOPLE, DIRECTORIES, fixes)


def values(result, name):
    return [record.values.get(name) for record in result.records]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Họ và tên (*)", "full_name"), ("HO TEN", "full_name"), ("Họ,  tên:", "full_name"), ("Họ và tên học viên", "full_name"),
        ("Ngày, tháng, năm sinh", "born_on"), ("NTNS", "born_on"), ("Giới tính (Nam/Nữ)", "sex"), ("Xã/phường", "unit_id"),
        ("Địa chỉ thường trú", "unit_id"), ("Số CMND/CCCD", "citizen_number"), ("Số định danh cá nhân", "citizen_number"),
        ("SĐT", "phone"), ("Email", "email"), ("Đơn vị công tác", "body_id"), ("Chức vụ/ chức danh", "position"),
        ("STT", "nothing"), ("Full name", "full_name"), ("Năm", None), ("Nữ", "female_mark"), ("Màu sắc ưa thích", None),
        ("Số điên thoại", "phone"),
    ],
)  # fmt: skip
def test_a_heading_is_understood_in_many_wordings(heading, field):
    assert headings.meaning(heading, KNOWN) == field


def test_the_list_is_found_below_the_titles_and_on_another_sheet():
    tabs = [
        Tab("Hướng dẫn", [["Đọc kỹ trước khi điền"]]),
        Tab("DS", [["UBND XÃ"], ["DANH SÁCH HỌC VIÊN"], [], ["STT", "Họ và tên", "Xã"], [1, "Lê An", "Tân Cương"]]),
    ]
    found = layout.find(tabs, KNOWN)
    assert (found.tab, found.header, found.depth) == (1, 3, 1)


def test_headings_over_two_rows_are_joined():
    result = read(
        ["STT", "Họ và tên", "Ngày, tháng, năm sinh", "", "Xã/phường"],
        ["", "", "Nam", "Nữ", ""],
        ["1", "2", "3", "4", "5"],
        [1, "Lê Văn An", "02/05/1990", "", "Tân Cương"],
        [2, "Lê Thị Bình", "", "3/6/1991", "Tân Cương"],
    )
    assert values(result, "full_name") == ["Lê Văn An", "Lê Thị Bình"]
    assert values(result, "sex") == [Sex.MALE, Sex.FEMALE]
    assert values(result, "born_on") == [date(1990, 5, 2), date(1991, 6, 3)]
    assert [out.line for out in result.left_out] == [3]


def test_a_birthday_in_three_columns_and_a_name_in_two():
    result = read(
        ["Họ và tên đệm", "Tên", "Ngày sinh", "", "", "Xã"],
        ["", "", "Ngày", "Tháng", "Năm", ""],
        ["Nguyễn Thị", "Hòa", 2.0, 5.0, 1990.0, "Tân Cương"],
        ["Lê", "An", "", "", 1985.0, "Tân Cương"],
    )
    assert values(result, "full_name") == ["Nguyễn Thị Hòa", "Lê An"]
    assert values(result, "born_on") == [date(1990, 5, 2), None]
    assert any("1985" in note.message for note in result.notes)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("02/05/1990", date(1990, 5, 2)), ("2-5-1990", date(1990, 5, 2)), ("02.05.1990", date(1990, 5, 2)),
        ("1990-05-02", date(1990, 5, 2)), ("1990-05-02 00:00:00", date(1990, 5, 2)), ("02051990", date(1990, 5, 2)),
        ("ngày 2 tháng 5 năm 1990", date(1990, 5, 2)), (32995.0, date(1990, 5, 2)), ("32995", date(1990, 5, 2)),
        (datetime(1990, 5, 2), date(1990, 5, 2)), (date(1990, 5, 2), date(1990, 5, 2)), ("", None), (None, None),
        ("' 02/05/1990 ", date(1990, 5, 2)),
    ],
)  # fmt: skip
def test_a_day_is_read_in_all_its_forms(cell, day):
    assert cells.day_reader(month_first=False)(cell) == day


def test_a_short_year_and_a_year_alone_are_read_with_a_note():
    short = cells.day_reader(False)("02/05/90")
    assert (short.value, "02/05/1990" in short.note) == (date(1990, 5, 2), True)
    assert cells.day_reader(False)(1990.0).value is None


def test_a_column_of_american_days_is_known_as_such():
    result = read(["Họ tên", "Ngày sinh", "Xã"], ["A B", "05/31/1990", "Tân Cương"], ["C D", "05/02/1990", "Tân Cương"])
    assert values(result, "born_on") == [date(1990, 5, 31), date(1990, 5, 2)]


@pytest.mark.parametrize(
    ("cell", "near"), [("31/02/1990", "28/02/1990"), ("05/31/1990", "31/05/1990"), ("30/02/2000", "29/02/2000")]
)
def test_a_day_that_is_no_day_comes_with_the_nearest_one(cell, near):
    with pytest.raises(cells.Unreadable, match=cell) as refused:
        cells.day_reader(False)(cell)
    assert refused.value.near == (near,)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (912345678.0, "0912345678"), ("912 345 678", "0912345678"), ("0912.345.678", "0912345678"),
        ("+84 912345678", "0912345678"), ("84912345678", "0912345678"), ("'0912345678", "0912345678"),
        ("0912345678; 0987654321", "0912345678"), ("0208 3855 123", "02083855123"), ("", ""),
    ],
)  # fmt: skip
def test_a_telephone_number_is_made_whole(cell, number):
    found = cells.phone(cell)
    assert getattr(found, "value", found) == number


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        (19190000001.0, "019190000001"), ("019 190 000 001", "019190000001"), ("'019190000001", "019190000001"),
        (1190000001.0, "001190000001"), ("095123456", ""), ("12", "12"),
    ],
)  # fmt: skip
def test_a_citizen_number_gets_its_lost_zeros_back(cell, digits):
    found = cells.citizen_number(cell)
    assert getattr(found, "value", found) == digits


@pytest.mark.parametrize("typed", [in_tcvn3, in_vni])
def test_a_list_in_an_old_font_is_made_unicode_and_said(typed):
    rows = [[typed(name), typed("Xã Tân Cương")] for name in ("Nguyễn Văn Hùng", "Trần Thị Thúy", "Đặng Quốc Tuấn")]
    result = read(["Họ tên", "Xã"], *rows)
    assert values(result, "full_name") == ["Nguyễn Văn Hùng", "Trần Thị Thúy", "Đặng Quốc Tuấn"]
    assert values(result, "unit_id") == ["VN-05440@2025"] * 3
    assert set(result.old_fonts) == {"full_name", "unit_id"}


def test_headings_in_an_old_font_are_understood():
    result = read([in_tcvn3("Họ và tên"), in_tcvn3("Xã phường")], [in_tcvn3("Trần Thị Thúy"), in_tcvn3("Tân Cương")])
    assert values(result, "full_name") == ["Trần Thị Thúy"]


def test_what_is_decomposed_or_trailed_by_blanks_is_tidied():
    result = read(["Họ tên", "Xã"], ["Le\u0302  Thi\u0323 Hoa\u0300 ", " xa tan cuong  "])
    assert result.records[0].values == {"full_name": "Lê Thị Hoà", "unit_id": "VN-05440@2025"}


def test_totals_dates_and_signatures_are_left_out_and_said():
    result = read(
        ["STT", "Họ tên", "Xã", "SĐT"],
        ["I", "Phường Gia Sàng", "", ""],
        [1, "Lê An", "Tân Cương", ""],
        [2, "Tống Thị Cúc", "Tân Cương", ""],
        [],
        ["Tổng cộng: 2 người", "", "2", "2"],
        ["", "", "Thái Nguyên, ngày 1 tháng 2 năm 2026", ""],
        ["", "", "NGƯỜI LẬP BIỂU", ""],
    )
    assert values(result, "full_name") == ["Lê An", "Tống Thị Cúc"]
    assert [out.line for out in result.left_out] == [2, 6, 7, 8]


def test_a_commune_merged_over_many_rows_holds_for_each_of_them_and_is_said_once():
    result = read(
        ["STT", "Họ tên", "Xã", "SĐT"],
        [1, "Lê An", "Tân Cương", ""],
        [2, "Tống Thị Cúc", "", ""],
        ["", "", "", ""],
        [3, "Vũ Minh", "", ""],
        [4, "Ma Thị Lan", "", "0912345678"],
        ["", "", "NGƯỜI LẬP BIỂU", ""],
        ["", "", "", ""],
        merged=((2, 1, 4), (2, 6, 7), (1, 0, 1)),
    )
    assert values(result, "unit_id") == ["VN-05440@2025"] * 3 + [""]
    assert [(note.line, note.field) for note in result.notes] == [(2, "unit_id")]
    assert "2" in result.notes[0].message and "5" in result.notes[0].message
    assert [out.line for out in result.left_out] == [7]


def test_a_heading_merged_over_two_rows_is_no_record():
    result = read(
        ["Họ tên", "Nơi ở", ""], ["", "Xã", "SĐT"], ["Lê An", "Tân Cương", "0912345678"], ["Vũ Minh", "", "0912345679"],
        merged=((0, 0, 1), (1, 2, 3)),
    )  # fmt: skip
    assert values(result, "full_name") == ["Lê An", "Vũ Minh"]
    assert values(result, "unit_id") == ["VN-05440@2025"] * 2


def test_an_address_gives_its_commune_with_a_note():
    result = read(["Họ tên", "Địa chỉ"], ["Lê An", "Xóm 3, xã Tân Cương, tỉnh Thái Nguyên"])
    assert values(result, "unit_id") == ["VN-05440@2025"]
    assert result.notes


def test_a_correction_holds_for_every_cell_that_says_the_same():
    fixes = {reading.fix_key("unit_id", "Tân Cươg"): "Tân Cương"}
    result = read(["Họ tên", "Xã"], ["Lê An", "Tân Cươg"], ["Lê Bình", "Tân Cươg"], fixes=fixes)
    assert values(result, "unit_id") == ["VN-05440@2025"] * 2


def test_every_unreadable_cell_is_named_by_row_and_column():
    result = read(["Họ tên", "Xã", "Ngày sinh", "Giới tính"], ["Lê An", "Tân Cương", "hôm qua", "?"])
    assert [(fault.line, fault.field) for fault in result.faults] == [(2, "born_on"), (2, "sex")]


def test_a_name_that_two_communes_bear_is_asked_about():
    """Two communes of today are called Xã Phú Thịnh: no silent choice, the codes are offered."""
    units = {"xa phu thinh": "VN-1@2025|VN-2@2025"}
    tabs = [Tab("S", [["Họ tên", "Xã"], ["Lê An", "Xã Phú Thịnh"]])]
    found = layout.find(tabs, KNOWN)
    result = reading.read(tabs, found, layout.map_columns(found, KNOWN), PEOPLE, {**DIRECTORIES, "units": units})
    assert result.faults[0].near == ("VN-1@2025", "VN-2@2025")


def test_names_that_only_diacritics_tell_apart_are_told_apart_by_them():
    units = {"xã phú bình": "VN-1@2025", "xã phù bình": "VN-2@2025", "xa phu binh": "VN-1@2025|VN-2@2025"}
    rows = [["Họ tên", "Xã"], ["Lê An", "Xã Phú Bình"], ["Lê Ba", "XÃ PHÙ BÌNH"], ["Lê Ca", "xa phu binh"]]
    tabs = [Tab("S", rows)]
    found = layout.find(tabs, KNOWN)
    result = reading.read(tabs, found, layout.map_columns(found, KNOWN), PEOPLE, {**DIRECTORIES, "units": units})
    assert values(result, "unit_id") == ["VN-1@2025", "VN-2@2025", None]
    assert [fault.line for fault in result.faults] == [4]
