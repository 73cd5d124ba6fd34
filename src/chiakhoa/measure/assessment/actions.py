"""Writing the bank and the sittings: load items, start, answer, take in sittings from rooms without a network.

A sitting is at one position: the one item shown and not yet answered. An answer counts once, whoever sends it again.
What a sitting alone says (mean, covariance, from the audience's prior) stands on its row; what the ledger says of the
person is evidence's business and changes when the sitting is finished.
"""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, bulk
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment import adaptive, bank, queries, rooms, scoring
from chiakhoa.measure.assessment.models import Answer, Item, ItemState, Purpose, Sitting, SittingState
from chiakhoa.measure.assessment.rooms import FinishedSitting
from chiakhoa.measure.evidence import estimation
from chiakhoa.measure.evidence.actions import Observation, append

BATCH = 2000
ANSWER = ("sitting", "item", "position", "a", "b", "c", "given", "score", "answered_at")
STORED = {field.name: field for field in Answer._meta.concrete_fields}


@action(Role.ADMINISTRATOR)
def load_items(actor: Reader, *, at: datetime) -> int:
    """Load the item files. Safe to repeat: texts are renewed, calibrated parameters kept, items gone are retired."""
    scale = frameworks.scale()
    competence_ids = {competence.code: competence.pk for competence in scale.competences}
    calibrated = {item.code: item for item in Item.objects.filter(calibrated=True)}
    rows = []
    for source in bank.item_files():
        item = Item(**bank.fields_of(source, scale.cuts), competence_id=competence_ids[source["competence"]])
        if item.code in calibrated:
            kept = calibrated[item.code]
            item.a, item.b, item.c, item.calibrated = kept.a, kept.b, kept.c, True
        rows.append(item)
    changed = [f.name for f in Item._meta.concrete_fields if not f.primary_key]
    Item.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=changed, batch_size=500)
    retired = Item.objects.exclude(pk__in=[row.pk for row in rows]).update(state=ItemState.RETIRED)
    audit.record(actor, "load_items", "assessment.item", at=at, after={"items": len(rows), "retired": retired})
    return len(rows)


@action(Role.LEARNER, Role.ASSESSOR)
def start(actor: Reader, person: Person, purpose: str, *, at: datetime) -> Sitting:
    """The person's open sitting, or a new one with its first item shown. A learner starts only their own."""
    if not queries.people_for(actor).filter(pk=person.pk).exists():
        raise NotVisible(_("There is no such person here."))
    Person.objects.select_for_update().get(pk=person.pk)
    open_one = Sitting.objects.filter(person=person, state=SittingState.OPEN).first()
    if open_one:
        audit.record(actor, "resume_sitting", open_one, at=at)
        return open_one
    believed = adaptive.before_any_answer(person)
    sitting = Sitting.objects.create(
        person=person,
        purpose=Purpose(purpose),
        seed=secrets.randbits(31),
        started_at=at,
        mean=believed.mean.tolist(),
        covariance=believed.cov.tolist(),
    )
    _show_next(sitting, position=1)
    audit.record(actor, "start_sitting", sitting, at=at, after={"purpose": sitting.purpose})
    return sitting


@action(Role.LEARNER, Role.ASSESSOR)
def answer(actor: Reader, sitting_id: UUID, position: int, given: Any, *, at: datetime) -> Sitting:
    """Take the answer to the item at a position, and show the next item or finish the sitting.

    An answer to another than the current position changes nothing: the first one counts. Refusal where the answer has
    not the shape of its item; NotVisible where the sitting is not the actor's.
    """
    sitting = queries.sittings(actor).select_for_update(of=("self",)).filter(pk=sitting_id).first()
    if sitting is None:
        raise NotVisible(_("There is no such test here."))
    shown = sitting.answers.filter(score=None, position=position).select_related("item__competence__domain").first()
    if sitting.state != SittingState.OPEN or shown is None:
        audit.record(actor, "answer_again", sitting, at=at, after={"position": position})
        return sitting
    _score(shown, given, at)
    _learn_from(sitting, shown)
    if not _show_next(sitting, position + 1):
        _finish(sitting, at)
    audit.record(actor, "answer", sitting, at=at, after={"position": position})
    return sitting


@action(Role.COORDINATOR, Role.ASSESSOR)
def take_in(actor: Reader, sittings: Sequence[FinishedSitting], *, at: datetime) -> list[Sitting]:
    """Sittings finished elsewhere, scored here from the answers given; one sent twice is taken once.

    Returns the new ones. All or nothing: a Refusal names the first sitting that cannot be taken in.
    """
    people = _people(actor, {row.person_id for row in sittings})
    batch = rooms.read(sittings, people, known=_known(sittings))
    _close(batch.sittings, batch.observations, [people[row.person_id] for row in batch.sittings], at)
    bulk.insert(Sitting, batch.sittings)
    _write_answers(batch)
    after = {"sittings": len(batch.sittings), "answers": sum(map(len, batch.answers))}
    audit.record(actor, "take_in_sittings", "assessment.sitting", at=at, after=after)
    return batch.sittings


def _score(shown: Answer, given: Any, at: datetime) -> None:
    try:
        shown.score = scoring.score(shown.item, given)
    except ValueError as fault:
        raise Refusal(
            _("This answer is not complete. Finish it, or press “I do not know”."), code="answer_incomplete"
        ) from fault
    shown.given, shown.answered_at = scoring.tidy(shown.item.kind, given), at
    shown.save(update_fields=["given", "score", "answered_at"])


def _learn_from(sitting: Sitting, answered: Answer) -> None:
    believed = adaptive.after(sitting, answered)
    sitting.mean, sitting.covariance = believed.mean.tolist(), believed.cov.tolist()
    sitting.save(update_fields=["mean", "covariance"])


def _show_next(sitting: Sitting, position: int) -> bool:
    """Show the next item at the position; False where the sitting has asked enough."""
    item = adaptive.next_item(sitting)
    if item is None:
        return False
    Answer.objects.create(sitting=sitting, item_id=item.code, position=position, a=item.a, b=item.b, c=item.c)
    return True


def _finish(sitting: Sitting, at: datetime) -> None:
    answers = sitting.answers.order_by("position").values_list(
        "item_id", "item__competence__domain__order", "a", "b", "c", "given", "score"
    )
    seen = rooms.observation(sitting, [rooms.Row(*row) for row in answers], at)
    sitting.state, sitting.finished_at = SittingState.FINISHED, at
    _close([sitting], [seen], [sitting.person.audience_id], at)
    sitting.save(update_fields=["evidence", "state", "finished_at", "mean", "covariance"])


def _close(
    sittings: Sequence[Sitting], seen: Sequence[Observation], audiences: Sequence[str | None], at: datetime
) -> None:
    """Give finished sittings their evidence, and what each of them alone says, from the audience's prior."""
    prior = estimation.priors(audiences, frameworks.scale())
    alone = [[estimation.Observed(one.occurred_at, one.kind, one.content)] for one in seen]
    said = estimation.walk(alone, prior, variance_per_year=0.0)
    for i, (sitting, row) in enumerate(zip(sittings, append(seen, at=at), strict=True)):
        sitting.evidence = row
        sitting.mean, sitting.covariance = said.mean[i].tolist(), said.cov[i].tolist()


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
            yield sitting_id, row.code, position, row.a, row.b, row.c, _stored("given", row.given), row.score, at


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
