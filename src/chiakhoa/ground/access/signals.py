"""What the libraries tell us of signing in and of second steps, written into the trail."""

from typing import Any

from allauth.mfa import signals as second_step
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from chiakhoa.foundation import audit, clock
from chiakhoa.foundation.requests import address_of
from chiakhoa.ground.access import actions, queries
from chiakhoa.ground.access.models import Account
from chiakhoa.ground.access.sessions import FROM


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Account, **_more: Any) -> None:
    """Keep in the session where it began, and write the sign-in down."""
    if not hasattr(request, "META") or "REMOTE_ADDR" not in request.META:
        return  # a test's browser that is let in without a door
    at = clock.now()
    agent = request.META.get("HTTP_USER_AGENT", "")[:200]
    request.session[FROM] = {"address": address_of(request), "agent": agent, "at": at.isoformat()}
    steps = request.session.get("account_authentication_methods", [])
    way = "+".join(str(step.get("type") or step.get("method")) for step in steps) or "demonstration"
    actions.note_sign_in(user, address_of(request), at=at, way=way)


@receiver([second_step.authenticator_added, second_step.authenticator_removed, second_step.authenticator_reset])
def changed_second_step(signal: Any, request: HttpRequest, user: Account, authenticator: Any, **_more: Any) -> None:
    """An authenticator app, a passkey or spare codes came or went."""
    verbs = {
        id(second_step.authenticator_added): "add_second_step",
        id(second_step.authenticator_removed): "remove_second_step",
        id(second_step.authenticator_reset): "renew_second_step",
    }
    actor = queries.reader_of_account(user, address=address_of(request))
    audit.record(actor, verbs[id(signal)], user, at=clock.now(), after={"kind": authenticator.type})
