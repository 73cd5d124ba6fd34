"""Items that favour one of several groups, from answers with gaps, where groups differ in ability."""

import numpy as np
import pytest
from scipy import sparse

from chiakhoa.engines.irt import Items, group_dif

MEANS, SPREADS = np.array([0.0, -0.6, 0.4]), np.array([1.0, 0.9, 1.1])


def sample(seed: int, harder: float, answer, c: float = 0.0) -> tuple[np.ndarray, np.ndarray, Items]:
    """Three groups see 15 of 30 items; the first six are harder for group 1."""
    chance = np.random.default_rng(seed)
    items = Items(np.zeros(30), chance.lognormal(0.1, 0.3, 30), chance.normal(0, 1, 30), np.full(30, c))
    group = np.repeat([0, 1, 2], 1200)
    theta = chance.normal(MEANS[group], SPREADS[group])
    table = answer(theta, items, chance)
    hard = Items(items.domain, items.a, items.b + np.where(np.arange(30) < 6, harder, 0), items.c)
    table[group == 1] = answer(theta[group == 1], hard, chance)
    return np.where(chance.random(table.shape).argsort(axis=1) < 15, table, np.nan), group, items


def test_groups_that_merely_differ_in_ability_are_flagged_as_often_as_the_level_says(answer):
    p = np.concatenate([group_dif(*sample(seed, 0.0, answer)[:2]).p for seed in range(8)])
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.03)
    assert p.mean() == pytest.approx(0.5, abs=0.06)


def test_items_that_are_harder_for_one_group_are_found_and_placed(answer):
    table, group, _items = sample(1, 0.8, answer)
    found = group_dif(table, group)
    assert (found.letter[:6, 0] != "A").all()
    assert (found.letter[6:] != "A").sum() <= 2
    assert found.shift[:6, 0].mean() == pytest.approx(0.8, abs=0.15)
    assert (found.delta[:6, 0] < 0).all()
    assert np.abs(found.shift[:, 1]).mean() < 0.2
    assert not found.kept[:6].any()


def test_without_purification_honest_items_are_accused_of_what_others_do(answer):
    table, group, _items = sample(1, 0.8, answer)
    once, often = group_dif(table, group, rounds=1), group_dif(table, group)
    assert (once.p[6:] < 0.05).mean() > 2 * (often.p[6:] < 0.05).mean()


def test_sparse_answers_give_the_same(answer):
    table, group, _items = sample(2, 0.8, answer)
    person, item = np.nonzero(~np.isnan(table))
    stored = sparse.csr_array((table[person, item], (person, item)), shape=table.shape)
    one, other = group_dif(table, group), group_dif(stored, group)
    assert one.shift == pytest.approx(other.shift, abs=1e-6)
    assert (one.letter == other.letter).all()


def test_guessing_that_is_known_is_taken_into_account(answer):
    table, group, items = sample(3, 0.0, answer, c=0.25)
    found = group_dif(table, group, guessing=items.c)
    assert (found.p < 0.05).mean() < 0.2
    assert np.abs(found.shift).mean() < 0.15


def test_a_group_that_never_saw_an_item_is_not_judged_by_it(answer):
    table, group, _items = sample(4, 0.0, answer)
    table[group == 2, 7] = np.nan
    found = group_dif(table, group)
    assert np.isnan(found.shift[7]).tolist() == [False, True]
    assert found.letter[7, 1] == "A"
    assert np.isfinite(found.p[7])


def test_one_group_alone_is_refused():
    with pytest.raises(ValueError, match="two groups"):
        group_dif(np.array([[1.0, 0], [0, 1]]), np.zeros(2, dtype=int))
