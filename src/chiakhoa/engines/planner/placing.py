"""Only what can be held: classes that find no place in the calendar make way for others that do.

A class without a place is closed and its course opened no more at its venue; what it leaves of money, people and sessions is
filled again by prices, while whatever has a place keeps it. What has none after some rounds is left out, unless it is locked.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chiakhoa.engines.planner.arrays import Arrays, Bools, arrays
from chiakhoa.engines.planner.dates import Held, Season
from chiakhoa.engines.planner.draft import Draft, Opened, menu
from chiakhoa.engines.planner.fast import classes_of, numbers_of, shortfall
from chiakhoa.engines.planner.fill import fill_up
from chiakhoa.engines.planner.found import Found
from chiakhoa.engines.planner.prices import Dual, cheapest_prices
from chiakhoa.engines.planner.scenario import Group, PlannedClass, Scenario
from chiakhoa.engines.planner.timetable import Arranged, arranged

ROUNDS = 3
CALENDAR = "calendar"
# Course and venue -> what is missing there.
Closed = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Placing:
    """Classes with their half days; which of those given each of them is (-1 for a new one); what was closed, and why."""

    classes: tuple[PlannedClass, ...]
    origin: tuple[int, ...]
    closed: Closed


def placing(
    scenario: Scenario, classes: Sequence[PlannedClass], *, stays: Mapping[int, Held] | None = None, seed: int = 1
) -> Placing:
    """The classes in the calendar, and others instead of those that find no place there. Deterministic under the seed."""
    table = arranged(scenario, classes, stays or {}, seed=seed)
    origin = tuple(range(len(classes)))
    closed: Closed = {}
    refill = None
    for _round in range(ROUNDS):
        out = _without_place(scenario, table.classes)
        if not out:
            break
        closed |= _named(table.classes, out)
        refill = refill or _Refill(scenario, table.classes)
        filled = refill(table, out, closed)
        if filled is None:
            break
        rows, kept = filled
        standing = {place: table.standing[number] for place, number in enumerate(kept) if number in table.standing}
        origin = tuple(origin[number] if number >= 0 else -1 for number in kept)
        table = arranged(replace(scenario, held=table.loose), rows, standing, seed=seed)
    gone = _without_place(scenario, table.classes)
    closed |= _named(table.classes, gone)
    left = [number for number in range(len(table.classes)) if number not in gone]
    return Placing(
        tuple(table.classes[number] for number in left), tuple(origin[number] for number in left), closed
    )  # fmt: skip


def held(scenario: Scenario, found: Found, *, seed: int) -> Found:
    """What was found, with a calendar. Its bound holds for plans that reach the targets as far as this one does."""
    done = placing(scenario, found.classes, seed=seed)
    if not done.closed:
        return replace(found, classes=done.classes)
    dearest = dict(found.limits.dearest) | dict.fromkeys(_offers(scenario, done.closed), CALENDAR)
    bound = found.bound
    a = arrays(scenario)
    before, after = (_missing(scenario, a, rows) for rows in (found.classes, done.classes))
    if after > before:
        bound = max(bound, cheapest_prices(Dual(a, a.value, after))[1].bound)
    limits = replace(found.limits, dearest=dearest)
    return replace(found, classes=done.classes, bound=bound, limits=limits, closed=told(done.closed))


def told(closed: Closed) -> tuple[tuple[str, str, str], ...]:
    """Course, venue and reason, as a plan tells them."""
    return tuple((*place, reason) for place, reason in sorted(closed.items()))


class Bounds:
    """Of a class whose room and half days stand: learners at most, and which groups can come then."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._seats = {space.id: space.seats for space in scenario.spaces}
        self._comes: dict[tuple[Season, ...], Bools] = {}

    def __call__(self, row: PlannedClass) -> tuple[int, Bools]:
        """The bounds of one class with sessions."""
        rooms = {room for _day, _half, room in row.sessions if room}
        seats = min((self._seats[room] for room in rooms if room in self._seats), default=row.learners)
        days = {day for day, _half, _room in row.sessions}
        closed = tuple(one for one in self._scenario.seasons if any(one.first <= day <= one.last for day in days))
        if closed not in self._comes:
            self._comes[closed] = np.array([_comes(group, closed) for group in self._scenario.groups], bool)
        return max(seats, row.learners), self._comes[closed]


def _comes(group: Group, closed: Sequence[Season]) -> bool:
    """Whether more of the group can come: not in a season of theirs, nor where they might sit in two classes at once."""
    return not 0 < group.people < group.seats and not any(
        (not one.audiences or group.audience in one.audiences) and (not one.units or group.unit in one.units)
        for one in closed
    )


def _without_place(scenario: Scenario, classes: Sequence[PlannedClass]) -> set[int]:
    """The classes that are not in the calendar, but for as many as are locked where they are."""
    held = Counter((row.course, row.venue) for row in classes)
    locked = Counter({(lock.course, lock.venue): lock.classes for lock in scenario.locks})
    found = set()
    for number, row in enumerate(classes):
        place = (row.course, row.venue)
        if not row.sessions and held[place] > locked[place]:
            held[place] -= 1
            found.add(number)
    return found


def _named(classes: Sequence[PlannedClass], numbers: set[int]) -> Closed:
    return {
        (classes[number].course, classes[number].venue): classes[number].unplaced for number in sorted(numbers)
    }  # fmt: skip


def _offers(scenario: Scenario, closed: Closed) -> list[int]:
    return [o for o, offer in enumerate(scenario.offers) if (offer.course, offer.venue) in closed]


def _missing(scenario: Scenario, a: Arrays, classes: Sequence[PlannedClass]) -> float:
    """Weighted people missing at targets."""
    draft = Draft(scenario, a)
    demands = _demands(scenario)
    for row in classes:
        for group, people in row.groups:
            draft.left[demands[group, row.course]] -= people
    return shortfall(a, draft)


def _demands(scenario: Scenario) -> dict[tuple[str, str], int]:
    """Group and course -> the demand's number in the arrays."""
    gains = [gain for gain in scenario.gains if gain.value > 0 and gain.people > 0]
    return {(gain.group, gain.course): d for d, gain in enumerate(gains)}


class _Refill:
    """Fills by prices what classes without a place leave; the others stay as they are, but for free places that are taken."""

    def __init__(self, scenario: Scenario, classes: Sequence[PlannedClass]) -> None:
        self._scenario = scenario
        self._a = arrays(scenario)
        self._demands, self._bounds = _demands(scenario), Bounds(scenario)
        self._offers = {(offer.course, offer.venue): o for o, offer in enumerate(scenario.offers)}
        self._lines = {line.id: place for place, line in enumerate(scenario.money)}
        self._prices, reply = cheapest_prices(Dual(self._a, self._a.value, _missing(scenario, self._a, classes)))
        self._weight = self._a.value + self._prices.targets @ self._a.counts
        self._seat = reply.seat[self._a.group]

    def __call__(
        self, table: Arranged, out: set[int], closed: Closed
    ) -> tuple[tuple[PlannedClass, ...], list[int]] | None:
        """The classes that stay and the new ones, and the place that each had before (-1); None where nobody can teach one."""
        shut = np.zeros(self._a.offers, bool)
        shut[_offers(self._scenario, closed)] = True
        a = replace(self._a, open=self._a.open & ~shut)
        priced, plain = menu(a, self._prices, self._weight - self._seat), menu(a, self._prices, self._weight)
        draft = Draft(self._scenario, a)
        was = {}
        for number, row in enumerate(table.classes):
            if number not in out:
                booked = draft.book(plain, self._opened(row), row.trainer)
                if booked is None:
                    return None
                was[booked] = number
                draft.bounds[booked] = self._bounds(row)
        fill_up(draft, priced, plain)
        return classes_of(self._scenario, a, draft), [was.get(number, -1) for number in numbers_of(draft)]

    def _opened(self, row: PlannedClass) -> Opened:
        demands = np.array([self._demands[group, row.course] for group, _people in row.groups], np.int64)
        people = np.array([people for _group, people in row.groups], np.int64)
        worth = float(self._a.value[demands] @ people)
        return Opened(
            self._offers[row.course, row.venue], self._lines[row.line], row.learners, demands, people, worth
        )  # fmt: skip
