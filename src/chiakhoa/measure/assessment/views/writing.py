"""Writing an item in a form: a new one, or another text for a draft."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from chiakhoa.foundation import clock
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import actions, bank, checking, queries
from chiakhoa.measure.assessment.item_forms import LINES, ItemForm
from chiakhoa.measure.assessment.models import Item, ItemKind, ItemState


@page(*queries.AUTHORS)
def item_new(request: Request, kind: str) -> HttpResponse:
    """A new draft."""
    if kind not in LINES:
        raise Http404
    form = ItemForm(ItemKind(kind), frameworks.scale().competences, request.POST or None)
    return _write(request, form, None)


@page(*queries.AUTHORS)
def item_edit(request: Request, code: str) -> HttpResponse:
    """Another text for a draft; what still keeps it from a reviewer is said at its fields when it is handed over."""
    item = get_object_or_404(queries.items(request.reader), pk=code, state=ItemState.DRAFT, kind__in=LINES)
    row = bank.row_of(item)
    form = ItemForm(ItemKind(item.kind), frameworks.scale().competences, request.POST or None, row=row)
    return _write(request, form, item)


def _write(request: Request, form: ItemForm, item: Item | None) -> HttpResponse:
    hand_over = "hand_over" in request.POST
    if request.method == "POST" and form.is_valid():
        row = form.row()
        lacks = checking.faults(row)
        wrong = {lack.place for lack in lacks}
        lacks += [gap for gap in checking.gaps(row) if hand_over and gap.place not in wrong]
        form.say(lacks)
        if not lacks:
            saved = _save(request, form, item)
            if saved:
                return redirect("assessment:item", code=saved.code)
    context = {"form": form, "item": item, "kind": form.kind}
    return render(request, "assessment/item_form.html", context, status=422 if form.errors else 200)


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
