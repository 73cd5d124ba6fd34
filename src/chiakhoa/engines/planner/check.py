"""Checks a plan against its scenario from scratch. Shares no code with the solver: only the words of `scenario`.

The rules of the calendar stand in `check_dates`.
"""

from collections import Counter
from collections.abc import Iterator

from chiakhoa.engines.planner.check_dates import broken_dates
from chiakhoa.engines.planner.scenario import Plan, Scenario


def broken(scenario: Scenario, plan: Plan) -> list[str]:
    """Every rule that the plan breaks, in words; an empty list for a sound plan."""
    return [
        *_classes(scenario, plan),
        *_groups(scenario, plan),
        *_money(scenario, plan),
        *_rooms(scenario, plan),
        *_trainers(scenario, plan),
        *_locks(scenario, plan),
        *_claims(scenario, plan),
        *_shortfalls(scenario, plan),
        *broken_dates(scenario, plan.classes),
    ]


def _classes(scenario: Scenario, plan: Plan) -> Iterator[str]:
    courses = {course.code: course for course in scenario.courses}
    offers = {(offer.course, offer.venue): offer for offer in scenario.offers}
    for number, row in enumerate(plan.classes):
        place = f"class {number} ({row.course} at {row.venue})"
        offer = offers.get((row.course, row.venue))
        if offer is None:
            yield f"{place}: there is no such offer"
            continue
        course = courses[row.course]
        if not course.min_size <= row.learners <= min(course.max_size, offer.capacity):
            yield f"{place}: {row.learners} learners, allowed {course.min_size} to {min(course.max_size, offer.capacity)}"
        if row.cost_vnd != offer.fixed_vnd + offer.per_learner_vnd * row.learners:
            yield f"{place}: costs {row.cost_vnd}, by its prices {offer.fixed_vnd + offer.per_learner_vnd * row.learners}"
        for group, people in row.groups:
            if group not in offer.groups:
                yield f"{place}: group {group} may not come here"
            if people < 1:
                yield f"{place}: {people} people of group {group}"


def _groups(scenario: Scenario, plan: Plan) -> Iterator[str]:
    needing = {(gain.group, gain.course): gain.people for gain in scenario.gains}
    in_course: Counter[tuple[str, str]] = Counter()
    in_all: Counter[str] = Counter()
    for row in plan.classes:
        for group, people in row.groups:
            in_course[group, row.course] += people
            in_all[group] += people
    for (group, course), people in sorted(in_course.items()):
        if people > needing.get((group, course), 0):
            yield f"group {group}: {people} people in {course}, {needing.get((group, course), 0)} need it"
    seats = {group.id: group.seats for group in scenario.groups}
    for group, people in sorted(in_all.items()):
        if people > seats.get(group, 0):
            yield f"group {group}: {people} seats taken, {seats.get(group, 0)} allowed"


def _money(scenario: Scenario, plan: Plan) -> Iterator[str]:
    lines = {line.id: line for line in scenario.money}
    spent: Counter[str] = Counter()
    for number, row in enumerate(plan.classes):
        spent[row.line] += row.cost_vnd
        if row.line not in lines or row.course not in lines[row.line].courses:
            yield f"class {number}: line {row.line} may not pay {row.course}"
    for line, amount in sorted(spent.items()):
        if line in lines and amount > lines[line].amount_vnd:
            yield f"budget line {line}: {amount} đồng spent, {lines[line].amount_vnd} given"


def _rooms(scenario: Scenario, plan: Plan) -> Iterator[str]:
    courses = {course.code: course for course in scenario.courses}
    given: Counter[tuple[str, str]] = Counter()
    for room in scenario.rooms:
        given[room.venue, room.kind] += room.sessions
    used: Counter[tuple[str, str]] = Counter()
    for row in plan.classes:
        used[row.venue, courses[row.course].room_kind] += courses[row.course].sessions
    for (venue, kind), sessions in sorted(used.items()):
        if sessions > given.get((venue, kind), 0):
            yield f"{venue}: {sessions} sessions in rooms of kind {kind}, {given.get((venue, kind), 0)} given"


def _trainers(scenario: Scenario, plan: Plan) -> Iterator[str]:
    needed = {course.code: (set(course.skills), course.sessions) for course in scenario.courses}
    trainers = {trainer.id: trainer for trainer in scenario.trainers}
    taught: Counter[str] = Counter()
    for number, row in enumerate(plan.classes):
        skills, sessions = needed[row.course]
        trainer = trainers.get(row.trainer)
        if row.unplaced and not row.trainer:
            continue
        if trainer is None:
            yield f"class {number} ({row.course} at {row.venue}): no trainer is called {row.trainer!r}"
            continue
        taught[row.trainer] += sessions
        if not skills <= set(trainer.skills):
            missing = ", ".join(sorted(skills - set(trainer.skills)))
            yield f"class {number} ({row.course} at {row.venue}): trainer {row.trainer} has no skill in {missing}"
    for name, sessions in sorted(taught.items()):
        if sessions > trainers[name].sessions:
            yield f"trainer {name}: {sessions} sessions, {trainers[name].sessions} given"


def _locks(scenario: Scenario, plan: Plan) -> Iterator[str]:
    held = Counter((row.course, row.venue) for row in plan.classes)
    for lock in scenario.locks:
        if held[lock.course, lock.venue] < lock.classes:
            yield f"lock: {lock.classes} classes of {lock.course} at {lock.venue}, {held[lock.course, lock.venue]} planned"


def _claims(scenario: Scenario, plan: Plan) -> Iterator[str]:
    value = {(gain.group, gain.course): gain.value for gain in scenario.gains}
    worth = sum(value.get((group, row.course), 0.0) * people for row in plan.classes for group, people in row.groups)
    if abs(worth - plan.objective) > 1e-6 * max(1.0, worth):
        yield f"the plan claims {plan.objective} grades of gap closed, its classes close {worth}"
    if plan.objective > plan.bound * (1 + 1e-6) + 1e-6:
        yield f"the plan closes {plan.objective}, more than its own bound {plan.bound}"


def _shortfalls(scenario: Scenario, plan: Plan) -> Iterator[str]:
    """Who is missing at targets, and at the floors of units, is what the plan says."""
    group_of = {group.id: group for group in scenario.groups}
    seats = [(row.course, group_of[name], n) for row in plan.classes for name, n in row.groups if name in group_of]
    missing = {}
    for target in scenario.targets:
        missing[target.id] = target.people - sum(
            n
            for course, group, n in seats
            if course in target.courses
            and (not target.audiences or group.audience in target.audiences)
            and (not target.units or group.unit in target.units)
        )
    for floor in scenario.floors:
        courses = set(floor.courses) or {course.code for course in scenario.courses}
        helped: Counter[str] = Counter()
        for gain in scenario.gains:
            if gain.course in courses and gain.value > 0:
                helped[gain.group] = max(helped[gain.group], gain.people)
        counted = [row for row in scenario.groups if not floor.audiences or row.audience in floor.audiences]
        need: Counter[str] = Counter()
        for group in counted:
            need[group.unit] += min(group.seats, helped[group.id])
        ids = {row.id for row in counted}
        seated: Counter[str] = Counter()
        for course, group, n in seats:
            seated[group.unit] += n if course in courses and group.id in ids else 0
        for unit, people in need.items():
            least = max(floor.people, -int(-(floor.share * people - 1e-9) // 1))
            missing[f"{floor.id}@{unit}"] = min(people, least) - seated[unit]
    said = dict(plan.shortfalls)
    for name in sorted({*said, *(name for name, people in missing.items() if people > 0)}):
        if said.get(name, 0) != max(0, missing.get(name, 0)):
            yield f"{name}: the plan says {said.get(name, 0)} people are missing, it is {max(0, missing.get(name, 0))}"
