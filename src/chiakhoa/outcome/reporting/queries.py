"""Reading reports and progress: what a reader's unit has reached of each target, in money and in rows.

A state is computed, never typed: see `state_of`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Model, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.mandates.models import BudgetLine, ReportedResult, Target, Task
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory.queries import subtree, within
from chiakhoa.outcome.reporting.indicators import INDICATORS, Amount, Indicator, Total, amounts
from chiakhoa.outcome.reporting.models import Figure, Report
from chiakhoa.outcome.reporting.periods import Period
from chiakhoa.train.credentials.models import Certificate
from chiakhoa.train.delivery.models import ClassState, TrainingClass

READERS = (Role.COORDINATOR, Role.UNIT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)
BEHIND = 0.9
NOT_STARTED, ON_TIME, LATE, REACHED = "not_started", "on_time", "late", "reached"
# From a row that a target counts to the person and to the place it belongs to.
COUNTED: dict[type[Model], tuple[str | None, str]] = {
    Person: ("", ""),
    Certificate: ("person__", "person__"),
    TrainingClass: (None, "venue__"),
}
STATES = {
    NOT_STARTED: ("", _("not started")),
    ON_TIME: ("busy", _("on time")),
    LATE: ("warn", _("late")),
    REACHED: ("good", _("reached")),
}


@dataclass(frozen=True)
class Reading:
    """One indicator as it reads now."""

    indicator: Indicator
    value: Amount


@dataclass(frozen=True)
class Progress:
    """How far a task is with one target; `target` None where no target was set."""

    task: Task
    target: Target | None
    indicator: Indicator
    reached: Amount
    state: str

    @property
    def share(self) -> float | None:
        """Reached over asked for."""
        return float(self.reached or 0) / self.target.amount if self.target else None

    @property
    def badge(self) -> tuple[str, Any]:
        """The badge's kind and its words."""
        return STATES[self.state]


def readings(reader: Reader, period: Period) -> list[Reading]:
    """All indicators over the whole reach of the reader."""
    found = amounts([(row, row.rows(reader, None, period)) for row in INDICATORS.values()])
    return [Reading(row, value) for row, value in zip(INDICATORS.values(), found, strict=True)]


def by_unit(reader: Reader, indicator: Indicator, period: Period) -> dict[str, int]:
    """What an indicator counts at each unit, each row at the unit where it stands; together it is the indicator's value."""
    assert isinstance(indicator.value, Total)
    rows = indicator.rows(reader, None, period).order_by().values_list(indicator.place)
    return {unit: int(total or 0) for unit, total in rows.annotate(total=indicator.value.of)}


def progress(reader: Reader, period: Period, *, on: date) -> list[Progress]:
    """The tasks and next steps in the order of the report, one entry for each target; a task without one has one entry."""
    tasks = Task.objects.select_related("document", "lead").prefetch_related(
        "targets__audience__covers", "audiences__covers"
    )
    asked = [(task, target) for task in tasks for target in task.targets.all() or [None]]
    indicators = [
        INDICATORS.get(target.indicator if target else "", INDICATORS["people_trained"]) for _, target in asked
    ]
    rows = [
        toward(target, indicator.rows(reader, task, period))
        for (task, target), indicator in zip(asked, indicators, strict=True)
    ]
    reached = amounts(list(zip(indicators, rows, strict=True)))
    return [
        Progress(task, target, indicator, value, _state(target, value, on))
        for (task, target), indicator, value in zip(asked, indicators, reached, strict=True)
    ]


def _state(target: Target | None, reached: Amount, on: date) -> str:
    if target:
        return state_of(float(reached or 0), target.amount, target.due_on, on=on)
    return ON_TIME if reached else NOT_STARTED


def state_of(reached: float, amount: int, due_on: date, *, on: date) -> str:
    """The state of a target on a day.

    Reached: the amount is there. Late: the due day has passed, or there is less than nine tenths of what a steady pace from
    1 January of the due year would have brought. Not started: nothing is there and nothing is expected yet. Else on time.
    """
    if reached >= amount:
        return REACHED
    begins = date(due_on.year, 1, 1)
    expected = amount * min(1.0, max(0.0, (on - begins).days / max(1, (due_on - begins).days)))
    if on > due_on or reached < BEHIND * expected:
        return LATE
    return ON_TIME if reached > 0 else NOT_STARTED


def money(reader: Reader, period: Period) -> list[dict[str, Any]]:
    """Budget lines of the period's years, each with what its finished classes cost, in đồng."""
    spent = Sum(
        "classes__cost_vnd",
        filter=within(reader, "classes__venue__unit")
        & Q(classes__state=ClassState.FINISHED, classes__ends_on__range=period.days),
    ) if reader.unit_id else Sum("classes__cost_vnd", filter=Q(pk__in=[]))  # fmt: skip
    rows = BudgetLine.objects.filter(year__range=(period.first.year, period.last.year)).annotate(spent_vnd=spent)
    return [
        {
            "line": row,
            "spent": row.spent_vnd or 0,
            "share": (row.spent_vnd or 0) / row.amount_vnd if row.amount_vnd else None,
        }
        for row in rows.order_by("year", "code")
    ]


def reported_results(_reader: Reader) -> QuerySet[ReportedResult]:
    """What was reported as done before the platform, to stand beside what it counts."""
    return ReportedResult.objects.select_related("task", "audience").order_by("task", "code")


def reports(reader: Reader) -> QuerySet[Report]:
    """Reports on units that the reader reaches, newest first."""
    rows = Report.objects.select_related("document", "unit").annotate(figure_count=Count("figures")).order_by("-id")
    return rows.filter(within(reader, "unit")) if reader.has(*READERS) else rows.none()


def figures(reader: Reader) -> QuerySet[Figure]:
    """Figures of those reports."""
    seen = Report.objects.filter(within(reader, "unit")).values("pk")
    rows = Figure.objects.select_related("report__document", "report__unit", "task")
    return rows.filter(report__in=seen) if reader.has(*READERS) else rows.none()


def toward(target: Target | None, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of the rows of a task, those that count toward one target: of its audience and those it covers, in its unit."""
    if target is None:
        return rows
    to_person, to_place = COUNTED.get(rows.model, (None, None))
    if target.audience and to_person is not None:
        covered = [target.audience.pk, *(row.pk for row in target.audience.covers.all())]
        rows = rows.filter(**{f"{to_person}audience__in": covered})
    if target.unit_id and to_place is not None:
        rows = rows.filter(**{f"{to_place}unit__in": subtree(target.unit_id)})
    return rows
