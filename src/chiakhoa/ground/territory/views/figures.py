"""Số liệu theo đơn vị: counts of any year, shown as recorded, on today's map or on that of another day."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import EVERY_ROLE, page
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.territory import actions, drawing, figures, files, mapday, queries
from chiakhoa.ground.territory.forms import FiguresForm
from chiakhoa.ground.territory.models import FigureSet
from chiakhoa.ground.territory.queries import MAY_REFORM
from chiakhoa.ground.territory.tables import FigureSetTable, FigureTable, UnitFilter


@page(*EVERY_ROLE)
def figure_sets(request: Request) -> HttpResponse:
    """All figures that were sent, the latest first; a file for more."""
    may_send = request.reader.has(*MAY_REFORM)
    form = FiguresForm(request.POST or None, request.FILES or None) if may_send else None
    if form and request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            with files.on_disk(given["file"]) as path:
                counts = figures.read(path, queries.communes_on_map(request.reader, on=given["day"]))
            kept = actions.keep_figures(request.reader, given["title"], counts, day=given["day"], at=clock.now())
            return redirect("territory:figures", kept.pk)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
    context = {"form": form, "may_send": may_send}
    rows = FigureSet.objects.order_by("-day", "-id")
    response = list_page(request, rows, FigureSetTable, template="territory/figure_sets.html", context=context)
    response.status_code = 422 if form and form.errors else response.status_code
    return response


@page(*EVERY_ROLE)
def figures_shown(request: Request, pk: int) -> HttpResponse:
    """One set on the chosen map, as a map and as a list."""
    kept = get_object_or_404(FigureSet, pk=pk)
    chosen = mapday.asked(request.GET, today=clock.today(), recorded=kept.day)
    counts = queries.restated(kept.counts, to=chosen.on) if chosen.restates else kept.counts
    shown = queries.units_of(counts)
    drawn = drawing.shaded(shown, counts, title=f"{kept.title}, {chosen}", legend=kept.title)
    context = {"figures": kept, "map": drawn, "chosen": chosen, "total": sum(counts.values()), **drawing.origin(shown)}
    return list_page(
        request,
        queries.with_counts(shown, counts),
        FigureTable,
        filters=UnitFilter,
        template="territory/figures.html",
        file_name="figures",
        context=context | {"may_send": request.reader.has(*MAY_REFORM)},
    )


@require_POST
@page(*MAY_REFORM)
def remove_figures(request: Request, pk: int) -> HttpResponse:
    """Throw a set away."""
    actions.remove_figures(request.reader, pk, at=clock.now())
    messages.success(request, _("The figures are removed."))
    return redirect("territory:figure_sets")
