"""Every list of the house: searchable without diacritics, filtered, sorted, paged, exported. One function, one template."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig, Table

from chiakhoa.foundation import sheets
from chiakhoa.foundation.text import fold

PAGE_SIZE = 50
EXPORT_LIMIT = 100_000


class FoldedSearch(django_filters.CharFilter):  # type: ignore[misc]
    """A search box over a folded column: every word must occur, in any order, with or without diacritics."""

    def __init__(self, field_name: str = "search_key", **kwargs: Any) -> None:
        super().__init__(field_name=field_name, label=kwargs.pop("label", _("Search")), **kwargs)

    def filter(self, qs: QuerySet[Model], value: str) -> QuerySet[Model]:
        """Rows whose folded column holds every word of the value."""
        for word in fold(value or "").split():
            qs = qs.filter(**{f"{self.field_name}__contains": word})
        return qs


def list_page(
    request: HttpRequest,
    rows: QuerySet[Any] | Sequence[Any],
    table_class: type[Table],
    *,
    filters: type[django_filters.FilterSet] | None = None,
    template: str = "foundation/list.html",
    file_name: str = "list",
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """The list as a page, or as a file where the address asks `?export=xlsx` or `csv`. `context` gives title and lead."""
    filterset = filters(request.GET, queryset=rows, request=request) if filters else None
    table = table_class(filterset.qs if filterset else rows)
    export = request.GET.get("export")
    RequestConfig(request, paginate=False if export else {"per_page": PAGE_SIZE}).configure(table)
    if export in ("xlsx", "csv"):
        return sheets.download(_as_rows(table), file_name, export)
    return render(request, template, {"table": table, "filterset": filterset, **(context or {})})


def _as_rows(table: Table) -> list[list[Any]]:
    return [list(row) for row in table.as_values()][: EXPORT_LIMIT + 1]
