"""Doors at which somebody may guess: each counts wrong tries in the database, and is shut for a while after ten.

A try is written before it is counted, so that many at once cannot all be the tenth. Whose tries they are is kept as a keyed
digest: the table tells nobody who mistyped what from where.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from chiakhoa.foundation import clock, sealing
from chiakhoa.foundation.models import Attempt
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import address_of

LIMIT = 10
SPAN = timedelta(minutes=15)
PURPOSE = "door"


class TooManyTries(Refusal):
    """The door is shut for a while: 429."""

    code = "too_many_tries"


@dataclass(frozen=True)
class Try:
    """One try at a door, counted as wrong until `right` is called."""

    keys: tuple[str, ...]
    rows: tuple[int, ...]

    def right(self) -> None:
        """It was no guess: the try does not count, nor do the earlier ones of the first of `whose` (the account)."""
        Attempt.objects.filter(pk__in=self.rows).delete()
        if len(self.keys) > 1:
            Attempt.objects.filter(key=self.keys[0]).delete()


def knock(door: str, *whose: str, at: datetime, limit: int | None = None) -> Try:
    """Count a try under each of `whose` (the account, the address). TooManyTries where one has ten in a quarter of an hour.

    `limit`: a door through which a whole room passes from one address stands more, and counts every passing.
    """
    keys = tuple(sealing.blind_index(f"{door} {one}", PURPOSE) for one in whose)
    Attempt.objects.filter(at__lte=at - SPAN).delete()
    rows = tuple(Attempt.objects.create(key=key, at=at).pk for key in keys)
    tries, most = Try(keys, rows), LIMIT if limit is None else limit
    for key in keys:
        earlier = list(Attempt.objects.filter(key=key).order_by("at", "pk").values_list("at", flat=True))
        if len(earlier) > most:
            Attempt.objects.filter(pk__in=rows).delete()
            raise TooManyTries(_words(earlier[-most - 1] + SPAN - at))
    return tries


def guarded(
    door: str, account_of: Callable[[HttpRequest], str] = lambda _request: ""
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Guard a view that takes a secret by POST and redirects where it was right: any other answer is a wrong try."""

    def frame(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return view(request, *args, **kwargs)
            account = account_of(request)
            whose = [f"account {account}"] if account else []
            try:
                tries = knock(door, *whose, f"address {address_of(request)}", at=clock.now())
            except TooManyTries as refusal:
                return shut(request, refusal)
            response = view(request, *args, **kwargs)
            if response.status_code in (301, 302, 303):
                tries.right()
            return response

        return opened

    return frame


def shut(request: HttpRequest, refusal: TooManyTries) -> HttpResponse:
    """The page of a shut door."""
    return render(request, "foundation/refused.html", {"refusal": refusal, "status": 429}, status=429)


def _words(wait: timedelta) -> str:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return ngettext(
        "Too many wrong tries. Wait %(n)d minute, then try again.",
        "Too many wrong tries. Wait %(n)d minutes, then try again.",
        minutes,
    ) % {"n": minutes}
