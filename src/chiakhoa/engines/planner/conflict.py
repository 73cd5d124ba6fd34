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
from chiakhoa.engines.planner.scenario import Scenario, Target

SECONDS = 5.0
Row = tuple[str, str]


def conflict(scenario: Scenario, target: str | None = None) -> tuple[Limit, ...]:
    """Limits that cannot be met together with the locked classes, or with the target of this id; empty where they can.

    Of a floor, all its units or one (`floor@unit`): as few of them as conflict. Where only locks or the target are named, too few
    people need the courses, or nobody pays or teaches them.
    """
    wanted = _only(scenario, target)
    hopeless = [] if target else _hopeless(wanted)
    if hopeless:
        return tuple(hopeless[:1])
    built = milp.build(wanted)
    for aim in wanted.aims:
        built.builder.upper[built.s[aim.id]] = 0
    several = {"target"} if len(wanted.aims) > 1 else set()
    # Units of a floor first: what is left out first stays out most easily, and one unit says more than many.
    rows = sorted(
        (name for name in dict.fromkeys(built.builder.names) if name[0] in LIMITS | {"lock"} | several),
        key=lambda name: name[0] != "target",
    )
    if _possible(built, set()):
        return ()
    left_out = set(rows) - _suspects(built, rows, target)
    if left_out and _possible(built, left_out):
        left_out = set()
    for row in rows:
        if row not in left_out and not _possible(built, left_out | {row}):
            left_out.add(row)
    named = [_limit(scenario, row) for row in rows if row not in left_out]
    alone = [] if several else [_aim(aim) for aim in wanted.aims]
    return tuple(alone + named)


def _only(scenario: Scenario, target: str | None) -> Scenario:
    """The scenario with nothing but the target's offers, or the locked ones."""
    if target is None:
        locked = {(lock.course, lock.venue) for lock in scenario.locks}
        return replace(
            scenario, targets=(), floors=(), offers=tuple(o for o in scenario.offers if (o.course, o.venue) in locked)
        )
    aims = tuple(row for row in scenario.aims if row.id == target or row.id.startswith(f"{target}@"))
    courses = {course for aim in aims for course in aim.courses}
    offers = tuple(offer for offer in scenario.offers if offer.course in courses)
    return replace(scenario, targets=aims, floors=(), offers=offers, locks=(), held=())


def _aim(aim: Target) -> Limit:
    return Limit("floor" if aim.units else "target", aim.id, aim.people)


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
    for column in built.s.values():
        built.builder.upper[column] = milp.INFINITE
    relaxed = milp.solve(built, built.shortfall, maximise=False, seconds=SECONDS, gap=0.0, seed=1, relaxed=True)
    for column in built.s.values():
        built.builder.upper[column] = 0
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
    if kind == "target":
        return _aim(next(aim for aim in scenario.aims if aim.id == name))
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
