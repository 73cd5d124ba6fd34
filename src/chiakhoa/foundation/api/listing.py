"""Lists of the API: the filters of the page like it, and cursors that lose and double nothing while rows are added.

A cursor is the key of the last row seen, signed for its list. The next page begins after that key, so that rows which come or
go meanwhile shift nothing; counting from the start (OFFSET) would repeat or skip.
"""

from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

import django_filters
from django.core import signing
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, create_model

from chiakhoa.foundation.api.problems import Misfit
from chiakhoa.foundation.refusals import NotVisible

T = TypeVar("T")
M = TypeVar("M", bound=Model)
LONGEST = 100
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Listing(Schema, Generic[T]):
    """A part of a list. `next` is the cursor of what follows; null at the end."""

    items: list[T]
    next: str | None = None


class Paged(Schema):
    """What every list takes: how many rows, and where to go on."""

    limit: int = Field(50, ge=1, le=LONGEST, description="How many rows at most.")
    cursor: Text | None = Field(None, description="`next` of the page before. The other parameters must stay the same.")


def query_for(filters: type[django_filters.FilterSet] | None, name: str) -> Any:
    """The query parameters of a list as a schema, read off the filters of the page: they cannot come to differ."""
    fields: dict[str, Any] = {
        key: (_kind(one) | None, Field(None, description=_said(one)))
        for key, one in (filters.base_filters.items() if filters else ())
    }
    return create_model(name, __base__=Paged, **fields)


def listed(
    request: HttpRequest,
    rows: QuerySet[M],
    query: Paged,
    filters: type[django_filters.FilterSet] | None = None,
) -> dict[str, Any]:
    """One page of the filtered rows, as `Listing` takes it. Misfit naming a parameter that does not fit."""
    _refuse_unknown(request, query)
    if filters:
        asked = {key: value for key, value in request.GET.items() if key not in Paged.model_fields}
        filterset = filters(asked, queryset=rows)
        _refuse_misfits(filterset)
        rows = filterset.qs.distinct()
    return rows_after(rows, query, space=request.path)


def rows_after(rows: QuerySet[M], query: Paged, *, space: str) -> dict[str, Any]:
    """The rows that follow the cursor, in the order of their keys. NotVisible for a cursor of another list."""
    rows = rows.order_by("pk")
    if query.cursor:
        rows = rows.filter(pk__gt=_key(query.cursor, space))
    found = list(rows[: query.limit + 1])
    more = len(found) > query.limit
    found = found[: query.limit]
    return {"items": found, "next": signing.dumps(found[-1].pk, salt=space) if more else None}


def _key(cursor: str, space: str) -> Any:
    try:
        return signing.loads(cursor, salt=space)
    except signing.BadSignature:
        raise NotVisible(
            _("query.cursor: this is no cursor of this list. Begin again without one."), code="cursor_unknown"
        ) from None


def _refuse_unknown(request: HttpRequest, query: Paged) -> None:
    unknown = sorted(set(request.GET) - set(type(query).model_fields))
    if unknown:
        raise Misfit(
            _("query.%(name)s: this list has no such parameter. It has: %(known)s.")
            % {"name": unknown[0], "known": ", ".join(type(query).model_fields)},
            code="parameter_unknown",
        )


def _refuse_misfits(filterset: django_filters.FilterSet) -> None:
    """A name of something that is not there is 404, as for an address; a value of the wrong form is 422."""
    for name, errors in filterset.errors.as_data().items():
        said = f"query.{name}: {' '.join(message for error in errors for message in error.messages)}"
        if any(error.code == "invalid_choice" for error in errors):
            raise NotVisible(said, code="filter_names_nothing")
        raise Misfit(said, code="filter_malformed")


def _kind(one: django_filters.Filter) -> Any:
    if isinstance(one, django_filters.DateFilter):
        return date
    if isinstance(one, django_filters.NumberFilter):
        return Annotated[int, Field(ge=0, le=10**9)]
    choices = one.extra.get("choices")
    if isinstance(choices, list | tuple) and choices:
        return Literal[tuple(str(value) for value, _label in choices)]
    return Text


def _said(one: django_filters.Filter) -> str:
    return str(one.label or "")
