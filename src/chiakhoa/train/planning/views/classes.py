"""One planned class: whom it serves and why there; locking, taking out, moving it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.catalogue.models import Room
from chiakhoa.train.planning import actions, clashes, oneclass, queries, weeks
from chiakhoa.train.planning.forms import MoveForm
from chiakhoa.train.planning.models import PlannedClass, PlanState
from chiakhoa.train.planning.sessions import Session, of_class


@page(*queries.MAY_SEE)
def one(request: Request, pk: int) -> HttpResponse:
    """Whom the class serves, why there, what it costs, where else it could be held."""
    row = _class(request, pk)
    served, places = oneclass.served(row), oneclass.places(row)
    context = {
        "row": row,
        "plan": row.plan,
        "served": served,
        "km": oneclass.mean_km(served),
        "farthest": max((group.km for group in served), default=None),
        "seats": oneclass.seats_of(row),
        "weeks": weeks.weeks_of(row),
        "sessions": _sessions(row),
        "costs": oneclass.cost_lines(row),
        "each": row.cost_vnd // row.learners,
        "places": places,
        "nearer": bool(places) and not places[0].chosen,
        "siblings": oneclass.siblings(row),
        "changeable": _changeable(request, row),
    }
    return render(request, "planning/class.html", context)


@page(Role.COORDINATOR)
def move(request: Request, pk: int) -> HttpResponse:
    """Choose another week, room or trainer; what it clashes with is shown before it is saved."""
    row = _class(request, pk)
    if not _changeable(request, row):
        raise Refusal(_("A published plan is changed by a new plan based on it."), code="plan_published")
    wanted = _wanted(request, row)
    form = MoveForm(request.POST or (wanted if "week" in request.GET else None), row=row, initial=wanted)
    checked = form.is_bound and form.is_valid()
    found = clashes.clashes(row, **_asked(form)) if checked else []
    if request.method == "POST" and checked and not found:
        try:
            moved = actions.move(request.reader, pk, **_asked(form), at=clock.now())
            messages.success(request, _("Class %(number)s is moved and locked.") % {"number": moved.number})
            return redirect("planning:class", pk)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {"row": row, "plan": row.plan, "form": form, "clashes": found, "checked": checked and not form.errors}
    if getattr(request, "htmx", False) and request.method == "GET":
        return render(request, "planning/_clashes.html", context)
    refused = request.method == "POST" and (found or form.errors)
    return render(request, "planning/move.html", context, status=422 if refused else 200)


@require_POST
@page(Role.COORDINATOR)
def change(request: Request, pk: int, verb: str) -> HttpResponse:
    """Lock, unlock, cancel or restore a class of a proposed plan; back to the page that asked."""
    if verb in ("lock", "unlock"):
        row = actions.set_lock(request.reader, pk, verb == "lock", at=clock.now())
    else:
        row = actions.set_cancelled(request.reader, pk, verb == "cancel", at=clock.now())
    if "class" in request.POST:
        return redirect("planning:class", pk)
    return redirect("planning:classes", row.plan_id)


def _class(request: Request, pk: int) -> PlannedClass:
    row = oneclass.class_of(request.reader, pk)
    if row is None:
        raise Http404
    return row


def _sessions(row: PlannedClass) -> list[tuple[Session, str]]:
    """The half days of the class, each with its venue where that is another than the class's."""
    held = of_class(row)
    rooms = Room.objects.select_related("venue").in_bulk({one.room_id for one in held if one.room_id})
    venues = {pk: str(room.venue.name) for pk, room in rooms.items() if room.venue_id != row.venue_id}
    return [(one, venues.get(one.room_id, "") if one.room_id else "") for one in held]


def _changeable(request: Request, row: PlannedClass) -> bool:
    return request.reader.has(Role.COORDINATOR) and row.plan.state == PlanState.PROPOSED


def _wanted(request: Request, row: PlannedClass) -> dict[str, Any]:
    """Where the class stands, and what the address asks instead: a week, a room (or a venue: its best), a trainer."""
    asked = request.GET
    rooms = (one.room for one in oneclass.places(row, oneclass.OFFERED_ROOMS))
    fits = [room.pk for room in rooms if room.venue_id == asked.get("venue")] or oneclass.rooms_at(
        row, asked.get("venue", "")
    )
    return {
        "week": asked.get("week", weeks.monday_of(row.starts_on).isoformat() if row.starts_on else ""),
        "room": asked.get("room", fits[0] if fits else row.room_id),
        "trainer": asked.get("trainer", row.trainer_id or ""),
    }


def _asked(form: MoveForm) -> dict[str, object]:
    given = form.cleaned_data
    return {"week": given["week"], "room": given["room"], "trainer": given["trainer"]}
