"""Sittings finished elsewhere (a room without a network, the synthetic province), brought into rows. Writes nothing.

Also the one place that says what observation a finished sitting is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, NoReturn
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.measure.assessment import scoring
from chiakhoa.measure.assessment.models import Item, ItemState, Purpose, Sitting, SittingState
from chiakhoa.measure.evidence.actions import Observation
from chiakhoa.measure.evidence.models import EvidenceKind

ROOMS = UUID("6d1f3a52-90c4-4b7e-9f0a-5b1c8e2d7a64")
# Assumed: a course may have moved its learner, by about three quarters of a grade (0.6 logit) one way or the other.
# Without it the answers of the first test would hold the second one back as if nothing had been learnt between them.
VARIANCE_OF_A_COURSE = 0.36


@dataclass(frozen=True)
class FinishedSitting:
    """A sitting as a room sends it: who, why, when, and the (item code, answer given) pairs in their order.

    `seconds` is how long each answer took, where the room has measured it.
    """

    person_id: int
    purpose: str
    seed: int
    started_at: datetime
    finished_at: datetime
    answers: Sequence[tuple[str, Any]] = field(hash=False)
    seconds: Sequence[float] = field(default=(), hash=False)

    @property
    def identity(self) -> UUID:
        """The same sitting sent twice has the same identity."""
        return uuid5(ROOMS, f"{self.person_id}:{self.seed}:{self.started_at.timestamp()}")


class Row(NamedTuple):
    """An answered item: its code, the index of its domain, its parameters of the day, what was given, its score.

    `pilot` where the item was being tried out: kept, but no part of what the sitting says.
    """

    code: str
    domain: int
    a: float
    b: float
    c: float
    given: Any
    score: float | None
    pilot: bool = False
    seconds: float | None = None


@dataclass
class Batch:
    """What sittings become, in step with each other: rows, their answers in order, the observations."""

    sittings: list[Sitting] = field(default_factory=list)
    answers: list[list[Row]] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)


def observation(sitting: Sitting, rows: Sequence[Row], at: datetime) -> Observation:
    """What a finished sitting lets us see of its person: answers that count, with the parameters that stood when given."""
    rows = [row for row in rows if not row.pilot]
    content: dict[str, Any] = {
        "item": [row.code for row in rows],
        "domain": [row.domain for row in rows],
        "a": [row.a for row in rows],
        "b": [row.b for row in rows],
        "c": [row.c for row in rows],
        "score": [row.score for row in rows],
    }
    if sitting.purpose == Purpose.AFTER:
        content["variance_before"] = VARIANCE_OF_A_COURSE
    return Observation(sitting.person_id, EvidenceKind.SITTING, at, content)


def read(sittings: Sequence[FinishedSitting], people: Mapping[int, str | None], *, known: set[UUID]) -> Batch:
    """The rows of the sittings not known yet. Refusal (or NotVisible) naming the first that cannot be taken."""
    asked = Item.objects.exclude(state__in=(ItemState.DRAFT, ItemState.REVIEW)).select_related("competence__domain")
    items = {item.code: item for item in asked}
    domains = {code: item.competence.domain_index for code, item in items.items()}
    batch, taken = Batch(), set(known)
    for number, row in enumerate(sittings, start=1):
        if row.person_id not in people:
            raise NotVisible(_("Sitting %(number)d: there is no such person here.") % {"number": number})
        if row.identity in taken:
            continue
        taken.add(row.identity)
        _check(number, row, items)
        _add(batch, number, row, items, domains)
    return batch


def _check(number: int, row: FinishedSitting, items: Mapping[str, Item]) -> None:
    codes = [code for code, _given in row.answers]
    unknown = sorted(set(codes) - set(items))
    fault = (
        _("it has no answers")
        if all(code in items and items[code].state == ItemState.PILOT for code in codes)
        else _("there is no item %(code)s") % {"code": unknown[0]}
        if unknown
        else _("an item is answered twice")
        if len(set(codes)) < len(codes)
        else _("it is finished before it began")
        if row.finished_at < row.started_at
        else _("there is no purpose %(purpose)s") % {"purpose": row.purpose}
        if row.purpose not in Purpose.values
        else ""
    )
    if fault:
        _refuse(number, fault)


def _refuse(number: int, fault: str) -> NoReturn:
    words = _("Sitting %(number)d cannot be taken in: %(fault)s.") % {"number": number, "fault": fault}
    raise Refusal(words, code="sitting_unreadable", sitting=number)


def _add(
    batch: Batch, number: int, row: FinishedSitting, items: Mapping[str, Item], domains: Mapping[str, int]
) -> None:
    sitting = Sitting(
        id=row.identity,
        person_id=row.person_id,
        purpose=row.purpose,
        state=SittingState.FINISHED,
        seed=row.seed,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
    try:
        took = row.seconds or [None] * len(row.answers)
        rows = [
            _row(items[code], domains[code], given, seconds)
            for (code, given), seconds in zip(row.answers, took, strict=True)
        ]
    except ValueError as fault:
        _refuse(number, str(fault))
    batch.sittings.append(sitting)
    batch.answers.append(rows)
    batch.observations.append(observation(sitting, rows, row.finished_at))


def _row(item: Item, domain: int, given: Any, seconds: float | None) -> Row:
    given, score = scoring.tidy(item.kind, given), scoring.score(item, given)
    return Row(item.code, domain, item.a, item.b, item.c, given, score, item.state == ItemState.PILOT, seconds)
