"""Matchings: stable, best for the applicants, and each unmet wish with its reason."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiakhoa.engines.matching import Reason, blocking_pairs, match

NOT_ACCEPTABLE = -np.inf


@st.composite
def markets(draw, most_applicants=5, most_openings=3):
    """Wishes, scores with ties and refusals, and quotas, some of them of no seat."""
    applicants, openings = draw(st.integers(1, most_applicants)), draw(st.integers(1, most_openings))
    wishes = [
        draw(st.permutations(range(openings)))[: draw(st.integers(0, openings))] for _applicant in range(applicants)
    ]
    score = st.sampled_from([1.0, 2.0, 3.0, NOT_ACCEPTABLE, np.nan])
    scores = np.array([[draw(score) for _o in range(openings)] for _a in range(applicants)])
    return wishes, scores, draw(st.lists(st.integers(0, 2), min_size=openings, max_size=openings))


@given(markets(most_applicants=12, most_openings=6))
@settings(max_examples=150, deadline=None)
def test_nobody_and_no_opening_would_rather_have_each_other(market):
    wishes, scores, quotas = market
    assert blocking_pairs(wishes, scores, quotas, match(wishes, scores, quotas).assigned) == []


@given(markets(most_applicants=12, most_openings=6))
@settings(max_examples=150, deadline=None)
def test_nobody_gets_what_was_not_wished_refused_or_full(market):
    wishes, scores, quotas = market
    assigned = match(wishes, scores, quotas).assigned
    for applicant, opening in enumerate(assigned):
        if opening >= 0:
            assert opening in wishes[applicant]
            assert np.isfinite(scores[applicant, opening])
    assert all(np.sum(assigned == opening) <= quota for opening, quota in enumerate(quotas))


@given(markets())
@settings(max_examples=80, deadline=None)
def test_no_stable_matching_is_better_for_any_applicant(market):
    wishes, scores, quotas = market
    ours = match(wishes, scores, quotas).assigned
    for other in _stable_by_force(wishes, scores, quotas):
        for applicant, wished in enumerate(wishes):
            assert _place(wished, ours[applicant]) <= _place(wished, other[applicant])


@given(markets(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_untied_applicants_does_not_matter(market, chance):
    wishes, scores, quotas = market
    scores = scores + np.arange(len(wishes))[:, None] / 100  # no two applicants score the same
    order = list(range(len(wishes)))
    chance.shuffle(order)
    straight = match(wishes, scores, quotas).assigned
    shuffled = match([wishes[a] for a in order], scores[order], quotas).assigned
    assert shuffled.tolist() == [straight[a] for a in order]


@given(markets())
@settings(max_examples=60, deadline=None)
def test_every_wish_but_the_granted_one_has_a_reason(market):
    wishes, scores, quotas = market
    found = match(wishes, scores, quotas)
    for wished, opening, reasons in zip(wishes, found.assigned, found.reasons, strict=True):
        assert [reason.opening for reason in reasons] == [o for o in wished if o != opening]


def test_the_higher_score_takes_the_only_seat():
    found = match([[0], [0]], np.array([[1.0], [2.0]]), [1])
    assert found.assigned.tolist() == [-1, 0]
    assert found.reasons[0] == (Reason(0, "full", 1.0, 2.0),)


def test_of_equals_the_first_in_the_list_takes_the_seat():
    assert match([[0], [0]], np.ones((2, 1)), [1]).assigned.tolist() == [0, -1]


def test_who_is_put_out_takes_the_next_wish():
    found = match([[0, 1], [0]], np.array([[1.0, 5.0], [2.0, 0.0]]), [1, 1])
    assert found.assigned.tolist() == [1, 0]


def test_an_opening_that_rather_stays_empty_says_unacceptable():
    found = match([[0]], np.array([[NOT_ACCEPTABLE]]), [1])
    assert found.assigned.tolist() == [-1]
    assert found.reasons[0][0].kind == "unacceptable"


def test_the_wish_below_the_granted_one_was_not_needed():
    assert match([[0, 1]], np.ones((1, 2)), [1, 1]).reasons[0][0].kind == "better"


def test_who_wishes_for_nothing_gets_nothing_and_no_reason():
    found = match([[]], np.ones((1, 1)), [1])
    assert (found.assigned.tolist(), found.reasons) == ([-1], ((),))


def test_nobody_at_all_is_matched_to_nothing():
    assert match([], np.zeros((0, 2)), [1, 1]).assigned.tolist() == []


def test_an_unstable_matching_is_seen_through():
    """Both would rather swap: the seat went to the lower score."""
    assert blocking_pairs([[0], [0]], np.array([[1.0], [2.0]]), [1], np.array([0, -1])) == [(1, 0)]


def test_an_empty_seat_that_somebody_wants_blocks():
    assert blocking_pairs([[0]], np.ones((1, 1)), [1], np.array([-1])) == [(0, 0)]


@pytest.mark.parametrize(
    ("wishes", "scores", "quotas", "named"),
    [
        ([[0, 0]], np.ones((1, 1)), [1], "applicant 0: wishes for an opening twice"),
        ([[7]], np.ones((1, 1)), [1], "applicant 0: there is no opening 7"),
        ([[-1]], np.ones((1, 1)), [1], "applicant 0: there is no opening -1"),
        ([[0]], np.ones((1, 1)), [-1], "opening 0: -1 seats"),
        ([[0]], np.ones((2, 1)), [1], "scores must be"),
    ],
)
def test_nonsense_is_refused_by_place(wishes, scores, quotas, named):
    with pytest.raises(ValueError, match=named):
        match(wishes, scores, quotas)


def test_ten_thousand_applicants_are_matched_stably():
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 50, size=(10_000, 60)).astype(float)
    wishes = [rng.permutation(60)[:8].tolist() for _applicant in range(10_000)]
    quotas = [100] * 60
    assigned = match(wishes, scores, quotas).assigned
    assert np.sum(assigned >= 0) == 6_000
    assert blocking_pairs(wishes[:500], scores, quotas, assigned) == []


def _place(wished, opening):
    """How far down the list a result is; nothing is below everything."""
    return wished.index(opening) if opening in wished else len(wished)


def _stable_by_force(wishes, scores, quotas):
    for chosen in product(*[[-1, *wished] for wished in wishes]):
        assigned = np.array(chosen)
        fits = all(np.sum(assigned == o) <= quota for o, quota in enumerate(quotas))
        taken = all(o < 0 or np.isfinite(scores[a, o]) for a, o in enumerate(chosen))
        if fits and taken and not _blocked(wishes, scores, quotas, assigned):
            yield assigned


def _blocked(wishes, scores, quotas, assigned):
    """The definition once more, written apart from the engine's own check."""
    for a, wished in enumerate(wishes):
        for o in wished[: _place(wished, assigned[a])]:
            holders = [(scores[b, o], -b) for b in np.flatnonzero(assigned == o)]
            room = len(holders) < quotas[o]
            if np.isfinite(scores[a, o]) and (room or any((scores[a, o], -a) > holder for holder in holders)):
                return True
    return False
