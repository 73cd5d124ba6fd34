"""The doors: password, printed slip, one click in a synthetic province; and the way out. Each door counts wrong tries."""

from typing import cast

from allauth.account.internal.flows.login import perform_password_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock, doors
from chiakhoa.foundation.pages import public_page
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request, address_of, on_this_machine
from chiakhoa.ground.access import actions, queries
from chiakhoa.ground.access.forms import SignInForm, SlipForm
from chiakhoa.ground.access.models import Account
from chiakhoa.ground.territory import queries as territory

BACKEND = "django.contrib.auth.backends.ModelBackend"
BY_SLIP = "by_slip"


@public_page
def sign_in(request: Request) -> HttpResponse:
    """Sign in with login name and password, then go where one was going; a second step comes first where there is one."""
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        name, password = form.cleaned_data["login"], form.cleaned_data["password"]
        try:
            tries = _knock("sign_in", request, account=name)
        except doors.TooManyTries as refusal:
            form.add_error(None, refusal.message)
            status = 429
        else:
            account = cast(Account | None, authenticate(request, username=name, password=password))
            if account is not None:
                tries.right()
                return perform_password_login(  # type: ignore[no-any-return]
                    request, {"username": name}, Login(user=account, redirect_url=_next(request))
                )
            form.add_error(
                None, _("Login name and password do not belong together. Check both, or ask your administrator.")
            )
    context = {"form": form, "provider": settings.OIDC_NAME, "next": _next(request)}
    return render(request, "access/sign_in.html", context, status=422 if form.errors and status == 200 else status)


@public_page
def slip(request: Request) -> HttpResponse:
    """Sign in with the code of a printed slip, once; then a password is chosen."""
    form = SlipForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            tries = _knock("slip", request)
            account = actions.use_slip(SYSTEM, form.cleaned_data["code"], at=clock.now())
        except Refusal as refusal:
            form.add_error("code", refusal.message)
            status = 429 if isinstance(refusal, doors.TooManyTries) else 422
        else:
            tries.right()
            logout(request)
            request.session[BY_SLIP] = account.pk
            record_authentication(request, account, method="slip", reauthenticated=True)
            return perform_login(request, account, redirect_url=reverse("access:password"))  # type: ignore[no-any-return]
    return render(request, "access/slip.html", {"form": form}, status=422 if form.errors and status == 200 else status)


@require_POST
@public_page
def sign_out(request: Request) -> HttpResponse:
    """Sign out and go to the first page."""
    logout(request)
    return redirect("home")


@require_POST
@public_page
def play(request: Request, pk: int) -> HttpResponse:
    """Act as one of the cast; 404 unless the province is synthetic and the browser is on this machine."""
    if not cast_may_be_played(request):
        raise Http404
    account = get_object_or_404(queries.demonstration_accounts(), pk=pk)
    login(request, account, backend=BACKEND)
    request.session["tour_step"] = 0
    return redirect("home")


def cast_may_be_played(request: Request) -> bool:
    """Demonstration accounts open without a password only on loopback, and only in a synthetic province."""
    home = territory.home()
    return bool(home and home.synthetic and on_this_machine(request))


def _knock(door: str, request: Request, *, account: str = "") -> doors.Try:
    whose = [f"account {account.casefold()}"] if account else []
    return doors.knock(door, *whose, f"address {address_of(request)}", at=clock.now())


def _next(request: Request) -> str:
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe else "/"
