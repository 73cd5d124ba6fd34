"""The rest of a class that has begun: its people stay, and only sessions still to come move, where room or trainer cannot be had.

First the same half days elsewhere (another room of the venue, then another venue that all its groups may come to) or by
somebody else; where that is not possible, the sessions from the first that cannot be held on are held later. None comes
earlier than it was promised.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chiakhoa.engines.planner.dates import Held
from chiakhoa.engines.planner.diary import Diary, Want
from chiakhoa.engines.planner.scenario import PlannedClass, Scenario
from chiakhoa.engines.planner.slots import Grid, Pattern

# Slot (None where it is outside all terms), day, half, room and venue of one session.
Session = tuple[int | None, str, str, str, str]


@dataclass(frozen=True)
class Rest:
    """How a class that has begun goes on: all its sessions, and who teaches those still to come."""

    sessions: tuple[Session, ...]
    trainer: str

    @property
    def booked(self) -> list[tuple[int, str, str]]:
        """The half days that it takes in the terms: slot, room, venue."""
        return [(slot, room, venue) for slot, _day, _half, room, venue in self.sessions if slot is not None]

    @property
    def said(self) -> tuple[tuple[str, str, str], ...]:
        """Day, half and room of each session."""
        return tuple((day, half, room) for _slot, day, half, room, _venue in self.sessions)


class Rests:
    """Finds how the rest of promised classes is held, as the diary stands."""

    def __init__(self, scenario: Scenario, grid: Grid, diary: Diary) -> None:
        self._grid, self._diary = grid, diary
        self._courses = {row.code: row for row in scenario.courses}
        self._groups = {row.id: row for row in scenario.groups}
        self._venue_of = {row.id: row.venue for row in scenario.spaces}
        self._people = {row.id for row in scenario.trainers}
        self._rooms = defaultdict(list)
        for space in sorted(scenario.spaces, key=lambda space: (space.seats, space.id)):
            self._rooms[space.venue, space.kind].append(space)
        self._offers = defaultdict(list)
        for offer in scenario.offers:
            self._offers[offer.course].append((offer.venue, frozenset(offer.groups)))

    def as_promised(self, row: PlannedClass, want: Want, held: Held) -> Rest | None:
        """The class just as it was promised; None where it has begun and a session to come cannot be held so."""
        whole = self._whole(row, want, held)
        if held.begun and (self._hit(whole, held.begun) or not self._can_teach(held.trainer, whole[held.begun :])):
            return None
        return Rest(tuple(whole), held.trainer)

    def moved(self, row: PlannedClass, want: Want, held: Held) -> Rest | None:
        """The class with its rest held otherwise; None where there is no way."""
        whole = self._whole(row, want, held)
        own = [held.trainer] if held.trainer in self._people else []
        trainers = list(dict.fromkeys([*own, *want.able]))
        venues = self._venues(row)
        return self._same_half_days(row, want, held, whole, trainers, venues) or self._later(
            row, want, held, whole, trainers, venues
        )

    def _whole(self, row: PlannedClass, want: Want, held: Held) -> list[Session]:
        found = []
        for place, (day, half) in enumerate(held.sessions):
            room = held.room_at(place, want.in_room)
            found.append((self._grid.slot(day, half), day, half, room, self._venue_of.get(room, row.venue)))
        return found

    def _hit(self, whole: Sequence[Session], begun: int) -> set[int]:
        """The sessions to come whose room cannot be had, with the others of the same days: nobody changes the house at noon."""
        days = {
            day for slot, day, _half, room, _venue in whole[begun:]
            if room and slot is not None and self._diary.is_taken("room", room, slot)
        }  # fmt: skip
        return {place for place in range(begun, len(whole)) if whole[place][1] in days and whole[place][3]}

    def _can_teach(self, trainer: str, coming: Sequence[Session]) -> bool:
        return trainer in self._people and not any(
            slot is not None and self._diary.is_taken("trainer", trainer, slot) for slot, *_rest in coming
        )

    def _venues(self, row: PlannedClass) -> list[str]:
        """The class's own venue, then the others that all its groups may come to, nearest first."""
        sitting = {group for group, _people in row.groups}
        near = [venue for venue, groups in self._offers[row.course] if sitting <= groups and venue != row.venue]
        return [row.venue, *sorted(near, key=lambda venue: (self._diary.km(row.venue, venue), venue))]

    def _same_half_days(
        self, row: PlannedClass, want: Want, held: Held, whole: list[Session], trainers: list[str], venues: list[str]
    ) -> Rest | None:
        """Those sessions whose room cannot be had in another, and all by whoever can come to all of them."""
        hit = self._hit(whole, held.begun)
        for room, venue in self._places(row, venues) if hit else [("", "")]:
            rest = [(*one[:3], room, venue) if place in hit else one for place, one in enumerate(whole)]
            for trainer in trainers:
                if self._fits(want, rest[held.begun :], trainer):
                    return Rest(tuple(rest), trainer)
        return None

    def _later(
        self, row: PlannedClass, want: Want, held: Held, whole: list[Session], trainers: list[str], venues: list[str]
    ) -> Rest | None:
        """The sessions from the first that cannot be held on, on later half days; those before it stay."""
        first = self._first_that_cannot(held, whole)
        stays = whole[:first]
        for pattern in self._patterns(row, want, stays, whole[first]):
            for room, venue in self._places(row, venues) if first < want.in_room else [("", row.venue)]:
                rest: list[Session] = [
                    (slot, *self._grid.said(slot), *((room, venue) if first + n < want.in_room else ("", row.venue)))
                    for n, slot in enumerate(pattern.slots)
                ]
                for trainer in trainers:
                    if self._fits(want, [*stays[held.begun :], *rest], trainer):
                        return Rest((*stays, *rest), trainer)
        return None

    def _first_that_cannot(self, held: Held, whole: list[Session]) -> int:
        """The first session to come that cannot be held by its trainer or in its room."""
        hit = self._hit(whole, held.begun)
        missing = [
            place
            for place in range(held.begun, len(whole))
            if not self._can_teach(held.trainer, whole[place : place + 1])
        ]
        return min([*hit, *missing], default=held.begun)

    def _patterns(self, row: PlannedClass, want: Want, stays: Sequence[Session], first: Session) -> Iterator[Pattern]:
        """Ways to hold so many sessions from the day of the first on, soonest first, no more in a week than the course has."""
        closed = 0
        for name, _people in row.groups:
            closed |= self._grid.closed(self._groups[name].unit, self._groups[name].audience)
        per_week = self._courses[row.course].per_week
        taken = Counter(self._grid.week_at(day) for _slot, day, *_rest in stays)
        weeks = self._grid.patterns(want.sessions - len(stays), per_week, closed)
        soonest = sorted((pattern for week in weeks for pattern in week), key=lambda pattern: pattern.slots)
        for pattern in soonest:
            days = [self._grid.said(slot)[0] for slot in pattern.slots]
            new = Counter(self._grid.week_at(day) for day in days)
            if (days[0], self._grid.said(pattern.slots[0])[1]) >= first[1:3] and (
                not per_week or all(taken[week] + count <= per_week for week, count in new.items())
            ):
                yield pattern

    def _places(self, row: PlannedClass, venues: list[str]) -> list[tuple[str, str]]:
        kind = self._courses[row.course].room_kind
        return [
            (space.id, venue) for venue in venues for space in self._rooms[venue, kind] if space.seats >= row.learners
        ]

    def _fits(self, want: Want, coming: Sequence[Session], trainer: str) -> bool:
        """Whether the sessions to come can be held so, all by this trainer. Those outside all terms have nothing in their way."""
        if self._diary.trainers_left[trainer] < want.sessions:
            return False
        by_room: dict[tuple[str, str], list[int]] = defaultdict(list)
        for slot, _day, _half, room, venue in coming:
            if slot is not None:
                by_room[room, venue].append(slot)
        return all(
            self._diary.fits(
                replace(want, venue=venue, sessions=len(slots), in_room=len(slots) if room else 0),
                Pattern.of(tuple(slots), 0), room, trainer,
            )
            for (room, venue), slots in by_room.items()
        )  # fmt: skip
