"""What a change of the published plan would do, class by class and person by person, before anybody presses the button.

It is done in full and taken back, so that what is read is what will happen. Reads only, in the end.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from chiakhoa.foundation.actions import body_of
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import Person
from chiakhoa.train.delivery import actions
from chiakhoa.train.delivery.models import TrainingClass
from chiakhoa.train.delivery.opening import NOWHERE, Move
from chiakhoa.train.planning import comparing, happenings
from chiakhoa.train.planning import queries as plans
from chiakhoa.train.planning.models import Plan, PlanState

SHOWN = 300


@dataclass(frozen=True)
class Moved:
    """Somebody who is moved: who, from which class; `to` is empty where no other has a seat or a place to wait."""

    person: Person
    left: TrainingClass
    to: str
    how: str


def before(reader: Reader, plan: Plan, *, at: datetime) -> dict[str, Any]:
    """All that the page tells: figures before and after, the classes that change, who is moved."""
    assert plan.based_on is not None
    changed = comparing.differences(reader, plan.based_on, plan)
    context = {
        "plan": plan, "published": plan.based_on, "may": plan.state == PlanState.PROPOSED,
        "happened": [happenings.words(row) for row in happenings.own(plan)],
        "was": comparing.figures(plan.based_on), "figures": comparing.figures(plan),
        "changed": changed[:SHOWN], "changes": len(changed), "kinds": Counter(row.kinds[0] for row in changed),
        "stuck": list(plan.classes.filter(cancelled=False, starts_on=None).select_related("course", "venue")),
        "over": plans.over_budget(plan),
    }  # fmt: skip
    return context | (_rehearsed(reader, plan, at=at) if plan.state == PlanState.PROPOSED else {})


def _rehearsed(reader: Reader, plan: Plan, *, at: datetime) -> dict[str, Any]:
    try:
        with transaction.atomic(durable=True):
            done = body_of(actions.publish)(reader, plan.pk, at=at)
            moved = _look(reader, done.moves)
            transaction.set_rollback(True)
    except Refusal as refusal:
        return {"refused": refusal.message}
    return {
        "done": done, "moved": moved[:SHOWN], "moves": len(done.moves), "unnamed": len(done.moves) - len(moved),
        "nowhere": sum(move.how == NOWHERE for move in done.moves), "otherwise": len(done.changed),
    }  # fmt: skip


def _look(reader: Reader, moves: tuple[Move, ...]) -> list[Moved]:
    """Who is moved, as far as the reader may see the people."""
    people = {row.pk: row for row in registry.people(reader).filter(pk__in=[move.person_id for move in moves])}
    keys = {key for move in moves for key in (move.left, move.to) if key}
    classes = TrainingClass.objects.select_related("course", "venue").in_bulk(keys)
    return [
        Moved(
            people[move.person_id], classes[move.left],
            f"{classes[move.to].venue.name}, {classes[move.to].starts_on:%d/%m/%Y}" if move.to else "", move.how,
        )
        for move in moves if move.person_id in people
    ]  # fmt: skip
