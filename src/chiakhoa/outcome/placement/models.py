"""Agreements between employers and schools, openings, applications, and the stable matching of the two."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.models import Named, Sourced
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.mandates.models import Document
from chiakhoa.ground.registry.models import Audience, Body, Person
from chiakhoa.ground.territory.models import Unit


class Agreement(Named, Sourced):
    """A memorandum and its parties. `signed_on` may rest on an assumed year."""

    code = models.CharField(primary_key=True, max_length=40)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="agreements")
    parties = models.ManyToManyField(Body, related_name="agreements")
    place = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField(null=True)


class Commitment(Named, Sourced):
    """What a party (or all, where `by` is empty) promised."""

    code = models.CharField(primary_key=True, max_length=40)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="commitments")
    by = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="+")
    to = models.ManyToManyField(Body, related_name="+")
    audience = models.ForeignKey(Audience, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["code"]


class OpeningKind(models.TextChoices):
    """What is offered."""

    JOB = "job", _("Paid job")
    INTERNSHIP = "internship", _("Internship")
    FAIR = "fair", _("Recruitment fair")


class OpeningState(models.TextChoices):
    """Whether one may apply, and if not, why."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed by the employer")
    OVER = "over", _("Past its closing day")


class Opening(Named, Sourced):
    """Seats that an employer offers in one place. A fair's seats go to whoever comes first; the others are matched.

    `starts_on` and `lasts_months` are empty where not settled, or without an end. `closed_at` ends applying before
    `closes_on`; whoever has applied by then stays in the matching. `commitment` is the promise it was made from.
    """

    code = models.CharField(primary_key=True, max_length=40)
    employer = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="openings")
    kind = models.CharField(max_length=10, choices=OpeningKind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="openings")
    audiences = models.ManyToManyField(Audience, related_name="openings")
    seats = models.PositiveSmallIntegerField()
    closes_on = models.DateField()
    starts_on = models.DateField(null=True)
    lasts_months = models.PositiveSmallIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    commitment = models.ForeignKey(Commitment, null=True, on_delete=models.PROTECT, related_name="openings")

    class Meta:
        ordering: ClassVar = ["closes_on", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(seats__gt=0), name="opening_has_seats"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(starts_on__gte=F("closes_on")),
                name="opening_starts_after_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(lasts_months__isnull=True) | Q(lasts_months__gt=0), name="opening_lasts_some_time"
            ),
        ]

    def state_on(self, day: date) -> OpeningState:
        """Whether one may apply on the day."""
        if self.closed_at:
            return OpeningState.CLOSED
        return OpeningState.OPEN if day <= self.closes_on else OpeningState.OVER


class OpeningRequirement(models.Model):
    """The grade that an opening asks for in a competence."""

    opening = models.ForeignKey(Opening, on_delete=models.CASCADE, related_name="requirements")
    competence = models.ForeignKey(Competence, on_delete=models.PROTECT, related_name="+")
    grade = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opening", "competence"], name="opening_requirement_once"),
            models.CheckConstraint(condition=Q(grade__gte=1, grade__lte=8), name="opening_requirement_is_a_grade"),
        ]


class Application(models.Model):
    """A person asks for an opening, as their `rank`-th wish. Applying is consent to be shown to that employer.

    A place at a fair is taken besides the wishes and has no rank.
    """

    opening = models.ForeignKey(Opening, on_delete=models.CASCADE, related_name="applications")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="applications")
    rank = models.PositiveSmallIntegerField(null=True)
    applied_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["person", "rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opening", "person"], name="application_once"),
            models.UniqueConstraint(fields=["person", "rank"], name="application_rank_once_per_person"),
        ]


class Matching(models.Model):
    """One run of the stable matching over the applications of that moment."""

    made_at = models.DateTimeField()
    applicants = models.PositiveIntegerField()
    matched = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["-id"]


class Placement(models.Model):
    """What the matching says to one application: placed, or not and why."""

    matching = models.ForeignKey(Matching, on_delete=models.CASCADE, related_name="placements")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="placements")
    placed = models.BooleanField()
    score = models.FloatField()
    reason = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matching", "application"], name="placement_once_per_matching")
        ]
