"""Floors: so many people, or such a share of those in need, of every commune; before the targets, and before any gain."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from chiakhoa.engines.planner import Floor, Money, broken, conflict, dump, generate, load_scenario, solve
from chiakhoa.engines.planner.arrays import arrays
from chiakhoa.engines.planner.command import planner
from chiakhoa.engines.planner.prices import Dual

MILLION = 1_000_000


def seated(scenario, plan):
    """People seated by unit."""
    unit = {group.id: group.unit for group in scenario.groups}
    found = Counter()
    for row in plan.classes:
        for group, people in row.groups:
            found[unit[group]] += people
    return found


@pytest.mark.parametrize(
    ("floor", "far"),
    [(Floor("every"), 10), (Floor("every", people=20), 20), (Floor("every", share=0.5), 25),
     (Floor("every", people=20, share=0.3), 20), (Floor("every", share=0.9, audiences=("farmer",)), 10)],
    ids=["none", "people", "share", "the larger", "of others"],
)  # fmt: skip
def test_every_commune_has_at_least_its_floor_and_the_rest_goes_where_it_closes_most(scenario, floor, far):
    """Sixty seats: whoever lives near gains twice as much, and fifty do."""
    made = scenario(floors=(floor,))
    plan = solve(made, time_limit=5.0)
    assert seated(made, plan)["c2"] == far
    assert sum(seated(made, plan).values()) == 60
    assert (plan.shortfalls, broken(made, plan)) == ((), [])


def test_nobody_is_asked_for_more_people_than_need_it(scenario):
    made = scenario(floors=(Floor("every", people=500),), money=(Money("state", 20 * MILLION, ("BASIC",)),))
    assert {aim.people for aim in made.aims} == {50}
    assert solve(made, time_limit=5.0).shortfalls == ()


def test_a_floor_comes_before_a_target(with_target):
    """Forty officials live far; twenty of the near ones come first all the same."""
    made = replace(with_target, floors=(Floor("every", people=25),))
    plan = solve(made, time_limit=5.0)
    assert seated(made, plan)["c1"] >= 25
    assert dict(plan.shortfalls) == {"officials": 5}


class TestWhatCannotBeReached:
    """Money for one class of twenty at most, and fifteen wanted of either commune."""

    @pytest.fixture
    def poor(self, scenario):
        return scenario(floors=(Floor("every", people=15),), money=(Money("state", 2 * MILLION, ("BASIC",)),))

    def test_as_many_as_can_be_are_seated_and_who_is_missing_is_told(self, poor):
        plan = solve(poor, time_limit=5.0)
        assert sum(people for _name, people in plan.shortfalls) == 10
        assert broken(poor, plan) == []

    def test_the_smallest_set_that_conflicts_names_the_communes_and_the_limit(self, poor):
        found = conflict(poor, "every")
        assert {(limit.kind, limit.name) for limit in found} == {
            ("floor", "every@c1"), ("floor", "every@c2"), ("money", "state"),
        }  # fmt: skip
        assert conflict(poor, "every@c1") == (), "one commune alone can have its floor"
        assert conflict(replace(poor, money=(Money("state", 4 * MILLION, ("BASIC",)),)), "every") == ()

    def test_the_command_explains_it(self, poor, tmp_path):
        (tmp_path / "s.json").write_text(dump(poor), encoding="utf-8")
        told = CliRunner().invoke(planner, ["explain", str(tmp_path / "s.json"), "--target", "every"]).output
        assert "floor every@c1 wants 15 people" in told
        assert "budget line state has 2,000,000 đồng" in told

    def test_the_judge_counts_who_is_missing(self, poor):
        plan = solve(poor, time_limit=5.0)
        assert any("people are missing" in fault for fault in broken(poor, replace(plan, shortfalls=())))


def test_prices_reach_the_floors_of_a_tight_district():
    """A seventh of the money: without floors some communes get next to nothing."""
    made = generate(24, money=0.15, floor=0.05, seed=2)
    assert sum(len(offer.groups) for offer in made.offers) > 5000, "else prices have no part in it"
    plan = solve(made, time_limit=3.0)
    free = solve(replace(made, floors=()), time_limit=3.0)
    least = {aim.units[0]: aim.people for aim in made.aims if aim.units}
    assert any(seated(made, free)[unit] < people for unit, people in least.items()), "else the test says nothing"
    assert all(seated(made, plan)[unit] >= people for unit, people in least.items())
    assert broken(made, plan) == []
    assert plan.gap < 0.06
    assert plan.objective > 0.9 * free.objective, "what every commune gets costs the others little"


def test_whatever_the_prices_no_plan_that_holds_the_floors_passes_the_bound():
    made = generate(2, courses=4, trainers=6, lines=2, money=0.3, floor=0.2, seed=3)
    plan = solve(made, time_limit=5.0)
    a = arrays(made)
    weight = {aim.id: aim.weight for aim in made.aims}
    dual = Dual(a, a.value, sum(weight[name] * people for name, people in plan.shortfalls))
    rng = np.random.default_rng(1)
    first = dual.first()
    for _draw in range(50):
        assert (
            dual(first * rng.uniform(0, 3, first.size) + rng.uniform(0, 0.05, first.size)).bound
            >= plan.objective - 1e-6
        )


def test_a_floor_is_read_from_a_file_and_a_share_above_one_is_refused():
    made = generate(2, courses=3, trainers=4, lines=2, floor=0.1, seed=1)
    assert load_scenario(dump(made)) == made
    with pytest.raises(ValueError, match="share is 1 at most"):
        replace(made, floors=(Floor("every", share=1.5),))
