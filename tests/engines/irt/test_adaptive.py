"""Which item comes next, when a test ends, and simulated sittings."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import integers

from chiakhoa.engines.irt import (
    Blueprint,
    Content,
    Decision,
    Items,
    Prior,
    assume_density,
    choose,
    finished,
    information,
    sit,
    tally,
)
from chiakhoa.engines.irt.adaptive import _gain
from chiakhoa.engines.irt.exposure import eligible, settle
from chiakhoa.engines.irt.simulate import draw

FREE = Blueprint(np.zeros(6, dtype=int), 24, np.full(6, 0.45))


def start(prior: Prior, persons: int = 1) -> tuple[np.ndarray, np.ndarray]:
    return np.repeat(prior.mean[None], persons, axis=0), np.repeat(prior.covariance[None], persons, axis=0)


def pick(prior, bank, shown=None, plan=FREE, noise=0.0, best=1):
    mean, cov = start(prior)
    shown = np.zeros((1, len(bank)), dtype=bool) if shown is None else shown
    return int(choose(mean, cov, bank, shown, plan, np.array([noise]), best=best)[0])


def test_of_equally_uncertain_domains_the_most_informative_item_is_chosen(prior, bank):
    told = information(np.zeros(len(bank)), bank.a, bank.b, bank.c)
    assert pick(prior, bank) == told.argmax()


@given(seed=integers(0, 10_000))
def test_the_value_in_single_precision_is_the_information_times_the_variance(seed):
    chance = np.random.default_rng(seed)
    items = Items(
        np.arange(40) % 3,
        chance.uniform(0.3, 4, 40),
        chance.normal(0, 2, 40),
        chance.uniform(0, 0.4, 40),
        chance.uniform(0.6, 1, 40),
    )
    mean, spread = chance.normal(0, 1.5, (5, 3)), chance.uniform(0.05, 2, (5, 3))
    told = information(mean[:, items.domain], items.a, items.b, items.c, items.d) * spread[:, items.domain]
    assert _gain(mean, spread, items) == pytest.approx(told, rel=2e-4, abs=1e-9)


def test_the_less_known_domain_is_asked_first():
    items = Items(np.array([0, 1]), np.ones(2), np.zeros(2), np.zeros(2))
    unsure = Prior(np.zeros(2), np.diag([0.2, 1.0]))
    assert pick(unsure, items, plan=Blueprint(np.zeros(2, dtype=int), 5, np.full(2, 0.3))) == 1


def test_no_item_comes_twice_and_none_is_left_in_the_end(prior, bank):
    shown = np.ones((1, len(bank)), dtype=bool)
    shown[0, 5] = False
    assert pick(prior, bank, shown) == 5
    shown[0, 5] = True
    assert pick(prior, bank, shown) == -1


def test_when_only_the_minimum_still_fits_short_domains_come_first(prior, bank):
    plan = Blueprint(np.array([0, 0, 0, 0, 0, 2]), 4, np.full(6, 0.1))
    shown = np.zeros((1, len(bank)), dtype=bool)
    shown[0, np.flatnonzero(bank.domain == 0)[:2]] = True
    assert bank.domain[pick(prior, bank, shown, plan)] == 5


def test_noise_picks_among_the_best_and_no_further(prior, bank):
    told = information(np.zeros(len(bank)), bank.a, bank.b, bank.c)
    seen = {pick(prior, bank, noise=noise, best=4) for noise in np.linspace(0, 0.999, 40)}
    assert len(seen) == 4
    value = told / (1 + 0.5 * told)
    assert seen == set(np.argsort(-value)[:4].tolist())


@pytest.mark.parametrize(
    ("se", "counts", "ends"),
    [(0.4, 2, True), (0.5, 2, False), (0.4, 1, False), (0.5, 4, True)],
    ids=["sure and balanced", "unsure", "too few of a domain", "long enough"],
)
def test_a_test_ends_when_it_is_sure_and_balanced_or_long(se, counts, ends):
    plan = Blueprint(np.full(2, 2), 8, np.full(2, 0.45))
    assert finished(np.eye(2)[None] * se**2, np.full((1, 2), counts), plan)[0] == ends


def test_sittings_keep_to_the_blueprint(prior, bank):
    plan = Blueprint(np.full(6, 3), 20, np.full(6, 0.45))
    sat = sit(draw(200, prior, 1), bank, prior, plan, 1)
    asked = np.array([np.bincount(bank.domain[row[row >= 0]], minlength=6) for row in sat.shown])
    assert (asked >= 3).all()
    assert (sat.length <= 20).all()
    assert all(len(set(row[row >= 0])) == (row >= 0).sum() for row in sat.shown)


def test_a_sharp_bank_ends_tests_early():
    items = Items(np.arange(120) % 2, np.full(120, 2.5), np.linspace(-2, 2, 120), np.zeros(120))
    prior = Prior(np.zeros(2), np.array([[1.0, 0.7], [0.7, 1.0]]))
    sat = sit(draw(100, prior, 2), items, prior, Blueprint(np.full(2, 2), 60, np.full(2, 0.4)), 2)
    assert sat.length.max() < 40
    assert (np.sqrt(np.diagonal(sat.cov, axis1=1, axis2=2)) <= 0.4).all()


def test_a_seed_makes_sittings_come_again_and_company_does_not_matter(prior, bank):
    theta = draw(30, prior, 3)
    together, again, fewer = (sit(theta[:n], bank, prior, FREE, 9) for n in (30, 30, 7))
    assert (together.shown == again.shown).all()
    assert (together.shown[:7] == fewer.shown).all()
    assert (sit(theta, bank, prior, FREE, 10).shown != together.shown).any()


def test_a_sitting_ends_with_what_its_answers_say_one_by_one(prior, bank):
    sat = sit(draw(1, prior, 4), bank, prior, FREE, 4)
    mean, cov = start(prior)
    for item, score in zip(sat.shown[0], sat.score[0], strict=True):
        mean, cov = assume_density(
            mean, cov, bank.domain[[item]], bank.a[[item]], bank.b[[item]], bank.c[[item]], np.array([score])
        )
    assert sat.mean == pytest.approx(mean)
    assert sat.cov == pytest.approx(cov)


def test_of_enemies_only_one_is_shown(prior, bank):
    enemy = np.where(np.arange(72) < 36, np.arange(72) // 6, -1)
    sat = sit(draw(100, prior, 5), bank, prior, replace(FREE, enemy=enemy), 5)
    for row in sat.shown:
        groups = enemy[row[row >= 0]]
        groups = groups[groups >= 0]
        assert len(set(groups)) == len(groups)


def test_a_domain_with_too_few_items_is_not_waited_for(prior, bank):
    few = bank.take([*np.flatnonzero(bank.domain != 5), 5])
    sat = sit(draw(20, prior, 6), few, prior, Blueprint(np.full(6, 3), 18, np.full(6, 0.1)), 6)
    asked = np.array([np.bincount(few.domain[row[row >= 0]], minlength=6) for row in sat.shown])
    assert (sat.length == 18).all()
    assert (asked[:, :5] >= 3).all()
    assert (asked[:, 5] == 1).all()


# Two competences in each domain: twelve parts of six items each, of which a test holds one to four.
PARTS = Content(np.arange(72) % 12, np.ones(12, dtype=int), np.full(12, 4))


@pytest.mark.parametrize("length", [12, 14, 30], ids=["nothing else fits", "tight", "roomy"])
def test_every_competence_has_its_least_and_none_more_than_its_most(prior, bank, length):
    plan = Blueprint(np.full(6, 2), length, np.full(6, 0.05), content=PARTS)
    sat = sit(draw(150, prior, 8), bank, prior, plan, 8)
    asked = np.array([np.bincount(PARTS.of[row[row >= 0]], minlength=12) for row in sat.shown])
    assert (sat.length == length).all()
    assert (asked >= 1).all()
    assert (asked <= 4).all()
    free = sit(draw(150, prior, 8), bank, prior, replace(plan, content=None), 8)
    wild = np.array([np.bincount(PARTS.of[row[row >= 0]], minlength=12) for row in free.shown])
    assert (wild == 0).any() or (wild > 4).any()


def test_a_domain_that_needs_more_than_its_competences_gets_it(prior, bank):
    plan = Blueprint(np.array([5, 0, 0, 0, 0, 0]), 16, np.full(6, 0.05), content=PARTS)
    sat = sit(draw(100, prior, 9), bank, prior, plan, 9)
    asked = tally(sat_shown(sat, 72), bank.domain, 6)
    parts = tally(sat_shown(sat, 72), PARTS.of, 12)
    assert (asked[:, 0] >= 5).all()
    assert (parts >= 1).all()


def sat_shown(sat, items: int) -> np.ndarray:
    """Which items (P, I) each person had."""
    out = np.zeros((len(sat.shown), items), dtype=bool)
    for row, shown in zip(out, sat.shown, strict=True):
        row[shown[shown >= 0]] = True
    return out


def test_a_test_does_not_end_before_every_competence_was_asked():
    plan = Blueprint(np.zeros(1, dtype=int), 9, np.ones(1), content=Content(np.arange(2), np.ones(2), np.full(2, 5)))
    sure, counts = np.full((1, 1, 1), 0.01), np.array([[3]])
    assert not finished(sure, counts, plan, parts=np.array([[3, 0]]))[0]
    assert finished(sure, counts, plan, parts=np.array([[2, 1]]))[0]


def test_items_in_another_language_or_without_the_aid_are_not_shown(prior, bank):
    chance = np.random.default_rng(10)
    for allowed in (chance.random(72) < 0.5, chance.random((60, 72)) < 0.5):
        sat = sit(draw(60, prior, 10), bank, prior, replace(FREE, maximum_length=15), 10, allowed=allowed)
        shown = sat_shown(sat, 72)
        assert not (shown & ~np.broadcast_to(allowed, shown.shape)).any()
        assert (sat.length == 15).all()


def test_a_domain_at_its_target_waits_for_the_others(prior, bank):
    known = prior.covariance * np.outer(*[np.array([0.4, 0.4, 0.4, 0.4, 0.4, 1.0])] * 2)
    shown = np.zeros((1, 72), dtype=bool)
    seen = {int(choose(prior.mean[None], known[None], bank, shown, FREE, np.array([u]))[0]) for u in (0, 0.3, 0.6, 0.9)}
    assert {int(bank.domain[i]) for i in seen} == {5}
    shown[0, bank.domain == 5] = True
    assert bank.domain[choose(prior.mean[None], known[None], bank, shown, FREE, np.zeros(1))[0]] != 5


def test_a_test_ends_early_where_the_level_is_sure():
    items = Items(np.arange(80) % 2, np.full(80, 1.4), np.linspace(-2, 2, 80), np.zeros(80))
    prior = Prior(np.zeros(2), np.array([[1.0, 0.7], [0.7, 1.0]]))
    precise = Blueprint(np.full(2, 3), 60, np.full(2, 0.3))
    decides = replace(precise, decision=Decision(np.array([0.0]), 0.95))
    theta = draw(800, prior, 11)
    long, short = (sit(theta, items, prior, plan, 11) for plan in (precise, decides))
    assert short.length.mean() < 0.7 * long.length.mean()
    early, right = short.length < long.length, (short.mean > 0) == (theta > 0)
    assert right[early].mean() > 0.95
    assert right.mean() > ((long.mean > 0) == (theta > 0)).mean() - 0.02
    # Who stands far from the cut is told early, who stands on it answers on.
    far = np.abs(theta).min(axis=1) > 1
    near = np.abs(theta).max(axis=1) < 0.3
    assert short.length[far].mean() < 0.5 * short.length[near].mean()
    assert (short.length >= 6).all()


def test_a_level_of_one_domain_may_have_a_cut_of_its_own():
    mean, cov = np.array([[0.0, 3.0], [2.0, 3.0]]), np.repeat(0.16 * np.eye(2)[None], 2, axis=0)
    assert Decision(np.array([[1.0], [1.0]])).made(mean, cov).tolist() == [True, True]
    assert Decision(np.array([[0.2], [1.0]])).made(mean, cov).tolist() == [False, True]
    assert Decision(np.array([[0.2], [1.0]]), sure=0.6).made(mean, cov).tolist() == [True, True]


def test_no_item_is_shown_to_more_people_than_the_rate(prior, bank):
    plan = Blueprint(np.full(6, 2), 18, np.full(6, 0.1))
    theta = draw(800, prior, 12)
    chance = settle(theta, bank, prior, plan, 12, 0.4)
    others = draw(800, prior, 13)
    held = sit(others, bank, prior, plan, 99, eligible=eligible(chance, np.arange(800) + 7_000_000))
    free = sit(others, bank, prior, plan, 99)
    rate, wild = (np.bincount(each.shown[each.shown >= 0], minlength=72) / 800 for each in (held, free))
    assert wild.max() > 0.6
    assert rate.max() < 0.46  # 0.4, and three deviations of 800 people's chance
    assert (held.length == 18).all()
    # What it costs: a little precision.
    cost = (
        np.sqrt(np.diagonal(held.cov, axis1=1, axis2=2)).mean()
        / np.sqrt(np.diagonal(free.cov, axis1=1, axis2=2)).mean()
    )
    assert 1 <= cost < 1.06


def test_a_rested_item_comes_where_the_blueprint_has_no_other(prior, bank):
    plan = Blueprint(np.array([0, 0, 0, 0, 0, 3]), 8, np.full(6, 0.1))
    rested = np.repeat((bank.domain != 5)[None], 20, axis=0)
    sat = sit(draw(20, prior, 14), bank, prior, plan, 14, eligible=rested)
    assert (tally(sat_shown(sat, 72), bank.domain, 6)[:, 5] == 3).all()


def test_who_is_eligible_follows_from_the_seed_of_the_person_alone():
    chance = np.full(50, 0.5)
    together, alone = eligible(chance, np.array([3, 4])), eligible(chance, np.array([4]))
    assert (together[1] == alone[0]).all()
    assert 10 < together[0].sum() < 40


def test_a_rate_that_no_test_of_this_length_can_keep_is_refused(prior, bank):
    with pytest.raises(ValueError, match="of 72 items"):
        settle(draw(10, prior, 1), bank, prior, FREE, 1, 0.2)
