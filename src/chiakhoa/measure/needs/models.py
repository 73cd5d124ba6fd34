"""Gaps, derived: for each commune, audience and competence, how many people fall short of the required grade.

A gap row can be rebuilt at any time from the states and the required profiles; nobody edits it.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.registry.models import Audience
from chiakhoa.ground.territory.models import Unit


class Gap(models.Model):
    """Of `people` registered, `measured` have a state; `short` is the expected number below the required grade among those.

    `depth` is the sum over measured people of the expected shortfall, in grades; `variance` that of the count `short`.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="gaps")
    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="gaps")
    competence = models.ForeignKey(Competence, on_delete=models.CASCADE, related_name="gaps")
    required = models.PositiveSmallIntegerField()
    people = models.PositiveIntegerField()
    measured = models.PositiveIntegerField()
    short = models.FloatField()
    variance = models.FloatField()
    depth = models.FloatField()
    as_of = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "audience", "competence"], name="gap_once"),
            models.CheckConstraint(condition=Q(measured__lte=F("people")), name="gap_measured_are_people"),
        ]
