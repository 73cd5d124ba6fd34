"""Which item comes next, when a test ends, and simulated sittings."""

import numpy as np
import pytest

from chiakhoa.engines.irt import Blueprint, Items, Prior, assume_density, choose, finished, information, sit
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
    sat = sit(draw(100, prior, 5), bank, prior, FREE, 5, enemy=enemy)
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
