"""My account: password, second steps, passkeys, the browsers in which I am signed in."""

from typing import cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock, doors
from chiakhoa.foundation.pages import EVERY_ROLE, page
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.access import actions, queries
from chiakhoa.ground.access.forms import PasswordForm
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.access.views.signing_in import BY_SLIP


@page(*EVERY_ROLE)
def my_account(request: Request) -> HttpResponse:
    """How I sign in, and where I am signed in."""
    account = cast(Account, request.user)
    steps = list(Authenticator.objects.filter(user=account).order_by("created_at"))
    present = request.session.session_key
    held = RoleAssignment.objects.filter(pk=request.reader.assignment_id).first()
    own = bool(held and not held.lent_from_id and not held.ends_at)
    context = {
        "account": account,
        "may_lend": own and request.reader.has(*actions.LENDERS),
        "may_open_emergency": own
        and request.reader.has(*actions.IN_EMERGENCY)
        and not queries.over_all(request.reader),
        "in_emergency": bool(held and held.ends_at),
        "app": next((step for step in steps if step.type == Authenticator.Type.TOTP), None),
        "passkeys": [step.wrap() for step in steps if step.type == Authenticator.Type.WEBAUTHN],
        "spare": next((step.wrap() for step in steps if step.type == Authenticator.Type.RECOVERY_CODES), None),
        "sessions": [
            {"row": row, "handle": queries.session_handle(row), "present": row.session_key == present}
            for row in queries.own_sessions(request.reader)
        ],
    }
    return render(request, "access/my_account.html", context)


@page(*EVERY_ROLE)
@doors.guarded("password", lambda request: str(request.user.pk))
def password(request: Request) -> HttpResponse:
    """Choose another password; all other browsers are signed out by it."""
    account = cast(Account, request.user)
    by_slip = request.session.get(BY_SLIP) == account.pk
    form = PasswordForm(request.POST or None, account=account, by_slip=by_slip)
    if request.method == "POST" and form.is_valid():
        changed = actions.choose_password(request.reader, form.cleaned_data["password"], at=clock.now())
        update_session_auth_hash(request, changed)
        request.session.pop(BY_SLIP, None)
        messages.success(request, _("Your password is stored. Other browsers are signed out."))
        return redirect("home" if by_slip else "access:my_account")
    context = {"form": form, "by_slip": by_slip, "account": account}
    return render(request, "access/password.html", context, status=422 if form.errors else 200)


@require_POST
@page(*EVERY_ROLE)
def end_session(request: Request, handle: str) -> HttpResponse:
    """Sign out one of one's browsers."""
    actions.end_session(request.reader, handle, at=clock.now())
    messages.success(request, _("That browser is signed out."))
    return redirect("access:my_account")
