"""Correlations and means of abilities, found from answers."""

import numpy as np
import pytest

from chiakhoa.engines.irt import Items, Prior, probability
from chiakhoa.engines.irt.population import correlations, estimate_population


def test_the_correlation_and_the_mean_are_found_from_a_wrong_start():
    chance = np.random.default_rng(41)
    items = Items(np.arange(40) % 2, chance.lognormal(0.3, 0.2, 40), chance.normal(0, 1, 40), np.zeros(40))
    theta = chance.multivariate_normal([0.5, -0.3], [[1, 0.7], [0.7, 1]], 2000)
    table = (chance.random((2000, 40)) < probability(theta[:, items.domain], items.a, items.b, items.c)).astype(float)
    found, settled = estimate_population(items, table, Prior(np.zeros(2), np.eye(2)))
    assert settled
    assert found.mean == pytest.approx([0.5, -0.3], abs=0.07)
    assert correlations(found)[0, 1] == pytest.approx(0.7, abs=0.05)
    assert np.diagonal(found.covariance) == pytest.approx(np.ones(2), abs=0.12)


def test_one_person_is_no_population():
    with pytest.raises(ValueError, match="two persons"):
        estimate_population(
            Items(np.zeros(1), np.ones(1), np.zeros(1), np.zeros(1)), np.ones((1, 1)), Prior(np.zeros(1), np.eye(1))
        )


def test_domains_that_are_one_are_found_to_be_nearly_one():
    chance = np.random.default_rng(42)
    items = Items(np.arange(30) % 2, np.full(30, 1.2), chance.normal(0, 1, 30), np.zeros(30))
    theta = np.repeat(chance.normal(size=(1500, 1)), 2, axis=1)
    table = (chance.random((1500, 30)) < probability(theta[:, items.domain], items.a, items.b, items.c)).astype(float)
    found, _settled = estimate_population(items, table, Prior(np.zeros(2), np.eye(2)))
    assert 0.95 < correlations(found)[0, 1] < 1
    assert np.linalg.eigvalsh(found.covariance).min() > 0


def test_few_answers_a_person_still_show_the_spread_of_the_many():
    """Four answers a domain: modes understate the variance, means do not."""
    chance = np.random.default_rng(43)
    items = Items(np.arange(40) % 2, chance.lognormal(0.2, 0.2, 40), chance.normal(0, 1, 40), np.zeros(40))
    theta = chance.multivariate_normal([0, 0], [[1.2, 0.6], [0.6, 0.8]], 4000)
    table = (chance.random((4000, 40)) < probability(theta[:, items.domain], items.a, items.b, items.c)).astype(float)
    table[chance.random(table.shape).argsort(axis=1) >= 8] = np.nan
    found, settled = estimate_population(items, table, Prior(np.zeros(2), np.eye(2)))
    assert settled
    assert found.covariance == pytest.approx(np.array([[1.2, 0.6], [0.6, 0.8]]), abs=0.12)
