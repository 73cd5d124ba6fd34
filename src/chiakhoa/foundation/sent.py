"""A form that is sent twice is done once, whatever it asks for.

Django writes its token into every form and masks it anew for each page, so token and address name one form on one page that
somebody was shown. The first action that such a form leads to claims it, in the action's own transaction: the database lets one
claim through, those that come at the same moment wait for it, and where it is taken back the next one may. A form that was
changed and sent again from the same page is another deed and passes. Whoever comes second is led to where the first was led.
Where that was nowhere (a file came, and the page stands as before), pressing again after a few seconds is meant and passes.

Calls of programs carry no such token; they have an `Idempotency-Key`. What a page sends by script, with the token in a header,
guards itself: an answer of a test counts once, and a claim would cost it a second commit.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse

from chiakhoa.foundation.models import SentForm

LOOKS, PAUSE_SECONDS = 10, 0.1  # how long the second of two at one moment waits to hear where the first was led
IN_ONE_GO = timedelta(seconds=5)
CLAIM = """
    INSERT INTO foundation_sentform (key, body, answered, answer, at) VALUES (%s, %s, %s, '', %s)
    ON CONFLICT (key) DO UPDATE SET body = excluded.body, answered = excluded.answered, answer = '', at = excluded.at
    WHERE foundation_sentform.body <> excluded.body
       OR (foundation_sentform.answered AND foundation_sentform.answer = '' AND foundation_sentform.at < %s)
"""


class AlreadySent(Exception):  # noqa: N818 - an answer, not a fault; no Refusal, for no form is to be filled in anew
    """The form was sent and done before. `form` is its key."""

    def __init__(self, form: str) -> None:
        super().__init__("the form was sent before")
        self.form = form


@dataclass
class Sent:
    """The form that the request sends: its key, a digest of what was filled in, and whether an action has claimed it."""

    key: str
    body: str
    at: datetime
    claimed: bool = False


_sent: ContextVar[Sent | None] = ContextVar("sent", default=None)


@contextmanager
def watched(request: HttpRequest, *, at: datetime) -> Iterator[Sent | None]:
    """While the page is made: actions know of the form that was sent, if one was."""
    form = _form_of(request, at) if request.method == "POST" else None
    token = _sent.set(form)
    try:
        yield form
    finally:
        _sent.reset(token)


def claim() -> None:
    """Take the form for the action that now begins, or raise AlreadySent. Inside the action's transaction."""
    form = _sent.get()
    if form is None or form.claimed:
        return
    with connection.cursor() as cursor:
        at, before = (connection.ops.adapt_datetimefield_value(day) for day in (form.at, form.at - IN_ONE_GO))
        cursor.execute(CLAIM, [form.key, form.body, False, at, before])
        if not cursor.rowcount:
            raise AlreadySent(form.key)
    form.claimed = True


def answered(form: Sent | None, response: HttpResponse) -> None:
    """Keep where the form led, for whoever sent it twice."""
    if form and form.claimed:
        where = response.headers.get("Location", "")
        SentForm.objects.filter(key=form.key).update(answered=True, answer=where[:400])


def where_the_first_led(key: str) -> str:
    """The address to which the first was led, waiting a moment for it; empty where it was none."""
    for _look in range(LOOKS):
        row = SentForm.objects.filter(key=key).first()
        if row is None or row.answered:
            return row.answer if row else ""
        time.sleep(PAUSE_SECONDS)
    return ""


def _form_of(request: HttpRequest, at: datetime) -> Sent | None:
    token = request.POST.get("csrfmiddlewaretoken", "")
    if not token:
        return None
    files = [(name, file.name, file.size) for name, rows in request.FILES.lists() for file in rows]
    filled = json.dumps([token, sorted(request.POST.lists()), sorted(files)])
    return Sent(_digest(f"{token} {request.get_full_path()}"), _digest(filled), at)


def _digest(text: str) -> str:
    """The token is chance, so nobody finds by trying what was filled in."""
    return hashlib.sha256(text.encode()).hexdigest()
