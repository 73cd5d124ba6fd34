"""A spreadsheet is read as people write it; every fault is named by row and column."""

from datetime import UTC, date, datetime

import pytest

from chiakhoa.foundation import sheets
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.registry import actions, files
from chiakhoa.ground.registry.models import Person

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
HEADINGS = [
    "Key in your list",
    "Full name",
    "Date of birth",
    "Sex",
    "Commune",
    "Audience",
    "Body",
    "Telephone",
    "Citizen number",
]
HOA = [
    "k-1",
    "Nguyễn Thị Hòa",
    "02/05/1990",
    "Nữ",
    "Xã Tân Cương",
    "Công chức cấp xã",
    "UBND xã Tân Cương",
    912345678,
    "019190000001",
]


@pytest.fixture
def sheet_of(tmp_path, registry):
    def write(*rows, headings=HEADINGS, kind="xlsx"):
        path = tmp_path / f"people.{kind}"
        table = [headings, *rows]
        path.write_bytes(sheets.as_xlsx(table) if kind == "xlsx" else sheets.as_csv(table))
        return path

    return write


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_names_and_days_are_read_as_people_write_them(sheet_of, kind):
    (row,) = files.read_people(sheet_of(HOA, kind=kind))
    assert (row.unit_id, row.audience_code, row.body_id) == ("VN-05440@2025", "commune_official", "ubnd-05440")
    assert (row.born_on, row.sex, row.citizen_number, row.line) == (date(1990, 5, 2), "f", "019190000001", 2)


def test_a_telephone_stored_as_a_number_gets_its_zero_back(sheet_of):
    assert files.read_people(sheet_of(HOA))[0].phone == "0912345678"


def test_headings_may_be_in_vietnamese_in_any_order_and_without_diacritics(sheet_of):
    from django.utils.translation import override

    with override("vi"):
        labels = {name: str(label) for name, label in files.COLUMNS.items()}
    headings = [labels["unit_id"].lower(), labels["full_name"].upper(), labels["external_key"]]
    (row,) = files.read_people(sheet_of(["VN-05440@2025", "Hòa", "k-1"], headings=headings))
    assert (row.external_key, row.full_name, row.unit_id) == ("k-1", "Hòa", "VN-05440@2025")


def test_blank_lines_are_passed_over_and_rows_keep_the_number_of_the_sheet(sheet_of):
    rows = files.read_people(sheet_of(HOA, [""] * 9, ["k-2", "An", "", "", "VN-05440@2025", "", "", "", ""]))
    assert [row.line for row in rows] == [2, 4]


def test_a_missing_heading_is_named(sheet_of):
    with pytest.raises(Refusal) as refused:
        files.read_people(sheet_of(["k-1", "Hòa"], headings=HEADINGS[:2]))
    assert refused.value.code == "heading_missing"
    assert str(files.COLUMNS["unit_id"]) in refused.value.message


def test_a_day_that_is_no_day_is_named_by_row_and_column(sheet_of):
    with pytest.raises(Refusal, match="31/02/1990") as refused:
        files.read_people(sheet_of(HOA, [*HOA[:2], "31/02/1990", *HOA[3:]]))
    assert refused.value.details["row"] == 3
    assert str(files.COLUMNS["born_on"]) in refused.value.message


def test_a_name_of_the_old_map_leads_to_the_refusal_with_its_heirs(sheet_of):
    rows = files.read_people(sheet_of([*HOA[:4], "Phường Cam Giá", *HOA[5:]], HOA[:1]))
    with pytest.raises(Refusal, match="VN-05467@2025") as refused:
        actions.register_people(SYSTEM, rows, at=AT)
    assert refused.value.details["row"] == 2
    assert not Person.objects.exists()


def test_the_same_file_twice_is_the_same_people(sheet_of):
    path = sheet_of(HOA)
    first = actions.register_people(SYSTEM, files.read_people(path), at=AT)
    assert actions.register_people(SYSTEM, files.read_people(path), at=AT) == first
    assert Person.objects.count() == 1


def test_a_file_that_is_no_spreadsheet_is_refused_in_words(tmp_path, registry):
    path = tmp_path / "people.xlsx"
    path.write_bytes(b"nothing")
    with pytest.raises(Refusal) as refused:
        files.read_people(path)
    assert refused.value.code == "file_unreadable"
