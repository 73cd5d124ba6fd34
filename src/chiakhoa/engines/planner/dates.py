"""What the calendar of a scenario is made from: terms, seasons, places, single rooms, and what is promised or taken already.

Days are ISO dates; a day has two halves, "am" and "pm", each of one session. Without terms a scenario has no calendar.
"""

from dataclasses import dataclass
from datetime import date

HALVES = ("am", "pm")
MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Term:
    """Days between which classes may be held, on these days of the week (0 is Monday).

    `between_km`: the farthest that a trainer can go between the two halves of a day. `early`: too soon for anybody who is not in
    a class already, so that only the rest of classes that have begun is held then.
    """

    first: str
    last: str
    days: tuple[int, ...] = MONDAY_TO_FRIDAY
    between_km: float = 40.0
    early: bool = False


@dataclass(frozen=True)
class Season:
    """Days on which people of these audiences in these units (all where empty) sit in no class: Tết, harvest, exams."""

    name: str
    first: str
    last: str
    audiences: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Venue:
    """Where a venue lies, in degrees. Nobody travels to one that is online."""

    id: str
    latitude: float
    longitude: float
    online: bool = False


@dataclass(frozen=True)
class Space:
    """A single room of a venue: its kind, seats, and sessions a year."""

    id: str
    venue: str
    kind: str
    seats: int
    sessions: int


@dataclass(frozen=True)
class Held:
    """A class that has its half days (day, half) already, with its room and trainer.

    A firm one is promised and keeps them, whatever else; another keeps them where that is possible. Where people may sit in one
    already (`peopled`), nothing else is put there, even if the plan holds no such class any more. Of a firm one that has
    begun, so many first sessions (`begun`) are over; the rest moves where its room or its trainer cannot be had. `rooms`: the
    room of each session, where they are not all in `room`.
    """

    course: str
    venue: str
    room: str
    trainer: str
    sessions: tuple[tuple[str, str], ...]
    firm: bool = True
    peopled: bool = False
    begun: int = 0
    rooms: tuple[str, ...] = ()

    def room_at(self, place: int, in_room: int) -> str:
        """The room of one session, of which the first `in_room` have one."""
        return self.rooms[place] if self.rooms else self.room if place < in_room else ""


@dataclass(frozen=True)
class Busy:
    """A half day on which a room or a trainer is taken by something else. `at`: the venue where a trainer is then."""

    what: str
    id: str
    day: str
    half: str
    at: str = ""


def check_days(name: str, *days: str) -> None:
    """ValueError where a text is no day, or the days are not in order."""
    try:
        read = [date.fromisoformat(day) for day in days]
    except (TypeError, ValueError) as fault:
        raise ValueError(f"{name}: {fault}") from fault
    if read != sorted(read):
        raise ValueError(f"{name}: {days[0]} is after {days[-1]}")


def check_half(name: str, half: str) -> None:
    """ValueError where a text is no half of a day."""
    if half not in HALVES:
        raise ValueError(f"{name}: a half day is am or pm, got {half!r}")
