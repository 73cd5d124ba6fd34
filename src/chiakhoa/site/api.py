"""The HTTP API: the parts of each step under one prefix, and the document that describes them."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from chiakhoa.foundation.api import Api, Scope, find_callers_by, problem
from chiakhoa.foundation.pages import page, public_page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.access.actions import caller_by_key
from chiakhoa.ground.catalogue.api import router as catalogue
from chiakhoa.ground.frameworks.api import router as frameworks
from chiakhoa.ground.mandates.api import router as mandates
from chiakhoa.ground.registry.api import router as registry
from chiakhoa.ground.territory.api import router as territory

PREFIX = "api/v1/"
find_callers_by(caller_by_key)

api = Api(
    title="Chìa Khóa",
    version="1",
    urls_namespace="api",
    description="What a province knows of its units, people, competences, courses and mandates, within a token's role.",
)
api.add_router("/territory", territory)
api.add_router("/registry", registry)
api.add_router("/frameworks", frameworks)
api.add_router("/catalogue", catalogue)
api.add_router("/mandates", mandates)


@public_page
def openapi(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document. It says what there is, not what is in it, so anybody may read it."""
    with translation.override("en"):
        document = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX), cls=DjangoJSONEncoder))
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False})


@page(Role.ADMINISTRATOR, Role.AUDITOR)
def guide(request: Request) -> HttpResponse:
    """What the API offers, in plain words, made from its own document."""
    return render(request, "site/api.html", {"parts": _parts(), "scopes": Scope.choices, "host": request.get_host()})


def _parts() -> list[tuple[str, list[dict[str, str]]]]:
    """The addresses by part: method, address, what it gives, the scope."""
    parts: dict[str, list[dict[str, str]]] = {}
    for address, methods in api.get_openapi_schema(path_prefix=PREFIX)["paths"].items():
        for method, said in methods.items():
            row = {"method": method.upper(), "address": address, "says": said["summary"], "scope": said["x-scope"]}
            parts.setdefault(said["tags"][0], []).append(row)
    return list(parts.items())


@csrf_exempt
@public_page
def unknown(_request: HttpRequest, path: str) -> HttpResponse:
    """An address of the API that is none: a problem like every other, not a page."""
    return problem(
        404, "no_such_address", _("There is no such address. The list is in openapi.json.") + f" ({path[:80]})"
    )


def addresses() -> tuple[list[object], str]:
    """The patterns under `PREFIX`, and their namespace."""
    patterns, space, _namespace = api.urls_with_roles()
    return [
        path("openapi.json", openapi, name="openapi"),
        *patterns,
        path("<path:path>", unknown, name="unknown"),
    ], space
