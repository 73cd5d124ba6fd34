"""A plan over the weeks: which class is held when, as rows of places or trainers, or week by week. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation.readers import Reader
from chiakhoa.train.planning import assumptions, seasons, sessions
from chiakhoa.train.planning.models import Plan, PlannedClass

WEEK = timedelta(days=7)
LONGEST_WEEKS = 26
SHOWN_WEEKS, LISTED_WEEKS = 8, 5
PLACES, TRAINERS, LIST = "place", "trainer", "week"


@dataclass(frozen=True)
class Week:
    """A week by its Monday; `season` names what keeps everybody from class then, `closed` says that no day is left."""

    monday: date
    season: str
    closed: bool

    @property
    def friday(self) -> date:
        """Its last working day."""
        return self.monday + timedelta(days=4)


@dataclass(frozen=True)
class Line:
    """A row of the calendar: whose it is, and for each shown week the classes held then."""

    key: Any
    name: str
    note: str
    cells: list[tuple[Week, list[PlannedClass]]]


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def weeks_of(row: PlannedClass) -> list[date]:
    """The Mondays of the weeks in which the class is held."""
    return sorted({monday_of(session.held_on) for session in sessions.of_class(row)})


def all_weeks(plan: Plan) -> list[Week]:
    """The weeks of the plan's year."""
    closed = assumptions.closed(plan)
    day, found = monday_of(date(plan.year, 1, 4)), []
    while day.year == plan.year:
        found.append(Week(day, *seasons.in_week(closed, day)))
        day += WEEK
    return found


def shown(plan: Plan, asked: str, count: int) -> list[Week]:
    """So many weeks from the one asked for; else from the plan's first class."""
    weeks = all_weeks(plan)
    try:
        first = monday_of(date.fromisoformat(asked))
    except (ValueError, OverflowError):
        placed = plan.classes.filter(cancelled=False, starts_on__year=plan.year)
        begins = placed.order_by("starts_on").values_list("starts_on", flat=True).first()
        first = monday_of(begins) if begins else weeks[0].monday
    place = next((number for number, week in enumerate(weeks) if week.monday >= first), 0)
    place = max(0, min(place, len(weeks) - count))
    return weeks[place : place + count]


def held_in(reader: Reader, plan: Plan, weeks: Sequence[Week]) -> list[PlannedClass]:
    """The classes, not taken out, that are held in one of the weeks."""
    span = (weeks[0].monday - LONGEST_WEEKS * WEEK, weeks[-1].friday)
    rows = plan.classes.filter(cancelled=False, starts_on__range=span).order_by("starts_on", "number")
    rows = rows.select_related("course", "venue__unit", "room", "trainer__person").prefetch_related("sessions")
    mondays = {week.monday for week in weeks}
    return [row for row in rows if mondays & set(weeks_of(row))]


def lines(rows: Iterable[PlannedClass], weeks: Sequence[Week], by: str) -> list[Line]:
    """A row for each place or trainer that holds a class in these weeks, by name."""
    names: dict[Any, tuple[str, str]] = {}
    cells: dict[Any, dict[date, list[PlannedClass]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        key, name, note = _whose(row, by)
        names[key] = (name, note)
        for monday in weeks_of(row):
            cells[key][monday].append(row)
    ordered = sorted(names, key=lambda key: (names[key][0] == "", names[key]))
    return [
        Line(
            key,
            names[key][0] or _("No trainer yet"),
            names[key][1],
            [(week, cells[key][week.monday]) for week in weeks],
        )
        for key in ordered
    ]


def listing(rows: Iterable[PlannedClass], weeks: Sequence[Week]) -> list[tuple[Week, list[PlannedClass]]]:
    """Week by week the classes held then."""
    held: dict[date, list[PlannedClass]] = defaultdict(list)
    for row in rows:
        for monday in weeks_of(row):
            held[monday].append(row)
    return [(week, held[week.monday]) for week in weeks]


def _whose(row: PlannedClass, by: str) -> tuple[Any, str, str]:
    if by == TRAINERS:
        return row.trainer_id, str(row.trainer) if row.trainer else "", ""
    return row.venue_id, str(row.venue.name), str(row.venue.unit)
