"""The map with its list, and one unit with what it came from and became."""

from datetime import date, timedelta

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.charts import choropleth
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import EVERY_ROLE, page
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.requests import Request
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.territory import queries
from chiakhoa.ground.territory.models import Unit
from chiakhoa.ground.territory.tables import LinkedUnitTable, UnitFilter, UnitTable

OPENS_PEOPLE = (Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.UNIT_MANAGER, Role.ASSESSOR)


@page(*EVERY_ROLE)
def units(request: Request) -> HttpResponse:
    """The province as a map and as a list, on today's map or that of another day."""
    on = _day(request)
    shown = queries.communes_on_map(request.reader, on=on)
    return list_page(
        request,
        shown,
        LinkedUnitTable if _opens_people(request.reader) else UnitTable,
        filters=UnitFilter,
        template="territory/units.html",
        file_name="communes",
        context={"map": _map(shown, on), "on": on, "is_today": on == clock.today(), "days": _days(on)},
    )


@page(*EVERY_ROLE)
def unit(request: Request, pk: str) -> HttpResponse:
    """One unit: its span of days, its place in the tree, where it came from, what it became, who is there."""
    shown = get_object_or_404(Unit.objects.select_related("parent"), pk=pk)
    within_reach = queries.reaches(request.reader, shown)
    context = {
        "unit": shown,
        "came_from": queries.came_from(shown),
        "became": queries.became(shown),
        "children": shown.children.order_by("search_key"),
        "within_reach": within_reach,
        "bodies_count": shown.bodies.count(),
        "people_count": queries.people_in(shown) if within_reach else None,
        "opens_people": within_reach and _opens_people(request.reader),
        "last_day": shown.valid_to - timedelta(days=1) if shown.valid_to else None,
    }
    return render(request, "territory/unit.html", context)


def _day(request: Request) -> date:
    """The day asked for; today for none or for one that is no day."""
    try:
        return parse_date(request.GET.get("on", "")) or clock.today()
    except ValueError:
        return clock.today()


def _days(on: date) -> list[tuple[date, bool]]:
    """A day of each map to switch to, the latest first, and whether it is the map now shown."""
    changes = queries.reforms()
    maps = [clock.today(), *[change - timedelta(days=1) for change in changes]]
    shown = sum(on < change for change in changes)
    return [(day, number == shown) for number, day in enumerate(maps)]


def _map(shown: QuerySet[Unit], on: date) -> str:
    counts = {row.pk: row.people_count for row in shown}  # type: ignore[attr-defined]
    features = queries.outlines(shown)
    if not features:
        return ""
    counted = {key: count for key, count in counts.items() if count}
    return choropleth(
        features,
        counted,
        title=_("People registered in each commune on the map of %(day)s") % {"day": f"{on:%d/%m/%Y}"},
        href=lambda key: reverse("territory:unit", args=[key]),
        label=num,
        legend=_("People registered"),
        missing=_("nobody registered"),
    )


def _opens_people(reader: Reader) -> bool:
    return reader.has(*OPENS_PEOPLE)
