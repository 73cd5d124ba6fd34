"""What people do with classes: publish a plan, enrol, take the roll, test, finish. Seats are counted under a lock."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, jobs, mail
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.models import Job, JobState
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.measure.assessment.models import Sitting
from chiakhoa.train.delivery import bookings, changing, gains, notices, opening, queries, seats, telling
from chiakhoa.train.delivery.models import (
    GOING_ON,
    AttendanceClaim,
    ClaimSource,
    ClassSession,
    ClassState,
    Enrolment,
    EnrolmentState,
    NamedSeat,
    Notice,
    Told,
    TrainingClass,
)
from chiakhoa.train.delivery.opening import Published
from chiakhoa.train.planning import actions as planning
from chiakhoa.train.planning import queries as plans

RUNNERS = (Role.COORDINATOR, Role.PROVIDER_MANAGER, Role.TRAINER, Role.ADMINISTRATOR)
ENROLLERS = (Role.COORDINATOR, Role.UNIT_MANAGER, Role.ADMINISTRATOR)
SHARE_TO_COMPLETE = 0.8
BATCH = 2000
POST = "delivery.post"


@dataclass(frozen=True)
class Roll:
    """One claim for the roll: who, at which session, present or not."""

    session_id: int
    enrolment_id: int
    present: bool


@action(Role.COORDINATOR)
def publish(actor: Reader, plan_pk: int, *, at: datetime) -> Published:
    """Publish a proposed plan, all or none: its classes open, and those of the plan it replaces are settled.

    A class that people of the earlier plan already sit in goes on under the new one where both have the course at the venue.
    An earlier class with nobody in it is called off; one with people stays until somebody decides. A plan that changes the
    published one moves its people, too (`changing`).
    """
    plan = plans.plans(actor).filter(pk=plan_pk).first()
    if plan is None:
        raise NotVisible(_("There is no such plan."))
    before = planning.mark_published(actor, plan, at=at)
    stood = telling.before(before)
    done = changing.change(plan, before, at=at) if plan.is_change else opening.replace(plan, before)
    telling.tell(plan, done, stood, at=at)
    _post(at=at)
    audit.record(actor, "publish", plan, at=at, after=done.as_row())
    return done


@action(*notices.READERS)
def see_notices(actor: Reader, *, at: datetime) -> int:
    """All notices of the reader are seen. Returns how many were new."""
    count = notices.unseen(actor).update(seen_at=at)
    audit.record(actor, "see_notices", "delivery.notice", at=at, after={"rows": count})
    return count


@action(*notices.READERS)
def see_notice(actor: Reader, pk: int, *, at: datetime) -> None:
    """One notice of the reader is seen; nothing more where it was already."""
    if not notices.to(actor).filter(pk=pk).exists():
        raise NotVisible(_("There is no such notice."))
    count = notices.unseen(actor).filter(pk=pk).update(seen_at=at)
    audit.record(actor, "see_notices", "delivery.notice", at=at, after={"rows": count})


def _post(*, at: datetime) -> None:
    """Have the notices sent by e-mail, where that is set up; a job that waits already takes these along."""
    waits = Job.objects.filter(task=POST, state=JobState.READY)
    if mail.is_set() and notices.to_be_sent(at).exists() and not waits.exists():
        jobs.enqueue(SYSTEM, POST, _("Notices by e-mail"), at=at)


def note_sent(rows: Sequence[Notice], *, at: datetime | None, refused: str = "") -> None:
    """Part of the sending: these went, or will never go. `account_for_letters` puts the sum into the trail."""
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=at, undeliverable=refused[:200])


@action(Role.ADMINISTRATOR)
def account_for_letters(actor: Reader, sent: int, refused: int, *, at: datetime) -> None:
    """So many letters with notices left the house."""
    audit.record(actor, "send_notices", "delivery.notice", at=at, after={"sent": sent, "refused": refused})


@action(*ENROLLERS, Role.LEARNER)
def enrol(actor: Reader, class_pk: int, person_pk: int, *, at: datetime) -> Enrolment:
    """Give the person the lowest free seat or, when the class is full, the last place on the waiting list."""
    return _enrol(actor, class_pk, [person_pk], at=at)[0]


@action(*ENROLLERS)
def enrol_many(actor: Reader, class_pk: int, people: Sequence[int], *, at: datetime) -> list[Enrolment]:
    """Enrol several people in their order; once the seats are gone the rest wait."""
    return _enrol(actor, class_pk, list(people), at=at)


@action(Role.PROVIDER_MANAGER)
def enrol_introduced(actor: Reader, class_pk: int, full_name: str, born_on: date, *, at: datetime) -> Enrolment:
    """Enrol somebody whom the provider knows by name and birthday in one of its classes, or put them on the waiting list."""
    locked = _held(actor, class_pk)
    _must_be(locked, ClassState.OPEN)
    found = list(queries.introduced(actor, locked, full_name, born_on).values_list("pk", flat=True)[:2])
    if not found:
        raise Refusal(
            _(
                "Nobody of this course's audience has that name and birthday, or they are enrolled already. "
                "Check both, or ask the person's unit to enrol them."
            ),
            code="not_found", field="full_name",
        )  # fmt: skip
    if len(found) > 1:
        raise Refusal(
            _("Two people have that name and birthday. Ask the person's unit to enrol them."),
            code="ambiguous", field="full_name",
        )  # fmt: skip
    return _seat(actor, locked, found, at=at)[0]


@action(*ENROLLERS, Role.PROVIDER_MANAGER, Role.LEARNER)
def leave(actor: Reader, enrolment_pk: int, *, at: datetime) -> list[Enrolment]:
    """Give a seat or a place on the list back; the first who waits moves up. Returns those who moved."""
    enrolment = _enrolment(actor, enrolment_pk)
    locked = seats.locked(enrolment.training_class_id)
    _must_be(locked, *GOING_ON)
    Enrolment.objects.filter(pk=enrolment.pk).update(state=EnrolmentState.LEFT, seat=None)
    NamedSeat.objects.filter(training_class=locked, person=enrolment.person_id).delete()
    moved = seats.fill_from_queue(locked)
    _tell(actor, locked, Told.MOVED_UP, [row.person_id for row in moved], {}, at=at)
    audit.record(actor, "leave", enrolment, at=at, after={"moved_up": [row.person_id for row in moved]})
    return moved


@action(*RUNNERS)
def start_class(actor: Reader, class_pk: int, *, at: datetime) -> TrainingClass:
    """Enrolment ends, the class runs: seats that were kept or held and not taken go to those who wait.

    Refusal while fewer than the course's least size are enrolled.
    """
    training_class = _held(actor, class_pk)
    _must_be(training_class, ClassState.OPEN)
    moved = seats.release(training_class)
    enrolled = training_class.enrolments.filter(state=EnrolmentState.ENROLLED).count()
    if enrolled < training_class.course.min_size:
        raise Refusal(
            _(
                "%(enrolled)d people are enrolled; this course needs at least %(least)d. Enrol more, or cancel the class."
            )
            % {"enrolled": enrolled, "least": training_class.course.min_size},
            code="too_few",
        )
    _tell(actor, training_class, Told.MOVED_UP, [row.person_id for row in moved], {}, at=at)
    return _move_to(actor, training_class, ClassState.RUNNING, at=at)


@action(*RUNNERS)
def cancel_class(actor: Reader, class_pk: int, *, at: datetime) -> TrainingClass:
    """Call the class off, and tell whom it concerns: whoever was in it has no seat, and may have one in another class.

    A finished class stays.
    """
    training_class = _held(actor, class_pk)
    _must_be(training_class, *GOING_ON)
    concerned = telling.inside(training_class)
    trainers = {Told.TEACHES_NO_MORE: training_class.trainer_id}
    training_class.enrolments.exclude(state=EnrolmentState.LEFT).update(state=EnrolmentState.LEFT, seat=None)
    NamedSeat.objects.filter(training_class=training_class).delete()
    bookings.free([training_class.pk])
    planning.free([training_class.planned_id])
    _tell(actor, training_class, Told.CALLED_OFF, concerned, trainers, at=at)
    return _move_to(actor, training_class, ClassState.CANCELLED, at=at)


@action(*RUNNERS)
def take_roll(actor: Reader, class_pk: int, source: ClaimSource, rolls: Sequence[Roll], *, at: datetime) -> int:
    """Record one source's claims; the same source saying it again replaces its own word. Returns how many."""
    training_class = _held(actor, class_pk)
    _must_be(training_class, *GOING_ON)
    _belong(training_class, rolls)
    AttendanceClaim.objects.bulk_create(
        [AttendanceClaim(session_id=r.session_id, enrolment_id=r.enrolment_id, source=source, present=r.present, at=at)
         for r in rolls],
        batch_size=BATCH, update_conflicts=True, update_fields=["present", "at"],
        unique_fields=["session", "enrolment", "source"],
    )  # fmt: skip
    audit.record(actor, "take_roll", training_class, at=at, after={"claims": len(rolls), "source": source})
    return len(rolls)


@action(*RUNNERS)
def link_tests(
    actor: Reader, class_pk: int, before: dict[int, Sitting], after: dict[int, Sitting], *, at: datetime
) -> None:
    """Say which sittings are the tests before and after the class; keys are person ids. What courses bring is estimated anew."""
    training_class = _class(actor, class_pk)
    rows = list(training_class.enrolments.filter(state__in=seats.SEATED))
    for row in rows:
        row.before = before.get(row.person_id, row.before)
        row.after = after.get(row.person_id, row.after)
    Enrolment.objects.bulk_update(rows, ["before", "after"], batch_size=500)
    if rise := gains.measured(training_class.course_id):
        planning.keep_gains(training_class.course_id, rise, at=at)
    audit.record(actor, "link_tests", training_class, at=at, after={"before": len(before), "after": len(after)})


@action(*RUNNERS)
def finish_class(actor: Reader, class_pk: int, *, at: datetime) -> int:
    """Close the class: who attended at least four fifths of the sessions has completed it. Returns how many did."""
    training_class = _held(actor, class_pk)
    _must_be(training_class, ClassState.RUNNING)
    held = training_class.sessions.count()
    present = queries.attendance(training_class)
    rows = list(training_class.enrolments.filter(state=EnrolmentState.ENROLLED))
    for row in rows:
        share = sum(present.get(row.pk, {}).values()) / held if held else 0
        row.state = EnrolmentState.COMPLETED if share >= SHARE_TO_COMPLETE else EnrolmentState.NOT_COMPLETED
    Enrolment.objects.bulk_update(rows, ["state"], batch_size=500)
    training_class.enrolments.filter(state=EnrolmentState.WAITING).update(state=EnrolmentState.LEFT)
    _move_to(actor, training_class, ClassState.FINISHED, at=at)
    return sum(row.state == EnrolmentState.COMPLETED for row in rows)


@action(Role.COORDINATOR, Role.PROVIDER_MANAGER)
def assign_trainer(actor: Reader, class_pk: int, trainer_pk: int, *, at: datetime) -> TrainingClass:
    """Put one of the provider's qualified trainers in charge. Refusal for one who teaches elsewhere at one of the sessions."""
    training_class = _held(actor, class_pk)
    _must_be(training_class, *GOING_ON)
    trainer = queries.trainers_for(training_class).filter(pk=trainer_pk).first()
    if trainer is None:
        raise Refusal(_("This trainer lacks a skill that the course needs, or teaches elsewhere."), field="trainer")
    before = training_class.trainer_id
    training_class.trainer = trainer
    sessions = list(training_class.sessions.all())
    for session in sessions:
        session.trainer_id = trainer.pk
    _stand(training_class, sessions, field="trainer")
    if before != trainer.pk:
        trainers = {Told.TEACHES: trainer.pk, Told.TEACHES_NO_MORE: before}
        _tell(actor, training_class, Told.CHANGED, [], trainers, at=at)
    audit.record(
        actor, "assign_trainer", training_class, at=at, before={"trainer": before}, after={"trainer": trainer_pk}
    )
    return training_class


@action(Role.COORDINATOR, Role.PROVIDER_MANAGER)
def reschedule(actor: Reader, class_pk: int, starts_on: date, *, at: datetime) -> TrainingClass:
    """Move a class that has not started to another first day; its sessions move with it. Refusal where they would clash."""
    training_class = _held(actor, class_pk)
    _must_be(training_class, ClassState.OPEN)
    before, apart = training_class.starts_on, starts_on - training_class.starts_on
    training_class.starts_on, training_class.ends_on = starts_on, training_class.ends_on + apart
    sessions = list(training_class.sessions.all())
    for session in sessions:
        session.starts_at, session.ends_at = session.starts_at + apart, session.ends_at + apart
    _stand(training_class, sessions, field="starts_on")
    if apart:
        trainers = {Told.TEACHES_CHANGED: training_class.trainer_id}
        _tell(actor, training_class, Told.CHANGED, telling.inside(training_class), trainers, at=at)
    days = {"before": {"starts_on": before.isoformat()}, "after": {"starts_on": starts_on.isoformat()}}
    audit.record(actor, "reschedule", training_class, at=at, **days)
    return training_class


def _enrol(actor: Reader, class_pk: int, people: list[int], *, at: datetime) -> list[Enrolment]:
    locked = _held(actor, class_pk)
    _must_be(locked, ClassState.OPEN)
    inside = locked.enrolments.exclude(state=EnrolmentState.LEFT).filter(person__in=people)
    named_twice = {pk for pk, times in Counter(people).items() if times > 1}
    if already := named_twice.union(inside.values_list("person", flat=True)):
        raise Refusal(
            _("%(count)d of the people are in this class already. Choose others.") % {"count": len(already)},
            code="already_enrolled", field="person",
        )  # fmt: skip
    allowed = set(queries.may_enrol(actor, locked).filter(pk__in=people).values_list("pk", flat=True))
    if missing := [pk for pk in people if pk not in allowed]:
        raise Refusal(
            _("%(count)d of the people are not of this course's audience, or not yours to enrol.") % {"count": len(missing)},
            code="not_eligible", field="person",
        )  # fmt: skip
    return _seat(actor, locked, people, at=at)


def _seat(actor: Reader, locked: TrainingClass, people: list[int], *, at: datetime) -> list[Enrolment]:
    rows = Enrolment.objects.bulk_create(seats.seat_or_queue(locked, people, at=at))
    audit.record(actor, "enrol", locked, at=at, after={"people": people, "waiting": sum(r.seat is None for r in rows)})
    return rows


def _tell(
    actor: Reader, row: TrainingClass, kind: Told, people: Iterable[int], trainers: dict[Told, int | None], *, at: datetime
) -> None:  # fmt: skip
    telling.tell_of_class(actor, row, kind, people, trainers, at=at)
    _post(at=at)


def _class(actor: Reader, pk: int) -> TrainingClass:
    row = queries.classes(actor).filter(pk=pk).first()
    if row is None:
        raise NotVisible(_("There is no such class."))
    return row


def _held(actor: Reader, pk: int) -> TrainingClass:
    """The class, locked: what is seen of it stays true until the action ends, and of two steps at once the second is refused."""
    return seats.locked(_class(actor, pk).pk)


def _enrolment(actor: Reader, pk: int) -> Enrolment:
    row = Enrolment.objects.filter(pk=pk).select_related("training_class").first()
    if row is None or not queries.enrolments(actor, _class(actor, row.training_class_id)).filter(pk=pk).exists():
        raise NotVisible(_("There is no such enrolment."))
    return row


def _must_be(training_class: TrainingClass, *states: ClassState) -> None:
    if training_class.state not in states:
        raise Refusal(
            _("The class is “%(state)s”; this cannot be done now.") % {"state": training_class.get_state_display()},
            code="wrong_state",
        )


def _move_to(actor: Reader, training_class: TrainingClass, state: ClassState, *, at: datetime) -> TrainingClass:
    before = training_class.state
    training_class.state = state
    training_class.save(update_fields=["state"])
    audit.record(actor, "move_class", training_class, at=at, before={"state": before}, after={"state": state})
    return training_class


def _belong(training_class: TrainingClass, rolls: Iterable[Roll]) -> None:
    sessions = set(training_class.sessions.values_list("pk", flat=True))
    enrolled = set(training_class.enrolments.values_list("pk", flat=True))
    if any(r.session_id not in sessions or r.enrolment_id not in enrolled for r in rolls):
        raise Refusal(_("The roll names somebody or a session of another class. Reload the page."), code="foreign_roll")


def _stand(row: TrainingClass, sessions: list[ClassSession], *, field: str) -> None:
    """Hold the class so from now on, in the plan too. Refusal at the field where a room or a trainer is taken then."""
    bookings.must_be_free(sessions, besides=[row.pk], field=field)
    row.save(update_fields=["starts_on", "ends_on", "trainer"])
    bookings.move([(row, sessions)])
    if row.planned is not None:
        planning.stand([(row.planned, bookings.as_planned(sessions))])
