"""Demand, asking for a plan, one plan with its price, limits and classes."""

from django.contrib import messages
from django.db.models import BigIntegerField
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock, sheets
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.measure.needs import queries as needs
from chiakhoa.measure.needs.tables import GapFilter
from chiakhoa.train.planning import actions, costsheet, queries
from chiakhoa.train.planning.forms import ProposeForm
from chiakhoa.train.planning.models import PlanState
from chiakhoa.train.planning.tables import (
    DemandFilter,
    DemandTable,
    PlannedClassFilter,
    PlannedClassTable,
    PlanTable,
)

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
    """What the next plan will answer."""
    return list_page(
        request, queries.demand(request.reader), DemandTable, filters=DemandFilter, template="planning/demand.html",
        file_name="demand",
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
    messages.success(request, _("%(count)d rows of demand. Now ask for a plan.") % {"count": count})
    return redirect("planning:demand")


@require_POST
@page(Role.COORDINATOR)
def clear_demand(request: Request) -> HttpResponse:
    """Take all demand back."""
    actions.clear_demand(request.reader, at=clock.now())
    messages.success(request, _("The demand is empty again."))
    return redirect("planning:demand")


@page(Role.COORDINATOR)
def propose(request: Request) -> HttpResponse:
    """Ask the solver for a plan; leads to its progress."""
    form = ProposeForm(request.POST or None, reader=request.reader)
    if request.method == "POST" and form.is_valid():
        try:
            _plan, job = actions.propose(request.reader, **form.cleaned_data, at=clock.now())
            return redirect("job", job.pk)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {"form": form, "demand_rows": queries.demand(request.reader).count()}
    return render(request, "planning/propose.html", context, status=422 if form.errors else 200)


@page(*queries.MAY_SEE)
def plan(request: Request, pk: int) -> HttpResponse:
    """One plan: how good, what it costs, what limits it, what it leaves undone, and its classes."""
    row = get_object_or_404(queries.plans(request.reader), pk=pk)
    changeable = request.reader.has(Role.COORDINATOR) and row.state == PlanState.PROPOSED
    context = {
        "plan": row,
        "distance": queries.gap_to_bound(row),
        "money": queries.money(row),
        "changeable": changeable,
    }
    return list_page(
        request, queries.classes(request.reader, row), PlannedClassTable, filters=PlannedClassFilter,
        template="planning/plan.html", file_name=f"plan-{row.pk}", context=context,
    )  # fmt: skip


@page(*queries.MAY_SEE)
def costs(request: Request, pk: int) -> HttpResponse:
    """The cost of a plan by budget line, as an Excel file."""
    row = get_object_or_404(queries.plans(request.reader), pk=pk)
    return sheets.download(costsheet.rows(request.reader, row), f"costs-{row.pk}", "xlsx")


@require_POST
@page(Role.COORDINATOR)
def change(request: Request, pk: int, verb: str) -> HttpResponse:
    """Lock, unlock, cancel or restore a class of a proposed plan."""
    if verb in ("lock", "unlock"):
        row = actions.set_lock(request.reader, pk, verb == "lock", at=clock.now())
    else:
        row = actions.set_cancelled(request.reader, pk, verb == "cancel", at=clock.now())
    return redirect("planning:plan", row.plan_id)
