"""The item bank and the sittings. Item parameters are frozen into each answer: a new calibration changes no issued result."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.models import Bilingual
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory.models import Unit
from chiakhoa.measure.evidence.models import Evidence


class ItemKind(models.TextChoices):
    """How an item is answered."""

    SINGLE = "single", _("Choose one")
    MULTIPLE = "multiple", _("Choose all that are right")
    ORDERING = "ordering", _("Put in order")
    MATCHING = "matching", _("Match the pairs")
    SHORT = "short", _("Write a short answer")
    HOTSPOT = "hotspot", _("Point at a place on the screen")
    TASK = "task", _("Do a small task")


class ItemState(models.TextChoices):
    """The life of an item: written, read by a second person, tried out without counting, counted, taken out."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("Waiting for a reviewer")
    PILOT = "pilot", _("Being tried out")
    LIVE = "live", _("Live")
    RETIRED = "retired", _("Retired")


class Item(Bilingual, models.Model):
    """A question. `content` holds options (or pairs) in both languages with the reason of each; `key` the right answer.

    A short answer and the fields of a task state in `content` how they are marked and what else is accepted; `key` is one
    right answer all the same. A hot spot is a single choice whose options have a place on the drawn `screen`.

    a, b, c: slope (1/logit), difficulty (logits), guessing. `calibrated` is False while b is the author's grade; else `se_a` and
    `se_b` say how sure a and b are, from `calibrated_on` answers. `written_by` is the account of its author; `shipped` items come
    from the item files. `eligibility` is the chance with which a test may choose the item at all (see `exposure`); of one
    `enemy_set` a test shows one item at most, for they give one another's answer away. A text that was answered is never changed
    (a trigger refuses it): a new version `supersedes` the old one.
    """

    code = models.CharField(primary_key=True, max_length=12)
    competence = models.ForeignKey(Competence, on_delete=models.PROTECT, related_name="items")
    grade = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ItemKind.choices)
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.DRAFT)
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
    se_a = models.FloatField(null=True)
    se_b = models.FloatField(null=True)
    calibrated_on = models.PositiveIntegerField(null=True)
    shipped = models.BooleanField(default=False, db_default=False)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="successor")
    written_by = models.BigIntegerField(null=True)
    writer = models.CharField(max_length=200, blank=True)
    eligibility = models.FloatField(default=1.0, db_default=1.0)
    enemy_set = models.CharField(max_length=12, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(a__gt=0, c__gte=0, c__lt=1), name="item_parameters_in_range"),
            models.CheckConstraint(
                condition=Q(eligibility__gt=0, eligibility__lte=1), name="item_eligibility_is_chance"
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("code")), name="item_supersedes_another"
            ),
        ]


class ItemStep(models.Model):
    """One line of an item's history: who took it from which state to which, when, what they said. `before` is empty at birth.

    A step from a state to itself is a change of the text of a draft, or of the parameters of an item being tried out.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200, blank=True)
    before = models.CharField(max_length=8, choices=ItemState.choices, blank=True)
    after = models.CharField(max_length=8, choices=ItemState.choices)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    @property
    def note_said(self) -> str:
        """The note; one that the program wrote, in the language of the page."""
        return gettext(self.note) if self.note else ""


class ItemReview(models.Model):
    """What a second person says of an item. The database refuses a reviewer who wrote it."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="reviews")
    at = models.DateTimeField()
    written_by = models.BigIntegerField(null=True)
    reviewer = models.BigIntegerField()
    reviewer_name = models.CharField(max_length=200, blank=True)
    agrees = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(written_by__isnull=True) | ~Q(reviewer=F("written_by")),
                name="item_reviewed_by_a_second_person",
            )
        ]


class ItemComment(models.Model):
    """A remark on an item, for those who answer for the bank."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="comments")
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=1000)

    class Meta:
        ordering: ClassVar = ["id"]


class Purpose(models.TextChoices):
    """Why somebody sits the test."""

    PRACTICE = "practice", _("Practice")
    BASELINE = "baseline", _("Baseline")
    BEFORE = "before", _("Before a course")
    AFTER = "after", _("After a course")
    CERTIFICATION = "certification", _("Certification")


class SittingState(models.TextChoices):
    """The life of a sitting."""

    OPEN = "open", _("In progress")
    FINISHED = "finished", _("Finished")
    VOID = "void", _("Void")


class Sitting(models.Model):
    """One person's adaptive test. `seed` makes the choice of items repeatable; a finished sitting has its evidence.

    `reserve` are the items that a page may ask while it has no network. A void sitting has no say: it has no evidence, or
    evidence that a later row supersedes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sittings")
    purpose = models.CharField(max_length=13, choices=Purpose.choices)
    state = models.CharField(max_length=8, choices=SittingState.choices, default=SittingState.OPEN)
    seed = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    evidence = models.OneToOneField(Evidence, null=True, on_delete=models.PROTECT, related_name="sitting")
    mean = models.JSONField(default=list)
    covariance = models.JSONField(default=list)
    reserve = models.JSONField(default=list)
    waits: "Answer | None" = None  # no column: the question that the action which returns the sitting has just shown

    class Meta:
        ordering: ClassVar = ["-started_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="open") & ~Q(purpose="certification"),
                name="sitting_open_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="open", purpose="certification"),
                name="sitting_in_one_exam_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="open", evidence__isnull=True, finished_at__isnull=True)
                | Q(state="finished", evidence__isnull=False, finished_at__isnull=False)
                | Q(state="void"),
                name="sitting_evidence_iff_finished",
            ),
        ]


class Answer(models.Model):
    """The answer to one item: `position` counts from 1; `score` empty while the item is shown and not answered.

    `seconds` from the item's showing to its answer, as far as known; `offline` where the page had no network then,
    `left_out` where the sitting was scored again without it, `pilot` where the item was being tried out: it never counts.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    a = models.FloatField()
    b = models.FloatField()
    c = models.FloatField()
    given = models.JSONField(null=True)
    score = models.FloatField(null=True)
    shown_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    offline = models.BooleanField(default=False, db_default=False)
    left_out = models.BooleanField(default=False, db_default=False)
    pilot = models.BooleanField(default=False, db_default=False)

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


class ExamState(models.TextChoices):
    """The life of an exam."""

    WAITING = "waiting", _("People take their seats")
    RUNNING = "running", _("Exam running")
    CLOSED = "closed", _("Exam closed")


class Exam(models.Model):
    """Several people tested under the eyes of an invigilator, in one room; `code` is the room's code of the day.

    `minutes` is the time of each person, before what they are given more of.
    """

    title = models.CharField(max_length=120)
    code = models.CharField(max_length=6)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="exams")
    held_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    seats = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=ExamState.choices, default=ExamState.WAITING)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-held_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=~Q(state="closed"), name="exam_code_once_while_open"),
            models.CheckConstraint(condition=Q(minutes__gt=0, seats__gt=0), name="exam_has_time_and_seats"),
        ]

    def __str__(self) -> str:
        return self.title


class Seat(models.Model):
    """A person in an exam. The clock: begun, stopped while paused, with what was given more of."""

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="taken")
    number = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="seats")
    sitting = models.OneToOneField(Sitting, null=True, on_delete=models.SET_NULL, related_name="seat")
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    paused_seconds = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exam", "number"], name="seat_number_once"),
            models.UniqueConstraint(fields=["exam", "person"], name="seat_once_per_person"),
        ]


class IncidentKind(models.TextChoices):
    """What happened in an exam."""

    PAUSE = "pause", _("Paused")
    RESUME = "resume", _("Resumed")
    EXTRA_TIME = "extra_time", _("More time")
    OFFLINE = "offline", _("Answered without a network")
    VOID = "void", _("Declared void")
    RESCORED = "rescored", _("Scored again")
    NOTE = "note", _("Note")


class Incident(models.Model):
    """One line of the log of an exam; of the whole room, or of one seat."""

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="incidents")
    seat = models.ForeignKey(Seat, null=True, on_delete=models.CASCADE, related_name="incidents")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=IncidentKind.choices)
    text = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]


class Accommodation(models.Model):
    """What a person has a right to in any test: more time (percent), large print."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="accommodation")
    extra_time = models.PositiveSmallIntegerField(default=0)
    large_print = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(extra_time__lte=100), name="accommodation_at_most_double_time")
        ]


class Flag(models.Model):
    """Somebody in a test says that something is wrong with the item."""

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="flag")
    text = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()


class BankMark(models.Model):
    """One row: a mark that the database changes with every change of an item, so that processes may keep the bank."""

    mark = models.CharField(max_length=36)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="bank_mark_is_one_row")]


# Tables of their own files, which Django looks for here.
from chiakhoa.measure.assessment.calibration.models import CalibratedItem, Calibration, CalibrationState  # noqa: E402, F401
from chiakhoa.measure.assessment.group.models import GroupAnswer, GroupRun, GroupTest  # noqa: E402, F401
from chiakhoa.measure.assessment.integrity.models import (  # noqa: E402, F401
    Concern,
    ConcernKind,
    ConcernState,
    IntegrityCheck,
    ItemWatch,
)
