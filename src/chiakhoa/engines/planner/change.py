"""After a published plan something changed: a new plan that moves as few people as possible, and a proof of how many must move.

A person moves who cannot stay in the class that was published. First the classes to keep are chosen, so that most people stay
(a small mixed-integer program, whose bound says how many must move at least). Each keeps its half days, room and trainer where
it can. What this leaves is filled by prices, first for those who lost their class.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np

from chiakhoa.engines.planner import program as milp
from chiakhoa.engines.planner.arrays import Arrays, Bools, Floats, Ints, arrays
from chiakhoa.engines.planner.dates import Held
from chiakhoa.engines.planner.draft import Draft, Menu, Opened, menu
from chiakhoa.engines.planner.fast import classes_of, limits_of, numbers_of
from chiakhoa.engines.planner.fill import fill, fill_up, open_locked, top_up
from chiakhoa.engines.planner.found import EXACT_PAIRS, Found, Impossible, Progress
from chiakhoa.engines.planner.keep import Kept, Stay, kept
from chiakhoa.engines.planner.placing import Bounds, Placing, placing, told
from chiakhoa.engines.planner.prices import Dual, Prices, cheapest_prices
from chiakhoa.engines.planner.reasons import finished
from chiakhoa.engines.planner.scenario import Plan, PlannedClass, Scenario, room_of

SHARE_OF_CHOICE = 0.5
SHARE_OF_BOUND = 0.2
NEAR = 1e-3


@dataclass(frozen=True)
class Change:
    """One class that differs: `people` are those concerned.

    `what`: dropped, opened, smaller, larger, trainer, line, room, or dates (other half days).
    """

    what: str
    course: str
    venue: str
    people: int
    before: str
    after: str


@dataclass(frozen=True)
class Replan:
    """The new plan, what changed, how many people lost their published class, and how many must in any plan.

    `continues`: of each class of the new plan the place of the published class that it goes on with, -1 for a new one.
    """

    plan: Plan
    changes: tuple[Change, ...]
    moved: int
    least_moved: int
    continues: tuple[int, ...] = ()


def replan(
    scenario: Scenario, published: Plan, *, time_limit: float = 20.0, progress: Progress | None = None
) -> Replan:
    """A plan of the changed scenario near the published one. Impossible where what is locked or firm finds no place.

    A firm class of `held` that was published goes on. The plan's bound is for plans that leave the classes that go on with their
    people: no other leaves so many where they are.
    """
    tell: Callable[[str], None] = progress or (lambda _word: None)
    began = time.monotonic()
    a = arrays(scenario)
    holds, others = _holds(scenario, published)
    tell("keep")
    stays = _stays(scenario, a, published, {number for number, held in holds.items() if held.firm})
    chosen, most = kept(a, stays, seconds=SHARE_OF_CHOICE * time_limit)
    tell("classes")
    prices, reply = cheapest_prices(Dual(a, a.value, float(a.target_weight @ a.target_people)))
    draft = Draft(scenario, a)
    begun = {number for number, held in holds.items() if held.begun}
    standing = _fill(scenario, a, draft, prices, reply.seat[a.group], published, chosen, begun)
    tell("calendar")
    numbers = numbers_of(draft)
    at = [standing[number][0].number if number in standing else -1 for number in numbers]
    done = _dated(
        scenario, classes_of(scenario, a, draft), {p: holds[n] for p, n in enumerate(at) if n in holds}, others
    )
    continues = tuple(at[place] if place >= 0 else -1 for place in done.origin)
    still = set(continues)
    goes_on = [(stay, line) for stay, line in standing.values() if stay.number in still]
    bound = min(reply.bound, _bound(scenario, goes_on, seconds=SHARE_OF_BOUND * time_limit))
    found = Found(done.classes, bound, limits_of(scenario, a, prices), closed=told(done.closed))
    people = sum(row.learners for row in published.classes)
    size = {stay.number: stay.size for stay, _line in standing.values()}
    tell("done")
    return Replan(
        finished(scenario, found, time.monotonic() - began),
        tuple(_changes(published, done.classes, continues)),
        people - sum(size[number] for number in continues if number >= 0),
        max(0, people - most),
        continues,
    )


def _bound(scenario: Scenario, goes_on: list[tuple[Stay, int]], *, seconds: float) -> float:
    """What no plan closes in which these classes go on with their people; without end where the program is too large."""
    if sum(len(offer.groups) for offer in scenario.offers) > EXACT_PAIRS:
        return float("inf")
    built = milp.build(scenario)
    gains = [gain for gain in scenario.gains if gain.value > 0 and gain.people > 0]
    least: dict[int, float] = defaultdict(float)
    for stay, place in goes_on:
        line = scenario.money[place].id
        least[built.n[stay.offer, line]] += 1
        least[built.y[stay.offer, line]] += stay.size
        for d, people in zip(stay.demands.tolist(), stay.people.tolist(), strict=True):
            least[built.x[gains[d].group, stay.offer]] += people
    upper = built.builder.upper
    within = {column: (value, max(value, upper[column])) for column, value in least.items()}
    answer = milp.solve(built, built.gain, maximise=True, seconds=seconds, gap=NEAR, seed=1, within=within)
    return float("inf") if answer.impossible else answer.bound


def _dated(
    scenario: Scenario, classes: tuple[PlannedClass, ...], stays: dict[int, Held], others: tuple[Held, ...]
) -> Placing:
    """The classes in the calendar; as they are where the scenario has none."""
    if not scenario.terms:
        return Placing(classes, tuple(range(len(classes))), {})
    return placing(replace(scenario, held=others), classes, stays=stays)


def _holds(scenario: Scenario, published: Plan) -> tuple[dict[int, Held], tuple[Held, ...]]:
    """As what each published class is held, and what is held besides. It would like to stay, and must where it is firm."""
    lengths = {row.code: row.sessions for row in scenario.courses}
    free: dict[tuple[object, ...], list[Held]] = defaultdict(list)
    for held in scenario.held:
        free[held.course, held.venue, held.sessions].append(held)
    holds = {}
    for number, row in enumerate(published.classes):
        halves = tuple(half[:2] for half in row.sessions)
        known = free[row.course, row.venue, halves]
        if known:
            holds[number] = known.pop(0)
        elif halves and lengths.get(row.course) == len(halves):
            holds[number] = Held(row.course, row.venue, room_of(row), row.trainer, halves, firm=False)
    return holds, tuple(held for rest in free.values() for held in rest)


def _stays(scenario: Scenario, a: Arrays, published: Plan, firm: set[int]) -> list[Stay]:
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
            stays.append(
                Stay(number, o, *_first_people(seated, size), paying, lines.get(row.line, -1), must=number in firm)
            )
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


def _fill(
    scenario: Scenario, a: Arrays, draft: Draft, prices: Prices, seat: Floats, published: Plan, chosen: Kept,
    begun: set[int],
) -> dict[int, tuple[Stay, int]]:  # fmt: skip
    """Put the kept classes in, then what is locked, then classes for those who lost theirs, then what the limits still allow.

    Nobody new joins a class that has begun.
    """
    plain = menu(a, prices, a.value)
    standing = _book(draft, plain, published, chosen)
    bounds = Bounds(scenario)
    for number, (stay, _line) in standing.items():
        if stay.number in begun:
            draft.bounds[number] = (stay.size, np.zeros(len(scenario.groups), bool))
        elif published.classes[stay.number].sessions:
            draft.bounds[number] = bounds(published.classes[stay.number])
    if not open_locked(draft, plain):
        raise Impossible()
    lost = menu(a, prices, np.where(_lost(scenario, a, published, standing), a.value, 0.0))
    top_up(draft, lost)
    fill(draft, lost)
    fill_up(draft, menu(a, prices, a.value - seat), plain)
    return standing


def _lost(scenario: Scenario, a: Arrays, published: Plan, standing: dict[int, tuple[Stay, int]]) -> Bools:
    """(D,) whether people of the demand lost their published class."""
    goes_on = {stay.number for stay, _line in standing.values()}
    wanted = {
        (group, row.course)
        for number, row in enumerate(published.classes) if number not in goes_on
        for group, _people in row.groups
    }  # fmt: skip
    ids = [group.id for group in scenario.groups]
    codes = [course.code for course in scenario.courses]
    pairs = zip(a.group.tolist(), a.course.tolist(), strict=True)
    return np.array([(ids[g], codes[c]) in wanted for g, c in pairs], bool)


def _book(draft: Draft, on: Menu, published: Plan, chosen: Kept) -> dict[int, tuple[Stay, int]]:
    """Put the kept classes in, those first whose trainer still teaches; the class's number and what it was."""
    standing = {}
    trainers = draft.roster.trainers
    order = sorted(
        chosen, key=lambda pair: (not pair[0].must, published.classes[pair[0].number].trainer not in trainers)
    )
    for stay, line in order:
        taken = stay.people > 0
        worth = float(on.a.value[stay.demands] @ stay.people)
        row = Opened(stay.offer, line, stay.size, stay.demands[taken], stay.people[taken], worth)
        number = draft.book(on, row, published.classes[stay.number].trainer)
        if number is not None:
            standing[number] = (stay, line)
    return standing


def _changes(published: Plan, classes: tuple[PlannedClass, ...], continues: tuple[int, ...]) -> list[Change]:
    """What differs, class by class: first what was published, in its order, then what is new."""
    now = {number: place for place, number in enumerate(continues) if number >= 0}
    changes = []
    for number, row in enumerate(published.classes):
        if number not in now:
            changes.append(Change("dropped", row.course, row.venue, row.learners, row.trainer, ""))
            continue
        changes += _differences(row, classes[now[number]])
    for row, number in zip(classes, continues, strict=True):
        if number < 0:
            changes.append(Change("opened", row.course, row.venue, row.learners, "", row.trainer))
    return changes


def _differences(before: PlannedClass, after: PlannedClass) -> list[Change]:
    found = []

    def note(what: str, was: str, now: str, people: int = after.learners) -> None:
        if was != now:
            found.append(Change(what, before.course, before.venue, people, was, now))

    size = "smaller" if after.learners < before.learners else "larger"
    note(size, str(before.learners), str(after.learners), abs(after.learners - before.learners))
    note("trainer", before.trainer, after.trainer)
    note("line", before.line, after.line)
    if before.sessions:
        rooms = [tuple(half[2] for half in row.sessions) for row in (before, after)]
        note("room", *_first_apart(*rooms))
        halves = [tuple(" ".join(half[:2]) for half in row.sessions) for row in (before, after)]
        was, now = _first_apart(*halves)
        note("dates", was.split(" ")[0] if was[:10] != now[:10] else was, now[:10] if was[:10] != now[:10] else now)
    return found


def _first_apart(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, str]:
    """The first session in which they differ, as it was and as it is; twice the same where they do not."""
    pairs = zip_longest(before, after, fillvalue="")
    return next(((was, now) for was, now in pairs if was != now), ("", ""))
