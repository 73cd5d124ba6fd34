"""The request as our views see it: Django's, with the reader on it; and where it comes from."""

from django.conf import settings
from django.http import HttpRequest

from chiakhoa.foundation.readers import Reader

LOOPBACK = ("127.0.0.1", "::1")


class Request(HttpRequest):
    """A request whose reader the access middleware has set."""

    reader: Reader


def address_of(request: HttpRequest) -> str:
    """The network address of whoever asks. Behind the proxy that settings announce, what that proxy saw."""
    nearest = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        # Only the last one was written by our own proxy; what stands before it anybody may have made up.
        return str(request.META.get("HTTP_X_FORWARDED_FOR", nearest)).split(",")[-1].strip()[:45]
    return nearest[:45]


def on_this_machine(request: HttpRequest) -> bool:
    """Whether the browser runs on this very computer. A request that any proxy passed on does not count."""
    passed_on = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    return not passed_on and not settings.BEHIND_PROXY and request.META.get("REMOTE_ADDR") in LOOPBACK
