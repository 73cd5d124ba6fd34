"""Puts the reader on every request: who is signed in, in which of their roles."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse

from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import VISITOR, Reader
from chiakhoa.foundation.requests import Request, address_of
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.models import Account

CHOSEN = "assignment"


class ReaderMiddleware:
    """`request.reader` from the session's chosen assignment, or the account's first; a visitor where there is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cast(Request, request).reader = _reader(request)
        return self.get_response(request)


def _reader(request: HttpRequest) -> Reader:
    account = request.user
    if not isinstance(account, Account) or not account.is_active:
        return VISITOR
    chosen = queries.acted_in(account, request.session.get(CHOSEN), at=clock.now())
    return queries.reader_of(chosen, address=address_of(request)) if chosen else VISITOR
