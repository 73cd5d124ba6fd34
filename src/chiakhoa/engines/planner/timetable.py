"""The calendar: each class of a plan gets half days, a room and a trainer, and nothing is in two places at once.

What is promised is booked first, then what would like to stay, then the classes with the fewest ways to be held, each in the
quietest weeks. A class for which nothing is free pushes others aside, who push others, as long as every one finds a place
again (chains of ejections); what then has no place is left out with the reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chiakhoa.engines.planner.begun import Rest, Rests
from chiakhoa.engines.planner.dates import Busy, Held
from chiakhoa.engines.planner.diary import SOMETHING_ELSE, Diary, Placed, Want, Why
from chiakhoa.engines.planner.scenario import Plan, PlannedClass, Scenario, room_of
from chiakhoa.engines.planner.slots import Grid, Pattern
from chiakhoa.engines.planner.wants import nearer, wants

# A search for a place looks at so many ways to push, tries so many of them, and may push so many classes one after another.
LOOKED_AT, TRIED, DEPTH = 60, 8, 3
TRAINERS_TRIED = 6
MOST_PUSHED = 2
# Searches of one calendar: what cannot be placed after so many is told, not searched for ever.
SEARCHES = 600


@dataclass(frozen=True)
class Arranged:
    """Classes with their half days, how each that has a place is held now, and what was held and no class took up."""

    classes: tuple[PlannedClass, ...]
    standing: dict[int, Held]
    loose: tuple[Held, ...]


def timetable(scenario: Scenario, plan: Plan, *, seed: int = 1) -> Plan:
    """The plan with a calendar. Where the scenario has no terms, the plan as it is. Deterministic under the seed."""
    if not scenario.terms:
        return plan
    return replace(plan, classes=arranged(scenario, plan.classes, {}, seed=seed).classes)


def arranged(
    scenario: Scenario, classes: Sequence[PlannedClass], stays: Mapping[int, Held], *, seed: int = 1
) -> Arranged:
    """The classes with a calendar. `stays`: what just this class (by its place) is held as; others find theirs in `held`."""
    search = _Search(scenario, Grid(scenario.terms, scenario.seasons), classes, stays, seed)
    search.run()
    rows = tuple(search.said(number) for number in range(len(classes)))
    standing = {
        number: Held(
            row.course, row.venue, room_of(row), row.trainer, tuple(half[:2] for half in row.sessions),
            firm=search.is_firm(number), begun=search.begun(number), rooms=tuple(half[2] for half in row.sessions),
        )
        for number, row in enumerate(rows) if row.sessions
    }  # fmt: skip
    return Arranged(rows, standing, search.loose)


class _Search:
    def __init__(
        self, scenario: Scenario, grid: Grid, classes: Sequence[PlannedClass], stays: Mapping[int, Held], seed: int
    ) -> None:
        self._grid, self._classes = grid, classes
        self._diary = Diary(scenario, grid)
        self._wants = wants(scenario, grid, classes)
        self._rng = np.random.default_rng(seed)
        self._searches = SEARCHES
        found, loose = _matched(scenario.held, scenario, classes, stays)
        self._held, self.loose = found | dict(stays), tuple(loose)
        for busy in (busy for held in loose if held.peopled for busy in _busy(held)):
            self._diary.block(busy)
        known = {row.id for row in scenario.trainers}
        keep = {number: held.trainer for number, held in self._held.items() if held.trainer in known}
        firm = {number: trainer for number, trainer in keep.items() if self._held[number].firm}
        self._trainer = nearer(scenario, classes, self._wants, firm)
        self._stays = keep
        self._kept: set[int] = set()
        self._stuck: set[int] = set()
        self._rests = Rests(scenario, grid, self._diary)
        self._said: dict[int, tuple[tuple[str, str, str], ...]] = {}

    def run(self) -> None:
        """Place what can be placed."""
        promised = sorted(self._held.items(), key=lambda row: (not row[1].firm, row[0]))
        for number, held in promised:
            self._keep(number, held)
        for number, held in promised:
            if held.firm and number not in self._diary.placed and number not in self._stuck:
                self._go_on(self._wants[number], held)
        # Only now, so that nobody stands in for a colleague who is needed where they were.
        for number, held in promised:
            if not held.firm and number not in self._diary.placed:
                self._keep_with_another(number, held)
        left = [
            want for want in self._wants if want.number not in self._diary.placed and want.number not in self._stuck
        ]
        unplaced = [want for want in sorted(left, key=_ways) if not self._place(want)]
        for want in unplaced:
            self._push(want, DEPTH, frozenset())

    def is_firm(self, number: int) -> bool:
        """Whether the class was promised as it is held."""
        return number in self._held and self._held[number].firm

    def begun(self, number: int) -> int:
        """How many sessions of the class are over."""
        return self._held[number].begun if number in self._held else 0

    def said(self, number: int) -> PlannedClass:
        """The class with its sessions, or with the reason why it has none."""
        row, placed = self._classes[number], self._diary.placed.get(number)
        if placed is None:
            return replace(row, trainer="", sessions=(), unplaced=self._why(self._wants[number]))
        told = self._said.get(number)
        if told is None:
            rooms = [placed.room] * placed.want.in_room + [""] * (placed.want.sessions - placed.want.in_room)
            told = tuple((*self._grid.said(slot), room) for slot, room in zip(placed.pattern.slots, rooms, strict=True))
        return replace(row, trainer=placed.trainer, sessions=told, unplaced="")

    def _keep(self, number: int, held: Held) -> None:
        """Leave a class where it is: a firm one in any case, another where nothing forbids it."""
        want = self._wants[number]
        if held.firm:
            self._keep_firmly(want, held)
            return
        trainer = held.trainer if held.trainer in want.able else self._trainer[number]
        self._leave(want, held, [trainer] if trainer else [])

    def _keep_with_another(self, number: int, held: Held) -> None:
        """Leave the half days and the room of a class whose trainer cannot come; somebody else teaches it."""
        want = self._wants[number]
        own = self._trainer[number]
        self._leave(want, held, [*([own] if own else []), *want.able])

    def _leave(self, want: Want, held: Held, trainers: Iterable[str]) -> None:
        """Leave the class where it is with the first of the trainers who can come, if any can and nothing forbids it."""
        slots = tuple(slot for slot in (self._grid.slot(*half) for half in held.sessions) if slot is not None)
        pattern = next((one for week in want.weeks for one in week if one.slots == slots), None)
        room = held.room if want.in_room else ""
        if pattern is None or (room and room not in want.rooms):
            return
        trainer = next((one for one in trainers if self._diary.fits(want, pattern, room, one)), None)
        if trainer is not None:
            self._diary.put(Placed(want, pattern, room, trainer))
            self._kept.add(want.number)

    def _keep_firmly(self, want: Want, held: Held) -> None:
        """Book a promised class as it is; half days outside the terms are kept as well, for there nothing is in their way.

        One that has begun and cannot go on so waits until all others stand that can.
        """
        row = self._classes[want.number]
        rest = self._rests.as_promised(row, want, held)
        if rest is None:
            return
        trainer = self._stays.get(want.number) or self._another(want, rest)
        if not trainer:
            self._stuck.add(want.number)
            return
        self._book(want, replace(rest, trainer=trainer))

    def _go_on(self, want: Want, held: Held) -> None:
        """Hold the rest of a class that has begun otherwise, as its room or its trainer cannot be had."""
        rest = self._rests.moved(self._classes[want.number], want, held)
        if rest is None:
            self._stuck.add(want.number)
        else:
            self._book(want, rest)

    def _book(self, want: Want, rest: Rest) -> None:
        """Book a promised class for good; all its sessions count as its trainer's, also those that are over."""
        self._diary.put(Placed(want, Pattern.of((), 0), "", rest.trainer))
        self._diary.fix(want, rest.booked, rest.trainer)
        self._kept.add(want.number)
        self._said[want.number] = rest.said

    def _another(self, want: Want, rest: Rest) -> str:
        """Somebody for a promised class whose trainer is gone."""
        pattern = Pattern.of(tuple(slot for slot, _room, _venue in rest.booked), 0)
        inside = replace(want, in_room=sum(bool(room) for _slot, room, _venue in rest.booked))
        free = (one for one in want.able if self._diary.trainer_is_free(want, pattern, one))
        return next((one for one in free if self._diary.trainer_arrives(inside, pattern, one)), "")

    def _place(self, want: Want) -> bool:
        """Put the class where nothing stands in the way: with its own trainer where possible, in a quiet week."""
        own = self._trainer[want.number]
        choices = [(own,), want.able] if own else [want.able]
        weeks = self._quiet()
        for trainers in choices:
            for week in weeks:
                for pattern in want.weeks[week]:
                    if placed := self._at(want, pattern, trainers):
                        self._diary.put(placed)
                        return True
        return False

    def _at(self, want: Want, pattern: Pattern, trainers: Iterable[str]) -> Placed | None:
        room = self._diary.free_room(want, pattern)
        if room is None or not self._diary.people_are_free(want, pattern):
            return None
        for one in trainers:
            if self._diary.trainer_is_free(want, pattern, one) and self._diary.trainer_arrives(want, pattern, one):
                return Placed(want, pattern, room, one)
        return None

    def _quiet(self) -> list[int]:
        load = self._diary.load
        return sorted(range(len(load)), key=load.__getitem__)

    def _push(self, want: Want, depth: int, pushing: frozenset[int]) -> bool:
        """Put the class in the place of one or two others that find a place elsewhere; all back where they do not."""
        if self._searches <= 0:
            return False
        self._searches -= 1
        pushing |= {want.number}
        for pattern, room, trainer, blockers in self._options(want, pushing):
            mark = self._diary.mark()
            for number in blockers:
                self._diary.remove(number)
            if self._diary.fits(want, pattern, room, trainer):
                self._diary.put(Placed(want, pattern, room, trainer))
                others = sorted((self._wants[number] for number in blockers), key=_ways)
                if all(self._place(one) or (depth > 1 and self._push(one, depth - 1, pushing)) for one in others):
                    return True
            self._diary.take_back(mark)
        return False

    def _options(self, want: Want, pushing: frozenset[int]) -> list[tuple[Pattern, str, str, list[int]]]:
        """Some ways to hold the class in the place of few others, fewest first."""
        patterns = [pattern for week in want.weeks for pattern in week]
        if not patterns:
            return []
        drawn = self._rng.permutation(len(patterns))[:LOOKED_AT]
        own = self._trainer[want.number]
        trainers = list(dict.fromkeys([*([own] if own else []), *want.able]))
        if len(trainers) > TRAINERS_TRIED:
            trainers = [trainers[0], *(trainers[i] for i in self._rng.permutation(len(trainers))[: TRAINERS_TRIED - 1])]
        found: list[tuple[int, int, int, Pattern, str, str, list[int]]] = []
        for place in drawn:
            for room in want.rooms if want.in_room else ("",):
                for trainer in trainers:
                    blockers = self._diary.blockers(want, patterns[place], room, trainer)
                    if len(blockers) <= MOST_PUSHED and not blockers & (pushing | self._kept | {SOMETHING_ELSE}):
                        size = sum(self._wants[number].sessions for number in blockers)
                        found.append(
                            (len(blockers), size, len(found), patterns[place], room, trainer, sorted(blockers))
                        )
        return [row[3:] for row in sorted(found, key=lambda row: row[:3])[:TRIED]]

    def _why(self, want: Want) -> Why:
        """What is missing for the class: the first of room, people, trainer and travel of which no way to hold it has any."""
        diary = self._diary
        if want.number in self._stuck:
            return "trainer"
        ways = [pattern for week in want.weeks for pattern in week]
        if not ways:
            return "season"
        ways = [pattern for pattern in ways if diary.free_room(want, pattern) is not None]
        if not ways:
            return "room"
        ways = [pattern for pattern in ways if diary.people_are_free(want, pattern)]
        if not ways:
            return "group"
        free = any(diary.trainer_is_free(want, pattern, one) for pattern in ways for one in want.able)
        return "travel" if free else "trainer"


def _ways(want: Want) -> tuple[float, int]:
    """How many ways there are to hold the class, for its length: the fewest first."""
    ways = sum(len(week) for week in want.weeks) * max(1, len(want.rooms)) * len(want.able)
    return ways / max(1, want.sessions), want.number


def _matched(
    held: Sequence[Held], scenario: Scenario, classes: Sequence[PlannedClass], stays: Mapping[int, Held]
) -> tuple[dict[int, Held], list[Held]]:
    """Number of a class -> what it is held as, firm ones first, the largest room for the largest class; and what is left.

    Classes of which that is known already (`stays`) have no part in it.
    """
    seats = {row.id: row.seats for row in scenario.spaces}
    free: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number in sorted(range(len(classes)), key=lambda i: (-classes[i].learners, i)):
        if number not in stays:
            free[classes[number].course, classes[number].venue].append(number)
    found, loose = {}, []
    for row in sorted(held, key=lambda row: (not row.firm, -seats.get(row.room, 0), row.sessions)):
        numbers = free[row.course, row.venue]
        if numbers:
            found[numbers.pop(0)] = row
        else:
            loose.append(row)
    return found, loose


def _busy(held: Held) -> Iterable[Busy]:
    """The half days that a class outside the plan takes."""
    for day, half in held.sessions:
        if held.room:
            yield Busy("room", held.room, day, half)
        if held.trainer:
            yield Busy("trainer", held.trainer, day, half, held.venue if held.room else "")
