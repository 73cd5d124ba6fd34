"""Weeks without classes. Pure: days in, days out.

Tết of a year is the first day of the lunar year (Hồ Ngọc Đức, lịch âm Việt Nam); offices close from some days before it to
some days after. A plan may assume other seasons (`Assumptions.seasons`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

WEEK = timedelta(days=7)
NEW_YEAR = {
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2029: date(2029, 2, 13),
    2030: date(2030, 2, 2),
    2031: date(2031, 1, 23),
    2032: date(2032, 2, 11),
}
BEFORE, AFTER = timedelta(days=5), timedelta(days=8)


@dataclass(frozen=True)
class Season:
    """Days on which no class is held."""

    name: str
    first: date
    last: date

    def covers(self, monday: date) -> bool:
        """Whether a day of the working week that begins on that Monday lies in the season."""
        return self.first <= monday + timedelta(days=4) and monday <= self.last

    def as_row(self) -> dict[str, str]:
        """As it is stored."""
        return {"name": self.name, "first": self.first.isoformat(), "last": self.last.isoformat()}


def usual(year: int) -> list[Season]:
    """Tết, for the years that are known here."""
    day = NEW_YEAR.get(year)
    return [Season("Tết Nguyên đán", day - BEFORE, day + AFTER)] if day else []


def assumed(rows: Iterable[Mapping[str, Any]] | None, year: int) -> list[Season]:
    """The seasons that a plan assumes; the usual ones where it assumes none of its own."""
    if rows is None:
        return usual(year)
    return [Season(row["name"], date.fromisoformat(row["first"]), date.fromisoformat(row["last"])) for row in rows]


def closed_mondays(seasons: Iterable[Season]) -> frozenset[date]:
    """The Mondays of the weeks that a season touches."""
    closed = set()
    for season in seasons:
        monday = season.first - timedelta(days=season.first.weekday())
        while monday <= season.last:
            if season.covers(monday):
                closed.add(monday)
            monday += WEEK
    return frozenset(closed)


def in_week(seasons: Iterable[Season], monday: date) -> str:
    """The name of the season that touches the week, or nothing."""
    return next((season.name for season in seasons if season.covers(monday)), "")
