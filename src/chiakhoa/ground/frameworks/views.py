"""The pages of the frameworks: one framework, one competence, required profiles, crosswalk. Nothing is written here."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import EVERY_ROLE, page
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.frameworks import queries
from chiakhoa.ground.frameworks.tables import EdgeFilter, EdgeTable


@page(*EVERY_ROLE)
def framework(request: Request) -> HttpResponse:
    """One framework: domains, competences, what one can do at each level. The scale unless `?code=` says other."""
    rows = queries.frameworks(request.reader)
    code = request.GET.get("code")
    row = get_object_or_404(rows, pk=code) if code else rows.first()
    context: dict[str, Any] = {"frameworks": rows, "framework": row}
    if row:
        context |= {"tree": queries.tree(row), "levels": queries.levels(row)}
    return render(request, "frameworks/framework.html", context)


@page(*EVERY_ROLE)
def competence(request: Request, pk: int) -> HttpResponse:
    """One competence: what one can do, who must reach which grade, and its counterparts in other frameworks."""
    row = get_object_or_404(queries.competence(request.reader), pk=pk)
    context = {
        "competence": row,
        "can_do": queries.can_do(row),
        "requirements": queries.requirements(row),
        "edges": queries.edges_of(request.reader, row),
    }
    return render(request, "frameworks/competence.html", context)


@page(*EVERY_ROLE)
def profiles(request: Request) -> HttpResponse:
    """The required grade of each audience in each competence."""
    columns, rows = queries.grid(request.reader)
    return render(request, "frameworks/profiles.html", {"profiles": columns, "rows": rows})


@page(*EVERY_ROLE)
def crosswalk(request: Request) -> HttpResponse:
    """How the scale stands to the other frameworks, and what has no counterpart."""
    context = {
        "counts": queries.linked_counts(),
        "links": queries.level_links(request.reader),
    }
    return list_page(
        request,
        queries.edges(request.reader),
        EdgeTable,
        filters=EdgeFilter,
        template="frameworks/crosswalk.html",
        file_name="crosswalk",
        context=context,
    )
