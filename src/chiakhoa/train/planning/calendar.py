"""A first calendar: each class gets a room and a qualified trainer, and begins on the first Monday when both are free.

Pure: rows in, bookings out. Weeks of Tết are left out. The engine's calendar will replace the rule, not the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Want:
    """A class to be placed: its number, needed skills, the kind of room, sessions, and the distance to each trainer."""

    number: int
    skills: frozenset[str]
    rooms: tuple[int, ...]
    sessions: int
    trainers_by_distance: tuple[int, ...]


@dataclass(frozen=True)
class Booking:
    """Where and when a class was placed; room or trainer None where nobody was free."""

    number: int
    room: int | None
    trainer: int | None
    starts_on: date


@dataclass
class Diary:
    """Which weeks are taken, by room and by trainer, and how many sessions a trainer still gives."""

    skills: dict[int, frozenset[str]]
    sessions_left: dict[int, int]
    taken: set[tuple[str, int, date]] = field(default_factory=set)


def book(wants: Sequence[Want], diary: Diary, first: date, last: date, closed: frozenset[date]) -> list[Booking]:
    """Place the classes in their order. `first` is moved to its Monday; `closed` are Mondays of weeks without classes."""
    return [_place(want, diary, mondays(first, last, closed)) for want in wants]


def mondays(first: date, last: date, closed: frozenset[date]) -> list[date]:
    """The Mondays from `first` to `last` that are not closed."""
    day = first + timedelta(days=-first.weekday() % 7)
    found = []
    while day <= last:
        if day not in closed:
            found.append(day)
        day += WEEK
    return found


def _place(want: Want, diary: Diary, weeks: list[date]) -> Booking:
    able = [
        trainer for trainer in want.trainers_by_distance
        if want.skills <= diary.skills[trainer] and diary.sessions_left[trainer] >= want.sessions
    ]  # fmt: skip
    for week in weeks:
        room = next((r for r in want.rooms if ("room", r, week) not in diary.taken), None)
        trainer = next((t for t in able if ("trainer", t, week) not in diary.taken), None)
        if (room is not None or not want.rooms) and trainer is not None:
            diary.taken |= {("room", room, week)} if room is not None else set()
            diary.taken.add(("trainer", trainer, week))
            diary.sessions_left[trainer] -= want.sessions
            return Booking(want.number, room, trainer, week)
    return Booking(want.number, want.rooms[0] if want.rooms else None, None, weeks[-1])
