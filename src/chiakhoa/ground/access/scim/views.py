"""The addresses of SCIM. Each asks for a token with the scope `scim` of an administrator; no cookie opens any."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from chiakhoa.foundation import clock
from chiakhoa.foundation.api import Needs, Scope
from chiakhoa.foundation.api.problems import Unauthenticated
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.access.scim import actions, description, queries, resources
from chiakhoa.ground.access.scim.faults import Fault
from chiakhoa.ground.access.scim.filters import condition
from chiakhoa.ground.access.scim.patch import patched

MEDIA_TYPE = "application/scim+json"
LONGEST_BODY = 1_000_000
needs = Needs(Scope.ACCOUNTS, Role.ADMINISTRATOR)
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Kind:
    """One kind of resource: how it is found, shown, read and written."""

    name: str
    rows: Callable[[Reader], QuerySet[Any]]
    shown: Callable[[Any], dict[str, Any]]
    wanted: Callable[[dict[str, Any]], Any]
    columns: dict[str, str]
    make: Callable[..., Any]
    change: Callable[..., Any]
    remove: Callable[..., Any]


USERS = Kind(
    "User", queries.accounts, resources.user, resources.wanted_user, resources.USER_COLUMNS,
    actions.provide_account, actions.change_account, actions.delete_account,
)  # fmt: skip
GROUPS = Kind(
    "Group", queries.groups, resources.group, resources.wanted_group, resources.GROUP_COLUMNS,
    actions.make_group, actions.change_group, actions.delete_group,
)  # fmt: skip


def scim(*methods: str) -> Callable[[View], View]:
    """The frame: the token, the methods, and every refusal as a SCIM error."""

    def frame(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                needs(request)
                if request.method not in methods:
                    raise Fault(405, _("This address takes %(methods)s.") % {"methods": ", ".join(methods)})
                return view(request, *args, **kwargs)
            except Unauthenticated as refusal:
                response = _error(401, refusal.message)
                response["WWW-Authenticate"] = 'Bearer realm="chiakhoa"'
            except Fault as fault:
                response = _error(fault.status, fault.detail, fault.kind)
            except Refusal as refusal:
                response = _error(403, refusal.message)
            if response.status_code == 405:
                response["Allow"] = ", ".join(methods)
            return response

        answered.roles = needs.roles  # type: ignore[attr-defined]
        return answered

    return frame


@scim("GET")
def service(_request: HttpRequest) -> HttpResponse:
    """What the service can do."""
    return _json(description.service())


@scim("GET")
def described(request: HttpRequest, what: str, key: str = "") -> HttpResponse:
    """The resource types or the schemas: all, or the one of the key."""
    if request.GET.get("filter"):
        raise Fault(403, _("This list takes no filter."))
    rows = description.resource_types() if what == "ResourceTypes" else description.schemas()
    if not key:
        return _json(_list(rows, len(rows), 1))
    found = next((row for row in rows if row["id"] == key), None)
    if found is None:
        raise Fault(404, _("There is nothing of this name."))
    return _json(found)


@scim("GET", "POST")
def users(request: HttpRequest) -> HttpResponse:
    """Accounts: found by a filter, or one opened."""
    return _all(request, USERS)


@scim("GET", "PUT", "PATCH", "DELETE")
def user(request: HttpRequest, key: str) -> HttpResponse:
    """One account."""
    return _one(request, USERS, key)


@scim("GET", "POST")
def groups(request: HttpRequest) -> HttpResponse:
    """Groups: found by a filter, or one made."""
    return _all(request, GROUPS)


@scim("GET", "PUT", "PATCH", "DELETE")
def group(request: HttpRequest, key: str) -> HttpResponse:
    """One group."""
    return _one(request, GROUPS, key)


@scim("POST")
def search(request: HttpRequest, what: str = "") -> HttpResponse:
    """The list of users, of groups, or of both; its parameters come in the body, so that no log of addresses holds names."""
    kinds = {"Users": (USERS,), "Groups": (GROUPS,)}.get(what, (USERS, GROUPS))
    return _found(request.reader, kinds, _body(request))  # type: ignore[attr-defined]


@scim("GET", "POST", "PUT", "PATCH", "DELETE")
def nothing(_request: HttpRequest, path: str) -> HttpResponse:
    """An address that SCIM has not."""
    raise Fault(404, _("There is no such address."))


def _all(request: HttpRequest, kind: Kind) -> HttpResponse:
    reader: Reader = request.reader  # type: ignore[attr-defined]
    if request.method == "POST":
        made = kind.make(reader, kind.wanted(_body(request)), at=clock.now())
        return _resource(request, kind.shown(kind.rows(reader).get(pk=made.pk)), status=201)
    return _found(reader, (kind,), request.GET.dict())


def _found(reader: Reader, kinds: tuple[Kind, ...], asked: dict[str, Any]) -> HttpResponse:
    """The rows that a list's parameters, or the body of a search, ask for: users before groups."""
    start = max(1, _number(asked, "startIndex", 1))
    left = min(max(0, _number(asked, "count", description.MOST_RESULTS)), description.MOST_RESULTS)
    total, shown, skip = 0, [], start - 1
    for kind in kinds:
        rows = _filtered(kind, reader, str(asked.get("filter") or ""), alone=len(kinds) == 1)
        count = rows.count()
        part = [_part(asked, kind.shown(row)) for row in rows[skip : skip + left]]
        total, skip, left = total + count, max(0, skip - count), left - len(part)
        shown += part
    return _json(_list(shown, total, start))


def _filtered(kind: Kind, reader: Reader, said: str, *, alone: bool) -> QuerySet[Any]:
    """The rows of a kind; in a search of all kinds, those without the attribute are simply not found."""
    rows = kind.rows(reader)
    try:
        return rows.filter(condition(said, kind.columns, kind.name)).distinct() if said else rows
    except Fault:
        if alone:
            raise
        return rows.none()


def _one(request: HttpRequest, kind: Kind, key: str) -> HttpResponse:
    reader: Reader = request.reader  # type: ignore[attr-defined]
    row = kind.rows(reader).filter(pk=resources.pk_of(key, kind.name)).first()
    if row is None:
        raise Fault(404, _("There is no such thing here."))
    now = kind.shown(row)
    if request.method == "GET":
        return _resource(request, now)
    _refuse_stale(request, now)
    if request.method == "DELETE":
        kind.remove(reader, row.pk, at=clock.now())
        return HttpResponse(status=204)
    sent = _body(request)
    whole = patched(now, sent.get("Operations")) if request.method == "PATCH" else sent
    kind.change(reader, row.pk, kind.wanted(whole), at=clock.now())
    return _resource(request, kind.shown(kind.rows(reader).get(pk=row.pk)))


def _refuse_stale(request: HttpRequest, now: dict[str, Any]) -> None:
    asked = request.headers.get("If-Match")
    if asked and asked != "*" and now["meta"]["version"] not in asked:
        raise Fault(412, _("The resource has changed since you read it. Read it again."))


def _resource(request: HttpRequest, whole: dict[str, Any], status: int = 200) -> HttpResponse:
    version = whole["meta"]["version"]
    if request.method == "GET" and version in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = _json(_part(request.GET.dict(), whole), status)
    response["ETag"] = version
    if status == 201:
        response["Location"] = whole["meta"]["location"]
    return response


def _part(asked: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    return resources.without(whole, _names(asked, "attributes"), _names(asked, "excludedAttributes"))


def _names(asked: dict[str, Any], parameter: str) -> set[str]:
    """Attribute names in lower case, without the schema before and the sub-attribute behind."""
    given = asked.get(parameter) or []
    names = given.split(",") if isinstance(given, str) else [str(one) for one in given]
    return {one.strip().rsplit(":", 1)[-1].split(".")[0].lower() for one in names if one.strip()}


def _number(asked: dict[str, Any], name: str, otherwise: int) -> int:
    text = str(asked.get(name, ""))
    if text and not text.lstrip("-").isdecimal():
        raise Fault(400, _("“%(name)s” must be a number.") % {"name": name}, "invalidValue")
    return int(text[:9]) if text else otherwise


def _body(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > LONGEST_BODY:
        raise Fault(413, _("The body is longer than 1 MB."))
    try:
        sent = json.loads(request.body)
    except ValueError:
        sent = None
    if not isinstance(sent, dict):
        raise Fault(400, _("The body is no JSON object."), "invalidSyntax")
    return sent


def _list(rows: list[dict[str, Any]], total: int, start: int) -> dict[str, Any]:
    return {
        "schemas": [description.LIST], "totalResults": total, "startIndex": start, "itemsPerPage": len(rows),
        "Resources": rows,
    }  # fmt: skip


def _error(status: int, detail: str, kind: str = "") -> HttpResponse:
    said = {"schemas": [description.ERROR], "status": str(status), "detail": detail}
    return _json({**said, "scimType": kind} if kind else said, status)


def _json(said: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(said, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
