"""A lower bound for whole provinces: at the prices of the relaxation each course's classes are whole after all.

With prices on money, trainers, rooms, targets and on the seats of groups, a plan falls apart into courses. What a course is worth
at these prices is a mixed-integer program of its own (which places open how many classes, who goes where); the sum of their
bounds, with what the limits are worth, no plan can pass, for the same reason as in `prices` (Geoffrion 1974). A class that costs
the same half empty as full makes it lower than the relaxation, most where money is short.
"""

import time
from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from chiakhoa.engines.planner.arrays import Arrays, Bools, Floats, Ints, arrays
from chiakhoa.engines.planner.found import Found
from chiakhoa.engines.planner.prices import Dual, Prices, cheapest_prices, forgiven
from chiakhoa.engines.planner.scenario import Scenario

# A course is near enough when its own gap is a ten-thousandth.
NEAR = 1e-4
# What HiGHS may be off by, as a share of what it says.
TOLERANCE = 1e-6


def lower(scenario: Scenario, found: Found, *, seconds: float) -> Found:
    """What was found, with a bound that is no higher. The courses share the seconds; one that is cut short is bounded too."""
    a = arrays(scenario)
    dual = Dual(a, a.value, found.missing)
    prices, reply = cheapest_prices(dual)
    return replace(found, bound=min(found.bound, bound(a, prices, reply.seat, found.missing, seconds=seconds)))


def bound(a: Arrays, prices: Prices, seat: Floats, missing: float, *, seconds: float) -> float:
    """What no plan can pass, at any prices that are not negative; `seat` (G,) is the price of one seat of each group."""
    money, staff = _least(a.pays, prices.money), _least(a.teaches, prices.staff)
    whole = (
        money[a.offer_course] * a.fixed + (staff[a.offer_course] + prices.rooms[a.room]) * a.sessions
    )  # fmt: skip
    kept = np.minimum(prices.locks, whole)
    worth = a.value + prices.targets @ a.counts - seat[a.group]
    total = float(
        prices.money @ a.amount + prices.staff @ a.staff + prices.rooms @ a.room_sessions + seat @ a.seats
        + forgiven(a, prices.targets, missing) - prices.targets @ a.target_people
        - np.where(a.locked > 0, kept, 0.0) @ a.locked
    )  # fmt: skip
    began, courses = time.monotonic(), len(a.pays)
    for course in range(courses):
        left = (seconds - (time.monotonic() - began)) / (courses - course)
        total += _course(a, course, worth, money[course], whole - np.where(a.locked > 0, kept, 0.0), seconds=left)
    return total


def _course(a: Arrays, course: int, worth: Floats, money: float, whole: Floats, *, seconds: float) -> float:
    """The most that the course's classes can bring beyond their prices: by HiGHS, at most what the relaxation says."""
    demands, offers = _ways(a, course, worth, money)
    if not demands.size:
        return 0.0
    brings = worth[demands] - money * a.each[offers]
    relaxed = _relaxed(a, demands, brings - whole[offers] / a.capacity[offers])
    if relaxed <= 0.0 or seconds <= 0.0:
        return relaxed
    places, at = np.unique(offers, return_inverse=True)
    people, who = np.unique(demands, return_inverse=True)
    ways, columns = demands.size, demands.size + places.size
    rows = np.arange(ways)
    seats = coo_array(
        (np.r_[np.ones(ways), -a.capacity[places].astype(float)],
         (np.r_[at, np.arange(places.size)], np.r_[rows, ways + np.arange(places.size)])),
        shape=(places.size, columns),
    )  # fmt: skip
    once = coo_array((np.ones(ways), (who, rows)), shape=(people.size, columns))
    answer = milp(
        np.r_[-brings, whole[places]],
        constraints=[
            LinearConstraint(seats.tocsr(), -np.inf, 0.0), LinearConstraint(once.tocsr(), -np.inf, a.people[people])
        ],
        bounds=Bounds(0.0, np.r_[a.people[demands], np.full(places.size, np.inf)]),
        integrality=np.r_[np.zeros(ways), np.ones(places.size)],
        options={"time_limit": seconds, "mip_rel_gap": NEAR},
    )  # fmt: skip
    told = answer.mip_dual_bound
    if told is None or not np.isfinite(told):
        return relaxed
    return min(relaxed, -float(told) * (1 + TOLERANCE) + TOLERANCE)


def _ways(a: Arrays, course: int, worth: Floats, money: float) -> tuple[Ints, Ints]:
    """Demand and offer of each way to sit in the course that brings more than a learner costs."""
    mine = np.flatnonzero(a.course == course)
    offers = a.sites[mine]
    opens = np.append(a.open, False)[offers]
    each = np.append(a.each, 0.0)[offers]
    good = opens & (worth[mine][:, None] - money * each > 0)
    return np.repeat(mine, good.sum(1)), offers[good]


def _least(able: Bools, prices: Floats) -> Floats:
    """The least price of those that are able, row by row; nought where none is, for then no offer is open."""
    least = np.where(able, prices, np.inf).min(1, initial=np.inf)
    return np.where(np.isfinite(least), least, 0.0)


def _relaxed(a: Arrays, demands: Ints, rents: Floats) -> float:
    """What the course brings where classes need not be whole: each demand at its cheapest offer."""
    best = np.zeros(a.value.size)
    np.maximum.at(best, demands, rents)
    return float(best @ a.people)
