"""The map with its list, and one unit with what it came from and became."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import EVERY_ROLE, page
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.territory import drawing, mapday, queries
from chiakhoa.ground.territory.mapday import MapDay
from chiakhoa.ground.territory.models import Unit
from chiakhoa.ground.territory.tables import LinkedUnitTable, UnitFilter, UnitTable

OPENS_PEOPLE = (Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.UNIT_MANAGER, Role.ASSESSOR)


@page(*EVERY_ROLE)
def units(request: Request) -> HttpResponse:
    """The province as a map and as a list: today, as it was recorded, or on another day's map."""
    chosen = mapday.asked(request.GET, today=clock.today())
    counts = queries.people_by_unit(request.reader)
    if chosen.restates:
        counts = queries.restated(counts, to=chosen.on)
    shown = queries.units_to_show(request.reader, chosen, counts)
    return list_page(
        request,
        queries.with_counts(shown, counts),
        LinkedUnitTable if _opens_people(request.reader) and not _estimated(chosen) else UnitTable,
        filters=UnitFilter,
        template="territory/units.html",
        file_name="communes",
        context={"map": drawing.people(shown, counts, chosen), "chosen": chosen, "days": _days(chosen)}
        | {"may_load_boundaries": request.reader.has(Role.ADMINISTRATOR)}
        | drawing.origin(shown),
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


def _days(chosen: MapDay) -> list[tuple[date, bool]]:
    """A day of each map to switch to, the latest first, and whether it is the map now shown."""
    changes = queries.reforms()
    maps = [clock.today(), *[change - timedelta(days=1) for change in changes]]
    shown = sum(chosen.on < change for change in changes)
    return [(day, chosen.restates and number == shown) for number, day in enumerate(maps)]


def _estimated(chosen: MapDay) -> bool:
    """Whether counts were carried to another map, so that no list of people is exactly theirs."""
    return chosen.choice == mapday.Choice.DAY


def _opens_people(reader: Reader) -> bool:
    return reader.has(*OPENS_PEOPLE)
