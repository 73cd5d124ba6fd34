"""Tables of the foundation (the trail, the jobs) and the abstract rows that steps build on."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.sourced import in_language


class Bilingual:
    """`self.said("reason")` is reason_vi or reason_en, in the language of the page; Vietnamese where English is missing."""

    def said(self, field: str) -> str:
        """The field's text in the active language."""
        vietnamese = str(getattr(self, f"{field}_vi") or "")
        if (get_language() or "vi").startswith("vi"):
            return vietnamese
        return str(getattr(self, f"{field}_en") or "") or vietnamese


class Named(Bilingual, models.Model):
    """A row with a name in both languages."""

    name_vi = models.CharField(max_length=400)
    name_en = models.CharField(max_length=400, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.said("name")


class Sourced(models.Model):
    """A row that says where it comes from: a sentence of the report by number, another source, or an assumption.

    `sure` is high, medium, low or assumed; an assumed row gives its reason. Pages show `reason_said` and `source_said`.
    """

    sentence = models.PositiveSmallIntegerField(null=True, blank=True)
    also_sentences = models.JSONField(default=list, blank=True)
    assumed = models.BooleanField(default=False)
    sure = models.CharField(max_length=10, blank=True)
    source = models.TextField(blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def reason_said(self) -> str:
        """The reason in the active language."""
        return in_language(self.reason)

    @property
    def source_said(self) -> str:
        """The source in the active language."""
        return in_language(self.source)


class Dated(models.Model):
    """A row in force over a half-open span of days: `valid_from` counted, `valid_to` not; empty is unbounded."""

    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="%(app_label)s_%(class)s_ends_after_it_begins",
            )
        ]


class AuditEntry(models.Model):
    """One act or one view of a personal record. A database trigger refuses to delete it, and to change it but by emptying it.

    `number` is its place in the chain, `seal` what binds it to the row before (see `foundation.chain`); `person_id` is
    the person whom it concerns, if it concerns one. `salt` is chance that goes into the seal: once a row is emptied and its
    salt gone, nobody can try names on the seal, not even with the installation's secret.
    """

    number = models.BigIntegerField(unique=True)
    seal = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    account_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=45, blank=True)
    verb = models.CharField(max_length=60)
    thing_kind = models.CharField(max_length=60)
    thing_key = models.CharField(max_length=60, blank=True)
    person_id = models.BigIntegerField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    salt = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["thing_kind", "thing_key"], name="audit_by_thing"),
            models.Index(fields=["person_id", "number"], name="audit_by_person"),
        ]
        ordering: ClassVar = ["-id"]


class Emptied(models.Model):
    """A row of the trail lost its words because somebody was erased: `remains` seals what is left of it. Only ever added.

    A row may be emptied more than once (of who did it, of whom it was done to); the latest tells.
    """

    number = models.BigIntegerField(db_index=True)
    remains = models.CharField(max_length=64)


class TrailHead(models.Model):
    """The end of the trail: how many rows there are and the last seal. One row, which whoever appends locks first."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    length = models.BigIntegerField(default=0)
    seal = models.CharField(max_length=64, blank=True)
    proof = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="trail_has_one_end")]


class Attempt(models.Model):
    """A try at a door that was not right, or not yet: see `foundation.doors`. `key` is a keyed digest of whose it was."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "at"], name="attempt_by_key")]


class SentForm(models.Model):
    """A form that was sent and done: see `foundation.sent`. `key` names the form, `body` is a digest of what was filled in."""

    key = models.CharField(max_length=64, primary_key=True)
    body = models.CharField(max_length=64)
    answered = models.BooleanField()
    answer = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(db_index=True)


class JobState(models.TextChoices):
    """The life of a job."""

    READY = "ready", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Job(models.Model):
    """A piece of background work, its progress and its lease. A job may run twice: every task is safe to repeat."""

    task = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    label = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.READY, db_index=True)
    account_id = models.BigIntegerField(null=True)
    reader = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=400, blank=True)
    error = models.TextField(blank=True)
    result_url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="job_running_holds_a_lease"
            )
        ]

    @property
    def percent(self) -> int:
        """How far the job is, 0 to 100."""
        if self.state == JobState.DONE:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0
