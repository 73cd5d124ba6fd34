"""Why something cannot be had: the named limits conflict, and without any one of them the rest can be met."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from chiakhoa.engines.planner import Gain, Impossible, Limit, Lock, Money, Room, Target, Trainer, conflict, dump, solve
from chiakhoa.engines.planner.command import planner

MILLION = 1_000_000


def kinds(limits):
    return {limit.kind for limit in limits}


def test_locks_that_can_be_met_do_not_conflict(locked):
    assert conflict(locked) == ()


def test_locks_and_the_money_that_cannot_pay_them_are_named_and_nothing_else(scenario):
    made = scenario(locks=(Lock("BASIC", "hall", 4),))
    assert set(conflict(made)) == {Limit("money", "state", 6 * MILLION), Limit("lock", "BASIC at hall", 4)}


def test_each_limit_of_the_conflict_is_needed(scenario):
    """Two locks of two classes, money for three: with either lock gone, or more money, there is a plan."""
    locks = (Lock("BASIC", "hall", 2), Lock("BASIC", "school", 2))
    made = scenario(locks=locks)
    assert {limit.kind for limit in conflict(made)} == {"lock", "money"}
    assert len(conflict(made)) == 3
    for lock in locks:
        assert conflict(replace(made, locks=(lock,))) == ()
    assert conflict(replace(made, money=(Money("state", 8 * MILLION, ("BASIC",)),))) == ()


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"trainers": (Trainer("Mai", ("digital",), 2),)}, "trainer"),
        ({"trainers": (Trainer("Mai", ("sewing",), 20),)}, "trainer"),
        ({"rooms": (Room("hall", "classroom", 2), Room("school", "classroom", 40))}, "room"),
        ({"gains": (Gain("near", "BASIC", 1.0, 19),)}, None),
    ],
    ids=["too few sessions", "no skill", "no room", "too few people"],
)
def test_what_stands_in_the_way_of_two_locked_classes_is_named(scenario, changed, kind):
    made = scenario(locks=(Lock("BASIC", "hall", 2),), **changed)
    assert kinds(conflict(made)) == ({"lock", kind} if kind else {"lock"})


def test_a_lock_that_no_line_may_pay_is_named_alone(scenario):
    made = scenario(money=(Money("state", 6 * MILLION, ()),), locks=(Lock("BASIC", "hall", 1),))
    assert conflict(made) == (Limit("lock", "BASIC at hall", 1),)


def test_solving_the_impossible_names_the_conflict_in_words(scenario):
    with pytest.raises(Impossible, match="4 classes of BASIC at hall are locked") as refused:
        solve(scenario(locks=(Lock("BASIC", "hall", 4),)), time_limit=5.0)
    assert "budget line state has 6,000,000 đồng" in str(refused.value)
    assert kinds(refused.value.conflict) == {"lock", "money"}


def test_a_target_out_of_reach_names_the_money(scenario):
    made = scenario(targets=(Target("all", ("BASIC",), (), 70),))
    assert kinds(conflict(made, "all")) == {"target", "money"}


def test_a_target_within_reach_conflicts_with_nothing(with_target):
    assert conflict(with_target, "officials") == ()


def test_the_command_names_the_limits(tmp_path, scenario):
    (tmp_path / "s.json").write_text(dump(scenario(targets=(Target("all", ("BASIC",), (), 70),))), encoding="utf-8")
    result = CliRunner().invoke(planner, ["explain", str(tmp_path / "s.json"), "--target", "all"])
    assert "target all wants 70 people" in result.output
    assert "budget line state has 6,000,000 đồng" in result.output
    assert CliRunner().invoke(planner, ["explain", str(tmp_path / "s.json"), "--target", "none"]).exit_code == 2
