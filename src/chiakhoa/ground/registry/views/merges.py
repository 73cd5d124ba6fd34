"""Two records that may be one person, side by side; a merge, and its reversal."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.registry import actions, queries
from chiakhoa.ground.registry.importing.people import beside
from chiakhoa.ground.registry.models import Merge
from chiakhoa.ground.registry.views.people import REGISTRARS


@page(*REGISTRARS)
def doubles(request: Request, pk: int) -> HttpResponse:
    """The records that may be the same person, beside this one; by POST one of them is merged into it."""
    shown = get_object_or_404(queries.people(request.reader).select_related("unit", "audience"), pk=pk)
    if request.method == "POST":
        try:
            actions.merge_people(request.reader, pk, int(request.POST.get("other", 0)), at=clock.now())
            messages.success(request, _("The two records are one. This can be reversed on this page."))
        except Refusal as refusal:
            messages.error(request, refusal.message)
        return redirect("registry:person", pk)
    actions.open_record(request.reader, pk, at=clock.now())
    others = queries.namesakes(request.reader, shown)
    context = {"person": shown, "others": others, "fields": beside(shown, others)}
    return render(request, "registry/doubles.html", context)


@require_POST
@page(*REGISTRARS)
def part(request: Request, pk: int) -> HttpResponse:
    """Reverse a merge."""
    merge = get_object_or_404(Merge, pk=pk, kept__in=queries.people(request.reader))
    try:
        actions.part_people(request.reader, pk, at=clock.now())
        messages.success(request, _("The two records are two again."))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("registry:person", merge.kept_id)
