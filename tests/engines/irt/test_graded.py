"""The graded response model: laws of its curves, and calibration against a plain optimiser and a known truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats
from scipy import sparse
from scipy.optimize import minimize

from chiakhoa.engines.irt import information
from chiakhoa.engines.irt.calibrate import calibrate
from chiakhoa.engines.irt.graded import graded_information, graded_probability
from chiakhoa.engines.irt.graded_calibrate import NODES, _Work, calibrate_graded

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


def test_the_default_prior_keeps_small_samples_within_reason():
    chance = np.random.default_rng(8)
    a, b = chance.lognormal(0.2, 0.25, 12), np.sort(chance.normal(0, 1, (12, 3)), axis=1) + np.array([-0.4, 0, 0.4])
    plain, helped = [], []
    for seed in range(5):
        table = drawn(150, 40 + seed, a, b)
        used = [i for i in range(12) if len(np.unique(table[:, i])) == 4]
        for kind, errors in (("none", plain), ("default", helped)):
            found = calibrate_graded(table[:, used], prior=kind)
            errors.append(np.sqrt(((found.b - b[used]) ** 2).mean()))
            assert found.converged
    assert np.mean(helped) < np.mean(plain)


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


def test_the_slopes_of_categories_in_the_parameters_are_those_of_differences():
    chance = np.random.default_rng(12)
    real = ~np.isnan(B)
    work = _Work(sparse.csr_array((1, 12)), real, 1.0)
    x = np.column_stack([np.log(A), np.where(real, -A[:, None] * B, 0.0)])
    bend, _p = work.bends(x)
    for k in range(x.shape[1]):
        side = np.zeros(x.shape)
        side[:, k] = 1e-6
        high, low = (np.diff(-work.curves(x + sign * side), axis=2) for sign in (1, -1))
        live = np.ones(3, dtype=bool) if k == 0 else real[:, k - 1]
        assert bend[live][..., k] == pytest.approx(((high - low) / 2e-6)[live], abs=1e-6)
    counts = chance.random((3, len(NODES), 4)) * np.concatenate([np.ones((3, 1)), real], axis=1)[:, None, :]
    assert (work._height(work._step(x, counts), counts) >= work._height(x, counts)).all()
