"""Signing in and out, choosing a role, and the administrator's and auditor's pages."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import chain, clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.models import TrailHead
from chiakhoa.foundation.pages import EVERY_ROLE, page, public_page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.access import actions, queries
from chiakhoa.ground.access.forms import AccountForm, RoleForm, SignInForm
from chiakhoa.ground.access.middleware import CHOSEN
from chiakhoa.ground.access.models import Account
from chiakhoa.ground.access.tables import AssignmentFilter, AssignmentTable, TrailFilter, TrailTable, role_words
from chiakhoa.ground.territory import queries as territory

BACKEND = "django.contrib.auth.backends.ModelBackend"


@public_page
def sign_in(request: Request) -> HttpResponse:
    """Sign in with login name and password, then go where one was going."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = authenticate(request, username=form.cleaned_data["login"], password=form.cleaned_data["password"])
        if account is not None:
            login(request, account)
            return redirect(_next(request))
        form.add_error(
            None, _("Login name and password do not belong together. Check both, or ask your administrator.")
        )
    return render(request, "access/sign_in.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@public_page
def sign_out(request: Request) -> HttpResponse:
    """Sign out and go to the first page."""
    logout(request)
    return redirect("home")


@public_page
def choose_role(request: Request) -> HttpResponse:
    """One click into a role: the cast of a synthetic province for a visitor, one's own roles for an account."""
    own = (
        queries.own_assignments(cast(Account, request.user), on=clock.today()) if request.user.is_authenticated else []
    )
    offered = _cast_may_be_played(request)
    if not own and not offered:
        return redirect("access:sign_in")
    cast_members = [
        {"account": account, "reader": queries.reader_of(assignment)}
        for account in (queries.demonstration_accounts() if offered else [])
        for assignment in queries.own_assignments(account, on=clock.today())
    ]
    return render(request, "access/choose_role.html", {"own": own, "cast": cast_members})


@require_POST
@public_page
def play(request: Request, pk: int) -> HttpResponse:
    """Act as one of the cast; 404 unless the province is synthetic and the browser is on this machine."""
    if not _cast_may_be_played(request):
        raise Http404
    account = get_object_or_404(queries.demonstration_accounts(), pk=pk)
    login(request, account, backend=BACKEND)
    request.session["tour_step"] = 0
    return redirect("home")


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


@page(Role.ADMINISTRATOR)
def open_account(request: Request) -> HttpResponse:
    """Open an account; roles are given next."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_account(request.reader, **form.cleaned_data, at=clock.now())
            messages.success(request, _("The account is open. Now give it a role."))
            return redirect("access:give_role")
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    return render(request, "access/open_account.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@page(Role.ADMINISTRATOR)
def end_role(request: Request, pk: int) -> HttpResponse:
    """End an assignment."""
    actions.end_role(request.reader, pk, at=clock.now())
    messages.success(request, _("The role is ended."))
    return redirect("access:assignments")


@page(Role.AUDITOR, Role.ADMINISTRATOR)
def trail(request: Request) -> HttpResponse:
    """Every write and every view of a personal record."""
    return list_page(
        request,
        queries.trail(request.reader),
        TrailTable,
        filters=TrailFilter,
        file_name="trail",
        template="access/trail.html",
    )


@page(Role.AUDITOR, Role.ADMINISTRATOR)
def entry(request: Request, number: int) -> HttpResponse:
    """One row of the trail: before and after side by side."""
    row = get_object_or_404(queries.trail(request.reader), number=number)
    names = sorted({*row.before, *row.after})
    changes = [{"name": name, "before": row.before.get(name), "after": row.after.get(name)} for name in names]
    return render(request, "access/entry.html", {"entry": row, "changes": changes, "role": role_words(row.role)})


@page(Role.AUDITOR, Role.ADMINISTRATOR)
def trail_check(request: Request) -> HttpResponse:
    """Whether the chain of the trail is whole; the first broken row where it is not."""
    context = {"broken": chain.first_break(), "head": TrailHead.objects.first()}
    return render(request, "access/trail_check.html", context)


def _cast_may_be_played(request: Request) -> bool:
    """Demonstration accounts open without a password only on loopback, and only in a synthetic province."""
    home = territory.home()
    return bool(home and home.synthetic and request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1"))


def _next(request: Request) -> str:
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe else "/"
