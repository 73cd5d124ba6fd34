"""The API as one thing: ETags on what is read, problems for what is refused, and a document that says all of it."""

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from chiakhoa.foundation.api import problems
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal

PROBLEM = {"content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string"},
}
WORDS = {
    "400": "The body is no JSON.",
    "401": "No live token.",
    "403": "The token lacks the scope or the role.",
    "404": "Not there, or not for you.",
    "409": "The form is right, but the rules of the house or what is stored say no; `detail` names the remedy.",
    "412": "Changed since the ETag of `If-Match`.",
    "422": "A value does not fit; `errors` names the place.",
}


class Api(NinjaAPI):
    """Ninja with our conventions. An address without `Needs` is found by the walk of all addresses."""

    def __init__(self, **options: Any) -> None:
        super().__init__(docs_url=None, openapi_url=None, **options)
        self.exception_handler(Refusal)(problems.of_refusal)
        self.exception_handler(ValidationError)(problems.of_validation)
        self.exception_handler(Http404)(_missing)
        self.exception_handler(HttpError)(_unreadable)

    def create_response(
        self,
        request: HttpRequest,
        data: Any,
        *,
        status: int | None = None,
        temporal_response: HttpResponse | None = None,
    ) -> HttpResponse:
        """The response, with an ETag on what was read, and 304 where the caller has it already."""
        response = super().create_response(request, data, status=status, temporal_response=temporal_response)
        response["Cache-Control"] = "private, no-cache"
        response["Vary"] = "Authorization, Accept-Language"
        response["Content-Language"] = get_language() or "vi"
        if response.status_code != 200 or request.method not in ("GET", "PUT", "POST"):
            return response
        etag = etag_of(response.content)
        response["ETag"] = etag
        if request.method != "GET":
            return response
        return get_conditional_response(request, etag=etag, response=response) or response  # type: ignore[return-value]

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI document, with the refusals that every address may give."""
        document = super().get_openapi_schema(**options)
        document["components"]["schemas"]["Problem"] = _schema_of_problem()
        scopes = {op.operation_id: _scope(op) for one in self._get_bound_routers() for op in _operations(one)}
        for methods in document["paths"].values():
            for method, operation in methods.items():
                operation["x-scope"] = scopes[operation["operationId"]]
                _complete(method, operation)
        return document

    def urls_with_roles(self) -> Any:
        """`urls`, each view carrying the roles of its address: an address without `Needs` carries none, and the walk sees it."""
        urls: Any = self.urls
        patterns, *names = urls
        for bound in self._get_bound_routers():
            for view in bound.path_operations.values():
                needs = [callback for one in view.operations for callback in one.auth_callbacks]
                if len(needs) == len(view.operations):
                    mine = {_name(self, one, bound) for one in view.operations}
                    for pattern in (p for p in patterns if p.name in mine):
                        pattern.callback.roles = frozenset(role for need in needs for role in _roles(need))
        return [p for p in patterns if p.name != "api-root"], *names


def representation(row: Any, schema: type[Schema]) -> bytes:
    """The bytes that a GET of the row answers with: their ETag is what `If-Match` compares."""
    text = JSONRenderer().render(HttpRequest(), schema.from_orm(row).model_dump(), response_status=200)
    return str(text).encode()


def etag_of(content: bytes) -> str:
    """The strong ETag of a representation."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _operations(bound: Any) -> list[Any]:
    return [operation for view in bound.path_operations.values() for operation in view.operations]


def _roles(need: Any) -> frozenset[Role]:
    return need.roles  # type: ignore[no-any-return]


def _scope(operation: Any) -> str:
    return ", ".join(str(need.scope.value) for need in operation.auth_callbacks)


def _name(api: NinjaAPI, operation: Any, bound: Any) -> str:
    return str(getattr(operation, "url_name", "")) or api.get_operation_url_name(operation, router=bound.template)


def _complete(method: str, operation: dict[str, Any]) -> None:
    for parameter in operation["parameters"]:
        parameter["schema"] = _without_null(parameter["schema"])
    responses = {str(code): said for code, said in operation["responses"].items()}
    wanted = ["401", "403"]
    if any(p["in"] == "path" or p["name"] == "cursor" for p in operation["parameters"]):
        wanted.append("404")
    if operation["parameters"] or "requestBody" in operation:
        wanted.append("422")
    if "requestBody" in operation:
        wanted += ["400", "409"]
    for code in wanted:
        responses.setdefault(code, {"description": WORDS[code], **PROBLEM})
    for code, said in responses.items():
        if code == "200":
            said["headers"] = {"ETag": {"schema": {"type": "string"}}}
        if code >= "400":
            responses[code] = {"description": said["description"] or WORDS.get(code, ""), **PROBLEM}
    if method == "get":
        responses["304"] = {"description": "Unchanged since the ETag of `If-None-Match`."}
        operation["parameters"].append(IF_NONE_MATCH)
    operation["responses"] = dict(sorted(responses.items()))


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is there or it is not: an address cannot hold null."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf" and (key, value) != ("default", None)}
    if not kinds:
        return rest
    return {**kinds[0], **rest} if len(kinds) == 1 else {"anyOf": kinds, **rest}


def _schema_of_problem() -> dict[str, Any]:
    schema = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    place = schema.pop("$defs")["Place"]
    schema["properties"]["errors"] = {"type": "array", "items": place, "title": "Errors"}
    return schema


def _missing(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problems.problem(404, "not_visible", _("There is no such thing here. Look its key up in the list first."))


def _unreadable(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.problem(error.status_code, "unreadable", _("The body cannot be read. Send JSON in UTF-8."))
