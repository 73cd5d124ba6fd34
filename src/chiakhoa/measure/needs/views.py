"""Gaps as a grid, a ranked list and a map, and the people behind a cell."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.requests import Request
from chiakhoa.foundation.templatetags.words import num, percent
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.models import Audience
from chiakhoa.ground.territory import drawing, mapday
from chiakhoa.ground.territory import queries as territory
from chiakhoa.measure.needs import actions, queries
from chiakhoa.measure.needs.forms import GridForm, MapForm
from chiakhoa.measure.needs.tables import GapFilter, GapTable, PeopleTable


@page(*queries.MAY_SEE)
def grid(request: Request) -> HttpResponse:
    """The grid: a row for each audience or commune, a column for each competence."""
    form = GridForm(request.GET or None, reader=request.reader)
    chosen = form.cleaned_data if form.is_valid() else {}
    by = chosen.get("by") or "audience"
    cells = queries.grid(
        request.reader,
        by=by,
        unit=getattr(chosen.get("unit"), "pk", "") or "",
        audience=getattr(chosen.get("audience"), "pk", "") or "",
    )
    competences = frameworks.scale().competences
    context = {
        "form": form,
        "by": by,
        "competences": competences,
        "rows": _rows(request, by, cells, competences),
        "worst": queries.worst_sentences(request.reader),
        "enough": queries.ENOUGH,
        "as_of": queries.gaps(request.reader).values_list("as_of", flat=True).first(),
    }
    return render(request, "needs/grid.html", context)


@page(*queries.MAY_SEE)
def ranked(request: Request) -> HttpResponse:
    """Gaps by expected people short; chosen ones go into the demand."""
    return list_page(
        request,
        queries.ranked(request.reader),
        GapTable,
        filters=GapFilter,
        template="needs/ranked.html",
        file_name="gaps",
    )


@page(*queries.MAY_SEE)
def gap_map(request: Request) -> HttpResponse:
    """The share below the required grade, commune by commune, as a map with its list."""
    form = MapForm(request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    day = mapday.asked(request.GET, today=clock.today())
    cells = queries.by_unit(
        request.reader,
        audience=getattr(chosen.get("audience"), "pk", "") or "",
        competence=getattr(chosen.get("competence"), "pk", None),
    )
    if day.on != clock.today():
        cells = queries.on_map(cells, day=day.on)
    communes = territory.communes_on_map(request.reader, on=day.on)
    values = {unit: cell.share for unit, cell in cells.items() if cell.share is not None}
    drawn = drawing.shaded(
        communes, values, title=_("Share below the required grade"), label=percent, missing=_("too few measured")
    )
    listed = sorted(
        ({"unit": unit, "cell": cells.get(unit.pk)} for unit in communes),
        key=lambda row: -((row["cell"].share if row["cell"] else None) or 0),
    )
    context = {
        "form": form, "map": drawn, "listed": listed, "chosen": day, "is_today": day.on == clock.today(),
        **drawing.origin(communes),
    }  # fmt: skip
    return render(request, "needs/map.html", context)


@page(*queries.MAY_SEE)
def people(request: Request, pk: int) -> HttpResponse:
    """The measured people behind one gap, lowest first."""
    gap = get_object_or_404(
        queries.gaps(request.reader).select_related("unit", "audience", "competence__domain"), pk=pk
    )
    rows = queries.people_short(request.reader, gap)
    return list_page(request, rows, PeopleTable, template="needs/people.html", file_name="people", context={"gap": gap})


@require_POST
@page(Role.COORDINATOR, Role.ADMINISTRATOR)
def refresh(request: Request) -> HttpResponse:
    """Compute the gaps afresh."""
    count = actions.refresh(request.reader, at=clock.now())
    messages.success(request, _("%(count)s gaps computed.") % {"count": num(count)})
    return redirect("needs:grid")


def _rows(
    request: Request, by: str, cells: dict[str, dict[int, queries.Cell]], competences: Any
) -> list[dict[str, Any]]:
    """Rows in the order of the audiences, or of the communes' names; each cell beside its competence."""
    if by == "audience":
        heads = [(audience.pk, audience.name) for audience in Audience.objects.filter(pk__in=cells)]
    else:
        heads = [
            (unit.pk, str(unit)) for unit in territory.communes(request.reader, on=clock.today()) if unit.pk in cells
        ]
    return [{"key": key, "name": name, "cells": [cells[key].get(c.pk) for c in competences]} for key, name in heads]
