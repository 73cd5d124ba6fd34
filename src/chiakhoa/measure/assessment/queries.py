"""Reading the bank and the sittings. A learner sees only their own sittings, and of the bank only the item shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.prepared import Prepared
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory.queries import within
from chiakhoa.measure.assessment import live_bank, timing
from chiakhoa.measure.assessment.models import (
    Accommodation,
    Answer,
    BankMark,
    Calibration,
    Concern,
    Exam,
    ExamState,
    Flag,
    IntegrityCheck,
    Item,
    ItemState,
    ItemStep,
    ItemWatch,
    Purpose,
    Seat,
    Sitting,
    SittingState,
)
from chiakhoa.measure.evidence import queries as evidence
from chiakhoa.measure.evidence.models import Evidence

BANK = (Role.ASSESSOR, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR)
MAY_SIT = (Role.LEARNER, Role.ASSESSOR, Role.COORDINATOR)
INVIGILATORS = (Role.ASSESSOR, Role.COORDINATOR)
AUTHORS = INVIGILATORS  # who answers for an exam answers for its questions; a second one of them reviews


def items(reader: Reader) -> QuerySet[Item]:
    """The bank, with how often each item was answered (`asked`) and the share of right answers (`share_right`)."""
    rows = Item.objects.select_related("competence__domain").order_by("code")
    if not reader.has(*BANK):
        return rows.none()
    answered = Answer.objects.filter(item=OuterRef("pk"), score__isnull=False).order_by().values("item")
    return rows.annotate(
        # Subqueries, not a join: the database then counts the answers of the items on the page only.
        asked=Coalesce(Subquery(answered.annotate(n=Count("pk")).values("n")), 0),
        share_right=Subquery(answered.annotate(mean=Avg("score")).values("mean")),
    )


def enemies(reader: Reader, item: Item) -> QuerySet[Item]:
    """The items that never come in one test with this one."""
    return items(reader).filter(enemy_set=item.enemy_set).exclude(enemy_set="").exclude(pk=item.pk)


def items_by_state(reader: Reader) -> dict[str, int]:
    """How many items of the bank are in each state."""
    if not reader.has(*BANK):
        return {}
    return dict(Item.objects.order_by().values("state").annotate(n=Count("pk")).values_list("state", "n"))


def writers_of(item: Item) -> set[int | None]:
    """Accounts that wrote or changed the text of an item: none of them may review it."""
    changed = item.steps.filter(Q(before=""), after=ItemState.DRAFT) | item.steps.filter(
        before=ItemState.DRAFT, after=ItemState.DRAFT
    )
    return {item.written_by, *changed.values_list("by", flat=True)} - {None}


def for_review(reader: Reader) -> QuerySet[Item]:
    """Items that wait for a second person and that the reader, who wrote nothing of them, may judge."""
    if not reader.has(*AUTHORS) or reader.account_id is None:
        return Item.objects.none()
    text = Q(before="", after=ItemState.DRAFT) | Q(before=ItemState.DRAFT, after=ItemState.DRAFT)
    own = ItemStep.objects.filter(text, by=reader.account_id).values("item")
    rows = items(reader).filter(state=ItemState.REVIEW).exclude(pk__in=own)
    return rows.filter(Q(written_by=None) | ~Q(written_by=reader.account_id))


def calibrations(reader: Reader) -> QuerySet[Calibration]:
    """Calibrations of the live bank, newest first, old ones too."""
    return Calibration.objects.order_by("-pk") if reader.has(*BANK) else Calibration.objects.none()


def choices_made(_reader: Reader, item: Item) -> dict[str, int]:
    """How often each option was chosen; empty for the kinds that offer none to choose from."""
    counts: dict[str, int] = {}
    given = Answer.objects.filter(item=item, score__isnull=False, given__isnull=False)
    if item.kind not in ("single", "multiple", "hotspot"):
        return counts
    for keys, times in given.values_list("given").annotate(times=Count("pk")).order_by():
        for key in keys if isinstance(keys, list) else [keys]:
            counts[key] = counts.get(key, 0) + times
    return counts


def sittings(reader: Reader) -> QuerySet[Sitting]:
    """Sittings that the reader may go on with: a learner's own, and an assessor's unit's, with their seat."""
    rows = Sitting.objects.select_related("person", "seat__exam")
    return rows.filter(person__in=people_for(reader).values("pk"))


# Of a learner, these two come with every answer: where they stand, and what waits there.
_own_locked = Prepared(
    lambda sitting, person: _to_lock(Reader(role=Role.LEARNER, person_id=person), sitting), sitting=UUID, person=int
)
_unanswered = Prepared(
    lambda sitting, position: Answer.objects.filter(sitting=sitting, position=position, score=None),
    sitting=UUID, position=int,
)  # fmt: skip


def locked(reader: Reader, sitting_id: UUID) -> Sitting | None:
    """The sitting with its seat, for whoever may go on with it, locked until the transaction ends; None where it is not theirs.

    With `bank`, the mark of the bank that stands (see `live_bank`); without the person's row, which only the last answer needs.
    """
    if reader.has(Role.LEARNER) and reader.person_id:
        return _own_locked.first(sitting=sitting_id, person=reader.person_id)
    return _to_lock(reader, sitting_id).first()


def unanswered(sitting: Sitting, position: int) -> Answer | None:
    """The question at the position, if it waits for its answer."""
    return _unanswered.first(sitting=sitting.pk, position=position)


def _to_lock(reader: Reader, sitting_id: UUID) -> QuerySet[Sitting]:
    rows = sittings(reader).select_related(None).select_related("seat__exam")
    rows = rows.annotate(bank=Subquery(BankMark.objects.values("mark")[:1]))
    return rows.select_for_update(of=("self",)).filter(pk=sitting_id)


def asked(reader: Reader, sitting_id: UUID, position: int) -> Answer | None:
    """The question at a position of such a sitting, with its item and its seat. The person's row is left where it is."""
    rows = Answer.objects.filter(
        sitting=sitting_id, position=position, sitting__person__in=people_for(reader).values("pk")
    )
    row = rows.select_related("sitting__seat__exam").first()
    return live_bank.with_item(row)


def open_sitting(reader: Reader) -> Sitting | None:
    """The learner's own sitting in progress, outside exams."""
    if reader.person_id is None:
        return None
    own = sittings(reader).filter(person=reader.person_id, state=SittingState.OPEN)
    return own.exclude(purpose=Purpose.CERTIFICATION).first()


def has_been_measured(reader: Reader) -> bool:
    """Whether the learner has finished a sitting before."""
    return sittings(reader).filter(person=reader.person_id, state=SittingState.FINISHED).exists()


def current_position(sitting: Sitting) -> int:
    """The position of the item that waits for its answer; 1 where none does."""
    found = sitting.answers.filter(answered_at=None).values_list("position", flat=True).first()
    return found or 1


def finished_by(reader: Reader) -> QuerySet[Sitting]:
    """The learner's own finished sittings, newest first."""
    own = sittings(reader).filter(person=reader.person_id, state=SittingState.FINISHED)
    return own.order_by("-finished_at", "id")


def people_for(reader: Reader) -> QuerySet[Person]:
    """Those whose sittings the reader may start, or take in from a room: oneself, or the people of a unit or body."""
    if reader is SYSTEM:
        return Person.objects.all()
    return registry.people(reader) if reader.has(*MAY_SIT) else Person.objects.none()


def answers_behind(reader: Reader, row: Evidence) -> QuerySet[Answer]:
    """The answers of the sitting that made the evidence, for staff who may read both the bank and the evidence."""
    if not reader.has(*BANK) or not evidence.evidence(reader).filter(pk=row.pk).exists():
        return Answer.objects.none()
    return Answer.objects.filter(sitting__evidence=row).select_related("item__competence").order_by("position")


def exams(reader: Reader) -> QuerySet[Exam]:
    """Exams of the units that an invigilator reaches, with how many seats are taken."""
    # A subquery, not a join: PostgreSQL locks no rows that were grouped.
    taken = Seat.objects.filter(exam=OuterRef("pk")).order_by().values("exam").annotate(n=Count("pk")).values("n")
    rows = Exam.objects.select_related("unit").annotate(seated=Coalesce(Subquery(taken), 0))
    return rows.filter(within(reader, "unit")) if reader.has(*INVIGILATORS, Role.AUDITOR) else rows.none()


def seats(reader: Reader) -> QuerySet[Seat]:
    """The seats of those exams."""
    rows = Seat.objects.select_related("exam", "person__accommodation", "sitting")
    return rows.filter(exam__in=exams(reader).values("pk"))


def own_seats(reader: Reader) -> QuerySet[Seat]:
    """The learner's own seats."""
    return Seat.objects.select_related("exam", "person__accommodation", "sitting").filter(person=reader.person_id)


def own_seats_to_go_to(reader: Reader) -> QuerySet[Seat]:
    """Those of them at which there is still something to do: the exam is not over, nor the learner's own test."""
    going = Q(sitting=None) | Q(sitting__state=SittingState.OPEN)
    return own_seats(reader).filter(going).exclude(exam__state=ExamState.CLOSED)


def people_accommodated_by(reader: Reader) -> QuerySet[Person]:
    """Those for whom the reader may record a right to more time or large print."""
    allowed = reader.has(*INVIGILATORS, Role.UNIT_MANAGER)
    return registry.people(reader) if allowed else Person.objects.none()


_accommodation = Prepared(lambda person: Accommodation.objects.filter(person=person), person=int)


def time_left(seat: Seat, sitting: Sitting, *, at: datetime) -> timedelta:
    """What is left of the seat's time; negative once it is over."""
    # A list of seats brings the rights along; one who answers has only their own asked for, not the whole record of the person.
    listed = Seat._meta.get_field("person").is_cached(seat)
    rights = getattr(seat.person, "accommodation", None) if listed else _accommodation.first(person=seat.person_id)
    allowed = timing.allowed(
        seat.exam.minutes, extra_time=rights.extra_time if rights else 0, extra_minutes=seat.extra_minutes
    )
    return timing.left(allowed, sitting.started_at, paused_at=seat.paused_at, paused_seconds=seat.paused_seconds, at=at)


def was_cut_short(sitting: Sitting) -> bool:
    """Whether an exam ended a finished sitting: by the closing of the room, or by its clock.

    Answers given without a network may arrive later than the clock and end the test as they should: there it says nothing.
    """
    seat, at = seat_of(sitting), sitting.finished_at
    if seat is None or at is None:
        return False
    is_late = time_left(seat, sitting, at=at) < -timing.GRACE
    return seat.exam.closed_at == at or (is_late and not sitting.answers.filter(offline=True).exists())


@dataclass(frozen=True)
class SeatNow:
    """A seat as it stands: answers given, the last of them, minutes left (None before the start)."""

    seat: Seat
    answered: int
    last_at: datetime | None
    minutes_left: int | None

    @property
    def state(self) -> tuple[str, Any]:
        """The badge: kind and words."""
        sitting = self.seat.sitting
        if sitting is None:
            return "", _("waiting")
        if sitting.state == SittingState.VOID:
            return "bad", _("void")
        if sitting.state == SittingState.FINISHED:
            return "good", _("finished")
        if self.seat.paused_at:
            return "warn", _("paused")
        return ("warn", _("time is over")) if (self.minutes_left or 0) < 0 else ("busy", _("answering"))

    @property
    def is_open(self) -> bool:
        """Whether the person is in the middle of the test."""
        return self.seat.sitting is not None and self.seat.sitting.state == SittingState.OPEN


def seats_now(reader: Reader, exam: Exam, *, at: datetime) -> list[SeatNow]:
    """All seats of a room, by number, as they stand at a moment."""
    rows = seats(reader).filter(exam=exam).annotate(
        answered=Count("sitting__answers__score"), last_at=Max("sitting__answers__answered_at")
    )  # fmt: skip
    return [SeatNow(row, row.answered, row.last_at, _minutes_left(row, at)) for row in rows]


def flags(exam: Exam) -> QuerySet[Flag]:
    """What candidates of the exam said of its items, newest first."""
    rows = Flag.objects.filter(answer__sitting__seat__exam=exam).order_by("-at")
    return rows.select_related("answer__item", "answer__sitting__seat")


def concerns(reader: Reader) -> QuerySet[Concern]:
    """Signs of irregularity in the exams that the reader reaches, and in the bank, newest first."""
    rows = Concern.objects.select_related("exam", "seat__person", "other__person", "item").order_by(
        "-found_at", "p", "pk"
    )
    if not reader.has(*INVIGILATORS, Role.AUDITOR):
        return rows.none()
    return rows.filter(Q(exam=None) | Q(exam__in=exams(reader).values("pk")))


def integrity_check(reader: Reader, exam: Exam) -> IntegrityCheck | None:
    """When the exam's answers were gone through; None where they were not."""
    return IntegrityCheck.objects.filter(exam=exam, exam__in=exams(reader).values("pk")).first()


def watched_items(reader: Reader) -> QuerySet[ItemWatch]:
    """Items through time, those first that have become easier the most."""
    rows = ItemWatch.objects.select_related("item__competence").order_by("p", "item")
    return rows if reader.has(*INVIGILATORS, Role.AUDITOR) else rows.none()


def _minutes_left(seat: Seat, at: datetime) -> int | None:
    if seat.sitting is None or seat.sitting.state != SittingState.OPEN:
        return None
    return floor(time_left(seat, seat.sitting, at=at).total_seconds() / 60)


def seat_of(sitting: Sitting) -> Seat | None:
    """The seat at which the sitting is sat; None outside exams."""
    return getattr(sitting, "seat", None)


def has_large_print(person_id: int) -> bool:
    """Whether the person has a right to large print."""
    rights = _accommodation.first(person=person_id)
    return rights is not None and rights.large_print
