"""Reports and their frozen figures. A figure keeps its definition, its value and the keys of the rows behind it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.models import Named
from chiakhoa.ground.mandates.models import Document, Task
from chiakhoa.ground.territory.models import Unit


class ReportState(models.TextChoices):
    """A draft is recomputed, a frozen report never."""

    DRAFT = "draft", _("Draft")
    FROZEN = "frozen", _("Frozen")


class Report(models.Model):
    """An official report on a document over a span of days and a unit."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="reports")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reports")
    period_from = models.DateField()
    period_to = models.DateField()
    state = models.CharField(max_length=8, choices=ReportState.choices, default=ReportState.DRAFT)
    made_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="draft", frozen_at__isnull=True) | Q(state="frozen", frozen_at__isnull=False),
                name="report_frozen_has_its_moment",
            )
        ]


class Figure(Named):
    """One number of a report: indicator, task, value, the definition in words, and the rows it counts."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="figures")
    indicator = models.CharField(max_length=40)
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="+")
    value = models.FloatField(null=True)
    unit_label = models.CharField(max_length=30)
    target = models.FloatField(null=True)
    definition_vi = models.TextField()
    definition_en = models.TextField()
    rows_kind = models.CharField(max_length=60)
    rows = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "indicator", "task"], name="figure_once_per_report")
        ]
