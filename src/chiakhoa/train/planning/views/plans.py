"""Demand, the list of plans, one plan at a glance, its cost sheet."""

from typing import Any

from django.contrib import messages
from django.db.models import BigIntegerField, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock, sheets
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.requests import Request
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.territory import mapday
from chiakhoa.ground.territory import queries as territory
from chiakhoa.measure.needs import queries as needs
from chiakhoa.measure.needs.tables import GapFilter
from chiakhoa.train.planning import actions, assumptions, carrying, costsheet, happenings, queries, why
from chiakhoa.train.planning.models import Plan, PlanState
from chiakhoa.train.planning.tables import DemandFilter, DemandTable, PlanTable
from chiakhoa.train.planning.views import asking, tabs

LARGEST_KEY = BigIntegerField.MAX_BIGINT


@page(*queries.MAY_SEE)
def plans(request: Request) -> HttpResponse:
    """The plans, side by side."""
    context = {"demand_rows": queries.demand(request.reader).count()}
    return list_page(
        request,
        queries.plans(request.reader),
        PlanTable,
        template="planning/plans.html",
        file_name="plans",
        context=context,
    )


@page(Role.COORDINATOR, Role.UNIT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)
def demand(request: Request) -> HttpResponse:
    """What the next plan will answer; on another day's map as an estimate."""
    day = mapday.asked(request.GET, today=clock.today())
    rows = queries.demand(request.reader)
    filters = DemandFilter(request.GET, queryset=rows, request=request)
    moved = day.restates and territory.any_ended(rows.values("unit"), on=day.on)
    shown = carrying.demand(filters.qs, to=day.on) if moved else filters.qs
    return list_page(
        request, shown, DemandTable, template="planning/demand.html", file_name="demand",
        context={"filterset": filters, "chosen": day, "moved": moved},
    )  # fmt: skip


@require_POST
@page(Role.COORDINATOR)
def add_demand(request: Request) -> HttpResponse:
    """Turn the ticked gaps, or all gaps of the list as it was filtered, into demand."""
    gaps = needs.ranked(request.reader)
    if "all" in request.POST:
        gaps = GapFilter(QueryDict(request.POST["all"]), queryset=gaps).qs
    else:
        ticked = [value for value in request.POST.getlist("gap") if value.isdecimal() and int(value) <= LARGEST_KEY]
        if not ticked:
            messages.error(request, _("Nothing was ticked. Tick the gaps that training should close."))
            return redirect("needs:ranked")
        gaps = gaps.filter(pk__in=ticked)
    count = actions.add_demand(request.reader, gaps, at=clock.now())
    told = _("Added or brought up to date: %(count)s. The demand has %(all)s rows by now. Now ask for a plan.")
    rows = queries.demand(request.reader).count()
    messages.success(request, told % {"count": num(count), "all": num(rows)})
    return redirect("planning:demand")


@require_POST
@page(Role.COORDINATOR)
def clear_demand(request: Request) -> HttpResponse:
    """Take all demand back."""
    actions.clear_demand(request.reader, at=clock.now())
    messages.success(request, _("The demand is empty again."))
    return redirect("planning:demand")


@page(*queries.MAY_SEE)
def plan(request: Request, pk: int) -> HttpResponse:
    """One plan at a glance: how good, what it costs, what it assumes, what limits it, what it leaves undone."""
    row = get_object_or_404(queries.plans(request.reader), pk=pk)
    if row.state == PlanState.WAITING:
        return render(request, "planning/running.html", {"plan": row, **asking.search(row)})
    context = {
        **tabs.frame(request, row, "plan"),
        "money": queries.money(row),
        "courses": queries.by_course(row),
        "loose": row.classes.filter(cancelled=False).filter(Q(trainer=None) | Q(room=None)).count(),
        "changes": assumptions.changes(row),
        "happened": happenings.told(row),
        "later": happenings.later(row) if request.reader.has(Role.COORDINATOR) else [],
        "closed": why.closed(row),
        **_limits(row),
        "reasons": why.reasons(row),
        "targets": why.targets(row),
        "missing": [] if row.class_count or row.state == PlanState.WITHDRAWN else why.nothing(row),
        "over": queries.over_budget(row) if row.state == PlanState.PROPOSED else [],
        "curve": asking.curve(row),
    }
    return render(request, "planning/plan.html", context)


@page(*queries.MAY_SEE)
def costs(request: Request, pk: int) -> HttpResponse:
    """The cost of a plan by budget line, as an Excel file."""
    row = get_object_or_404(queries.plans(request.reader), pk=pk)
    return sheets.download(costsheet.rows(request.reader, row), f"costs-{row.pk}", "xlsx")


def _limits(row: Plan) -> dict[str, Any]:
    """What one more of each limit would bring, as bars with their table."""
    limits = why.limits(row)
    return {
        "limits": limits,
        "bars": [(f"{limit.name}: {limit.step}", limit.brings, limit.href) for limit in limits],
        "limit_headers": [_("Limit"), _("One more"), _("Brings (grades of gap)")],
        "limit_rows": [[limit.name, limit.step, f"+{num(limit.brings, 1)}"] for limit in limits],
    }
