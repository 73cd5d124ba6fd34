"""The yardstick of the guessing rules measures: a planted clue is found, chance is passed."""

import numpy as np
import pytest

from tests.data import guessing
from tests.data.guessing import BOUND, Choice, chi_square, deviate


def bank(seed, *, clue=0.0, rights=1, size=4):
    """200 items whose options have lengths by chance; in the given share of items the longest is made right."""
    rng = np.random.default_rng(seed)
    choices = []
    for number in range(200):
        lengths = rng.permutation(np.arange(20, 20 + size))
        right = np.isin(np.arange(size), rng.choice(size, rights, replace=False))
        if rng.random() < clue:
            right = lengths >= 20 + size - rights
        choices.append(Choice(str(number), "", ["x" * n for n in lengths], right.tolist()))
    return choices


@pytest.mark.parametrize(("rights", "size"), [(1, 4), (3, 5), (1, 3)])
def test_chance_stays_within_the_bound_in_about_95_of_100_banks(rights, size):
    outside = sum(abs(deviate(bank(seed, rights=rights, size=size), guessing.longest)) > BOUND for seed in range(120))
    assert 1 <= outside <= 14


@pytest.mark.parametrize(("rights", "size", "clue"), [(1, 4, 0.3), (3, 5, 0.6)])
def test_a_clue_in_some_of_the_items_is_found(rights, size, clue):
    found = [deviate(bank(seed, clue=clue, rights=rights, size=size), guessing.longest) for seed in range(20)]
    assert min(found) > BOUND


def test_avoiding_a_clue_is_a_clue_too():
    never = [choice for choice in bank(1) if not choice.right[guessing.longest(choice)[0]]]
    assert deviate(never, guessing.longest) < -BOUND


def test_ties_share_the_guess_and_a_rule_that_names_nothing_or_all_says_nothing():
    tied = Choice("t", "", ["aa", "bb", "c", "d"], [True, False, False, False])
    assert guessing.longest(tied) == [0, 1]
    assert deviate([tied], guessing.with_words("z")) == 0
    assert deviate([tied], guessing.with_words("[a-d]")) == 0


def test_places_that_are_never_right_are_found():
    first = [Choice(str(n), "", ["a", "b", "c", "d"], [n % 2 == 0, n % 2 == 1, False, False]) for n in range(40)]
    assert chi_square(first, 4) == pytest.approx(40)
    even = [Choice(str(n), "", ["a", "b", "c", "d"], [n % 4 == place for place in range(4)]) for n in range(40)]
    assert chi_square(even, 4) == 0
