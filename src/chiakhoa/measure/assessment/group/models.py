"""The test of 12 questions that a group takes from one link: who took part is nowhere to be found.

No row here names a person, an account, an address or a moment, and none can be led to evidence. What was chosen is not
kept, only whether it was right.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

KEY_LENGTH = 8


class GroupTest(models.Model):
    """A link for one group: open until the end of a day, or until somebody closes it. `key` stands in the link."""

    key = models.CharField(max_length=KEY_LENGTH, unique=True)
    name = models.CharField(max_length=120)
    unit = models.ForeignKey("territory.Unit", on_delete=models.PROTECT, related_name="group_tests")
    audience = models.ForeignKey("registry.Audience", on_delete=models.PROTECT, related_name="group_tests")
    language = models.CharField(max_length=2, choices=[("vi", "Tiếng Việt"), ("en", "English")])
    opened_on = models.DateField()
    open_until = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["-opened_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(open_until__gte=F("opened_on")), name="group_test_open_for_a_day_at_least"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="group_test_closed_after_opened",
            ),
            models.CheckConstraint(condition=Q(language__in=["vi", "en"]), name="group_test_in_a_language_we_have"),
        ]

    def __str__(self) -> str:
        return self.name


class RunState(models.TextChoices):
    """The life of a run."""

    OPEN = "open", _("In progress")
    FINISHED = "finished", _("Finished")


class GroupRun(models.Model):
    """Somebody's twelve questions. The unguessable id is the only way back to it; the day is the only time it knows.

    `number` counts the finished runs of the test in their order, so that a result can be said of whole fives of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    test = models.ForeignKey(GroupTest, on_delete=models.CASCADE, related_name="runs")
    day = models.DateField()
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.OPEN)
    number = models.PositiveIntegerField(null=True)
    seed = models.PositiveIntegerField()
    mean = models.JSONField()
    covariance = models.JSONField()

    class Meta:
        ordering: ClassVar = ["test", "number", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["test", "number"], name="group_run_number_once"),
            models.CheckConstraint(
                condition=Q(state="open", number__isnull=True)
                | Q(state="finished", number__isnull=False, number__gte=1),
                name="group_run_numbered_iff_finished",
            ),
        ]


class GroupAnswer(models.Model):
    """Whether one question of a run was right; `score` empty while it is shown. Parameters are those of the day."""

    run = models.ForeignKey(GroupRun, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey("assessment.Item", on_delete=models.PROTECT, related_name="group_answers")
    position = models.PositiveSmallIntegerField()
    a = models.FloatField()
    b = models.FloatField()
    c = models.FloatField()
    score = models.FloatField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "position"], name="group_answer_position_once"),
            models.UniqueConstraint(fields=["run", "item"], name="group_answer_item_once"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__in=[0.0, 1.0]), name="group_answer_right_or_wrong"
            ),
        ]
