"""What was found in an exam, and what people make of it. Nothing here happens by itself but the finding.

One person decides, with a reason; a sitting is declared void over it only by a second one.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action, body_of
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.measure.assessment import queries
from chiakhoa.measure.assessment.actions import exams
from chiakhoa.measure.assessment.integrity import signs
from chiakhoa.measure.assessment.integrity.judging import Found, Judged, Watched
from chiakhoa.measure.assessment.models import (
    Concern,
    ConcernKind,
    ConcernState,
    Exam,
    ExamState,
    IntegrityCheck,
    ItemWatch,
)


@action(*queries.INVIGILATORS)
def check_again(actor: Reader, exam_pk: int, *, at: datetime) -> Job:
    """Go through the answers of a closed exam once more; what was decided stays decided."""
    exam = queries.exams(actor).filter(pk=exam_pk).first()
    if exam is None:
        raise NotVisible(_("There is no such exam."))
    if exam.state != ExamState.CLOSED:
        raise Refusal(_("The answers are gone through once the exam is closed."), code="wrong_state")
    audit.record(actor, "check_integrity", exam, at=at)
    return exams.enqueue_check(actor, exam, at)


@action(*queries.INVIGILATORS)
def store_check(
    actor: Reader, exam_pk: int, judged: Judged, watched: Sequence[Watched], leaks: Sequence[Found], *, at: datetime
) -> int:
    """Keep what was found instead of what was found before; decided concerns stay. Returns how many are new."""
    exam = queries.exams(actor).select_for_update(of=("self",)).filter(pk=exam_pk).first()
    if exam is None:
        raise NotVisible(_("There is no such exam."))
    exam.concerns.filter(state=ConcernState.OPEN).delete()
    decided = set(exam.concerns.values_list("kind", "seat", "other"))
    new = [
        one for one in judged.found if (one.kind, one.seat and one.seat.pk, one.other and one.other.pk) not in decided
    ]
    Concern.objects.bulk_create([*(_row(one, exam, at) for one in new), *_leaks(leaks, at)])
    IntegrityCheck.objects.update_or_create(
        exam=exam,
        defaults={
            "checked_at": at,
            "judged": judged.judged,
            "items": judged.items,
            "assumed_items": judged.assumed_items,
        },
    )
    columns = ("answers", "right", "expected", "p", "path")
    ItemWatch.objects.bulk_create(
        [ItemWatch(item_id=one.code, as_of=at, **{name: getattr(one, name) for name in columns}) for one in watched],
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=["as_of", *columns],
    )
    audit.record(actor, "store_integrity", exam, at=at, after={"found": len(new), "leaks": len(leaks)})
    return len(new)


@action(*queries.INVIGILATORS, Role.AUDITOR)
def open_concern(actor: Reader, concern_pk: int, *, at: datetime) -> Concern:
    """One sign with what it rests on; the look at each person stands in the trail, wherever the person lives."""
    row = queries.concerns(actor).filter(pk=concern_pk).first()
    if row is None:
        raise NotVisible(_("There is no such concern."))
    people = [seat.person for seat in (row.seat, row.other) if seat]
    for thing in people or [row]:
        audit.record(actor, "view", thing, at=at)
    return row


@action(*queries.INVIGILATORS)
def decide(actor: Reader, concern_pk: int, state: str, reason: str, *, at: datetime) -> Concern:
    """Say whether there was an irregularity, and why. What is decided stays, unless another one is asked to decide anew."""
    row = _concern(actor, concern_pk)
    if state not in (ConcernState.DISMISSED, ConcernState.UPHELD):
        raise Refusal(_("Say whether there was an irregularity or not."), code="undecided", field="state")
    if not reason.strip():
        raise Refusal(_("Give the reason; the person may ask for it."), code="empty", field="reason")
    if row.state != ConcernState.OPEN:
        raise Refusal(_("This was decided already by %(name)s.") % {"name": row.decided_name}, code="decided")
    _know_who(actor)
    row.state, row.reason, row.decided_at = state, reason.strip()[:300], at
    row.decided_by, row.decided_name = actor.account_id, actor.name
    row.save(update_fields=["state", "reason", "decided_at", "decided_by", "decided_name"])
    audit.record(actor, "decide_concern", row, at=at, after={"state": state, "reason": row.reason, **_about(row)})
    return row


@action(*queries.INVIGILATORS)
def void_over(actor: Reader, concern_pk: int, seat_pks: Iterable[int], *, at: datetime) -> Concern:
    """Declare the sittings of these seats void over an irregularity that somebody else has found."""
    row = _concern(actor, concern_pk)
    seats, wanted = {row.seat_id, row.other_id} - {None}, set(seat_pks)
    if row.state != ConcernState.UPHELD or row.voided_at:
        raise Refusal(_("Only an irregularity that was found, and not acted on yet, is a reason."), code="wrong_state")
    if not wanted or not wanted <= seats:
        raise Refusal(_("Choose the seat whose test does not count."), code="no_seat", field="seats")
    _know_who(actor)
    if actor.account_id == row.decided_by:
        raise Refusal(
            _("Whoever found the irregularity does not void the test: ask a second person."), code="second_person"
        )
    row.voided_by, row.voided_name, row.voided_at = actor.account_id, actor.name, at
    row.save(update_fields=["voided_by", "voided_name", "voided_at"])
    for seat_pk in sorted(wanted):
        body_of(exams.void)(actor, seat_pk, f"{row.get_kind_display()}: {row.reason}", at=at)
    audit.record(actor, "void_over_concern", row, at=at, after={"seats": sorted(wanted), **_about(row)})
    return row


def _row(one: Found, exam: Exam, at: datetime) -> Concern:
    return Concern(
        exam=exam, kind=one.kind, seat=one.seat, other=one.other, statistic=one.statistic, p=one.p, rate=signs.RATE,
        details=one.details, found_at=at,
    )  # fmt: skip


def _leaks(leaks: Sequence[Found], at: datetime) -> list[Concern]:
    """New concerns about items; an open one stays as it is, a decided one is raised anew."""
    waiting = Concern.objects.filter(kind=ConcernKind.LEAK, state=ConcernState.OPEN).values_list("item", flat=True)
    known = set(waiting)
    return [
        Concern(kind=ConcernKind.LEAK, item_id=one.item, statistic=one.statistic, p=one.p, rate=signs.RATE,
                details=one.details, found_at=at)
        for one in leaks
        if one.item not in known
    ]  # fmt: skip


def _about(row: Concern) -> dict[str, object]:
    """What the trail says of a concern, without names."""
    return {"kind": row.kind, "exam": row.exam_id, "seats": [row.seat_id, row.other_id], "item": row.item_id}


def _know_who(actor: Reader) -> None:
    if actor.account_id is None:
        raise Refusal(_("A decision needs a person who answers for it."), code="nobody")


def _concern(actor: Reader, pk: int) -> Concern:
    row = queries.concerns(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotVisible(_("There is no such concern."))
    return row
