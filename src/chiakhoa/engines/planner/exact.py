"""The exact method, for scenarios small enough: the mixed-integer program, solved by HiGHS in two phases.

Phase 1 makes the weighted people missing at targets as few as possible; phase 2 holds that and maximises the gap closed.
"""

import time
from dataclasses import replace
from functools import partial

import numpy as np

from chiakhoa.engines.planner import program as milp
from chiakhoa.engines.planner.classes import into_classes
from chiakhoa.engines.planner.found import LIMITS, TOLERANCE, Found, Impossible, Limits, Progress, Watch, unwatched
from chiakhoa.engines.planner.reasons import shortfalls, worth
from chiakhoa.engines.planner.scenario import PlannedClass, Scenario

# What a phase before the last may take of the time that is left: only a limit that is far too short ends it by the clock, for
# what the clock ends depends on the machine. By its gap and by so many nodes of branching it ends alike everywhere.
SHARE_OF_A_PHASE = 0.5
SHARE_OF_PRICES = 0.1
NODES = 400
# Of the people of all targets, so many more may be missing: without it whole classes leave the second phase no choice.
SLACK = 0.01
# Of the gap asked for, so near must a narrowed search come to its own bound: that of all plans is farther.
NARROWED = 0.5
# Nearer to the fewest missing than this part of what may be missing more, it makes no difference.
NEARLY = 0.2
REASONS = {"money": "money", "trainer": "trainer", "teaching": "trainer", "room": "room"}


def solve_exactly(
    scenario: Scenario, *, time_limit: float, gap: float, seed: int, tell: Progress, watch: Watch = unwatched
) -> Found:
    """The best plan that HiGHS finds in the time, or within `gap` of the bound. Impossible where none meets all limits."""
    began = time.monotonic()

    def phase() -> float:
        return max(1.0, SHARE_OF_A_PHASE * (time_limit - (time.monotonic() - began)))

    built = milp.build(scenario)
    start, held = _nothing(scenario, built), np.inf
    if scenario.aims:
        tell("targets")
        start, held = _targets_first(scenario, built, start, seconds=phase(), gap=gap, seed=seed)
    tell("prices")
    relaxed = milp.solve(built, built.gain, maximise=True, seconds=time_limit * SHARE_OF_PRICES + 5, gap=gap, seed=seed,
                         relaxed=True)  # fmt: skip
    tell("classes")
    most = relaxed.objective if relaxed.values.size else np.inf
    near = partial(_watched, watch, most, holds=False)
    start = _near(built, built.gain, relaxed, start, maximise=True, seconds=phase(), gap=gap, seed=seed, watch=near)
    left = max(1.0, time_limit - (time.monotonic() - began))
    best = milp.solve(built, built.gain, maximise=True, seconds=left, gap=gap, seed=seed, start=start,
                      watch=partial(_watched, watch, most, holds=True))  # fmt: skip
    if not best.values.size:
        raise Impossible()
    classes = into_classes(scenario, built, best.values)
    best = replace(best, bound=min(best.bound, most))
    bound = _for_whole_people(scenario, classes, best, held=held, seconds=phase(), gap=gap)
    return Found(classes, bound, limits_of(built, relaxed))


def closer(
    scenario: Scenario, found: Found, *, seconds: float, gap: float, seed: int, watch: Watch = unwatched
) -> Found:
    """A lower bound for what was found, by branching, which knows that classes are whole; and a better plan if one turns up."""
    built = milp.build(scenario)
    milp.hold(built, built.shortfall, found.missing + TOLERANCE)
    reached = worth(scenario, found.classes)

    def better_than_before(now: float, bound: float) -> bool:
        return watch(max(now, reached), min(bound, found.bound))

    answer = milp.solve(
        built, built.gain, maximise=True, seconds=seconds, gap=gap / 2, seed=seed, watch=better_than_before
    )
    classes = into_classes(scenario, built, answer.values) if answer.values.size else ()
    better = max(found.classes, classes, key=lambda rows: worth(scenario, rows))
    answer = replace(answer, bound=min(found.bound, answer.bound))
    bound = _for_whole_people(scenario, better, answer, held=found.missing, seconds=seconds, gap=gap)
    return replace(found, classes=better, bound=bound)


def _for_whole_people(
    scenario: Scenario,
    classes: tuple[PlannedClass, ...],
    answer: milp.Answer,
    *,
    held: float,
    seconds: float,
    gap: float,
) -> float:
    """The bound for plans that miss as many at targets as these classes, which may be a few more than were `held`.

    The program seats parts of people. Made whole, one or the other of a target may be seated elsewhere, where it brings more.
    """
    weight = {target.id: target.weight for target in scenario.aims}
    missing = sum(weight[name] * people for name, people in shortfalls(scenario, classes))
    if missing <= held + TOLERANCE:
        return answer.bound
    built = milp.build(scenario)
    milp.hold(built, built.shortfall, missing + TOLERANCE)
    # What was found is near already: from there the first bound mostly ends the search.
    looser = milp.solve(
        built, built.gain, maximise=True, seconds=seconds, gap=gap, seed=1, start=answer.values, nodes=NODES
    )
    return max(answer.bound, looser.bound)


def _watched(watch: Watch, most: float, found: float, bound: float, *, holds: bool) -> bool:
    """What the search of HiGHS tells; the bound of a narrowed search does not hold for all plans."""
    return watch(found, min(bound, most) if holds else most)


def _nothing(scenario: Scenario, built: milp.Program) -> milp.Floats:
    """The plan of no class, from which the solver may start; it is no plan at all where something is locked."""
    if scenario.locks:
        return np.zeros(0)
    values = np.zeros(len(built.builder.lower))
    for target in scenario.aims:
        values[built.s[target.id]] = target.people
    return values


def _targets_first(
    scenario: Scenario, built: milp.Program, start: milp.Floats, *, seconds: float, gap: float, seed: int
) -> tuple[milp.Floats, float]:
    """Hold the fewest people missing at targets, and a hundredth of the targets more; the columns that reach it, and how many."""
    slack = SLACK * sum(target.weight * target.people for target in scenario.targets)
    fewest = partial(milp.solve, built, built.shortfall, maximise=False, seconds=seconds, gap=gap, seed=seed)
    # Mostly a plan near the relaxation misses no more than it does, which ends the search before it begins to cut.
    start = _near(
        built, built.shortfall, fewest(relaxed=True), start, maximise=False, seconds=seconds, gap=gap, seed=seed
    )
    answer = fewest(start=start, nodes=NODES, apart=slack * NEARLY)
    if not answer.values.size:
        raise Impossible()
    held = answer.objective + slack + TOLERANCE
    milp.hold(built, built.shortfall, held)
    return answer.values, held


def _near(
    built: milp.Program,
    cost: milp.Floats,
    relaxed: milp.Answer,
    start: milp.Floats,
    *,
    maximise: bool,
    seconds: float,
    gap: float,
    seed: int,
    watch: Watch | None = None,
) -> milp.Floats:
    """The best columns whose numbers of classes are those of the relaxation, rounded up or down; `start` where none is found.

    A search so narrow ends soon and well, and gives the wide search something to better (Danna, Rothberg & Le Pape 2005).
    """
    if not relaxed.values.size:
        return start
    within = {
        column: (np.floor(relaxed.values[column]), np.ceil(relaxed.values[column])) for column in built.n.values()
    }
    answer = milp.solve(built, cost, maximise=maximise, seconds=seconds, gap=gap * NARROWED, seed=seed, within=within,
                        watch=watch, nodes=NODES)  # fmt: skip
    return answer.values if answer.values.size else start


def limits_of(built: milp.Program, relaxed: milp.Answer) -> Limits:
    """What limits are worth by the duals of the relaxation, and the dearest one of each offer."""
    if not relaxed.values.size:
        return Limits((), {})
    rows = list(zip(built.builder.names, built.builder.rows, np.abs(relaxed.duals).tolist(), strict=True))
    worth = tuple((kind, name, price) for (kind, name), _entries, price in rows if kind in LIMITS)
    offer_of = {column: o for (o, _line), column in built.n.items()}
    dearest: dict[int, tuple[float, str]] = {}
    for (kind, _name), entries, price in rows:
        if kind in REASONS and price > TOLERANCE:
            for column, taken in entries:
                if column in offer_of:
                    o = offer_of[column]
                    dearest[o] = max(dearest.get(o, (0.0, "")), (price * taken, REASONS[kind]))
    return Limits(worth, {o: kind for o, (_price, kind) in dearest.items()})
