"""Counts on another day's map: nothing is lost, nothing invented, and reforms follow one another."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiakhoa.engines.lineage import Span, Step, restate, weights

BEFORE, FIRST, BETWEEN, SECOND, AFTER = (
    date(2020, 1, 1), date(2021, 7, 1), date(2022, 1, 1), date(2025, 7, 1), date(2026, 1, 1),
)  # fmt: skip


@st.composite
def reforms(draw):
    """Two generations of units: some kept, some merged, some divided in uneven parts, once in 2021 and once in 2025."""
    generations = [[f"{letter}{i}" for i in range(draw(st.integers(1, 6)))] for letter in "abc"]
    steps = []
    for day, old, new in zip((FIRST, SECOND), generations[:2], generations[1:], strict=True):
        for unit in old:
            heirs = draw(st.lists(st.sampled_from(new), min_size=1, max_size=3, unique=True))
            parts = np.array([draw(st.integers(1, 9)) for _heir in heirs], dtype=float)
            shares = parts / parts.sum()
            steps += [Step(unit, heir, day, float(share)) for heir, share in zip(heirs, shares, strict=True)]
    return generations[0], steps


@given(reforms(), st.data())
@settings(max_examples=150, deadline=None)
def test_every_total_is_kept_to_the_unit(reform, data):
    sources, steps = reform
    counts = np.array(
        data.draw(st.lists(st.tuples(*[st.integers(0, 10**9)] * 2), min_size=len(sources), max_size=len(sources)))
    )
    restated = restate(counts, weights(sources, steps, BEFORE, AFTER))
    assert restated.sum(axis=0).tolist() == counts.sum(axis=0).tolist()
    assert restated.min() >= 0


@given(reforms(), st.data())
@settings(max_examples=100, deadline=None)
def test_a_restated_count_is_within_one_of_the_exact_for_each_unit_that_hands_on(reform, data):
    sources, steps = reform
    counts = np.array(data.draw(st.lists(st.integers(0, 10**6), min_size=len(sources), max_size=len(sources))))
    passed = weights(sources, steps, BEFORE, AFTER)
    givers = (passed.matrix > 0).sum(axis=0)
    assert np.all(np.abs(restate(counts, passed) - passed.matrix.T @ counts) < givers + 1e-6)


@given(reforms())
@settings(max_examples=100, deadline=None)
def test_two_reforms_in_a_row_are_one_after_the_other(reform):
    sources, steps = reform
    first = weights(sources, steps, BEFORE, BETWEEN)
    second = weights(first.targets, steps, BETWEEN, AFTER)
    whole = weights(sources, steps, BEFORE, AFTER)
    assert whole.targets == second.targets
    np.testing.assert_allclose(whole.matrix.toarray(), (first.matrix @ second.matrix).toarray(), atol=1e-12)


@given(reforms())
@settings(max_examples=60, deadline=None)
def test_every_unit_hands_on_the_whole_of_itself(reform):
    sources, steps = reform
    np.testing.assert_allclose(weights(sources, steps, BEFORE, AFTER).matrix.sum(axis=1), 1.0, atol=1e-12)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=8))
def test_without_a_reform_between_the_days_nothing_changes(counts):
    sources = [f"u{i}" for i in range(len(counts))]
    steps = [Step(unit, "all", SECOND, 1.0) for unit in sources]
    assert restate(np.array(counts), weights(sources, steps, BEFORE, BETWEEN)).tolist() == counts


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=8))
def test_a_merge_of_whole_units_loses_nobody(counts):
    sources = [f"u{i}" for i in range(len(counts))]
    steps = [Step(unit, "all", SECOND, 1.0) for unit in sources]
    assert restate(np.array(counts), weights(sources, steps, BEFORE, AFTER)).tolist() == [sum(counts)]


def test_a_reform_on_the_first_day_is_past_and_on_the_last_day_is_done():
    steps = [Step("a", "b", SECOND, 1.0)]
    assert weights(["a"], steps, SECOND, AFTER).targets == ("a",)
    assert weights(["a"], steps, BEFORE, SECOND).targets == ("b",)


def test_a_unit_that_is_divided_shares_by_largest_remainder():
    steps = [Step("a", "p", SECOND, 0.79), Step("a", "q", SECOND, 0.21)]
    assert restate(np.array([10]), weights(["a"], steps, BEFORE, AFTER)).tolist() == [8, 2]


def test_equal_remainders_go_to_the_id_that_comes_first():
    steps = [Step("a", name, SECOND, 1 / 3) for name in ("r", "q", "p")]
    passed = weights(["a"], steps, BEFORE, AFTER)
    assert passed.targets == ("p", "q", "r")
    assert restate(np.array([4]), passed).tolist() == [2, 1, 1]


def test_shares_rounded_in_a_file_are_scaled_to_the_whole():
    steps = [Step("a", name, SECOND, 0.3333) for name in "pqr"]
    assert restate(np.array([9000]), weights(["a"], steps, BEFORE, AFTER)).tolist() == [3000, 3000, 3000]


def test_a_name_may_come_back_as_another_unit():
    """The new Gia Sàng took in a part of the old one and of its neighbour."""
    steps = [Step("old", "new", SECOND, 0.33), Step("old", "other", SECOND, 0.67), Step("next", "new", SECOND, 1.0)]
    passed = weights(["old", "next"], steps, BEFORE, AFTER)
    assert dict(zip(passed.targets, restate(np.array([100, 50]), passed), strict=True)) == {"new": 83, "other": 67}


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([Step("a", "b", SECOND, 0.0)], "a to b on 2025-07-01"),
        ([Step("a", "b", SECOND, -0.5)], "a to b on 2025-07-01"),
        ([Step("a", "b", SECOND, 1.5)], "a to b on 2025-07-01"),
        ([Step("a", "b", SECOND, 0.5)], "shares of a sum to 0.5"),
        ([Step("a", "b", SECOND, 0.7), Step("a", "c", SECOND, 0.7)], "shares of a sum to 1.4"),
    ],
)
def test_shares_that_make_no_whole_are_refused_by_unit(steps, named):
    with pytest.raises(ValueError, match=named):
        weights(["a"], steps, BEFORE, AFTER)


@given(reforms(), st.data())
@settings(max_examples=100, deadline=None)
def test_the_way_back_keeps_every_total_and_finds_every_old_unit(reform, data):
    sources, steps = reform
    there = weights(sources, steps, BEFORE, AFTER)
    counts = np.array(
        data.draw(st.lists(st.integers(0, 10**6), min_size=len(there.targets), max_size=len(there.targets)))
    )
    back = weights(there.targets, steps, AFTER, BEFORE)
    assert set(back.targets) >= set(sources)
    assert restate(counts, back).sum() == counts.sum()


@given(reforms())
@settings(max_examples=100, deadline=None)
def test_two_reforms_back_are_one_after_the_other_where_sizes_are_known(reform):
    sources, steps = reform
    sizes = {unit: 1.0 + i for i, unit in enumerate(sources)}
    there = weights(sources, steps, BEFORE, BETWEEN)
    sizes |= dict(zip(there.targets, there.matrix.T @ np.array([sizes[unit] for unit in sources]), strict=True))
    last = weights(sources, steps, BEFORE, AFTER).targets
    first = weights(last, steps, AFTER, BETWEEN, sizes=sizes)
    second = weights(first.targets, steps, BETWEEN, BEFORE, sizes=sizes)
    whole = weights(last, steps, AFTER, BEFORE, sizes=sizes)
    assert whole.targets == second.targets
    np.testing.assert_allclose(whole.matrix.toarray(), (first.matrix @ second.matrix).toarray(), atol=1e-12)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_a_merge_turned_back_by_the_sizes_of_its_parts_gives_the_parts(counts):
    sources = [f"u{i}" for i in range(len(counts))]
    steps = [Step(unit, "all", SECOND, 1.0) for unit in sources]
    back = weights(["all"], steps, AFTER, BEFORE, sizes=dict(zip(sources, counts, strict=True)))
    assert restate(np.array([sum(counts)]), back).tolist() == counts


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=1, max_size=4), min_size=1, max_size=5))
def test_a_merge_turned_back_and_done_again_is_as_it_was(groups):
    olds = [[f"u{i}.{k}" for k in range(len(group))] for i, group in enumerate(groups)]
    steps = [Step(old, f"n{i}", SECOND, 1.0) for i, group in enumerate(olds) for old in group]
    new = [f"n{i}" for i in range(len(groups))]
    counts = np.array([sum(group) for group in groups])
    back = weights(new, steps, AFTER, BEFORE)
    again = weights(back.targets, steps, BEFORE, AFTER)
    assert restate(restate(counts, back), again).tolist() == counts.tolist()


def test_a_source_that_is_not_in_force_on_the_first_day_is_refused_by_unit():
    with pytest.raises(ValueError, match="p: not in force on 2020-01-01"):
        weights(["p"], [], BEFORE, AFTER, {"p": Span(SECOND)})


def test_a_unit_that_began_from_nothing_is_on_no_earlier_map():
    passed = weights(["p"], [], AFTER, BEFORE, {"p": Span(SECOND)})
    assert passed.targets == ()
    with pytest.raises(ValueError, match="its count would be lost"):
        restate(np.array([3]), passed)


@pytest.mark.parametrize("count", [-1, 0.5, np.nan])
def test_a_count_that_is_no_count_is_refused_by_unit(count):
    with pytest.raises(ValueError, match="a: counts are whole"):
        restate(np.array([count]), weights(["a"], [], BEFORE, AFTER))


def test_nobody_moves_to_the_heir_of_another_unit():
    """One person each in a (to p, q) and b (to r, s): one must be in p or q, and one in r or s."""
    steps = [Step(old, new, SECOND, 0.5) for old, new in ("ap", "aq", "br", "bs")]
    p, q, r, s = restate(np.array([1, 1]), weights(["a", "b"], steps, BEFORE, AFTER))
    assert (p + q, r + s) == (1, 1)
