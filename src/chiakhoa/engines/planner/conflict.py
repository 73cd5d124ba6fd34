"""Why locked classes or a target cannot be had: a smallest set of limits that cannot be met together.

Deletion filter (Chinneck & Dravnieks 1991): leave out one limit after another; where the rest still conflicts, the limit has
no part in it and stays out. What is left conflicts, and every part of it is needed for that.
"""

from collections import Counter
from dataclasses import replace

import numpy as np

from chiakhoa.engines.planner import program as milp
from chiakhoa.engines.planner.found import LIMITS, TOLERANCE, Limit
from chiakhoa.engines.planner.roster import kinds
from chiakhoa.engines.planner.scenario import Scenario

SECONDS = 5.0
Row = tuple[str, str]


def conflict(scenario: Scenario, target: str | None = None) -> tuple[Limit, ...]:
    """Limits that cannot be met together with the locked classes, or with the target of this id; empty where they can.

    Where only locks or the target are named, too few people need the courses, or nobody pays or teaches them.
    """
    wanted = _only(scenario, target)
    hopeless = [] if target else _hopeless(wanted)
    if hopeless:
        return tuple(hopeless[:1])
    built = milp.build(wanted)
    if target is not None:
        built.builder.upper[built.s[target]] = 0
    rows = [name for name in dict.fromkeys(built.builder.names) if name[0] in LIMITS | {"lock"}]
    if _possible(built, set()):
        return ()
    left_out = set(rows) - _suspects(built, rows, target)
    if left_out and _possible(built, left_out):
        left_out = set()
    for row in rows:
        if row not in left_out and not _possible(built, left_out | {row}):
            left_out.add(row)
    named = [_limit(scenario, row) for row in rows if row not in left_out]
    aim = [Limit("target", t.id, t.people) for t in scenario.targets if t.id == target]
    return tuple(aim + named)


def _only(scenario: Scenario, target: str | None) -> Scenario:
    """The scenario with nothing but the target's offers, or the locked ones."""
    if target is None:
        locked = {(lock.course, lock.venue) for lock in scenario.locks}
        return replace(scenario, targets=(), offers=tuple(o for o in scenario.offers if (o.course, o.venue) in locked))
    aim = next(row for row in scenario.targets if row.id == target)
    offers = tuple(offer for offer in scenario.offers if offer.course in aim.courses)
    return replace(scenario, targets=(aim,), offers=offers, locks=())


def _hopeless(scenario: Scenario) -> list[Limit]:
    """Locks of offers that help nobody or that no line may pay: the program has no columns for them."""
    helped = {(gain.group, gain.course) for gain in scenario.gains if gain.value > 0 and gain.people > 0}
    paid = {course for line in scenario.money for course in line.courses}
    fine = {
        (offer.course, offer.venue)
        for offer in scenario.offers
        if offer.course in paid and any((group, offer.course) in helped for group in offer.groups)
    }
    return [
        Limit("lock", f"{lock.course} at {lock.venue}", lock.classes)
        for lock in scenario.locks
        if lock.classes and (lock.course, lock.venue) not in fine
    ]


def _suspects(built: milp.Program, rows: list[Row], target: str | None) -> set[Row]:
    """For a target, the limits that are worth something when most people are seated; without one, all of them."""
    if target is None:
        return set(rows)
    built.builder.upper[built.s[target]] = milp.INFINITE
    relaxed = milp.solve(built, built.shortfall, maximise=False, seconds=SECONDS, gap=0.0, seed=1, relaxed=True)
    built.builder.upper[built.s[target]] = 0
    return {name for name, dual in zip(built.builder.names, relaxed.duals, strict=False) if abs(dual) > TOLERANCE}


def _possible(built: milp.Program, left_out: set[Row]) -> bool:
    """Whether a plan meets all limits but these; where the time is up, the doubt counts as yes."""
    limits = built.builder
    sides = list(limits.row_lower), list(limits.row_upper)
    for place, name in enumerate(limits.names):
        if name in left_out:
            limits.row_lower[place], limits.row_upper[place] = -milp.INFINITE, milp.INFINITE
    answer = milp.solve(built, np.zeros(len(limits.lower)), maximise=False, seconds=SECONDS, gap=0.0, seed=1)
    limits.row_lower, limits.row_upper = sides
    return bool(answer.values.size) or not answer.impossible


def _limit(scenario: Scenario, row: Row) -> Limit:
    kind, name = row
    amounts: Counter[str] = Counter()
    if kind == "lock":
        amounts.update({f"{lock.course} at {lock.venue}": lock.classes for lock in scenario.locks})
    elif kind == "money":
        amounts.update({line.id: line.amount_vnd for line in scenario.money})
    elif kind == "trainer":
        for staff in kinds(scenario):
            amounts[staff.name] += staff.sessions
    else:
        for room in scenario.rooms:
            amounts[f"{room.venue} {room.kind}"] += room.sessions
    return Limit(kind, name, amounts[name])
