"""What a plan tells beside its classes: what is missing at targets, what limits are worth, and why people are left out."""

from collections import defaultdict

from chiakhoa.engines.planner.found import TOLERANCE, Found, Worth
from chiakhoa.engines.planner.scenario import Plan, PlannedClass, Scenario

Classes = tuple[PlannedClass, ...]
UNPAID = "unpaid"


def finished(scenario: Scenario, found: Found, seconds: float) -> Plan:
    """The plan of what was found, with what its limits are worth and why people are left out."""
    return Plan(
        status="bounded",
        objective=worth(scenario, found.classes),
        bound=found.bound,
        seconds=seconds,
        classes=found.classes,
        shortfalls=shortfalls(scenario, found.classes),
        marginal=_marginal(found.limits.worth),
        unmet=_unmet(scenario, found),
        closed=found.closed,
    )


def worth(scenario: Scenario, classes: Classes) -> float:
    """Grades of gap that the classes close."""
    value = {(gain.group, gain.course): gain.value for gain in scenario.gains}
    return float(sum(value[group, row.course] * people for row in classes for group, people in row.groups))


def shortfalls(scenario: Scenario, classes: Classes) -> tuple[tuple[str, int], ...]:
    """People missing at each target that the plan does not reach."""
    audience = {group.id: group.audience for group in scenario.groups}
    unit = {group.id: group.unit for group in scenario.groups}
    missing = []
    for target in scenario.aims:
        reached = sum(
            people
            for row in classes
            if row.course in target.courses
            for group, people in row.groups
            if (not target.audiences or audience[group] in target.audiences)
            and (not target.units or unit[group] in target.units)
        )
        if reached < target.people:
            missing.append((target.id, target.people - reached))
    return tuple(missing)


def _marginal(prices: tuple[Worth, ...]) -> tuple[Worth, ...]:
    """Grades of gap closed by one more unit of each scarce limit (money in million đồng), dearest first."""
    return tuple(sorted((row for row in prices if row[2] > TOLERANCE), key=lambda row: (-row[2], row[0], row[1])))


def _unmet(scenario: Scenario, found: Found) -> tuple[tuple[str, int, str], ...]:
    """For each group with seats left that a course could help: people, and the limit that stops them.

    distance: no offer within reach; unpaid: no budget line pays any course that would help; else the dearest scarce limit
    among the offers that are paid (money, trainer, room), or the calendar, in which they find no place; where nothing is scarce,
    too few people came together (size).
    """
    seated: dict[str, int] = defaultdict(int)
    for row in found.classes:
        for group, people in row.groups:
            seated[group] += people
    wanting: dict[str, int] = defaultdict(int)
    helped = set()
    for gain in scenario.gains:
        if gain.value > 0 and gain.people > 0:
            wanting[gain.group] = max(wanting[gain.group], gain.people)
            helped.add((gain.group, gain.course))
    paid = {course for line in scenario.money for course in line.courses}
    reasons: dict[str, list[str]] = defaultdict(list)
    for o, offer in enumerate(scenario.offers):
        for group in offer.groups:
            if (group, offer.course) in helped:
                reasons[group].append(found.limits.dearest.get(o, "size") if offer.course in paid else UNPAID)
    rows = []
    for unit in scenario.groups:
        left = min(wanting[unit.id], unit.seats) - seated[unit.id]
        if left > 0:
            known = [reason for reason in reasons[unit.id] if reason != UNPAID] or reasons[unit.id]
            rows.append((unit.id, left, max(set(known), key=known.count) if known else "distance"))
    return tuple(rows)
