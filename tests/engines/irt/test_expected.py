"""Posterior means by quadrature: exact with one domain, against brute force with two, graded items too."""

import numpy as np
import pytest
from scipy.special import roots_hermitenorm

from chiakhoa.engines.irt import GradedItems, Items, Prior, expected, posterior
from chiakhoa.engines.irt.models import Bank

GRID = np.linspace(-7, 7, 281)
# Item parameters and scores (posterior means) of all answer patterns as the NAG Library manual prints them, routine G11SAF,
# for 1,000 persons; the method is that of Bartholomew (1980), J. R. Stat. Soc. B 42.
NAG_A, NAG_INTERCEPT = [1.045, 1.409, 2.659, 1.122], [-1.276, 0.424, 1.615, -0.062]
NAG_SCORES = {
    "0000": -1.273, "1000": -0.873, "0001": -0.846, "0100": -0.747, "1001": -0.494, "1100": -0.399, "0101": -0.374,
    "0010": -0.332, "1101": -0.019, "1010": 0.027, "0011": 0.055, "0110": 0.162, "1011": 0.466, "1110": 0.591,
    "0111": 0.626, "1111": 1.144,
}  # fmt: skip


def mixed(size: int, seed: int, c: float = 0.2) -> Items:
    chance = np.random.default_rng(seed)
    return Items(np.arange(size) % 2, chance.uniform(0.7, 2.2, size), chance.normal(0, 1, size), np.full(size, c))


def graded(size: int, seed: int) -> GradedItems:
    chance = np.random.default_rng(seed)
    b = np.sort(chance.normal(0, 1, (size, 3)), axis=1) + np.array([-0.3, 0, 0.3])
    b[0, 2] = np.nan
    return GradedItems(np.arange(size) % 2, chance.uniform(0.8, 2, size), b)


def brute(items: Bank, answers: np.ndarray, prior: Prior) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, covariance and mode of one person's posterior over two domains, summed over a grid."""
    points = np.stack(np.meshgrid(GRID, GRID, indexing="ij"), axis=-1).reshape(-1, 2)
    level = items.reply(points[:, items.domain], np.repeat(answers[None], len(points), axis=0)).level.sum(axis=1)
    away = points - prior.mean
    level -= 0.5 * np.einsum("ni,ij,nj->n", away, np.linalg.inv(prior.covariance), away)
    weight = np.exp(level - level.max())
    weight /= weight.sum()
    mean = weight @ points
    return mean, (points - mean).T @ ((points - mean) * weight[:, None]), points[level.argmax()]


TWO = Prior(np.array([0.3, -0.2]), np.array([[1.0, 0.6], [0.6, 1.2]]))


@pytest.mark.parametrize("items", [mixed(14, 1), mixed(30, 2, 0.0), graded(10, 3)], ids=["guessed", "plain", "graded"])
@pytest.mark.parametrize("pattern", ["mixed", "top", "bottom", "one domain", "none"])
def test_means_and_covariances_are_those_of_the_grid(items, pattern):
    chance = np.random.default_rng(4)
    answers = {
        "mixed": np.floor(chance.random(len(items)) * (items.highest() + 1)),
        "top": items.highest().astype(float),
        "bottom": np.zeros(len(items)),
        "one domain": np.where(items.domain == 1, 1.0, np.nan),
        "none": np.full(len(items), np.nan),
    }[pattern]
    found = expected(items, answers[None], TWO)
    mean, cov, _mode = brute(items, answers, TWO)
    assert found.mean[0] == pytest.approx(mean, abs=0.01)
    assert found.cov[0] == pytest.approx(cov, abs=0.01)


def test_the_mode_of_graded_answers_is_that_of_the_grid():
    items, chance = graded(10, 5), np.random.default_rng(6)
    answers = np.floor(chance.random(10) * (items.highest() + 1))
    _mean, _cov, mode = brute(items, answers, TWO)
    assert posterior(items, answers[None], TWO).mean[0] == pytest.approx(mode, abs=0.03)


def test_one_domain_gives_the_published_scores_of_every_pattern():
    a = np.array(NAG_A)
    items = Items(np.zeros(4), a, -np.array(NAG_INTERCEPT) / a, np.zeros(4))
    answers = np.array([[float(digit) for digit in pattern] for pattern in NAG_SCORES])
    found = expected(items, answers, Prior(np.zeros(1), np.ones((1, 1))))
    # The manual used ten nodes; ours are many, so the last digit may differ.
    assert found.mean[:, 0] == pytest.approx(list(NAG_SCORES.values()), abs=0.02)


def test_one_domain_is_exact_where_gauss_and_hermite_are():
    items = Items(np.zeros(6), np.linspace(0.6, 1.6, 6), np.linspace(-1, 1, 6), np.full(6, 0.2))
    answers = np.array([1, 1, 0, 1, 0, 0.0])
    found = expected(items, answers[None], Prior(np.array([0.4]), np.array([[1.3]])))
    nodes, weights = roots_hermitenorm(80)
    theta = 0.4 + np.sqrt(1.3) * nodes
    weights = weights * np.exp(
        items.reply(np.repeat(theta[:, None], 6, axis=1), np.repeat(answers[None], 80, axis=0)).level.sum(axis=1)
    )
    mean = weights @ theta / weights.sum()
    assert found.mean[0, 0] == pytest.approx(mean, abs=1e-8)
    assert found.cov[0, 0, 0] == pytest.approx(weights @ (theta - mean) ** 2 / weights.sum(), abs=1e-8)


def test_a_sharp_test_far_from_the_prior_is_not_lost_between_nodes():
    items = Items(np.zeros(400), np.full(400, 2.5), np.linspace(2, 4, 400), np.zeros(400))
    answers = (items.b < 3).astype(float)[None]
    found = expected(items, answers, Prior(np.zeros(1), np.ones((1, 1))))
    assert found.mean[0, 0] == pytest.approx(3.0, abs=0.02)
    assert found.cov[0, 0, 0] == pytest.approx(
        posterior(items, answers, Prior(np.zeros(1), np.ones((1, 1)))).cov[0, 0, 0], rel=0.1
    )


@pytest.mark.parametrize("items", [mixed(8, 7), graded(6, 8)], ids=["logistic", "graded"])
def test_the_slopes_of_replies_are_those_of_differences(items):
    chance, step = np.random.default_rng(9), 1e-5
    theta = chance.normal(0, 1.5, (5, len(items)))
    answer = np.floor(chance.random((5, len(items))) * (items.highest() + 1))
    high, low = (items.reply(theta + side, answer).level for side in (step, -step))
    assert items.reply(theta, answer).slope == pytest.approx((high - low) / (2 * step), abs=1e-6)


@pytest.mark.parametrize("items", [mixed(8, 7), graded(6, 8)], ids=["logistic", "graded"])
def test_information_is_the_variance_of_the_slope(items):
    theta = np.random.default_rng(10).normal(0, 1.5, (5, len(items)))
    total = np.zeros(theta.shape)
    for score in range(int(items.highest().max()) + 1):
        said = items.reply(theta, np.minimum(np.full(theta.shape, float(score)), items.highest()))
        total += np.where(score <= items.highest(), np.exp(said.level) * said.slope**2, 0.0)
    assert items.reply(theta, np.zeros(theta.shape)).told == pytest.approx(total, rel=1e-6)


@pytest.mark.parametrize(
    ("a", "b"),
    [([1.0, -1.0], [[0, 1], [0, 1.0]]), ([1.0, 1.0], [[0, 1], [1, 0.0]]), ([1.0, 1.0], [[0, 1], [np.nan, 1.0]])],
    ids=["falling curve", "crossed thresholds", "first threshold missing"],
)
def test_an_impossible_graded_item_is_refused_by_its_place(a, b):
    with pytest.raises(ValueError, match="item 1"):
        GradedItems(np.zeros(2), np.array(a), np.array(b))


def test_a_score_an_item_does_not_give_is_refused_by_its_place():
    with pytest.raises(ValueError, match="person 0, item 0: need 0 to 2"):
        expected(graded(4, 11), np.array([[3.0, 1, 1, 1]]), TWO)
