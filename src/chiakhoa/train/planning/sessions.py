"""The half days of planned classes: kept as rows, as the planner takes them, and as they stand when a class was moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Q

from chiakhoa.engines import planner
from chiakhoa.ground.catalogue.models import Course, Room, RoomKind, Trainer, Venue
from chiakhoa.train.planning import calendar, happenings
from chiakhoa.train.planning.models import Half, Plan, PlannedClass, PlannedSession, PlanState

HALVES = (Half.MORNING, Half.AFTERNOON)


@dataclass(frozen=True)
class Session:
    """One half day of a class: when, in which room (None where it is online or not known), by whom."""

    held_on: date
    half: str
    room_id: int | None
    trainer_id: int | None


def of_class(row: PlannedClass) -> list[Session]:
    """The half days of a class as it stands now, in order.

    A class that was moved to another first day, room or trainer takes its half days along; one that goes on elsewhere after it
    began has both rooms. One that was planned before half days were kept is held two a day from its first day on. Prefetch
    `sessions` and select `course` for many classes.
    """
    if row.starts_on is None:
        return []
    kept = sorted(row.sessions.all(), key=lambda session: session.number)
    if not kept:
        return [
            Session(row.starts_on + timedelta(days=number // 2), HALVES[number % 2], row.room_id, row.trainer_id)
            for number in range(row.course.sessions)
        ]
    apart = row.starts_on - kept[0].held_on
    as_kept = row.room_id in {session.room_id for session in kept}
    return [
        Session(
            session.held_on + apart, session.half,
            session.room_id if as_kept else row.room_id if session.room_id else None, row.trainer_id,
        )
        for session in kept
    ]  # fmt: skip


def rows(kept: PlannedClass, sessions: Iterable[tuple[str, str, str]]) -> list[PlannedSession]:
    """The unsaved rows of a class's half days (day, half, room) as the planner says them."""
    return [
        PlannedSession(
            plan_id=kept.plan_id, planned_class=kept, number=number, held_on=date.fromisoformat(day), half=half,
            room_id=int(room) if room else None, trainer_id=kept.trainer_id,
        )
        for number, (day, half, room) in enumerate(sessions, 1)
    ]  # fmt: skip


def clashing(row: PlannedClass, wanted: Sequence[Session]) -> list[tuple[str, PlannedClass]]:
    """The other classes of the plan that have the room or the trainer on one of these half days: ("room" or "trainer", class)."""
    halves = {(session.held_on, session.half): session for session in wanted}
    others = PlannedSession.objects.filter(plan=row.plan_id, held_on__in={day for day, _half in halves})
    found: dict[tuple[str, int], PlannedClass] = {}
    others = others.exclude(planned_class=row).filter(planned_class__cancelled=False)
    for other in others.select_related("planned_class__course").order_by("planned_class__number", "number"):
        same = halves.get((other.held_on, other.half))
        if same and same.room_id and same.room_id == other.room_id:
            found["room", other.planned_class_id] = other.planned_class
        if same and same.trainer_id and same.trainer_id == other.trainer_id:
            found["trainer", other.planned_class_id] = other.planned_class
    return [(what, other) for (what, _pk), other in found.items()]


def with_calendar(made: planner.Scenario, plan: Plan, kept: Sequence[PlannedClass]) -> planner.Scenario:
    """The scenario with the year's terms and seasons, single rooms, homes of trainers, and what is promised or taken already.

    `kept`: the classes that the plan must keep.
    """
    modes = dict(Course.objects.values_list("pk", "mode"))
    homes = {
        str(pk): (latitude or 0.0, longitude or 0.0)
        for pk, latitude, longitude in Trainer.objects.values_list(
            "pk", "person__unit__latitude", "person__unit__longitude"
        )
    }
    return replace(
        made,
        courses=tuple(
            replace(
                row, per_week=calendar.per_week(modes[row.code]), online=calendar.online(modes[row.code], row.sessions)
            )
            for row in made.courses
        ),
        trainers=tuple(replace(row, latitude=homes[row.id][0], longitude=homes[row.id][1]) for row in made.trainers),
        terms=(
            *(calendar.early(plan.year, plan.made_at.date()) if plan.is_change else ()),
            *calendar.terms(plan.year, plan.made_at.date()),
        ),
        seasons=calendar.seasons(plan.year),
        venues=tuple(_venues()),
        spaces=tuple(
            planner.Space(str(room.pk), room.venue_id, room.kind, room.seats, room.sessions_per_year)
            for room in Room.objects.order_by("pk")
        ),
        held=tuple(_held(made, plan, {row.pk for row in kept})),
        busy=tuple(_busy(plan)),
    )


def kept_from(plan: Plan) -> list[PlannedClass]:
    """The classes of the plan before that this one must keep: locked ones, and of a published plan those that have begun."""
    if plan.based_on is None:
        return []
    if plan.is_change:
        return _promised(plan)
    must = Q(locked=True)
    if plan.based_on.state in (PlanState.PUBLISHED, PlanState.REPLACED):
        must |= Q(starts_on__lte=plan.made_at.date())
    return list(
        plan.based_on.classes.filter(must, cancelled=False).select_related("course").prefetch_related("sessions")
    )


def _promised(plan: Plan) -> list[PlannedClass]:
    """Of a published plan that is to be changed: what has begun, and what begins too soon for anything else to be found.

    But a class that has not begun does not go to a closed venue.
    """
    assert plan.based_on is not None
    today = plan.made_at.date()
    rows = plan.based_on.classes.filter(cancelled=False, starts_on__lt=today + calendar.NOTICE, sessions__isnull=False)
    happened = happenings.of(plan)
    return [
        row
        for row in rows.distinct().select_related("course").prefetch_related("sessions")
        if row.starts_on <= today or not happenings.closes(happened, row, since=today)
    ]


def _venues() -> Iterable[planner.Venue]:
    online = set(Room.objects.filter(kind=RoomKind.ONLINE).values_list("venue", flat=True))
    for venue in Venue.objects.select_related("unit"):
        yield planner.Venue(
            venue.pk, venue.unit.latitude or 0.0, venue.unit.longitude or 0.0, online=venue.pk in online
        )  # fmt: skip


def _held(made: planner.Scenario, plan: Plan, must: set[int]) -> Iterable[planner.Held]:
    """Half days that classes keep: firmly what must be kept, and as far as possible the others of the plan before.

    Where a change drops a published class, its people go elsewhere, and others may have its half days. What of a class is over by
    the day of the change, the planner leaves alone; it moves the rest where it must.
    """
    left = {(lock.course, lock.venue): lock.classes for lock in made.locks}
    changes, today = plan.is_change, plan.made_at.date()
    lengths = {course.code: course.sessions for course in made.courses}
    known = PlannedClass.objects.filter(plan__in=_before(plan), cancelled=False, starts_on__isnull=False)
    known = known.filter(sessions__isnull=False).distinct().select_related("course", "plan")
    for row in sorted(known.prefetch_related("sessions"), key=lambda row: (row.pk not in must, row.pk)):
        sessions = of_class(row)
        if lengths.get(row.course_id) != len(sessions):
            continue
        firm = row.pk in must and left.get((row.course_id, row.venue_id), 0) > 0
        if firm:
            left[row.course_id, row.venue_id] -= 1
        yield planner.Held(
            row.course_id, row.venue_id, str(row.room_id or ""), str(row.trainer_id or ""),
            tuple((session.held_on.isoformat(), session.half) for session in sessions), firm=firm,
            peopled=row.plan.state == PlanState.PUBLISHED and not changes,
            begun=sum(session.held_on <= today for session in sessions) if firm and changes else 0,
            rooms=tuple(str(session.room_id or "") for session in sessions),
        )  # fmt: skip


def _before(plan: Plan) -> list[int]:
    """The plan that this one is based on, and the published one whose place it may take."""
    published = Plan.objects.filter(unit=plan.unit_id, year=plan.year, state=PlanState.PUBLISHED)
    return [*published.values_list("pk", flat=True), *([plan.based_on_id] if plan.based_on_id else [])]


def _busy(plan: Plan) -> Iterable[planner.Busy]:
    """Half days on which classes of other plans that were published have a room or a trainer."""
    others = PlannedSession.objects.filter(
        plan__state__in=(PlanState.PUBLISHED, PlanState.REPLACED), held_on__year=plan.year, planned_class__cancelled=False
    ).exclude(plan__in=_before(plan))  # fmt: skip
    for row in others.select_related("planned_class"):
        day = row.held_on.isoformat()
        if row.room_id:
            yield planner.Busy("room", str(row.room_id), day, row.half)
        if row.trainer_id:
            at = row.planned_class.venue_id if row.room_id else ""
            yield planner.Busy("trainer", str(row.trainer_id), day, row.half, at)
