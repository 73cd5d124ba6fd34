"""How the library for second steps, passkeys and foreign identities (allauth) is bound to our accounts."""

from typing import Any

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import clock, outgoing, sealing
from chiakhoa.foundation.pages import refused
from chiakhoa.foundation.paper import qr_svg
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import NotAllowed, Refusal
from chiakhoa.foundation.requests import address_of
from chiakhoa.ground.access import actions
from chiakhoa.ground.access.models import Account

PURPOSE = "second_step"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves; our pages say what happened, so the library's own messages stay unsaid."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are opened by administrators, by slips and by the register."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """As everywhere in the house."""
        return address_of(request)

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        """A suspended account, whichever door it came by."""
        return refused(request, NotAllowed(str(_("This account is suspended. Ask your administrator."))))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first page, unless a page was asked for."""
        return reverse("home")


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are sealed at rest, codes are drawn by our own writer, words are ours."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Wait for the next one and type it again."),
    }

    def encrypt(self, text: str) -> str:
        """The secret as it is stored."""
        return sealing.seal(text.encode(), PURPOSE).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret behind `encrypt`."""
        return sealing.unseal(encrypted_text.encode(), PURPOSE).decode()

    def build_totp_svg(self, url: str) -> str:
        """The address for the authenticator app as a QR code."""
        return qr_svg(url)

    def generate_authenticator_name(self, user: Account, type: Any) -> str:
        """What a new passkey is called until its owner says otherwise."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return str(_("Device %(n)d")) % {"n": count + 1}

    def get_totp_issuer(self) -> str:
        """The name beside the code in the app."""
        return "Chìa Khóa"


class IdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A national identity leads to the account of the registered person with that citizen number; to no other."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect the identity to its account the first time; refuse one that belongs to nobody here."""
        if sociallogin.is_existing:
            return
        said = sociallogin.account.extra_data
        claims = {**said.get("id_token", {}), **said.get("userinfo", {})}
        number = str(claims.get(settings.OIDC_CLAIM, ""))
        try:
            account = actions.account_of_citizen(SYSTEM, number, at=clock.now())
        except Refusal as refusal:
            raise ImmediateHttpResponse(refused(request, refusal)) from refusal
        sociallogin.connect(request, account)

    def get_requests_session(self) -> requests.Session:
        """As everywhere in the house: what the provider says of itself must not send us to what stands beside us."""
        return outgoing.session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Only the register makes accounts."""
        return False

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The provider said no, or something went wrong on the way."""
        refusal = Refusal(
            str(_("The identity provider did not confirm who you are. Try again, or sign in another way."))
        )
        raise ImmediateHttpResponse(refused(request, refusal))
