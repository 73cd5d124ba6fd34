"""Writing reports: draft one from the rows of this moment, freeze it. A frozen report is never computed again."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.mandates.models import Document, Target, Task, TaskKind
from chiakhoa.ground.territory.models import Unit
from chiakhoa.ground.territory.queries import home
from chiakhoa.outcome.reporting import queries
from chiakhoa.outcome.reporting.indicators import INDICATORS, Indicator
from chiakhoa.outcome.reporting.models import Figure, Report, ReportState
from chiakhoa.outcome.reporting.periods import Period
from chiakhoa.outcome.reporting.saying import in_language

WRITERS = (Role.COORDINATOR, Role.UNIT_MANAGER, Role.ADMINISTRATOR)
BY_TASK = ("classes_held", "people_trained", "certificates_issued", "money_spent")
BATCH = 500


@action(*WRITERS)
def draft(actor: Reader, document: Document, period_from: date, period_to: date, *, at: datetime) -> Report:
    """Compute a report on a document over the days, both counted. An earlier draft for the same unit and days gives way."""
    if period_to < period_from:
        raise Refusal(_("The last day lies before the first. Exchange them."), code="period_wrong", field="period_to")
    unit = _unit_of(actor)
    scoped = replace(actor, unit_id=unit.pk)
    span = {"document": document, "unit": unit, "period_from": period_from, "period_to": period_to}
    Report.objects.filter(state=ReportState.DRAFT, **span).delete()
    report = Report.objects.create(made_at=at, **span)
    rows = _figures(scoped, report, Period(period_from, period_to))
    Figure.objects.bulk_create(rows, batch_size=BATCH)
    audit.record(actor, "draft", report, at=at, after={"figures": len(rows)})
    return report


@action(*WRITERS)
def freeze(actor: Reader, report_pk: int, *, at: datetime) -> Report:
    """Freeze a draft as it was read: its figures and their rows stay what they are."""
    rows = Report.objects.all() if actor.unit_id is None and actor.account_id is None else queries.reports(actor)
    report = rows.filter(pk=report_pk).first()
    if report is None:
        raise NotVisible(_("There is no such report."))
    if report.state == ReportState.FROZEN:
        raise Refusal(_("This report is frozen already."), code="frozen")
    Report.objects.filter(pk=report.pk).update(state=ReportState.FROZEN, frozen_at=at)
    audit.record(actor, "freeze", report, at=at, after={"state": ReportState.FROZEN})
    return Report.objects.get(pk=report.pk)


def _unit_of(actor: Reader) -> Unit:
    """The unit of the actor's role; for the program itself the home province."""
    unit = Unit.objects.filter(pk=actor.unit_id).first() if actor.unit_id else getattr(home(), "unit", None)
    if unit is None:
        raise Refusal(_("Your role is not over a unit, so there is nothing to report on."), code="no_unit")
    return unit


def _figures(reader: Reader, report: Report, period: Period) -> list[Figure]:
    """All indicators over the unit; then, for each task of the document and each next step, those that tasks have."""
    rows = [_figure(reader, report, indicator, None, period) for indicator in INDICATORS.values()]
    for task in tasks_of(report.document):
        targets = {row.indicator: row for row in task.targets.select_related("audience")}
        rows += [_figure(reader, report, INDICATORS[code], task, period, targets.get(code)) for code in BY_TASK]
    return rows


def tasks_of(document: Document) -> QuerySet[Task]:
    """The document's tasks, those that serve its solutions, and the next steps where the document ordered any task."""
    own = Q(document=document) | Q(document=None, solution__document=document)
    if Task.objects.filter(own).exists():
        own |= Q(document=None, kind=TaskKind.NEXT_STEP)
    return Task.objects.filter(own)


def _figure(
    reader: Reader,
    report: Report,
    indicator: Indicator,
    task: Task | None,
    period: Period,
    target: Target | None = None,
) -> Figure:
    value, kind, rows = indicator.of(reader, task, period)
    named = _names(indicator)
    return Figure(
        report=report, indicator=indicator.code, task=task, value=value, unit_label=indicator.measured_in,
        target=_target_of(task, indicator, target), rows_kind=kind, rows=_keys(rows), **named,
    )  # fmt: skip


def _target_of(task: Task | None, indicator: Indicator, target: Target | None) -> float | None:
    """What the task was asked for: the sum, where several audiences have a target each."""
    if task is None or target is None:
        return None
    return float(sum(row.amount for row in task.targets.all() if row.indicator == indicator.code))


def _names(indicator: Indicator) -> dict[str, str]:
    return {
        f"{field}_{language}": in_language(getattr(indicator, field), language)
        for field in ("name", "definition")
        for language in ("vi", "en")
    }


def _keys(rows: QuerySet[Any]) -> list[int | str]:
    """The keys of the rows, in a steady order; a key that is neither number nor text is kept as text."""
    keys = rows.order_by("pk").values_list("pk", flat=True)
    return [key if isinstance(key, int | str) else str(key) for key in keys]
