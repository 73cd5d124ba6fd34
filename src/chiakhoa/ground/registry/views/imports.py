"""The flow of an import: Đọc › Ghép cột › Xem trước › Đã nhận. Nothing is written to the register before the last step."""

import hashlib
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock, sheets
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.registry import actions, queries, uploads
from chiakhoa.ground.registry.actions.imports import IMPORTERS, TAKING_BACK, is_being_taken_back
from chiakhoa.ground.registry.forms import ImportForm
from chiakhoa.ground.registry.importing import headings, layout, preparing, templates
from chiakhoa.ground.registry.importing.kinds import CHANGED, DOUBTFUL, KINDS, NEW, REFUSED, SAME, Kind, kinds_of
from chiakhoa.ground.registry.importing.rows import RowHandler
from chiakhoa.ground.registry.models import Import, ImportState

PER_PAGE = 50
ODD = "odd"  # records that are taken although something in them looks wrong
SHOWN_GROUPS = 100
SHOWN_NOTES = 200


@page(*IMPORTERS)
def imports(request: Request) -> HttpResponse:
    """The imports that the reader has sent, and what can be sent."""
    rows = queries.imports(request.reader)[:100]
    return render(request, "registry/imports.html", {"imports": rows, "kinds": kinds_of(request.reader)})


@page(*IMPORTERS)
def send(request: Request, kind: str) -> HttpResponse:
    """Send a list, or download the template for it."""
    chosen = _kind(request, kind)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = _sent(request, chosen, form)
            return redirect("registry:columns", row.pk)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
    context = {
        "form": form, "kind": chosen, "columns": [column for column in chosen.columns if not column.part_of],
        "has_rows": isinstance(chosen.handler, RowHandler),
        "senders": queries.senders(request.reader, chosen.name), **_steps(1),
    }  # fmt: skip
    return render(request, "registry/import_send.html", context, status=422 if form.errors else 200)


@page(*IMPORTERS)
def import_template(request: Request, kind: str, form: str) -> HttpResponse:
    """The headings as a file to fill in, with drop-downs and an example."""
    chosen = _kind(request, kind)
    if form not in sheets.TYPES:
        raise Http404
    content = templates.workbook(chosen, request.reader, clock.today()) if form == "xlsx" else templates.text(chosen)
    response = HttpResponse(content, content_type=sheets.TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{chosen.name}-template.{form}"'
    return response


@page(*IMPORTERS)
def import_standing(request: Request, kind: str, form: str) -> HttpResponse:
    """What is registered of a kind, as a list that the import takes: to be corrected and sent again. Noted in the trail."""
    handler = _kind(request, kind).handler
    if form not in sheets.TYPES or not isinstance(handler, RowHandler):
        raise Http404
    rows = handler.standing(request.reader, clock.today())
    actions.note_export(request.reader, handler.model._meta.label_lower, len(rows) - 1, at=clock.now())
    return sheets.download(rows, kind, form)


@page(*IMPORTERS)
def columns(request: Request, pk: int) -> HttpResponse:
    """What each column holds: found by the program, shown with samples, corrected here."""
    row = _import(request, pk)
    if row.state not in (ImportState.READ, ImportState.MAPPED):
        return redirect("registry:receipt", pk)
    chosen = {int(column): name for column, name in row.columns.items()}
    refused = ""
    if request.method == "POST":
        chosen = {int(name[7:]): said for name, said in request.POST.items() if name.startswith("column-") and said}
        try:
            return _to_preview(request, actions.map_list(request.reader, pk, chosen, at=clock.now()))
        except Refusal as refusal:
            refused = refusal.message
    return render(
        request, "registry/import_columns.html",
        {"import": row, "refused": refused, **_mapping(row, chosen), **_steps(2)},
        status=422 if refused else 200,
    )  # fmt: skip


@require_POST
@page(*IMPORTERS)
def place(request: Request, pk: int) -> HttpResponse:
    """Correct where the list is: another sheet, other rows of headings."""
    opened = preparing.open_kept(_import(request, pk))
    try:
        tab = int(request.POST.get("tab", 0))
        header, depth = int(request.POST.get("header", 1)) - 1, int(request.POST.get("depth", 1))
        if header < 0 or depth not in (1, 2):
            raise ValueError
        moved = preparing.Opened(opened.tabs, layout.at(opened.tabs, tab, header, depth))
    except (ValueError, IndexError):
        messages.warning(request, _("There is no such row of headings in the file."))
    else:
        preparing.about_columns(actions.place_list(request.reader, pk, moved, at=clock.now()), moved)
    return redirect("registry:columns", pk)


@page(*IMPORTERS)
def preview(request: Request, pk: int) -> HttpResponse:
    """What would become of each row, every problem with its remedy; each count is a filter."""
    row = _import(request, pk)
    if row.state != ImportState.MAPPED:
        return redirect("registry:columns" if row.state == ImportState.READ else "registry:receipt", pk)
    if request.method == "POST":
        return _to_preview(request, row)
    shown = preparing.kept_preview(request.reader, row, clock.today())
    if shown is None and preparing.is_long(row):
        return render(request, "registry/import_looking.html", {"import": row, "job": row.job, **_steps(3)})
    shown = shown or preparing.preview(request.reader, row, clock.today())
    state = request.GET.get("show", "")
    records = [record for record in shown["records"] if state in ("", record[1]) or (state == ODD and _is_odd(record))]
    labels = {name: str(label) for name, label in preparing.kind_of(row).labels.items()}
    context = {
        "import": row, "kind": preparing.kind_of(row), "shown": state, "counters": _counters(shown["counts"], state),
        "groups": [_group(group, labels) for group in shown["groups"][:SHOWN_GROUPS]],
        "odd_count": shown["odd"], "group_count": len(shown["groups"]), "fixed": len(row.fixes),
        "records": Paginator([_record(record, labels) for record in records], PER_PAGE).get_page(request.GET.get("page")),
        "notes": [{"line": n[0], "field": labels.get(n[1], n[1]), "message": n[2]} for n in shown["notes"][:SHOWN_NOTES]],
        "note_count": len(shown["notes"]), "left_out": shown["left_out"][:SHOWN_NOTES], "left_out_count": len(shown["left_out"]),
        "old_fonts": [labels.get(name, name) for name in shown["old_fonts"]],
        "to_register": shown["counts"][NEW] + shown["counts"][CHANGED], **_steps(3),
    }  # fmt: skip
    return render(request, "registry/import_preview.html", context)


@require_POST
@page(*IMPORTERS)
def fix(request: Request, pk: int) -> HttpResponse:
    """Take a text for another in every row that says it, or give all such corrections up."""
    if "undo" in request.POST:
        row = actions.unfix_texts(request.reader, pk, at=clock.now())
    else:
        field, said = request.POST.get("field", ""), request.POST.get("said", "")
        meant = request.POST.get("meant") or request.POST.get("other", "")
        row = actions.fix_text(request.reader, pk, field, said, meant.strip(), at=clock.now())
    return _to_preview(request, row)


@page(*IMPORTERS)
def doubts(request: Request, pk: int) -> HttpResponse:
    """One doubtful record at a time beside whom it may be. A decision leads to the next one."""
    row = _import(request, pk)
    if row.state != ImportState.MAPPED:
        return redirect("registry:receipt", pk)
    if request.method == "POST":
        line, decision = int(request.POST.get("line", 0)), request.POST.get("decision", "")
        actions.judge_doubt(request.reader, pk, line, decision, at=clock.now())
        request.session["registry_last_doubt"] = [pk, line if decision else 0]
        return redirect("registry:doubts", pk)
    pair, left = preparing.next_pair(request.reader, row, clock.today())
    if pair is None:
        messages.success(request, _("Every doubt is judged."))
        return redirect("registry:preview", pk)
    labels = preparing.kind_of(row).labels
    pair["fields"] = [{**field, "label": labels[field["field"]]} for field in pair["fields"]]
    last_pk, last_line = request.session.get("registry_last_doubt", [0, 0])
    context = {
        "import": row, "pair": pair, "left": left, "last_line": last_line if last_pk == pk else 0, **_steps(3),
    }  # fmt: skip
    return render(request, "registry/import_doubts.html", context)


@require_POST
@page(*IMPORTERS)
def register(request: Request, pk: int) -> HttpResponse:
    """Hand the list to the worker."""
    _import(request, pk)
    actions.register_list(request.reader, pk, at=clock.now())
    return redirect("registry:receipt", pk)


@page(*IMPORTERS)
def receipt(request: Request, pk: int) -> HttpResponse:
    """How far the import is; when it is in, what it did, what was not taken, and the way to undo it."""
    row = _import(request, pk)
    if row.state in (ImportState.READ, ImportState.MAPPED):
        return redirect("registry:columns", pk)
    context = {
        "import": row, "kind": preparing.kind_of(row), "counters": _counters(row.counts, None) if row.counts else [],
        "returned": uploads.find(row.kept + uploads.RETURNED) is not None,
        "job": row.job if row.state == ImportState.QUEUED or is_being_taken_back(row) else None,
        "not_undone": _not_undone(row), **_steps(4),
    }  # fmt: skip
    return render(request, "registry/import_receipt.html", context)


def _not_undone(row: Import) -> str:
    """Why the last try to take a received list back came to nothing; empty where there was none."""
    job = row.job
    if row.state != ImportState.RECEIVED or job is None or job.task != TAKING_BACK or is_being_taken_back(row):
        return ""
    return job.message or _("It failed after three tries, and the list is as it was received.")


@page(*IMPORTERS)
def returned(request: Request, pk: int) -> HttpResponse:
    """The rows that were not (or would not be) taken, as the same file with a column that says why."""
    row = _import(request, pk)
    path = uploads.find(row.kept + uploads.RETURNED)
    name = f"{Path(row.file_name).stem}-loi.xlsx"
    actions.note_export(request.reader, "registry.import", row.counts.get("refused", 0), at=clock.now())
    if path is None and row.state != ImportState.MAPPED:
        raise Http404
    if path:
        content = path.read_bytes()
    else:
        content = sheets.as_xlsx(preparing.returned(preparing.prepare(request.reader, row, clock.today())))
    response = HttpResponse(content, content_type=sheets.TYPES["xlsx"])
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_POST
@page(*IMPORTERS)
def undo(request: Request, pk: int) -> HttpResponse:
    """Have the worker take the whole import back in one act."""
    _import(request, pk)
    try:
        actions.ask_list_back(request.reader, pk, get_language() or "vi", at=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("registry:receipt", pk)


@require_POST
@page(*IMPORTERS)
def drop(request: Request, pk: int) -> HttpResponse:
    """Give up an import before it is registered; its file is removed."""
    _import(request, pk)
    uploads.discard(actions.drop_list(request.reader, pk, at=clock.now()))
    messages.success(request, _("The file is removed. Nothing was written."))
    return redirect("registry:imports")


def _kind(request: Request, name: str) -> Kind:
    found = KINDS.get(name)
    if found is None or request.reader.role not in found.roles:
        raise Http404
    return found


def _import(request: Request, pk: int) -> Import:
    row = get_object_or_404(queries.imports(request.reader), pk=pk)
    _kind(request, row.kind)
    return row


def _sent(request: Request, kind: Kind, form: ImportForm) -> Import:
    kept = uploads.keep(form.cleaned_data["file"])
    path = uploads.find(kept)
    assert path is not None
    try:
        opened, found = preparing.look_into(path, kind)
    except Refusal:
        uploads.discard(kept)
        raise
    file = {
        "name": form.cleaned_data["file"].name or "",
        "kept": kept,
        "digest": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    row = actions.send_list(
        request.reader, kind, opened, found, file=file, sender=form.cleaned_data["sender"], at=clock.now()
    )
    preparing.about_columns(row, opened)
    return row


def _to_preview(request: Request, row: Import) -> HttpResponse:
    """To the preview; that of a long list is prepared by the worker."""
    if preparing.is_long(row):
        actions.look_through(request.reader, row.pk, get_language() or "vi", at=clock.now())
    return redirect("registry:preview", row.pk)


def _steps(at: int) -> dict[str, Any]:
    return {"steps": [_("Read"), _("Map columns"), _("Look through"), _("Received")], "at": at}


def _mapping(row: Import, chosen: dict[int, str]) -> dict[str, Any]:
    kind, about = preparing.kind_of(row), preparing.about_columns(row)
    return {
        "kind": kind,
        "columns": [
            {"number": n, "letter": _letter(n), "chosen": chosen.get(n, headings.NOTHING), **found}
            for n, found in enumerate(about["samples"]) if found["heading"] or found["filled"]
        ],
        "nothing": headings.NOTHING,
        "missing": preparing.missing(kind, chosen),
        "tabs": [{"number": n, "name": name} for n, name in enumerate(about["tabs"])],
        "place": row.layout,
        "header_row": row.layout["header"] + 1,
        "record_count": about["records"],
    }  # fmt: skip


def _letter(column: int) -> str:
    """The column's name in a spreadsheet: A, B, …, AA."""
    return ("" if column < 26 else _letter(column // 26 - 1)) + chr(65 + column % 26)


def _counters(counts: dict[str, int], shown: str | None) -> list[dict[str, Any]]:
    words = {
        NEW: _("New"), CHANGED: _("Changed"), SAME: _("The same"),
        DOUBTFUL: _("Doubtful"), REFUSED: _("Refused"),
    }  # fmt: skip
    return [
        {"state": state, "label": words[state], "count": counts.get(state, 0), "current": state == shown}
        for state in words
    ]


def _is_odd(record: list[Any]) -> bool:
    return bool(record[4]) and record[1] != REFUSED


def _group(group: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    return {
        **group,
        "label": labels.get(group["field"], group["field"]),
        "count": len(group["lines"]),
        "first": group["lines"][:8],
    }


def _record(record: list[Any], labels: dict[str, str]) -> dict[str, Any]:
    line, state, name, changes, faults = record
    return {
        "line": line, "state": state, "name": name, "faults": faults,
        "changes": [
            {"label": labels[field], "before": said[0], "after": said[1]}
            for field, said in changes.items() if field in labels
        ],
    }  # fmt: skip
