"""What a course brought to those who were tested before and after a class. Reads only."""

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from chiakhoa.ground.catalogue.models import CourseGain
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment.models import SittingState
from chiakhoa.train.delivery.models import Enrolment
from chiakhoa.train.planning.gains import Rise

# Fewer people say too little about how people differ.
LEAST_PEOPLE = 5
# Nobody is measured more exactly, even if a few people happen to rise alike.
LEAST_SD = 0.1
LEAST_OF_A_CLASS = 2
NORMAL = 1.96


def measured(course: str) -> Rise | None:
    """The mean rise, in grades, over the domains that the course raises; None where too few have both tests."""
    rises = _rises(course, Enrolment.objects.filter(training_class__course=course))
    if len(rises) < LEAST_PEOPLE:
        return None
    return Rise(float(rises.mean()), max(float(rises.std(ddof=1)), LEAST_SD), len(rises))


def of_class(course: str, rows: QuerySet[Enrolment]) -> dict[str, float] | None:
    """What a class brought to these of its people: the mean rise in grades, its 95 % margin, and how many have both tests."""
    rises = _rises(course, rows)
    if len(rises) < LEAST_OF_A_CLASS:
        return None
    margin = NORMAL * float(np.std(rises, ddof=1)) / len(rises) ** 0.5
    return {"mean": float(rises.mean()), "margin": margin, "n": len(rises)}


def _rises(course: str, rows: QuerySet[Enrolment]) -> NDArray[np.float64]:
    """Of each who has both tests, the mean rise in grades over the domains that the course raises."""
    pairs = list(
        rows.filter(before__state=SittingState.FINISHED, after__state=SittingState.FINISHED).values_list(
            "before__mean", "after__mean"
        )
    )
    raised = set(CourseGain.objects.filter(course=course).values_list("competence__domain", flat=True))
    if not pairs:
        return np.empty(0)
    scale = frameworks.scale()
    places = [place for place, domain in enumerate(scale.domains) if domain.pk in raised]
    if not places:
        return np.empty(0)
    rises = np.array([np.array(after)[places] - np.array(before)[places] for before, after in pairs]).mean(1)
    return np.asarray(rises / float(np.mean(np.diff(scale.cuts))))
