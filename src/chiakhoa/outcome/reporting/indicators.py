"""The indicators: each has a name, a definition in words, and the rows it counts; its value is computed from those rows only.

Nothing here is typed in by hand. What was reported before the platform stands as an indicator of its own, beside the others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Sum, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.mandates.models import BudgetLine, ReportedResult, Task
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory.queries import within
from chiakhoa.measure.evidence.models import Evidence
from chiakhoa.measure.needs.models import Gap
from chiakhoa.measure.needs.queries import ENOUGH
from chiakhoa.outcome.placement.models import Matching, Placement
from chiakhoa.outcome.reporting.periods import Period
from chiakhoa.train.credentials.models import Certificate
from chiakhoa.train.delivery.models import ClassState, Enrolment, EnrolmentState, TrainingClass
from chiakhoa.train.delivery.queries import gain

Rows = QuerySet[Any]
Amount = float | int | None


@dataclass(frozen=True)
class Indicator:
    """`rows` finds what is counted for a reader's reach, a task (None: all) and a period; `value` computes from the rows.

    `place` leads from a row to the unit at which it is counted; empty where the figure belongs to no commune.
    """

    code: str
    name: str | Promise
    definition: str | Promise
    measured_in: str
    rows: Callable[[Reader, Task | None, Period], Rows]
    value: Callable[[Rows], Amount]
    by_task: bool = True
    place: str = ""

    def of(self, reader: Reader, task: Task | None, period: Period) -> tuple[Amount, str, Rows]:
        """The value, the kind of its rows (the model's label), and the rows."""
        rows = self.rows(reader, task, period)
        return self.value(rows), rows.model._meta.label_lower, rows


@dataclass(frozen=True)
class Total:
    """A value that is one aggregate of its rows, so that many of them can be asked for at once (`amounts`)."""

    of: models.Aggregate

    def __call__(self, rows: Rows) -> int:
        """The total; 0 where there are no rows."""
        return _totals([(self, rows)])[0]


def amounts(asked: list[tuple[Indicator, Rows]]) -> list[Amount]:
    """The value of each indicator over its rows, in order; all plain totals come by one query."""
    totals = [(indicator.value, rows) for indicator, rows in asked if isinstance(indicator.value, Total)]
    found = iter(_totals(totals))
    return [next(found) if isinstance(indicator.value, Total) else indicator.value(rows) for indicator, rows in asked]


def _totals(asked: list[tuple[Total, Rows]]) -> list[int]:
    """One UNION of all of them, each row with its place in the list."""
    parts = [
        rows.order_by().annotate(place=Value(place, IntegerField())).values("place").annotate(total=total.of)
        for place, (total, rows) in enumerate(asked)
    ]
    if not parts:
        return []
    found = dict(parts[0].union(*parts[1:], all=True).values_list("place", "total"))
    return [int(found.get(place) or 0) for place in range(len(parts))]


def audiences_of(task: Task | None) -> list[str]:
    """The audiences a task is for, with those that its groups cover; empty where the task names none, or without a task."""
    if task is None:
        return []
    named = task.audiences.all()
    return sorted({row.pk for row in named} | {covered.pk for row in named for covered in row.covers.all()})


def _people(reader: Reader, task: Task | None, period: Period) -> Rows:
    rows = Person.objects.filter(within(reader, "unit"), registered_at__lt=period.ends_before, merged_into__isnull=True)
    audiences = audiences_of(task)
    return rows.filter(audience__in=audiences) if audiences else rows


def _measured(reader: Reader, task: Task | None, period: Period) -> Rows:
    known = Evidence.objects.standing().filter(occurred_at__lt=period.ends_before)
    own, of_merged = known.filter(person=OuterRef("pk")), known.filter(person__merged_into=OuterRef("pk"))
    return _people(reader, task, period).filter(Exists(own) | Exists(of_merged))


def _gaps(reader: Reader, task: Task | None, _period: Period) -> Rows:
    rows = Gap.objects.filter(within(reader, "unit"), measured__gt=0)
    audiences = audiences_of(task)
    return rows.filter(audience__in=audiences) if audiences else rows


def _classes(reader: Reader, task: Task | None, period: Period) -> Rows:
    rows = TrainingClass.objects.filter(
        within(reader, "venue__unit"), state=ClassState.FINISHED, ends_on__range=period.days
    )
    return rows.filter(course__in=task.courses.values("pk")) if task else rows


def _completed(task: Task | None, period: Period) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(
        state=EnrolmentState.COMPLETED,
        training_class__state=ClassState.FINISHED,
        training_class__ends_on__range=period.days,
    )
    return rows.filter(training_class__course__in=task.courses.values("pk")) if task else rows


def _trained(reader: Reader, task: Task | None, period: Period) -> Rows:
    rows = Person.objects.filter(within(reader, "unit"), Exists(_completed(task, period).filter(person=OuterRef("pk"))))
    audiences = audiences_of(task)
    return rows.filter(audience__in=audiences) if audiences else rows


def _certificates(reader: Reader, task: Task | None, period: Period) -> Rows:
    rows = Certificate.objects.filter(within(reader, "person__unit"), issued_on__range=period.days, revocation=None)
    return rows.filter(enrolment__training_class__course__in=task.courses.values("pk")) if task else rows


def _tested_twice(reader: Reader, task: Task | None, period: Period) -> Rows:
    rows = Enrolment.objects.filter(
        within(reader, "person__unit"),
        before__isnull=False,
        after__isnull=False,
        training_class__ends_on__range=period.days,
    )
    return rows.filter(training_class__course__in=task.courses.values("pk")) if task else rows


def _budget(_reader: Reader, task: Task | None, period: Period) -> Rows:
    rows = BudgetLine.objects.filter(year__range=(period.first.year, period.last.year))
    return rows.filter(tasks=task) if task else rows


def _placed(reader: Reader, _task: Task | None, period: Period) -> Rows:
    last = Matching.objects.filter(made_at__lt=period.ends_before).order_by("-made_at", "-id").values("pk")[:1]
    return Placement.objects.filter(within(reader, "application__person__unit"), matching__in=last, placed=True)


def _reported(_reader: Reader, task: Task | None, _period: Period) -> Rows:
    rows = ReportedResult.objects.all()
    return rows.filter(task=task) if task else rows


def _share_short(rows: Rows) -> float | None:
    sums = rows.aggregate(short=Sum("short"), measured=Sum("measured"))
    return sums["short"] / sums["measured"] if (sums["measured"] or 0) >= ENOUGH else None


def _mean_gain(rows: Rows) -> float | None:
    found = gain(rows)
    return found["mean"] if found else None


INDICATORS: dict[str, Indicator] = {
    row.code: row
    for row in (
        Indicator(
            "people_registered", _("People registered"),
            _("People in the register of the unit at the end of the period; for a task, those of its audiences."),
            "people", _people, Total(Count("pk")), place="unit",
        ),
        Indicator(
            "people_measured", _("People measured"),
            _("People registered of whom at least one observation, not superseded since, had occurred by the end of the "
              "period."),
            "people", _measured, Total(Count("pk")), place="unit",
        ),
        Indicator(
            "share_short", _("Share below the required grade"),
            _("Expected number below the required grade, summed over communes, audiences and competences, divided by the "
              "number measured there; as the gaps stand now. Not shown where fewer than 10 were measured."),
            "percent", _gaps, _share_short,
        ),
        Indicator(
            "classes_held", _("Classes held"),
            _("Finished classes whose last day lies in the period, at venues of the unit; for a task, those whose course "
              "serves the task. A course that serves two tasks counts for both."),
            "classes", _classes, Total(Count("pk")), place="venue__unit",
        ),
        Indicator(
            "people_trained", _("People who completed a class"),
            _("People of the unit, each counted once, who completed at least one class that ended in the period; for a "
              "task, a class of its courses, and people of its audiences."),
            "people", _trained, Total(Count("pk")), place="unit",
        ),
        Indicator(
            "certificates_issued", _("Certificates issued"),
            _("Certificates of people of the unit, issued in the period and not revoked; for a task, those of its courses."),
            "certificates", _certificates, Total(Count("pk")), place="person__unit",
        ),
        Indicator(
            "mean_gain", _("Mean gain"),
            _("Mean rise between the tests before and after a class that ended in the period, over people of the unit "
              "with both tests and over all domains, in logits. Not shown for fewer than two people."),
            "logits", _tested_twice, _mean_gain,
        ),
        Indicator(
            "money_planned", _("Money planned"),
            _("Sum of the budget lines of the years that the period touches; for a task, of the lines that may pay for it."),
            "vnd", _budget, Total(Sum("amount_vnd")),
        ),
        Indicator(
            "money_spent", _("Money spent"),
            _("Sum of the computed cost of the classes held; for a task, of those whose course serves the task."),
            "vnd", _classes, Total(Sum("cost_vnd")), place="venue__unit",
        ),
        Indicator(
            "places_matched", _("Places matched"),
            _("Applications of people of the unit that the last matching of the period placed."),
            "people", _placed, Total(Count("pk")), by_task=False, place="application__person__unit",
        ),
        Indicator(
            "reported_before", _("Results reported before this platform"),
            _("Results that documents report as done before this platform; they are not in the other figures."),
            "results", _reported, Total(Count("pk")),
        ),
    )
}  # fmt: skip
