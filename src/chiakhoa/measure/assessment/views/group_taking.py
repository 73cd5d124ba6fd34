"""The test of 12 questions as somebody with the link meets it: no account, no name, one question a page.

Nothing of the person is stored. A signed cookie on the phone remembers an unfinished run, so that the link leads back to it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from chiakhoa.foundation import clock, doors
from chiakhoa.foundation.pages import public_page, refused
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request, address_of
from chiakhoa.measure.assessment import actions, feedback, paper
from chiakhoa.measure.assessment.group import pictures, short_mode
from chiakhoa.measure.assessment.group import queries as group_queries
from chiakhoa.measure.assessment.group.models import GroupAnswer, GroupRun, GroupTest, RunState

A_ROOM = 200  # runs begun from one address in a quarter of an hour: three rooms of 60, or one that begins anew
REMEMBERED = 12 * 3600  # seconds
TO_LEARN = 3

Taking = Callable[..., HttpResponse]


def _with_test(view: Taking) -> Taking:
    """Look the test up by the key of the link, and speak its language, unless the phone's owner chose another."""

    @wraps(view)
    def opened(request: Request, key: str, **kwargs: Any) -> HttpResponse:
        test = group_queries.by_key(request.reader, key)
        if test is None:
            return refused(
                request, NotVisible(_("This link leads to no test. Look at the notice again, or ask for it."))
            )
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else test.language
        with translation.override(language):
            response = view(request, test, **kwargs)
        response.headers["Content-Language"] = language
        return response

    return opened


@public_page
@_with_test
def group_start(request: Request, test: GroupTest) -> HttpResponse:
    """What the test is; begin, or go on with what this phone began."""
    refusal = None
    if request.method == "POST":
        try:
            return _begin(request, test)
        except Refusal as fault:
            refusal = fault
    context = {
        "test": test,
        "is_open": group_queries.is_open(test, clock.today()),
        "begun": None if refusal else _begun(request, test),
        "count": short_mode.length(),
        "refusal": refusal,
    }
    status = 429 if isinstance(refusal, doors.TooManyTries) else 200
    return render(request, "assessment/group_start.html", context, status=status)


@public_page
@_with_test
def group_question(request: Request, test: GroupTest, run: UUID, position: int) -> HttpResponse:
    """One question with its picture. One touch answers it."""
    row = _run(request, test, run)
    shown = row.answers.filter(position=position, score=None).select_related("item").first()
    if shown is None:
        return _go_on(test, row)
    laid_out = paper.lay_out(shown.item, seed=row.seed)
    refusal = None
    if request.method == "POST":
        try:
            given = paper.read(laid_out, request.POST)
            return _go_on(test, actions.answer_group_run(SYSTEM, row.pk, position, given, at=clock.now()))
        except NotVisible:
            raise
        except Refusal as fault:
            refusal = fault
    context = {
        "test": test,
        "paper": laid_out,
        "position": position,
        "count": short_mode.length(),
        "picture": pictures.picture(shown.item_id),
        "refusal": refusal,
    }
    return render(request, "assessment/group_question.html", context, status=422 if refusal else 200)


@public_page
@_with_test
def group_own_result(request: Request, test: GroupTest, run: UUID) -> HttpResponse:
    """The end: what went well, and what is worth learning first."""
    row = _run(request, test, run)
    if row.state != RunState.FINISHED:
        return _go_on(test, row)
    answers = list(row.answers.select_related("item__competence__domain"))
    wrong = [_told(answer) for answer in answers if not answer.score]
    context = {
        "test": test,
        "right": len(answers) - len(wrong),
        "asked": len(answers),
        "domains": group_queries.own_domains(answers),
        "wrong": wrong,
        "to_learn": wrong[:TO_LEARN],
        "is_open": group_queries.is_open(test, clock.today()),
    }
    response = render(request, "assessment/group_own_result.html", context)
    response.delete_cookie(_cookie(test), path=_path(test))
    return response


def _told(answer: GroupAnswer) -> dict[str, Any]:
    """A question that was not right: the right answer and its reason, in words."""
    right = next(part for part in feedback.parts(answer.item, None) if part.is_key)
    return {"item": answer.item, "right": right.text, "why": right.why}


def _begin(request: Request, test: GroupTest) -> HttpResponse:
    """A new run. Every beginning counts at the door, so that nobody can begin thousands."""
    now = clock.now()
    try:
        doors.knock("group_test", f"address {address_of(request)}", at=now, limit=A_ROOM)
    except doors.TooManyTries as fault:
        raise doors.TooManyTries(
            _("Very many tests were begun from this network just now. Wait a quarter of an hour, then try again.")
        ) from fault
    run = actions.begin_group_run(SYSTEM, test.pk, at=now)
    response = _go_on(test, run)
    response.set_signed_cookie(
        _cookie(test), str(run.pk), max_age=REMEMBERED, path=_path(test), httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def _begun(request: Request, test: GroupTest) -> str | None:
    """The address of the question at which this phone stopped; None where it began nothing, or finished."""
    try:
        pk = UUID(request.get_signed_cookie(_cookie(test)))
    except (KeyError, BadSignature, ValueError):
        return None
    run = group_queries.run(request.reader, test, pk)
    return _go_on(test, run)["Location"] if run and run.state == RunState.OPEN else None


def _run(request: Request, test: GroupTest, pk: UUID) -> GroupRun:
    run = group_queries.run(request.reader, test, pk)
    if run is None:
        raise NotVisible(_("There is no such test here."))
    return run


def _go_on(test: GroupTest, run: GroupRun) -> HttpResponse:
    """To the question that waits, or to the end."""
    waits = run.answers.filter(score=None).first()
    if waits is None:
        return redirect("assessment:group_own_result", key=test.key, run=run.pk)
    return redirect("assessment:group_question", key=test.key, run=run.pk, position=waits.position)


def _cookie(test: GroupTest) -> str:
    return f"group-{test.key}"


def _path(test: GroupTest) -> str:
    return reverse("assessment:group_start", args=[test.key])
