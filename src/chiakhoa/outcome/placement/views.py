"""Openings, one opening with its applicants, adding and changing it, agreements, applying, matching."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.outcome.placement import actions, queries
from chiakhoa.outcome.placement.forms import OpeningForm
from chiakhoa.outcome.placement.tables import OpeningFilter, OpeningTable

OFFERING = (Role.EMPLOYER, Role.COORDINATOR)


@page(*queries.MAY_SEE)
def openings(request: Request) -> HttpResponse:
    """Openings that the reader may see."""
    own = queries.own_applications(request.reader) if request.reader.has(Role.LEARNER) else []
    return list_page(
        request, queries.openings(request.reader), OpeningTable, filters=OpeningFilter, template="placement/openings.html",
        file_name="openings", context={"own": own, "latest": queries.latest(), "may_offer": request.reader.has(*OFFERING)},
    )  # fmt: skip


@page(*queries.MAY_SEE)
def opening(request: Request, pk: str) -> HttpResponse:
    """One opening: what it asks for, who applied, what the matching says."""
    row = get_object_or_404(queries.openings(request.reader), pk=pk)
    described = queries.described(row, list(queries.applications(request.reader, row)))
    own = next((d for d in described if d["application"].person_id == request.reader.person_id), None)
    context = {"opening": row, "described": described, "own": own,
               "requirements": row.requirements.select_related("competence"), "latest": queries.latest(),
               "state": row.state_on(clock.today()), "audiences": row.audiences.all(),
               "may_change": request.reader.has(*OFFERING)}  # fmt: skip
    return render(request, "placement/opening.html", context)


@page(*queries.MAY_SEE)
def agreements(request: Request) -> HttpResponse:
    """The memoranda between employers and schools."""
    context = {
        "agreements": queries.agreements(request.reader),
        "to_keep": set(queries.commitments_to_keep(request.reader).values_list("pk", flat=True)),
    }
    return render(request, "placement/agreements.html", context)


@page(*OFFERING)
def add(request: Request) -> HttpResponse:
    """A new opening, empty or begun from a commitment (`?commitment=`)."""
    asked = request.GET.get("commitment")
    commitment = get_object_or_404(queries.commitments_to_keep(request.reader), pk=asked) if asked else None
    form = OpeningForm(
        request.POST or None, reader=request.reader, initial=OpeningForm.empty(request.reader, commitment)
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_opening(request.reader, form.row, at=clock.now())
            messages.success(request, _("The opening is added. People can apply now."))
            return redirect("placement:opening", made.pk)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {"form": form, "commitment": commitment}
    return render(request, "placement/opening_form.html", context, status=422 if form.errors else 200)


@page(*OFFERING)
def change(request: Request, pk: str) -> HttpResponse:
    """Change an opening."""
    row = get_object_or_404(queries.openings(request.reader), pk=pk)
    form = OpeningForm(request.POST or None, reader=request.reader, initial=OpeningForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_opening(request.reader, pk, replace(form.row, code=pk), at=clock.now())
            messages.success(request, _("The opening is changed."))
            return redirect("placement:opening", pk)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {"form": form, "opening": row}
    return render(request, "placement/opening_form.html", context, status=422 if form.errors else 200)


@require_POST
@page(*OFFERING)
def close(request: Request, pk: str) -> HttpResponse:
    """Close an opening for applications."""
    actions.close_opening(request.reader, pk, at=clock.now())
    messages.success(request, _("The opening is closed. Nobody can apply any more."))
    return redirect("placement:opening", pk)


@require_POST
@page(*OFFERING)
def reopen(request: Request, pk: str) -> HttpResponse:
    """Open it for applications again."""
    actions.reopen_opening(request.reader, pk, at=clock.now())
    messages.success(request, _("The opening is open again until its closing day."))
    return redirect("placement:opening", pk)


@require_POST
@page(Role.LEARNER)
def apply_for(request: Request, pk: str) -> HttpResponse:
    """Apply for an opening."""
    _told(request, lambda: actions.apply_for(request.reader, pk, at=clock.now()), _("Your application is in."))
    return redirect("placement:opening", pk)


@require_POST
@page(Role.LEARNER)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take an application back. Pressed twice, the second press finds nothing and says so."""
    try:
        actions.withdraw(request.reader, pk, at=clock.now())
        messages.success(request, _("The application is withdrawn."))
    except NotVisible:
        messages.info(request, _("This application is not there any more."))
    return redirect("placement:openings")


@require_POST
@page(Role.COORDINATOR, Role.EMPLOYER)
def match(request: Request) -> HttpResponse:
    """Match applications to openings afresh."""
    _told(request, lambda: actions.match(request.reader, at=clock.now()), _("The matching is made."))
    return redirect("placement:openings")


def _told(request: Request, do: Callable[[], object], done: str) -> None:
    """Do it and say so, or say why not; what one may not know of stays 404."""
    try:
        do()
        messages.success(request, done)
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
