"""The frame of every page: which roles may open it, and what a refusal looks like.

A view without `page` or `public_page` is an error that the walk of all addresses finds.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from chiakhoa.foundation import clock, sent
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.foundation.requests import Request

View = Callable[..., HttpResponse]
EVERY_ROLE = tuple(Role)


def page(*roles: Role) -> Callable[[View], View]:
    """Only these roles may open the view: a visitor is asked to sign in, another role gets 403."""

    def frame(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            reader = cast(Request, request).reader
            if reader.is_visitor:
                return redirect_to_login(request.get_full_path())
            if reader.role not in roles:
                return refused(request, NotAllowed(""))
            return _once(view, request, *args, **kwargs)

        opened.roles = frozenset(roles)  # type: ignore[attr-defined]
        return opened

    return frame


def public_page(view: View) -> View:
    """Anybody may open the view, signed in or not."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _once(view, request, *args, **kwargs)

    opened.roles = None  # type: ignore[attr-defined]
    return opened


def _once(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The view's answer; a form that it does is remembered, so that nobody does it twice by pressing twice."""
    with sent.watched(request, at=clock.now()) as form:
        response = view(request, *args, **kwargs)
    sent.answered(form, response)
    return response


def sent_before(request: HttpRequest, again: sent.AlreadySent) -> HttpResponse:
    """For a form that was sent twice: where the first was led, with a word; else a page that says so."""
    where = sent.where_the_first_led(again.form)
    if where:
        messages.info(request, _("The form was sent more than once. It was done once."))
        return redirect(where)
    return render(request, "foundation/sent_before.html", {"page": _page_before(request)}, status=409)


def _page_before(request: HttpRequest) -> str:
    """The page on which the form stood, if it is ours."""
    named = request.headers.get("Referer", "")
    return named if url_has_allowed_host_and_scheme(named, {request.get_host()}) else ""


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page for a refusal that no form caught: 404, 403 or 422, with its words."""
    status = 404 if isinstance(refusal, NotVisible) else 403 if isinstance(refusal, NotAllowed) else 422
    return render(request, "foundation/refused.html", {"refusal": refusal, "status": status}, status=status)


class RefusalMiddleware:
    """Turns a Refusal that leaves a view into its page, and a form that was sent twice into what the first led to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The refusal's page; None leaves every other exception to Django."""
        if isinstance(exception, sent.AlreadySent):
            return sent_before(request, exception)
        return refused(request, exception) if isinstance(exception, Refusal) else None
