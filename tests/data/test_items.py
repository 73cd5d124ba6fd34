"""The item files keep their rules: enough items of every kind, one format, a reason for each answer, both languages alike."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.text import fold
from chiakhoa.measure.assessment import bank, drawing, marking, scoring
from chiakhoa.measure.assessment.models import Item, ItemKind
from tests.data.bank import BY_KIND, ITEMS, LANGUAGES, of, parts, tables, texts, translations

FIELDS = {"code", "competence", "grade", "kind", "stem_vi", "stem_en", "learn_vi", "learn_en"}
WHY = {"why_vi", "why_en"}
BODIES = {
    "single": {"options"},
    "multiple": {"options"},
    "ordering": {"options"},
    "matching": {"pairs", *WHY},
    "short": {"fields"},
    "hotspot": {"options", "screen"},
    "task": {"fields", "look", "title_vi", "title_en"},
}
OPTION = {"key", "vi", "en", *WHY}
PAIR = {"key", "left_vi", "left_en", "right_vi", "right_en"}
FIELD = {"key", "label_vi", "label_en", *WHY}
LOOKS = {"form", "mailbox", "share", "order", "sheet"}
TONES = {"bar", "title", "panel", "plain", "quiet", "mine", "warning"}
FACES = {"", "row", "link", "button"}
CUTS = [-2.8, -2.0, -1.2, -0.4, 0.4, 1.2, 2.0, 2.8]

FILLED_IN = [(item, field) for item in BY_KIND["short"] + BY_KIND["task"] for field in item["fields"]]


def fields_where(condition):
    """Parametrise a test by the fields that meet the condition, each with its item."""
    return pytest.mark.parametrize(
        ("item", "field"),
        [pytest.param(*one, id=f"{one[0]['code']}-{one[1]['key']}") for one in FILLED_IN if condition(one[1])],
    )


def competences():
    scale = load_yaml("frameworks/tt02_2025.yaml")
    return [row["code"] for domain in scale["domains"] for row in domain["competences"]]


def row_of(item):
    """The row of the bank that the item becomes."""
    return Item(**bank.fields_of(item, CUTS))


# The bank as a whole


def test_there_are_at_least_270_items():
    assert len(ITEMS) >= 270


def test_each_competence_of_the_scale_has_at_least_eleven_items_and_no_other_has_any():
    counts = Counter(item["competence"] for item in ITEMS)
    assert set(counts) == set(competences())
    assert {code: n for code, n in counts.items() if n < 11} == {}


def test_each_competence_has_an_item_that_is_done_and_not_only_chosen():
    done = {item["competence"] for kind in ("short", "hotspot", "task") for item in BY_KIND[kind]}
    assert done == set(competences())


def test_every_kind_of_item_is_in_use():
    assert {kind: len(items) for kind, items in BY_KIND.items() if len(items) < 5} == {}


def test_the_items_of_a_domain_ask_for_different_grades():
    for domain in "123456":
        grades = {item["grade"] for item in ITEMS if item["competence"].startswith(f"{domain}.")}
        assert len(grades) >= 4, f"domain {domain} has only grades {grades}"


def test_what_is_done_in_the_page_asks_for_every_grade_from_1_to_6():
    done = [item for kind in ("short", "hotspot", "task") for item in BY_KIND[kind]]
    assert {item["grade"] for item in done} >= set(range(1, 7))


def test_the_pages_about_the_bank_count_it_rightly():
    page = (Path(__file__).parents[2] / "docs/items.md").read_text(encoding="utf-8")
    guide = (Path(__file__).parents[2] / "docs/guide/soan-cau-hoi.md").read_text(encoding="utf-8")
    told = {kind: int(n) for kind, n in re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", page, re.MULTILINE)}
    assert told == {kind: len(items) for kind, items in BY_KIND.items()}
    assert f"{len(ITEMS)} items" in page
    assert f"Ngân hàng có {len(ITEMS)} câu" in guide


# One item


@of()
def test_an_item_has_its_fields_and_no_others(item):
    also = {"enemy_set"} | ({"notes"} if item["kind"] == "task" else set())
    also |= {"grid"} if item.get("look") == "sheet" else set()
    assert item["kind"] in ItemKind.values
    assert (FIELDS | BODIES[item["kind"]]) - WHY <= set(item) - WHY <= (FIELDS | BODIES[item["kind"]] | also) - WHY
    assert item["grade"] in range(1, 9)
    assert item["code"].rsplit("-", 1)[0] == item["competence"]
    assert len(item["code"]) <= 12


@of()
def test_an_item_says_everything_in_both_languages(item):
    assert [text for text in texts(item) if not text.strip() and item.get("look") != "sheet"] == []
    for table in tables(item):
        spoken = {
            language: {name[:-2] for name in table if f"_{name}".endswith(f"_{language}")} for language in LANGUAGES
        }
        assert spoken["vi"] == spoken["en"], table


@of()
def test_the_text_of_an_item_is_nfc(item):
    assert [text for text in texts(item) if unicodedata.normalize("NFC", text) != text] == []


@of()
def test_numbers_that_are_no_dates_or_hours_are_the_same_in_both_languages(item):
    for vietnamese, english in translations(item):
        assert large_numbers(vietnamese, ".", ",") == large_numbers(english, ",", "."), (vietnamese, english)


@of()
def test_a_question_that_stresses_a_word_stresses_one_in_both_languages(item):
    assert bool(stressed(item["stem_vi"])) == bool(stressed(item["stem_en"]))


@of()
def test_keys_of_an_item_are_letters_in_order_and_texts_differ(item):
    rows = parts(item)
    assert [row["key"] for row in rows] == list("abcdef")[: len(rows)]
    for language in LANGUAGES:
        sides = {"matching": ("left_", "right_"), "short": ("label_",), "task": ("label_",)}.get(item["kind"], ("",))
        for side in sides:
            said = [row[f"{side}{language}"] for row in rows]
            assert len(set(said)) == len(said)


@of("single", "multiple", "ordering", "matching")
def test_options_and_pairs_have_their_fields_and_a_reason_each(item):
    wanted = PAIR if item["kind"] == "matching" else OPTION
    assert [row for row in parts(item) if set(row) - {"correct"} != wanted] == []
    if item["kind"] == "matching":
        assert item["why_vi"]
        assert item["why_en"]


@of("single")
def test_a_single_item_has_four_options_and_one_is_right(item):
    assert len(item["options"]) == 4
    assert [option["correct"] for option in item["options"]].count(True) == 1


@of("multiple")
def test_a_multiple_item_has_at_least_two_right_options_and_one_wrong(item):
    right = [option["correct"] for option in item["options"]].count(True)
    assert 2 <= right < len(item["options"])


@of("ordering", "matching")
def test_an_item_to_order_or_match_has_four_to_six_parts(item):
    assert 4 <= len(parts(item)) <= 6


# Fields to choose or write


@of("short", "task")
def test_what_is_filled_in_is_one_short_answer_or_a_task_of_a_known_look(item):
    if item["kind"] == "short":
        assert len(item["fields"]) == 1
    else:
        assert item["look"] in LOOKS
        assert 1 <= len(item["fields"]) <= 6
        assert ("grid" in item) == (item["look"] == "sheet")


@fields_where(lambda _field: True)
def test_a_field_is_either_chosen_or_written(item, field):
    chosen = FIELD | {"choices", "right"}
    written = FIELD | {"answer_vi", "answer_en", "marking", "slips"}
    wanted, also = (chosen, set()) if "choices" in field else (written, {"also", "tolerance", "trials"})
    assert wanted <= set(field) <= wanted | also | {"detail_vi", "detail_en"}


@pytest.mark.parametrize("item", BY_KIND["task"], ids=lambda item: item["code"])
def test_every_wrong_choice_of_a_field_has_a_reason_of_its_own_or_the_choices_are_those_of_several_fields(item):
    offered = [field["choices"] for field in item["fields"] if "choices" in field]
    for field in item["fields"]:
        for choice in field.get("choices", []):
            reasons = WHY & set(choice)
            assert set(choice) - WHY == {"key", "vi", "en"}
            if choice["key"] == field["right"]:
                assert not reasons or offered.count(field["choices"]) > 1
            elif offered.count(field["choices"]) == 1:
                assert reasons == WHY, choice


@fields_where(lambda field: "choices" in field)
def test_choices_of_a_field_are_two_to_six_that_differ_and_one_is_right(item, field):
    keys = [choice["key"] for choice in field["choices"]]
    assert keys == list("abcdef")[: len(keys)]
    assert len(keys) >= 2
    assert field["right"] in keys
    for language in LANGUAGES:
        assert len({choice[language] for choice in field["choices"]}) == len(keys)


@fields_where(lambda field: "choices" not in field)
def test_a_written_answer_is_marked_right_and_each_foreseen_slip_wrong_and_told_why(item, field):
    row = row_of(item)
    filled_in = row.content["fields"][[one["key"] for one in item["fields"]].index(field["key"])]
    assert field["marking"] in marking.MARKINGS
    for answer in [field["answer_vi"], field["answer_en"], *field.get("also", [])]:
        assert scoring.mistake(row, filled_in, answer) is None
        assert is_right(row, field["key"], answer)
    assert field["slips"], "what goes wrong most often, and why"
    for slip in field["slips"]:
        assert set(slip) == {"answer", *WHY}
        assert not is_right(row, field["key"], slip["answer"]), slip
        assert scoring.mistake(row, filled_in, slip["answer"])["why_vi"] == slip["why_vi"]


@of("short")
def test_a_question_does_not_hold_the_answer_that_is_to_be_written(item):
    (field,) = item["fields"]
    for language in LANGUAGES:
        asked = re.findall(r"[\w=.,:]+", fold(item[f"stem_{language}"]))
        assert fold(field[f"answer_{language}"]) not in [word.strip(".,:") for word in asked]


@pytest.mark.parametrize("item", [i for i in BY_KIND["task"] if "grid" in i], ids=lambda item: item["code"])
def test_each_field_of_a_sheet_stands_in_one_cell_and_rows_are_alike(item):
    cells = [cell for row in item["grid"] for cell in row]
    assert {len(row) for row in item["grid"]} == {len(item["grid"][0])}
    assert len(item["grid"][0]) <= 6
    placed = [cell["field"] for cell in cells if isinstance(cell, dict) and "field" in cell]
    assert sorted(placed) == [field["key"] for field in item["fields"]]


# Drawn screens


@of("hotspot")
def test_a_drawn_screen_is_told_in_words_and_has_four_to_six_places_of_which_one_is_right(item):
    assert 4 <= len(item["options"]) <= 6
    assert [option["correct"] for option in item["options"]].count(True) == 1
    assert set(item["screen"]) == {"height", "alt_vi", "alt_en", "blocks"}
    for option in item["options"]:
        assert OPTION | {"at", "correct"} <= set(option)
        assert set(option) <= OPTION | {"at", "correct", "icon", "tone", "shows_vi", "shows_en"}
        assert option.get("tone", "") in FACES
    for block in item["screen"]["blocks"]:
        assert {"at", "tone"} <= set(block) <= {"at", "tone", "icon", "vi", "en"}
        assert block["tone"] in TONES
    assert {row["icon"] for row in tables(item) if "icon" in row} <= set(drawing.ICONS)


@of("hotspot")
def test_what_is_drawn_lies_on_the_grid_within_the_screen_and_nothing_covers_another(item):
    taken = set()
    for row in [*item["options"], *item["screen"]["blocks"]]:
        x, y, width, height = row["at"]
        assert not (x % drawing.COLUMN or width % drawing.COLUMN or y % drawing.ROW or height % drawing.ROW)
        assert x + width <= drawing.COLUMN * drawing.COLUMNS
        assert y + height <= item["screen"]["height"] <= drawing.ROW * 24
        assert height <= drawing.ROW * 8
        here = {(c, r) for c in range(x, x + width, drawing.COLUMN) for r in range(y, y + height, drawing.ROW)}
        assert not here & taken, row
        taken |= here


@of("hotspot")
def test_a_place_is_large_enough_for_a_finger(item):
    for option in item["options"]:
        _x, _y, width, height = option["at"]
        assert width >= 60
        assert height >= 48


@of("hotspot")
def test_what_a_place_is_called_holds_the_words_that_are_drawn_there(item):
    for option in item["options"]:
        for language in LANGUAGES:
            assert option.get(f"shows_{language}", "") in option[language]


def is_right(row, field, answer):
    """Whether the answer to the one field is right, the others being right."""
    given = answer if row.kind == ItemKind.SHORT else row.key | {field: answer}
    return field in scoring.right_parts(row, given)


def large_numbers(text, thousands, decimal):
    """The numbers above 31 in a text: no day, hour or month is among them."""
    plain = re.sub(rf"(?<=\d){re.escape(thousands)}(?=\d{{3}}\b)", "", text)
    plain = re.sub(rf"(?<=\d){re.escape(decimal)}(?=\d)", ".", plain)
    return {float(number) for number in re.findall(r"\d+(?:\.\d+)?", plain) if float(number) > 31}


def stressed(text):
    """Words in capitals that are no abbreviation."""
    words = {word for word in re.findall(r"[^\W\d_]{2,}", text) if word.isupper()}
    return words - {"AI", "PDF", "OTP", "IT", "QR", "USB", "CC", "BY", "SA", "NC", "ND", "CO", "SIM"}
