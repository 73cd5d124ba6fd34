"""The items that never come in one test stand in sets that are sets, and leave each domain enough to ask."""

from pathlib import Path

import pytest

from tests.data.bank import ITEMS
from tests.data.enemies import askable, faults, sets


def rows(**of):
    """Rows of items by letter, each with its set or none."""
    return [{"code": f"1.1-{letter}", **({"enemy_set": name} if name else {})} for letter, name in of.items()]


def test_the_sets_of_enemies_in_the_bank_are_sets():
    assert sets(ITEMS)
    assert faults(ITEMS) == []


def test_the_pages_about_the_bank_count_its_sets_rightly():
    docs = Path(__file__).parents[2] / "docs"
    items, irt = (" ".join((docs / page).read_text(encoding="utf-8").split()) for page in ("items.md", "irt.md"))
    all_sets, inside = len(sets(ITEMS)), sum(len(members) for members in sets(ITEMS).values())
    assert f"{all_sets} sets hold {inside} items; a test can still ask {askable(ITEMS)} of the {len(ITEMS)}" in items
    assert f"{all_sets} sets with {inside} of its {len(ITEMS)} items" in irt


@pytest.mark.parametrize("domain", "123456")
def test_a_test_may_ask_more_than_half_of_each_domain_whatever_it_has_asked(domain):
    inside = [item for item in ITEMS if item["competence"].startswith(f"{domain}.")]
    elsewhere = sets([item for item in ITEMS if item not in inside])
    assert askable([item for item in inside if item.get("enemy_set") not in elsewhere]) > len(inside) / 2


def test_sets_across_domains_count_where_their_items_stand():
    assert askable(rows(a="1.1-a", b="1.1-a", c="", d="")) == 3


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (rows(a="1.1-z", b="1.1-z"), "no item '1.1-z'"),
        (rows(a="1.1-b", b="1.1-b"), "smallest code is '1.1-a'"),
        (rows(a="", b="1.1-a", c="1.1-a"), "smallest code is '1.1-b'"),
        (rows(a="1.1-a", b=""), "1.1-a: stands alone"),
    ],
    ids=["a name of no item", "not the smallest", "a name from outside", "one alone"],
)
def test_a_set_that_is_none_is_found_and_the_remedy_named(items, said):
    (fault,) = faults(items)
    assert said in fault


def test_a_set_of_two_named_by_its_first_is_in_order():
    assert faults(rows(a="1.1-a", b="1.1-a", c="")) == []
