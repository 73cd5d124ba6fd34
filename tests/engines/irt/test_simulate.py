"""What simulated people show of a setting: intervals that hold, and assumptions that are wrong."""

from importlib import import_module

import numpy as np
import pytest

from chiakhoa.engines.irt import Blueprint, Items, Prior, correlations
from chiakhoa.engines.irt.simulate import answers, by_ability, confusion, draw, learn, simulate, sittings, summary

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


@pytest.fixture(scope="module")
def sharp():
    """A bank in which every domain can reach its target: 240 items, forty a domain."""
    chance = np.random.default_rng(240)
    guessed = np.where(np.arange(240) % 2, 0.0, 0.2)
    return Items(np.arange(240) % 6, chance.lognormal(0.3, 0.25, 240), chance.normal(0, 1.2, 240), guessed)


@pytest.mark.parametrize(
    ("assumed", "mean", "before"),
    [(0.5, 0.0, (0.95, 0.98)), (0.85, 0.0, (0.86, 0.92)), (0.7, 0.7, (0.92, 0.96)), (0.85, -0.7, (0.85, 0.92))],
    ids=["too low", "too high", "shifted", "too high and shifted"],
)
def test_intervals_hold_again_once_the_population_is_learned_from_the_answers(sharp, assumed, mean, before):
    theta = draw(1500, correlated(0.7, mean), 3)
    found = learn(theta, sharp, correlated(assumed), Blueprint(np.full(6, 2), 60, np.full(6, 0.45)), 3)
    assert found.settled
    assert before[0] < found.assumed.coverage.mean() < before[1]
    assert 0.93 < found.learned.coverage.mean() < 0.97
    assert correlations(found.population)[np.triu_indices(6, 1)].mean() == pytest.approx(0.7, abs=0.05)
    assert found.population.mean.mean() == pytest.approx(mean, abs=0.08)


def test_by_ability_all_people_are_counted_and_the_middle_is_covered(bank, prior):
    theta = draw(1000, prior, 9)
    found = by_ability(theta, sittings(theta, bank, prior, PLAN, 9))
    assert found.count.sum() == 6 * 1000
    assert found.at[0] == -2.75
    middle = np.abs(found.at) < 1
    assert (np.abs(found.coverage[middle] - 0.95) < 0.04).all()
    # Shrinkage: the able are underestimated, the others overestimated.
    assert found.bias[found.at > 1.5].max() < 0 < found.bias[found.at < -1.5].min()


def test_grades_given_and_true_share_all_people(bank, prior):
    theta = draw(300, prior, 10)
    sat = sittings(theta, bank, prior, PLAN, 10)
    cuts = np.array([-1.0, 0.0, 1.0])
    shares = confusion(theta, sat, cuts)
    assert shares.sum() == pytest.approx(1)
    assert np.trace(shares) == pytest.approx(summary(theta, sat, 72, PLAN, cuts).accuracy.mean())


def test_answers_of_sittings_as_a_table_are_those_that_were_given(bank, prior):
    sat = sittings(draw(20, prior, 11), bank, prior, PLAN, 11)
    table = answers(sat, 72)
    assert (~np.isnan(table)).sum() == sat.length.sum()
    assert (table[np.arange(20), sat.shown[:, 0]] == sat.score[:, 0]).all()


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
