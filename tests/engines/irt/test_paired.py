"""The change between two tests by their answers alone: drawn to nothing, right on average, seldom claimed where there is none."""

import numpy as np
import pytest

from chiakhoa.engines import irt

DOMAINS, GRADE, STRICT = 6, 0.8, 1.75
COV = 0.7 * np.ones((DOMAINS, DOMAINS)) + 0.3 * np.eye(DOMAINS)


def sat(people, gain, seed, *, length=24, level=None, shift=0.0):
    """Answers of two adaptive tests of the same people from two halves of a bank, a gain (grades) between them."""
    rng = np.random.default_rng(1)
    size = 240
    domain = np.arange(size) // 2 % DOMAINS
    b = rng.permutation(np.linspace(-3.0, 2.0, size))
    bank = [irt.Items(domain[k::2], np.full(size // 2, 1.2), b[k::2], np.full(size // 2, 0.15)) for k in (0, 1)]
    theta = irt.draw(people, irt.Prior(np.full(DOMAINS, shift), COV), seed)
    theta = theta if level is None else np.full((people, DOMAINS), level)
    plan = irt.Blueprint(np.full(DOMAINS, 2), length, np.full(DOMAINS, 0.45))
    parts = []
    for turn, items in enumerate(bank):
        done = irt.sit(theta + turn * gain * GRADE, items, irt.Prior(np.zeros(DOMAINS), COV), plan, 7 * seed + turn)
        met, place = done.shown >= 0, np.where(done.shown >= 0, done.shown, 0)
        score = np.where(met, done.score, np.nan)
        parts.append(
            (items.domain[place], items.a[place], items.b[place], items.c[place], score, np.full(place.shape, turn))
        )
    columns = [np.concatenate(pair, axis=1) for pair in zip(*parts, strict=True)]
    return irt.paired(
        irt.Answers(*columns), np.zeros((people, DOMAINS)), np.broadcast_to(COV, (people, DOMAINS, DOMAINS)), STRICT
    )


@pytest.mark.parametrize("level", [None, -2.0, 2.0])
def test_of_people_who_have_not_changed_at_most_five_in_a_hundred_are_told_that_they_rose(level):
    people = 800
    said = sat(people, 0.0, 3, level=level)
    allowed = 0.05 + 2 * np.sqrt(0.05 * 0.95 / people)
    assert (said.low > 0).mean() < allowed
    assert (said.high < 0).mean() < allowed


def test_a_population_that_is_abler_than_assumed_has_not_risen():
    said = sat(800, 0.0, 4, shift=1.0)
    assert (said.low > 0).mean() < 0.065
    assert abs(said.change.mean()) < 0.1


@pytest.mark.parametrize(("gain", "least"), [(0.5, 0.09), (1.0, 0.28), (2.0, 0.75)])
def test_gains_are_not_drawn_to_nothing_and_large_ones_are_mostly_seen(gain, least):
    said = sat(600, gain, 5)
    assert said.change.mean() / GRADE == pytest.approx(gain, abs=0.12)
    assert (said.low > 0).mean() > least


def test_the_interval_holds_the_true_change_and_excludes_none_just_where_the_root_says_so():
    said = sat(600, 1.0, 6)
    assert 0.90 < ((said.low < GRADE) & (said.high > GRADE)).mean() < 0.96
    decided = np.abs(said.root) > STRICT
    assert (decided == ((said.low > 0) | (said.high < 0))).mean() > 0.999


def test_all_wrong_and_then_all_right_is_a_rise_of_a_finite_size():
    shape = (1, 20)
    domain = (np.arange(20) % 2).reshape(shape)
    second = (np.arange(20) >= 10).astype(int).reshape(shape)
    answers = irt.Answers(domain, np.full(shape, 1.0), np.zeros(shape), np.zeros(shape), second.astype(float), second)
    said = irt.paired(answers, np.zeros((1, 2)), np.eye(2)[None], STRICT)
    assert 0 < said.low[0] < said.change[0] <= said.high[0] <= 6.0
