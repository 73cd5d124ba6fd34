"""What is held about me and who saw it; a copy to take along; asking for a correction or to be forgotten; the answers."""

import io
import json
import zipfile

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock, sheets
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.access import actions, holdings, queries
from chiakhoa.ground.access.forms import AnswerForm, AskForm
from chiakhoa.ground.access.holdings import Holding
from chiakhoa.ground.access.models import RequestKind
from chiakhoa.ground.registry import queries as registry

FORMAT = "chiakhoa-own-data/1"
SHOWN = 100


@page(Role.LEARNER)
def my_data(request: Request) -> HttpResponse:
    """What is held about me, why, and who looked at it."""
    person = registry.people(request.reader).first()
    context = {
        "person": person,
        "holdings": holdings.holdings(person) if person else [],
        "views": queries.views_of(request.reader)[:SHOWN],
        "requests": queries.privacy_requests(request.reader),
    }
    return render(request, "access/my_data.html", context)


@require_POST
@page(Role.LEARNER)
def take_my_data(request: Request) -> HttpResponse:
    """A copy of everything: one JSON file, and a CSV for each table, in a zip."""
    found = actions.take_own_data(request.reader, at=clock.now())
    response = HttpResponse(_packed(found, clock.now().isoformat()), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="du-lieu-cua-toi.zip"'
    response["Cache-Control"] = "no-store"
    return response


@page(Role.LEARNER)
def ask(request: Request) -> HttpResponse:
    """Ask for something to be corrected, erased or left alone."""
    form = AskForm(request.POST or None, initial={"kind": request.GET.get("kind", RequestKind.CORRECTION)})
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            actions.ask(request.reader, RequestKind(said["kind"]), said["words"], said["guardian_name"], at=clock.now())
            messages.success(request, _("Your request is stored. The answer will stand on this page."))
            return redirect("access:my_data")
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {"form": form, "erasure": form["kind"].value() == RequestKind.ERASURE}
    return render(request, "access/ask.html", context, status=422 if form.errors else 200)


@page(*actions.ANSWERERS, Role.AUDITOR)
def privacy_requests(request: Request) -> HttpResponse:
    """What people asked about their data, those that wait first."""
    rows = queries.privacy_requests(request.reader).order_by("answered_at", "due_on", "id")
    context = {"rows": rows[:200], "today": clock.today(), "may_answer": request.reader.has(*actions.ANSWERERS)}
    return render(request, "access/privacy_requests.html", context)


@page(*actions.ANSWERERS)
def answer(request: Request, pk: int) -> HttpResponse:
    """Answer one request. To erase asks twice: it cannot be taken back."""
    row = get_object_or_404(queries.privacy_requests(request.reader).filter(state="open"), pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(request.reader, pk, form.cleaned_data["done"], form.cleaned_data["answer"], at=clock.now())
            messages.success(request, _("The request is answered."))
            return redirect("access:privacy_requests")
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {"form": form, "row": row, "erasure": row.kind == RequestKind.ERASURE}
    return render(request, "access/answer.html", context, status=422 if form.errors else 200)


def _packed(found: list[Holding], made_at: str) -> bytes:
    buffer = io.BytesIO()
    whole = {"format": FORMAT, "made_at": made_at, "tables": {held.table: held.rows for held in found}}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(whole, ensure_ascii=False, indent=1))
        for held in found:
            heads = list(held.rows[0])
            cells = [[_cell(row[head]) for head in heads] for row in held.rows]
            archive.writestr(f"{held.table}.csv", sheets.as_csv([heads, *cells]))
    return buffer.getvalue()


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
