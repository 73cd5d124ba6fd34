"""From abilities to grades."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats

from chiakhoa.engines.irt import grade, interval, reach

CUTS = np.array([-1.0, 0.0, 1.0])


@given(mean=floats(-4, 4), se=floats(0.05, 2))
def test_a_higher_grade_is_never_likelier_to_be_reached(mean, se):
    chance = reach(np.array([mean]), np.array([se]), CUTS)
    assert chance.shape == (1, 3)
    assert ((chance >= 0) & (chance <= 1)).all()
    assert (np.diff(chance) <= 0).all()


def test_at_a_cut_the_grade_is_as_likely_as_not():
    assert reach(np.array([0.0]), np.array([0.3]), CUTS)[0, 1] == pytest.approx(0.5)


@pytest.mark.parametrize(("mean", "expected"), [(-2, 0), (-1, 1), (-0.5, 1), (0.2, 2), (5, 3)])
def test_the_grade_is_the_highest_cut_reached(mean, expected):
    assert grade(np.array([mean]), CUTS)[0] == expected


def test_the_interval_holds_what_its_level_says():
    low, high = interval(np.array([1.0]), np.array([0.5]))
    assert (low[0], high[0]) == pytest.approx((1 - 0.98, 1 + 0.98), abs=1e-3)
    chance = reach(np.array([1.0]), np.array([0.5]), np.array([low[0], high[0]]))[0]
    assert chance[0] - chance[1] == pytest.approx(0.95)
