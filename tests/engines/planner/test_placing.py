"""A plan holds only classes that can be held: what finds no place in the calendar makes way, and no figure counts it."""

from dataclasses import replace

import pytest

from chiakhoa.engines.planner import Busy, Held, Lock, Space, Target, Term, Trainer, Venue, broken, generate, solve

MONDAY, TUESDAY = "2027-03-01", "2027-03-02"


@pytest.fixture
def dated(scenario):
    """The small scenario with one week in March, one room at each venue, and Mai who lives beside the school."""

    def make(**changed):
        parts = {
            "terms": (Term(MONDAY, "2027-03-05"),),
            "venues": (Venue("school", 21.5, 105.8), Venue("hall", 21.6, 105.8)),
            "spaces": (Space("s1", "school", "classroom", 30, 40), Space("h1", "hall", "classroom", 30, 40)),
            "trainers": (Trainer("Mai", ("digital",), 100, 21.5, 105.8),),
        }
        return scenario(**(parts | changed))

    return make


def taken(room):
    return tuple(Busy("room", room, f"2027-03-0{day}", half) for day in range(1, 6) for half in ("am", "pm"))


def test_where_a_room_is_never_free_the_money_goes_to_classes_elsewhere(dated):
    free, full = solve(dated(), time_limit=2.0), solve(dated(busy=taken("s1")), time_limit=2.0)
    assert {row.venue for row in full.classes} == {"hall"}
    assert all(row.sessions for row in full.classes)
    assert sum(row.cost_vnd for row in full.classes) == sum(row.cost_vnd for row in free.classes)
    assert full.objective == pytest.approx(free.objective)
    assert broken(dated(busy=taken("s1")), full) == []


def test_what_was_left_out_is_told_with_the_reason(dated):
    given = dated(busy=(*taken("s1"), *taken("h1")))
    made = solve(given, time_limit=2.0)
    assert made.classes == ()
    assert set(made.closed) == {("BASIC", "school", "room"), ("BASIC", "hall", "room")}
    assert {reason for _group, _people, reason in made.unmet} == {"calendar"}
    assert broken(given, made) == []


def test_no_figure_counts_a_class_that_cannot_be_held(dated):
    """One day for five classes: what is not held closes nothing, costs nothing and reaches no target."""
    given = dated(terms=(Term(MONDAY, MONDAY),), targets=(Target("t", ("BASIC",), (), 60),))
    made = solve(given, time_limit=2.0)
    seated = sum(row.learners for row in made.classes)
    assert len(made.classes) == 1, "Mai is at one venue that day"
    assert made.shortfalls == (("t", 60 - seated),)
    assert made.objective == pytest.approx(sum(value(given, row) for row in made.classes))
    assert broken(given, made) == []


def value(given, row):
    gains = {(gain.group, gain.course): gain.value for gain in given.gains}
    return sum(gains[group, row.course] * people for group, people in row.groups)


def test_a_locked_class_stays_in_the_plan_and_says_what_is_missing(dated):
    given = dated(busy=taken("s1"), locks=(Lock("BASIC", "school", 1),))
    made = solve(given, time_limit=2.0)
    assert [row.unplaced for row in made.classes if row.venue == "school"] == ["room"]
    assert broken(given, made) == []


def test_what_is_promised_stays_while_others_make_way(dated):
    held = Held("BASIC", "hall", "h1", "Mai", ((TUESDAY, "am"), (TUESDAY, "pm")))
    given = dated(busy=taken("s1"), held=(held,), locks=(Lock("BASIC", "hall", 1),))
    made = solve(given, time_limit=2.0)
    assert [row.sessions[0] for row in made.classes if row.sessions[0][0] == TUESDAY] == [(TUESDAY, "am", "h1")]
    assert broken(given, made) == []


def test_a_crowded_province_is_filled_to_what_it_can_hold_and_the_same_under_the_seed():
    given = generate(3, courses=6, trainers=8, weeks=3, seed=4)
    one, again = (solve(given, time_limit=60.0, gap=0.2) for _ in range(2))
    assert one.closed, "three weeks do not hold what the money pays"
    assert all(row.sessions for row in one.classes)
    assert broken(given, one) == []
    assert replace(one, seconds=0.0) == replace(again, seconds=0.0)
