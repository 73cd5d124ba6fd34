"""Days without classes: those of the house's calendar, or what a plan assumes."""

from datetime import date

import pytest

from chiakhoa.train.planning import seasons

MONDAY = date(2027, 3, 1)


def test_tet_leaves_no_day_of_two_weeks_and_a_holiday_leaves_four():
    usual = seasons.usual(2027)
    assert [seasons.in_week(usual, date(2027, 2, day))[1] for day in (1, 8, 15)] == [True, True, False]
    name, closed = seasons.in_week(usual, date(2027, 4, 12))
    assert name and not closed


def test_a_season_over_a_weekend_closes_no_week():
    assert seasons.in_week([seasons.Season("Hội", date(2027, 3, 6), date(2027, 3, 7))], MONDAY) == ("", False)


def test_a_season_of_some_is_no_season_of_the_week_and_keeps_only_them():
    exam = seasons.Season("Thi", MONDAY, date(2027, 3, 5), ("teacher",))
    assert seasons.in_week([exam], MONDAY) == ("", False)
    assert seasons.on_day([exam], MONDAY, ["tea", "teacher"]) == "Thi"
    assert seasons.on_day([exam], MONDAY, ["tea"]) == seasons.on_day([exam], date(2027, 3, 6), ["teacher"]) == ""


@pytest.mark.parametrize("year", [2027, 1999])
def test_no_rows_mean_the_usual_and_empty_rows_mean_none(year):
    assert seasons.assumed(None, year) == seasons.usual(year)
    assert seasons.assumed([], year) == []
    assert seasons.assumed([row.as_row() for row in seasons.usual(year)], year) == seasons.usual(year)
