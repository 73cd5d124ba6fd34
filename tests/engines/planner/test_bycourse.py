"""The bound by course: no plan passes it whatever the prices, it is no higher than that of the relaxation, and often lower."""

from dataclasses import replace

import numpy as np
import pytest

from chiakhoa.engines.planner import Lock, generate
from chiakhoa.engines.planner.arrays import arrays
from chiakhoa.engines.planner.bycourse import bound, lower
from chiakhoa.engines.planner.exact import solve_exactly
from chiakhoa.engines.planner.fast import solve_fast
from chiakhoa.engines.planner.prices import Dual, cheapest_prices

PLENTY = 60.0


def best(scenario):
    """What the best plan closes."""
    found = solve_exactly(scenario, time_limit=20.0, gap=1e-4, seed=1, tell=lambda _word: None)
    value = {(gain.group, gain.course): gain.value for gain in scenario.gains}
    return sum(value[group, row.course] * people for row in found.classes for group, people in row.groups)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_prices_no_plan_passes_the_bound(seed):
    made = replace(generate(2, courses=4, trainers=6, lines=2, money=0.3, seed=seed), targets=())
    a = arrays(made)
    dual = Dual(a, a.value, 0.0)
    rng = np.random.default_rng(seed)
    closed = best(made)
    for _ in range(4):
        packed = rng.gamma(1, 1, sum(dual.sizes))
        reply = dual(packed)
        assert closed <= bound(a, dual.unpack(packed), reply.seat, 0.0, seconds=PLENTY) <= reply.bound * (1 + 1e-5)
        assert bound(a, dual.unpack(packed), rng.gamma(1, 1, a.seats.size), 0.0, seconds=PLENTY) >= closed


@pytest.mark.parametrize("seed", [0, 2])
def test_at_the_best_prices_it_is_lower_than_the_relaxation(seed):
    """Four communes with little money; with other seeds the relaxation has whole classes already."""
    made = replace(generate(4, courses=6, trainers=8, lines=1, money=0.1, seed=seed), targets=())
    a = arrays(made)
    prices, reply = cheapest_prices(Dual(a, a.value, 0.0))
    by_course = bound(a, prices, reply.seat, 0.0, seconds=PLENTY)
    assert best(made) <= by_course < reply.bound
    assert bound(a, prices, reply.seat, 0.0, seconds=0.0) == pytest.approx(reply.bound), "no time, no gain, no loss"


def test_locked_classes_and_targets_are_heeded(scenario):
    made = scenario(locks=(Lock("BASIC", "hall", 2),))
    a = arrays(made)
    dual = Dual(a, a.value, 0.0)
    rng = np.random.default_rng(3)
    for _ in range(10):
        packed = rng.gamma(1, 1, sum(dual.sizes))
        reply = dual(packed)
        assert best(made) * (1 - 1e-9) <= bound(a, dual.unpack(packed), reply.seat, 0.0, seconds=PLENTY)
        assert bound(a, dual.unpack(packed), reply.seat, 0.0, seconds=PLENTY) <= reply.bound * (1 + 1e-5)


def test_what_was_found_stays_and_its_bound_falls():
    made = generate(4, courses=6, trainers=8, lines=1, money=0.2, seed=5)
    found = solve_fast(made, time_limit=0.5, gap=0.0, seed=1, tell=lambda _word: None)
    nearer = lower(made, found, seconds=PLENTY)
    assert nearer.classes == found.classes
    assert nearer.bound < found.bound


def test_a_course_that_nobody_can_pay_or_teach_is_worth_nothing(scenario):
    for part in ({"money": (replace(scenario().money[0], courses=()),)}, {"trainers": ()}):
        a = arrays(scenario(**part))
        dual = Dual(a, a.value, 0.0)
        packed = np.ones(sum(dual.sizes))
        assert bound(a, dual.unpack(packed), dual(packed).seat, 0.0, seconds=PLENTY) == pytest.approx(
            dual(packed).bound
        )
