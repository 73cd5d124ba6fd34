"""Refusals of the API as application/problem+json (RFC 9457): where it went wrong, why, and what to do."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.errors import ValidationError

from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal

MEDIA_TYPE = "application/problem+json"


class Unauthenticated(Refusal):
    """No live token came with the request: 401."""

    code = "no_token"


class Conflict(Refusal):
    """The request does not fit what is there or what went before: 409."""

    code = "conflict"


class Misfit(Refusal):
    """A value is not of the form that the document asks for: 422."""

    code = "invalid"


class Stale(Refusal):
    """The thing has changed since the caller read it: 412."""

    code = "stale"


STATUSES: dict[type[Refusal], int] = {
    Unauthenticated: 401,
    NotAllowed: 403,
    NotVisible: 404,
    Conflict: 409,
    Stale: 412,
    Misfit: 422,
}


class Place(Schema):
    """One fault: where (`query.limit`, `body.born_on`), and what is wrong there."""

    place: str
    detail: str
    code: str


class Problem(Schema):
    """A refusal. `detail` names the cause and the remedy; `code` is for programs; `errors` names each faulty place."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[Place] = []


def problem(status: int, code: str, detail: str, places: Iterable[Place] = ()) -> HttpResponse:
    """The response for one refusal."""
    said = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, errors=list(places))
    body = json.dumps(said.model_dump(), ensure_ascii=False)
    response = HttpResponse(body, status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="chiakhoa"'
    response["Cache-Control"] = "no-store"
    response["Content-Language"] = get_language() or "vi"
    return response


def of_refusal(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The problem for what a query or an action refused: 409 where the form was right and the rules of the house say no."""
    status = next((code for kind, code in STATUSES.items() if isinstance(refusal, kind)), 409)
    field = f"body.{refusal.field}" if refusal.field else ""
    places = [Place(place=field, detail=refusal.message, code=refusal.code)] if field else []
    return problem(status, refusal.code, refusal.message, places)


def of_validation(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The problem for values that do not fit the schema: every faulty place with what is wrong."""
    places = [
        Place(place=place_of(fault["loc"]), detail=str(fault["msg"]), code=str(fault["type"])) for fault in error.errors
    ]
    detail = _("%(places)s: the value does not fit. See “errors”, correct it and send again.") % {
        "places": ", ".join(place.place for place in places)
    }
    return problem(422, "invalid", detail, places)


def place_of(location: Iterable[Any]) -> str:
    """`("body", "person", "born_on")` as `body.born_on`: the name of our own parameter says nothing to a caller."""
    source, *rest = [str(part) for part in location]
    return ".".join([source, *(rest[1:] if source == "body" and len(rest) > 1 else rest)])
