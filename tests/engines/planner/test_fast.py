"""The fast method against the exact one: its bound is a bound, its plans are sound and near, and nothing depends on luck."""

from dataclasses import replace

import numpy as np
import pytest

from chiakhoa.engines.planner import Lock, Plan, Room, Target, Trainer, broken, generate
from chiakhoa.engines.planner.arrays import arrays
from chiakhoa.engines.planner.exact import solve_exactly
from chiakhoa.engines.planner.fast import solve_fast
from chiakhoa.engines.planner.prices import Dual, cheapest_prices

MILLION = 1_000_000


def fast(scenario, gap=0.0, time_limit=1.0):
    """What the fast method finds, after its own checker found it sound."""
    found = solve_fast(scenario, time_limit=time_limit, gap=gap, seed=1, tell=lambda _word: None)
    assert broken(scenario, Plan("bounded", worth(scenario, found), found.bound, 0.0, found.classes)) == []
    return found


def worth(scenario, found):
    value = {(gain.group, gain.course): gain.value for gain in scenario.gains}
    return sum(value[group, row.course] * people for row in found.classes for group, people in row.groups)


def exact(scenario):
    return solve_exactly(scenario, time_limit=20.0, gap=1e-3, seed=1, tell=lambda _word: None)


def test_money_for_three_classes_goes_to_those_who_gain_most(scenario):
    made = scenario()
    assert worth(made, fast(made)) == pytest.approx(55.0)


@pytest.mark.parametrize("seed", range(4))
def test_targets_that_all_may_miss_leave_the_bound_where_it_is_without_them(seed):
    made = generate(6, money=0.3, seed=seed)
    codes = tuple(row.code for row in made.courses)
    many = tuple(Target(f"t-{name}", codes, (name,), 5000) for name in sorted({row.audience for row in made.groups}))
    made = replace(made, targets=many)
    bounds = []
    for one in (made, replace(made, targets=())):
        a = arrays(one)
        bounds.append(cheapest_prices(Dual(a, a.value, float(a.target_weight @ a.target_people)))[1].bound)
    assert bounds[0] == pytest.approx(bounds[1], rel=0.01)


@pytest.mark.parametrize("seed", range(8))
def test_no_exact_plan_passes_the_bound_of_the_prices(seed):
    made = replace(generate(2, courses=4, trainers=6, lines=2, money=0.3, seed=seed), targets=())
    best = exact(made)
    found = fast(made)
    assert worth(made, best) <= found.bound * (1 + 1e-6)
    assert worth(made, found) >= 0.95 * worth(made, best)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_prices_the_bound_holds(seed):
    """Also prices drawn at random prove a bound, only a worse one."""
    made = replace(generate(2, courses=4, trainers=6, lines=2, money=0.3, seed=seed), targets=())
    a = arrays(made)
    dual = Dual(a, a.value, 0.0)
    rng = np.random.default_rng(seed)
    best = worth(made, exact(made))
    for _ in range(20):
        assert dual(rng.gamma(1, 1, sum(dual.sizes))).bound >= best * (1 - 1e-9)


def test_the_slope_of_the_bound_is_its_slope():
    """Against differences, where the soft minimum leaves no kink of lines or trainers."""
    made = generate(4, courses=6, trainers=8, lines=3, seed=2)
    a = arrays(made)
    dual = Dual(a, a.value, 3.0)
    at = np.random.default_rng(1).gamma(2, 0.2, sum(dual.sizes))
    slope = dual(at, 0.05).slope
    for i in range(at.size):
        step = np.zeros(at.size)
        step[i] = 1e-7
        ahead, behind = dual(at + step, 0.05).bound, dual(at - step, 0.05).bound
        assert slope[i] == pytest.approx((ahead - behind) / 2e-7, rel=1e-3, abs=1e-2)


def test_locked_classes_stand(locked):
    assert sum(row.venue == "hall" for row in fast(locked).classes) >= 2


def test_the_bound_holds_with_locks_that_cost_more_than_they_bring(scenario):
    made = scenario(gains=(replace(scenario().gains[0], people=12), replace(scenario().gains[1], people=50)))
    made = replace(made, locks=(Lock("BASIC", "hall", 1), Lock("BASIC", "school", 2)))
    assert worth(made, exact(made)) <= fast(made).bound + 1e-6


def test_locks_without_room_are_refused(scenario):
    made = scenario(
        locks=(Lock("BASIC", "hall", 2),), rooms=(Room("hall", "classroom", 2), Room("school", "classroom", 9))
    )
    with pytest.raises(ValueError, match="unlock a class"):
        fast(made)


def test_targets_come_before_gain(with_target):
    found = fast(with_target)
    assert sum(people for row in found.classes for group, people in row.groups if group == "far") >= 39


def test_two_targets_are_both_reached(scenario):
    both = (Target("farmers", ("BASIC",), ("farmer",), 20), Target("officials", ("BASIC",), ("official",), 20))
    made = scenario(targets=both)
    seated = {"near": 0, "far": 0}
    for row in fast(made).classes:
        for group, people in row.groups:
            seated[group] += people
    assert min(seated.values()) >= 19


def test_the_only_able_trainer_is_not_spent_twice(scenario):
    made = scenario(trainers=(Trainer("Mai", ("digital",), 5), Trainer("Lan", ("sewing",), 100)))
    assert [row.trainer for row in fast(made).classes] == ["Mai", "Mai"]


def test_a_district_is_planned_alike_twice():
    made = generate(12, seed=4)
    first, second = (fast(made, gap=0.03, time_limit=60.0) for _ in range(2))
    assert (first.classes, first.bound) == (second.classes, second.bound)
