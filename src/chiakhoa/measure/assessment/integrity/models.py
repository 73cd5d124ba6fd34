"""Signs of irregularity: when an exam was gone through, what was found, what a person made of it; items through time."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ConcernKind(models.TextChoices):
    """What a sign of irregularity is about."""

    RAPID = "rapid", _("Answers faster than one can read")
    MISFIT = "misfit", _("Answers that do not fit together")
    ALIKE = "alike", _("Two seats that answered alike")
    LEAK = "leak", _("A question that has become easier")


class ConcernState(models.TextChoices):
    """What a person made of it."""

    OPEN = "open", _("To be looked at")
    DISMISSED = "dismissed", _("No irregularity")
    UPHELD = "upheld", _("Irregularity found")


class IntegrityCheck(models.Model):
    """When the answers of an exam were gone through, and how many seats or pairs each kind of sign could judge.

    `assumed_items` of `items` have parameters that nobody has measured: for them the stated rates are not certain.
    """

    exam = models.OneToOneField("assessment.Exam", on_delete=models.CASCADE, primary_key=True, related_name="integrity")
    checked_at = models.DateTimeField()
    judged = models.JSONField(default=dict)
    items = models.PositiveSmallIntegerField()
    assumed_items = models.PositiveSmallIntegerField()


class Concern(models.Model):
    """A sign that something was not as it should be, and what a person decided. Nothing follows from it by itself.

    `p` is corrected for all that were asked about at once, `rate` the false alarms it was held against. `details` freezes what
    is drawn. A sitting is declared void over a concern only by a second person, not by the one who upheld it.
    """

    exam = models.ForeignKey("assessment.Exam", null=True, on_delete=models.CASCADE, related_name="concerns")
    kind = models.CharField(max_length=6, choices=ConcernKind.choices)
    seat = models.ForeignKey("assessment.Seat", null=True, on_delete=models.CASCADE, related_name="concerns")
    other = models.ForeignKey("assessment.Seat", null=True, on_delete=models.CASCADE, related_name="concerns_beside")
    item = models.ForeignKey("assessment.Item", null=True, on_delete=models.PROTECT, related_name="concerns")
    statistic = models.FloatField()
    p = models.FloatField()
    rate = models.FloatField()
    details = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=ConcernState.choices, default=ConcernState.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.BigIntegerField(null=True)
    decided_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    voided_by = models.BigIntegerField(null=True)
    voided_name = models.CharField(max_length=200, blank=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-found_at", "p", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["rapid", "misfit"], exam__isnull=False, seat__isnull=False, other=None, item=None)
                | Q(kind="alike", exam__isnull=False, seat__isnull=False, other__isnull=False, item=None)
                | Q(kind="leak", exam=None, seat=None, other=None, item__isnull=False),
                name="concern_is_about_its_kind",
            ),
            models.CheckConstraint(condition=Q(p__gte=0, p__lte=models.F("rate")), name="concern_is_below_its_rate"),
            models.CheckConstraint(
                condition=Q(state="open", decided_by=None, decided_at=None)
                | (~Q(state="open") & ~Q(reason="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="concern_is_decided_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(voided_by=None, voided_at=None)
                | (Q(state="upheld", voided_at__isnull=False) & ~Q(voided_by=models.F("decided_by"))),
                name="concern_voids_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["kind", "seat"], condition=Q(kind__in=["rapid", "misfit"]), name="concern_once_per_seat"
            ),
            models.UniqueConstraint(fields=["seat", "other"], condition=Q(kind="alike"), name="concern_once_per_pair"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(kind="leak", state="open"), name="concern_open_once_per_item"
            ),
        ]


class ItemWatch(models.Model):
    """How an item has fared through time when last looked at: the share right beside what its parameters say.

    `path` is the risk-adjusted sum at up to sixty moments, `p` the chance that it rises as high where nothing got out.
    """

    item = models.OneToOneField("assessment.Item", on_delete=models.CASCADE, primary_key=True, related_name="watch")
    as_of = models.DateTimeField()
    answers = models.PositiveIntegerField()
    right = models.FloatField()
    expected = models.FloatField()
    p = models.FloatField()
    path = models.JSONField(default=list)
