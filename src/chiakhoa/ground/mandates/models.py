"""Documents and what they order: solutions, tasks with lead and partners, activities, targets, money, reported results.

Progress is not stored here: reporting computes it from rows of later steps.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.models import Named, Sourced
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.ground.registry.models import Audience, Body
from chiakhoa.ground.territory.models import Unit

SAYS_WHERE_FROM = Q(sentence__isnull=False) | ~Q(source="") | (Q(assumed=True) & ~Q(reason=""))


class DocumentKind(models.TextChoices):
    """What kind of document it is."""

    RESOLUTION = "resolution", _("Resolution")
    PLAN = "plan", _("Plan of a body")
    DECISION = "decision", _("Decision")
    PROGRAMME = "programme", _("Programme")
    DIRECTIVE = "directive", _("Directive")
    MEMORANDUM = "memorandum", _("Memorandum")
    VARIOUS = "various", _("Other")


class Document(Named, Sourced):
    """A resolution, plan or memorandum. `facts` were found elsewhere, each with its source and how sure it is."""

    code = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=20, choices=DocumentKind.choices)
    number = models.CharField(max_length=40, blank=True)
    issuer = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="documents")
    issued_on = models.DateField(null=True)
    facts = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["code"]


class StatementKind(models.TextChoices):
    """What a statement of the programme is."""

    FINDING = "finding", _("Finding")
    GOAL = "goal", _("Goal")
    RANK = "rank", _("Rank")
    LINKED_TRAINING = "linked_training", _("Linked training")
    SOLUTION = "solution", _("Solution")
    MISSING = "missing", _("Not in the report")


class Statement(Named, Sourced):
    """A finding, goal, rank or solution that the programme states. A rank has `value` of `out_of`."""

    code = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=16, choices=StatementKind.choices)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="statements")
    audience = models.ForeignKey(Audience, null=True, on_delete=models.PROTECT, related_name="+")
    value = models.IntegerField(null=True)
    out_of = models.IntegerField(null=True)
    stated_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["sentence", "code"]


class TaskKind(models.TextChoices):
    """A task of the plan, or a next step that was announced."""

    TASK = "task", _("Task")
    NEXT_STEP = "next_step", _("Next step")


class Task(Named, Sourced):
    """Something a body was told to do, for whom, with whom."""

    code = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=10, choices=TaskKind.choices)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="tasks")
    solution = models.ForeignKey(Statement, null=True, on_delete=models.PROTECT, related_name="tasks")
    lead = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="led_tasks")
    lead_role_vi = models.CharField(max_length=20, blank=True)
    partners = models.ManyToManyField(Body, related_name="partnered_tasks")
    audiences = models.ManyToManyField(Audience, related_name="tasks")
    courses = models.ManyToManyField(Course, related_name="tasks")

    class Meta:
        ordering: ClassVar = ["-kind", "sentence", "code"]


class Activity(Named, Sourced):
    """What is taught or used under a task; steps of a process carry an order, topics belong to a next step."""

    code = models.CharField(primary_key=True, max_length=40)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="activities")
    kind = models.CharField(max_length=12)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["task", "order", "code"]


class Counted(models.TextChoices):
    """The indicators of reporting that a target may be set on: counts that grow with the work for one task."""

    PEOPLE_TRAINED = "people_trained", _("People who completed a class")
    CERTIFICATES_ISSUED = "certificates_issued", _("Certificates issued")
    CLASSES_HELD = "classes_held", _("Classes held")
    PEOPLE_MEASURED = "people_measured", _("People measured")
    PEOPLE_REGISTERED = "people_registered", _("People registered")


class Target(Named, Sourced):
    """How much of an indicator a task must reach, for whom, where, by when."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="targets")
    code = models.CharField(primary_key=True, max_length=40)
    indicator = models.CharField(max_length=40, choices=Counted.choices)
    audience = models.ForeignKey(Audience, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveIntegerField()
    due_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["due_on", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="target_asks_for_something"),
            models.CheckConstraint(condition=Q(indicator__in=Counted.values), name="target_counts_something_known"),
            models.CheckConstraint(condition=SAYS_WHERE_FROM, name="target_says_where_it_comes_from"),
        ]


class BudgetLine(Named, Sourced):
    """Money of one year that may pay the classes of its tasks. Integer đồng."""

    code = models.CharField(primary_key=True, max_length=40)
    year = models.PositiveSmallIntegerField()
    amount_vnd = models.BigIntegerField()
    tasks = models.ManyToManyField(Task, related_name="budget_lines")
    audiences = models.ManyToManyField(Audience, related_name="budget_lines")

    class Meta:
        ordering: ClassVar = ["year", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_vnd__gte=0), name="budget_is_not_negative"),
            models.CheckConstraint(condition=SAYS_WHERE_FROM, name="budget_says_where_it_comes_from"),
        ]


class ReportedResult(Named, Sourced):
    """What was reported as done before this platform; `value` empty where no number was given."""

    code = models.CharField(primary_key=True, max_length=40)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="reported_results")
    audience = models.ForeignKey(Audience, null=True, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveIntegerField(null=True)
    measure = models.CharField(max_length=30)

    class Meta:
        ordering: ClassVar = ["code"]
