"""The matching. A match is a proposal with reasons; people decide.

An opening would rather stay empty than take somebody who meets fewer than half of it.
"""

from datetime import datetime

import numpy as np
from django.utils.translation import gettext as _

from chiakhoa.engines import matching
from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.outcome.placement import queries
from chiakhoa.outcome.placement.models import Application, Matching, Opening, Placement

BATCH = 500


@action(Role.COORDINATOR, Role.EMPLOYER)
def match(actor: Reader, *, at: datetime) -> Matching:
    """Match all wishes to openings; stable, and the best such for the applicants. Refusal without applications."""
    applications = list(Application.objects.filter(rank__isnull=False).order_by("person", "rank"))
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
