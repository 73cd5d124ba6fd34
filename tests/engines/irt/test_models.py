"""Laws of the response curves."""

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats

from chiakhoa.engines.irt import Items, information, probability

SLOPE, DIFFICULTY, GUESSING, ABILITY = floats(0.3, 3), floats(-3, 3), floats(0, 0.4), floats(-4, 4)


def curve(theta, a, b, c):
    return probability(np.array(theta), np.array(a), np.array(b), np.array(c))


@given(theta=ABILITY, a=SLOPE, b=DIFFICULTY, c=GUESSING)
def test_an_answer_is_never_certain(theta, a, b, c):
    assert c < curve(theta, a, b, c) < 1


@given(low=ABILITY, more=floats(0.001, 3), a=SLOPE, b=DIFFICULTY, c=GUESSING)
def test_the_abler_answer_better(low, more, a, b, c):
    assert curve(low, a, b, c) < curve(low + more, a, b, c)


@given(a=SLOPE, b=DIFFICULTY, c=GUESSING)
def test_at_its_difficulty_an_item_is_half_known(a, b, c):
    assert curve(b, a, b, c) == pytest.approx((1 + c) / 2)


@given(a=SLOPE, b=DIFFICULTY, c=GUESSING, away=ABILITY)
def test_an_item_tells_most_where_birnbaum_says(a, b, c, away):
    peak = b + log((1 + sqrt(1 + 8 * c)) / 2) / a
    best, other = information(np.array([peak, peak + away]), np.array(a), np.array(b), np.array(c))
    assert 0 <= other <= best * (1 + 1e-9)


@given(theta=ABILITY, a=SLOPE, b=DIFFICULTY, c=GUESSING)
def test_information_is_the_squared_slope_over_the_variance(theta, a, b, c):
    step = 1e-5
    slope = (curve(theta + step, a, b, c) - curve(theta - step, a, b, c)) / (2 * step)
    p = curve(theta, a, b, c)
    told = information(np.array(theta), np.array(a), np.array(b), np.array(c))
    assert told == pytest.approx(slope**2 / (p * (1 - p)), rel=1e-5, abs=1e-9)


def test_the_arguments_broadcast_to_people_by_items():
    table = probability(np.zeros((4, 1)), np.ones(3), np.array([-1.0, 0.0, 1.0]), np.zeros(3))
    assert table.shape == (4, 3)
    assert (np.diff(table, axis=1) < 0).all()


@pytest.mark.parametrize(
    ("a", "b", "c"), [(0.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (1.0, np.nan, 0.0), (1.0, 0.0, 1.0), (1.0, 0.0, -0.1)]
)
def test_an_impossible_item_is_refused_by_its_place(a, b, c):
    with pytest.raises(ValueError, match="item 1"):
        Items(np.array([0, 0]), np.array([1.0, a]), np.array([0.0, b]), np.array([0.0, c]))


def test_vectors_of_different_length_are_refused():
    with pytest.raises(ValueError, match="one length"):
        Items(np.array([0, 0]), np.ones(2), np.zeros(3), np.zeros(2))


def test_items_are_taken_in_the_order_asked():
    items = Items(np.arange(3), np.array([1.0, 2.0, 3.0]), np.zeros(3), np.zeros(3))
    assert items.take([2, 0]).a.tolist() == [3.0, 1.0]
    assert len(items.take([2, 0])) == 2


@pytest.mark.parametrize("theta", [-1e6, 1e6])
def test_abilities_beyond_reason_neither_overflow_nor_become_certain(theta):
    assert 0 < curve(theta, 3.0, 0.0, 0.0) < 1
    assert information(np.array(theta), np.array(3.0), np.array(0.0), np.array(0.0)) >= 0


@given(theta=ABILITY, a=SLOPE, b=DIFFICULTY, c=GUESSING, d=floats(0.6, 1))
def test_even_the_ablest_slip_where_the_upper_end_is_below_one(theta, a, b, c, d):
    step = 1e-5
    high, low, p = (
        probability(np.array(at), *map(np.array, (a, b, c, d))) for at in (theta + step, theta - step, theta)
    )
    told = information(np.array(theta), *map(np.array, (a, b, c, d)))
    assert c < p < d
    assert told == pytest.approx(((high - low) / (2 * step)) ** 2 / (p * (1 - p)), rel=1e-4, abs=1e-9)


def test_an_upper_end_below_the_guessing_is_refused():
    with pytest.raises(ValueError, match="item 0"):
        Items(np.zeros(1), np.ones(1), np.zeros(1), np.array([0.3]), np.array([0.2]))
