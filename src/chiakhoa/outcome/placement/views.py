"""Openings, one opening with its applicants, agreements, applying, matching."""

from collections.abc import Callable

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
from chiakhoa.outcome.placement.tables import OpeningFilter, OpeningTable


@page(*queries.MAY_SEE)
def openings(request: Request) -> HttpResponse:
    """Openings that the reader may see."""
    own = queries.own_applications(request.reader) if request.reader.has(Role.LEARNER) else []
    return list_page(
        request, queries.openings(request.reader), OpeningTable, filters=OpeningFilter, template="placement/openings.html",
        file_name="openings", context={"own": own, "latest": queries.latest()},
    )  # fmt: skip


@page(*queries.MAY_SEE)
def opening(request: Request, pk: str) -> HttpResponse:
    """One opening: what it asks for, who applied, what the matching says."""
    row = get_object_or_404(queries.openings(request.reader), pk=pk)
    described = queries.described(row, list(queries.applications(request.reader, row)))
    own = next((d for d in described if d["application"].person_id == request.reader.person_id), None)
    context = {"opening": row, "described": described, "own": own,
               "requirements": row.requirements.select_related("competence"), "latest": queries.latest()}  # fmt: skip
    return render(request, "placement/opening.html", context)


@page(*queries.MAY_SEE)
def agreements(request: Request) -> HttpResponse:
    """The memoranda between employers and schools."""
    return render(request, "placement/agreements.html", {"agreements": queries.agreements(request.reader)})


@require_POST
@page(Role.LEARNER)
def apply_for(request: Request, pk: str) -> HttpResponse:
    """Apply for an opening."""
    _told(request, lambda: actions.apply_for(request.reader, pk, at=clock.now()), _("Your application is in."))
    return redirect("placement:opening", pk)


@require_POST
@page(Role.LEARNER)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take an application back."""
    actions.withdraw(request.reader, pk, at=clock.now())
    messages.success(request, _("The application is withdrawn."))
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
