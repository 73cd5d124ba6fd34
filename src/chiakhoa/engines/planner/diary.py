"""Which half days are taken, by room and by trainer, where trainers are then, and who of a group sits in a class already.

Every change goes into a log, so that a search that leads nowhere is taken back.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from chiakhoa.engines.planner.dates import Busy
from chiakhoa.engines.planner.scenario import Scenario
from chiakhoa.engines.planner.slots import Grid, Pattern, bits_of

KM_A_DEGREE = 111.2
# Taken by something that is no class of the plan, so that nobody can push it off.
SOMETHING_ELSE = -1
Why = Literal["season", "room", "trainer", "travel", "group"]


@dataclass(frozen=True)
class Want:
    """A class to be placed: where, how long, the rooms that hold it, who can teach it (nearest first), when it may be."""

    number: int
    venue: str
    sessions: int
    in_room: int
    rooms: tuple[str, ...]
    able: tuple[str, ...]
    heads: tuple[tuple[str, int], ...]
    weeks: tuple[tuple[Pattern, ...], ...]

    def room_slots(self, pattern: Pattern) -> tuple[int, ...]:
        """The slots that need the room: the first ones."""
        return pattern.slots[: self.in_room]


@dataclass(frozen=True)
class Placed:
    """A class in the calendar; `room` is empty where all of it is online without a room."""

    want: Want
    pattern: Pattern
    room: str
    trainer: str


class Diary:
    """The bookings of a scenario, beginning with what is busy."""

    def __init__(self, scenario: Scenario, grid: Grid) -> None:
        self.grid = grid
        self.placed: dict[int, Placed] = {}
        self.load = [0] * grid.weeks
        self.rooms_left = {row.id: row.sessions for row in scenario.spaces}
        self.trainers_left = {row.id: row.sessions for row in scenario.trainers}
        self._room: dict[str, int] = defaultdict(int)
        self._trainer: dict[str, int] = defaultdict(int)
        self._who: dict[tuple[str, str, int], int] = {}
        self._where: dict[tuple[str, int], str] = {}
        self._heads: dict[tuple[str, int], int] = defaultdict(int)
        self._people = {row.id: row.people for row in scenario.groups}
        self._spots = {row.id: (row.latitude, row.longitude) for row in scenario.venues}
        self._online = {row.id for row in scenario.venues if row.online}
        self._held_by: dict[tuple[str, str], dict[int, None]] = defaultdict(dict)
        self._log: list[tuple[bool, Placed]] = []
        self._book_busy(scenario)

    def _book_busy(self, scenario: Scenario) -> None:
        for row in scenario.busy:
            self.block(row)
        for trainer in scenario.trainers:
            for first, last in trainer.away:
                self._trainer[trainer.id] |= self.grid.span(first, last)

    def block(self, row: Busy) -> None:
        """Take the half day for something that is no class of the plan."""
        slot = self.grid.slot(row.day, row.half)
        if slot is not None:
            taken = self._room if row.what == "room" else self._trainer
            taken[row.id] |= 1 << slot
            self._who[row.what, row.id, slot] = SOMETHING_ELSE
            if row.what == "trainer" and row.at in self._spots:
                self._where[row.id, slot] = row.at

    def free_room(self, want: Want, pattern: Pattern) -> str | None:
        """The smallest room that is free; empty where none is needed, None where none is free."""
        if not want.in_room:
            return ""
        bits = pattern.bits if want.in_room == want.sessions else bits_of(want.room_slots(pattern))
        for room in want.rooms:
            if not self._room[room] & bits and self.rooms_left[room] >= want.in_room:
                return room
        return None

    def room_is_free(self, want: Want, pattern: Pattern, room: str) -> bool:
        """Whether just this room can be had."""
        return not self._room[room] & bits_of(want.room_slots(pattern)) and self.rooms_left[room] >= want.in_room

    def trainer_is_free(self, want: Want, pattern: Pattern, trainer: str) -> bool:
        """Whether the trainer teaches nothing else then, and has sessions left."""
        return not self._trainer[trainer] & pattern.bits and self.trainers_left[trainer] >= want.sessions

    def trainer_arrives(self, want: Want, pattern: Pattern, trainer: str) -> bool:
        """Whether the trainer can come from where the other half of the day is taught, and go there."""
        if want.venue in self._online or not self._trainer[trainer] & pattern.beside:
            return True
        for slot in want.room_slots(pattern):
            other = self._where.get((trainer, slot ^ 1))
            if other is not None and self.km(other, want.venue) > self.grid.between_km[slot // 2]:
                return False
        return True

    def people_are_free(self, want: Want, pattern: Pattern) -> bool:
        """Whether enough of each group sit in no other class then."""
        return all(
            self._heads[group, slot] + people <= self._people[group]
            for group, people in want.heads
            for slot in pattern.slots
        )

    def fits(self, want: Want, pattern: Pattern, room: str, trainer: str) -> bool:
        """Whether the class can be held just so."""
        return (
            (not room or self.room_is_free(want, pattern, room))
            and self.trainer_is_free(want, pattern, trainer)
            and self.trainer_arrives(want, pattern, trainer)
            and self.people_are_free(want, pattern)
        )

    def blockers(self, want: Want, pattern: Pattern, room: str, trainer: str) -> set[int]:
        """The classes that stand in the way in this room and with this trainer; SOMETHING_ELSE where no class does."""
        found: set[int] = set()
        if room and self._room[room] & pattern.bits:
            taken = [slot for slot in want.room_slots(pattern) if self._room[room] >> slot & 1]
            found |= {self._who.get(("room", room, slot), SOMETHING_ELSE) for slot in taken}
        if self._trainer[trainer] & pattern.bits:
            taken = [slot for slot in pattern.slots if self._trainer[trainer] >> slot & 1]
            found |= {self._who.get(("trainer", trainer, slot), SOMETHING_ELSE) for slot in taken}
        if room:
            found |= self._spender("room", room, want.in_room - self.rooms_left[room], found)
        return found | self._spender("trainer", trainer, want.sessions - self.trainers_left[trainer], found)

    def _spender(self, what: str, name: str, short: int, found: set[int]) -> set[int]:
        """The shortest class that frees so many of the year's sessions, where those found already do not free them."""
        held = self._held_by[what, name]
        length = {number: _sessions(self.placed[number].want, what) for number in held}
        short -= sum(length.get(number, 0) for number in found)
        if short <= 0:
            return set()
        able = [number for number, sessions in length.items() if sessions >= short and number not in found]
        return {min(able, key=lambda number: (length[number], number))} if able else {SOMETHING_ELSE}

    def put(self, placed: Placed) -> None:
        """Book the class. Limits are not looked at."""
        self._log.append((True, placed))
        self._count(placed, 1)
        self.placed[placed.want.number] = placed

    def fix(self, want: Want, halves: Iterable[tuple[int, str, str]], trainer: str) -> None:
        """Book half days of a class in rooms of their own (slot, room, venue), for good: they are never taken back."""
        for slot, room, venue in halves:
            self._trainer[trainer] |= 1 << slot
            self._who["trainer", trainer, slot] = want.number
            self.load[self.grid.week_of[slot // 2]] += 1
            for group, people in want.heads:
                self._heads[group, slot] += people
            if room:
                self._room[room] |= 1 << slot
                self._who["room", room, slot] = want.number
                self.rooms_left[room] = self.rooms_left.get(room, 0) - 1
                if venue in self._spots and venue not in self._online:
                    self._where[trainer, slot] = venue

    def is_taken(self, what: str, name: str, slot: int) -> bool:
        """Whether the room or the trainer is taken on the half day."""
        return bool((self._room if what == "room" else self._trainer)[name] >> slot & 1)

    def remove(self, number: int) -> None:
        """Take the class out."""
        placed = self.placed.pop(number)
        self._log.append((False, placed))
        self._count(placed, -1)

    def mark(self) -> int:
        """Where the log stands."""
        return len(self._log)

    def take_back(self, mark: int) -> None:
        """Undo everything since the mark."""
        while len(self._log) > mark:
            was_put, placed = self._log.pop()
            if was_put:
                del self.placed[placed.want.number]
            else:
                self.placed[placed.want.number] = placed
            self._count(placed, -1 if was_put else 1)

    def km(self, one: str, other: str) -> float:
        """Distance of two venues; nought where one is online."""
        if one == other or one in self._online or other in self._online:
            return 0.0
        return distance(self._spots[one], self._spots[other])

    def _count(self, placed: Placed, sign: int) -> None:
        want, trainer, room = placed.want, placed.trainer, placed.room
        self.trainers_left[trainer] -= sign * want.sessions
        self._hold("trainer", trainer, want.number, sign)
        self._trainer[trainer] = _with(self._trainer[trainer], placed.pattern.bits, sign)
        for slot in placed.pattern.slots:
            self._note(("trainer", trainer, slot), want.number, sign)
            self.load[self.grid.week_of[slot // 2]] += sign
            for group, people in want.heads:
                self._heads[group, slot] += sign * people
        in_room = want.room_slots(placed.pattern) if room else ()
        if in_room:
            self.rooms_left[room] -= sign * want.in_room
            self._hold("room", room, want.number, sign)
            self._room[room] = _with(self._room[room], bits_of(in_room), sign)
        for slot in in_room:
            self._note(("room", room, slot), want.number, sign)
            if want.venue not in self._online:
                if sign > 0:
                    self._where[trainer, slot] = want.venue
                else:
                    self._where.pop((trainer, slot), None)

    def _hold(self, what: str, name: str, number: int, sign: int) -> None:
        if sign > 0:
            self._held_by[what, name][number] = None
        else:
            self._held_by[what, name].pop(number, None)

    def _note(self, key: tuple[str, str, int], number: int, sign: int) -> None:
        if sign > 0:
            self._who[key] = number
        else:
            self._who.pop(key, None)


def _sessions(want: Want, what: str) -> int:
    return want.in_room if what == "room" else want.sessions


def _with(taken: int, bits: int, sign: int) -> int:
    return taken | bits if sign > 0 else taken & ~bits


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance in km on a flat map, good to a percent within a province."""
    north = (one[0] - other[0]) * KM_A_DEGREE
    east = (one[1] - other[1]) * KM_A_DEGREE * math.cos(math.radians(one[0]))
    return math.hypot(north, east)


def nearest_first(trainers: Iterable[str], km: dict[str, float]) -> tuple[str, ...]:
    """Trainers by distance, in whole km, then by name."""
    return tuple(sorted(trainers, key=lambda one: (round(km[one]), one)))
