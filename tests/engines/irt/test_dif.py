"""Items that favour a group are found, and only those."""

import numpy as np
import pytest

from chiakhoa.engines.irt import Items
from chiakhoa.engines.irt.dif import mantel_haenszel


@pytest.fixture(scope="module")
def sample(answer):
    """Item 4 is a logit and a half harder for the focal group, which is also less able; nothing else differs."""
    chance = np.random.default_rng(31)
    items = Items(np.zeros(30), np.ones(30), chance.normal(0, 1, 30), np.zeros(30))
    focal = np.repeat([False, True], 1500)
    theta = chance.normal(np.where(focal, -0.5, 0.0))
    table = answer(theta, items, chance)
    harder = Items(np.zeros(1), np.ones(1), items.b[4:5] + 1.5, np.zeros(1))
    table[focal, 4] = answer(theta[focal], harder, chance)[:, 0]
    return table, focal, theta


def test_the_item_that_is_harder_for_a_group_is_large_and_the_others_are_not(sample):
    table, focal, _theta = sample
    found = mantel_haenszel(table, focal)
    assert np.flatnonzero(found.letter == "C").tolist() == [4]
    assert (found.letter == "A").sum() >= 28
    assert found.delta[4] == pytest.approx(-2.35 * 1.5, abs=0.6)


def test_a_group_that_is_merely_less_able_is_no_flag(sample):
    table, focal, _theta = sample
    found = mantel_haenszel(np.delete(table, 4, axis=1), focal)
    assert (found.letter == "C").sum() == 0
    assert (found.p < 0.05).mean() < 0.15


def test_purification_takes_the_flagged_item_out_of_the_match(sample):
    table, focal, _theta = sample
    others = np.arange(30) != 4
    first, purified = (np.abs(mantel_haenszel(table, focal, rounds=n).delta[others].mean()) for n in (1, 5))
    assert purified < first


def test_where_items_were_not_shown_ability_is_matched(sample):
    table, focal, theta = sample
    gaps = np.where(np.random.default_rng(32).random(table.shape) < 0.4, np.nan, table)
    assert mantel_haenszel(gaps, focal, ability=theta).letter[4] == "C"
    with pytest.raises(ValueError, match="was not shown item"):
        mantel_haenszel(gaps, focal)


def test_swapping_the_groups_turns_the_sign(sample):
    table, focal, _theta = sample
    one, other = (mantel_haenszel(table, who, rounds=1) for who in (focal, ~focal))
    assert one.delta == pytest.approx(-other.delta)
    assert one.se == pytest.approx(other.se)
    assert one.p == pytest.approx(other.p)


def test_an_item_all_answer_alike_cannot_be_compared(sample):
    table, focal, _theta = sample
    same = np.column_stack([table, np.ones(len(table))])
    found = mantel_haenszel(same, focal)
    assert np.isnan(found.delta[-1])
    assert found.letter[-1] == "A"


def test_one_group_alone_is_refused(sample):
    with pytest.raises(ValueError, match="both groups"):
        mantel_haenszel(sample[0], np.zeros(3000, dtype=bool))
