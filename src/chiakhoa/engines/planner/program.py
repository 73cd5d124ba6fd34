"""The portfolio as a mixed-integer program, and HiGHS that solves it. Rows and columns are built here and nowhere else.

Columns: x[g, o] people of group g at offer o (continuous); for each offer o and budget line l that may pay it, y[o, l]
learners paid and n[o, l] classes paid (integer); s[t] people missing at target t; sessions of each kind of trainer.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import highspy
import numpy as np
from highspy._core import _Highs as Solver
from numpy.typing import NDArray
from scipy import sparse

from chiakhoa.engines.planner.found import Watch
from chiakhoa.engines.planner.roster import kinds
from chiakhoa.engines.planner.scenario import Scenario

Floats = NDArray[np.float64]
INFINITE = highspy.kHighsInf


@dataclass
class Builder:
    """Columns and rows as they are added; a row is a list of (column, value) with a lower and an upper side."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    rows: list[list[tuple[int, float]]] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)

    def column(self, lower: float, upper: float, *, integer: bool = False) -> int:
        """A new column; returns its place."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.lower) - 1

    def row(self, entries: Iterable[tuple[int, float]], lower: float, upper: float, kind: str, name: str) -> int:
        """A new row lower <= sum <= upper; its kind and name tell people which limit it is."""
        self.rows.append(list(entries))
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        self.names.append((kind, name))
        return len(self.rows) - 1


@dataclass(frozen=True)
class Program:
    """The built program with the meaning of its columns."""

    builder: Builder
    gain: Floats
    shortfall: Floats
    x: dict[tuple[str, int], int]
    y: dict[tuple[int, str], int]
    n: dict[tuple[int, str], int]
    s: dict[str, int]


@dataclass(frozen=True)
class Answer:
    """What HiGHS found: column values (empty where none was found), objective, bound, row duals of a linear program.

    `impossible`: it proved that there are none.
    """

    values: Floats
    objective: float
    bound: float
    duals: Floats
    impossible: bool


def build(scenario: Scenario) -> Program:
    """The program of a scenario."""
    builder = Builder()
    worth = {(gain.group, gain.course): gain for gain in scenario.gains if gain.value > 0 and gain.people > 0}
    lines = defaultdict(list)
    for line in scenario.money:
        for course in line.courses:
            lines[course].append(line.id)
    x, y, n = _columns(builder, scenario, worth, lines)
    _class_rows(builder, scenario, x, y, n)
    _group_rows(builder, scenario, worth, x)
    _limit_rows(builder, scenario, y, n)
    s = _target_rows(builder, scenario, x)
    gain = np.zeros(len(builder.lower))
    for (group, offer), column in x.items():
        gain[column] = worth[group, scenario.offers[offer].course].value
    shortfall = np.zeros(len(builder.lower))
    for target in scenario.aims:
        shortfall[s[target.id]] = target.weight
    return Program(builder, gain, shortfall, x, y, n, s)


def solve(
    program: Program, cost: Floats, *, maximise: bool, seconds: float, gap: float, seed: int, relaxed: bool = False,
    start: Floats | None = None,
    within: dict[int, tuple[float, float]] | None = None,
    watch: Watch | None = None,
    nodes: int | None = None,
    apart: float = 0.0,
) -> Answer:  # fmt: skip
    """Optimise a linear objective over the program; `relaxed` drops the integers and returns duals.

    `start` is a plan to better; `within` narrows the bounds of some columns for this run;
    `watch` is told what is found and the bound while the integers are searched, and may stop it with the best so far.
    `nodes` ends the search by work done, which is the same on every machine; so does coming within `apart` of the bound.
    """
    # The public wrapper prints a banner to standard output when it is made, which would spoil what a command prints.
    solver = Solver()
    for option, value in {"output_flag": False, "time_limit": max(seconds, 0.1), "mip_rel_gap": gap, "random_seed": seed,
                          "threads": 1, "mip_heuristic_effort": 0.2, "mip_abs_gap": max(apart, 1e-6)}.items():  # fmt: skip
        solver.setOptionValue(option, value)
    if nodes is not None:
        solver.setOptionValue("mip_max_nodes", nodes)
    solver.passModel(model(program.builder, cost, maximise=maximise, relaxed=relaxed))
    for column, (lower, upper) in (within or {}).items():
        solver.changeColBounds(column, lower, upper)
    if start is not None and start.size:
        guess = highspy.HighsSolution()
        guess.col_value = start.tolist()
        solver.setSolution(guess)
    if watch is not None:
        solver.setCallback(partial(_tell, watch), None)
        solver.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)
    solver.run()
    solution, info = solver.getSolution(), solver.getInfo()
    found = info.primal_solution_status == highspy.kSolutionStatusFeasible
    values = np.array(solution.col_value) if found else np.zeros(0)
    objective = float(info.objective_function_value) if found else 0.0
    bound = objective if relaxed else float(info.mip_dual_bound)
    impossible = solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    return Answer(values, objective, bound, np.array(solution.row_dual) if relaxed else np.zeros(0), impossible)


def _tell(watch: Watch, _kind: object, _message: str, seen: Any, answer: Any, _data: object) -> None:
    """Passes on what HiGHS has found, and to HiGHS the wish to stop."""
    found = seen.mip_primal_bound if abs(seen.mip_primal_bound) < highspy.kHighsInf else 0.0
    if watch(found, seen.mip_dual_bound):
        answer.user_interrupt = True


def hold(program: Program, cost: Floats, most: float) -> None:
    """Add the row cost · columns <= most: what was reached first must not be given up later."""
    entries = [(int(column), float(cost[column])) for column in np.flatnonzero(cost)]
    if entries:
        program.builder.row(entries, -INFINITE, most, "held", "targets")


def _columns(builder: Builder, scenario: Scenario, worth: dict, lines: dict):  # type: ignore[type-arg, no-untyped-def]
    x: dict[tuple[str, int], int] = {}
    y: dict[tuple[int, str], int] = {}
    n: dict[tuple[int, str], int] = {}
    sizes = {course.code: course for course in scenario.courses}
    locked = {(lock.course, lock.venue): lock.classes for lock in scenario.locks}
    for o, offer in enumerate(scenario.offers):
        for group in offer.groups:
            if (group, offer.course) in worth:
                x[group, o] = builder.column(0, worth[group, offer.course].people)
        if not any((group, o) in x for group in offer.groups):
            continue
        for line in lines[offer.course]:
            reach = sum(worth[g, offer.course].people for g in offer.groups if (g, offer.course) in worth)
            most = max(reach // sizes[offer.course].min_size, locked.get((offer.course, offer.venue), 0))
            n[o, line] = builder.column(0, most, integer=True)
            y[o, line] = builder.column(0, reach)
    return x, y, n


def _class_rows(builder: Builder, scenario: Scenario, x: dict, y: dict, n: dict) -> None:  # type: ignore[type-arg]
    """Learners paid are learners seated; each line's learners fit into its classes, and fill them at least."""
    sizes = {course.code: course for course in scenario.courses}
    locked = {(lock.course, lock.venue): lock.classes for lock in scenario.locks}
    by_offer = defaultdict(list)
    for (_group, o), column in x.items():
        by_offer[o].append((column, 1.0))
    paid = defaultdict(list)
    for (o, line), column in y.items():
        paid[o].append((column, -1.0))
        offer = scenario.offers[o]
        capacity = min(offer.capacity, sizes[offer.course].max_size)
        builder.row([(column, 1.0), (n[o, line], -float(capacity))], -INFINITE, 0, "size", offer.course)
        builder.row(
            [(column, 1.0), (n[o, line], -float(sizes[offer.course].min_size))], 0, INFINITE, "size", offer.course
        )
    for o, seated in by_offer.items():
        builder.row([*seated, *paid[o]], 0, 0, "seats", scenario.offers[o].venue)
        least = locked.get((scenario.offers[o].course, scenario.offers[o].venue), 0)
        if least and paid[o]:
            classes = [(n[o, line], 1.0) for (offer, line) in n if offer == o]
            builder.row(classes, least, INFINITE, "lock", f"{scenario.offers[o].course} at {scenario.offers[o].venue}")


def _group_rows(builder: Builder, scenario: Scenario, worth: dict, x: dict) -> None:  # type: ignore[type-arg]
    """Nobody sits twice in one course, and a group takes no more seats than it may."""
    by_group, by_pair = defaultdict(list), defaultdict(list)
    for (group, o), column in x.items():
        by_group[group].append((column, 1.0))
        by_pair[group, scenario.offers[o].course].append((column, 1.0))
    for group in scenario.groups:
        if by_group[group.id]:
            builder.row(by_group[group.id], -INFINITE, group.seats, "group", group.id)
    for pair, entries in by_pair.items():
        if len(entries) > 1:
            builder.row(entries, -INFINITE, worth[pair].people, "pair", pair[0])


def _limit_rows(builder: Builder, scenario: Scenario, y: dict, n: dict) -> None:  # type: ignore[type-arg]
    """Money by line, sessions of trainers by kind, sessions of rooms by venue and kind."""
    courses = {course.code: course for course in scenario.courses}
    money: dict[str, list[tuple[int, float]]] = defaultdict(list)
    skills: dict[frozenset[str], list[tuple[int, float]]] = defaultdict(list)
    rooms: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for (o, line), column in n.items():
        offer, course = scenario.offers[o], courses[scenario.offers[o].course]
        money[line] += [(column, float(offer.fixed_vnd) / 1e6), (y[o, line], float(offer.per_learner_vnd) / 1e6)]
        rooms[offer.venue, course.room_kind].append((column, float(course.sessions)))
        skills[frozenset(course.skills)].append((column, float(course.sessions)))
    for line_row in scenario.money:
        builder.row(money[line_row.id], -INFINITE, line_row.amount_vnd / 1e6, "money", line_row.id)
    given: dict[tuple[str, str], int] = defaultdict(int)
    for room in scenario.rooms:
        given[room.venue, room.kind] += room.sessions
    for (venue, kind), used in rooms.items():
        builder.row(used, -INFINITE, given[venue, kind], "room", f"{venue} {kind}")
    _teaching_rows(builder, scenario, skills)


def _teaching_rows(builder: Builder, scenario: Scenario, used: dict) -> None:  # type: ignore[type-arg]
    """Each kind of trainer gives its sessions to the sets of skills it can teach; each set gets what its classes need.

    Columns are the sessions that a kind gives to a set, so that nobody of two skills is counted twice.
    """
    gives = defaultdict(list)
    for kind in kinds(scenario):
        given = []
        for needed in sorted(kind.sets & set(used), key=sorted):
            # No upper bound here: it would hide what the kind's sessions are worth.
            column = builder.column(0, INFINITE)
            gives[needed].append((column, -1.0))
            given.append((column, 1.0))
        builder.row(given, -INFINITE, kind.sessions, "trainer", kind.name)
    for needed, entries in used.items():
        # Where nobody has the skills, this row is the limit itself.
        builder.row([*entries, *gives[needed]], -INFINITE, 0, "teaching" if gives[needed] else "trainer",
                    ", ".join(sorted(needed)))  # fmt: skip


def _target_rows(builder: Builder, scenario: Scenario, x: dict) -> dict[str, int]:  # type: ignore[type-arg]
    audience = {group.id: group.audience for group in scenario.groups}
    unit = {group.id: group.unit for group in scenario.groups}
    s = {}
    for target in scenario.aims:
        s[target.id] = builder.column(0, target.people)
        counted = [
            (column, 1.0)
            for (group, o), column in x.items()
            if scenario.offers[o].course in target.courses
            and (not target.audiences or audience[group] in target.audiences)
            and (not target.units or unit[group] in target.units)
        ]
        builder.row([*counted, (s[target.id], 1.0)], target.people, INFINITE, "target", target.id)
    return s


def model(builder: Builder, cost: Floats, *, maximise: bool, relaxed: bool) -> highspy.HighsLp:
    """Columns and rows as HiGHS takes them."""
    lengths = [len(row) for row in builder.rows]
    row_of = np.repeat(np.arange(len(builder.rows)), lengths)
    columns = np.fromiter((c for row in builder.rows for c, _v in row), dtype=np.int64, count=sum(lengths))
    values = np.fromiter((v for row in builder.rows for _c, v in row), dtype=np.float64, count=sum(lengths))
    matrix = sparse.csc_array((values, (row_of, columns)), shape=(len(builder.rows), len(builder.lower)))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(builder.lower), len(builder.rows)
    lp.col_cost_ = np.pad(cost, (0, len(builder.lower) - cost.size))
    lp.sense_ = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
    lp.col_lower_, lp.col_upper_ = np.array(builder.lower), np.array(builder.upper, dtype=np.float64)
    lp.row_lower_, lp.row_upper_ = np.array(builder.row_lower), np.array(builder.row_upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if not relaxed:
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in builder.integer]
    return lp
