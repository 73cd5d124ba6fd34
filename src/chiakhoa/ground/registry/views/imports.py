"""A spreadsheet of people in three steps: send, look through, register. Nothing is written before the last."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chiakhoa.foundation import clock, sheets
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.registry import actions, checking, citizen_number, files, queries, uploads
from chiakhoa.ground.registry.checking import Fault
from chiakhoa.ground.registry.forms import ImportForm
from chiakhoa.ground.registry.views.people import REGISTRARS

KEPT = "registry_import"
SHOWN = 200
FIRST_ROWS = 10


@page(*REGISTRARS)
def import_people(request: Request) -> HttpResponse:
    """Send a spreadsheet, or download the template for it."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            uploads.discard(request.session.get(KEPT, ""))
            request.session[KEPT] = uploads.keep(form.cleaned_data["file"])
            return redirect("registry:import_preview")
        except Refusal as refusal:
            form.add_error("file", refusal.message)
    return render(
        request, "registry/import.html", {"form": form, "columns": _columns()}, status=422 if form.errors else 200
    )


@page(*REGISTRARS)
def import_template(_request: Request, kind: str) -> HttpResponse:
    """The headings as a file to fill in."""
    if kind not in sheets.TYPES:
        raise Http404
    return sheets.download(files.template(), "people-template", kind)


@page(*REGISTRARS)
def import_preview(request: Request) -> HttpResponse:
    """What the file would do; by POST it is done, in one transaction."""
    path = uploads.find(request.session.get(KEPT, ""))
    if path is None:
        messages.warning(request, _("The file is no longer here. Send it again."))
        return redirect("registry:import")
    try:
        context = _preview(request.reader, path)
        if request.method == "POST" and not context["fault_count"]:
            return _register(request, path)
    except Refusal as refusal:
        context = {"refused": refusal.message}
    return render(request, "registry/import_preview.html", context, status=422 if request.method == "POST" else 200)


def _register(request: Request, path: Path) -> HttpResponse:
    keys = actions.register_people(request.reader, files.read_people(path), at=clock.now())
    uploads.discard(request.session.pop(KEPT))
    messages.success(request, _("%(count)d people are registered.") % {"count": len(keys)})
    return redirect("registry:people")


def _preview(reader: Reader, path: Path) -> dict[str, Any]:
    """Counts, faults by row and column, and the first rows: by the same parser and checks as the registration."""
    sheet = files.read_sheet(path)
    rows, found = checking.examine(reader, sheet.rows, on=clock.today())
    key_fault = checking.key_fault(rows)
    unread = {(fault.row, fault.field) for fault in sheet.faults}
    faults = sheet.faults + [fault for fault in found if (fault.row, fault.field) not in unread]
    faults = sorted([*faults, *([key_fault] if key_fault else [])], key=lambda fault: fault.row)
    known = _known(reader, [row.external_key for row in rows])
    doubts = [(row, said) for row in rows for said in _doubts(row)]
    return {
        "count": len(rows),
        "known_count": known,
        "new_count": len(rows) - known,
        "fault_count": len(faults),
        "bad_rows": len({fault.row for fault in faults}),
        "faults": [_in_words(fault) for fault in faults[:SHOWN]],
        "doubts": doubts[:SHOWN],
        "doubt_count": len(doubts),
        "rows": rows[:FIRST_ROWS],
        "shown": SHOWN,
    }


def _doubts(row: checking.PersonRow) -> list[str]:
    number = row.citizen_number
    return (
        citizen_number.doubts(number, row.born_on, row.sex)
        if len(number) == citizen_number.LENGTH and number.isdigit()
        else []
    )


def _known(reader: Reader, keys: list[str]) -> int:
    visible = queries.people(reader)
    batch = checking.BATCH
    return sum(
        visible.filter(external_key__in=keys[start : start + batch]).count() for start in range(0, len(keys), batch)
    )


def _in_words(fault: Fault) -> dict[str, Any]:
    return {"row": fault.row, "name": fault.name, "column": files.COLUMNS[fault.field], "message": fault.message}


def _columns() -> list[dict[str, Any]]:
    return [{"label": label, "needed": name in files.NEEDED} for name, label in files.COLUMNS.items()]
