"""Items to and from other tools: a selection handed out, a file looked at and taken in."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import actions, interchange, offers, queries
from chiakhoa.measure.assessment.item_forms import ExchangeForm
from chiakhoa.measure.assessment.tables import ItemFilter

SALT = "assessment.items_import"
MOST = 300  # questions that one page shows; a larger file goes through the command line


@require_POST
@page(*queries.AUTHORS)
def items_export(request: Request) -> HttpResponse:
    """The items that the list shows now, as a file for another tool. What its form cannot carry is said, not dropped."""
    form = request.POST.get("form", "")
    if form not in interchange.FORMATS:
        raise Http404
    rows = ItemFilter(request.GET, queryset=queries.items(request.reader)).qs
    codes = list(rows.values_list("code", flat=True))
    written = actions.hand_out_items(request.reader, codes, form, at=clock.now())
    _label, ending, kind = interchange.FORMATS[form]
    response = HttpResponse(written.content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="items-{form}.{ending}"'
    return response


@page(*queries.AUTHORS)
def items_import(request: Request) -> HttpResponse:
    """A file: first what each of its questions would become, then those chosen as drafts."""
    if "rows" in request.POST:
        return _take_in(request)
    form = ExchangeForm(frameworks.scale().competences, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _look(request, form)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
    status = 422 if form.errors else 200
    return render(request, "assessment/items_import.html", {"form": form}, status=status)


def _look(request: Request, form: ExchangeForm) -> HttpResponse:
    sent = form.cleaned_data
    entries = interchange.read(
        sent["file"].read(),
        language=sent["language"],
        competence=sent["competence"],
        grade=sent["grade"] or 0,
        known=[one.code for one in frameworks.scale().competences],
    )
    if len(entries) > MOST:
        words = _("The file holds more than %(count)d questions. Split it, or let an administrator take it in.")
        raise Refusal(words % {"count": MOST}, code="file_too_long")
    found = offers.offers(request.reader, entries)
    rows = [offer.row if offer.takes else None for offer in found]
    context = {
        "offers": found,
        "takes": sum(offer.takes for offer in found),
        "rows": signing.dumps(rows, salt=SALT, compress=True),
    }
    return render(request, "assessment/items_offers.html", context)


def _take_in(request: Request) -> HttpResponse:
    try:
        rows: list[Any] = signing.loads(request.POST["rows"], salt=SALT, max_age=24 * 3600)
        chosen = {int(number) for number in request.POST.getlist("take")}
        wanted = [row for number, row in enumerate(rows, start=1) if row and number in chosen]
    except (signing.BadSignature, ValueError):
        messages.error(request, _("The preview is no longer valid. Send the file again."))
        return redirect("assessment:items_import")
    if not wanted:
        messages.warning(request, _("Nothing was chosen, so nothing was taken in."))
        return redirect("assessment:items_import")
    try:
        made = actions.take_in_items(request.reader, wanted, at=clock.now())
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("assessment:items_import")
    words = ngettext("%(count)d question is a draft now.", "%(count)d questions are drafts now.", len(made))
    messages.success(request, words % {"count": len(made)})
    return redirect(f"{reverse('assessment:items')}?state=draft")
