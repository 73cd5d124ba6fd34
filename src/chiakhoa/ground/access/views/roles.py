"""Choosing a role, and who may do what: giving and ending roles."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import EVERY_ROLE, page, public_page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.access import actions, queries
from chiakhoa.ground.access.forms import EmergencyForm, LoanForm, RoleForm
from chiakhoa.ground.access.middleware import CHOSEN
from chiakhoa.ground.access.models import Account
from chiakhoa.ground.access.tables import AssignmentFilter, AssignmentTable
from chiakhoa.ground.access.views.signing_in import cast_may_be_played


@public_page
def choose_role(request: Request) -> HttpResponse:
    """One click into a role: the cast of a synthetic province for a visitor, one's own roles for an account."""
    own = queries.own_assignments(cast(Account, request.user), at=clock.now()) if request.user.is_authenticated else []
    offered = cast_may_be_played(request)
    if not own and not offered:
        return redirect("access:sign_in")
    cast_members = [
        {"account": account, "reader": queries.reader_of(assignment)}
        for account in (queries.demonstration_accounts() if offered else [])
        for assignment in queries.own_assignments(account, at=clock.now())
    ]
    return render(request, "access/choose_role.html", {"own": own, "cast": cast_members})


@require_POST
@page(*EVERY_ROLE)
def take_role(request: Request, pk: int) -> HttpResponse:
    """Act in another of one's own roles, under a new session key."""
    held = queries.own_assignments(cast(Account, request.user), at=clock.now())
    request.session[CHOSEN] = get_object_or_404(held, pk=pk).pk
    request.session.cycle_key()
    return redirect("home")


@page(Role.ADMINISTRATOR, Role.AUDITOR)
def assignments(request: Request) -> HttpResponse:
    """Who may do what."""
    return list_page(
        request,
        queries.assignments(request.reader),
        AssignmentTable,
        filters=AssignmentFilter,
        file_name="roles",
        template="access/assignments.html",
    )


@page(Role.ADMINISTRATOR)
def give_role(request: Request) -> HttpResponse:
    """Give an account a role over a unit or a body."""
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.give_role(request.reader, **form.answer, at=clock.now())
            messages.success(request, _("The role is given."))
            return redirect("access:assignments")
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    return render(request, "access/give_role.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@page(Role.ADMINISTRATOR)
def end_role(request: Request, pk: int) -> HttpResponse:
    """End an assignment."""
    actions.end_role(request.reader, pk, at=clock.now())
    messages.success(request, _("The role is ended."))
    return redirect("access:assignments")


@page(*actions.LENDERS)
def lending(request: Request) -> HttpResponse:
    """Lend one's role over part of its reach, and see what one has lent."""
    form = LoanForm(request.POST or None, initial={"place": request.reader.unit_id or request.reader.body_id})
    if request.method == "POST" and form.is_valid():
        try:
            actions.lend(request.reader, **form.answer, at=clock.now())
            messages.success(request, _("The role is lent. You can take it back at any time."))
            return redirect("access:lending")
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {"form": form, "lent": queries.lent(request.reader), "today": clock.today()}
    return render(request, "access/lending.html", context, status=422 if form.errors else 200)


@require_POST
@page(*actions.LENDERS)
def take_back(request: Request, pk: int) -> HttpResponse:
    """Take back what one lent."""
    actions.take_back(request.reader, pk, at=clock.now())
    messages.success(request, _("It is taken back and no longer opens anything."))
    return redirect("access:lending")


@page(*actions.IN_EMERGENCY)
def emergency(request: Request) -> HttpResponse:
    """See the whole province for three hours, for a written reason."""
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.open_emergency(request.reader, form.cleaned_data["reason"], at=clock.now())
            request.session[CHOSEN] = row.pk
            request.session.cycle_key()
            messages.warning(request, _("You see the whole province for three hours. The auditor reads why."))
            return redirect("home")
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    return render(request, "access/emergency.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@page(*actions.IN_EMERGENCY)
def close_emergency(request: Request) -> HttpResponse:
    """Go back to one's own reach before the three hours are over."""
    actions.close_emergency(request.reader, at=clock.now())
    request.session.pop(CHOSEN, None)
    request.session.cycle_key()
    return redirect("home")


@page(Role.AUDITOR, Role.ADMINISTRATOR)
def emergencies(request: Request) -> HttpResponse:
    """Who saw more than their role shows, when and why."""
    return render(request, "access/emergencies.html", {"rows": queries.emergencies(request.reader)[:200]})


@require_POST
@page(Role.AUDITOR)
def look_at_emergency(request: Request, pk: int) -> HttpResponse:
    """Say that one has looked at it."""
    actions.look_at_emergency(request.reader, pk, at=clock.now())
    return redirect("access:emergencies")
