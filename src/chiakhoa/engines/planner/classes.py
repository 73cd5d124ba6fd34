"""From the columns of the program to whole classes of whole people. Deterministic; breaks no limit that the program kept.

People are rounded down and the seats that this frees are filled again, so that money and rooms are never passed. A class
that rounding leaves below its least size is dropped, and so is the least gainful one for which no trainer can be found.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from chiakhoa.engines.planner.program import Floats, Program
from chiakhoa.engines.planner.roster import Roster
from chiakhoa.engines.planner.scenario import Course, Offer, PlannedClass, Scenario

NEARLY = 1e-6


def into_classes(scenario: Scenario, built: Program, values: Floats) -> tuple[PlannedClass, ...]:
    """The classes that the column values describe, in the order of the offers."""
    courses = {course.code: course for course in scenario.courses}
    seated = _whole_people(scenario, built, values)
    planned: list[PlannedClass] = []
    for o, offer in enumerate(scenario.offers):
        queue = [(group, people) for group, people in seated.get(o, []) if people > 0]
        for line in [line for (offer_index, line) in built.n if offer_index == o]:
            count = round(values[built.n[o, line]])
            learners = min(int(values[built.y[o, line]] + NEARLY), sum(people for _g, people in queue))
            for size in _sizes(learners, count, courses[offer.course], offer):
                group_rows, queue = _take(queue, size)
                cost = offer.fixed_vnd + offer.per_learner_vnd * size
                planned.append(PlannedClass(offer.course, offer.venue, line, group_rows, cost))
    return with_trainers(scenario, planned)


def with_trainers(scenario: Scenario, planned: Sequence[PlannedClass]) -> tuple[PlannedClass, ...]:
    """The classes with a trainer each, in their order. Locked classes choose first, then long ones, then gainful ones.

    Long classes go first because short ones fit into what they leave; the programs count sessions of kinds of trainers,
    and whole classes may not fit the sessions of single ones: then a class is left out.
    """
    value = {(gain.group, gain.course): gain.value for gain in scenario.gains}
    length = {course.code: course.sessions for course in scenario.courses}
    locked = Counter({(lock.course, lock.venue): lock.classes for lock in scenario.locks})
    first = []
    for row in planned:
        first.append(locked[row.course, row.venue] > 0)
        locked[row.course, row.venue] -= 1
    worth = [sum(value.get((group, row.course), 0.0) * people for group, people in row.groups) for row in planned]
    order = sorted(range(len(planned)), key=lambda i: (not first[i], -length[planned[i].course], -worth[i], i))
    roster = Roster(scenario)
    kept = sorted(i for i in order if roster.take(i, planned[i].course, planned[i].trainer))
    return tuple(replace(planned[i], trainer=roster.trainer_of(i)) for i in kept)


def _whole_people(scenario: Scenario, built: Program, values: Floats) -> dict[int, list[tuple[str, int]]]:
    """Offer -> (group, people): rounded down, then the largest remainders up while paid seats, group and course allow."""
    by_offer: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for (group, o), column in built.x.items():
        if values[column] > NEARLY:
            by_offer[o].append((group, float(values[column])))
    left = {group.id: group.seats for group in scenario.groups}
    needing = {(gain.group, gain.course): gain.people for gain in scenario.gains}
    for o, rows in by_offer.items():
        for group, people in rows:
            left[group] -= int(people + NEARLY)
            needing[group, scenario.offers[o].course] -= int(people + NEARLY)
    whole = {}
    for o in sorted(by_offer):
        rows = by_offer[o]
        floors = {group: int(people + NEARLY) for group, people in rows}
        spare = int(sum(people for _group, people in rows) + NEARLY) - sum(floors.values())
        for group, people in sorted(rows, key=lambda row: (-(row[1] % 1), row[0])):
            pair = (group, scenario.offers[o].course)
            if spare > 0 and left[group] > 0 and needing[pair] > 0 and people % 1 > NEARLY:
                floors[group], left[group], spare = floors[group] + 1, left[group] - 1, spare - 1
                needing[pair] -= 1
        whole[o] = sorted(floors.items())
    return whole


def _sizes(learners: int, count: int, course: Course, offer: Offer) -> list[int]:
    """Learners spread evenly over the classes; fewer classes where they would fall below the least size."""
    capacity = min(offer.capacity, course.max_size)
    while count > 0 and learners < count * course.min_size:
        count -= 1
    if count == 0:
        return []
    learners = min(learners, count * capacity)
    even, more = divmod(learners, count)
    return [even + 1] * more + [even] * (count - more)


def _take(queue: list[tuple[str, int]], size: int) -> tuple[tuple[tuple[str, int], ...], list[tuple[str, int]]]:
    """The first `size` people of the queue by group, and the rest of it."""
    taken, rest = [], []
    for group, people in queue:
        part = min(people, size)
        size -= part
        if part:
            taken.append((group, part))
        if people > part:
            rest.append((group, people - part))
    return tuple(taken), rest
