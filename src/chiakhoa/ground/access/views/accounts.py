"""The administrator's pages of accounts: opening, suspending, a slip for whoever forgot; and slips for many people."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.access import actions, paper, queries
from chiakhoa.ground.access.forms import AccountForm, SlipsForm
from chiakhoa.ground.access.tables import AccountFilter, AccountTable


@page(Role.ADMINISTRATOR, Role.AUDITOR)
def accounts(request: Request) -> HttpResponse:
    """The accounts within one's reach."""
    return list_page(
        request, queries.accounts(request.reader), AccountTable, filters=AccountFilter, file_name="accounts",
        template="access/accounts.html",
    )  # fmt: skip


@page(Role.ADMINISTRATOR, Role.AUDITOR)
def account(request: Request, pk: int) -> HttpResponse:
    """One account: its roles, whether it is open, and what an administrator may do with it."""
    row = get_object_or_404(queries.accounts(request.reader), pk=pk)
    context = {
        "account": row,
        "assignments": queries.assignments(request.reader).filter(account=row),
        "may_change": request.reader.has(Role.ADMINISTRATOR) and row.pk != request.reader.account_id,
    }
    return render(request, "access/account.html", context)


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
def suspend(request: Request, pk: int) -> HttpResponse:
    """Suspend an account: its sessions end at once."""
    actions.suspend_account(request.reader, pk, request.POST.get("reason", ""), at=clock.now())
    messages.success(request, _("The account is suspended and signed out everywhere."))
    return redirect("access:account", pk)


@require_POST
@page(Role.ADMINISTRATOR)
def resume(request: Request, pk: int) -> HttpResponse:
    """Open a suspended account again."""
    actions.resume_account(request.reader, pk, at=clock.now())
    messages.success(request, _("The account is open again."))
    return redirect("access:account", pk)


@require_POST
@page(Role.ADMINISTRATOR)
def forget_second_steps(request: Request, pk: int) -> HttpResponse:
    """Take away the second steps of somebody who lost them."""
    actions.forget_second_steps(request.reader, pk, at=clock.now())
    messages.success(request, _("The account signs in without a second step now. Ask its holder to set up a new one."))
    return redirect("access:account", pk)


@require_POST
@page(Role.ADMINISTRATOR)
def account_slip(request: Request, pk: int) -> HttpResponse:
    """A printed slip for an account whose holder forgot the password."""
    return _pdf(request, [actions.print_slip_for_account(request.reader, pk, at=clock.now())])


@page(*actions.SLIP_PRINTERS)
def slips(request: Request) -> HttpResponse:
    """Printed slips for people without e-mail: a commune's, or those whose numbers a list hands over."""
    given = ",".join(request.GET.getlist("people"))
    form = SlipsForm(request.POST or None, reader=request.reader, initial={"people_given": given, "only_new": True})
    if request.method == "POST" and form.is_valid():
        try:
            return _pdf(request, actions.print_slips(request.reader, form.people, at=clock.now()))
        except Refusal as refusal:
            if refusal.code == "not_visible":
                raise
            form.add_error(None, refusal.message)
    return render(request, "access/slips.html", {"form": form}, status=422 if form.errors else 200)


def _pdf(request: Request, printed: list[actions.Printed]) -> HttpResponse:
    """The slips as a file to print. It holds codes in the clear, so nobody on the way may keep it."""
    response = HttpResponse(
        paper.slips(printed, request.build_absolute_uri(reverse("access:slip"))), content_type="application/pdf"
    )
    response["Content-Disposition"] = 'attachment; filename="phieu-dang-nhap.pdf"'
    response["Cache-Control"] = "no-store"
    return response
