"""Beliefs after answers, against brute force over a fine grid, and the laws they obey."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import floats, integers, sampled_from

from chiakhoa.engines.irt import Items, Prior, assume_density, combine, information, posterior, probability, widen

GRID = np.linspace(-7, 7, 281)
ONE = Prior(np.zeros(1), np.ones((1, 1)))


def two_domains(correlation: float = 0.6) -> Prior:
    return Prior(np.array([0.3, -0.2]), np.array([[1.0, correlation], [correlation, 1.2]]))


def log_posterior(theta: np.ndarray, items: Items, answers: np.ndarray, prior: Prior) -> np.ndarray:
    """At abilities (N, D), for one person's answers (I,), up to a constant."""
    p = probability(theta[:, items.domain], items.a, items.b, items.c, items.d)
    said = np.where(np.isnan(answers), 0.0, np.where(answers == 1, np.log(p), np.log(1 - p))).sum(axis=1)
    away = theta - prior.mean
    return said - 0.5 * np.einsum("ni,ij,nj->n", away, np.linalg.inv(prior.covariance), away)


def brute(items: Items, answers: np.ndarray, prior: Prior) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of one person's posterior over two domains, summed over the grid."""
    points = np.stack(np.meshgrid(GRID, GRID, indexing="ij"), axis=-1).reshape(-1, 2)
    level = log_posterior(points, items, answers, prior)
    weight = np.exp(level - level.max())
    weight /= weight.sum()
    mean = weight @ points
    return mean, (points - mean).T @ ((points - mean) * weight[:, None])


@pytest.mark.parametrize("score", [0.0, 1.0])
@pytest.mark.parametrize(("a", "b", "c"), [(1.0, 0.0, 0.0), (2.2, 1.5, 0.2), (0.6, -2.0, 0.25)])
def test_one_answer_changes_mean_and_covariance_as_the_grid_says(a, b, c, score):
    prior = two_domains()
    items = Items(np.array([1]), np.array([a]), np.array([b]), np.array([c]))
    mean, cov = assume_density(
        prior.mean[None], prior.covariance[None], items.domain, items.a, items.b, items.c, np.array([score])
    )
    true_mean, true_cov = brute(items, np.array([score]), prior)
    assert mean[0] == pytest.approx(true_mean, abs=1e-4)
    assert cov[0] == pytest.approx(true_cov, abs=1e-4)


def test_answers_one_by_one_come_close_to_the_grid():
    prior, chance = two_domains(), np.random.default_rng(3)
    items = Items(np.arange(12) % 2, chance.uniform(0.8, 1.6, 12), chance.normal(0, 1, 12), np.zeros(12))
    answers = np.array([1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1.0])
    mean, cov = prior.mean[None], prior.covariance[None]
    for i in range(12):
        mean, cov = assume_density(
            mean,
            cov,
            items.domain[i : i + 1],
            items.a[i : i + 1],
            items.b[i : i + 1],
            items.c[i : i + 1],
            answers[i : i + 1],
        )
    true_mean, true_cov = brute(items, answers, prior)
    assert mean[0] == pytest.approx(true_mean, abs=0.02)
    assert cov[0] == pytest.approx(true_cov, abs=0.02)


@pytest.mark.parametrize("pattern", ["mixed", "right", "wrong", "gaps"])
def test_the_mode_is_where_the_posterior_is_level_and_highest(pattern):
    prior, chance = two_domains(), np.random.default_rng(5)
    items = Items(np.arange(20) % 2, chance.uniform(0.7, 2.0, 20), chance.normal(0, 1, 20), np.zeros(20))
    answers = {
        "mixed": (np.arange(20) % 3 > 0).astype(float),
        "right": np.ones(20),
        "wrong": np.zeros(20),
        "gaps": np.where(np.arange(20) % 4, np.nan, 1.0),
    }[pattern]
    mode = posterior(items, answers[None], prior).mean[0]
    for side in np.eye(2) * 1e-4:
        up, here, down = (log_posterior((mode + s)[None], items, answers, prior)[0] for s in (side, 0 * side, -side))
        assert abs(up - down) / 2e-4 < 1e-3
        assert here > max(up, down)
    points = np.stack(np.meshgrid(GRID, GRID, indexing="ij"), axis=-1).reshape(-1, 2)
    best = points[log_posterior(points, items, answers, prior).argmax()]
    assert np.abs(best - mode).max() < 0.06


def test_the_precision_gained_is_the_information_at_the_mode():
    prior, chance = two_domains(), np.random.default_rng(6)
    items = Items(np.arange(20) % 2, chance.uniform(0.7, 2.0, 20), chance.normal(0, 1, 20), np.full(20, 0.2))
    after = posterior(items, (np.arange(20) % 3 > 0).astype(float)[None], prior)
    told = information(after.mean[0][items.domain], items.a, items.b, items.c)
    gained = np.linalg.inv(after.cov[0]) - np.linalg.inv(prior.covariance)
    assert gained == pytest.approx(np.diag(np.bincount(items.domain, told)), abs=1e-8)


def test_many_answers_agree_with_the_grid_but_for_the_skew_a_mode_leaves_out():
    prior, chance = two_domains(), np.random.default_rng(7)
    items = Items(np.arange(40) % 2, chance.uniform(0.7, 2.0, 40), chance.normal(0, 1, 40), np.zeros(40))
    answers = (chance.random(40) < 0.6).astype(float)
    after = posterior(items, answers[None], prior)
    true_mean, true_cov = brute(items, answers, prior)
    assert after.mean[0] == pytest.approx(true_mean, abs=0.05)
    assert after.cov[0] == pytest.approx(true_cov, abs=0.05)


@given(b=floats(-4, 4), a=floats(0.2, 4), score=sampled_from([0.0, 1.0]), m=floats(-3, 3), v=floats(0.05, 4))
def test_an_answer_without_guessing_never_makes_us_less_sure(a, b, score, m, v):
    one = (np.array([0]), np.array([a]), np.array([b]), np.zeros(1), np.array([score]))
    mean, cov = assume_density(np.full((1, 1), m), np.full((1, 1, 1), v), *one)
    assert cov[0, 0, 0] <= v * (1 + 1e-9)
    assert (mean[0, 0] > m) == (score == 1)


@settings(max_examples=30)
@given(seed=integers(0, 10_000))
def test_the_order_of_items_does_not_matter(seed, prior):
    chance = np.random.default_rng(seed)
    items = Items(chance.integers(0, 6, 15), chance.uniform(0.5, 2, 15), chance.normal(0, 1, 15), np.zeros(15))
    answers = np.where(chance.random((3, 15)) < 0.2, np.nan, (chance.random((3, 15)) < 0.5).astype(float))
    order = chance.permutation(15)
    one, other = posterior(items, answers, prior), posterior(items.take(order), answers[:, order], prior)
    assert one.mean == pytest.approx(other.mean, abs=1e-6)
    assert one.cov == pytest.approx(other.cov, abs=1e-6)
    assert (np.diagonal(one.cov, axis1=1, axis2=2) <= np.diagonal(prior.covariance) + 1e-12).all()


def test_without_answers_the_belief_stays_the_prior(bank, prior):
    after = posterior(bank, np.full((2, len(bank)), np.nan), prior)
    assert after.mean == pytest.approx(np.zeros((2, 6)))
    assert after.cov[0] == pytest.approx(prior.covariance)


def test_everyone_may_come_with_a_prior_of_their_own():
    items = Items(np.zeros(5), np.ones(5), np.linspace(-1, 1, 5), np.zeros(5))
    answers = np.array([[1, 1, 0, 0, 1.0]] * 2)
    own = Prior(np.array([[-1.0], [1.0]]), np.array([[[0.5]], [[1.5]]]))
    both = posterior(items, answers, own)
    for i in range(2):
        alone = posterior(items, answers[i : i + 1], Prior(own.mean[i], own.covariance[i]))
        assert both.mean[i] == pytest.approx(alone.mean[0])
        assert both.cov[i] == pytest.approx(alone.cov[0])


def test_an_answer_in_one_domain_moves_the_correlated_domain_less(prior):
    one = (np.array([0]), np.array([1.5]), np.zeros(1), np.zeros(1), np.ones(1))
    mean, _cov = assume_density(prior.mean[None], prior.covariance[None], *one)
    assert mean[0, 1:] == pytest.approx(0.7 * mean[0, 0])


def test_time_widens_every_domain_alike():
    cov = np.array([[[0.2, 0.1], [0.1, 0.3]]])
    assert widen(cov, 0.1, 2.0)[0] == pytest.approx(np.array([[0.4, 0.1], [0.1, 0.5]]))
    assert widen(np.repeat(cov, 2, axis=0), 0.1, np.array([0.0, 1.0]))[1, 0, 0] == pytest.approx(0.3)


def test_an_opinion_as_sure_as_the_belief_meets_it_half_way():
    mean, cov = combine(np.zeros((1, 1)), np.full((1, 1, 1), 0.5), np.ones((1, 1)), np.full((1, 1), 2.0))
    assert mean[0, 0] == pytest.approx(0.5)
    assert cov[0, 0, 0] == pytest.approx(0.25)


def test_a_domain_without_opinion_moves_only_through_its_neighbour():
    apart = np.array([[[1.0, 0.0], [0.0, 1.0]]])
    mean, cov = combine(np.zeros((1, 2)), apart, np.array([[1.0, np.nan]]), np.array([[1.0, 0.0]]))
    assert mean[0] == pytest.approx([0.5, 0.0])
    assert cov[0, 1, 1] == pytest.approx(1.0)


@pytest.mark.parametrize(("wrong", "word"), [(2.0, "person 0, item 1"), (-1.0, "person 0, item 1")])
def test_an_answer_that_is_none_is_refused_by_its_place(wrong, word):
    items = Items(np.zeros(2), np.ones(2), np.zeros(2), np.zeros(2))
    with pytest.raises(ValueError, match=word):
        posterior(items, np.array([[1.0, wrong]]), ONE)


def test_answers_to_another_number_of_items_are_refused():
    with pytest.raises(ValueError, match="3 items"):
        posterior(Items(np.zeros(3), np.ones(3), np.zeros(3), np.zeros(3)), np.ones((1, 2)), ONE)


def test_an_item_that_even_the_ablest_miss_moves_the_belief_as_the_grid_says():
    prior = two_domains()
    items = Items(
        np.array([0, 0, 1]), np.array([1.5, 2.0, 1.0]), np.array([-1.0, 0.5, 0.0]), np.full(3, 0.1), np.full(3, 0.9)
    )
    answers = np.array([0.0, 1.0, 1.0])
    mode = posterior(items, answers[None], prior).mean[0]
    for side in np.eye(2) * 1e-4:
        up, down = (log_posterior((mode + s)[None], items, answers, prior)[0] for s in (side, -side))
        assert abs(up - down) / 2e-4 < 1e-3
    one = (items.domain[:1], items.a[:1], items.b[:1], items.c[:1], answers[:1], items.d[:1])
    mean, cov = assume_density(prior.mean[None], prior.covariance[None], *one)
    true_mean, true_cov = brute(items.take([0]), answers[:1], prior)
    assert mean[0] == pytest.approx(true_mean, abs=1e-4)
    assert cov[0] == pytest.approx(true_cov, abs=1e-4)
