"""The dashboard, the rows behind each figure, and reports: draft, read, freeze, download."""

from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import PAGE_SIZE, list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.foundation.templatetags.words import vnd
from chiakhoa.ground.mandates.models import Target, Task
from chiakhoa.ground.territory import drawing, mapday
from chiakhoa.ground.territory import queries as territory
from chiakhoa.outcome.reporting import actions, periods, queries, saying, word
from chiakhoa.outcome.reporting.forms import DraftForm, NarrowForm, PlaceFilter, draft_form, period_form
from chiakhoa.outcome.reporting.indicators import INDICATORS, Indicator
from chiakhoa.outcome.reporting.models import Figure, ReportState
from chiakhoa.outcome.reporting.periods import Period
from chiakhoa.outcome.reporting.tables import BY_KIND, PlaceRows

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page(*queries.READERS)
def dashboard(request: Request) -> HttpResponse:
    """Every figure with a link to its rows, the progress of each task, money, and the reports."""
    return _dashboard(request)


@page(*queries.READERS)
def rows(request: Request, indicator: str) -> HttpResponse:
    """The rows that one figure counts."""
    if indicator not in INDICATORS:
        raise Http404
    chosen = INDICATORS[indicator]
    period = period_form(request.GET, periods.usual(clock.today())).period(periods.usual(clock.today()))
    task, target = _narrowed(request)
    found = chosen.rows(request.reader, task, period)
    if target:
        found = queries.toward(target, found)
    table = BY_KIND[found.model._meta.label_lower]
    context = {
        "indicator": chosen, "task": task, "target": target, "period": period,
        "value": saying.value(chosen.value(found), chosen.measured_in),
    }  # fmt: skip
    shown = found.select_related(*table.related) if table.related else found  # type: ignore[attr-defined]
    return list_page(request, shown, table, template="reporting/rows.html", file_name=indicator, context=context)


@page(*queries.READERS)
def places(request: Request) -> HttpResponse:
    """One figure commune by commune: as it was recorded, on today's map, or on another day's map. Its total stays the same."""
    chosen = INDICATORS.get(request.GET.get("figure", ""), INDICATORS["people_trained"])
    if not chosen.place:
        raise Http404
    usual = periods.usual(clock.today())
    period = period_form(request.GET, usual).period(usual)
    day = mapday.asked(request.GET, today=clock.today(), recorded=period.last)
    counts = queries.by_unit(request.reader, chosen, period)
    if day.restates:
        counts = territory.restated(counts, to=day.on)
    communes = territory.communes_on_map(request.reader, on=day.on).values_list("pk", flat=True)
    shown = territory.units_of(dict.fromkeys(communes, 0) | counts)
    drawn = drawing.shaded(
        shown, {unit: count for unit, count in counts.items() if count},
        title=_("%(figure)s in each commune %(map)s") % {"figure": chosen.name, "map": day},
        legend=str(chosen.name), missing=_("none"),
    )  # fmt: skip
    context = {
        "indicator": chosen, "period": period, "chosen": day, "map": drawn,
        "value": saying.value(sum(counts.values()), chosen.measured_in), **drawing.origin(shown),
    }  # fmt: skip
    counted = territory.with_counts(shown, counts)
    return list_page(
        request, counted, PlaceRows, filters=PlaceFilter, template="reporting/places.html", file_name=chosen.code,
        context=context,
    )  # fmt: skip


@require_POST
@page(*actions.WRITERS)
def draft(request: Request) -> HttpResponse:
    """Draft a report."""
    form = DraftForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.draft(
                request.reader, given["document"], given["period_from"], given["period_to"], at=clock.now()
            )
            return redirect("reporting:report", made.pk)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    return _dashboard(request, form)


@page(*queries.READERS)
def report(request: Request, pk: int) -> HttpResponse:
    """One report with its stored figures."""
    row = get_object_or_404(queries.reports(request.reader), pk=pk)
    figures = [
        {"figure": figure, "said": saying.value(figure.value, figure.unit_label), "count": len(figure.rows)}
        for figure in row.figures.select_related("task")
    ]
    context = {
        "report": row,
        "general": [entry for entry in figures if entry["figure"].task_id is None],
        "by_task": [entry for entry in figures if entry["figure"].task_id is not None],
        "may_freeze": request.reader.has(*actions.WRITERS) and row.state == ReportState.DRAFT,
    }
    return render(request, "reporting/report.html", context)


@require_POST
@page(*actions.WRITERS)
def freeze(request: Request, pk: int) -> HttpResponse:
    """Freeze a report."""
    try:
        actions.freeze(request.reader, pk, at=clock.now())
        messages.success(request, _("The report is frozen: its figures no longer change."))
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("reporting:report", pk)


@page(*queries.READERS)
def word_file(request: Request, pk: int) -> HttpResponse:
    """The report as a Word file."""
    row = get_object_or_404(queries.reports(request.reader).select_related("document__issuer", "unit"), pk=pk)
    response = HttpResponse(word.render(row, base=request.build_absolute_uri("/")), content_type=DOCX)
    name = f"bao-cao-{row.document_id}-{row.period_from:%Y%m%d}-{row.period_to:%Y%m%d}.docx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page(*queries.READERS)
def figure(request: Request, pk: int) -> HttpResponse:
    """The rows of a stored figure, by the keys that it kept; rows deleted since are counted, not shown."""
    row = get_object_or_404(queries.figures(request.reader), pk=pk)
    current = Paginator(row.rows, PAGE_SIZE).get_page(request.GET.get("page"))
    found = _kept(row, list(current.object_list))
    table = BY_KIND[row.rows_kind](found, orderable=False)
    RequestConfig(request, paginate=False).configure(table)
    context = {
        "figure": row, "table": table, "current": current, "said": saying.value(row.value, row.unit_label),
        "gone": len(current.object_list) - len(found),
    }  # fmt: skip
    return render(request, "reporting/figure.html", context)


def _dashboard(request: Request, form: DraftForm | None = None) -> HttpResponse:
    today = clock.today()
    usual = periods.usual(today)
    narrowed = period_form(request.GET, usual)
    period = narrowed.period(usual)
    money = queries.money(request.reader, period)
    context = {
        "period_form": narrowed,
        "period": period,
        "stats": [
            _stat(reading.indicator, reading.value, period, budgeted=bool(money))
            for reading in queries.readings(request.reader, period)
        ],
        "progress": [_entry(row, period) for row in queries.progress(request.reader, period, on=today)],
        "money": money,
        "before": queries.reported_results(request.reader),
        "reports": queries.reports(request.reader)[:20],
        "draft_form": form or draft_form(period.first, period.last),
        "may_write": request.reader.has(*actions.WRITERS),
    }
    return render(request, "reporting/dashboard.html", context, status=422 if form else 200)


def _stat(indicator: Indicator, value: Any, period: Period, *, budgeted: bool) -> dict[str, Any]:
    # A dashboard rounds money so that it can be read at a glance; the rows and the report are exact.
    money = indicator.measured_in == "vnd"
    if indicator.code == "money_planned" and not budgeted:
        # No budget is something else than a budget of nothing.
        years = {"first": period.first.year, "last": period.last.year}
        words = _("No budget line for %(first)s to %(last)s is entered yet.")
        note = (
            words % years if len(set(years.values())) > 1 else _("No budget line for %(first)s is entered yet.") % years
        )
        return {"label": indicator.name, "number": "–", "note": note, "href": _rows_address(indicator, period)}
    return {
        "label": indicator.name,
        "number": vnd(value) if money else saying.number(value, indicator.measured_in),
        "measured_in": "" if money else saying.unit(indicator.measured_in),
        "href": _rows_address(indicator, period),
    }


def _entry(row: queries.Progress, period: Period) -> dict[str, Any]:
    kind, words = row.badge
    return {
        "row": row,
        "kind": kind,
        "state": words,
        "href": _rows_address(
            row.indicator, period, task=row.task.pk, **({"target": row.target.pk} if row.target else {})
        ),
    }


def _rows_address(indicator: Indicator, period: Period, **more: str) -> str:
    asked = {"first": period.first.isoformat(), "last": period.last.isoformat(), **more}
    return f"{reverse('reporting:rows', args=[indicator.code])}?{urlencode(asked)}"


def _narrowed(request: Request) -> tuple[Task | None, Target | None]:
    """The task and target that the address names; 404 for one that does not exist."""
    form = NarrowForm(request.GET)
    if not form.is_valid():
        raise Http404
    return form.cleaned_data["task"], form.cleaned_data["target"]


def _kept(row: Figure, keys: list[int | str]) -> list[Any]:
    model = apps.get_model(row.rows_kind)
    related = BY_KIND[row.rows_kind].related  # type: ignore[attr-defined]
    rows_now = model._default_manager.filter(pk__in=keys)
    found = {str(thing.pk): thing for thing in (rows_now.select_related(*related) if related else rows_now)}
    return [found[str(key)] for key in keys if str(key) in found]
