"""Days without classes: those of data/programme/calendar.yaml, or those that a plan assumes (`Assumptions.seasons`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chiakhoa.engines import planner
from chiakhoa.train.planning import calendar

WORKING_DAYS = 5


@dataclass(frozen=True)
class Season:
    """Days on which these audiences sit in no class; everybody where none is named."""

    name: str
    first: date
    last: date
    audiences: tuple[str, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether the day lies in the season."""
        return self.first <= day <= self.last

    def as_row(self) -> dict[str, Any]:
        """As it is stored."""
        row: dict[str, Any] = {"name": self.name, "first": self.first.isoformat(), "last": self.last.isoformat()}
        return row | ({"audiences": list(self.audiences)} if self.audiences else {})

    def planned(self) -> planner.Season:
        """As the planner takes it."""
        return planner.Season(self.name, self.first.isoformat(), self.last.isoformat(), self.audiences)


def usual(year: int) -> list[Season]:
    """What the calendar of the house says of the year."""
    return [
        Season(row.name, date.fromisoformat(row.first), date.fromisoformat(row.last), row.audiences)
        for row in calendar.seasons(year)
    ]


def assumed(rows: Iterable[Mapping[str, Any]] | None, year: int) -> list[Season]:
    """The seasons that a plan assumes; the usual ones where it assumes none of its own."""
    if rows is None:
        return usual(year)
    return [
        Season(
            row["name"], date.fromisoformat(row["first"]), date.fromisoformat(row["last"]),
            tuple(row.get("audiences", ())),
        )
        for row in rows
    ]  # fmt: skip


def on_day(seasons: Iterable[Season], day: date, audiences: Iterable[str]) -> str:
    """The name of the season that keeps one of the audiences from class on the day, or nothing."""
    asked = set(audiences)
    found = (row for row in seasons if row.covers(day) and (not row.audiences or asked & set(row.audiences)))
    return next((row.name for row in found), "")


def in_week(seasons: Iterable[Season], monday: date) -> tuple[str, bool]:
    """The seasons of everybody that touch the working week, and whether no day of it is left for classes."""
    days = [monday + timedelta(days=number) for number in range(WORKING_DAYS)]
    common = [row for row in seasons if not row.audiences and any(row.covers(day) for day in days)]
    return "; ".join(row.name for row in common), all(any(row.covers(day) for row in common) for day in days)
