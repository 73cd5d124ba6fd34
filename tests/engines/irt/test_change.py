"""What changed between two tests: exact in the normal case, honest in simulated tests, and silent where it must be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats, integers

from chiakhoa.engines.irt import Items, Prior, Step, change, combine, draw, posterior, probability

DOMAINS = 3
COV = np.full((DOMAINS, DOMAINS), 0.7) + 0.3 * np.eye(DOMAINS)
COURSE = 0.36


def covariance(seed: int, size: int = DOMAINS) -> np.ndarray:
    root = np.random.default_rng(seed).normal(size=(size, size))
    return root @ root.T + 0.1 * np.eye(size)


def sat(theta: np.ndarray, prior: Prior, seed: int, length: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """Beliefs after a test of each of these people."""
    chance = np.random.default_rng(seed)
    slope, level = chance.uniform(0.8, 1.6, length), chance.normal(0, 1, length)
    items = Items(np.arange(length) % DOMAINS, slope, level, np.full(length, 0.2))
    right = chance.random((len(theta), length)) < probability(theta[:, items.domain], items.a, items.b, items.c)
    said = posterior(items, right.astype(float), prior)
    return said.mean, said.cov


def changed_by(noise: np.ndarray, people: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True change, and the mean and error that two tests give of it; abilities move by `noise`, as is assumed."""
    chance = np.random.default_rng(seed)
    first = draw(people, Prior(np.zeros(DOMAINS), COV), seed)
    moved = chance.multivariate_normal(np.zeros(DOMAINS), noise, people)
    m1, c1 = sat(first, Prior(np.zeros(DOMAINS), COV), seed + 1)
    m2, c2 = sat(first + moved, Prior(m1, c1 + noise), seed + 2)
    mean, cov = change(m1, c1, [Step(noise, m2, c2)])
    return moved, mean, np.sqrt(np.diagonal(cov, axis1=1, axis2=2))


@given(integers(0, 10_000), integers(1, 4))
def test_it_is_the_change_of_the_joint_normal_posterior(seed: int, size: int) -> None:
    """All abilities and observations in one long vector, conditioned at once, as a textbook would."""
    chance = np.random.default_rng(seed)
    start, mean = covariance(seed, size), chance.normal(size=size)
    noises = [covariance(seed + k, size) for k in range(1, 4)]
    observed, errors = chance.normal(size=(4, size)), chance.uniform(0.2, 2.0, (4, size))
    moments = np.array([start, *noises])
    # Cov(θ_j, θ_k) is the variance gathered up to the earlier of them.
    gathered = np.cumsum(moments, axis=0)
    joint = np.block([[gathered[min(j, k)] for k in range(4)] for j in range(4)])
    seen = joint + np.diag(errors.ravel())
    gain = joint @ np.linalg.inv(seen)
    after = np.tile(mean, 4) + gain @ (observed.ravel() - np.tile(mean, 4))
    cov = joint - gain @ joint
    contrast = np.hstack([-np.eye(size), np.zeros((size, 2 * size)), np.eye(size)])

    m, c = combine(mean[None], start[None], observed[:1], 1 / errors[:1])
    first, steps = (m[0], c[0]), []
    for k in range(1, 4):
        m, c = combine(m, c + noises[k - 1], observed[k : k + 1], 1 / errors[k : k + 1])
        steps.append(Step(noises[k - 1], m[0], c[0]))
    found = change(*first, steps)
    assert found[0] == pytest.approx(contrast @ after, abs=1e-7)
    assert found[1] == pytest.approx(contrast @ cov @ contrast.T, abs=1e-7)


def test_of_two_tests_it_is_the_short_formula() -> None:
    c1, q, c2 = covariance(1), covariance(2), covariance(3)
    m1, m2 = np.array([0.1, -0.5, 2.0]), np.array([1.0, 0.0, 1.5])
    j = q @ np.linalg.inv(c1 + q)
    mean, cov = change(m1, c1, [Step(q, m2, c2)])
    assert mean == pytest.approx(j @ (m2 - m1))
    assert cov == pytest.approx(q - j @ q + j @ c2 @ j.T)


@given(floats(-3, 3))
def test_where_nothing_may_move_nothing_has_changed(away: float) -> None:
    mean, cov = change(np.zeros(2), np.eye(2), [Step(np.zeros((2, 2)), np.full(2, away), np.eye(2) / 2)])
    assert mean == pytest.approx(0, abs=1e-9)
    assert cov == pytest.approx(0, abs=1e-9)


def test_95_percent_intervals_hold_the_true_change_of_simulated_tests() -> None:
    moved, mean, se = changed_by(COURSE * np.eye(DOMAINS), 4000, 7)
    # Some more than 95 %: beliefs are put at modes, and expected curvature says less of guessed items than was seen.
    assert 0.945 < np.mean(np.abs(moved - mean) <= 1.96 * se) < 0.98
    assert (mean - moved).mean() == pytest.approx(0, abs=0.02)


def test_who_has_not_moved_is_said_to_have_risen_less_often_than_once_in_forty() -> None:
    """The interval is wide enough for those who learnt nothing although a course might have moved them."""
    people = 4000
    still = draw(people, Prior(np.zeros(DOMAINS), COV), 3)
    noise = COURSE * np.eye(DOMAINS)
    m1, c1 = sat(still, Prior(np.zeros(DOMAINS), COV), 4)
    m2, c2 = sat(still, Prior(m1, c1 + noise), 5)
    mean, cov = change(m1, c1, [Step(noise, m2, c2)])
    risen = mean - 1.96 * np.sqrt(np.diagonal(cov, axis1=1, axis2=2)) > 0
    assert risen.mean() < 0.025


def test_a_great_rise_in_long_tests_is_said_where_much_may_move() -> None:
    """With the variance assumed of a course (0.36) and short tests the words stay silent; that is what is known then."""
    noise = np.eye(DOMAINS)
    first = draw(1000, Prior(np.zeros(DOMAINS), COV), 3)
    m1, c1 = sat(first, Prior(np.zeros(DOMAINS), COV), 4, length=90)
    m2, c2 = sat(first + 2.0, Prior(m1, c1 + noise), 5, length=90)
    mean, cov = change(m1, c1, [Step(noise, m2, c2)])
    low = mean - 1.96 * np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
    assert (low > 0).any(axis=1).mean() > 0.5


def test_many_people_at_once_are_as_each_alone() -> None:
    _moved, mean, se = changed_by(COURSE * np.eye(DOMAINS), 5, 2)
    assert mean.shape == se.shape == (5, DOMAINS)
    c1, c2, q = (
        np.array([covariance(k) for k in range(5)]),
        np.array([covariance(k + 9) for k in range(5)]),
        covariance(50),
    )
    m1, m2 = np.random.default_rng(1).normal(size=(2, 5, DOMAINS))
    together = change(m1, c1, [Step(q, m2, c2)])
    alone = [change(m1[k], c1[k], [Step(q, m2[k], c2[k])]) for k in range(5)]
    assert together[0] == pytest.approx(np.array([one[0] for one in alone]))
    assert together[1] == pytest.approx(np.array([one[1] for one in alone]))
