"""Taking in sittings from rooms without a network: scored here from the answers given."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, bulk
from chiakhoa.foundation.actions import action, body_of
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.measure.assessment import queries, rooms
from chiakhoa.measure.assessment.actions.sittings import close
from chiakhoa.measure.assessment.models import Answer, ExamState, Purpose, Seat, Sitting
from chiakhoa.measure.assessment.rooms import FinishedSitting

BATCH = 2000
ANSWER = ("sitting", "item", "position", "a", "b", "c", "given", "score", "answered_at", "pilot", "seconds")
STORED = {field.name: field for field in Answer._meta.concrete_fields}


@action(Role.COORDINATOR, Role.ASSESSOR)
def take_in(actor: Reader, sittings: Sequence[FinishedSitting], *, at: datetime) -> list[Sitting]:
    """Sittings finished elsewhere, scored here from the answers given; one sent twice is taken once.

    Returns the new ones. All or nothing: a Refusal names the first sitting that cannot be taken in.
    """
    people = _people(actor, {row.person_id for row in sittings})
    batch = rooms.read(sittings, people, known=_known(sittings))
    close(batch.sittings, batch.observations, [people[row.person_id] for row in batch.sittings], at)
    bulk.insert(Sitting, batch.sittings)
    _write_answers(batch)
    after = {"sittings": len(batch.sittings), "answers": sum(map(len, batch.answers))}
    audit.record(actor, "take_in_sittings", "assessment.sitting", at=at, after=after)
    return batch.sittings


@action(*queries.INVIGILATORS)
def take_in_room(actor: Reader, exam_pk: int, sittings: Mapping[int, FinishedSitting], *, at: datetime) -> list[Seat]:
    """An exam that was held in a room without a network: the finished tests by number of the seat. Returns the seats.

    As for `take_in`, all or nothing. Refusal where the exam is not running, or a test is no certification.
    """
    exam = queries.exams(actor).select_for_update(of=("self",)).filter(pk=exam_pk).first()
    if exam is None:
        raise NotVisible(_("There is no such exam."))
    if exam.state != ExamState.RUNNING:
        raise Refusal(_("This exam is “%(state)s”.") % {"state": exam.get_state_display()}, code="wrong_state")
    if any(row.purpose != Purpose.CERTIFICATION for row in sittings.values()):
        raise Refusal(_("A seat of an exam holds a certification and nothing else."), code="not_a_certification")
    body_of(take_in)(actor, list(sittings.values()), at=at)
    rows = [
        Seat(exam=exam, number=number, person_id=row.person_id, sitting_id=row.identity)
        for number, row in sorted(sittings.items())
    ]
    seats = Seat.objects.bulk_create(rows)
    audit.record(actor, "take_in_room", exam, at=at, after={"seats": len(seats)})
    return seats


def _write_answers(batch: rooms.Batch) -> None:
    """All answers in one statement: an object for each of some hundred thousand would take twice as long."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(STORED[name].column)) for name in ANSWER)
    places = ", ".join(["%s"] * len(ANSWER))
    statement = f"INSERT INTO {quote(Answer._meta.db_table)} ({names}) VALUES ({places})"
    with connection.cursor() as cursor:
        cursor.executemany(statement, _answer_rows(batch))  # type: ignore[arg-type]  # any iterable will do


def _answer_rows(batch: rooms.Batch) -> Iterator[tuple[Any, ...]]:
    """The answers as the database stores them, in the order of ANSWER."""
    for sitting, rows in zip(batch.sittings, batch.answers, strict=True):
        sitting_id, at = _stored("sitting", sitting.pk), _stored("answered_at", sitting.finished_at)
        for position, row in enumerate(rows, start=1):
            yield (
                sitting_id,
                row.code,
                position,
                row.a,
                row.b,
                row.c,
                _stored("given", row.given),
                row.score,
                at,
                row.pilot,
                row.seconds,
            )


def _stored(field: str, value: Any) -> Any:
    return STORED[field].get_db_prep_save(value, connection)


def _people(actor: Reader, ids: set[int]) -> dict[int, str | None]:
    """person -> audience, of those whom the actor may take in sittings for."""
    visible = queries.people_for(actor)
    wanted = sorted(ids)
    found: dict[int, str | None] = {}
    for first in range(0, len(wanted), BATCH):
        found |= dict(visible.filter(pk__in=wanted[first : first + BATCH]).values_list("pk", "audience_id"))
    return found


def _known(sittings: Sequence[FinishedSitting]) -> set[UUID]:
    ids = [row.identity for row in sittings]
    known: set[UUID] = set()
    for first in range(0, len(ids), BATCH):
        known |= set(Sitting.objects.filter(pk__in=ids[first : first + BATCH]).values_list("pk", flat=True))
    return known
