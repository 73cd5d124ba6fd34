"""Which course brings a person the next step: one for their audience and grade that raises the competence, or its domain."""

from collections.abc import Sequence
from dataclasses import dataclass

from chiakhoa.ground.catalogue.models import Course
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.measure.evidence.standing import NextStep

MOST = 2


@dataclass(frozen=True)
class Offer:
    """A course, the competence of the weakest domain that it raises most, by how many grades, and whether that is assumed."""

    course: Course
    competence: Competence
    gain: float
    assumed: bool


def offers(step: NextStep | None, audience: str | None) -> Sequence[Offer]:
    """At most two courses, those that raise the step's competence first; none where the catalogue knows none.

    A course takes people of its span of grades and teaches up to its ceiling. Nobody below grade 1 is kept out of a course
    that begins there: it is where they begin.
    """
    if step is None or audience is None:
        return []
    stands = max(step.grade.number - 1, 1)
    rows = Course.objects.filter(
        audiences=audience, entry_low__lte=stands, entry_high__gte=stands, ceiling__gte=step.grade.number,
        gains__competence__domain=step.competence.domain_id,
    )  # fmt: skip
    found = []
    for course in rows.distinct().prefetch_related("gains__competence"):
        gains = [gain for gain in course.gains.all() if gain.competence.domain_id == step.competence.domain_id]
        best = max(
            gains, key=lambda gain: (gain.competence_id == step.competence.pk, gain.mean, -gain.competence.order)
        )
        found.append(
            (best.competence_id == step.competence.pk, Offer(course, best.competence, best.mean, best.assumed))
        )
    found.sort(key=lambda pair: (not pair[0], -pair[1].gain, pair[1].course.pk))
    return [offer for _for_it, offer in found[:MOST]]
