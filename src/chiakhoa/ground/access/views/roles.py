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
from chiakhoa.ground.access.forms import RoleForm
from chiakhoa.ground.access.middleware import CHOSEN
from chiakhoa.ground.access.models import Account
from chiakhoa.ground.access.tables import AssignmentFilter, AssignmentTable
from chiakhoa.ground.access.views.signing_in import cast_may_be_played


@public_page
def choose_role(request: Request) -> HttpResponse:
    """One click into a role: the cast of a synthetic province for a visitor, one's own roles for an account."""
    own = (
        queries.own_assignments(cast(Account, request.user), on=clock.today()) if request.user.is_authenticated else []
    )
    offered = cast_may_be_played(request)
    if not own and not offered:
        return redirect("access:sign_in")
    cast_members = [
        {"account": account, "reader": queries.reader_of(assignment)}
        for account in (queries.demonstration_accounts() if offered else [])
        for assignment in queries.own_assignments(account, on=clock.today())
    ]
    return render(request, "access/choose_role.html", {"own": own, "cast": cast_members})


@require_POST
@page(*EVERY_ROLE)
def take_role(request: Request, pk: int) -> HttpResponse:
    """Act in another of one's own roles, under a new session key."""
    held = queries.own_assignments(cast(Account, request.user), on=clock.today())
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
            form.add_error("login", refusal.message)
    return render(request, "access/give_role.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@page(Role.ADMINISTRATOR)
def end_role(request: Request, pk: int) -> HttpResponse:
    """End an assignment."""
    actions.end_role(request.reader, pk, at=clock.now())
    messages.success(request, _("The role is ended."))
    return redirect("access:assignments")
