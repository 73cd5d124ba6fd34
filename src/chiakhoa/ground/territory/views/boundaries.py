"""Địa giới: load real boundaries as GeoJSON, or go back to the schematic outlines."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.territory import actions, drawing, queries
from chiakhoa.ground.territory.boundaries import LARGEST_BYTES
from chiakhoa.ground.territory.forms import BoundariesForm


@page(Role.ADMINISTRATOR)
def boundaries(request: Request) -> HttpResponse:
    """What the map draws now, and a file to draw instead."""
    form = BoundariesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            content = form.cleaned_data["file"].read(LARGEST_BYTES + 1)
            count = actions.load_boundaries(request.reader, content, at=clock.now())
            messages.success(request, _("The boundaries of %(count)d units are loaded.") % {"count": count})
            return redirect("territory:units")
        except Refusal as refusal:
            form.add_error("file", refusal.message)
    shown = queries.communes_on_map(request.reader, on=clock.today())
    context = {"form": form, **drawing.origin(shown)}
    return render(request, "territory/boundaries.html", context, status=422 if form.errors else 200)


@require_POST
@page(Role.ADMINISTRATOR)
def drop_boundaries(request: Request) -> HttpResponse:
    """Draw the schematic outlines again."""
    count = actions.drop_boundaries(request.reader, at=clock.now())
    messages.success(request, _("%(count)d boundaries are given up; the map is schematic again.") % {"count": count})
    return redirect("territory:boundaries")
