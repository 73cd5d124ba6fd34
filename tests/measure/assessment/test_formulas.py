"""Formulas are marked by what they calculate: on the sheet, and on the sheet with other numbers."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiakhoa.measure.assessment.formulas import FormulaError, Sheet, agree, work_out

# A  B    C   D           Tea sold in four weeks: kilograms, price, money; D1 is to be filled in.
SHEET = Sheet(
    {
        "A1": "Tuần 1", "A2": "Tuần 2", "A3": "Tuần 3", "A4": "Tuần 4",
        "B1": 12, "B2": 8, "B3": 20, "B4": 5,
        "C1": 250, "C2": 260, "C3": 240, "C4": 255,
    },
    own="D1",
    formulas={"D2": "=B2*C2"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("=1+2*3", 7), ("=(1+2)*3", 9), ("=-2^2", 4), ("=10%*50", 5), ("=7/2", 3.5), ('="chè "&B2', "chè 8"),
        ("=SUM(B1:B4)", 45), ("=SUM(B1:B2;B4)", 25), ("=AVERAGE(B1:B4)", 11.25), ("=MAX(B1:B4)-MIN(B1:B4)", 15),
        ("=COUNT(A1:B4)", 4), ("=COUNTA(A1:B4)", 8), ('=COUNTIF(B1:B4,">=8")', 3), ('=COUNTIF(A1:A4;"tuần 2")', 1),
        ('=SUMIF(A1:A4,"Tuần 3",B1:B4)', 20), ('=IF(B1>10,"đủ","thiếu")', "đủ"), ("=IF(B4>10;1;0)", 0),
        ("=ROUND(2.345,1)", 2.3), ("=ROUND(-2.5,0)", -3), ("=AND(B1>1,B2>1)", True), ("=SUM(A1:B1)", 12), ("=D2+1", 2081),
    ],
)  # fmt: skip
def test_a_formula_gives_what_a_spreadsheet_gives(text, value):
    assert work_out(text, SHEET) == value


@pytest.mark.parametrize(
    "text",
    [
        "", "12", "SUM(B1:B4)", "=", "=1+", "=(1", "=1)", "=FOO(1)", "=SUM", "=1/0", "=0^-1", "=A1*2", "=D1+1", "=SUM(D1:D2)",
        "=B1:B4", "=SUM(B1:ZZ9)", "=(-8)^0.5", "=9^9^9^9", "=IF(1)", "=COUNTIF(B1:B4)", "=@B1", "=" + "(" * 60 + "1" + ")" * 60,
        "=" + "-" * 90 + "1", "=ROUND(9^300*9^300,0)",
    ],
)  # fmt: skip
def test_what_cannot_be_worked_out_is_no_formula(text):
    with pytest.raises(FormulaError):
        work_out(text, SHEET)


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("=C1*B1", "=B1*C1"), ("=product(b1:c1)", "=B1*C1"), ("=$B$1 * $C$1", "=B1*C1"), ("=B1+B2+B3+B4", "=SUM(B1:B4)"),
        ("=SUM(B1:B3)+B4", "=SUM(B1:B4)"), ("=SUM(B4:B1)", "=SUM(B1:B4)"), ("=SUM(B1:B4)/4", "=AVERAGE(B1:B4)"),
        ("=B1*0,1", "=B1*10%"), ("=IF(B1>=10;B1*0,9;B1)", "=IF(B1<10,B1,B1*0.9)"), ("=B1-B1*5%", "=B1*0.95"),
        ('=if(b1>=10;"ĐỦ";"thiếu")', '=IF(B1>=10,"Đủ","Thiếu")'),
    ],
)  # fmt: skip
def test_two_ways_to_the_same_sum_are_one_answer(written, accepted):
    assert agree(written, [accepted], SHEET)


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("=3000", "=B1*C1"), ("=12*250", "=B1*C1"), ("=B1*250", "=B1*C1"), ("=SUM(B1:B3)", "=SUM(B1:B4)"),
        ("=45", "=SUM(B1:B4)"), ("=IF(B1>10,1,0)", "=IF(B1>=5,1,0)"), ("=B1+C1", "=B1*C1"), ("3000", "=B1*C1"),
        ("=MAX(B1:B4)", "=B3"), ('=IF(B1>=10,"Thiếu","Đủ")', '=IF(B1>=10,"Đủ","Thiếu")'),
    ],
)  # fmt: skip
def test_what_is_right_by_luck_on_this_sheet_is_wrong(written, accepted):
    assert not agree(written, [accepted], SHEET)


@given(st.text(alphabet='=+-*/^&%<>(),;:.$"AB1290SUMIF ', max_size=200))
def test_whatever_is_written_is_worked_out_or_refused(text):
    with contextlib.suppress(FormulaError):
        assert work_out(text, SHEET) is not None
