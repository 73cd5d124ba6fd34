"""A kept list tells of somebody by any of their numbers, or by their name however it is typed."""

import pytest

from chiakhoa.foundation import sheets
from chiakhoa.ground.registry import citizen_number
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.registry.tracing import Traces

HOA = Person(
    full_name="Nguyễn Thị Hòa", phone="0912345678", email="Hoa@vd.vn", external_key="CB-7",
    citizen_number_sealed=citizen_number.seal("001190000012"),
)  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        ["x", "NGUYEN THI HOA", ""], ["x", "Nguyễn Thị", "Hòa"], ["x", "", "912345678"], ["+84 912.345.678"], [912345678.0],
        ["1190000012"], ["hoa@VD.vn"], ["cb-7"], ["NguyÔn ThÞ Hßa"], ["Nguyễn Thị Hòa"],
    ],
)  # fmt: skip
def test_a_row_that_tells(tmp_path, row):
    path = tmp_path / "list.xlsx"
    path.write_bytes(sheets.as_xlsx([["Danh sách"], ["1", "Ai Đó", ""], row]))
    assert Traces(HOA).told_in(path)


@pytest.mark.parametrize("row", [["Nguyễn Thị Hoàn"], ["Nguyễn Thị", "x", "Hòa"], ["0912345679"], ["CB-70"], [""]])
def test_a_row_that_does_not(tmp_path, row):
    path = tmp_path / "list.csv"
    path.write_bytes(sheets.as_csv([["Danh sách"], row]))
    assert not Traces(HOA).told_in(path)


def test_somebody_without_numbers_is_not_found_in_empty_cells(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(sheets.as_csv([["a", ""], ["", "0"]]))
    assert not Traces(Person(full_name="Ai")).told_in(path)


def test_a_file_that_cannot_be_read_is_taken_to_tell(tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK broken")
    assert Traces(HOA).told_in(path)
