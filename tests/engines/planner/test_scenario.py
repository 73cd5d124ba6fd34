"""Scenarios and plans as files: what goes out comes back, and a fault names its place."""

import json

import pytest

from chiakhoa.engines.planner import (
    Course,
    Gain,
    Group,
    Lock,
    Money,
    Offer,
    Plan,
    PlannedClass,
    Target,
    dump,
    generate,
    load_plan,
    load_scenario,
)

PLAN = Plan("bounded", 15.0, 16.0, 0.1, (PlannedClass("BASIC", "hall", "state", (("near", 15),), 2_000_000),),
            (("t", 3),), (("money", "state", 1.5),), (("near", 35, "money"),))  # fmt: skip


def test_a_scenario_comes_back_from_its_file_unchanged(locked):
    assert load_scenario(dump(locked)) == locked


def test_a_generated_scenario_comes_back_unchanged():
    made = generate(4, seed=3)
    assert load_scenario(dump(made)) == made


def test_a_plan_comes_back_from_its_file_unchanged():
    assert load_plan(dump(PLAN)) == PLAN


def test_the_plan_file_lists_its_classes_and_tells_the_gap():
    written = json.loads(dump(PLAN))
    assert [row["venue"] for row in written["classes"]] == ["hall"]
    assert written["gap"] == pytest.approx(1 / 16)


def test_learners_of_a_class_are_the_people_of_its_groups():
    assert PlannedClass("BASIC", "hall", "state", (("near", 9), ("far", 4)), 1).learners == 13


def test_a_plan_above_a_bound_of_nothing_has_no_gap():
    assert Plan("bounded", 0.0, 0.0, 0.0, ()).gap == 0.0


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"offers": (Offer("NONE", "hall", 1, 1, 20, ()),)}, "NONE"),
        ({"offers": (Offer("BASIC", "hall", 1, 1, 20, ("nobody",)),)}, "nobody"),
        ({"offers": (Offer("BASIC", "hall", 1, 1, 0, ()),)}, "capacity"),
        ({"offers": (Offer("BASIC", "hall", -1, 1, 20, ()),)}, "fixed_vnd"),
        ({"gains": (Gain("nobody", "BASIC", 1.0, 5),)}, "nobody"),
        ({"gains": (Gain("near", "NONE", 1.0, 5),)}, "NONE"),
        ({"money": (Money("state", 5, ("NONE",)),)}, "NONE"),
        ({"targets": (Target("t", ("NONE",), (), 5),)}, "NONE"),
        ({"locks": (Lock("BASIC", "nowhere", 1),)}, "nowhere"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused_by_name(scenario, changed, named):
    with pytest.raises(ValueError, match=named):
        scenario(**changed)


def test_an_unknown_part_of_a_scenario_is_refused_by_name(scenario):
    with pytest.raises(ValueError, match="'coursses'"):
        load_scenario(dump(scenario()).replace('"courses"', '"coursses"', 1))


def test_an_unknown_field_is_refused_by_place_and_name(scenario):
    with pytest.raises(ValueError, match=r"groups\[1\].*'chairs'"):
        load_scenario(_with(scenario(), "groups", 1, chairs=3))


def test_a_missing_field_is_refused_by_place_and_name(scenario):
    data = json.loads(dump(scenario()))
    del data["offers"][1]["capacity"]
    with pytest.raises(ValueError, match=r"offers\[1\].*capacity"):
        load_scenario(json.dumps(data))


@pytest.mark.parametrize("text", ["", "{", "[]", "7"])
def test_a_file_that_holds_no_object_is_refused(text):
    with pytest.raises(ValueError):
        load_scenario(text)


def test_text_where_a_number_belongs_is_refused_by_place(scenario):
    with pytest.raises(ValueError, match=r"groups\[0\].*seats"):
        load_scenario(_with(scenario(), "groups", 0, seats="fifty"))


@pytest.mark.parametrize(
    "changed",
    [
        {"groups": (Group("near", "c1", "farmer", 5), Group("near", "c1", "farmer", 9), Group("far", "c2", "farmer", 9))},
        {"gains": (Gain("near", "BASIC", float("nan"), 5),)},
        {"money": (Money("state", -5, ("BASIC",)),)},
        {"courses": (Course("BASIC", 2, 0, 20, "classroom", ("digital",)),)},
        {"courses": (Course("BASIC", 2, 21, 20, "classroom", ("digital",)),)},
    ],
    ids=["two groups of one id", "no number", "money owed", "classes of nobody", "least above largest"],
)  # fmt: skip
def test_a_row_that_makes_no_sense_is_refused(scenario, changed):
    with pytest.raises(ValueError):
        scenario(**changed)


def _with(scenario, part, row, **changed):
    data = json.loads(dump(scenario))
    data[part][row] |= changed
    return json.dumps(data)
