"""What an answer is worth, kind by kind."""

from types import SimpleNamespace

import pytest

from chiakhoa.measure.assessment import scoring
from chiakhoa.measure.assessment.bank import CHANCE_IN_MID_BAND, GUESSING, SLOPE, difficulty
from chiakhoa.measure.evidence.bands import middle_of_band

CUTS = [-2.8, -2.0, -1.2, -0.4, 0.4, 1.2, 2.0, 2.8]


def item(kind, key):
    part = "pairs" if kind == "matching" else "options"
    return SimpleNamespace(code="1.1-a", kind=kind, content={part: [{"key": k} for k in "abcd"]}, key=key)


ITEMS = {
    "single": item("single", "b"),
    "multiple": item("multiple", ["a", "c"]),
    "ordering": item("ordering", ["a", "b", "c", "d"]),
    "matching": item("matching", {"a": "a", "b": "b", "c": "c", "d": "d"}),
}
SWAPPED = {"a": "b", "b": "a", "c": "c", "d": "d"}


@pytest.mark.parametrize(
    ("kind", "given", "worth"),
    [
        ("single", "b", 1),
        ("single", "a", 0),
        ("multiple", ["c", "a"], 1),
        ("multiple", ["a"], 0),
        ("multiple", ["a", "b", "c"], 0),
        ("ordering", ["a", "b", "c", "d"], 1),
        ("ordering", ["b", "a", "c", "d"], 0),
        ("matching", {"a": "a", "b": "b", "c": "c", "d": "d"}, 1),
        ("matching", SWAPPED, 0),
    ],
)
def test_an_answer_is_right_as_a_whole_or_not(kind, given, worth):
    assert scoring.score(ITEMS[kind], given) == worth


@pytest.mark.parametrize("kind", ITEMS)
def test_not_knowing_is_worth_nothing(kind):
    assert scoring.score(ITEMS[kind], None) == 0


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("single", "z"),
        ("single", ["b"]),
        ("multiple", []),
        ("multiple", ["a", "a"]),
        ("multiple", ["z"]),
        ("multiple", "a"),
        ("ordering", ["a", "b", "c"]),
        ("ordering", ["a", "a", "b", "c"]),
        ("ordering", [1, 2, 3, 4]),
        ("matching", {"a": "a"}),
        ("matching", {"a": "a", "b": "a", "c": "c", "d": "d"}),
        ("matching", ["a", "b", "c", "d"]),
    ],
)
def test_an_answer_of_the_wrong_shape_is_no_answer(kind, given):
    with pytest.raises(ValueError, match=r"1\.1-a"):
        scoring.score(ITEMS[kind], given)


def test_the_right_parts_of_an_answer_are_told_one_by_one():
    assert scoring.right_parts(ITEMS["matching"], SWAPPED) == {"c", "d"}
    assert scoring.right_parts(ITEMS["ordering"], ["a", "c", "b", "d"]) == {"a", "d"}
    assert scoring.right_parts(ITEMS["multiple"], ["a", "b"]) == {"a", "d"}


@pytest.mark.parametrize("grade", range(1, 9))
@pytest.mark.parametrize("kind", GUESSING)
def test_an_uncalibrated_item_is_answered_in_mid_band_with_the_stated_chance(grade, kind):
    from chiakhoa.engines.irt import probability

    c = GUESSING[kind]
    b = difficulty(grade, CUTS, a=SLOPE, c=c)
    assert probability(middle_of_band(grade, CUTS), SLOPE, b, c) == pytest.approx(CHANCE_IN_MID_BAND)
