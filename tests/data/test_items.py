"""The item files keep their rules: enough items, one format, both languages alike, keys that cannot be guessed."""

import unicodedata
from collections import Counter

import pytest

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.measure.assessment.bank import item_files
from chiakhoa.measure.assessment.models import ItemKind

ITEMS = item_files()
BY_KIND = {kind: [item for item in ITEMS if item["kind"] == kind] for kind in ItemKind.values}
every_item = pytest.mark.parametrize("item", ITEMS, ids=[item["code"] for item in ITEMS])
FIELDS = {"code", "competence", "grade", "kind", "stem_vi", "stem_en", "learn_vi", "learn_en"}
OPTION = {"key", "vi", "en", "why_vi", "why_en"}
PAIR = {"key", "left_vi", "left_en", "right_vi", "right_en"}


def texts(value):
    """Every text anywhere in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def competences():
    scale = load_yaml("frameworks/tt02_2025.yaml")
    return [row["code"] for domain in scale["domains"] for row in domain["competences"]]


def test_there_are_at_least_240_items():
    assert len(ITEMS) >= 240


def test_each_competence_of_the_scale_has_at_least_ten_items_and_no_other_has_any():
    counts = Counter(item["competence"] for item in ITEMS)
    assert set(counts) == set(competences())
    assert {code: n for code, n in counts.items() if n < 10} == {}


def test_the_items_of_a_domain_ask_for_different_grades():
    for domain in "123456":
        grades = {item["grade"] for item in ITEMS if item["competence"].startswith(f"{domain}.")}
        assert len(grades) >= 4, f"domain {domain} has only grades {grades}"


@every_item
def test_an_item_has_its_fields_and_no_others(item):
    body = {"pairs", "why_vi", "why_en"} if item["kind"] == "matching" else {"options"}
    assert set(item) - {"why_vi", "why_en"} == (FIELDS | body) - {"why_vi", "why_en"}
    assert item["kind"] in ItemKind.values
    assert item["grade"] in range(1, 9)
    assert item["code"].rsplit("-", 1)[0] == item["competence"]
    assert len(item["code"]) <= 12


@every_item
def test_an_item_says_everything_in_both_languages(item):
    empty = [text for text in texts(item) if not text.strip()]
    assert empty == []
    rows = item.get("options") or item["pairs"]
    wanted = PAIR if item["kind"] == "matching" else OPTION
    for row in rows:
        assert set(row) - {"correct"} == wanted
    if item["kind"] == "matching":
        assert item["why_vi"]
        assert item["why_en"]


@every_item
def test_the_text_of_an_item_is_nfc(item):
    assert [text for text in texts(item) if unicodedata.normalize("NFC", text) != text] == []


@every_item
def test_keys_of_an_item_are_letters_in_order_and_texts_differ(item):
    rows = item.get("options") or item["pairs"]
    assert [row["key"] for row in rows] == list("abcdef")[: len(rows)]
    for language in ("vi", "en"):
        sides = ("left_", "right_") if item["kind"] == "matching" else ("",)
        for side in sides:
            said = [row[f"{side}{language}"] for row in rows]
            assert len(set(said)) == len(said)


@pytest.mark.parametrize("item", BY_KIND["single"], ids=lambda item: item["code"])
def test_a_single_item_has_four_options_and_one_is_right(item):
    assert len(item["options"]) == 4
    assert [option["correct"] for option in item["options"]].count(True) == 1


@pytest.mark.parametrize("item", BY_KIND["multiple"], ids=lambda item: item["code"])
def test_a_multiple_item_has_at_least_two_right_options_and_one_wrong(item):
    right = [option["correct"] for option in item["options"]].count(True)
    assert 2 <= right < len(item["options"])


@pytest.mark.parametrize("item", BY_KIND["ordering"] + BY_KIND["matching"], ids=lambda item: item["code"])
def test_an_item_to_order_or_match_has_four_to_six_parts(item):
    assert 4 <= len(item.get("options") or item["pairs"]) <= 6


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_right_option_is_not_given_away_by_its_length(language):
    longest = [
        item["code"]
        for item in BY_KIND["single"]
        if max(item["options"], key=lambda option: len(option[language]))["correct"]
    ]
    assert len(longest) <= 0.4 * len(BY_KIND["single"]), longest


def test_the_right_option_is_not_given_away_by_its_position():
    places = Counter(option["key"] for item in BY_KIND["single"] for option in item["options"] if option["correct"])
    shares = {key: places[key] / len(BY_KIND["single"]) for key in "abcd"}
    assert all(0.15 <= share <= 0.35 for share in shares.values()), shares
