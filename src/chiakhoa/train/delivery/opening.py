"""What publishing does with classes: open those of the plan, settle those of the plan before. Parts of one action.

`replace` is for a plan that takes another's place; `changing` is for one that changes the published plan.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db.models import Count

from chiakhoa.foundation.clock import HERE
from chiakhoa.ground.catalogue.models import Provider
from chiakhoa.train.delivery import bookings, naming, takeover
from chiakhoa.train.delivery.models import (
    GOING_ON,
    AttendanceClaim,
    ClassSession,
    ClassState,
    Enrolment,
    EnrolmentState,
    NamedSeat,
    TrainingClass,
)
from chiakhoa.train.planning import actions as planning
from chiakhoa.train.planning.models import Plan, PlannedClass
from chiakhoa.train.planning.sessions import of_class

BATCH = 2000

Pairs = list[tuple[TrainingClass, PlannedClass]]
# Classes that have begun, with all their sessions, of which the rest is held otherwise.
Rests = list[tuple[TrainingClass, list[ClassSession]]]


@dataclass(frozen=True)
class Move:
    """Somebody whose class is called off by a change: from where, and to which class, if any.

    `how`: they sit there, a seat is kept for them, or they wait; or there is no class.
    """

    person_id: int
    left: int
    to: int | None
    how: str


SITS, KEPT, WAITS, NOWHERE = "sits", "kept", "waits", "nowhere"


@dataclass(frozen=True)
class Published:
    """What publishing did: classes opened; of the earlier plan, those that go on under this one, called off, left to decide.

    Which classes that go on (by key) are held otherwise than before; where it changed the published plan, whom it moved.
    """

    opened: int
    kept: int
    called_off: int
    left: int
    moves: tuple[Move, ...] = ()
    changed: tuple[int, ...] = ()

    def as_row(self) -> dict[str, int]:
        """The counts, for the trail."""
        return {name: value if isinstance(value, int) else len(value) for name, value in asdict(self).items()}


def planned_classes(plan: Plan) -> list[PlannedClass]:
    """The classes that the plan holds, with all that opening them needs."""
    rows = plan.classes.filter(cancelled=False, starts_on__isnull=False)
    return list(rows.select_related("course", "venue__unit", "room", "trainer").prefetch_related("sessions"))


def replace(plan: Plan, before: list[int]) -> Published:
    """The plan takes the place of those published before: its classes open, and theirs are settled."""
    new, kept, called_off, left = _settle_earlier(before, planned_classes(plan))
    earlier = bookings.held(row for row, _planned in kept)
    opened = open_classes(new, kept)
    name(opened)
    return Published(len(opened), len(kept), called_off, left, changed=held_otherwise(earlier, kept))


def held_otherwise(earlier: dict[int, list[tuple[object, ...]]], kept: Pairs) -> tuple[int, ...]:
    """The classes that go on (by key) of which days, rooms or trainer are no longer those of before."""
    now = bookings.held(row for row, _planned in kept)
    return tuple(sorted(pk for pk in now if now[pk] != earlier[pk]))


def open_classes(new: Sequence[PlannedClass], kept: Pairs, rests: Rests | None = None) -> list[TrainingClass]:
    """Open a class for each that is new, and hold the kept ones as their plan says, where they have not begun.

    `rests`: of those that have, the ones that go on otherwise.
    """
    provider = _providers_by_trainer()
    opening = [_class_of(row, provider) for row in new]
    sessions = _book(kept, opening, rests or [])
    opened = TrainingClass.objects.bulk_create(opening, batch_size=BATCH)
    ClassSession.objects.bulk_create(sessions, batch_size=BATCH)
    return opened


def name(opened: list[TrainingClass]) -> list[NamedSeat]:
    """Keep the seats of classes that open for the people whom the plan meant, and hold the rest of theirs for later."""
    rows, held = naming.named(opened)
    kept = NamedSeat.objects.bulk_create(rows, batch_size=BATCH)
    holding = [row for row in opened if row.pk in held]
    for row in holding:
        row.held_seats = held[row.pk]
    TrainingClass.objects.bulk_update(holding, ["held_seats"], batch_size=500)
    return kept


def call_off(classes: Sequence[TrainingClass]) -> None:
    """These classes are not held; nothing is kept, held or booked for them any longer."""
    keys = [row.pk for row in classes]
    TrainingClass.objects.filter(pk__in=keys).update(state=ClassState.CANCELLED, held_seats=0)
    NamedSeat.objects.filter(training_class__in=keys).delete()
    bookings.free(keys)
    planning.free([row.planned_id for row in classes])


def begun(classes: Sequence[TrainingClass]) -> set[int]:
    """The classes at which somebody was seen already."""
    return set(
        AttendanceClaim.objects.filter(session__training_class__in=[row.pk for row in classes])
        .values_list("session__training_class", flat=True)
        .distinct()
    )


def _settle_earlier(before: list[int], planned: list[PlannedClass]) -> tuple[list[PlannedClass], Pairs, int, int]:
    """The planned classes that must open, the earlier classes kept, and how many are called off and left to decide."""
    # Locked before the people are counted: nobody enrols in a class while it is called off.
    earlier = list(TrainingClass.objects.select_for_update().filter(state__in=GOING_ON, planned__plan__in=before))
    peopled = set(
        Enrolment.objects.filter(training_class__in=earlier)
        .exclude(state=EnrolmentState.LEFT)
        .values_list("training_class", flat=True)
    )
    empty = [row for row in earlier if row.state == ClassState.OPEN and row.pk not in peopled]
    call_off(empty)
    finished, planned = takeover.over(
        planned, TrainingClass.objects.filter(state=ClassState.FINISHED, planned__plan__in=before)
    )
    pairs, new = takeover.settle(planned, [row for row in earlier if row not in empty])
    # Their half days are from now on those of the new plan.
    take_up([*pairs, *finished])
    return new, pairs, len(empty), len(earlier) - len(empty) - len(pairs)


def take_up(pairs: Pairs) -> None:
    """These classes go on, or are over, under the new plan."""
    planning.free([row.planned_id for row, _new in pairs])
    for row, successor in pairs:
        row.planned = successor
    TrainingClass.objects.bulk_update([row for row, _successor in pairs], ["planned"], batch_size=500)


def _providers_by_trainer() -> dict[str, Provider]:
    """Course code -> the provider with the most trainers among those who offer it; "" is the largest provider."""
    rows = Provider.objects.annotate(size=Count("trainers")).order_by("-size", "pk").prefetch_related("courses")
    chosen: dict[str, Provider] = {}
    for provider in rows:
        chosen.setdefault("", provider)
        for course in provider.courses.all():
            chosen.setdefault(course.pk, provider)
    return chosen


def _book(kept: Pairs, opening: list[TrainingClass], rests: Rests) -> list[ClassSession]:
    """Move the kept classes that nobody attended yet to where the new plan holds them, and return the sessions of new ones.

    Refusal where one of them needs a room or a trainer that a class outside the plan has then.
    """
    seen = begun([row for row, _planned in kept])
    moved = [
        (row, bookings.planned_for(row, planned))
        for row, planned in kept if row.state == ClassState.OPEN and row.pk not in seen
    ]  # fmt: skip
    new = [session for row in opening for session in bookings.planned_for(row, row.planned)]
    moving = {row.pk for row, _sessions in moved}
    everything = [*moved, *rests]
    bookings.must_be_free(
        [*(session for _row, sessions in everything for session in sessions), *new],
        besides={row.pk for row, _sessions in everything},
    )
    for row, sessions in moved:
        _span(row, sessions)
        row.room_id = row.planned.room_id
    bookings.move(everything)
    TrainingClass.objects.bulk_update(
        [row for row, _sessions in moved], ["starts_on", "ends_on", "room"], batch_size=500
    )
    staying = {row: planned for row, planned in kept if row.pk not in moving}
    standing = bookings.standing_of(staying)
    planning.stand([(planned, bookings.as_planned(standing[row.pk])) for row, planned in staying.items()])
    return new


def _span(row: TrainingClass, sessions: list[ClassSession]) -> None:
    days = [session.starts_at.astimezone(HERE).date() for session in sessions]
    row.starts_on, row.ends_on = min(days), max(days)


def _class_of(row: PlannedClass, providers: dict[str, Provider]) -> TrainingClass:
    provider = row.trainer.provider_id if row.trainer else providers.get(row.course_id, providers[""]).pk
    days = [session.held_on for session in of_class(row)]
    return TrainingClass(
        code=f"{row.course_id}-{row.plan.year}-{row.plan_id}-{row.number:03d}",
        planned=row,
        course=row.course,
        provider_id=provider,
        venue=row.venue,
        room=row.room,
        trainer=row.trainer,
        budget_line_id=row.budget_line_id,
        seats=min(row.course.max_size, row.room.seats) if row.room else row.course.max_size,
        starts_on=min(days),
        ends_on=max(days),
        cost_vnd=row.cost_vnd,
    )
