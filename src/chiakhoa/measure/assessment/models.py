"""The item bank and the sittings. Item parameters are frozen into each answer: a new calibration changes no issued result."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.models import Bilingual
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.evidence.models import Evidence


class ItemKind(models.TextChoices):
    """How an item is answered."""

    SINGLE = "single", _("Choose one")
    MULTIPLE = "multiple", _("Choose all that are right")
    ORDERING = "ordering", _("Put in order")
    MATCHING = "matching", _("Match the pairs")


class ItemState(models.TextChoices):
    """The life of an item."""

    LIVE = "live", _("Live")
    RETIRED = "retired", _("Retired")


class Item(Bilingual, models.Model):
    """A question. `content` holds options (or pairs) in both languages with the reason of each; `key` the right answer.

    a, b, c: slope (1/logit), difficulty (logits), guessing. `calibrated` is False while b is the author's grade.
    """

    code = models.CharField(primary_key=True, max_length=12)
    competence = models.ForeignKey(Competence, on_delete=models.PROTECT, related_name="items")
    grade = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ItemKind.choices)
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.LIVE)
    stem_vi = models.TextField()
    stem_en = models.TextField()
    learn_vi = models.TextField(blank=True)
    learn_en = models.TextField(blank=True)
    content = models.JSONField()
    key = models.JSONField()
    a = models.FloatField()
    b = models.FloatField()
    c = models.FloatField()
    calibrated = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(a__gt=0, c__gte=0, c__lt=1), name="item_parameters_in_range")
        ]


class Purpose(models.TextChoices):
    """Why somebody sits the test."""

    PRACTICE = "practice", _("Practice")
    BASELINE = "baseline", _("Baseline")
    BEFORE = "before", _("Before a course")
    AFTER = "after", _("After a course")


class SittingState(models.TextChoices):
    """The life of a sitting."""

    OPEN = "open", _("In progress")
    FINISHED = "finished", _("Finished")


class Sitting(models.Model):
    """One person's adaptive test. `seed` makes the choice of items repeatable; a finished sitting has its evidence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sittings")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    state = models.CharField(max_length=8, choices=SittingState.choices, default=SittingState.OPEN)
    seed = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    evidence = models.OneToOneField(Evidence, null=True, on_delete=models.PROTECT, related_name="sitting")
    mean = models.JSONField(default=list)
    covariance = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-started_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="open"), name="sitting_open_once_per_person"),
            models.CheckConstraint(
                condition=Q(state="open", evidence__isnull=True, finished_at__isnull=True)
                | Q(state="finished", evidence__isnull=False, finished_at__isnull=False),
                name="sitting_evidence_iff_finished",
            ),
        ]


class Answer(models.Model):
    """The answer to one item: `position` counts from 1; `score` empty while the item is shown and not answered."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    a = models.FloatField()
    b = models.FloatField()
    c = models.FloatField()
    given = models.JSONField(null=True)
    score = models.FloatField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        indexes: ClassVar = [models.Index(fields=["item", "score"], name="answer_by_item_and_score")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sitting", "position"], name="answer_position_once"),
            models.UniqueConstraint(fields=["sitting", "item"], name="answer_item_once_per_sitting"),
            models.CheckConstraint(
                condition=Q(score__isnull=True, answered_at__isnull=True)
                | Q(score__gte=0, score__lte=1, answered_at__isnull=False),
                name="answer_scored_iff_answered",
            ),
        ]
