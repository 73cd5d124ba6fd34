"""Gives a made scenario a calendar: where venues and trainers are, single rooms, seasons of 2027, how courses spread."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import cos, radians
from typing import Any

import numpy as np

from chiakhoa.engines.planner.dates import Season, Space, Term, Venue
from chiakhoa.engines.planner.scenario import Course, Room, Scenario

FIRST = date(2027, 1, 4)
SEASONS = (
    Season("Tết", "2027-01-30", "2027-02-14"),
    Season("spring harvest", "2027-05-24", "2027-06-13", ("farmer",)),
    Season("autumn harvest", "2027-09-27", "2027-10-17", ("farmer",)),
    Season("exams", "2027-05-10", "2027-06-06", ("pupil", "teacher")),
)
LATITUDE, LONGITUDE, KM_A_DEGREE = 21.0, 105.0, 111.2
PER_WEEK = 4
SEATS = 40
# Rooms are there so much longer than classes need them, for who would not find a common hour else.
ROOMS_OF = 120


def with_calendar(made: Scenario, venues: Sequence[Any], homes: Any, weeks: int, seed: int) -> Scenario:
    """The scenario with a calendar of so many weeks. Its other rows stay as they are, but for where trainers live."""
    rng = np.random.default_rng([seed, 2])
    at = [_degrees(spot) for spot in venues]
    living = [_degrees(homes[int(rng.integers(len(homes)))]) for _trainer in made.trainers]
    return replace(
        made,
        courses=tuple(_spread(row, rng) for row in made.courses),
        trainers=tuple(
            replace(row, latitude=spot[0], longitude=spot[1]) for row, spot in zip(made.trainers, living, strict=True)
        ),
        terms=(Term(FIRST.isoformat(), (FIRST + timedelta(weeks=weeks, days=-3)).isoformat()),),
        seasons=SEASONS,
        venues=tuple(Venue(f"v{v}", *spot) for v, spot in enumerate(at)),
        spaces=tuple(space for room in made.rooms for space in _spaces(room)),
    )


def _spread(course: Course, rng: np.random.Generator) -> Course:
    """Four sessions a week at most; of a long course now and then the second half online."""
    online = course.sessions // 2 if course.sessions > PER_WEEK and rng.random() < 0.5 else 0
    return replace(course, per_week=PER_WEEK, online=online)


def _spaces(room: Room) -> list[Space]:
    count = -(-room.sessions // ROOMS_OF)
    each, more = divmod(room.sessions, count)
    return [
        Space(f"{room.venue}-{room.kind}-{n}", room.venue, room.kind, SEATS, each + (n < more)) for n in range(count)
    ]


def _degrees(spot: Any) -> tuple[float, float]:
    """A place on the square map of 100 km, in degrees."""
    east, north = float(spot[0]), float(spot[1])
    return LATITUDE + north / KM_A_DEGREE, LONGITUDE + east / KM_A_DEGREE / cos(radians(LATITUDE))
