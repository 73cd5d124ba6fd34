"""After a published plan something changes: few people move, the list says who, and nobody could have moved fewer."""

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from chiakhoa.engines.planner import (
    Lock,
    Money,
    Plan,
    PlannedClass,
    Room,
    Trainer,
    broken,
    dump,
    generate,
    replan,
    solve,
)

MILLION = 1_000_000


@pytest.fixture
def published():
    """Three classes of twenty for near, Mai teaches two of them and Lan one."""

    def row(venue, trainer):
        return PlannedClass("BASIC", venue, "state", (("near", 10), ("far", 10)), 2 * MILLION, trainer)

    return Plan("bounded", 45.0, 55.0, 0.1, (row("school", "Mai"), row("hall", "Mai"), row("hall", "Lan")))


@pytest.fixture
def team(scenario):
    """The small scenario with two trainers, some of its parts replaced."""
    both = (Trainer("Mai", ("digital",), 100), Trainer("Lan", ("digital",), 100))
    return lambda **changed: scenario(**({"trainers": both} | changed))


def replanned(scenario, plan):
    """The new plan, after its checker found it sound and the bound not above what moved."""
    answer = replan(scenario, plan)
    assert broken(scenario, answer.plan) == []
    assert answer.least_moved <= answer.moved
    return answer


def whats(answer):
    return Counter(row.what for row in answer.changes)


def test_where_nothing_changed_nothing_changes(team, published):
    answer = replanned(team(), published)
    assert (answer.changes, answer.moved, answer.least_moved) == ((), 0, 0)


def test_a_cancelled_trainer_is_replaced_and_nobody_moves(team, published):
    answer = replanned(team(trainers=(Trainer("Lan", ("digital",), 100),)), published)
    assert answer.moved == 0
    assert [(row.what, row.before, row.after) for row in answer.changes] == [("trainer", "Mai", "Lan")] * 2


def test_a_flooded_venue_moves_its_people_and_no_others(team, published):
    answer = replanned(team(rooms=(Room("hall", "classroom", 40),)), published)
    assert (answer.moved, answer.least_moved) == (20, 20)
    assert whats(answer) == {"dropped": 1, "opened": 1}


def test_a_cut_budget_drops_one_class(team, published):
    answer = replanned(team(money=(Money("state", 5 * MILLION, ("BASIC",)),)), published)
    assert (answer.moved, answer.least_moved) == (20, 20)


def test_another_line_pays_before_anybody_moves(team, published):
    lines = (Money("state", 4 * MILLION, ("BASIC",)), Money("donor", 2 * MILLION, ("BASIC",)))
    answer = replanned(team(money=lines), published)
    assert answer.moved == 0
    assert [(row.what, row.after) for row in answer.changes] == [("line", "donor")]


def test_a_new_lock_is_met(team, published):
    answer = replanned(
        team(locks=(Lock("BASIC", "school", 2),), money=(Money("state", 8 * MILLION, ("BASIC",)),)), published
    )
    assert sum(row.venue == "school" for row in answer.plan.classes) == 2


def test_who_no_longer_needs_the_course_leaves_a_smaller_class(team, published):
    made = team()
    fewer = replace(made, groups=(made.groups[0], replace(made.groups[1], seats=20)))
    assert replanned(fewer, published).moved >= 10


def test_the_bound_is_what_no_choice_of_classes_can_pass():
    """Against every set of published classes that goes on, where trainers are lost."""
    made = replace(generate(1, courses=3, trainers=4, lines=2, money=0.3, seed=5), targets=())
    plan = solve(made, time_limit=3.0)
    rows = plan.classes[:9]
    plan = replace(plan, classes=rows)
    poorer = replace(made, money=tuple(replace(line, amount_vnd=line.amount_vnd // 5) for line in made.money))
    answer = replanned(poorer, plan)
    courses = {row.id: set(row.courses) for row in poorer.money}
    amounts = {row.id: row.amount_vnd for row in poorer.money}
    best = 0
    for chosen in product((None, *courses), repeat=len(rows)):
        spent = Counter()
        for row, line in zip(rows, chosen, strict=True):
            spent[line] += row.cost_vnd if line else 0
        if all(not line or row.course in courses[line] for row, line in zip(rows, chosen, strict=True)) and all(
            spent[line] <= amounts[line] for line in courses
        ):
            best = max(best, sum(row.learners for row, line in zip(rows, chosen, strict=True) if line))
    assert answer.least_moved == sum(row.learners for row in rows) - best


def test_the_command_lists_what_changed(tmp_path, team, published):
    from click.testing import CliRunner

    from chiakhoa.engines.planner.command import planner

    (tmp_path / "s.json").write_text(dump(team(rooms=(Room("hall", "classroom", 40),))), encoding="utf-8")
    (tmp_path / "p.json").write_text(dump(published), encoding="utf-8")
    result = CliRunner().invoke(
        planner, ["replan", str(tmp_path / "s.json"), str(tmp_path / "p.json"), "--out", str(tmp_path / "n.json")]
    )
    assert result.exit_code == 0
    assert "dropped  BASIC at school: 20 people" in result.output
    assert "20 people moved, at least 20 must" in result.output


def test_what_was_published_keeps_its_half_days():
    given = generate(3, courses=6, trainers=8, weeks=30, seed=4)
    before = solve(given, time_limit=2.0, gap=0.05)
    gone = next(row.trainer for row in before.classes if row.trainer)
    fewer = replace(given, trainers=tuple(row for row in given.trainers if row.id != gone))
    answer = replanned(fewer, before)

    def held(classes):
        return Counter((row.course, row.venue, row.trainer, row.sessions) for row in classes if row.trainer != gone)

    kept = held(before.classes) & held(answer.plan.classes)
    changed = sum(row.people for row in answer.changes if row.what in ("dropped", "trainer"))
    assert kept.total() >= held(before.classes).total() - len(answer.changes)
    assert changed < sum(row.learners for row in before.classes)
