"""What the planner is measured against: two solvers on the straightforward model, and two ways to plan by hand."""

import time
from dataclasses import dataclass

import highspy
import numpy as np
from highspy._core import _Highs as Solver

from chiakhoa.engines.planner import Scenario, program
from chiakhoa.engines.planner.arrays import Arrays, arrays
from chiakhoa.engines.planner.draft import Choice, Draft, Menu, menu
from chiakhoa.engines.planner.fill import fill, top_up
from chiakhoa.engines.planner.prices import Prices


@dataclass(frozen=True)
class Result:
    """Grades of gap closed, and the seconds that it took to reach them."""

    objective: float
    seconds: float
    reached: bool


def highs(scenario: Scenario, target: float, seconds: float) -> Result:
    """HiGHS on the straightforward model until its plan is as good as `target`."""
    began = time.perf_counter()
    built = program.build(scenario)
    solver = Solver()
    for option, value in {
        "output_flag": False,
        "time_limit": seconds,
        "threads": 1,
        "objective_target": target,
    }.items():
        solver.setOptionValue(option, value)
    solver.passModel(program.model(built.builder, built.gain, maximise=True, relaxed=False))
    solver.run()
    info = solver.getInfo()
    found = info.primal_solution_status == highspy.kSolutionStatusFeasible
    objective = float(info.objective_function_value) if found else 0.0
    return Result(objective, time.perf_counter() - began, objective >= target)


def cp_sat(scenario: Scenario, target: float, seconds: float) -> Result:
    """OR-Tools CP-SAT on the same rows and columns, all of them whole numbers, until its plan is as good as `target`."""
    from ortools.sat.python import cp_model

    began = time.perf_counter()
    built = program.build(scenario)
    builder, model = built.builder, cp_model.CpModel()
    most = 10_000_000
    columns = [
        model.new_int_var(int(lower), int(min(upper, most)), "")
        for lower, upper in zip(builder.lower, builder.upper, strict=True)
    ]
    for entries, lower, upper, (kind, _name) in zip(
        builder.rows, builder.row_lower, builder.row_upper, builder.names, strict=True
    ):
        scale = 1_000_000 if kind == "money" else 1
        total = cp_model.LinearExpr.weighted_sum(
            [columns[c] for c, _v in entries], [round(v * scale) for _c, v in entries]
        )
        if lower > -program.INFINITE:
            model.add(total >= round(lower * scale))
        if upper < program.INFINITE:
            model.add(total <= round(upper * scale))
    gains = np.round(built.gain * 1000).astype(int)
    used = np.flatnonzero(gains)
    model.maximize(cp_model.LinearExpr.weighted_sum([columns[c] for c in used], gains[used].tolist()))

    class Enough(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            if self.objective_value / 1000 >= target:
                self.stop_search()

    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    status = solver.solve(model, Enough())
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    objective = solver.objective_value / 1000 if found else 0.0
    return Result(objective, time.perf_counter() - began, objective >= target)


def greedy(scenario: Scenario) -> Result:
    """Always the class that closes most for its đồng."""
    began = time.perf_counter()
    a = arrays(scenario)
    on = menu(a, _money_only(a), a.value)
    draft = Draft(scenario, a)
    fill(draft, on)
    top_up(draft, on)
    return Result(draft.worth, time.perf_counter() - began, True)


def same_for_all(scenario: Scenario) -> Result:
    """Every commune gets as many classes of a course as any other that needs them; the best courses first.

    A class is held where it is cheapest for the commune, and seats its people in proportion to those who need the course.
    """
    began = time.perf_counter()
    a = arrays(scenario)
    on = menu(a, _money_only(a), a.value)
    unit = np.array([group.unit for group in scenario.groups])[a.group]
    seat = np.append(a.fixed / a.capacity + a.each, np.inf)
    cheapest = a.sites[np.arange(len(a.sites)), seat[a.sites].argmin(1)]
    per_dong = [_mean(a.value[a.course == c]) / seat[:-1][a.offer_course == c].mean() for c in range(len(a.pays))]
    draft = Draft(scenario, a)
    of = {
        (c, name): np.flatnonzero((a.course == c) & (unit == name))
        for c in range(len(a.pays))
        for name in np.unique(unit)
    }
    for c in np.argsort(-np.array(per_dong), kind="stable").tolist():
        while sum(_one_class(draft, on, of[c, name], cheapest) for name in np.unique(unit)):
            pass
    return Result(draft.worth, time.perf_counter() - began, True)


def _one_class(draft: Draft, on: Menu, demands: np.ndarray, cheapest: np.ndarray) -> bool:
    if not demands.size:
        return False
    o = int(cheapest[demands[0]])
    here = np.isin(on.demands[o], demands)
    free = np.where(here, np.minimum(draft.left[on.demands[o]], draft.seats[on.groups[o]]), 0)
    size = min(on.capacity[o], int(free.sum()))
    paid = draft.most_money(on, o) - on.fixed[o]
    size = min(size, int(paid / on.each[o])) if on.each[o] else size
    if size < on.least[o] or paid < 0 or draft.rooms[on.room[o]] < on.sessions[o]:
        return False
    shares = np.floor(free * (size / free.sum())).astype(np.int64)
    for place in np.argsort(shares - free * (size / free.sum()), kind="stable")[: size - int(shares.sum())]:
        shares[place] += 1
    return draft.open(on, o, Choice(0.0, size, shares)) is not None


def _money_only(a: Arrays) -> Prices:
    return Prices(
        np.ones(a.amount.size), np.zeros(a.staff.size), np.zeros(a.room_sessions.size),
        np.zeros(a.target_people.size), np.zeros(a.offers),
    )  # fmt: skip


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else 0.0
