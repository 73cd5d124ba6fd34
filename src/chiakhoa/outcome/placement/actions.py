"""Openings, applications, and the matching. A match is a proposal with reasons; people decide.

An employer offers only in the name of its own bodies. Applications handed in for others need each person's recorded consent,
unless the program itself acts. An opening would rather stay empty than take somebody who meets fewer than half of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.utils.translation import gettext as _

from chiakhoa.engines import matching
from chiakhoa.foundation import audit, facts
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.frameworks.sourced import both
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import Person, Purpose
from chiakhoa.outcome.placement import queries
from chiakhoa.outcome.placement.models import (
    Agreement,
    Application,
    Commitment,
    Matching,
    Opening,
    OpeningRequirement,
    Placement,
)

MOST_WISHES = 3
BATCH = 500


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


@action(Role.ADMINISTRATOR)
def load_agreement(actor: Reader, *, at: datetime) -> Agreement:
    """The memorandum of the report with its parties and commitments; loading again brings it up to date."""
    row = facts.load_yaml("programme/programme.yaml")["agreement"]
    agreement, _new = Agreement.objects.update_or_create(
        code=row["id"],
        defaults={
            "name_vi": row["name_vi"], "name_en": row["name_en"], "document_id": row["document"],
            "place_id": row["place_body"], "signed_on": date(row["year"]["value"], row["month"], row["day"]),
            "sentence": row["sentence"], "assumed": row["year"]["assumed"],
            "reason": both(row["year"].get("reason_vi"), row["year"]["reason"]),
        },
    )  # fmt: skip
    agreement.parties.set(row["parties"])
    for promise in row["commitments"]:
        by = None if promise["by"] == "all" else promise["by"]
        commitment, _new = Commitment.objects.update_or_create(
            code=promise["id"],
            defaults={"agreement": agreement, "by_id": by, "name_vi": promise["name_vi"], "name_en": promise["name_en"],
                      "sentence": promise["sentence"]},
        )  # fmt: skip
        commitment.to.set(promise.get("to", []))
    audit.record(actor, "load_agreement", agreement, at=at, after={"commitments": len(row["commitments"])})
    return agreement


@action(Role.EMPLOYER, Role.COORDINATOR, Role.ADMINISTRATOR)
def add_openings(actor: Reader, rows: Sequence[OpeningRow], *, at: datetime) -> list[Opening]:
    """New openings; one with the same code is brought up to date. Refusal for an unknown competence."""
    competences = dict(Competence.objects.filter(domain__framework__is_scale=True).values_list("code", "pk"))
    _must_be_own(actor, rows)
    opened = []
    for row in rows:
        unknown = [code for code, _grade in row.required if code not in competences]
        if unknown:
            raise Refusal(
                _("%(opening)s: there is no competence %(code)s.") % {"opening": row.code, "code": unknown[0]}
            )
        opening, _new = Opening.objects.update_or_create(
            code=row.code,
            defaults={"employer_id": row.employer_id, "name_vi": row.name_vi, "name_en": row.name_en, "kind": row.kind,
                      "unit_id": row.unit_id, "seats": row.seats, "closes_on": row.closes_on,
                      "assumed": bool(row.reason), "reason": row.reason},
        )  # fmt: skip
        opening.audiences.set(row.audiences)
        opening.requirements.all().delete()
        OpeningRequirement.objects.bulk_create(
            OpeningRequirement(opening=opening, competence_id=competences[code], grade=grade)
            for code, grade in row.required
        )
        opened.append(opening)
    audit.record(actor, "add_openings", "placement.opening", at=at, after={"codes": [row.code for row in rows]})
    return opened


@action(Role.LEARNER)
def apply_for(actor: Reader, opening_code: str, *, at: datetime) -> Application:
    """Apply as one's next wish; at most three. Applying shows one's name and level to that employer."""
    opening = queries.openings(actor).filter(pk=opening_code).first()
    if opening is None or actor.person_id is None:
        raise NotVisible(_("There is no such opening for you."))
    if opening.closes_on < at.astimezone(HERE).date():
        raise Refusal(
            _("This opening closed on %(day)s.") % {"day": opening.closes_on.strftime("%d/%m/%Y")}, code="closed"
        )
    wishes = list(queries.own_applications(actor))
    if any(wish.opening_id == opening.pk for wish in wishes):
        raise Refusal(_("You have applied here already."), code="applied_already")
    if len(wishes) >= MOST_WISHES:
        raise Refusal(_("You have three wishes already. Withdraw one first."), code="three_wishes")
    rank = max((wish.rank for wish in wishes), default=0) + 1
    application = Application.objects.create(opening=opening, person_id=actor.person_id, rank=rank, applied_at=at)
    audit.record(actor, "apply_for", application, at=at, after={"opening": opening.pk, "rank": rank})
    return application


@action(Role.LEARNER)
def withdraw(actor: Reader, application_pk: int, *, at: datetime) -> None:
    """Take an application of one's own back; later wishes move up."""
    application = queries.own_applications(actor).filter(pk=application_pk).first()
    if application is None:
        raise NotVisible(_("There is no such application."))
    audit.record(
        actor, "withdraw", application, at=at, before={"opening": application.opening_id, "rank": application.rank}
    )
    rank = application.rank
    application.delete()
    for later in queries.own_applications(actor).filter(rank__gt=rank):
        Application.objects.filter(pk=later.pk).update(rank=later.rank - 1)


@action(Role.COORDINATOR, Role.ADMINISTRATOR)
def apply_many(actor: Reader, rows: Sequence[tuple[str, int, int]], *, at: datetime) -> int:
    """Applications collected on paper or at a fair: (opening code, person id, rank). Refusal without the people's consent."""
    _check_applications(actor, rows)
    made = Application.objects.bulk_create(
        [Application(opening_id=code, person_id=person, rank=rank, applied_at=at) for code, person, rank in rows],
        batch_size=BATCH,
    )
    audit.record(actor, "apply_many", "placement.application", at=at, after={"applications": len(made)})
    return len(made)


@action(Role.COORDINATOR, Role.EMPLOYER)
def match(actor: Reader, *, at: datetime) -> Matching:
    """Match all applications to openings; stable, and the best such for the applicants. Refusal without applications."""
    applications = list(Application.objects.select_related("opening").order_by("person", "rank"))
    if not applications:
        raise Refusal(_("Nobody has applied yet."), code="no_applications")
    people = sorted({row.person_id for row in applications})
    openings = list(Opening.objects.filter(pk__in={row.opening_id for row in applications}).order_by("pk"))
    scores, acceptable = np.zeros((2, len(people), len(openings)))
    at_person, at_opening = ({key: i for i, key in enumerate(keys)} for keys in (people, [o.pk for o in openings]))
    for column, opening in enumerate(openings):
        wanting = [row.person_id for row in applications if row.opening_id == opening.pk]
        lines, fit = [at_person[person] for person in wanting], queries.fits(opening, wanting)
        scores[lines, column], acceptable[lines, column] = fit.score, fit.acceptable
    wishes: list[list[int]] = [[] for _person in people]
    for row in applications:
        wishes[at_person[row.person_id]].append(at_opening[row.opening_id])
    ranked = np.where(acceptable > 0, scores, -np.inf)
    found = matching.match(wishes, ranked, [opening.seats for opening in openings])
    kept = Matching.objects.create(made_at=at, applicants=len(people), matched=int((found.assigned >= 0).sum()))
    Placement.objects.bulk_create(
        _placements(kept, applications, at_person, at_opening, scores, found), batch_size=BATCH
    )
    audit.record(actor, "match", kept, at=at, after={"applicants": kept.applicants, "matched": kept.matched})
    return kept


def _must_be_own(actor: Reader, rows: Sequence[OpeningRow]) -> None:
    """An employer's rows, and the openings they would change, are of its own bodies."""
    if not actor.has(Role.EMPLOYER):
        return
    own = set(queries.own_bodies(actor).values_list("body", flat=True))
    taken = Opening.objects.filter(pk__in=[row.code for row in rows]).exclude(employer__in=own)
    if taken.exists() or any(row.employer_id not in own for row in rows):
        raise Refusal(_("You may offer openings only in the name of your own organisation."), code="not_own_body")


def _check_applications(actor: Reader, rows: Sequence[tuple[str, int, int]]) -> None:
    openings = set(Opening.objects.values_list("pk", flat=True))
    for code, _person, rank in rows:
        if code not in openings:
            raise Refusal(_("There is no opening %(code)s.") % {"code": code}, code="opening_unknown")
        if not 1 <= rank <= MOST_WISHES:
            raise Refusal(_("A wish has a rank from 1 to %(most)d.") % {"most": MOST_WISHES}, code="rank_wrong")
    people = sorted({person for _code, person, _rank in rows})
    allowed = registry.people(actor).filter(registry.agreed(Purpose.MATCHING))
    if actor.account_id is None:  # the program itself: it acts for the synthetic people
        allowed = Person.objects.all()
    chunks = [people[start : start + BATCH] for start in range(0, len(people), BATCH)]
    lacking = len(people) - sum(allowed.filter(pk__in=chunk).count() for chunk in chunks)
    if lacking:
        raise Refusal(
            _("%(count)d of the people are not yours, or did not agree to be shown to employers. Record consent first.")
            % {"count": lacking},
            code="no_consent",
        )


def _placements(
    kept: Matching, applications: list[Application], at_person: dict[int, int], at_opening: dict[str, int],
    scores: np.ndarray, found: matching.Matching,
) -> list[Placement]:  # fmt: skip
    rows = []
    for application in applications:
        person, opening = at_person[application.person_id], at_opening[application.opening_id]
        placed = bool(found.assigned[person] == opening)
        reason = next((r for r in found.reasons[person] if r.opening == opening), None)
        said = {} if reason is None else {"kind": reason.kind, "last": reason.last}
        score = float(scores[person, opening])
        rows.append(Placement(matching=kept, application=application, placed=placed, score=score, reason=said))
    return rows
