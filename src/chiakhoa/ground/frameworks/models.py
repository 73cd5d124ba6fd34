"""Frameworks of competence: domains, competences, grades with cut scores, can-do, crosswalks, required profiles.

One framework is the measuring scale (Thông tư 02/2025); the others are reached by crosswalk. What is uncertain says so.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from chiakhoa.foundation.models import Bilingual, Named
from chiakhoa.ground.registry.models import Audience


class Framework(Named):
    """A published framework in one version. `meta` keeps its document, sources and certainty as loaded."""

    code = models.CharField(primary_key=True, max_length=20)
    version = models.CharField(max_length=20)
    document = models.CharField(max_length=80)
    is_scale = models.BooleanField(default=False)
    complete = models.BooleanField(default=True)
    meta = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-is_scale", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_scale"], condition=Q(is_scale=True), name="framework_scale_is_one")
        ]


class Domain(Named):
    """A domain (area, group of modules) of a framework. `order` counts from 0: the engine's index of the domain."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="domains")
    code = models.CharField(max_length=20)
    order = models.PositiveSmallIntegerField()
    descriptor_vi = models.TextField(blank=True)
    descriptor_en = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["framework", "order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["framework", "code"], name="domain_code_once"),
            models.UniqueConstraint(fields=["framework", "order"], name="domain_order_once"),
        ]


class Competence(Named):
    """A competence (module, skill). `certainty` is high, medium, low, or the status the source gives it."""

    domain = models.ForeignKey(Domain, on_delete=models.CASCADE, related_name="competences")
    code = models.CharField(max_length=20)
    order = models.PositiveSmallIntegerField()
    descriptor_vi = models.TextField(blank=True)
    descriptor_en = models.TextField(blank=True)
    certainty = models.CharField(max_length=20, default="high")
    name_variants = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["domain__order", "order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["domain", "code"], name="competence_code_once")]

    @property
    def domain_index(self) -> int:
        """The engine's index of the domain it loads on."""
        return self.domain.order


class Grade(Bilingual, models.Model):
    """A grade of the scale. `cut` is the least ability (logits) that reaches it; the lowest grade has a cut too."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="grades")
    number = models.PositiveSmallIntegerField()
    level_code = models.CharField(max_length=4)
    level_vi = models.CharField(max_length=40)
    level_en = models.CharField(max_length=40)
    short = models.CharField(max_length=6)
    autonomy_vi = models.TextField()
    autonomy_en = models.TextField()
    complexity_vi = models.TextField()
    complexity_en = models.TextField()
    cut = models.FloatField()

    class Meta:
        ordering: ClassVar = ["framework", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["framework", "number"], name="grade_number_once")]


class CanDo(Bilingual, models.Model):
    """What someone at this level says of themself, in the first person."""

    competence = models.ForeignKey(Competence, on_delete=models.CASCADE, related_name="can_do")
    level_code = models.CharField(max_length=4)
    text_vi = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["competence", "level_code"], name="can_do_once")]


class CrosswalkEdge(Bilingual, models.Model):
    """How a competence of the scale stands to one of another framework; without `to` it is a stated gap."""

    source = models.ForeignKey(Competence, on_delete=models.CASCADE, related_name="edges")
    target = models.ForeignKey(Competence, null=True, on_delete=models.CASCADE, related_name="edges_in")
    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="edges_in")
    relation = models.CharField(max_length=10)
    reason_vi = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=300)
    confidence = models.CharField(max_length=10, default="medium")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target"], name="crosswalk_edge_once"),
            models.CheckConstraint(
                condition=Q(target__isnull=False) | Q(relation="none"), name="crosswalk_gap_has_no_relation"
            ),
        ]


class RequiredProfile(Bilingual, models.Model):
    """The grades an audience needs. A proposal says so until the province has reviewed it."""

    audience = models.OneToOneField(Audience, on_delete=models.CASCADE, related_name="profile")
    status = models.CharField(max_length=12, default="proposal")
    reason_vi = models.TextField()
    reason_en = models.TextField()


class RequiredGrade(models.Model):
    """The grade a profile asks for in one competence."""

    profile = models.ForeignKey(RequiredProfile, on_delete=models.CASCADE, related_name="required")
    competence = models.ForeignKey(Competence, on_delete=models.CASCADE, related_name="required_by")
    grade = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "competence"], name="required_grade_once"),
            models.CheckConstraint(condition=Q(grade__gte=1, grade__lte=8), name="required_grade_is_1_to_8"),
        ]
