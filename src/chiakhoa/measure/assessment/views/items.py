"""The bank as those who answer for it read it: the list, one item with all that is known of it, and the steps of its life."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.measure.assessment import (
    actions,
    bank,
    checking,
    exposure,
    feedback,
    figures,
    interchange,
    paper,
    piloting,
    queries,
)
from chiakhoa.measure.assessment.models import Item, ItemKind, ItemState
from chiakhoa.measure.assessment.tables import ItemFilter, ItemTable

UNUSED = (ItemState.DRAFT, ItemState.REVIEW)  # nobody has met such an item


@page(*queries.BANK)
def items(request: Request) -> HttpResponse:
    """The bank: what waits for somebody, then all of it."""
    may_write = request.reader.has(*queries.AUTHORS)
    counts = queries.items_by_state(request.reader)
    context = {
        "states": [(state, state.label, counts.get(state, 0)) for state in ItemState],
        "asked": request.GET.get("state", ""),
        "kinds": [(kind, kind.label) for kind in ItemKind if kind != ItemKind.TASK] if may_write else [],
        "starts": [(row["start"], paper.words(row, "name_")) for row in bank.item_starts()] if may_write else [],
        "forms": [(form, words[0]) for form, words in interchange.FORMATS.items()],
        "ready": len(piloting.ready()) if may_write else 0,
        "may_write": may_write,
    }
    return list_page(
        request,
        queries.items(request.reader),
        ItemTable,
        filters=ItemFilter,
        template="assessment/items.html",
        file_name="items",
        context=context,
    )


@page(*queries.BANK)
def item(request: Request, code: str) -> HttpResponse:
    """One item as a learner sees it, its key with the reasons, how it was answered, and its life so far."""
    row = get_object_or_404(queries.items(request.reader).select_related("supersedes", "successor"), pk=code)
    context = {
        "item": row,
        "paper": paper.lay_out(row, seed=0),
        "parts": feedback.counted(feedback.parts(row, None), queries.choices_made(request.reader, row)),
        "why": paper.words(row.content, "why_") if row.content.get("why_vi") else "",
        "figures": None if row.state in UNUSED else figures.of(request.reader, row),
        "steps": row.steps.all(),
        "reviews": row.reviews.all(),
        "comments": row.comments.all(),
        "enemies": queries.enemies(request.reader, row),
        "least": piloting.LEAST_ANSWERS,
        "most_shown": exposure.MOST_SHOWN,
        "may": _may(request.reader, row),
        "gaps": checking.gaps(bank.row_of(row)) if row.state == ItemState.DRAFT else [],
    }
    return render(request, "assessment/item.html", context)


@require_POST
@page(*queries.AUTHORS)
def item_step(request: Request, code: str, step: str) -> HttpResponse:
    """One step of an item's life; a refusal is said on the item's page."""
    act = _STEPS.get(step)
    if act is None:
        raise Http404
    try:
        said, to = act(request.reader, code, request.POST.get("note", ""))
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("assessment:item", code=code)
    messages.success(request, said)
    return redirect("assessment:item", code=to) if to else redirect("assessment:items")


@require_POST
@page(*queries.AUTHORS)
def calibrate(request: Request) -> HttpResponse:
    """Calibrate what has been tried out often enough."""
    done = actions.calibrate_pilots(request.reader, at=clock.now())
    if done:
        words = ngettext("%(count)d item is calibrated now.", "%(count)d items are calibrated now.", len(done))
        messages.success(request, words % {"count": len(done)})
    else:
        words = _("No item that is being tried out has %(count)d answers yet.")
        messages.warning(request, words % {"count": piloting.LEAST_ANSWERS})
    return redirect("assessment:items")


def _may(reader: Reader, row: Item) -> set[str]:
    """What the reader can do with the item now; the actions ask again."""
    if not reader.has(*queries.AUTHORS):
        return set()
    may = {"comment", "enemies"}
    if row.state == ItemState.DRAFT:
        may |= {"submit", "discard", "edit"}
    elif row.state == ItemState.REVIEW:
        may.add("take_back" if reader.account_id in queries.writers_of(row) else "judge")
    elif row.state in (ItemState.PILOT, ItemState.LIVE):
        may |= {"retire"} | ({"live"} if row.state == ItemState.PILOT and row.calibrated else set())
    if row.state not in UNUSED and not hasattr(row, "successor"):
        may.add("version")
    return may


Step = Callable[[Reader, str, str], tuple[str, str]]


def _submit(reader: Reader, code: str, note: str) -> tuple[str, str]:
    actions.submit_item(reader, code, note, at=clock.now())
    return _("Handed over. Somebody else reads it now."), code


def _take_back(reader: Reader, code: str, _note: str) -> tuple[str, str]:
    actions.take_back_item(reader, code, at=clock.now())
    return _("Taken back: it is a draft again."), code


def _agree(reader: Reader, code: str, note: str) -> tuple[str, str]:
    actions.review_item(reader, code, True, note, at=clock.now())
    return _("You agreed. From now on some tests try it out; it does not count there."), code


def _return(reader: Reader, code: str, note: str) -> tuple[str, str]:
    actions.review_item(reader, code, False, note, at=clock.now())
    return _("Sent back to its author with your reason."), code


def _live(reader: Reader, code: str, note: str) -> tuple[str, str]:
    actions.make_live(reader, code, note, at=clock.now())
    return _("The item counts from now on."), code


def _retire(reader: Reader, code: str, note: str) -> tuple[str, str]:
    actions.retire_item(reader, code, note, at=clock.now())
    return _("The item is asked no more. What was answered stays as it was."), code


def _version(reader: Reader, code: str, _note: str) -> tuple[str, str]:
    made = actions.new_version(reader, code, at=clock.now())
    return _("This is a draft of the new version. The old one goes on until this one is live."), made.code


def _discard(reader: Reader, code: str, _note: str) -> tuple[str, str]:
    actions.discard_item(reader, code, at=clock.now())
    return _("The draft is thrown away."), ""


def _comment(reader: Reader, code: str, note: str) -> tuple[str, str]:
    actions.comment_item(reader, code, note, at=clock.now())
    return _("Your remark stands below."), code


def _enemy(reader: Reader, code: str, note: str) -> tuple[str, str]:
    actions.make_enemies(reader, code, note, at=clock.now())
    return _("From now on no test asks both."), code


def _no_enemy(reader: Reader, code: str, _note: str) -> tuple[str, str]:
    actions.part_enemies(reader, code, at=clock.now())
    return _("It may come beside the others again."), code


_STEPS: dict[str, Step] = {
    "submit": _submit, "take_back": _take_back, "agree": _agree, "return": _return, "live": _live, "retire": _retire,
    "version": _version, "discard": _discard, "comment": _comment,
    "enemy": _enemy, "no_enemy": _no_enemy,
}  # fmt: skip
