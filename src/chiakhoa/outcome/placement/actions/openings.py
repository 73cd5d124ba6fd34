"""Adding, changing, closing and reopening an opening. An employer offers only in the name of its own bodies.

What an opening asks for may change at any time, the matching is made afresh; what kind it is, and whose, may not change
once somebody has applied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.text import nfc
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.outcome.placement import queries
from chiakhoa.outcome.placement.models import Commitment, Opening, OpeningKind, OpeningRequirement

OFFERING = (Role.EMPLOYER, Role.COORDINATOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class OpeningRow:
    """An opening as an employer states it; `required` is competence code -> grade. A `reason` says that it is assumed."""

    code: str
    employer_id: str
    name_vi: str
    name_en: str
    kind: str
    unit_id: str
    seats: int
    closes_on: date
    audiences: tuple[str, ...]
    required: tuple[tuple[str, int], ...]
    reason: str = ""
    starts_on: date | None = None
    lasts_months: int | None = None
    commitment_id: str | None = None


@action(*OFFERING)
def add_openings(actor: Reader, rows: Sequence[OpeningRow], *, at: datetime) -> list[Opening]:
    """New openings; one with the same code is brought up to date. Refusal for an unknown competence."""
    _must_be_own(actor, rows)
    competences = _competences()
    opened = [_store(row, competences) for row in rows]
    audit.record(actor, "add_openings", "placement.opening", at=at, after={"codes": [row.code for row in rows]})
    return opened


@action(*OFFERING)
def add_opening(actor: Reader, row: OpeningRow, *, at: datetime) -> Opening:
    """One new opening. The same form sent twice gives the same opening: its code was made with the form."""
    _must_be_own(actor, [row])
    there = Opening.objects.filter(pk=row.code).first()
    if there:
        audit.record(actor, "add_opening again", there, at=at)
        return there
    if row.closes_on < at.astimezone(HERE).date():
        raise Refusal(_("The last day to apply is past. Choose a later one."), field="closes_on", code="closes_in_past")
    opening = _store(row, _competences())
    audit.record(actor, "add_opening", opening, at=at, after=_stated(opening))
    return opening


@action(*OFFERING)
def change_opening(actor: Reader, code: str, row: OpeningRow, *, at: datetime) -> Opening:
    """State an opening anew. Refusal where that would break what people applied for."""
    opening = _own(actor, code)
    _must_be_own(actor, [row])
    _must_keep_faith(opening, row)
    before = _stated(opening)
    changed = _store(row, _competences())
    audit.record(actor, "change_opening", changed, at=at, before=before, after=_stated(changed))
    return changed


@action(*OFFERING)
def close_opening(actor: Reader, code: str, *, at: datetime) -> Opening:
    """Nobody can apply from now on; whoever has applied stays in the matching."""
    opening = _own(actor, code)
    before = _stated(opening)
    if opening.closed_at is None:
        opening.closed_at = at
        opening.save(update_fields=["closed_at"])
    audit.record(actor, "close_opening", opening, at=at, before=before, after=_stated(opening))
    return opening


@action(*OFFERING)
def reopen_opening(actor: Reader, code: str, *, at: datetime) -> Opening:
    """Take the closing back; people can apply again until the closing day."""
    opening = _own(actor, code)
    before = _stated(opening)
    opening.closed_at = None
    opening.save(update_fields=["closed_at"])
    audit.record(actor, "reopen_opening", opening, at=at, before=before, after=_stated(opening))
    return opening


def _own(actor: Reader, code: str) -> Opening:
    """The opening, locked; an employer finds only its own."""
    if not queries.openings(actor).filter(pk=code).exists():
        raise NotVisible(_("There is no such opening."))
    return Opening.objects.select_for_update(no_key=True).get(pk=code)


def _must_be_own(actor: Reader, rows: Sequence[OpeningRow]) -> None:
    """An employer's rows, and the openings they would change, are of its own bodies."""
    if not actor.has(Role.EMPLOYER):
        return
    own = set(queries.own_bodies(actor).values_list("body", flat=True))
    taken = Opening.objects.filter(pk__in=[row.code for row in rows]).exclude(employer__in=own)
    if taken.exists() or any(row.employer_id not in own for row in rows):
        raise Refusal(_("You may offer openings only in the name of your own organisation."), code="not_own_body")


def _must_keep_faith(opening: Opening, row: OpeningRow) -> None:
    """Whoever applied keeps what they applied for: the kind, the employer and, at a fair, the seat."""
    applied = opening.applications.count()
    if applied and (row.kind, row.employer_id) != (opening.kind, opening.employer_id):
        raise Refusal(
            _("People have applied already, so kind and employer stay. Close this one and add another."),
            field="kind", code="applied_already",
        )  # fmt: skip
    if row.kind == OpeningKind.FAIR and row.seats < applied:
        raise Refusal(
            _("%(count)d people have a place already. Offer at least as many.") % {"count": applied},
            field="seats", code="too_few_seats",
        )  # fmt: skip


def _competences() -> dict[str, int]:
    return dict(Competence.objects.filter(domain__framework__is_scale=True).values_list("code", "pk"))


def _store(row: OpeningRow, competences: dict[str, int]) -> Opening:
    unknown = [code for code, _grade in row.required if code not in competences]
    if unknown:
        raise Refusal(_("%(opening)s: there is no competence %(code)s.") % {"opening": row.code, "code": unknown[0]})
    if row.kind == OpeningKind.FAIR and row.required:
        raise Refusal(
            _("A fair is for everybody it invites: ask for no competence."), field="kind", code="fair_asks_nothing"
        )
    opening, _new = Opening.objects.update_or_create(code=row.code, defaults=_fields(row))
    opening.audiences.set(row.audiences)
    opening.requirements.all().delete()
    OpeningRequirement.objects.bulk_create(
        OpeningRequirement(opening=opening, competence_id=competences[code], grade=grade)
        for code, grade in row.required
    )
    return opening


def _fields(row: OpeningRow) -> dict[str, Any]:
    promise = Commitment.objects.filter(pk=row.commitment_id).first() if row.commitment_id else None
    return {
        "employer_id": row.employer_id, "name_vi": nfc(row.name_vi), "name_en": nfc(row.name_en), "kind": row.kind,
        "unit_id": row.unit_id, "seats": row.seats, "closes_on": row.closes_on, "starts_on": row.starts_on,
        "lasts_months": row.lasts_months, "commitment": promise, "sentence": promise.sentence if promise else None,
        "assumed": bool(row.reason), "reason": row.reason,
    }  # fmt: skip


def _stated(opening: Opening) -> dict[str, Any]:
    """All that an opening states, as the trail keeps it."""
    return {
        "name": opening.name_vi, "name_en": opening.name_en, "kind": opening.kind, "employer": opening.employer_id,
        "unit": opening.unit_id, "seats": opening.seats, "closes_on": str(opening.closes_on),
        "starts_on": str(opening.starts_on or ""), "lasts_months": opening.lasts_months,
        "closed": opening.closed_at is not None, "audiences": sorted(opening.audiences.values_list("pk", flat=True)),
        "required": dict(opening.requirements.values_list("competence__code", "grade")),
    }  # fmt: skip
