"""The ledger of what was observed of each person, and the state that derives from it.

Evidence is only ever added: a database trigger refuses to change it, a correction supersedes. The state (mean and covariance
over the domains of the scale, logits) can be thrown away and rebuilt from the ledger.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chiakhoa.ground.frameworks.models import Domain, Framework
from chiakhoa.ground.registry.models import Person


class EvidenceKind(models.TextChoices):
    """Where an observation comes from; a sitting is a likelihood of answers, a rating a weaker normal observation.

    A withdrawal supersedes an observation and says nothing in its place.
    """

    SITTING = "sitting", _("Test sitting")
    RATING = "rating", _("Supervisor's rating")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class EvidenceRows(models.QuerySet["Evidence"]):
    """The ledger."""

    def standing(self) -> "EvidenceRows":
        """What has a say today: neither superseded nor withdrawn."""
        return self.filter(superseded_by=None).exclude(kind=EvidenceKind.WITHDRAWN)

    def of(self, person: Person) -> "EvidenceRows":
        """Of one person: also what was observed under records that were merged into theirs."""
        return self.filter(person__in=[person.pk, *person.merged.values_list("pk", flat=True)])


class Evidence(models.Model):
    """One observation.

    `content` of a sitting: {"item": [code], "domain": [index], "a": [], "b": [], "c": [], "score": []}, parameters
    frozen, and after a course "variance_before", what the course may have changed;
    of a rating: {"mean": [per domain], "sd": [per domain]} in logits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="evidence")
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=EvidenceKind.choices)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    content = models.JSONField()
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    objects = EvidenceRows.as_manager()

    class Meta:
        ordering: ClassVar = ["occurred_at", "id"]
        indexes: ClassVar = [models.Index(fields=["person", "occurred_at"], name="evidence_of_a_person")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(supersedes=models.F("id")), name="evidence_not_its_own_correction"),
            models.CheckConstraint(
                condition=~Q(kind="withdrawn") | Q(supersedes__isnull=False), name="evidence_withdraws_something"
            ),
        ]


class CompetenceState(models.Model):
    """What the ledger says of a person now. `covariance` is D x D, rows in the order of the domains."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="state")
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    covariance = models.JSONField()
    evidence_count = models.PositiveSmallIntegerField()
    as_of = models.DateTimeField()


class DomainEstimate(models.Model):
    """The mean and standard error (logits) of a person's ability in one domain."""

    state = models.ForeignKey(CompetenceState, on_delete=models.CASCADE, related_name="estimates")
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="+")
    mean = models.FloatField()
    se = models.FloatField()

    class Meta:
        ordering: ClassVar = ["domain__order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["state", "domain"], name="domain_estimate_once"),
            models.CheckConstraint(condition=Q(se__gt=0), name="domain_estimate_has_an_error"),
        ]
