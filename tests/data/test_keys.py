"""No key of the bank is guessable: whoever knows nothing gains nothing by length, place, words or punctuation.

Each rule of thumb is held against blind chance at the 5 % level, two-sided: neither following a rule nor avoiding what it
names may help. A change of the bank that breaks one of them is mended in the items, not here.
"""

import re

import pytest
from scipy.stats import chi2

from tests.data import guessing
from tests.data.bank import BY_KIND, ITEMS, LANGUAGES
from tests.data.guessing import BOUND, Choice, deviate

ABSOLUTE = {
    "vi": r"(?i)\b(luôn|không bao giờ|mọi|tất cả|chỉ|hoàn toàn|tuyệt đối|lúc nào cũng|toàn bộ|bất cứ|bất kỳ)\b",
    "en": r"(?i)\b(always|never|all|only|every|everything|everyone|everybody|completely|absolutely|none|nothing|nobody"
    r"|entirely|whole|wholly)\b",
}
NEGATIVE = {"vi": r"(?i)\b(không|chưa|đừng)\b", "en": r"(?i)\b(not|no|never|without)\b"}
OF_THE_ABOVE = (
    r"(?i)\b(all|none|both|any) of the (above|others|options|answers)\b"
    r"|\b(tất cả|cả (hai|ba|bốn)|không (có )?(đáp án|câu|phương án|cách) nào)( (đáp án|câu|phương án|cách))?"
    r" (ở )?(trên|đều (đúng|sai))\b"
)
RULES = {
    "the longest": lambda _language: guessing.longest,
    "the shortest": lambda _language: guessing.shortest,
    "neither longest nor shortest": lambda _language: guessing.middling,
    "the one that repeats the question": lambda _language: guessing.echoing,
    "those in two halves": lambda _language: guessing.with_words(r"[,;]\s"),
    "those with a number": lambda _language: guessing.with_words(r"\d"),
    "those with words in quotes": lambda _language: guessing.with_words(r"[“\"]"),
    "those with an absolute word": lambda language: guessing.with_words(ABSOLUTE[language]),
    "those with a negative": lambda language: guessing.with_words(NEGATIVE[language]),
    "those that shout": lambda _language: guessing.with_words(r"\b[A-ZĐÁÀẢÃẠĂÂÊÔƠƯ]{4,}\b"),
}


def options(item, language):
    """An item's options as a guesser sees them: on a drawn screen, what is drawn."""
    said = [row.get(f"shows_{language}", "" if "icon" in row else row[language]) for row in item["options"]]
    return Choice(item["code"], item[f"stem_{language}"], said, [row["correct"] for row in item["options"]])


def fields(item, language):
    """The choices of each field of a task."""
    for field in item["fields"]:
        if "choices" in field:
            asked = " ".join(
                [item[f"stem_{language}"], field[f"label_{language}"], field.get(f"detail_{language}", "")]
            )
            right = [choice["key"] == field["right"] for choice in field["choices"]]
            yield Choice(f"{item['code']}-{field['key']}", asked, [one[language] for one in field["choices"]], right)


def groups(language):
    """Who guesses may know the kind, so each kind with options stands alone, and all stand together."""
    single = [options(item, language) for item in BY_KIND["single"]]
    multiple = [options(item, language) for item in BY_KIND["multiple"]]
    drawn = [options(item, language) for item in BY_KIND["hotspot"]]
    tasks = [choice for item in BY_KIND["task"] for choice in fields(item, language)]
    return {
        "one right": single,
        "several right": multiple,
        "fields of tasks": tasks,
        "whole bank": single + multiple + drawn + tasks,
    }


GROUPS = {language: groups(language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", GROUPS["vi"])
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_thumb_neither_finds_the_key_nor_its_opposite(rule, group, language):
    found = deviate(GROUPS[language][group], RULES[rule](language))
    assert abs(found) <= BOUND, f"“{rule}” lies {found:+.2f} standard deviations from chance"


@pytest.mark.parametrize("group", GROUPS["vi"])
def test_keys_stand_in_all_places_alike(group):
    choices = GROUPS["vi"][group]
    for places in {len(choice.options) for choice in choices}:
        alike = [choice for choice in choices if len(choice.options) == places]
        assert guessing.chi_square(alike, places) <= chi2.ppf(0.95, places - 1), places


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_option_says_all_or_none_of_the_others(language):
    for choice in GROUPS[language]["whole bank"]:
        assert [option for option in choice.options if re.search(OF_THE_ABOVE, option)] == [], choice.code


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_out_by_its_own_length(language):
    """Beyond a few letters, at most half as long again as the longest of the others, nor that much shorter."""
    for choice in GROUPS[language]["one right"]:
        sizes = sorted(len(option) for option, right in zip(choice.options, choice.right, strict=True) if not right)
        key = len(choice.options[choice.right.index(True)])
        assert key <= max(1.5 * sizes[-1], sizes[-1] + 8), choice.code
        assert key >= min(sizes[0] / 1.5, sizes[0] - 8), choice.code


@pytest.mark.parametrize("language", LANGUAGES)
def test_pairs_are_not_found_by_matching_long_with_long(language):
    """By chance one pair in an item is found so, with variance one."""
    hits = 0
    for item in BY_KIND["matching"]:
        order = [
            sorted(range(len(item["pairs"])), key=lambda n: len(item["pairs"][n][f"{side}_{language}"]))
            for side in ("left", "right")
        ]
        hits += sum(one == other for one, other in zip(*order, strict=True))
    wanted = len(BY_KIND["matching"])
    assert abs(hits - wanted) <= BOUND * wanted**0.5


def test_codes_tell_nothing_of_the_kind_or_grade():
    """Items are named by their competence and a letter."""
    assert [item["code"] for item in ITEMS if not re.fullmatch(r"\d\.\d-[a-z]", item["code"])] == []
