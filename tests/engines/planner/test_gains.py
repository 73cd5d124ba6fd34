"""Gains shrunk towards their kind: published examples first, then what must hold whatever was measured."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import brentq

from chiakhoa.engines.planner.gains import Measured, hierarchy, learn

ONE_KIND, NO_OPINION = np.zeros(8, np.int64), np.array([np.inf])
# Rubin (1981): effects of coaching in eight schools; medians from Gelman et al., Bayesian Data Analysis, table 5.3.
SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
MEDIANS = [10, 8, 7, 8, 5, 6, 10, 8]
# Colditz et al. (1994), thirteen trials of BCG: log relative risks and variances; REML by Viechtbauer (2010).
BCG = [
    (-0.8893, 0.3256), (-1.5854, 0.1946), (-1.3481, 0.4154), (-1.4416, 0.0200), (-0.2175, 0.0512), (-0.7861, 0.0069),
    (-1.6209, 0.2230), (0.0120, 0.0040), (-0.4694, 0.0564), (-1.3713, 0.0730), (-0.3394, 0.0124), (0.4459, 0.5325),
    (-0.0173, 0.0714),
]  # fmt: skip


def median(found, j):
    """The median of the mixture of normals that the posterior of one d is."""
    sds = np.sqrt(found.variances[:, j])

    def below(x):
        parts = (NormalDist(m, s).cdf(x) for m, s in zip(found.means[:, j], sds, strict=True))
        return sum(w * p for w, p in zip(found.weights, parts, strict=True)) - 0.5

    return brentq(below, -40, 60)


def test_the_eight_schools_are_those_of_the_book():
    found = hierarchy(*SCHOOLS, ONE_KIND, NO_OPINION)
    assert [median(found, j) for j in range(8)] == pytest.approx(MEDIANS, abs=0.75)


def test_with_no_spread_all_schools_are_their_pooled_mean():
    y, s = SCHOOLS
    found = hierarchy(y, s, ONE_KIND, NO_OPINION)
    assert found.spreads[0] == 0
    assert found.means[0] == pytest.approx(np.full(8, 7.7), abs=0.05), "7.7 by the book, page 120"
    assert np.sqrt(found.variances[0]) == pytest.approx(np.full(8, 4.1), abs=0.05)


def test_the_likeliest_spread_is_that_of_reml_for_the_trials_of_bcg():
    y, variance = (np.array(column) for column in zip(*BCG, strict=True))
    found = hierarchy(y, np.sqrt(variance), np.zeros(13, np.int64), NO_OPINION)
    best = int(found.weights.argmax())
    assert found.spreads[best] ** 2 == pytest.approx(0.3132, abs=0.03)
    weights = 1 / (variance + 0.3132)
    assert (weights @ y) / weights.sum() == pytest.approx(-0.7145, abs=0.001)


def course(name, rise=0.0, people=0, se=0.1, kind="lab", assumed=1.0, sd=0.4):
    return Measured(name, kind, assumed, sd, rise, se, people)


def by_name(*courses):
    return {row.course: row for row in learn(courses)}


def test_nothing_measured_nothing_learned():
    (row,) = learn([course("A")])
    assert row.gain == pytest.approx(1.0)
    assert row.sd > 0.4, "the kind's uncertainty and the course's own"
    assert learn([]) == []


def test_much_data_speaks_for_itself_and_little_is_drawn_to_the_kind():
    found = by_name(
        course("many", 0.2, 400, se=0.01), course("few", 0.2, 3, se=0.5), course("other", 1.0, 400, se=0.01)
    )
    assert found["many"].gain == pytest.approx(0.2, abs=0.02)
    assert 0.3 < found["few"].gain < 0.95
    assert found["many"].sd < 0.02 < found["few"].sd


def test_an_unmeasured_course_moves_with_its_kind_and_not_with_another():
    weak = [course(f"lab{n}", 0.5, 200, se=0.03) for n in range(5)]
    found = by_name(*weak, course("lab", kind="lab"), course("hall", kind="hall"))
    assert found["lab"].gain == pytest.approx(0.55, abs=0.1)
    assert found["hall"].gain == pytest.approx(1.0, abs=1e-9)
    assert found["lab"].sd < found["hall"].sd


def test_shrinkage_regains_what_was_true_better_than_each_course_alone():
    rng = np.random.default_rng(5)
    true = rng.normal(0.7, 0.2, 40)
    se = rng.uniform(0.1, 0.5, 40)
    rows = [
        course(str(j), float(rise), 10, float(error))
        for j, (rise, error) in enumerate(zip(rng.normal(true, se), se, strict=True))
    ]
    gains = np.array([row.gain for row in learn(rows)])
    alone = np.mean((np.array([row.rise for row in rows]) - true) ** 2)
    assert np.mean((gains - true) ** 2) < 0.6 * alone
    inside = [abs(row.gain - t) < 1.96 * row.sd for row, t in zip(learn(rows), true, strict=True)]
    assert np.mean(inside) > 0.85


@example([(0.0, 1.0), (0.0, 0.5), (0.0, 0.5), (3.0, 0.625)])
@given(st.lists(st.tuples(st.floats(-1, 3), st.floats(0.05, 1)), min_size=1, max_size=8))
def test_what_is_believed_lies_between_the_lowest_and_the_highest_said(pairs):
    rows = [course(str(j), rise, 20, se) for j, (rise, se) in enumerate(pairs)]
    said = [1.0, *(rise for rise, _se in pairs)]
    for row, (_rise, se) in zip(learn(rows), pairs, strict=True):
        assert min(said) - 1e-9 <= row.gain <= max(said) + 1e-9
        # Where the answers disagree, it is not known how much courses differ: that adds at most the spread of what was said.
        most = max(se, 0.6) ** 2 + ((max(said) - min(said)) / 2) ** 2
        assert 0 < row.sd <= most**0.5 + 1e-9


def test_the_order_of_the_courses_does_not_matter():
    rows = [course("A", 0.3, 9), course("B", 0.9, 40, se=0.05, kind="hall"), course("C", kind="hall")]
    assert {row.course: pytest.approx(row.gain) for row in learn(rows)} == {
        row.course: row.gain for row in learn(rows[::-1])
    }


@pytest.mark.parametrize("bad", [course("A", se=0.0), course("A", sd=0.0)])
def test_certainty_is_refused(bad):
    with pytest.raises(ValueError, match="positive"):
        learn([bad])
