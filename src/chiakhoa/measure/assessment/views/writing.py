"""Writing an item in a form: a new one, or another text for a draft, seen as a learner sees it while it is written."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from chiakhoa.foundation import clock
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import actions, bank, checking, previewing, queries
from chiakhoa.measure.assessment.item_forms import ItemForm, form_for
from chiakhoa.measure.assessment.models import Item, ItemKind, ItemState


@page(*queries.AUTHORS)
def item_new(request: Request, kind: str) -> HttpResponse:
    """A new draft. A task begins with what its sort (?start=) begins with."""
    if kind not in ItemKind.values:
        raise Http404
    row: dict[str, Any] | None = None
    if kind == ItemKind.TASK:
        starts = {one["start"]: one for one in bank.item_starts()}
        if request.GET.get("start") not in starts:
            raise Http404
        row = {"kind": kind, "fields": [], **starts[request.GET["start"]]}
    form = form_for(ItemKind(kind), frameworks.scale().competences, request.POST or None, row=row)
    return _write(request, form, None, row)


@page(*queries.AUTHORS)
def item_edit(request: Request, code: str) -> HttpResponse:
    """Another text for a draft; what still keeps it from a reviewer is said at its fields when it is handed over."""
    item = get_object_or_404(queries.items(request.reader), pk=code, state=ItemState.DRAFT)
    row = bank.row_of(item)
    form = form_for(ItemKind(item.kind), frameworks.scale().competences, request.POST or None, row=row)
    return _write(request, form, item, row)


def _write(request: Request, form: ItemForm, item: Item | None, begun: dict[str, Any] | None) -> HttpResponse:
    hand_over, look = "hand_over" in request.POST, "preview" in request.POST
    if request.method == "POST" and form.is_valid() and not look:
        row = form.row()
        lacks = checking.faults(row)
        wrong = {lack.place for lack in lacks}
        lacks += [gap for gap in checking.gaps(row) if hand_over and gap.place not in wrong]
        form.say(lacks)
        if not lacks:
            saved = _save(request, form, item)
            if saved:
                return redirect("assessment:item", code=saved.code)
    context = {"form": form, "item": item, "kind": form.kind, "columns": range(1, 17), **_preview(form, look, begun)}
    return render(request, "assessment/item_form.html", context, status=422 if form.errors and not look else 200)


def _preview(form: ItemForm, look: bool, begun: dict[str, Any] | None) -> dict[str, Any]:
    """What is written so far as a learner sees it, and, where it was asked for, what is still missing."""
    if form.is_bound:
        form.is_valid()
        return {"paper": previewing.sketch(form.row()), "lacks": form.lacks() if look else [], "looked": look}
    return {"paper": previewing.sketch(begun) if begun else None}


def _save(request: Request, form: ItemForm, item: Item | None) -> Item | None:
    """The item as it is stored now, handed over where that was asked; None where an action refused, in words on the form."""
    try:
        if item is None:
            saved = actions.write_item(request.reader, form.row(), at=clock.now())
        else:
            saved = actions.edit_item(request.reader, item.code, form.row(), at=clock.now())
    except NotVisible:
        raise
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return None
    if "hand_over" in request.POST:
        try:
            actions.submit_item(request.reader, saved.code, at=clock.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
    return saved
