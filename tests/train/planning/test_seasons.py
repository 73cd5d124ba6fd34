"""Weeks without classes: Tết of the year, or what a plan assumes."""

from datetime import date

import pytest

from chiakhoa.train.planning import seasons


@pytest.mark.parametrize(
    ("year", "mondays"),
    [(2027, ["2027-02-01", "2027-02-08"]), (2028, ["2028-01-17", "2028-01-24", "2028-01-31"])],
)
def test_the_weeks_of_tet_are_closed(year, mondays):
    assert sorted(day.isoformat() for day in seasons.closed_mondays(seasons.usual(year))) == mondays


def test_a_year_whose_calendar_is_not_known_closes_nothing():
    assert seasons.usual(1999) == [] and seasons.closed_mondays([]) == frozenset()


def test_a_season_over_a_weekend_closes_no_week():
    assert not seasons.closed_mondays([seasons.Season("Hội", date(2027, 3, 6), date(2027, 3, 7))])


def test_one_day_closes_its_whole_week():
    exam = seasons.Season("Thi", date(2027, 3, 3), date(2027, 3, 3))
    assert seasons.closed_mondays([exam]) == {date(2027, 3, 1)}
    assert seasons.in_week([exam], date(2027, 3, 1)) == "Thi" and seasons.in_week([exam], date(2027, 3, 8)) == ""


def test_no_rows_mean_the_usual_and_empty_rows_mean_none():
    assert seasons.assumed(None, 2027) == seasons.usual(2027)
    assert seasons.assumed([], 2027) == []
    assert seasons.assumed([row.as_row() for row in seasons.usual(2027)], 2027) == seasons.usual(2027)
