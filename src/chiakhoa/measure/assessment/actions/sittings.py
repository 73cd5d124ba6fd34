"""Writing sittings: start, answer, finish.

A sitting is at one position: the one item shown and not yet answered. An answer counts once, whoever sends it again.
What a sitting alone says (mean, covariance, from the audience's prior) stands on its row; what the ledger says of the
person is evidence's business and changes when the sitting is finished.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment import adaptive, queries, rooms, scoring
from chiakhoa.measure.assessment.models import Answer, Purpose, Sitting, SittingState
from chiakhoa.measure.evidence import estimation
from chiakhoa.measure.evidence.actions import Observation, append


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
    close([sitting], [seen], [sitting.person.audience_id], at)
    sitting.save(update_fields=["evidence", "state", "finished_at", "mean", "covariance"])


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
