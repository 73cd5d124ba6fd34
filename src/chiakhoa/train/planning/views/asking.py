"""Asking for a plan with what it assumes, looking on while it is searched, stopping with the best so far."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.models import JobState
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.foundation.templatetags.words import num, percent
from chiakhoa.train.planning import actions, happenings, queries, why
from chiakhoa.train.planning.forms import AssumptionsForm, HappenedForm, ProposeForm
from chiakhoa.train.planning.models import Plan, PlanState

LARGEST_KEY = 2**63 - 1
PHASES = {
    "keep": gettext_lazy("Which classes can go on"),
    "targets": gettext_lazy("Targets of the tasks first"),
    "prices": gettext_lazy("What money, trainers and rooms are worth"),
    "classes": gettext_lazy("Classes and who sits in them"),
    "calendar": gettext_lazy("Weeks, rooms and trainers"),
    "done": gettext_lazy("Weeks, rooms and trainers"),
}


@page(Role.COORDINATOR)
def propose(request: Request) -> HttpResponse:
    """Ask the solver for a plan; `?copy=` begins with the assumptions of another plan. Leads to its search."""
    copied = _copied(request)
    form = ProposeForm(request.POST or None, reader=request.reader, initial=_initial(copied))
    year = _year(request, form)
    assumed = AssumptionsForm(
        request.POST or None, reader=request.reader, year=year, copied=copied.assumptions if copied else None
    )  # fmt: skip
    if request.method == "POST" and form.is_valid() & assumed.is_valid():
        given = form.cleaned_data
        try:
            row, _job = actions.propose(
                request.reader, **given, assumed=assumed.assumed(given["year"]), copied_from=copied, at=clock.now()
            )
            return redirect("planning:plan", row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {
        "form": form, "assumed": assumed, "copied": copied, "demand_rows": queries.demand(request.reader).count(),
        "missing": why.missing_inputs(year) if year else [], "year": year,
    }  # fmt: skip
    return render(request, "planning/propose.html", context, status=422 if form.errors or assumed.errors else 200)


@page(Role.COORDINATOR)
def something_happened(request: Request, pk: int) -> HttpResponse:
    """Say what happened to the published plan; leads to the search for the plan that moves as few people as possible."""
    row = get_object_or_404(queries.plans(request.reader), pk=pk)
    if row.state != PlanState.PUBLISHED:
        raise Refusal(_("Only the published plan is changed; open that one first."), code="not_published")
    first = clock.today() + timedelta(days=1)
    given = request.POST if request.method == "POST" else None
    form = HappenedForm(given, plan=row, initial={"trainer_first": first, "venue_first": first})
    if request.method == "POST" and form.is_valid():
        changed = actions.something_happened(request.reader, pk, form.happened(), at=clock.now())
        return redirect("planning:plan", changed.pk)
    entered = [(one, happenings.words(one)) for one in happenings.unpublished(row)]
    context = {"plan": row, "form": form, "known": [happenings.words(one) for one in happenings.of(row)],
               "entered": entered}  # fmt: skip
    return render(request, "planning/happened.html", context, status=422 if form.errors else 200)


@require_POST
@page(Role.COORDINATOR)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take back what was entered wrongly; leads to the plan that was made for it, which is sought anew or taken back too."""
    try:
        changed = actions.withdraw(request.reader, pk, request.POST.get("reason", "")[:300], at=clock.now())
    except Refusal as refusal:
        if refusal.field != "reason":
            raise
        messages.error(request, refusal.message)
        before = get_object_or_404(queries.plans(request.reader), happenings=pk).based_on_id
        return redirect("planning:something_happened", before)
    messages.success(request, _("It was taken back."))
    return redirect("planning:plan", changed.pk)


@page(*queries.MAY_SEE)
def progress(request: Request, pk: int) -> HttpResponse:
    """The search as it stands, for the page that looks on; once it is over, the page is loaded afresh."""
    row = get_object_or_404(queries.plans(request.reader), pk=pk)
    if row.state != PlanState.WAITING:
        answer = redirect("planning:plan", pk)
        if getattr(request, "htmx", False):
            answer = HttpResponse(headers={"HX-Refresh": "true"})
        return answer
    return render(request, "planning/_search.html", {"plan": row, **search(row)})


@require_POST
@page(Role.COORDINATOR)
def stop(request: Request, pk: int) -> HttpResponse:
    """End the search with the best plan so far."""
    actions.stop(request.reader, pk, at=clock.now())
    messages.info(request, _("The search ends with the best plan so far."))
    return redirect("planning:plan", pk)


def search(row: Plan) -> dict[str, Any]:
    """How the search goes: its job, the phase in words, the curve."""
    job = queries.job_of(row)
    return {
        "job": job,
        "phase": str(PHASES.get(job.message, "")) if job else "",
        "failed": bool(job and job.state == JobState.FAILED),
        "curve": curve(row),
    }


def curve(row: Plan) -> dict[str, Any] | None:
    """How far the best plan so far could be from the best possible, second by second; None for a search of one look."""
    points = [point for point in row.search if point[1] > 0]
    if len(points) < 2:
        return None
    far = [max(0.0, (bound - found) / bound) for _seconds, found, bound in points]
    limit, name = _("No plan can close more than (grades)"), _("At most from the best")
    return {
        "labels": [f"{num(seconds, 1)} s" for seconds, _found, _bound in points],
        "series": [(name, far)],
        "headers": [_("Seconds"), _("Gap closed (grades)"), limit, name],
        "rows": [
            [num(seconds, 1), num(found, 1), num(bound, 1), percent(share, 1)]
            for (seconds, found, bound), share in zip(points, far, strict=True)
        ],
    }


def _copied(request: Request) -> Plan | None:
    asked = request.POST.get("copied_from") or request.GET.get("copy") or ""
    if not asked.isdecimal() or int(asked) > LARGEST_KEY:
        return None
    return queries.plans(request.reader).filter(pk=int(asked)).first()


def _initial(copied: Plan | None) -> dict[str, Any]:
    if copied is None:
        return {}
    root = copied
    while root.assumptions and root.assumptions.copied_from:
        root = root.assumptions.copied_from
    tried = Plan.objects.filter(unit=root.unit_id, name__startswith=root.name).count()
    name = _("%(name)s, trial %(n)s") % {"name": root.name[:100], "n": tried}
    return {
        "name": name[:120], "year": copied.year, "time_limit_seconds": copied.time_limit_seconds,
        "based_on": copied.pk if copied.classes.filter(locked=True).exists() else copied.based_on_id,
    }  # fmt: skip


def _year(request: Request, form: ProposeForm) -> int | None:
    """The year that the page is about: the one given, the copied plan's, the latest with money."""
    years = [year for year, _label in form.fields["year"].choices]  # type: ignore[attr-defined]
    asked = request.POST.get("year", "")
    if asked.isdecimal() and int(asked) in years:
        return int(asked)
    return form.initial.get("year") or (years[-1] if years else clock.today().year + 1)
