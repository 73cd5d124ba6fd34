"""Gaps as a grid, a ranked list and a map, and the people behind a cell."""

from datetime import date
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
from chiakhoa.ground.territory.mapday import MapDay
from chiakhoa.measure.needs import actions, queries
from chiakhoa.measure.needs.forms import GridForm, MapForm
from chiakhoa.measure.needs.tables import CarriedGapTable, GapFilter, GapTable, PeopleTable, gap_filter_of


@page(*queries.MAY_SEE)
def grid(request: Request) -> HttpResponse:
    """The grid: a row for each audience or commune, a column for each competence."""
    day, on = _map_of(request)
    form = GridForm(request.GET or None, communes=territory.communes_on_map(request.reader, on=day.on))
    chosen = form.cleaned_data if form.is_valid() else {}
    by = chosen.get("by") or "audience"
    cells = queries.grid(
        request.reader,
        by=by,
        unit=getattr(chosen.get("unit"), "pk", "") or "",
        audience=getattr(chosen.get("audience"), "pk", "") or "",
        on=on,
    )
    competences = frameworks.scale().competences
    context = {
        "form": form,
        "by": by,
        "competences": competences,
        "rows": _rows(by, cells, competences),
        "worst": queries.worst_sentences(request.reader),
        "enough": queries.ENOUGH,
        "as_of": queries.gaps(request.reader).values_list("as_of", flat=True).first(),
        **_words_of(day, on),
    }
    return render(request, "needs/grid.html", context)


@page(*queries.MAY_SEE)
def ranked(request: Request) -> HttpResponse:
    """Gaps by expected people short; chosen ones go into the demand, as long as they stand where their people live."""
    day, on = _map_of(request)
    if on:
        return _ranked_on_map(request, day, on)
    return list_page(
        request,
        queries.ranked(request.reader),
        GapTable,
        filters=GapFilter,
        template="needs/ranked.html",
        file_name="gaps",
        context=_words_of(day, on),
    )


def _ranked_on_map(request: Request, day: MapDay, on: date) -> HttpResponse:
    """The list on another day's map: every row is carried, so the filters are asked before and after the carrying."""
    units = territory.communes_on_map(request.reader, on=on)
    filters = gap_filter_of(units)(request.GET, queryset=queries.gaps(request.reader), request=request)
    chosen = filters.form.cleaned_data if filters.form.is_valid() else {}
    rows = queries.ranked_on_map(
        request.reader,
        on=on,
        audience=getattr(chosen.get("audience"), "pk", "") or "",
        competence=getattr(chosen.get("competence"), "pk", None),
    )
    if chosen.get("unit"):
        rows = [row for row in rows if row.unit == chosen["unit"]]
    context = {"filterset": filters, **_words_of(day, on)}
    return list_page(
        request, rows, CarriedGapTable, template="needs/ranked.html", file_name="gaps", context=context
    )  # fmt: skip


@page(*queries.MAY_SEE)
def gap_map(request: Request) -> HttpResponse:
    """The share below the required grade, commune by commune, as a map with its list."""
    form = MapForm(request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    day, on = _map_of(request)
    cells = queries.by_unit(
        request.reader,
        audience=getattr(chosen.get("audience"), "pk", "") or "",
        competence=getattr(chosen.get("competence"), "pk", None),
        on=on,
    )
    communes = territory.communes_on_map(request.reader, on=day.on).values_list("pk", flat=True)
    shown = territory.units_of(dict.fromkeys(communes, 0) | dict.fromkeys(cells, 0))
    values = {unit: cell.share for unit, cell in cells.items() if cell.share is not None}
    drawn = drawing.shaded(
        shown, values, title=_("Share below the required grade"), label=percent, missing=_("too few measured")
    )
    listed = sorted(
        ({"unit": unit, "cell": cells.get(unit.pk)} for unit in shown), key=lambda row: -values.get(row["unit"].pk, 0)
    )
    context = {"form": form, "map": drawn, "listed": listed, **_words_of(day, on), **drawing.origin(shown)}
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


def _map_of(request: Request) -> tuple[MapDay, date | None]:
    """The chosen map, and the day to which gaps are carried; None where all stand on that map already, or as recorded."""
    day = mapday.asked(request.GET, today=clock.today())
    return day, day.on if day.restates and queries.moves(request.reader, on=day.on) else None


def _words_of(day: MapDay, on: date | None) -> dict[str, Any]:
    """For the page: the map, whether counts were carried to it, and what a link adds so that the map stays."""
    return {"chosen": day, "moved": on is not None, "kept": f"&{day.address}" if day.address else ""}


def _rows(by: str, cells: dict[str, dict[int, queries.Cell]], competences: Any) -> list[dict[str, Any]]:
    """Rows in the order of the audiences, or of the communes' names; each cell beside its competence."""
    if by == "audience":
        heads = [(audience.pk, audience.name) for audience in Audience.objects.filter(pk__in=cells)]
    else:
        heads = [(unit.pk, str(unit)) for unit in territory.units_of(dict.fromkeys(cells, 0))]
    return [{"key": key, "name": name, "cells": [cells[key].get(c.pk) for c in competences]} for key, name in heads]
