"""Reading openings, applications and what the last matching said."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db.models import Count, F, Prefetch, Q, QuerySet
from numpy.typing import NDArray

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.models import Body, BodyAncestry, Person
from chiakhoa.ground.registry.queries import bodies, members_below
from chiakhoa.ground.territory.queries import within
from chiakhoa.measure.evidence.models import DomainEstimate
from chiakhoa.outcome.placement.models import Agreement, Application, Commitment, Matching, Opening, Placement
from chiakhoa.outcome.placement.scores import Fit, fit

OVERSEERS = (Role.COORDINATOR, Role.PROVIDER_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)
EMPLOYERS = ("enterprise", "firm", "cooperative")
MAY_SEE = (*OVERSEERS, Role.EMPLOYER, Role.LEARNER)


def openings(reader: Reader) -> QuerySet[Opening]:
    """An employer's own; for a learner those of the own audience; all for those who oversee."""
    rows = Opening.objects.select_related("employer", "unit").annotate(applicants=Count("applications"))
    if reader.has(Role.EMPLOYER):
        return rows.filter(employer__in=own_bodies(reader))
    if reader.has(Role.LEARNER):
        return rows.filter(pk__in=Opening.objects.filter(_for_learner(reader)).values("pk"))
    return rows if reader.has(*OVERSEERS) else rows.none()


def applications(reader: Reader, opening: Opening) -> QuerySet[Application]:
    """Who applied: all for the employer (applying is consent), own people for the others, oneself for a learner."""
    rows = opening.applications.select_related("person__unit").order_by("rank", "applied_at", "pk")
    if reader.has(Role.LEARNER):
        return rows.filter(person=reader.person_id)
    if reader.has(Role.EMPLOYER):
        return rows.filter(opening__employer__in=own_bodies(reader))
    if reader.has(Role.PROVIDER_MANAGER):
        return rows.filter(person__in=members_below(reader.body_id))
    return rows.filter(within(reader, "person__unit")) if reader.has(*OVERSEERS) else rows.none()


def own_bodies(reader: Reader) -> QuerySet[BodyAncestry]:
    """Ids (column `body`) of the reader's body and those below it, for use as a subquery."""
    return BodyAncestry.objects.filter(ancestor=reader.body_id).values("body")


def may_offer(reader: Reader) -> QuerySet[Body]:
    """In whose name the reader may offer openings: an employer's own bodies; for a coordinator every employer."""
    if reader.has(Role.EMPLOYER):
        return bodies(reader)
    if reader.has(Role.COORDINATOR, Role.ADMINISTRATOR):
        return bodies(reader).filter(kind__in=EMPLOYERS)
    return Body.objects.none()


def own_applications(reader: Reader) -> QuerySet[Application]:
    """The reader's own wishes, dearest first."""
    return (
        Application.objects.filter(person=reader.person_id)
        .select_related("opening__employer")
        .order_by(F("rank").asc(nulls_last=True), "applied_at")
    )


def agreements(reader: Reader) -> QuerySet[Agreement]:
    """The memoranda, with parties, commitments and, as the list `made`, the openings made from each commitment."""
    made = Prefetch("commitments__openings", openings(reader), to_attr="made")
    return Agreement.objects.select_related("place", "document").prefetch_related(
        "parties", "commitments__by", "commitments__to", made
    )


def commitments_to_keep(reader: Reader) -> QuerySet[Commitment]:
    """The promises of those in whose name the reader may offer openings."""
    return Commitment.objects.filter(by__in=may_offer(reader)).select_related("audience")


def latest() -> Matching | None:
    """The last matching; None before the first."""
    return Matching.objects.order_by("-pk").first()


def placements(opening: Opening) -> dict[int, Placement]:
    """Application id -> what the last matching said of it."""
    matching = latest()
    rows = Placement.objects.filter(matching=matching, application__opening=opening) if matching else []
    return {row.application_id: row for row in rows}


def fits(opening: Opening, people: Sequence[int]) -> Fit:
    """How well people (in order) meet the opening; whoever was never measured counts as below the lowest grade."""
    requirements = list(
        opening.requirements.select_related("competence__domain").order_by("competence__domain__order", "pk")
    )
    mean, se = _estimates(people)
    return fit(
        mean, se, [row.competence.domain.order for row in requirements], [row.grade for row in requirements],
        frameworks.scale().cuts,
    )  # fmt: skip


def described(opening: Opening, rows: Sequence[Application]) -> list[dict[str, Any]]:
    """Each application with how many requirements are met, which are missing, and what the last matching said."""
    requirements = list(
        opening.requirements.select_related("competence__domain").order_by("competence__domain__order", "pk")
    )
    found = fits(opening, [row.person_id for row in rows])
    said = placements(opening)
    return [
        {
            "application": row,
            "met": int(found.met[i].sum()),
            "asked": len(requirements),
            "missing": [need.competence for need, met in zip(requirements, found.met[i], strict=True) if not met],
            "score": float(found.score[i]),
            "placement": said.get(row.pk),
        }
        for i, row in enumerate(rows)
    ]


def _for_learner(reader: Reader) -> Q:
    """Openings for the learner's audience, or for a group that covers it; and those already asked for."""
    audience = Person.objects.filter(pk=reader.person_id).values("audience")
    asked = Application.objects.filter(person=reader.person_id).values("opening")
    return Q(audiences__in=audience) | Q(audiences__covers__in=audience) | Q(pk__in=asked)


def _estimates(people: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard error (P, D); without a state the lowest cut and no certainty at all."""
    scale = frameworks.scale()
    place = {person: i for i, person in enumerate(people)}
    mean = np.full((len(people), len(scale.domains)), float(scale.cuts[0]))
    se = np.full_like(mean, 1e-6)
    rows = DomainEstimate.objects.filter(state__in=list(place)).values_list("state_id", "domain__order", "mean", "se")
    for person, domain, value, error in rows:
        mean[place[person], domain], se[place[person], domain] = value, error
    return mean, se
