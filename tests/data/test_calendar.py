"""The calendar file: its lunar days are those of the new moon in Việt Nam, its audiences exist, assumptions have reasons."""

from datetime import date, datetime, timedelta
from math import radians, sin

import pytest

from chiakhoa.foundation.facts import load_yaml

FILE = load_yaml("programme/calendar.yaml")
HERE, TO_UNIVERSAL_TIME = timedelta(hours=7), timedelta(seconds=-72)


def new_moon(k):
    """The new moon k after January 2000, in Universal Time, good to a minute (Meeus, Astronomical Algorithms, chapter 49)."""
    century = k / 1236.85
    day = 2451550.09766 + 29.530588861 * k + 0.00015437 * century**2
    e = 1 - 0.002516 * century
    sun, moon = radians(2.5534 + 29.1053567 * k), radians(201.5643 + 385.81693528 * k)
    node, omega = radians(160.7108 + 390.67050284 * k), radians(124.7746 - 1.56375588 * k)
    terms = [
        (-0.40720, moon), (0.17241 * e, sun), (0.01608, 2 * moon), (0.01039, 2 * node), (0.00739 * e, moon - sun),
        (-0.00514 * e, moon + sun), (0.00208 * e * e, 2 * sun), (-0.00111, moon - 2 * node), (-0.00057, moon + 2 * node),
        (0.00056 * e, 2 * moon + sun), (-0.00042, 3 * moon), (0.00042 * e, sun + 2 * node), (0.00038 * e, sun - 2 * node),
        (-0.00024 * e, 2 * moon - sun), (-0.00017, omega),
    ]  # fmt: skip
    day += sum(size * sin(angle) for size, angle in terms)
    return datetime(2000, 1, 1, 12) + timedelta(days=day - 2451545.0) + TO_UNIVERSAL_TIME


def moons_near(day):
    """New moons of the months around a day, by their days in Việt Nam."""
    k = round((day.year - 2000 + day.timetuple().tm_yday / 365.25) * 12.3685)
    return [(new_moon(n) + HERE).date() for n in (k - 1, k, k + 1)]


@pytest.mark.parametrize(("year", "day"), sorted(FILE["tet"]["new_year"].items()))
def test_tet_is_the_day_of_a_new_moon_in_viet_nam(year, day):
    assert day.year == year
    assert date(year, 1, 21) <= day <= date(year, 2, 20)
    assert day in moons_near(day)


def test_in_2030_tet_comes_a_day_before_that_of_beijing():
    assert FILE["tet"]["new_year"][2030] == date(2030, 2, 2)


@pytest.mark.parametrize(("year", "day"), sorted(FILE["kings"]["days"].items()))
def test_the_kings_day_is_the_tenth_of_the_third_month(year, day):
    tet = FILE["tet"]["new_year"][year]
    assert 66 <= (day - tet).days <= 69
    assert day - timedelta(days=9) in moons_near(day)


def test_seasons_are_days_in_order_of_known_audiences():
    known = {row["id"] for row in load_yaml("frameworks/profiles.yaml")["profiles"]}
    for row in FILE["seasons"]:
        first, last = (date.fromisoformat(f"2027-{row[name]}") for name in ("first", "last"))
        assert first <= last
        assert set(row.get("audiences", ())) <= known


def test_every_mode_of_a_course_says_how_it_spreads():
    assert set(load_yaml("programme/courses.yaml")["modes"]) <= set(FILE["per_week"])


def test_what_is_assumed_has_its_reason_and_what_is_not_its_source():
    for row in (FILE["term"], FILE["tet"], FILE["kings"], FILE["per_week"], FILE["online"], *FILE["seasons"]):
        assert (
            (row.get("reason_vi") and row.get("reason_en"))
            if row.get("assumed")
            else (row["source_vi"] and row["source"])
        )
