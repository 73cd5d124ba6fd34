"""What a course brought to those who were tested before and after a class. Reads only."""

import numpy as np

from chiakhoa.ground.catalogue.models import CourseGain
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment.models import SittingState
from chiakhoa.train.delivery.models import Enrolment
from chiakhoa.train.planning.gains import Rise

# Fewer people say too little about how people differ.
LEAST_PEOPLE = 5
# Nobody is measured more exactly, even if a few people happen to rise alike.
LEAST_SD = 0.1


def measured(course: str) -> Rise | None:
    """The mean rise, in grades, over the domains that the course raises; None where too few have both tests."""
    scale = frameworks.scale()
    raised = set(CourseGain.objects.filter(course=course).values_list("competence__domain", flat=True))
    places = [place for place, domain in enumerate(scale.domains) if domain.pk in raised]
    pairs = Enrolment.objects.filter(
        training_class__course=course, before__state=SittingState.FINISHED, after__state=SittingState.FINISHED
    ).values_list("before__mean", "after__mean")  # fmt: skip
    if not places or len(pairs) < LEAST_PEOPLE:
        return None
    rises = np.array([np.array(after)[places] - np.array(before)[places] for before, after in pairs]).mean(1)
    rises /= float(np.mean(np.diff(scale.cuts)))
    return Rise(float(rises.mean()), max(float(rises.std(ddof=1)), LEAST_SD), len(rises))
