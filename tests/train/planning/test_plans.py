"""Asking for a plan, its job, its classes: stored whole or not at all, changed only while it is a proposal."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from chiakhoa.engines import planner
from chiakhoa.foundation import jobs
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.catalogue.models import Norm, Room
from chiakhoa.ground.territory.models import Unit
from chiakhoa.measure.needs.models import Gap
from chiakhoa.train.planning import actions, queries, solving, why
from chiakhoa.train.planning.jobs import solve
from chiakhoa.train.planning.models import Assumptions, Demand, Plan, PlannedClass, PlannedGroup, PlannedSession


def quiet(_done, _total, _word=""):
    """Nobody listens to the progress."""


@pytest.fixture
def propose(readers, at):
    def ask(**given):
        arguments = {"name": "Kế hoạch", "year": 2027, "time_limit_seconds": 2, "based_on": None} | given
        return actions.propose(readers.coordinator, **arguments, at=at)

    return ask


@pytest.fixture
def solved(propose, demand, readers):
    """A plan that the job has made."""
    plan, _job = propose()
    solve(readers.coordinator, quiet, plan=plan.pk)
    return queries.plans(readers.coordinator).get(pk=plan.pk)


def as_planned(plan):
    """The stored plan, back in the words of the engine."""
    return planner.Plan(
        status="bounded", objective=plan.objective, bound=plan.bound, seconds=plan.solve_seconds,
        classes=tuple(
            planner.PlannedClass(
                row.course_id, row.venue_id, row.budget_line_id,
                tuple((f"{g.unit_id}|{g.audience_id}", g.people) for g in row.groups.all()), row.cost_vnd,
                str(row.trainer_id or ""),
                tuple((f"{s.held_on}", s.half, str(s.room_id or "")) for s in row.sessions.all()), row.unplaced,
            )
            for row in plan.classes.prefetch_related("groups", "sessions")
        ),
    )  # fmt: skip


def test_without_demand_nothing_is_asked_for(propose, readers):
    with pytest.raises(Refusal) as refused:
        propose()
    assert refused.value.code == "no_demand"
    assert not Plan.objects.exists() and not Job.objects.exists()


def test_demand_elsewhere_is_no_demand_of_the_own_reach(readers, new_gap, at):
    actions.add_demand(readers.coordinator, [new_gap()], at=at)
    with pytest.raises(Refusal):
        actions.propose(readers.away, "Kế hoạch", 2027, 2, None, at=at)


def test_a_plan_waits_for_its_job(propose, demand):
    plan, job = propose()
    assert (plan.state, job.task, job.arguments) == ("waiting", "planning.solve", {"plan": plan.pk, "language": "vi"})


def test_the_stored_plan_keeps_every_rule_of_its_scenario(solved, readers):
    assert solved.state == "proposed"
    assert solved.classes.exists()
    scenario = solving.scenario(readers.coordinator, solved)
    assert planner.broken(scenario, as_planned(solved)) == []
    assert solved.objective <= solved.bound * 1.000001
    assert solved.demand_people == 100


def test_a_stored_class_serves_as_many_as_its_groups_hold(solved):
    for row in solved.classes.all():
        assert row.learners == sum(group.people for group in row.groups.all())
        assert row.gain > 0


def test_little_money_buys_few_classes_and_no_more_than_it_pays(propose, demand, readers, teaching):
    offer = solving.scenario(readers.coordinator, propose()[0]).offers[0]
    one_class = offer.fixed_vnd + 30 * offer.per_learner_vnd
    teaching.line.amount_vnd = one_class + 1
    teaching.line.save()
    plan, _job = propose()
    solve(readers.coordinator, quiet, plan=plan.pk)
    stored = queries.plans(readers.coordinator).get(pk=plan.pk)
    assert 0 < stored.cost <= one_class + 1
    assert stored.class_count == 1
    assert any(row["kind"] == "money" for row in stored.marginal)
    assert sum(row["people"] for row in stored.unmet) == 70
    assert queries.money(stored)[0]["left"] == one_class + 1 - stored.cost


def test_whoever_is_not_seated_is_left_out_for_a_reason_and_all_add_up(propose, demand, readers, new_gap, course, at):
    """More people of the first commune lack what no course raises than what one does."""
    Gap.objects.filter(competence__code="4.2").delete()
    actions.add_demand(readers.coordinator, [new_gap(short=16.0, depth=16.0, competence=1)], at=at)
    course.gains.filter(mean=0.5).delete()
    plan, _job = propose()
    solve(readers.coordinator, quiet, plan=plan.pk)
    stored = queries.plans(readers.coordinator).get(pk=plan.pk)
    left = {row["reason"]: row["people"] for row in stored.unmet}
    assert left["course"] == 30
    assert stored.learners + sum(row["people"] for row in stored.unmet) == stored.demand_people == 130
    assert "Không khóa học nào" in why.reasons(stored)[0].name


def test_the_money_of_a_plan_is_what_it_assumes(new_plan, new_planned, teaching):
    assumed = Assumptions.objects.create(money={"bud": 4_000_000})
    plan = new_plan(assumptions=assumed)
    new_planned(plan, cost_vnd=3_000_000)
    (row,) = queries.money(plan)
    assert (row["amount"], row["left"], row["otherwise"]) == (4_000_000, 1_000_000, True)


def test_plans_are_listed_newest_first(new_plan, readers):
    first, second = new_plan(), new_plan()
    assert list(queries.plans(readers.coordinator)) == [second, first]


def test_a_trainer_is_not_asked_for_more_sessions_than_promised(propose, demand, readers, teaching, course):
    teaching.trainer.sessions_per_year = course.sessions * 2
    teaching.trainer.save()
    plan, _job = propose()
    solve(readers.coordinator, quiet, plan=plan.pk)
    rows = PlannedClass.objects.filter(plan=plan)
    assert rows.count() == 2
    halves = list(PlannedSession.objects.filter(plan=plan).values_list("held_on", "half"))
    assert len(set(halves)) == len(halves) == 2 * course.sessions, "one trainer, one class at a time"


def test_the_job_runs_through_the_queue_and_leads_to_the_plan(propose, demand, at):
    plan, _job = propose()
    jobs.run(jobs.claim(at))
    job = Job.objects.get()
    assert (job.state, job.error) == ("done", "")
    assert job.result_url == reverse("planning:plan", args=[plan.pk])


def test_a_job_that_runs_twice_leaves_one_plan(solved, readers):
    before = solved.classes.count(), PlannedGroup.objects.count(), solved.objective
    solve(readers.coordinator, quiet, plan=solved.pk)
    again = Plan.objects.get(pk=solved.pk)
    assert (again.classes.count(), PlannedGroup.objects.count(), again.objective) == before


def test_a_job_that_breaks_in_the_middle_of_storing_leaves_the_plan_as_it_was(solved, readers, monkeypatch):
    before = list(solved.classes.values_list("pk", flat=True))
    monkeypatch.setattr(solving.Solved, "groups_of", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        solve(readers.coordinator, quiet, plan=solved.pk)
    assert list(solved.classes.values_list("pk", flat=True)) == before
    assert Plan.objects.get(pk=solved.pk).state == "proposed"


def test_a_second_run_that_ends_after_publishing_changes_nothing(solved, readers, monkeypatch, at):
    compute = solving.solve

    def publish_meanwhile(*args):
        found = compute(*args)
        Plan.objects.filter(pk=solved.pk).update(state="published", published_at=at)
        return found

    monkeypatch.setattr(solving, "solve", publish_meanwhile)
    before = list(solved.classes.values_list("pk", flat=True))
    with pytest.raises(Refusal):
        solve(readers.coordinator, quiet, plan=solved.pk)
    assert list(solved.classes.values_list("pk", flat=True)) == before
    assert Plan.objects.get(pk=solved.pk).state == "published"


def test_a_second_run_that_fails_after_publishing_changes_nothing(solved, readers, at):
    Plan.objects.filter(pk=solved.pk).update(state="published", published_at=at)
    Demand.objects.all().delete()
    with pytest.raises(Refusal):
        solve(readers.coordinator, quiet, plan=solved.pk)
    plan = Plan.objects.get(pk=solved.pk)
    assert (plan.state, plan.message) == ("published", "")


def nobody_is_helped(teaching, course):
    course.audiences.clear()


def too_far(teaching, course):
    Unit.objects.filter(level=3).update(latitude=10.0)
    Unit.objects.filter(pk=teaching.venues[0].unit_id).update(latitude=21.5)
    Room.objects.filter(venue=teaching.venues[1]).delete()
    Demand.objects.filter(unit=teaching.venues[0].unit_id).delete()


def no_demand_any_more(teaching, course):
    Demand.objects.all().delete()


def no_money(teaching, course):
    teaching.line.year = 2030
    teaching.line.save()


def no_prices(teaching, course):
    Norm.objects.filter(code="dem-hall").delete()


@pytest.mark.parametrize(
    ("hinder", "words"),
    [
        (no_demand_any_more, "Chưa có nhu cầu"),
        (nobody_is_helped, "khóa học"),
        (too_far, "phòng"),
        (no_money, "ngân sách"),
        (no_prices, "dem-hall"),
    ],
)
def test_a_plan_that_cannot_be_made_says_why_in_words(
    propose, demand, readers, teaching, course, browse, text, hinder, words
):
    plan, _job = propose()
    hinder(teaching, course)
    solve(readers.coordinator, quiet, plan=plan.pk)
    plan.refresh_from_db()
    assert plan.state == "failed"
    assert words in plan.message
    assert plan.message in text(browse(readers.coordinator).get(reverse("planning:plan", args=[plan.pk])))


def test_locks_that_the_money_cannot_pay_fail_in_words(solved, propose, readers, teaching, at):
    actions.set_lock(readers.coordinator, solved.classes.first().pk, True, at=at)
    teaching.line.amount_vnd = 1
    teaching.line.save()
    plan, _job = propose(based_on=solved)
    solve(readers.coordinator, quiet, plan=plan.pk)
    plan.refresh_from_db()
    assert plan.state == "failed"
    assert "mở khóa" in plan.message


def test_a_plan_that_failed_can_be_made_by_the_next_run(propose, demand, readers, teaching):
    plan, _job = propose()
    actions.fail(readers.coordinator, plan, "hết tiền", at=plan.made_at)
    solve(readers.coordinator, quiet, plan=plan.pk)
    plan.refresh_from_db()
    assert (plan.state, plan.message) == ("proposed", "")


def test_locking_takes_a_class_back_in_and_taking_out_unlocks_it(readers, changed, at):
    actions.set_lock(readers.coordinator, changed.row.pk, True, at=at)
    row = actions.set_cancelled(readers.coordinator, changed.row.pk, True, at=at)
    assert (row.locked, row.cancelled) == (False, True)
    row = actions.set_lock(readers.coordinator, changed.row.pk, True, at=at)
    assert (row.locked, row.cancelled) == (True, False)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedClass.objects.update(locked=True, cancelled=True)


def test_a_locked_class_is_in_the_plan_that_is_based_on_it(solved, propose, readers, teaching, at):
    kept = solved.classes.first()
    actions.set_lock(readers.coordinator, kept.pk, True, at=at)
    Gap.objects.all().delete()
    Demand.objects.update(people=1)
    plan, _job = propose(based_on=solved)
    assert [(lock.course, lock.venue) for lock in solving.scenario(readers.coordinator, plan).locks] == [
        (kept.course_id, kept.venue_id)
    ]


def test_money_and_places_count_only_what_is_not_taken_out(readers, new_plan, new_planned, at):
    plan = new_plan()
    new_planned(plan)
    new_planned(plan, cancelled=True)
    row = queries.plans(readers.coordinator).get()
    assert (row.class_count, row.cost, row.learners) == (1, 1_000_000, 20)
    assert [line["used"] for line in queries.money(row)] == [1_000_000]


@pytest.mark.parametrize("state", ["published", "replaced"])
def test_a_plan_that_was_published_cannot_be_changed(readers, new_plan, new_planned, at, state):
    row = new_planned(new_plan(state))
    for change in (actions.set_lock, actions.set_cancelled):
        with pytest.raises(Refusal) as refused:
            change(readers.coordinator, row.pk, True, at=at)
        assert refused.value.code == "plan_published"
    row.refresh_from_db()
    assert (row.locked, row.cancelled) == (False, False)


def test_a_class_of_a_plan_out_of_reach_is_not_there(readers, changed, at):
    with pytest.raises(NotVisible):
        actions.set_lock(readers.away, changed.row.pk, True, at=at)
    for reader in (readers.manager, readers.provider, readers.auditor):
        with pytest.raises(NotAllowed):
            actions.set_lock(reader, changed.row.pk, True, at=at)


def test_a_proposal_is_seen_by_those_who_plan_and_a_published_plan_by_those_who_carry_it_out(readers, new_plan):
    new_plan("proposed"), new_plan("published")

    def seen(reader):
        return {plan.state for plan in queries.plans(reader)}

    assert seen(readers.coordinator) == seen(readers.auditor) == {"proposed", "published"}
    assert seen(readers.manager) == seen(readers.provider) == {"published"}
    assert seen(readers.away) == seen(readers.trainer) == seen(readers.learner) == set()


def test_one_plan_of_a_year_is_the_published_one(new_plan):
    new_plan("published")
    with pytest.raises(IntegrityError), transaction.atomic():
        new_plan("published")
    new_plan("published", year=2028)


@pytest.mark.parametrize(
    ("objective", "bound", "share"), [(90.0, 100.0, 0.1), (100.0, 100.0, 0.0), (None, None, None), (1.0, 0.0, None)]
)
def test_the_distance_from_the_best_is_a_share_of_the_bound(new_plan, objective, bound, share):
    found = queries.gap_to_bound(new_plan(objective=objective, bound=bound))
    assert found == (share if share is None else pytest.approx(share))
