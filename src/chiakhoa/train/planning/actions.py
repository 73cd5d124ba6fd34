"""What a coordinator does with demand and plans. The solver runs in a job; its result is stored whole or not at all."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, jobs
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.catalogue.models import Room, Trainer
from chiakhoa.ground.mandates import actions as mandates
from chiakhoa.measure.needs.models import Gap
from chiakhoa.train.planning import clashes, gains, happenings, queries
from chiakhoa.train.planning.models import (
    Assumptions,
    Demand,
    GainEstimate,
    Happening,
    Plan,
    PlannedClass,
    PlannedGroup,
    PlannedSession,
    PlanState,
)
from chiakhoa.train.planning.sessions import Session
from chiakhoa.train.planning.solving import Solved

BATCH = 1000
THOUSANDTH = 0.001
SECONDS_TO_CHANGE = 20


@action(Role.COORDINATOR)
def add_demand(actor: Reader, gaps: QuerySet[Gap] | Iterable[Gap], *, at: datetime) -> int:
    """Turn gaps into demand: the expected people short among all registered. A gap added again replaces its earlier demand."""
    rows = [
        Demand(
            unit_id=gap.unit_id, audience_id=gap.audience_id, competence_id=gap.competence_id, added_at=at,
            people=round(gap.people * gap.short / gap.measured), depth=gap.depth / max(gap.short, 1e-9),
        )
        for gap in gaps
        if gap.measured and round(gap.people * gap.short / gap.measured) > 0
    ]  # fmt: skip
    Demand.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["unit", "audience", "competence"],
        update_fields=["people", "depth", "added_at"],
    )  # fmt: skip
    audit.record(actor, "add_demand", "planning.demand", at=at, after={"rows": len(rows)})
    return len(rows)


@action(Role.COORDINATOR)
def clear_demand(actor: Reader, *, at: datetime) -> int:
    """Take all demand of the reader's reach back."""
    count, _kinds = Demand.objects.filter(pk__in=queries.demand(actor).values("pk")).delete()
    audit.record(actor, "clear_demand", "planning.demand", at=at, before={"rows": count})
    return count


@action(Role.COORDINATOR)
def propose(
    actor: Reader, name: str, year: int, time_limit_seconds: int, based_on: Plan | None, *, at: datetime,
    assumed: dict[str, Any] | None = None, copied_from: Plan | None = None,
) -> tuple[Plan, Job]:  # fmt: skip
    """Ask the solver for a plan over today's demand. Refusal where there is no demand.

    `assumed`: the fields of `Assumptions` that differ from today's rows.
    """
    if actor.unit_id is None or not queries.demand(actor).exists():
        raise Refusal(_("There is no demand yet. Choose gaps under Needs and add them first."), code="no_demand")
    plan = Plan.objects.create(
        name=name,
        year=year,
        unit_id=actor.unit_id,
        time_limit_seconds=time_limit_seconds,
        based_on=based_on,
        made_at=at,
        assumptions=Assumptions.objects.create(copied_from=copied_from, **(assumed or {}))
        if assumed or copied_from
        else None,
    )
    audit.record(actor, "propose", plan, at=at, after={"name": name, "year": year, "assumed": assumed or {}})
    return plan, _search(actor, plan, at=at)


@action(Role.COORDINATOR)
def something_happened(actor: Reader, plan_pk: int, happened: Sequence[dict[str, Any]], *, at: datetime) -> Plan:
    """Ask for a new plan after something happened to a published one, in which as few people as possible lose their class.

    `happened`: the fields of `Happening` rows.
    """
    before = queries.plans(actor).filter(pk=plan_pk).first()
    if before is None:
        raise NotVisible(_("There is no such plan."))
    if before.state != PlanState.PUBLISHED:
        raise Refusal(_("Only the published plan is changed; open that one first."), code="not_published")
    if not happened:
        raise Refusal(_("Say what happened: who is away, what is closed, or what was cut."), code="nothing_happened")
    changes = Plan.objects.filter(unit=before.unit_id, year=before.year, happenings__isnull=False).distinct().count()
    plan = Plan.objects.create(
        name=_("%(name)s, change %(n)s") % {"name": _first_name(before)[:90], "n": changes + 1},
        year=before.year, unit_id=before.unit_id, based_on=before, made_at=at, time_limit_seconds=SECONDS_TO_CHANGE,
        assumptions=_same_aims(before.assumptions),
    )  # fmt: skip
    Happening.objects.bulk_create(Happening(plan=plan, **row) for row in happened)
    audit.record(actor, "something_happened", plan, at=at, after={"rows": [_plainly(row) for row in happened]})
    _search(actor, plan, at=at)
    return plan


@action(Role.COORDINATOR)
def withdraw(actor: Reader, happening_pk: int, reason: str, *, at: datetime) -> Plan:
    """Take back something that was entered wrongly, as long as no plan made for it was published.

    The plan that was made for it is sought anew without it; where nothing else happened, it is taken back too.
    """
    row = Happening.objects.filter(pk=happening_pk, plan__in=queries.plans(actor)).first()
    if row is None:
        raise NotVisible(_("Nothing of the kind was entered."))
    plan = _not_published(row.plan)
    row.refresh_from_db()
    if row.withdrawn_at is not None:
        raise Refusal(_("This was taken back already."), code="already_withdrawn")
    if not reason.strip():
        raise Refusal(_("Say why it is taken back."), field="reason", code="no_reason")
    Happening.objects.filter(pk=row.pk).update(withdrawn_at=at, withdrawn_reason=reason.strip())
    plan.made_at, plan.stop_asked_at, plan.search = at, None, []
    goes_on = plan.happenings.filter(withdrawn_at=None).exists()
    plan.state, plan.message = (PlanState.WAITING, "") if goes_on else (PlanState.WITHDRAWN, reason.strip())
    plan.save(update_fields=["made_at", "stop_asked_at", "search", "state", "message"])
    audit.record(actor, "withdraw_happening", plan, at=at, before={"row": row.pk, "kind": row.kind},
                 after={"reason": reason.strip(), "state": plan.state})  # fmt: skip
    if goes_on:
        _search(actor, plan, at=at)
    return plan


def _search(actor: Reader, plan: Plan, *, at: datetime) -> Job:
    label = _("Plan “%(name)s”") % {"name": plan.name}
    return jobs.enqueue(actor, "planning.solve", label, at=at, plan=plan.pk, language=get_language() or "vi")


def _first_name(plan: Plan) -> str:
    """The name of the plan that was changed first: a change of a change does not add to it for ever."""
    while plan.based_on is not None and plan.is_change:
        plan = plan.based_on
    return plan.name


def _same_aims(assumed: Assumptions | None) -> Assumptions | None:
    """What the published plan aimed at, the changed one aims at too; its money is what there is."""
    if assumed is None:
        return None
    return Assumptions.objects.create(
        trainers_percent=assumed.trainers_percent, targets_percent=assumed.targets_percent, floors=assumed.floors,
        commune_people=assumed.commune_people, commune_percent=assumed.commune_percent,
        priorities=assumed.priorities, seasons=assumed.seasons,
    )  # fmt: skip


def _plainly(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: getattr(value, "pk", value) if not isinstance(value, date) else str(value) for name, value in row.items()
    }


@action(Role.COORDINATOR)
def stop(actor: Reader, plan_pk: int, *, at: datetime) -> Plan:
    """Ask the search to end with the best plan so far. Asking again, or when it is over, changes nothing."""
    plan = queries.plans(actor).filter(pk=plan_pk).first()
    if plan is None:
        raise NotVisible(_("There is no such plan."))
    Plan.objects.filter(pk=plan_pk, state=PlanState.WAITING, stop_asked_at=None).update(stop_asked_at=at)
    audit.record(actor, "stop_search", plan, at=at)
    return plan


def note_search(plan_pk: int, points: list[list[float]]) -> bool:
    """Part of the search: keep how it went so far. Returns whether somebody asked it to stop."""
    Plan.objects.filter(pk=plan_pk).update(search=points)
    return Plan.objects.filter(pk=plan_pk, stop_asked_at__isnull=False).exists()


@action(Role.COORDINATOR)
def store(actor: Reader, plan: Plan, solved: Solved, *, at: datetime) -> None:
    """Keep what the solver found, instead of anything kept for this plan before (a job may run twice)."""
    row = _still_asked(plan)
    row.classes.all().delete()
    row.state, row.message = PlanState.PROPOSED, ""
    for name, value in solved.facts.items():
        setattr(row, name, value)
    row.save(update_fields=[*solved.facts, "state", "message"])
    kept = PlannedClass.objects.bulk_create(solved.classes_of(row), batch_size=BATCH)
    PlannedGroup.objects.bulk_create(solved.groups_of(kept), batch_size=BATCH)
    PlannedSession.objects.bulk_create(solved.sessions_of(kept), batch_size=BATCH)
    audit.record(actor, "store_plan", row, at=at, after={"classes": len(kept), "bound": row.bound})


@action(Role.COORDINATOR)
def fail(actor: Reader, plan: Plan, message: str, *, at: datetime) -> None:
    """Say why no plan could be made."""
    row = _still_asked(plan)
    row.state, row.message = PlanState.FAILED, message
    row.save(update_fields=["state", "message"])
    audit.record(actor, "fail_plan", row, at=at, after={"message": message})


@action(Role.COORDINATOR)
def set_lock(actor: Reader, class_pk: int, locked: bool, *, at: datetime) -> PlannedClass:
    """Lock a class (the next plan keeps it) or unlock it."""
    row = _changeable(actor, class_pk)
    row.locked, row.cancelled = locked, False
    return _save(actor, row, at=at)


@action(Role.COORDINATOR)
def set_cancelled(actor: Reader, class_pk: int, cancelled: bool, *, at: datetime) -> PlannedClass:
    """Take a class out of the plan, or put it back."""
    row = _changeable(actor, class_pk)
    row.cancelled, row.locked = cancelled, False
    return _save(actor, row, at=at)


@action(Role.COORDINATOR)
def move(
    actor: Reader, class_pk: int, week: date, room: Room, trainer: Trainer | None, *, at: datetime
) -> PlannedClass:  # fmt: skip
    """Hold a class in another week, room or with another trainer, and lock it there. Refusal naming what it clashes with."""
    row = _changeable(actor, class_pk)
    if found := clashes.clashes(row, week, room, trainer):
        raise Refusal(found[0].words, field=found[0].field, code=f"clash_{found[0].kind}")
    before, held = _placed(row), clashes.held(row, week, room, trainer)
    row.starts_on, row.unplaced, row.room, row.venue, row.trainer = held[0].held_on, "", room, room.venue, trainer
    row.locked, row.cancelled = True, False
    row.save(update_fields=["starts_on", "unplaced", "room", "venue", "trainer", "locked", "cancelled"])
    stand([(row, held)])
    audit.record(actor, "move_planned_class", row, at=at, before=before, after=_placed(row))
    return row


def mark_published(actor: Reader, plan: Plan, *, at: datetime) -> list[int]:
    """Part of delivery's publishing: the plan becomes the published one, an earlier one of the year is replaced.

    Returns the keys of all plans of the year published before it: a class of any of them may still go on.
    """
    # All plans of the year are locked, so that of two published at once the second sees the first.
    of_year = {row.pk: row for row in Plan.objects.select_for_update().filter(unit=plan.unit_id, year=plan.year)}
    state = of_year[plan.pk].state
    if state != PlanState.PROPOSED:
        raise Refusal(
            _("Only a proposed plan can be published; this one is “%(state)s”.") % {"state": PlanState(state).label}
        )
    changes = plan.is_change
    if changes and (plan.based_on_id is None or of_year[plan.based_on_id].state != PlanState.PUBLISHED):
        raise Refusal(
            _("Another plan was published meanwhile. Say again under that one what happened."), code="plan_moved_on"
        )
    if over := queries.over_budget(plan):
        raise Refusal(
            _(
                "The plan takes more than these budget lines hold: %(lines)s. Put the money there first, or take classes out."
            )
            % {"lines": "; ".join(str(row["line"].name) for row in over)},
            code="over_budget",
        )
    for line, amount in happenings.money_after(plan).items() if changes else ():
        mandates.set_amount(actor, line, amount, at=at)
    earlier = [pk for pk, row in of_year.items() if row.state in (PlanState.PUBLISHED, PlanState.REPLACED)]
    Plan.objects.filter(pk__in=earlier).update(state=PlanState.REPLACED)
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.PUBLISHED, published_at=at)
    PlannedSession.objects.filter(plan=plan.pk, planned_class__cancelled=True).delete()
    return earlier


def free(planned: Iterable[int | None]) -> None:
    """Part of delivery's steps: these planned classes are held no longer, and their half days are free."""
    PlannedSession.objects.filter(planned_class__in=[pk for pk in planned if pk is not None]).delete()


def stand(classes: Sequence[tuple[PlannedClass, Sequence[Session]]]) -> None:
    """Part of other steps: the classes are held so, and their plan says the same. Clashes are looked at by who calls.

    Moving a class of a proposal ends with it too: `stand([(row, sessions.of_class(row))])`.
    """
    held = [(row, sessions) for row, sessions in classes if sessions]
    for row, sessions in held:
        row.starts_on, row.unplaced = sessions[0].held_on, ""
        # Where somebody took over in the middle: who teaches what is still to come.
        row.trainer_id = sessions[-1].trainer_id or row.trainer_id
    PlannedClass.objects.bulk_update(
        [row for row, _sessions in held], ["starts_on", "unplaced", "trainer"], batch_size=500
    )
    PlannedSession.objects.filter(planned_class__in=[row.pk for row, _sessions in held]).delete()
    PlannedSession.objects.bulk_create(
        [
            PlannedSession(
                plan_id=row.plan_id, planned_class=row, number=number, held_on=session.held_on, half=session.half,
                room_id=session.room_id, trainer_id=session.trainer_id,
            )
            for row, sessions in held for number, session in enumerate(sessions, 1)
        ],
        batch_size=BATCH,
    )  # fmt: skip


def keep_gains(course: str, rise: gains.Rise, *, at: datetime) -> None:
    """Part of delivery's linking of tests: what has been measured of a course moves what is believed of it and of its kind.

    A course that stays where it was, to a thousandth of a grade, gets no row.
    """
    before = gains.latest()
    rows = [GainEstimate(as_of=at, **fields) for fields in gains.estimated(course, rise)]
    GainEstimate.objects.bulk_create(
        [row for row in rows if _moves(before.get(row.course_id), row)],
        batch_size=BATCH, update_conflicts=True, unique_fields=["course", "as_of"],
        update_fields=["prior", "prior_sd", "data", "data_se", "people", "believed", "believed_sd"],
    )  # fmt: skip


def _moves(before: GainEstimate | None, now: GainEstimate) -> bool:
    if before is None:
        return now.people > 0 or abs(now.believed - now.prior) >= THOUSANDTH
    return before.people != now.people or abs(before.believed - now.believed) >= THOUSANDTH


def _not_published(plan: Plan) -> Plan:
    """The plan as it is now, locked: the solver took its time, and somebody may have published the plan meanwhile."""
    row = Plan.objects.select_for_update().get(pk=plan.pk)
    if row.state == PlanState.WITHDRAWN:
        raise Refusal(_("This was taken back already."), code="already_withdrawn")
    if row.state not in (PlanState.WAITING, PlanState.PROPOSED, PlanState.FAILED):
        raise Refusal(_("The plan is published already; nothing was changed."), code="already_published")
    return row


def _still_asked(plan: Plan) -> Plan:
    """The same, unless what the plan is made for was changed or taken back while it was sought."""
    if Plan.objects.select_for_update().get(pk=plan.pk).made_at != plan.made_at:
        raise Refusal(_("What happened was changed meanwhile; the plan is sought anew."), code="asked_anew")
    return _not_published(plan)


def _changeable(actor: Reader, class_pk: int) -> PlannedClass:
    row = PlannedClass.objects.filter(pk=class_pk, plan__in=queries.plans(actor)).first()
    if row is None:
        raise NotVisible(_("There is no such class in a plan."))
    plan = Plan.objects.select_for_update().get(pk=row.plan_id)
    if plan.state != PlanState.PROPOSED:
        raise Refusal(_("A published plan is changed by a new plan based on it."), code="plan_published")
    return row


def _placed(row: PlannedClass) -> dict[str, Any]:
    return {"starts_on": str(row.starts_on), "room": row.room_id, "venue": row.venue_id, "trainer": row.trainer_id}


def _save(actor: Reader, row: PlannedClass, *, at: datetime) -> PlannedClass:
    row.save(update_fields=["locked", "cancelled"])
    audit.record(actor, "change_plan", row, at=at, after={"locked": row.locked, "cancelled": row.cancelled})
    return row
