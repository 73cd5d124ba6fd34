"""What an invigilator does: plan an exam, open and close the room, stop a clock, give time, void, score again.

Everything that touches a seat stands in the exam's log. An issued result is never changed: what is void or scored again is a
new row of evidence that supersedes the old one, with the item parameters frozen on the day of the test.
"""

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, jobs
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory.models import Unit
from chiakhoa.measure.assessment import queries
from chiakhoa.measure.assessment.actions import sittings
from chiakhoa.measure.assessment.models import (
    Accommodation,
    Answer,
    Exam,
    ExamState,
    Incident,
    IncidentKind,
    Purpose,
    Seat,
    Sitting,
    SittingState,
)

INVIGILATORS = queries.INVIGILATORS
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none of them is taken for another when read aloud or from a board
CODE_LENGTH = 6
INTEGRITY = "assessment.integrity"  # the task that goes through the answers


@action(*INVIGILATORS)
def plan_exam(actor: Reader, title: str, held_on: date, minutes: int, seats: int, *, at: datetime) -> Exam:
    """An exam of the actor's unit, with a code of its own; people may take their seats at once."""
    unit = Unit.objects.filter(pk=actor.unit_id).first()
    if unit is None:
        raise Refusal(_("Your role is not over a unit, so there is no room to open."), code="no_unit")
    exam = Exam.objects.create(title=title, held_on=held_on, minutes=minutes, seats=seats, unit=unit, code=_free_code())
    audit.record(actor, "plan_exam", exam, at=at, after={"title": title, "seats": seats, "minutes": minutes})
    return exam


@action(*INVIGILATORS)
def open_exam(actor: Reader, exam_pk: int, *, at: datetime) -> Exam:
    """From now on whoever has a seat may begin."""
    exam = _exam(actor, exam_pk)
    if exam.state != ExamState.WAITING:
        raise Refusal(_("This exam is “%(state)s”.") % {"state": exam.get_state_display()}, code="wrong_state")
    exam.state, exam.opened_at = ExamState.RUNNING, at
    exam.save(update_fields=["state", "opened_at"])
    audit.record(actor, "open_exam", exam, at=at)
    return exam


@action(*INVIGILATORS)
def close_exam(actor: Reader, exam_pk: int, *, at: datetime) -> int:
    """End the exam: who is still answering is scored by what they have answered. Returns how many those were.

    The answers are then gone through in the background."""
    exam = _exam(actor, exam_pk)
    if exam.state == ExamState.CLOSED:
        raise Refusal(_("This exam is closed already."), code="wrong_state")
    going = Sitting.objects.select_for_update(of=("self",)).filter(seat__exam=exam, state=SittingState.OPEN)
    ended = [sittings.end(sitting, at) for sitting in going]
    exam.state, exam.closed_at = ExamState.CLOSED, at
    exam.save(update_fields=["state", "closed_at"])
    enqueue_check(actor, exam, at)
    audit.record(actor, "close_exam", exam, at=at, after={"ended": len(ended)})
    return len(ended)


@action(Role.LEARNER)
def take_seat(actor: Reader, code: str, *, at: datetime) -> Seat:
    """The lowest free seat of the room with this code; the one already taken where there is one."""
    exam = Exam.objects.select_for_update().exclude(state=ExamState.CLOSED).filter(code=code.strip().upper()).first()
    if exam is None:
        raise Refusal(_("No room has this code now. Look at the board again."), code="code_unknown", field="code")
    if actor.person_id is None:
        raise NotVisible(_("Your account belongs to no person of the register. Ask your administrator to link it."))
    seat = exam.taken.filter(person=actor.person_id).first()
    if seat is None:
        taken = set(exam.taken.values_list("number", flat=True))
        free = next((number for number in range(1, exam.seats + 1) if number not in taken), None)
        if free is None:
            raise Refusal(_("All seats of this room are taken. Ask the invigilator."), code="room_full", field="code")
        seat = Seat.objects.create(exam=exam, number=free, person_id=actor.person_id)
    audit.record(actor, "take_seat", seat, at=at, after={"exam": exam.pk, "seat": seat.number})
    return seat


@action(Role.LEARNER)
def begin(actor: Reader, seat_pk: int, *, at: datetime) -> Sitting:
    """The person's clock starts with the first question; pressing again leads to the same sitting."""
    seat = queries.own_seats(actor).select_for_update(of=("self",)).filter(pk=seat_pk).first()
    if seat is None:
        raise NotVisible(_("There is no such seat."))
    if seat.exam.state == ExamState.CLOSED:
        raise Refusal(_("This exam is closed already."), code="wrong_state")
    if seat.exam.state != ExamState.RUNNING:
        raise Refusal(_("The room is not open. The invigilator says when to begin."), code="not_open")
    if seat.sitting is None:
        seat.sitting = sittings.create(seat.person, Purpose.CERTIFICATION, at)
        seat.save(update_fields=["sitting"])
    audit.record(actor, "begin_exam", seat, at=at, after={"sitting": str(seat.sitting_id)})
    return seat.sitting


@action(*INVIGILATORS)
def pause(actor: Reader, seat_pks: Iterable[int], *, at: datetime) -> int:
    """Stop the clocks of these seats; those that stand stay. Returns how many were stopped."""
    rows = [seat for seat in _seats(actor, seat_pks) if seat.paused_at is None and _is_answering(seat)]
    for seat in rows:
        seat.paused_at = at
        seat.save(update_fields=["paused_at"])
    _log(actor, rows, IncidentKind.PAUSE, "", at)
    audit.record(actor, "pause", "assessment.seat", at=at, after={"seats": [seat.pk for seat in rows]})
    return len(rows)


@action(*INVIGILATORS)
def resume(actor: Reader, seat_pks: Iterable[int], *, at: datetime) -> int:
    """Let the clocks run on; nothing of the pause counts. Returns how many ran on."""
    rows = [seat for seat in _seats(actor, seat_pks) if seat.paused_at is not None]
    for seat in rows:
        seat.paused_seconds += round((at - seat.paused_at).total_seconds()) if seat.paused_at else 0
        seat.paused_at = None
        seat.save(update_fields=["paused_at", "paused_seconds"])
    _log(actor, rows, IncidentKind.RESUME, "", at)
    audit.record(actor, "resume", "assessment.seat", at=at, after={"seats": [seat.pk for seat in rows]})
    return len(rows)


@action(*INVIGILATORS)
def give_time(actor: Reader, seat_pk: int, minutes: int, *, at: datetime) -> Seat:
    """More time for one seat."""
    (seat,) = _seats(actor, [seat_pk])
    seat.extra_minutes += minutes
    seat.save(update_fields=["extra_minutes"])
    _log(actor, [seat], IncidentKind.EXTRA_TIME, _("%(count)d minutes") % {"count": minutes}, at)
    audit.record(actor, "give_time", seat, at=at, after={"minutes": minutes})
    return seat


@action(*INVIGILATORS)
def note(actor: Reader, exam_pk: int, text: str, seat_pk: int | None = None, *, at: datetime) -> Incident:
    """Write down what happened, in the room or at a seat."""
    if not text.strip():
        raise Refusal(_("Write what happened."), code="empty", field="text")
    exam = _exam(actor, exam_pk)
    seat = exam.taken.filter(pk=seat_pk).first() if seat_pk else None
    row = Incident.objects.create(
        exam=exam, seat=seat, at=at, kind=IncidentKind.NOTE, text=text.strip()[:300], by=actor.name
    )
    audit.record(actor, "note", row, at=at, after={"exam": exam.pk})
    return row


@action(*INVIGILATORS)
def void(actor: Reader, seat_pk: int, reason: str, *, at: datetime) -> None:
    """Take a sitting out of account. What it had said of the person is superseded by a row that says nothing."""
    (seat,) = _seats(actor, [seat_pk])
    if not reason.strip():
        raise Refusal(_("Give the reason; the person may ask for it."), code="empty", field="reason")
    if seat.sitting is None or seat.sitting.state == SittingState.VOID:
        raise Refusal(_("There is nothing to declare void at this seat."), code="nothing_to_void")
    sittings.void(seat.sitting, at)
    _log(actor, [seat], IncidentKind.VOID, reason.strip()[:300], at)
    audit.record(actor, "void", seat.sitting, at=at, after={"reason": reason.strip()})


@action(*INVIGILATORS)
def rescore(actor: Reader, exam_pk: int, item_code: str, reason: str, *, at: datetime) -> int:
    """Score the finished sittings of an exam again without one item, by the parameters of the day. Returns how many."""
    exam = _exam(actor, exam_pk)
    if not reason.strip():
        raise Refusal(_("Give the reason; the person may ask for it."), code="empty", field="reason")
    asked = Answer.objects.filter(item=item_code, left_out=False, sitting__seat__exam=exam)
    finished = list(
        Sitting.objects.select_for_update(of=("self",))
        .filter(state=SittingState.FINISHED, pk__in=asked.values("sitting"))
        .select_related("person")
    )
    if finished and not asked.filter(sitting__in=finished, pilot=False).exists():
        raise Refusal(_("That question was only being tried out: it counts for nobody."), code="not_counted")
    if not finished:
        raise Refusal(_("Nobody in this exam was asked that item, or it is left out already."), code="not_asked")
    Answer.objects.filter(item=item_code, sitting__in=finished).update(left_out=True)
    sittings.score_again(finished, at)
    words = _("%(code)s is left out: %(reason)s") % {"code": item_code, "reason": reason.strip()}
    _log(actor, list(Seat.objects.filter(sitting__in=finished)), IncidentKind.RESCORED, words[:300], at)
    audit.record(actor, "rescore", exam, at=at, after={"item": item_code, "sittings": len(finished)})
    return len(finished)


@action(*INVIGILATORS, Role.UNIT_MANAGER)
def accommodate(actor: Reader, person: Person, extra_time: int, large_print: bool, *, at: datetime) -> Accommodation:
    """Give a person more time (percent) and large print in every test, or take it back."""
    if not queries.people_accommodated_by(actor).filter(pk=person.pk).exists():
        raise NotVisible(_("There is no such person here."))
    row, _new = Accommodation.objects.update_or_create(
        person=person, defaults={"extra_time": extra_time, "large_print": large_print}
    )
    audit.record(actor, "accommodate", row, at=at, after={"extra_time": extra_time, "large_print": large_print})
    return row


def enqueue_check(actor: Reader, exam: Exam, at: datetime) -> Job:
    """Ask for the answers to be gone through in the background. Part of closing an exam, and of asking again."""
    label = _("Signs of irregularity in “%(exam)s”") % {"exam": exam.title}
    return jobs.enqueue(actor, INTEGRITY, label[:200], at=at, exam=exam.pk)


def _free_code() -> str:
    """A code that no open room has."""
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        if not Exam.objects.exclude(state=ExamState.CLOSED).filter(code=code).exists():
            return code


def _exam(actor: Reader, pk: int) -> Exam:
    exam = queries.exams(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if exam is None:
        raise NotVisible(_("There is no such exam."))
    return exam


def _seats(actor: Reader, pks: Iterable[int]) -> list[Seat]:
    wanted = list(pks)
    rows = list(queries.seats(actor).select_for_update(of=("self",)).filter(pk__in=wanted))
    if len(rows) < len(set(wanted)):
        raise NotVisible(_("There is no such seat."))
    if any(seat.exam.state == ExamState.CLOSED and seat.sitting is None for seat in rows):
        raise Refusal(_("This exam is closed already."), code="wrong_state")
    return rows


def _is_answering(seat: Seat) -> bool:
    return seat.sitting is not None and seat.sitting.state == SittingState.OPEN


def _log(actor: Reader, rows: Iterable[Seat], kind: IncidentKind, text: str, at: datetime) -> None:
    Incident.objects.bulk_create(
        Incident(exam_id=seat.exam_id, seat=seat, at=at, kind=kind, text=text, by=actor.name) for seat in rows
    )
