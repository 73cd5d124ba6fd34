"""Fit of items and persons: quiet where the model holds, loud where it does not."""

import numpy as np
import pytest

from chiakhoa.engines.irt import Items, Prior, posterior
from chiakhoa.engines.irt.fit import item_fit, person_fit


@pytest.fixture(scope="module")
def sample(answer):
    chance = np.random.default_rng(21)
    items = Items(np.zeros(40), chance.lognormal(0, 0.2, 40), chance.normal(0, 1, 40), np.zeros(40))
    theta = chance.normal(size=2000)
    return theta[:, None], items, answer(theta, items, chance)


def test_mean_squares_are_one_where_the_model_holds(sample):
    found = item_fit(*sample)
    assert found.infit == pytest.approx(np.ones(40), abs=0.1)
    assert found.outfit.mean() == pytest.approx(1, abs=0.05)


def test_an_item_answered_by_coin_is_noisier_than_expected(sample):
    theta, items, table = sample
    noisy = table.copy()
    noisy[:, 3] = np.random.default_rng(22).random(len(noisy)) < 0.5
    assert item_fit(theta, items, noisy).infit.argmax() == 3


def test_persons_who_follow_the_model_have_a_standard_normal_fit(sample):
    lz = person_fit(*sample)
    assert (lz.mean(), lz.std()) == pytest.approx((0, 1), abs=0.08)


def test_mean_squares_as_deviates_are_standard_normal_where_the_model_holds(sample):
    found = item_fit(*sample)
    for each in (found.infit_z, found.outfit_z):
        assert each.mean() == pytest.approx(0, abs=0.35)
        assert each.std() == pytest.approx(1, abs=0.3)


def test_a_flag_of_five_percent_accuses_five_percent_where_ability_is_estimated():
    chance, between = np.random.default_rng(23), Prior(np.zeros(2), np.array([[1, 0.7], [0.7, 1]]))
    items = Items(np.arange(30) % 2, chance.lognormal(0.1, 0.3, 30), chance.normal(0, 1, 30), np.full(30, 0.15))
    theta = chance.multivariate_normal(between.mean, between.covariance, 6000)
    p = items.c + (1 - items.c) / (1 + np.exp(-items.a * (theta[:, items.domain] - items.b)))
    table = (chance.random(p.shape) < p).astype(float)
    estimate = posterior(items, table, between).mean
    plain, corrected = (person_fit(estimate, items, table, prior) for prior in (None, between))
    assert (corrected < -1.645).mean() == pytest.approx(0.05, abs=0.01)
    assert (plain < -1.645).mean() < 0.03
    # Of those who answer the last third by coin three times as many and more are found.
    table[:, 20:] = chance.random((6000, 10)) < 0.5
    guessed = person_fit(posterior(items, table, between).mean, items, table, between)
    assert (guessed < -1.645).mean() > 0.15


def test_fit_knows_that_even_the_ablest_slip(answer):
    chance = np.random.default_rng(24)
    items = Items(np.zeros(20), np.full(20, 2.0), np.full(20, -2.0), np.zeros(20), np.full(20, 0.8))
    theta = chance.normal(1, 0.5, (3000, 1))
    table = (chance.random((3000, 20)) < 0.8 / (1 + np.exp(-2 * (theta + 2)))).astype(float)
    assert item_fit(theta, items, table).outfit == pytest.approx(np.ones(20), abs=0.1)


def test_who_fails_the_easy_and_knows_the_hard_stands_out(sample):
    theta, items, table = sample
    odd = (items.b > np.median(items.b)).astype(float)[None]
    assert person_fit(np.zeros((1, 1)), items, odd)[0] < person_fit(theta, items, table).min()


def test_items_and_persons_without_answers_have_no_fit(sample):
    theta, items, table = sample
    gaps = table[:5].copy()
    gaps[:, 0], gaps[1] = np.nan, np.nan
    assert np.isnan(item_fit(theta[:5], items, gaps).outfit[0])
    assert np.isnan(person_fit(theta[:5], items, gaps)).tolist() == [False, True, False, False, False]


def test_tables_that_do_not_fit_are_refused(sample):
    theta, items, table = sample
    with pytest.raises(ValueError, match="3 persons"):
        person_fit(theta[:3], items, table)
