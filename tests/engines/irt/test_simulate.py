"""What simulated people show of a setting: intervals that hold, and assumptions that are wrong."""

from importlib import import_module

import numpy as np
import pytest

from chiakhoa.engines.irt import Blueprint, Prior
from chiakhoa.engines.irt.simulate import draw, simulate

PLAN = Blueprint(np.full(6, 2), 24, np.full(6, 0.45))


def correlated(correlation: float, mean: float = 0.0) -> Prior:
    return Prior(np.full(6, mean), np.full((6, 6), correlation) + (1 - correlation) * np.eye(6))


@pytest.fixture(scope="module")
def outcome(bank, prior):
    cuts = np.array([-1.0, 0.0, 1.0])
    return simulate(draw(2500, prior, 5), bank, prior, PLAN, 5, cuts=cuts)


def test_intervals_hold_the_true_ability_as_often_as_they_say(outcome):
    assert outcome.coverage.min() >= 0.93
    assert outcome.coverage.max() <= 0.97


def test_estimates_err_as_much_as_their_errors_say_and_to_neither_side(outcome):
    assert outcome.rmse == pytest.approx(outcome.se, rel=0.08)
    assert np.abs(outcome.bias).max() < 0.05


def test_lengths_exposure_and_grades_add_up(outcome):
    assert outcome.people == 2500
    assert outcome.length_min <= outcome.length_mean <= outcome.length_max <= 24
    assert outcome.exposure.sum() == pytest.approx(outcome.length_mean)
    assert (outcome.accuracy > 0.5).all()
    assert (outcome.accuracy_within_one >= outcome.accuracy).all()


@pytest.mark.parametrize("assumed", [0.5, 0.85])
def test_a_wrong_correlation_costs_little_coverage(bank, prior, assumed):
    outcome = simulate(draw(1000, prior, 6), bank, correlated(assumed), PLAN, 6)
    assert outcome.coverage.mean() > 0.90


def test_a_population_the_prior_does_not_expect_is_pulled_to_it(bank, prior):
    outcome = simulate(draw(1000, correlated(0.7, mean=1.0), 7), bank, prior, PLAN, 7)
    assert (outcome.bias < -0.05).all()


def test_groups_of_people_are_reported_as_they_finish(bank, prior, monkeypatch):
    monkeypatch.setattr(import_module("chiakhoa.engines.irt.simulate"), "GROUP", 20)
    done: list[int] = []
    simulate(draw(50, prior, 8), bank, prior, PLAN, 8, watch=done.append)
    assert done == [20, 20, 10]


def test_nobody_to_simulate_is_refused(bank, prior):
    with pytest.raises(ValueError, match="at least one person"):
        simulate(np.zeros((0, 6)), bank, prior, PLAN, 1)
