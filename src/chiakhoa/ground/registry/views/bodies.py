"""Bodies: the list, and one body with its tree and its people."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import EVERY_ROLE, page
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.registry import kinds, queries
from chiakhoa.ground.registry.filters import BodyFilter
from chiakhoa.ground.registry.tables import BodyTable


@page(*EVERY_ROLE)
def bodies(request: Request) -> HttpResponse:
    """The bodies that the reader's role reaches."""
    return list_page(
        request,
        queries.with_member_counts(queries.bodies(request.reader)),
        BodyTable,
        filters=BodyFilter,
        template="registry/bodies.html",
        file_name="bodies",
    )


@page(*EVERY_ROLE)
def body(request: Request, pk: str) -> HttpResponse:
    """One body: what it is, where it comes from, what stands below it, how many people are in it."""
    visible = queries.bodies(request.reader)
    shown = get_object_or_404(visible, pk=pk)
    context = {
        "body": shown,
        "kind": kinds.label(shown.kind),
        "children": visible.filter(parent=shown),
        "came_from": shown.forebears.filter(old__in=visible).select_related("old").order_by("date", "old"),
        "became": shown.heirs.select_related("new").order_by("date", "new"),
        "sees_people": request.reader.has(*queries.SEES_PEOPLE),
        "people_count": queries.members(request.reader, shown, on=clock.today()).count(),
    }
    return render(request, "registry/body.html", context)
