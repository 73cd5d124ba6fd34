"""After a published plan something changed: a new plan that moves as few people as possible, and a proof of how many must move.

A person moves who cannot stay in the class that was published. First the classes to keep are chosen, so that most people stay
(a small mixed-integer program, whose bound says how many must move at least); what this leaves is filled by prices.
"""

import time
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from chiakhoa.engines.planner.arrays import Arrays, Ints, arrays
from chiakhoa.engines.planner.dates import Held
from chiakhoa.engines.planner.draft import Draft, Menu, Opened, menu
from chiakhoa.engines.planner.fast import classes_of, limits_of
from chiakhoa.engines.planner.fill import fill_up, open_locked
from chiakhoa.engines.planner.found import Found, Impossible
from chiakhoa.engines.planner.keep import Kept, Stay, kept
from chiakhoa.engines.planner.prices import Dual, cheapest_prices
from chiakhoa.engines.planner.reasons import finished
from chiakhoa.engines.planner.scenario import Plan, PlannedClass, Scenario, room_of
from chiakhoa.engines.planner.timetable import timetable

SHARE_OF_CHOICE = 0.5


@dataclass(frozen=True)
class Change:
    """One class that differs: `what` is dropped, opened, smaller, larger, trainer or line; `people` are those concerned."""

    what: str
    course: str
    venue: str
    people: int
    before: str
    after: str


@dataclass(frozen=True)
class Replan:
    """The new plan, what changed, how many people lost their published class, and how many must in any plan."""

    plan: Plan
    changes: tuple[Change, ...]
    moved: int
    least_moved: int


def replan(scenario: Scenario, published: Plan, *, time_limit: float = 20.0) -> Replan:
    """A plan of the changed scenario near the published one. Impossible where what is locked finds no place."""
    began = time.monotonic()
    a = arrays(scenario)
    stays = _stays(scenario, a, published)
    chosen, most = kept(a, stays, seconds=SHARE_OF_CHOICE * time_limit)
    prices, reply = cheapest_prices(Dual(a, a.value, float(a.target_weight @ a.target_people)))
    priced, plain = menu(a, prices, a.value - reply.seat[a.group]), menu(a, prices, a.value)
    draft = Draft(scenario, a)
    standing = _book(draft, plain, published, chosen)
    if not open_locked(draft, plain):
        raise Impossible()
    fill_up(draft, priced, plain)
    found = Found(classes_of(scenario, a, draft), reply.bound, limits_of(scenario, a, prices))
    plan = timetable(_staying(scenario, published), finished(scenario, found, time.monotonic() - began))
    people = sum(row.learners for row in published.classes)
    stayed = sum(stay.size for stay, _line in standing.values())
    return Replan(
        replace(plan, seconds=time.monotonic() - began),
        tuple(_changes(scenario, published, draft, standing)),
        people - stayed,
        max(0, people - most),
    )


def _staying(scenario: Scenario, published: Plan) -> Scenario:
    """The scenario in which what was published would like to keep its half days, room and trainer."""
    known = {row.code: row.sessions for row in scenario.courses}
    stays = [
        Held(row.course, row.venue, room_of(row), row.trainer, tuple(half[:2] for half in row.sessions), firm=False)
        for row in published.classes
        if row.sessions and known.get(row.course) == len(row.sessions)
    ]
    return replace(scenario, held=(*scenario.held, *stays))


def _stays(scenario: Scenario, a: Arrays, published: Plan) -> list[Stay]:
    """The published classes that the changed scenario still knows, with those of their people who may come."""
    offers = {(offer.course, offer.venue): o for o, offer in enumerate(scenario.offers)}
    groups = {group.id: g for g, group in enumerate(scenario.groups)}
    lines = {line.id: place for place, line in enumerate(scenario.money)}
    at_offer = _demands_at(a)
    stays = []
    for number, row in enumerate(published.classes):
        o = offers.get((row.course, row.venue))
        if o is None or not a.open[o]:
            continue
        here = {int(a.group[d]): d for d in at_offer[o]}
        seated = [(here[groups[name]], n) for name, n in row.groups if groups.get(name) in here]
        size = min(sum(n for _d, n in seated), int(a.capacity[o]))
        if size >= a.least[o]:
            paying = tuple(int(line) for line in np.flatnonzero(a.pays[a.offer_course[o]]))
            stays.append(Stay(number, o, *_first_people(seated, size), paying, lines.get(row.line, -1)))
    return stays


def _demands_at(a: Arrays) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for d, sites in enumerate(a.sites.tolist()):
        for o in sites:
            if o < a.offers:
                found[o].append(d)
    return found


def _first_people(seated: list[tuple[int, int]], size: int) -> tuple[Ints, Ints]:
    reached = np.minimum(np.cumsum([n for _d, n in seated]), size)
    return np.array([d for d, _n in seated], np.int64), np.diff(reached, prepend=0).astype(np.int64)


def _book(draft: Draft, on: Menu, published: Plan, chosen: Kept) -> dict[int, tuple[Stay, int]]:
    """Put the kept classes in, those first whose trainer still teaches; the class's number and what it was."""
    standing = {}
    trainers = draft.roster.trainers
    order = sorted(chosen, key=lambda pair: published.classes[pair[0].number].trainer not in trainers)
    for stay, line in order:
        taken = stay.people > 0
        worth = float(on.a.value[stay.demands] @ stay.people)
        row = Opened(stay.offer, line, stay.size, stay.demands[taken], stay.people[taken], worth)
        number = draft.book(on, row, published.classes[stay.number].trainer)
        if number is not None:
            standing[number] = (stay, line)
    return standing


def _changes(scenario: Scenario, published: Plan, draft: Draft, standing: dict[int, tuple[Stay, int]]) -> list[Change]:
    """What differs, class by class: first what was published, in its order, then what is new."""
    now = {stay.number: number for number, (stay, _line) in standing.items()}
    changes = []
    for number, row in enumerate(published.classes):
        if number not in now:
            changes.append(Change("dropped", row.course, row.venue, row.learners, row.trainer, ""))
            continue
        after = draft.classes[now[number]]
        changes += _differences(scenario, row, after, draft.roster.trainer_of(now[number]))
    for number, opened in sorted(draft.classes.items()):
        if number not in standing:
            offer = scenario.offers[opened.offer]
            changes.append(
                Change("opened", offer.course, offer.venue, opened.size, "", draft.roster.trainer_of(number))
            )
    return changes


def _differences(scenario: Scenario, before: PlannedClass, after: Opened, trainer: str) -> list[Change]:
    line = scenario.money[after.line].id
    found = []
    if after.size != before.learners:
        what = "smaller" if after.size < before.learners else "larger"
        people = abs(after.size - before.learners)
        found.append(Change(what, before.course, before.venue, people, str(before.learners), str(after.size)))
    if trainer != before.trainer:
        found.append(Change("trainer", before.course, before.venue, after.size, before.trainer, trainer))
    if line != before.line:
        found.append(Change("line", before.course, before.venue, after.size, before.line, line))
    return found
