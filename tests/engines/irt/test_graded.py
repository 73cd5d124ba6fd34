"""The graded response model: laws of its curves, and calibration against a plain optimiser and a known truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats
from scipy.optimize import minimize

from chiakhoa.engines.irt import information
from chiakhoa.engines.irt.calibrate import calibrate
from chiakhoa.engines.irt.graded import calibrate_graded, graded_information, graded_probability

A = np.array([1.0, 1.6, 0.8])
B = np.array([[-1.0, 0.2, 1.3], [-0.5, 0.5, np.nan], [0.3, np.nan, np.nan]])


def drawn(people: int, seed: int, a: np.ndarray = A, b: np.ndarray = B) -> np.ndarray:
    chance = np.random.default_rng(seed)
    above = np.cumsum(graded_probability(chance.normal(size=people), a, b), axis=2)
    return (chance.random((people, len(a), 1)) > above).sum(axis=2).astype(np.float64)


@given(theta=floats(-5, 5))
def test_the_categories_of_an_item_share_one(theta):
    p = graded_probability(np.array([theta]), A, B)
    assert p.shape == (1, 3, 4)
    assert p.sum(axis=2) == pytest.approx(np.ones((1, 3)))
    assert (p[0, 1, 3], p[0, 2, 2]) == (0, 0)


@given(theta=floats(-4, 4), more=floats(0.01, 3))
def test_the_abler_reach_higher_categories(theta, more):
    low, high = (graded_probability(np.array([at]), A, B)[0] @ np.arange(4) for at in (theta, theta + more))
    assert (high > low).all()


@given(theta=floats(-4, 4))
def test_two_categories_tell_what_the_two_parameter_item_tells(theta):
    ours = graded_information(np.array([theta]), A[2:], B[2:])[0, 0]
    assert ours == pytest.approx(float(information(np.array(theta), A[2], B[2, 0], np.array(0.0))))


def test_with_two_categories_calibration_is_that_of_the_two_parameter_model(lsat6):
    graded, plain = calibrate_graded(lsat6), calibrate(lsat6)
    assert graded.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-4)
    assert graded.a == pytest.approx(plain.a, abs=2e-3)
    assert graded.b[:, 0] == pytest.approx(plain.b, abs=1e-2)


def test_the_estimates_are_those_of_a_plain_optimiser():
    table = drawn(1500, 1, A, np.array([[-1.0, 1.3], [-0.5, 1.0], [0.0, 0.8]]))
    patterns, counts = np.unique(table.astype(int), axis=0, return_counts=True)
    nodes = np.linspace(-6, 6, 61)
    weight = np.exp(-0.5 * nodes**2) / np.exp(-0.5 * nodes**2).sum()

    def minus(x: np.ndarray) -> float:
        log_a, first, gap = x.reshape(3, 3).T
        p = graded_probability(nodes, np.exp(log_a), np.column_stack([first, first + np.exp(gap)]))
        each = p[:, 0, patterns[:, 0]] * p[:, 1, patterns[:, 1]] * p[:, 2, patterns[:, 2]]
        return -float(counts @ np.log(each.T @ weight))

    best = minimize(minus, np.tile([0.0, -1.0, 0.0], 3), method="BFGS", options={"gtol": 1e-3})
    found = calibrate_graded(table, tolerance=1e-5)
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-3)
    assert found.a == pytest.approx(np.exp(best.x[::3]), abs=0.01)
    assert found.b[:, 0] == pytest.approx(best.x[1::3], abs=0.01)


def test_known_items_are_found_as_surely_as_the_errors_say():
    chance = np.random.default_rng(3)
    a, b = chance.lognormal(0.2, 0.25, 20), np.sort(chance.normal(0, 1, (20, 3)), axis=1) + np.array([-0.4, 0, 0.4])
    table = drawn(3000, 4, a, b)
    table[chance.random(table.shape) < 0.3] = np.nan
    found = calibrate_graded(table)
    assert found.converged
    away = np.column_stack([(found.a - a) / found.se_a, (found.b - b) / found.se_b])
    assert 0.8 < np.sqrt((away**2).mean()) < 1.2


@pytest.mark.parametrize(
    ("table", "word"),
    [
        (np.array([[0.0, 1.0], [1.0, 0.5]]), "person 1, item 1"),
        (np.array([[0.0, 0.0], [2.0, 1.0]]), "item 0 has no answer in category 1"),
        (np.array([[0.0, 0.0], [1.0, 0.0]]), "item 1 has no answers in two"),
        (np.zeros(3), "persons, items"),
    ],
)
def test_what_cannot_be_calibrated_is_refused_in_words(table, word):
    with pytest.raises(ValueError, match=word):
        calibrate_graded(table)
