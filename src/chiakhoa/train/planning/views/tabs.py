"""One plan in its tabs: the classes as a table, a calendar, a map; and who is left out."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.territory import mapday
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.mapday import MapDayFields
from chiakhoa.train.planning import queries, served, weeks, why
from chiakhoa.train.planning.models import Plan, PlanState
from chiakhoa.train.planning.tables import PlannedClassFilter, PlannedClassTable

ROWS, COMMUNES, GROUPS = 25, 50, 50


@page(*queries.MAY_SEE)
def classes(request: Request, pk: int) -> HttpResponse:
    """The classes as a table, filtered and as a file."""
    row = get_object_or_404(queries.plans(request.reader), pk=pk)
    return list_page(
        request, queries.classes(request.reader, row), PlannedClassTable, filters=PlannedClassFilter,
        template="planning/classes.html", file_name=f"plan-{row.pk}", context=frame(request, row, "classes"),
    )  # fmt: skip


@page(*queries.MAY_SEE)
def calendar(request: Request, pk: int) -> HttpResponse:
    """The classes over the weeks: by place, by trainer, or week by week."""
    row = get_object_or_404(queries.plans(request.reader), pk=pk)
    by = request.GET.get("by", weeks.PLACES)
    count = weeks.LISTED_WEEKS if by == weeks.LIST else weeks.SHOWN_WEEKS
    shown = weeks.shown(row, request.GET.get("from", ""), count)
    held = weeks.held_in(request.reader, row, shown)
    context = {
        **frame(request, row, "calendar"),
        "by": by,
        "ways": [(_("By venue"), weeks.PLACES), (_("By trainer"), weeks.TRAINERS), (_("Week by week"), weeks.LIST)],
        "weeks": shown,
        "earlier": shown[0].monday - count * weeks.WEEK,
        "later": shown[-1].monday + weeks.WEEK,
        "all_weeks": weeks.all_weeks(row),
        "held": len(held),
    }
    if by == weeks.LIST:
        context["listing"] = weeks.listing(held, shown)
    else:
        context["lines"] = Paginator(weeks.lines(held, shown, by), ROWS).get_page(request.GET.get("page"))
    return render(request, "planning/calendar.html", context)


@page(*queries.MAY_SEE)
def on_map(request: Request, pk: int) -> HttpResponse:
    """Which communes are served and where the classes are, with the list of communes."""
    row = get_object_or_404(queries.plans(request.reader), pk=pk)
    day = mapday.asked(request.GET, today=clock.today())
    communes = served.communes(request.reader, row, day)
    moved = day.restates and territory.any_ended(row.needs, on=day.on)
    in_need = [one for one in communes if one.needs]
    context = {
        **frame(request, row, "map"),
        "form": MapDayFields(request.GET or None),
        "moved": moved,
        "kept": f"&{day.address}" if day.address else "",
        "map": served.drawn(row, communes, moved=moved),
        "communes": Paginator([one for one in communes if one.needs or one.classes], COMMUNES).get_page(
            request.GET.get("page")
        ),
        "in_need": len(in_need),
        "unserved": sum(not one.served for one in in_need),
    }
    return render(request, "planning/map.html", context)


@page(*queries.MAY_SEE)
def unmet(request: Request, pk: int) -> HttpResponse:
    """Group by group who is left out, and what stops them; `?reason=` shows one reason only."""
    row = get_object_or_404(queries.plans(request.reader), pk=pk)
    reason = request.GET.get("reason", "")
    chosen = reason if reason in why.REASONS else ""
    context = {
        "plan": row,
        "reasons": why.reasons(row),
        "chosen": chosen,
        "rows": Paginator(why.left_out(row, chosen), GROUPS).get_page(request.GET.get("page")),
    }
    return render(request, "planning/unmet.html", context)


def frame(request: Request, row: Plan, current: str) -> dict[str, Any]:
    """What every tab shows: the plan, its distance from the best, the tabs, whether it may be changed."""
    named = [("plan", _("At a glance")), ("classes", _("Table")), ("calendar", _("Calendar")), ("map", _("Map"))]
    return {
        "plan": row,
        "distance": queries.gap_to_bound(row),
        "changeable": request.reader.has(Role.COORDINATOR) and row.state == PlanState.PROPOSED,
        "coordinates": request.reader.has(Role.COORDINATOR),
        "compared": _compared(row),
        "tabs": [(words, reverse(f"planning:{name}", args=[row.pk]), name == current) for name, words in named],
    }


def _compared(row: Plan) -> int | None:
    """The plan with which this one is compared: the one whose inputs were copied, else the one it is based on."""
    return (row.assumptions.copied_from_id if row.assumptions else None) or row.based_on_id
