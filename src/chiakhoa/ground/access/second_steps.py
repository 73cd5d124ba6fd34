"""Addresses of second steps, passkeys and foreign identities: the library's views, each said whose it is and guarded.

The library looks its pages up by name, so these names stand in no namespace.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.internal.stagekit import unstash_login
from allauth.account.views import reauthenticate as password_again
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as spare_codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkey
from allauth.socialaccount.providers.openid_connect import views as identity
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.generic import RedirectView
from requests import RequestException

from chiakhoa.foundation import outgoing
from chiakhoa.foundation.doors import guarded
from chiakhoa.foundation.pages import EVERY_ROLE, page, public_page, refused
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.access.models import Account

log = logging.getLogger("chiakhoa.identity")


def _signed_in(request: HttpRequest) -> str:
    return str(cast(Account, request.user).pk)


def _about_to_sign_in(request: HttpRequest) -> str:
    login = unstash_login(request, peek=True)
    return str(login.user.pk) if login and login.user else ""


def _answered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The library leaves it to us that the provider may be silent, or be where we do not ask."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except RequestException as fault:
            log.warning("the identity provider cannot be asked: %s", outgoing.why(fault))
            return refused(
                request, Refusal(_("The identity provider does not answer. Sign in another way, or try later."))
            )

    return opened


to_sign_in = public_page(RedirectView.as_view(pattern_name="access:sign_in", query_string=True))
to_my_account = page(*EVERY_ROLE)(RedirectView.as_view(pattern_name="access:my_account"))
mine = page(*EVERY_ROLE)

urlpatterns = [
    path("sign-in/", to_sign_in, name="account_login"),
    path("sign-out/", to_my_account, name="account_logout"),
    path("second-step/", public_page(guarded("second_step", _about_to_sign_in)(second_step.authenticate)),
         name="mfa_authenticate"),
    path("again/", mine(guarded("again", _signed_in)(password_again)), name="account_reauthenticate"),
    path("again/code/", mine(guarded("again", _signed_in)(second_step.reauthenticate)), name="mfa_reauthenticate"),
    path("again/passkey/", mine(passkey.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("mine/", to_my_account, name="mfa_index"),
    path("app/", mine(guarded("app", _signed_in)(app.activate_totp)), name="mfa_activate_totp"),
    path("app/remove/", mine(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("spare-codes/", mine(spare_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("spare-codes/new/", mine(spare_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("passkeys/", to_my_account, name="mfa_list_webauthn"),
    path("passkeys/sign-in/", public_page(passkey.login_webauthn), name="mfa_login_webauthn"),
    path("passkeys/add/", mine(passkey.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", mine(passkey.remove_webauthn), name="mfa_remove_webauthn"),
    path("identity/<str:provider_id>/", public_page(_answered(identity.login)), name="openid_connect_login"),
    path("identity/<str:provider_id>/back/", public_page(_answered(identity.callback)),
         name="openid_connect_callback"),
]  # fmt: skip
