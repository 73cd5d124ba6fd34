"""Signs of irregularity accuse honest people as seldom as they say, and find what they are there to find."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from chiakhoa.engines import irt
from chiakhoa.measure.assessment.integrity import signs

DOMAINS = 3
COV = np.full((DOMAINS, DOMAINS), 0.7) + 0.3 * np.eye(DOMAINS)
PRIOR = irt.Prior(np.zeros(DOMAINS), COV)
OPTIONS = np.array([0.5, 0.3, 0.2])
SEATS = 12

EXACT = signs.Measured(1.0, 0.0, 0.0, 0.0)


def bank(size=90, seed=1):
    chance = np.random.default_rng(seed)
    return irt.Items(
        np.arange(size) % DOMAINS, chance.uniform(0.8, 1.8, size), chance.normal(0, 1, size), np.full(size, 0.2)
    )


def honest(people, items, seed):
    """Adaptive sittings of people from the prior: order (P, L), score (P, L)."""
    plan = irt.Blueprint(np.full(DOMAINS, 2), 24, np.full(DOMAINS, 0.3))
    theta = irt.draw(people, PRIOR, seed)
    sat = irt.sit(theta, items, PRIOR, plan, seed)
    return theta, sat.shown, sat.score


def spread_out(order, score, size):
    """The same by item: (P, I), NaN where not shown."""
    wide = np.full((len(order), size), np.nan)
    who, step = np.nonzero(order >= 0)
    wide[who, order[who, step]] = score[who, step]
    return wide


def at_most(count, trials, rate):
    """Whether so many false alarms can come of the rate that is stated (one in 10,000 would not)."""
    return binomtest(int(count), int(trials), rate, alternative="greater").pvalue > 1e-4


def times_of(people, items, seed, *, speed=0.3, spread=0.5):
    chance = np.random.default_rng(seed)
    level = np.random.default_rng(5).normal(3.2, 0.4, items)
    slow = chance.normal(0, speed, people)
    return np.exp(level + slow[:, None] + chance.normal(0, spread, (people, items)))


def test_the_chance_of_at_least_so_many_is_the_binomial_one_where_all_chances_are_equal():
    found = signs.at_least(np.full((4, 9), 0.3), np.array([0, 1, 5, 9]))
    assert found == pytest.approx(binom.sf(np.array([-1, 0, 4, 8]), 9, 0.3))


def test_usual_times_are_recovered_from_gaps():
    seconds = times_of(400, 40, 2)
    seconds[np.random.default_rng(3).random(seconds.shape) < 0.5] = np.nan
    found = signs.usual_times(seconds)
    level = np.random.default_rng(5).normal(3.2, 0.4, 40)
    assert np.abs(found.level - level).max() < 0.2
    assert found.spread.mean() == pytest.approx(0.5, abs=0.02)
    assert found.speed == pytest.approx(0.3, abs=0.04)


def test_an_item_with_few_timings_is_not_judged():
    seconds = times_of(100, 5, 2)
    seconds[signs.LEAST_TIMINGS - 1 :, 0] = np.nan
    assert np.isnan(signs.usual_times(seconds).level[0])


def test_rapid_guessing_accuses_readers_as_seldom_as_it_says():
    known = signs.usual_times(times_of(500, 24, 2, speed=0.5, spread=0.9))
    p = signs.rapid_guessing(times_of(6000, 24, 7, speed=0.5, spread=0.9), known)
    assert at_most((p < signs.RATE).sum(), 6000, signs.RATE)
    assert (p < 0.1).mean() > 0.02  # it is no test that never speaks


def test_who_clicks_through_is_found():
    known = signs.usual_times(times_of(500, 24, 2))
    seconds = times_of(50, 24, 7)
    seconds[:, :8] = 1.0
    assert (signs.rapid_guessing(seconds, known) < signs.RATE).mean() > 0.95


def test_misfit_accuses_those_who_follow_the_model_as_seldom_as_it_says():
    items = bank()
    _theta, order, score = honest(150, items, 11)
    p = signs.misfit(items, spread_out(order, score, 90), PRIOR, 3)
    assert at_most((p < signs.RATE).sum(), 150, signs.RATE)
    assert at_most((p < 0.05).sum(), 150, 0.05)
    assert (p < 0.1).mean() > 0.01


def test_who_fails_the_easy_and_solves_the_hard_is_found():
    items = bank()
    odd = np.full((1, 90), np.nan)
    met = np.argsort(items.b)[np.r_[0:12, 78:90]]
    odd[0, met] = np.r_[np.zeros(12), np.ones(12)]
    assert signs.misfit(items, odd, PRIOR, 3)[0] < signs.RATE


def test_similarity_accuses_exams_without_copying_as_seldom_as_it_says():
    """Adaptive exams: who sits beside whom met other items, and items follow from answers."""
    items = bank()
    least = [similar(items, *room(items, 100 + exam), replicates=59).p.min() for exam in range(40)]
    for rate in (0.05, 0.1, 0.2):
        assert at_most(sum(p <= rate for p in least), 40, rate)
    assert sum(p <= 0.5 for p in least) >= 8  # it is no test that never speaks


@pytest.mark.parametrize(("copied", "found"), [(0.9, 9), (0.6, 3)])
def test_who_copies_is_found(copied, found):
    """Of ten exams of twelve seats, at one false alarm in a hundred exams: nearly all who copy nine answers in ten."""
    items = bank()
    hits = 0
    for exam in range(10):
        wide, choices = copying(items, *room(items, 900 + exam), copied, exam)
        said = similar(items, wide, choices, replicates=99)
        hits += said.p[0] <= 0.01
        assert said.pairs[0].tolist() == [0, 1]
    assert hits >= found


def test_items_whose_difficulty_is_a_guess_accuse_nobody():
    """Guessed a whole logit off, they would accuse every fifth honest exam; only wrong answers of such items are compared."""
    items, alarms, found = bank(), 0, 0
    for exam in range(40):
        off = np.random.default_rng(exam).normal(0, 1, 90)
        guessed = irt.Items(items.domain, items.a, items.b + off, items.c)
        assumed = np.zeros(90, dtype=bool)
        alarms += similar(guessed, *room(items, 7000 + exam), replicates=99, measured=assumed).p.min(initial=1) <= 0.05
        copied = copying(items, *room(items, 900 + exam), 0.9, exam)
        found += similar(guessed, *copied, replicates=99, measured=assumed).p[0] <= 0.01
    assert at_most(alarms, 40, 0.05)
    assert found >= 10


def test_a_rare_wrong_answer_in_common_weighs_more_than_a_frequent_one():
    items = bank(24)
    weights = []
    for answer in (1, 3):
        wide, choices = np.zeros((2, 24)), np.full((2, 24), answer)
        weights.append(similar(items, wide, choices, replicates=1).weight[0])
    assert weights[1] > weights[0] > 0


def test_answers_that_are_not_compared_and_few_in_common_say_nothing():
    items = bank(24)
    wide, choices = np.zeros((2, 24)), np.full((2, 24), 1)
    choices[0, signs.LEAST_COMMON - 1 :] = -1
    assert len(similar(items, wide, choices, replicates=1).p) == 0


def test_a_thin_record_makes_no_answer_rare():
    assert signs.shares(np.array([[1.0, 0.0], [60.0, 39.0]])) == pytest.approx(np.array([[0.5, 0.0], [0.6, 0.39]]))


def test_holm_s_correction_is_the_published_one():
    """The example of Wright (1992), Biometrics 48: four hypotheses."""
    p = np.array([0.01, 0.04, np.nan, 0.03, 0.005])
    assert signs.holm(p) == pytest.approx(np.array([0.03, 0.06, np.nan, 0.06, 0.02]), nan_ok=True)


def test_of_many_honest_people_hardly_any_exam_has_a_sign_after_correction():
    p = np.random.default_rng(4).random((4000, 30))
    alarms = sum(np.nanmin(signs.holm(exam)) <= 0.05 for exam in p)
    assert at_most(alarms, 4000, 0.05)
    assert alarms > 100


def test_an_item_nobody_knows_beforehand_is_accused_as_seldom_as_it_says():
    items = bank()
    _theta, order, score = honest(3000, items, 21)
    chance = signs.expected(items, order, score, PRIOR)
    p = [signs.leak(*history(order, score, chance, item), seed=item, item=EXACT) for item in range(90)]
    assert at_most(sum(value < 0.05 for value in p), 90, 0.05)


def test_the_rate_of_leaks_holds_at_the_chances_given():
    chance = np.random.default_rng(1).uniform(0.3, 0.8, 80)
    draw = np.random.default_rng(2)
    p = [signs.leak(chance, (draw.random(80) < chance).astype(float), seed=k, item=EXACT) for k in range(300)]
    assert at_most(sum(value < 0.05 for value in p), 300, 0.05)
    assert np.mean(np.array(p) < 0.05) > 0.02


def test_an_item_that_got_out_is_found():
    chance = np.full(120, 0.5)
    score = (np.random.default_rng(2).random(120) < np.r_[np.full(60, 0.5), np.full(60, 0.85)]).astype(float)
    assert signs.leak(chance, score, seed=1, item=EXACT) < signs.RATE


def test_chances_before_each_answer_leave_no_bias_in_an_adaptive_test():
    items = bank()
    _theta, order, score = honest(4000, items, 31)
    chance = signs.expected(items, order, score, PRIOR)
    asked = order >= 0
    away = (score - chance)[asked]
    assert abs(away.mean()) < 4 * away.std() / np.sqrt(asked.sum())


def room(items, seed, seats=SEATS):
    _theta, order, score = honest(seats, items, seed)
    wide = spread_out(order, score, len(items))
    wrong = np.random.default_rng(seed).choice(3, wide.shape, p=OPTIONS) + 1
    return wide, np.where(wide == 1, 0, wrong)


def copying(items, wide, choices, share, seed):
    """The same exam; the second seat met the first one's items, and took so many of the answers from there."""
    chance = np.random.default_rng(seed)
    own = irt.probability(irt.draw(1, PRIOR, seed)[0][items.domain], items.a, items.b, items.c) > chance.random(
        len(items)
    )
    taken = chance.random(len(items)) < share
    wide[1] = np.where(np.isnan(wide[0]), np.nan, np.where(taken, wide[0], own))
    choices[1] = np.where(taken, choices[0], np.where(own, 0, chance.choice(3, len(items), p=OPTIONS) + 1))
    return wide, choices


def similar(items, wide, choices, replicates, measured=None):
    wrong = np.tile(OPTIONS, (len(items), 1))
    return signs.similarity(items, wide, choices, wrong, PRIOR, 5, measured, replicates)


def history(order, score, chance, item):
    places = order == item
    return chance[places][-200:], score[places][-200:]


def test_an_item_measured_a_little_wrong_has_not_got_out(monkeypatch):
    """Of items whose difficulty is known to a fifth of a logit; with the estimate taken as exact a sixth is accused."""
    monkeypatch.setattr(signs, "LEAK_REPLICATES", 499)
    monkeypatch.setattr(signs, "LEAK_REFINED", 499)
    draw = np.random.default_rng(17)
    measured, accused, once = signs.Measured(1.4, 0.05, 0.2, 0.2), 0, 0
    for item in range(120):
        theta = draw.normal(0.0, 0.5, 300)
        believed, true = (
            irt.probability(theta, np.array(1.4), np.array(b), np.array(0.05)) for b in (0.0, draw.normal(0.0, 0.2))
        )
        score = (draw.random(300) < true).astype(float)
        accused += signs.leak(believed, score, item, measured) < 0.05
        once += signs.leak(believed, score, item, EXACT) < 0.05
    assert accused <= 12
    assert once > 14
