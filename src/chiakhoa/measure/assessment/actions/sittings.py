"""Writing sittings: start, answer, finish.

A sitting is at one position: the one item shown and not yet answered. An answer counts once, whoever sends it again.
What a sitting alone says (mean, covariance, from the audience's prior) stands on its row; what the ledger says of the
person is evidence's business and changes when the sitting is finished.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment import adaptive, live_bank, piloting, queries, rooms, scoring, timing
from chiakhoa.measure.assessment.models import (
    Answer,
    Flag,
    Incident,
    IncidentKind,
    Item,
    Purpose,
    Sitting,
    SittingState,
)
from chiakhoa.measure.evidence import estimation
from chiakhoa.measure.evidence.actions import Observation, append
from chiakhoa.measure.evidence.models import EvidenceKind

RESERVE = 12  # items: what ten minutes without a network take, and some more
LONG_OFFLINE = 300  # seconds


@dataclass(frozen=True)
class Kept:
    """An answer that a page kept: to which item, what was given, how long it took, and how many seconds ago it was given."""

    code: str
    given: Any
    seconds: float
    ago: float


@action(Role.LEARNER, Role.ASSESSOR)
def start(actor: Reader, person: Person, purpose: str, *, at: datetime) -> Sitting:
    """The person's open sitting, or a new one with its first item shown. A learner starts only their own."""
    if not queries.people_for(actor).filter(pk=person.pk).exists():
        raise NotVisible(_("There is no such person here."))
    Person.objects.select_for_update().get(pk=person.pk)
    open_one = (
        Sitting.objects.filter(person=person, state=SittingState.OPEN).exclude(purpose=Purpose.CERTIFICATION).first()
    )
    if open_one:
        audit.record(actor, "resume_sitting", open_one, at=at)
        return open_one
    if purpose == Purpose.CERTIFICATION:
        raise Refusal(_("A certification is sat in an exam: enter the code of the room."), code="exam_needed")
    sitting = create(person, Purpose(purpose), at)
    audit.record(actor, "start_sitting", sitting, at=at, after={"purpose": sitting.purpose})
    return sitting


@action(Role.LEARNER, Role.ASSESSOR)
def answer(actor: Reader, sitting_id: UUID, position: int, given: Any, *, at: datetime) -> Sitting:
    """Take the answer to the item at a position, and show the next item or finish the sitting.

    `given` is in keys of the bank, or a function of the item and the sitting's seed that reads it so: what a form sends is
    understood only once it is known what was shown.
    An answer to another than the current position changes nothing: the first one counts. Refusal where the answer has
    not the shape of its item; NotVisible where the sitting is not the actor's.
    """
    sitting = queries.locked(actor, sitting_id)
    if sitting is None:
        raise NotVisible(_("There is no such test here."))
    bank = live_bank.items_as_of(sitting.started_at, sitting.bank)
    shown = queries.unanswered(sitting, position)
    if sitting.state != SittingState.OPEN or shown is None:
        audit.record(actor, "answer_again", sitting, at=at, after={"position": position})
        return sitting
    if _time_is_over(sitting, at):
        end(sitting, at)
        audit.record(actor, "answer_too_late", sitting, at=at, after={"position": position})
        return sitting
    shown.item = bank[shown.item_id]
    _score(shown, given(shown.item, sitting.seed) if callable(given) else given, at)
    _learn_from(sitting, shown)
    if not _show_next(sitting, position + 1, bank, at):
        _finish(sitting, at)
    audit.record(actor, "answer", sitting, at=at, after={"position": position})
    return sitting


@action(Role.LEARNER, Role.ASSESSOR)
def set_aside(actor: Reader, sitting_id: UUID, *, at: datetime) -> Sitting:
    """Choose the items that the page may ask while it has no network, and remember which they are."""
    sitting = queries.sittings(actor).select_for_update(of=("self",)).filter(pk=sitting_id).first()
    if sitting is None or sitting.state != SittingState.OPEN:
        raise NotVisible(_("There is no such test here."))
    sitting.reserve = adaptive.reserve(sitting, RESERVE)
    sitting.save(update_fields=["reserve"])
    audit.record(actor, "set_aside", sitting, at=at, after={"items": len(sitting.reserve)})
    return sitting


@action(Role.LEARNER, Role.ASSESSOR)
def answer_offline(actor: Reader, sitting_id: UUID, kept: Sequence[Kept], *, at: datetime) -> Sitting:
    """Take answers given while the page had no network, in their order: to the item shown, or to items set aside.

    An item answered already keeps its first answer; one that was never set aside counts for nothing. The clock of an exam is
    asked with the moment at which each answer was given, as far as the page can know it.
    """
    sitting = queries.sittings(actor).select_for_update(of=("self",)).filter(pk=sitting_id).first()
    if sitting is None:
        raise NotVisible(_("There is no such test here."))
    taken = 0
    for one in kept:
        if sitting.state != SittingState.OPEN:
            break
        shown = _shown_or_set_aside(sitting, one.code, at)
        if shown is None:
            continue
        given_at = max(sitting.started_at, at - timedelta(seconds=one.ago))
        if _time_is_over(sitting, given_at):
            end(sitting, at)
            break
        shown.seconds, shown.offline = one.seconds, True
        _score(shown, one.given, given_at)
        _learn_from(sitting, shown)
        taken += 1
    waits = sitting.state != SittingState.OPEN or sitting.answers.filter(score=None).exists()
    bank = live_bank.items_as_of(sitting.started_at)
    if not waits and not _show_next(sitting, sitting.answers.count() + 1, bank, at):
        _finish(sitting, at)
    _note_offline(sitting, kept, taken, at)
    audit.record(actor, "answer_offline", sitting, at=at, after={"sent": len(kept), "taken": taken})
    return sitting


@action(Role.LEARNER, Role.ASSESSOR)
def flag(actor: Reader, sitting_id: UUID, position: int, text: str, *, at: datetime) -> None:
    """Say that something is wrong with an item; saying it again replaces the words."""
    answer = Answer.objects.filter(sitting__in=queries.sittings(actor), sitting=sitting_id, position=position).first()
    if answer is None:
        raise NotVisible(_("There is no such test here."))
    row, _new = Flag.objects.update_or_create(answer=answer, defaults={"text": text.strip()[:300], "at": at})
    audit.record(actor, "flag_item", row, at=at, after={"item": answer.item_id})


def _shown_or_set_aside(sitting: Sitting, code: str, at: datetime) -> Answer | None:
    """The open answer to the item; a new one where it was set aside and is not asked yet. None where it cannot count."""
    row = sitting.answers.filter(item=code).select_related("item__competence__domain").first()
    if row is not None:
        return row if row.score is None else None
    if code not in sitting.reserve:
        return None
    # The item that waits on the server was never seen by somebody who went on without a network.
    sitting.answers.filter(score=None).delete()
    item = live_bank.items_as_of(sitting.started_at)[code]
    position = sitting.answers.count() + 1
    return Answer.objects.create(sitting=sitting, item=item, position=position, a=item.a, b=item.b, c=item.c)


def _note_offline(sitting: Sitting, kept: Sequence[Kept], taken: int, at: datetime) -> None:
    """Whoever was long without a network in an exam stands in its log."""
    seat = queries.seat_of(sitting)
    if seat and taken and max(one.ago for one in kept) > LONG_OFFLINE:
        words = _("%(count)d answers over %(minutes)d minutes") % {
            "count": taken,
            "minutes": round(max(one.ago for one in kept) / 60),
        }
        Incident.objects.create(exam_id=seat.exam_id, seat=seat, at=at, kind=IncidentKind.OFFLINE, text=words)


def create(person: Person, purpose: Purpose, at: datetime) -> Sitting:
    """A new sitting with its first item shown. Part of the actions that start one."""
    believed = adaptive.before_any_answer(person)
    sitting = Sitting.objects.create(
        person=person,
        purpose=purpose,
        seed=secrets.randbits(31),
        started_at=at,
        mean=believed.mean.tolist(),
        covariance=believed.cov.tolist(),
    )
    _show_next(sitting, 1, live_bank.items(), at)
    return sitting


def end(sitting: Sitting, at: datetime) -> Sitting:
    """Score an open sitting by what is answered; one without any answer is void, for it says nothing."""
    sitting.answers.filter(score=None).delete()
    if sitting.answers.exists():
        _finish(sitting, at)
    else:
        void(sitting, at)
    return sitting


def void(sitting: Sitting, at: datetime) -> None:
    """Take a sitting out of account; evidence it gave is withdrawn."""
    if sitting.evidence_id:
        when = sitting.finished_at or at
        append(
            [Observation(sitting.person_id, EvidenceKind.WITHDRAWN, when, {}, supersedes_id=sitting.evidence_id)], at=at
        )
    sitting.answers.filter(score=None).delete()
    sitting.state = SittingState.VOID
    sitting.save(update_fields=["state"])


def score_again(sittings: Sequence[Sitting], at: datetime) -> None:
    """New evidence for finished sittings from the answers not left out; it supersedes what they gave before."""
    seen = [
        replace(_observed(sitting, sitting.finished_at or at), supersedes_id=sitting.evidence_id)
        for sitting in sittings
    ]
    close(sittings, seen, [sitting.person.audience_id for sitting in sittings], at)
    Sitting.objects.bulk_update(sittings, ["evidence", "mean", "covariance"], batch_size=500)


def _time_is_over(sitting: Sitting, at: datetime) -> bool:
    """Whether the seat's clock has run out. Refusal while it is stopped."""
    seat = queries.seat_of(sitting)
    if seat is None:
        return False
    if seat.paused_at:
        raise Refusal(_("Your test is paused. Wait until the invigilator lets it go on."), code="paused")
    return queries.time_left(seat, sitting, at=at) < -timing.GRACE


def _score(shown: Answer, given: Any, at: datetime) -> None:
    try:
        shown.score = scoring.score(shown.item, given)
    except ValueError as fault:
        raise Refusal(
            _("This answer is not complete. Finish it, or press “I do not know”."), code="answer_incomplete"
        ) from fault
    shown.given, shown.answered_at = scoring.tidy(shown.item.kind, given), at
    if shown.shown_at and shown.seconds is None:
        shown.seconds = (at - shown.shown_at).total_seconds()
    shown.save(update_fields=["given", "score", "answered_at", "seconds", "offline"])


def _learn_from(sitting: Sitting, answered: Answer) -> None:
    if answered.pilot:
        return
    believed = adaptive.after(sitting, answered)
    sitting.mean, sitting.covariance = believed.mean.tolist(), believed.cov.tolist()
    sitting.save(update_fields=["mean", "covariance"])


def _show_next(sitting: Sitting, position: int, bank: dict[str, Item], at: datetime) -> bool:
    """Show the next item at the position, or one to try out; False where the sitting has asked enough."""
    before = adaptive.history(sitting)
    chosen = adaptive.next_item(sitting, before, bank)
    if chosen is None:
        return False
    tried = piloting.next_pilot(sitting, position - 1, before, bank)
    item = tried or bank[chosen.code]
    sitting.waits = Answer.objects.create(
        sitting=sitting, item=item, position=position, a=item.a, b=item.b, c=item.c, shown_at=at,
        pilot=tried is not None,
    )  # fmt: skip
    return True


def _finish(sitting: Sitting, at: datetime) -> None:
    seen = _observed(sitting, at)
    sitting.state, sitting.finished_at = SittingState.FINISHED, at
    close([sitting], [seen], [sitting.person.audience_id], at)
    sitting.save(update_fields=["evidence", "state", "finished_at", "mean", "covariance"])


def _observed(sitting: Sitting, at: datetime) -> Observation:
    answers = (
        sitting.answers.filter(left_out=False, pilot=False)
        .order_by("position")
        .values_list("item_id", "item__competence__domain__order", "a", "b", "c", "given", "score")
    )
    return rooms.observation(sitting, [rooms.Row(*row) for row in answers], at)


def close(
    sittings: Sequence[Sitting], seen: Sequence[Observation], audiences: Sequence[str | None], at: datetime
) -> None:
    """Give finished sittings their evidence, and what each of them alone says, from the audience's prior."""
    prior = estimation.priors(audiences, frameworks.scale())
    alone = [[estimation.Observed(one.occurred_at, one.kind, one.content)] for one in seen]
    said = estimation.walk(alone, prior, variance_per_year=0.0)
    for i, (sitting, row) in enumerate(zip(sittings, append(seen, at=at), strict=True)):
        sitting.evidence = row
        sitting.mean, sitting.covariance = said.mean[i].tolist(), said.cov[i].tolist()
