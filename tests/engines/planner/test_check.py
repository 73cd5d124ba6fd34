"""The checker: a sound plan passes, and each broken rule is named."""

from dataclasses import replace

import pytest

from chiakhoa.engines.planner import Course, Group, Lock, Money, Plan, PlannedClass, Room, Trainer, broken

MILLION = 1_000_000
FARMERS = PlannedClass("BASIC", "school", "state", (("near", 20),), 2 * MILLION, "Mai")
MIXED = PlannedClass("BASIC", "hall", "state", (("near", 10), ("far", 10)), 2 * MILLION, "Mai")
SOUND = Plan("bounded", 35.0, 36.0, 0.1, (FARMERS, MIXED))


def with_first(**changed):
    return replace(SOUND, classes=(replace(FARMERS, **changed), MIXED))


def test_a_sound_plan_breaks_nothing(scenario):
    assert broken(scenario(), SOUND) == []


@pytest.mark.parametrize(
    ("plan", "named"),
    [
        (with_first(venue="nowhere"), "no such offer"),
        (with_first(groups=(("near", 9),)), "9 learners, allowed 10 to 20"),
        (with_first(groups=(("near", 21),)), "21 learners, allowed 10 to 20"),
        (with_first(groups=(("near", 21), ("far", -1))), "-1 people of group far"),
        (with_first(cost_vnd=1), "costs 1, by its prices 2000000"),
        (with_first(line="donor"), "line donor may not pay BASIC"),
        (with_first(groups=(("strangers", 20),)), "group strangers may not come here"),
        (replace(SOUND, objective=99.0), "claims 99.0"),
        (replace(SOUND, bound=30.0), "more than its own bound"),
        (replace(SOUND, classes=(FARMERS,) * 4), "budget line state: 8000000 đồng spent, 6000000 given"),
    ],
)
def test_a_broken_class_is_named(scenario, plan, named):
    assert any(named in rule for rule in broken(scenario(), plan))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"groups": (Group("near", "c1", "farmer", 29), Group("far", "c2", "official", 50))}, "30 seats taken, 29 allowed"),
        ({"rooms": (Room("school", "classroom", 1), Room("hall", "classroom", 9))}, "school: 2 sessions in rooms"),
        ({"rooms": (Room("hall", "classroom", 9),)}, "school: 2 sessions in rooms of kind classroom, 0 given"),
        ({"trainers": (Trainer("Mai", ("digital",), 3),)}, "trainer Mai: 4 sessions, 3 given"),
        ({"trainers": (Trainer("Mai", ("sewing",), 9),)}, "trainer Mai has no skill in digital"),
        ({"trainers": (Trainer("Lan", ("digital",), 9),)}, "no trainer is called 'Mai'"),
        ({"money": (Money("state", 3 * MILLION, ("BASIC",)),)}, "4000000 đồng spent, 3000000 given"),
        ({"money": (Money("state", 6 * MILLION, ()),)}, "line state may not pay BASIC"),
        ({"locks": (Lock("BASIC", "hall", 2),)}, "lock: 2 classes of BASIC at hall, 1 planned"),
        ({"courses": (Course("BASIC", 2, 10, 15, "classroom", ("digital",)),)}, "20 learners, allowed 10 to 15"),
    ],
)  # fmt: skip
def test_a_limit_that_is_passed_is_named(scenario, changed, named):
    assert any(named in rule for rule in broken(scenario(**changed), SOUND))


def test_a_plan_seats_no_more_people_than_need_the_course(scenario):
    made = scenario()
    fewer = replace(made, gains=(replace(made.gains[0], people=25), made.gains[1]))
    assert any("30 people in BASIC, 25 need it" in rule for rule in broken(fewer, SOUND))


def test_the_checker_shares_no_code_with_the_solver():
    from chiakhoa.engines.planner import check, check_begun, check_dates

    owners = {
        getattr(thing, "__module__", "")
        for checker in (check, check_begun, check_dates)
        for thing in vars(checker).values()
    }
    assert {name.rpartition(".")[2] for name in owners if name.startswith("chiakhoa.engines")} == {
        "check",
        "check_begun",
        "check_dates",
        "dates",
        "scenario",
    }
