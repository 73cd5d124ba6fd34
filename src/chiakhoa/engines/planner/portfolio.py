"""The portfolio of a scenario: targets first, then as much gap closed as the limits allow, with a proven bound.

Phase 1 makes the weighted people missing at targets as few as possible; phase 2 holds that and maximises the expected gap
closed. The bound is that of phase 2. The linear relaxation gives what one more unit of each limit would bring.
"""

import time
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from chiakhoa.engines.planner import program as milp
from chiakhoa.engines.planner.classes import into_classes
from chiakhoa.engines.planner.scenario import Plan, PlannedClass, Scenario

Progress = Callable[[str], None]
Classes = tuple[PlannedClass, ...]
SHARE_OF_TARGETS = 0.3
SHARE_OF_PRICES = 0.1
SHARE_OF_NEAR = 0.3
TOLERANCE = 1e-6
# Of the people of all targets, so many more may be missing: without it whole classes leave the second phase no choice.
SLACK = 0.01
LIMITS = {"money", "trainer", "room"}
REASONS = {"money": "money", "trainer": "trainer", "teaching": "trainer", "room": "room"}


def solve(
    scenario: Scenario, *, time_limit: float, gap: float = 0.01, seed: int = 1, progress: Progress | None = None
) -> Plan:
    """The best plan found within `time_limit` seconds, or within `gap` of the bound.

    `progress` is called with a word for each phase. Deterministic under the seed as long as the time limit does not cut in.
    Raises ValueError where nothing can be planned: no offer helps anybody, or locks cannot be met together.
    """
    tell = progress or (lambda _word: None)
    began = time.monotonic()
    built = milp.build(scenario)
    if not built.n:
        raise ValueError("no course on offer helps any group: check audiences, rooms and budget lines")
    start = _nothing(scenario, built)
    if scenario.targets:
        tell("targets")
        start = _targets_first(scenario, built, start, seconds=time_limit * SHARE_OF_TARGETS, gap=gap, seed=seed)
    tell("prices")
    relaxed = milp.solve(built, built.gain, maximise=True, seconds=time_limit * SHARE_OF_PRICES + 5, gap=gap, seed=seed,
                         relaxed=True)  # fmt: skip
    tell("classes")
    start = _near(built, relaxed, start, seconds=time_limit * SHARE_OF_NEAR, gap=gap, seed=seed)
    left = max(1.0, time_limit - (time.monotonic() - began))
    best = milp.solve(built, built.gain, maximise=True, seconds=left, gap=gap / 2, seed=seed, start=start)
    if not best.values.size:
        raise ValueError("no plan meets all limits at once: unlock a class, or add money, trainers or rooms")
    classes = into_classes(scenario, built, best.values)
    plan = Plan(
        status="bounded",
        objective=_worth(scenario, classes),
        bound=min(best.bound, relaxed.objective if relaxed.values.size else np.inf),
        seconds=time.monotonic() - began,
        classes=classes,
        shortfalls=_shortfalls(scenario, classes),
        marginal=_marginal(built, relaxed),
        unmet=_unmet(scenario, built, classes, relaxed),
    )
    tell("done")
    return plan


def _nothing(scenario: Scenario, built: milp.Program) -> milp.Floats:
    """The plan of no class, from which the solver may start; it is no plan at all where something is locked."""
    if scenario.locks:
        return np.zeros(0)
    values = np.zeros(len(built.builder.lower))
    for target in scenario.targets:
        values[built.s[target.id]] = target.people
    return values


def _targets_first(
    scenario: Scenario, built: milp.Program, start: milp.Floats, *, seconds: float, gap: float, seed: int
) -> milp.Floats:
    """Hold the fewest people missing at targets, and a hundredth of the targets more; returns the columns that reach it."""
    answer = milp.solve(built, built.shortfall, maximise=False, seconds=seconds, gap=gap, seed=seed, start=start)
    if not answer.values.size:
        raise ValueError("no plan meets all limits at once: unlock a class, or add money, trainers or rooms")
    slack = SLACK * sum(target.weight * target.people for target in scenario.targets)
    milp.hold(built, built.shortfall, answer.objective + slack + TOLERANCE)
    return answer.values


def _near(
    built: milp.Program, relaxed: milp.Answer, start: milp.Floats, *, seconds: float, gap: float, seed: int
) -> milp.Floats:
    """The best columns whose numbers of classes are those of the relaxation, rounded up or down; `start` where none is found.

    A search so narrow ends soon and well, and gives the wide search something to better (Danna, Rothberg & Le Pape 2005).
    """
    if not relaxed.values.size:
        return start
    within = {
        column: (np.floor(relaxed.values[column]), np.ceil(relaxed.values[column])) for column in built.n.values()
    }
    answer = milp.solve(built, built.gain, maximise=True, seconds=seconds, gap=gap / 2, seed=seed, within=within)
    return answer.values if answer.values.size else start


def _worth(scenario: Scenario, classes: Classes) -> float:
    value = {(gain.group, gain.course): gain.value for gain in scenario.gains}
    return float(sum(value[group, row.course] * people for row in classes for group, people in row.groups))


def _shortfalls(scenario: Scenario, classes: Classes) -> tuple[tuple[str, int], ...]:
    """People missing at each target that the plan does not reach."""
    audience = {group.id: group.audience for group in scenario.groups}
    missing = []
    for target in scenario.targets:
        reached = sum(
            people
            for row in classes
            if row.course in target.courses
            for group, people in row.groups
            if not target.audiences or audience[group] in target.audiences
        )
        if reached < target.people:
            missing.append((target.id, target.people - reached))
    return tuple(missing)


def _marginal(built: milp.Program, relaxed: milp.Answer) -> tuple[tuple[str, str, float], ...]:
    """Grades of gap closed by one more unit of each scarce limit (money in million đồng), dearest first."""
    if not relaxed.values.size:
        return ()
    priced = [
        (kind, name, abs(float(dual)))
        for (kind, name), dual in zip(built.builder.names, relaxed.duals, strict=True)
        if kind in LIMITS and abs(dual) > TOLERANCE
    ]
    return tuple(sorted(priced, key=lambda row: (-row[2], row[0], row[1])))


def _unmet(
    scenario: Scenario,
    built: milp.Program,
    classes: Classes,
    relaxed: milp.Answer,
) -> tuple[tuple[str, int, str], ...]:
    """For each group with seats left that a course could help: people, and the limit that stops them.

    distance: no offer within reach; else the dearest scarce limit among its offers (money, trainer, room); where none is
    scarce, too few people came together for a class (size).
    """
    seated: dict[str, int] = defaultdict(int)
    for row in classes:
        for group, people in row.groups:
            seated[group] += people
    wanting: dict[str, int] = defaultdict(int)
    for gain in scenario.gains:
        if gain.value > 0:
            wanting[gain.group] = max(wanting[gain.group], gain.people)
    scarce = _scarce_by_offer(scenario, built, relaxed)
    offers_of: dict[str, list[int]] = defaultdict(list)
    for group, o in built.x:
        offers_of[group].append(o)
    rows = []
    for unit in scenario.groups:
        left = min(wanting[unit.id], unit.seats) - seated[unit.id]
        if left > 0:
            reasons = [scarce.get(o, "size") for o in offers_of[unit.id]]
            rows.append((unit.id, left, max(set(reasons), key=reasons.count) if reasons else "distance"))
    return tuple(rows)


def _scarce_by_offer(scenario: Scenario, built: milp.Program, relaxed: milp.Answer) -> dict[int, str]:
    """Offer -> the kind of its dearest scarce limit, weighed by how much of it one class takes."""
    if not relaxed.values.size:
        return {}
    offer_of = {column: o for (o, _line), column in built.n.items()}
    dearest: dict[int, tuple[float, str]] = {}
    for (kind, _name), entries, dual in zip(built.builder.names, built.builder.rows, relaxed.duals, strict=True):
        if kind in REASONS and abs(dual) > TOLERANCE:
            for column, taken in entries:
                if column in offer_of:
                    price = (abs(float(dual)) * taken, REASONS[kind])
                    dearest[offer_of[column]] = max(dearest.get(offer_of[column], (0.0, "")), price)
    return {o: kind for o, (_price, kind) in dearest.items()}
