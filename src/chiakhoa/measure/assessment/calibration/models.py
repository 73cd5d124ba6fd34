"""Calibrations of the live bank, kept for good: what each found of every item, and what people made of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CalibrationState(models.TextChoices):
    """The life of a calibration."""

    RUNNING = "running", _("Being computed")
    READY = "ready", _("Waits for a second person")
    ADOPTED = "adopted", _("Adopted")
    REJECTED = "rejected", _("Not adopted")


class Calibration(models.Model):
    """One calibration. `report` holds what it says of the bank as a whole; `is_open` is true while it waits, else empty.

    Adopting it changes the parameters of tests that begin from then on, and nothing that was begun or answered.
    """

    state = models.CharField(max_length=8, choices=CalibrationState.choices, default=CalibrationState.RUNNING)
    is_open = models.BooleanField(null=True, default=True, unique=True)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField()
    asked_name = models.CharField(max_length=200, blank=True)
    job = models.BigIntegerField(null=True)
    found_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decided_name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "ready"], is_open=True, decided_by=None, decided_at=None)
                | (Q(state__in=["adopted", "rejected"], is_open=None, decided_by__isnull=False, decided_at__isnull=False)
                   & ~Q(reason="")),
                name="calibration_is_open_or_decided_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "adopted"]) | Q(found_at__isnull=False), name="calibration_is_found_first"
            ),
            models.CheckConstraint(
                condition=~Q(state="adopted") | ~Q(decided_by=F("asked_by")), name="calibration_adopted_by_a_second_person"
            ),
        ]  # fmt: skip


class CalibratedItem(models.Model):
    """What a calibration found of one item, beside what stood before. An anchor keeps its parameters and holds the scale.

    `dif` : [{"by": "sex", "group": "F", "shift": 0.4, "letter": "B"}, ...], one for each group against the largest.
    """

    calibration = models.ForeignKey(Calibration, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey("assessment.Item", on_delete=models.PROTECT, related_name="calibrations")
    answers = models.PositiveIntegerField()
    is_anchor = models.BooleanField()
    old_a = models.FloatField()
    old_b = models.FloatField()
    was_calibrated = models.BooleanField()
    a = models.FloatField()
    b = models.FloatField()
    se_a = models.FloatField(null=True)
    se_b = models.FloatField(null=True)
    infit = models.FloatField(null=True)
    outfit = models.FloatField(null=True)
    dif = models.JSONField(default=list)
    is_flagged = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["item"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calibration", "item"], name="calibrated_once_in_a_calibration"),
            models.CheckConstraint(condition=Q(a__gt=0), name="calibrated_slope_is_positive"),
        ]

    @property
    def moved(self) -> float:
        """By how many logits the difficulty differs from before."""
        return self.b - self.old_b
