"""What a plan assumes otherwise than the rows: asked for on a page, applied to the search, told in words, and held to account."""

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import translation

from chiakhoa.engines import planner
from chiakhoa.foundation import jobs
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.train.planning import actions, assumptions, queries, solving
from chiakhoa.train.planning.models import Assumptions, Plan

PROPOSE = reverse("planning:propose")
GIVEN = {"name": "Phương án 2", "year": 2027, "time_limit_seconds": 2}


@pytest.fixture
def made():
    """A little scenario of the planner: one course, one line of 100 đồng, a trainer of 10 sessions, a target of 9 people."""
    return planner.Scenario(
        courses=(planner.Course("c", 2, 1, 10, "classroom", ("s",)),),
        offers=(planner.Offer("c", "v", 10, 1, 10, ("g",)),),
        rooms=(planner.Room("v", "classroom", 20),),
        trainers=(planner.Trainer("t", ("s",), 10),),
        groups=(planner.Group("g", "u", "tea", 5),),
        gains=(planner.Gain("g", "c", 1.5, 5),),
        money=(planner.Money("bud", 100, ("c",)),),
        targets=(planner.Target("goal", ("c",), (), 9),),
    )


def test_without_assumptions_the_scenario_is_as_the_rows_say(made):
    assert assumptions.applied(made, None) == assumptions.applied(made, Assumptions()) == made


@pytest.mark.parametrize(
    ("assumed", "changed"),
    [
        ({"money": {"bud": 70}}, {"money": (planner.Money("bud", 70, ("c",)),)}),
        ({"money": {"another": 70}}, {}),
        ({"trainers_percent": 55}, {"trainers": (planner.Trainer("t", ("s",), 5),)}),
        ({"targets_percent": 50}, {"targets": (planner.Target("goal", ("c",), (), 4),)}),
        ({"targets_percent": 0}, {"targets": ()}),
        ({"priorities": {"tea": 2}}, {"gains": (planner.Gain("g", "c", 3.0, 5),)}),
        ({"priorities": {"teacher": 2}}, {}),
        (
            {"seasons": [{"name": "Vụ", "first": "2027-03-01", "last": "2027-03-12", "audiences": ["tea"]}]},
            {"seasons": (planner.Season("Vụ", "2027-03-01", "2027-03-12", ("tea",)),)},
        ),
    ],
)
def test_each_assumption_changes_what_it_is_about(made, assumed, changed):
    assert assumptions.applied(made, Assumptions(**assumed)) == replace(made, **changed)


def test_a_floor_is_a_target_of_its_audience_over_all_courses(made):
    targets = assumptions.applied(made, Assumptions(floors={"tea": 3, "nobody": 4})).targets
    assert targets[1:] == (planner.Target("floor:tea", ("c",), ("tea",), 3),)
    assert assumptions.floor_of("floor:tea") == "tea" and assumptions.floor_of("goal") == ""


def test_a_least_for_every_commune_is_a_floor_of_the_planner(made):
    floors = assumptions.applied(made, Assumptions(commune_people=3, commune_percent=20)).floors
    assert floors == (planner.Floor("commune", 3, 0.2),)
    assert assumptions.commune_of("commune@VN-05001@2025") == "VN-05001@2025" and assumptions.commune_of("goal") == ""


def test_a_coordinator_asks_a_least_for_every_commune_and_reads_what_stands_in_the_way(
    browse, readers, demand, place, teaching, text, at
):
    """Money for one class, and twenty people of either commune wanted."""
    given = GIVEN | {"commune_people": "20", "commune_percent": "10", f"money_{teaching.line.pk}": "1.5"}
    browser = browse(readers.coordinator)
    assert browser.post(PROPOSE, given).status_code == 302
    while job := jobs.claim(at):
        jobs.run(job)
    plan = Plan.objects.get()
    assert plan.state == "proposed", plan.message
    missed = [row for row in plan.shortfalls if assumptions.commune_of(row["target"])]
    assert missed
    page = text(browser.get(reverse("planning:plan", args=[plan.pk])))
    assert f"Mức tối thiểu cho mọi xã: {place.second}" in page or f"Mức tối thiểu cho mọi xã: {place.first}" in page
    assert "không thể đạt cùng lúc" in page
    assert "Mỗi xã ít nhất (người)" in page
    copy = text(browser.get(f"{PROPOSE}?copy={plan.pk}"))
    assert 'name="commune_people" value="20"' in copy


def test_where_no_limit_stands_in_the_way_of_a_least_it_says_that_the_people_are_too_few(made, place):
    """Five need the course and none may pay it: more money would not help."""
    unpaid = replace(
        made, groups=(replace(made.groups[0], unit=place.first.pk),), floors=(planner.Floor("commune", 3),),
        money=(planner.Money("bud", 100, ()),), targets=(),
    )  # fmt: skip
    missed = planner.Plan("bounded", 0.0, 0.0, 0.0, (), ((f"commune@{place.first.pk}", 3),))
    with translation.override("vi"):
        told = solving._why_floors_are_missed(unpaid, missed)
    assert f"Với {place.first} ít nhất 3 người, quá ít người ở đó cần chung một khóa" in told


def test_a_copied_plan_with_less_money_keeps_only_what_differs(browse, readers, demand, new_plan, teaching):
    copied = new_plan()
    given = GIVEN | {"copied_from": copied.pk, f"money_{teaching.line.pk}": "60.5", "trainers_percent": "100"}
    assert browse(readers.coordinator).post(PROPOSE, given).status_code == 302
    assumed = Plan.objects.get(name="Phương án 2").assumptions
    assert assumed.money == {teaching.line.pk: 60_500_000} and assumed.copied_from == copied
    assert (assumed.trainers_percent, assumed.floors, assumed.seasons) == (100, {}, None)


def test_what_is_left_as_it_stands_makes_no_assumptions(browse, readers, demand, teaching):
    given = GIVEN | {f"money_{teaching.line.pk}": "100", "trainers_percent": "", "floor_tea": "", "priority_tea": "1"}
    assert browse(readers.coordinator).post(PROPOSE, given).status_code == 302
    assert Plan.objects.get().assumptions is None


def test_floors_priorities_and_seasons_are_kept(browse, readers, demand):
    season = {"season_1_name": "Vụ chè", "season_1_first": "2027-03-01", "season_1_last": "2027-03-12"}
    given = GIVEN | {"floor_tea": "20", "priority_tea": "3", "targets_percent": "0"} | season
    browse(readers.coordinator).post(PROPOSE, given)
    assumed = Plan.objects.get().assumptions
    assert (assumed.floors, assumed.priorities, assumed.targets_percent) == ({"tea": 20}, {"tea": 3}, 0)
    assert assumed.seasons == [{"name": "Vụ chè", "first": "2027-03-01", "last": "2027-03-12"}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"season_1_first": "2027-03-01"},
        {"season_1_first": "2027-03-08", "season_1_last": "2027-03-01"},
        {"money_bud": "-1"},
        {"trainers_percent": "301"},
        {"floor_tea": "nhiều"},
        {"priority_tea": "9"},
    ],
)
def test_a_wrong_assumption_comes_back_and_asks_for_no_plan(browse, readers, demand, teaching, wrong):
    assert browse(readers.coordinator).post(PROPOSE, GIVEN | wrong).status_code == 422
    assert not Plan.objects.exists()


def test_the_page_to_copy_begins_with_what_the_plan_assumed(browse, readers, demand, new_plan, teaching, text):
    assumed = Assumptions.objects.create(money={teaching.line.pk: 60_500_000}, trainers_percent=70)
    copied = new_plan(name="Gốc", assumptions=assumed)
    page = text(browse(readers.coordinator).get(PROPOSE, {"copy": copied.pk}))
    assert 'value="60,5"' in page or 'value="60.5"' in page
    assert 'value="70"' in page and "Bắt đầu từ các giả định của “Gốc”" in page


def test_a_plan_out_of_reach_is_not_copied(browse, readers, demand, new_plan, text):
    copied = new_plan(name="Của tỉnh")
    page = text(browse(readers.away).get(PROPOSE, {"copy": copied.pk}))
    assert "Của tỉnh" not in page


def test_the_plan_and_the_comparison_say_what_was_assumed(browse, readers, new_plan, new_planned, teaching, text):
    one = new_plan(name="Gốc")
    assumed = Assumptions.objects.create(money={teaching.line.pk: 60_500_000}, trainers_percent=70, copied_from=one)
    other = new_plan(name="Ít tiền", assumptions=assumed)
    for plan in (one, other):
        new_planned(plan)
    browser = browse(readers.coordinator)
    assert "không thay đổi gì" in text(browser.get(reverse("planning:plan", args=[one.pk])))
    page = text(browser.get(reverse("planning:plan", args=[other.pk])))
    assert "60,5\N{NO-BREAK SPACE}triệu đồng" in page and "70 %" in page and "Sao chép từ" in page
    rows = assumptions.side_by_side(one, other)
    assert [(row["one"], row["other"]) for row in rows][1] == ("100 %", "70 %")
    assert "Giả định của hai phương án" in text(browser.get(reverse("planning:compare"), {"plan": [one.pk, other.pk]}))


def test_seasons_floors_and_priorities_are_told_in_vietnamese(new_plan, people):
    season = [{"name": "Vụ chè", "first": "2027-03-01", "last": "2027-03-12"}]
    plan = new_plan(assumptions=Assumptions.objects.create(seasons=season, floors={"tea": 20}, priorities={"tea": 3}))
    with translation.override("vi"):
        told = {change.about: change.assumed for change in assumptions.changes(plan)}
    assert told["Các tuần không mở lớp"] == "Vụ chè 01/03/2027–12/03/2027"
    assert told["Số người học tối thiểu: Hộ trồng chè"] == "20" and told["Ưu tiên: Hộ trồng chè"] == "3"


def test_a_plan_that_takes_more_than_the_line_holds_is_not_published(readers, new_plan, new_planned, teaching, at):
    plan = new_plan(assumptions=Assumptions.objects.create(money={teaching.line.pk: 900_000_000}))
    new_planned(plan, cost_vnd=100_000_001)
    with pytest.raises(Refusal) as refused:
        actions.mark_published(readers.coordinator, plan, at=at)
    assert refused.value.code == "over_budget"
    BudgetLine.objects.update(amount_vnd=100_000_001)
    assert actions.mark_published(readers.coordinator, plan, at=at) == []


def test_a_proposal_that_assumes_other_money_holds_nobody_to_it(new_plan, new_planned, teaching):
    plan = new_plan(assumptions=Assumptions.objects.create(money={teaching.line.pk: 900_000_000}))
    new_planned(plan, cost_vnd=500_000_000)
    assert queries.planned_on(teaching.line.pk) == 0
    new_planned(new_plan(), cost_vnd=7_000_000)
    assert queries.planned_on(teaching.line.pk) == 7_000_000
