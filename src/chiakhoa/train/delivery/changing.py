"""Publishing a plan that changes the published one: classes go on, are held otherwise, or not at all, and people move. Parts
of the action `publish`, all in its transaction.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.train.delivery import bookings, opening, reseating, seats
from chiakhoa.train.delivery.models import GOING_ON, ClassState, Enrolment, EnrolmentState, NamedSeat, TrainingClass
from chiakhoa.train.delivery.opening import KEPT, NOWHERE, SITS, WAITS, Move, Pairs, Published, Rests
from chiakhoa.train.delivery.reseating import SAT, WAITED, WAS_NAMED, Lost
from chiakhoa.train.planning.models import Plan, PlannedClass

HELD_AS = ["trainer", "provider", "budget_line", "cost_vnd", "seats", "ends_on"]


def change(plan: Plan, before: list[int], *, at: datetime) -> Published:
    """The published classes become those of the new plan.

    What the plan holds no more is called off, and its people go to other classes of their course; what has begun and can
    neither go on as planned nor be called off stays as it is, until somebody decides.
    """
    successors = {row.continues_id: row for row in plan.classes.filter(cancelled=False, continues__isnull=False)}
    # Locked before anything is looked at: nobody enrols in a class while it is called off.
    of_year = TrainingClass.objects.select_for_update().filter(planned__plan__in=before)
    rows = list(of_year.select_related("course", "venue__unit", "planned").order_by("pk"))
    going_on = [row for row in rows if row.state in GOING_ON]
    planned = {row.pk: row for row in opening.planned_classes(plan)}
    pairs: Pairs = []
    for row in going_on:
        successor = successors.get(row.planned_id)
        if successor is not None and successor.pk in planned:
            pairs.append((row, planned[successor.pk]))
    gone = [
        row for row in going_on
        if row.state == ClassState.OPEN and row.planned.plan_id == plan.based_on_id and row.planned_id not in successors
    ]  # fmt: skip
    finished = [
        (row, successors[row.planned_id])
        for row in rows if row.state == ClassState.FINISHED and row.planned_id in successors
    ]  # fmt: skip
    lost = _lost(gone)
    opening.call_off(gone)
    earlier = bookings.held(row for row, _planned in pairs)
    opening.take_up([*pairs, *finished])
    rests = _hand_over(pairs, at=at)
    opened = opening.open_classes([row for row in planned.values() if row.continues_id is None], pairs, rests)
    changed = opening.held_otherwise(earlier, pairs)
    moves = _reseat(lost, opened + [row for row, _planned in pairs if row.state == ClassState.OPEN], at=at)
    opening.name(opened)
    left = len(going_on) - len(pairs) - len(gone)
    return Published(len(opened), len(pairs), len(gone), left, tuple(moves), changed)


def _lost(gone: Sequence[TrainingClass]) -> list[Lost]:
    """Who is in the classes that are called off: seated, then named, then waiting."""
    course = {row.pk: row.course_id for row in gone}
    found = []
    inside = set()
    for row in Enrolment.objects.filter(training_class__in=course).exclude(state=EnrolmentState.LEFT).order_by("pk"):
        inside.add((row.training_class_id, row.person_id))
        rank = SAT if row.seat is not None else WAITED
        found.append(Lost(row.person_id, row.training_class_id, course[row.training_class_id], rank, row.gain, row))
    found += [
        Lost(row.person_id, row.training_class_id, course[row.training_class_id], WAS_NAMED, row.gain)
        for row in NamedSeat.objects.filter(training_class__in=course, waits=False).order_by("pk")
        if (row.training_class_id, row.person_id) not in inside
    ]
    return sorted(found, key=lambda row: row.rank)


def _hand_over(pairs: Pairs, *, at: datetime) -> Rests:
    """Who teaches and who pays from now on; returns the classes that have begun of which the rest is held otherwise."""
    rests: Rests = []
    seen = opening.begun([row for row, _planned in pairs])
    former = dict(
        PlannedClass.objects.filter(pk__in=[new.continues_id for _row, new in pairs]).values_list("pk", "trainer")
    )
    for row, planned in pairs:
        row.budget_line_id, row.cost_vnd = planned.budget_line_id, planned.cost_vnd
        if planned.room is not None and planned.room_id != row.room_id:
            row.seats = max(
                min(row.course.max_size, planned.room.seats), row.enrolments.filter(seat__isnull=False).count()
            )
        if planned.trainer is not None and planned.trainer_id != former.get(planned.continues_id):
            row.trainer, row.provider_id = planned.trainer, planned.trainer.provider_id
        if row.state == ClassState.RUNNING or row.pk in seen:
            rests += _rest(row, planned, at=at)
    TrainingClass.objects.bulk_update([row for row, _planned in pairs], HELD_AS, batch_size=500)
    return rests


def _rest(row: TrainingClass, planned: PlannedClass, *, at: datetime) -> Rests:
    """The sessions of a class that has begun, those still to come as the plan holds them; nothing where none of them changes.

    Refusal where one that moves was held after the plan was made.
    """
    sessions = bookings.standing_of([row])[row.pk]
    wanted = {session.number: session for session in bookings.planned_for(row, planned)}
    changes = False
    for session in sessions:
        to = wanted[session.number]
        moves = (session.starts_at, session.room_id) != (to.starts_at, to.room_id)
        if session.starts_at >= at:
            changes |= moves or session.trainer_id != row.trainer_id
            session.starts_at, session.ends_at, session.room_id = to.starts_at, to.ends_at, to.room_id
            session.trainer_id = row.trainer_id
        elif moves and session.starts_at >= planned.plan.made_at:
            raise Refusal(
                _("Class %(code)s was held after this change was computed. Say again what happened.")
                % {"code": row.code},
                code="held_meanwhile",
            )
    if not changes:
        return []
    row.ends_on = max(session.starts_at.astimezone(HERE).date() for session in sessions)
    return [(row, sessions)]


def _reseat(lost: Sequence[Lost], classes: Sequence[TrainingClass], *, at: datetime) -> list[Move]:
    """Give each who lost a class another one, as far as seats go."""
    Enrolment.objects.filter(pk__in=[row.enrolment.pk for row in lost if row.enrolment]).update(
        state=EnrolmentState.LEFT, seat=None
    )
    found = reseating.places(lost, classes)
    by_pk = {row.pk: row for row in classes}
    free = {pk: iter(seats.free_seats(by_pk[pk])) for pk, _seat in found.classes.values()}
    last = _last_places(list(free))
    moves, enrolments, named = [], [], []
    for place, row in enumerate(lost):
        pk, has_seat = found.classes.get(place, (None, False))
        if pk is None:
            moves.append(Move(row.person_id, row.class_id, None, NOWHERE))
            continue
        gain = found.gain[place]
        if row.enrolment is None:
            last[pk, not has_seat] += 1
            named.append(
                NamedSeat(training_class_id=pk, person_id=row.person_id, waits=not has_seat, place=last[pk, not has_seat],
                          gain=gain)
            )  # fmt: skip
            moves.append(Move(row.person_id, row.class_id, pk, KEPT if has_seat else WAITS))
            continue
        enrolments.append(
            Enrolment(
                training_class_id=pk, person_id=row.person_id, seat=next(free[pk]) if has_seat else None, gain=gain,
                enrolled_at=row.enrolment.enrolled_at,
                state=EnrolmentState.ENROLLED if has_seat else EnrolmentState.WAITING,
            )
        )  # fmt: skip
        moves.append(Move(row.person_id, row.class_id, pk, SITS if has_seat else WAITS))
    Enrolment.objects.bulk_create(enrolments, batch_size=opening.BATCH)
    NamedSeat.objects.bulk_create(named, batch_size=opening.BATCH)
    return moves


def _last_places(classes: Sequence[int]) -> dict[tuple[int, bool], int]:
    rows = NamedSeat.objects.filter(training_class__in=classes).order_by()
    found: dict[tuple[int, bool], int] = defaultdict(int)
    found.update(
        {(pk, waits): last for pk, waits, last in rows.values_list("training_class", "waits").annotate(Max("place"))}
    )
    return found
