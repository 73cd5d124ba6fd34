"""Calibration against published estimates, against a plain optimiser, and on data whose truth is known."""

from importlib import import_module

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize

from chiakhoa.engines.irt import Items, Prior, expected
from chiakhoa.engines.irt.calibrate import calibrate

# Published: Bock & Aitkin (1981), Psychometrika 46, and Rizopoulos (2006), J. Stat. Software 17(5), for LSAT 6.
LSAT6_A = [0.825, 0.723, 0.890, 0.689, 0.657]
LSAT6_B = [-3.360, -1.370, -0.280, -1.866, -3.124]
LSAT6_SE_A = [0.258, 0.187, 0.233, 0.185, 0.210]
LSAT6_1PL_B = [-3.615, -1.322, -0.318, -1.730, -2.780]


def bank(size: int, seed: int, c: float = 0.0) -> Items:
    chance = np.random.default_rng(seed)
    return Items(np.zeros(size), chance.lognormal(0.1, 0.3, size), chance.normal(0, 1, size), np.full(size, c))


def with_gaps(table: np.ndarray, each: int, seed: int) -> np.ndarray:
    order = np.random.default_rng(seed).random(table.shape).argsort(axis=1)
    return np.where(order < each, table, np.nan)


def test_section_six_of_the_law_test_gives_the_published_two_parameter_estimates(lsat6):
    found = calibrate(lsat6, model="2pl")
    assert lsat6.mean(axis=0) == pytest.approx([0.924, 0.709, 0.553, 0.763, 0.870])
    assert found.log_likelihood == pytest.approx(-2466.653, abs=1e-3)
    assert found.a == pytest.approx(LSAT6_A, abs=0.01)
    assert found.b == pytest.approx(LSAT6_B, abs=0.01)
    assert found.se_a == pytest.approx(LSAT6_SE_A, rel=0.05)
    assert found.converged


def test_section_six_of_the_law_test_gives_the_published_common_slope(lsat6):
    found = calibrate(lsat6, model="1pl")
    assert found.log_likelihood == pytest.approx(-2466.938, abs=1e-3)
    assert found.a == pytest.approx(np.full(5, 0.755), abs=1e-3)
    assert found.b == pytest.approx(LSAT6_1PL_B, abs=0.01)
    assert found.se_a == pytest.approx(np.full(5, 0.0694), rel=0.05)


def test_section_seven_of_the_law_test_gives_the_published_likelihood(lsat7):
    found = calibrate(lsat7, model="2pl")
    assert lsat7.mean(axis=0) == pytest.approx([0.828, 0.658, 0.772, 0.606, 0.843])
    assert found.log_likelihood == pytest.approx(-2658.805, abs=1e-3)
    assert found.a == pytest.approx([0.988, 1.081, 1.706, 0.765, 0.736], abs=0.01)
    assert -found.a * found.b == pytest.approx([1.856, 0.808, 1.804, 0.486, 1.855], abs=0.01)


def test_four_items_of_the_nag_manual_give_its_estimates_and_its_fit(four_items):
    found = calibrate(four_items, tolerance=1e-6)
    assert found.a == pytest.approx([1.045, 1.409, 2.659, 1.122], abs=0.01)
    assert -found.a * found.b == pytest.approx([-1.276, 0.424, 1.615, -0.062], abs=0.01)
    assert round(found.log_likelihood, 1) == -2403.9
    counts = np.unique(four_items, axis=0, return_counts=True)[1]
    deviance = 2 * (float(counts @ np.log(counts / 1000)) - found.log_likelihood)
    # Printed: 9.027, by ten nodes. With as many as ours a plain optimiser finds the same 9.04 as we do.
    assert deviance == pytest.approx(9.027, abs=0.02)


def test_the_estimates_are_those_of_a_plain_optimiser(lsat7):
    patterns, counts = np.unique(lsat7, axis=0, return_counts=True)
    nodes = np.linspace(-6, 6, 121)
    weight = np.exp(-0.5 * nodes**2) / np.exp(-0.5 * nodes**2).sum()

    def minus(x: np.ndarray) -> float:
        p = 1 / (1 + np.exp(-(x[:5, None] * nodes + x[5:, None])))
        each = np.exp(patterns @ np.log(p) + (1 - patterns) @ np.log(1 - p)) @ weight
        return -float(counts @ np.log(each))

    best = minimize(minus, np.ones(10), method="L-BFGS-B", options={"ftol": 1e-13, "gtol": 1e-7})
    found = calibrate(lsat7, model="2pl")
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-4)
    assert found.a == pytest.approx(best.x[:5], abs=2e-3)


@pytest.mark.parametrize("model", ["1pl", "2pl", "3pl"])
def test_a_row_that_counts_three_times_is_three_rows(lsat7, model):
    some = lsat7[::4]
    once = calibrate(np.repeat(some, 3, axis=0), model=model, prior="default")
    thrice = calibrate(some, model=model, prior="default", weights=np.full(len(some), 3.0))
    assert once.log_likelihood == pytest.approx(thrice.log_likelihood)
    assert once.b == pytest.approx(thrice.b, abs=1e-6)


def test_dense_with_gaps_and_sparse_are_the_same(answer):
    chance = np.random.default_rng(8)
    gaps = with_gaps(answer(chance.normal(size=600), bank(20, 8), chance), 9, 8)
    person, item = np.nonzero(~np.isnan(gaps))
    stored = sparse.csr_array((gaps[person, item], (person, item)), shape=gaps.shape)
    one, other = calibrate(gaps, prior="default"), calibrate(stored, prior="default")
    assert one.log_likelihood == pytest.approx(other.log_likelihood)
    assert one.a == pytest.approx(other.a, abs=1e-8)
    assert one.se_b == pytest.approx(other.se_b, rel=1e-8)


@pytest.mark.parametrize("each", [None, 20], ids=["dense", "sparse"])
def test_known_items_are_found_as_surely_as_the_errors_say(answer, each):
    chance, true = np.random.default_rng(9), bank(100, 9)
    table = answer(chance.normal(size=4000), true, chance)
    found = calibrate(table if each is None else with_gaps(table, each, 9))
    away = np.concatenate([(found.a - true.a) / found.se_a, (found.b - true.b) / found.se_b])
    assert 0.85 < np.sqrt((away**2).mean()) < 1.15
    assert np.corrcoef(found.b, true.b)[0, 1] > 0.98


def test_guessing_is_found_with_the_default_prior(answer):
    chance, true = np.random.default_rng(10), bank(40, 10, c=0.22)
    found = calibrate(answer(chance.normal(size=5000), true, chance), model="3pl", prior="default")
    assert found.converged
    assert abs(found.c.mean() - 0.22) < 0.03
    assert np.sqrt(((found.b - true.b) ** 2).mean()) < 0.2
    assert (found.se_c > 0).all()


@pytest.mark.parametrize("section", ["lsat6", "lsat7", "four_items"])
def test_without_priors_a_model_with_guessing_is_never_less_likely_than_one_without(section, request):
    table = request.getfixturevalue(section)
    plain, guessed = (calibrate(table, model=model).log_likelihood for model in ("2pl", "3pl"))
    assert guessed > plain - 1e-3


def test_without_priors_guessing_in_section_seven_is_the_top_that_many_starts_of_a_plain_optimiser_find(lsat7):
    patterns, counts = np.unique(lsat7, axis=0, return_counts=True)
    nodes = np.linspace(-6, 6, 121)
    weight = np.exp(-0.5 * nodes**2) / np.exp(-0.5 * nodes**2).sum()

    def minus(x: np.ndarray) -> float:
        c = 1 / (1 + np.exp(-x[10:, None]))
        p = np.clip(c + (1 - c) / (1 + np.exp(-(x[:5, None] * nodes + x[5:10, None]))), 1e-9, 1 - 1e-9)
        return -float(counts @ np.log(np.exp(patterns @ np.log(p) + (1 - patterns) @ np.log(1 - p)) @ weight))

    bounds = [(0.02, 10)] * 5 + [(-10, 10)] * 5 + [(-12, 1)] * 5
    starts = (np.concatenate([np.ones(10), np.full(5, c)]) for c in (-1.0, -2.0, -4.0))
    best = min(minimize(minus, start, method="L-BFGS-B", bounds=bounds).fun for start in starts)
    assert calibrate(lsat7, model="3pl").log_likelihood == pytest.approx(-best, abs=2e-3)


def test_slipping_is_found_with_the_default_prior(answer):
    chance, true = np.random.default_rng(16), bank(40, 16, c=0.15)
    theta = chance.normal(size=6000)
    table = answer(theta, true, chance) * (chance.random((6000, 40)) < 0.93)
    found = calibrate(table, model="4pl", prior="default")
    assert found.converged
    assert found.d.mean() == pytest.approx(0.93, abs=0.02)
    assert found.c.mean() == pytest.approx(0.15 * 0.93, abs=0.04)
    assert np.corrcoef(found.b, true.b)[0, 1] > 0.97
    assert (found.se_d > 0).all()
    without = calibrate(table, model="3pl", prior="default")
    assert found.log_likelihood > without.log_likelihood + 50


def test_a_guessing_that_is_known_need_not_be_estimated(answer):
    chance, true = np.random.default_rng(17), bank(40, 17, c=0.25)
    table = answer(chance.normal(size=4000), true, chance)
    told, untold = calibrate(table, guessing=true.c), calibrate(table)
    away = np.concatenate([(told.a - true.a) / told.se_a, (told.b - true.b) / told.se_b])
    assert 0.8 < np.sqrt((away**2).mean()) < 1.2
    assert (told.c == 0.25).all()
    assert np.abs(untold.b - true.b).mean() > 2 * np.abs(told.b - true.b).mean()


def test_anchored_items_keep_their_guessing_in_a_model_that_has_none(answer):
    chance, true = np.random.default_rng(18), bank(40, 18, c=0.25)
    table = answer(chance.normal(size=4000), true, chance)
    free = np.arange(40) % 2 == 1
    anchors = tuple(np.where(free, np.nan, part) for part in (true.a, true.b, true.c))
    found = calibrate(table, anchors=anchors, guessing=true.c)
    assert found.c == pytest.approx(true.c)
    assert (found.mean[0], found.sd[0]) == pytest.approx((0, 1), abs=0.05)


def test_from_a_hundred_and_fifty_answers_an_item_is_usable_with_its_authors_level(answer):
    """People see 20 of 200 items, 150 answers an item; authors err by half a level (0.4 logits)."""
    chance, true = np.random.default_rng(19), bank(200, 19)
    table = with_gaps(answer(chance.normal(size=1500), true, chance), 20, 19)
    author = true.b + chance.normal(0, 0.4, 200)
    alone, helped = calibrate(table), calibrate(table, prior="default", difficulty=author)
    plain, better = (np.sqrt(((found.b - true.b) ** 2).mean()) for found in (alone, helped))
    assert better < 0.75 * plain
    assert better < 0.6 * np.sqrt(((author - true.b) ** 2).mean())
    held = np.abs(helped.b - true.b) <= 1.96 * helped.se_b
    assert held.mean() > 0.93
    # Usable: abilities estimated with these items are as good as with the true ones, to a twentieth.
    theta = chance.normal(size=3000)
    fresh = with_gaps(answer(theta, true, chance), 20, 20)
    normal = Prior(np.zeros(1), np.ones((1, 1)))
    with_true, with_found = (
        np.sqrt(((expected(items, fresh, normal).mean[:, 0] - theta) ** 2).mean()) for items in (true, helped.items())
    )
    assert with_found < 1.05 * with_true


def test_three_groups_and_new_items_are_linked_at_once(answer):
    """Old items are anchored, each group sees the anchors and new items of its own; groups differ in ability and spread."""
    chance, true = np.random.default_rng(20), bank(60, 20)
    group = np.repeat([0, 1, 2], 2000)
    theta = chance.normal(np.array([0.5, -0.5, 1.0])[group], np.array([1.0, 0.8, 1.2])[group])
    table = answer(theta, true, chance)
    for each in range(3):
        others = [i for i in range(30, 60) if i % 3 != each]
        table[np.ix_(group == each, others)] = np.nan
    anchors = tuple(np.where(np.arange(60) >= 30, np.nan, part) for part in (true.a, true.b, true.c))
    found = calibrate(table, anchors=anchors, groups=group)
    assert found.mean == pytest.approx([0.5, -0.5, 1.0], abs=0.08)
    assert found.sd == pytest.approx([1.0, 0.8, 1.2], abs=0.08)
    away = (found.b - true.b)[30:] / found.se_b[30:]
    assert 0.8 < np.sqrt((away**2).mean()) < 1.2
    # A scale that is off would show as one sign: three standard errors of a mean of ten items.
    assert all(abs(away[each::3].mean()) < 3 / np.sqrt(10) for each in range(3))


def test_the_authors_difficulty_helps_where_answers_are_few(answer):
    chance, true = np.random.default_rng(11), bank(60, 11)
    table = with_gaps(answer(chance.normal(size=400), true, chance), 10, 11)
    author = true.b + chance.normal(0, 0.4, 60)
    errors = [
        np.sqrt(((calibrate(table, prior="default", difficulty=hint).b - true.b) ** 2).mean())
        for hint in (None, author)
    ]
    assert errors[1] < errors[0] < 0.6


def test_new_items_join_the_scale_of_anchored_ones_whoever_answers(answer):
    chance, true = np.random.default_rng(12), bank(40, 12)
    table = answer(chance.normal(0.8, 1.3, size=4000), true, chance)
    free = np.arange(40) % 2 == 1
    anchors = tuple(np.where(free, np.nan, part) for part in (true.a, true.b, true.c))
    found = calibrate(table, anchors=anchors)
    assert found.b[~free] == pytest.approx(true.b[~free])
    assert (found.se_b[~free] == 0).all()
    assert np.abs((found.b - true.b)[free].mean()) < 0.05
    assert (found.mean[0], found.sd[0]) == pytest.approx((0.8, 1.3), abs=0.08)


def test_a_second_group_is_placed_against_the_first(answer):
    chance, true = np.random.default_rng(13), bank(30, 13)
    theta = np.concatenate([chance.normal(0, 1, 2000), chance.normal(-0.7, 0.8, 2000)])
    found = calibrate(answer(theta, true, chance), groups=np.repeat([0, 1], 2000))
    assert (found.mean[0], found.sd[0]) == (0, 1)
    assert (found.mean[1], found.sd[1]) == pytest.approx((-0.7, 0.8), abs=0.08)


def test_many_persons_give_the_same_as_all_of_them_from_the_start(answer, monkeypatch):
    chance = np.random.default_rng(14)
    table = answer(chance.normal(size=1500), bank(15, 14), chance)
    whole = calibrate(table)
    monkeypatch.setattr(import_module("chiakhoa.engines.irt.calibrate"), "SAMPLE", 400)
    assert calibrate(table).b == pytest.approx(whole.b, abs=1e-3)


@pytest.mark.parametrize(
    ("column", "word"),
    [
        (np.ones(6), "right for everybody"),
        (np.zeros(6), "wrong for everybody"),
        (np.full(6, np.nan), "shown to nobody"),
    ],
)
def test_an_item_that_answers_alone_cannot_tell_is_refused_without_prior(column, word):
    table = np.column_stack([[1, 0, 1, 0, 1, 1.0], column])
    with pytest.raises(ValueError, match=f"item 1 was {word}"):
        calibrate(table)
    assert np.isfinite(calibrate(table, prior="default").b).all()


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        ({"responses": np.array([[1.0, 0.0], [0.5, 1.0]])}, "person 1, item 0"),
        ({"responses": np.ones(3)}, "persons, items"),
        ({"responses": np.zeros((0, 3))}, "nothing to calibrate"),
        ({"responses": np.eye(2), "weights": np.ones(3)}, "weights"),
        ({"responses": np.eye(2), "groups": np.array([0, -1])}, "person 1"),
        ({"responses": np.eye(2), "prior": "strong"}, "strong"),
        ({"responses": np.eye(2), "prior": "default", "difficulty": np.zeros(3)}, "difficulty"),
    ],
)
def test_what_cannot_be_calibrated_is_refused_in_words(bad, word):
    with pytest.raises(ValueError, match=word):
        calibrate(**bad)
