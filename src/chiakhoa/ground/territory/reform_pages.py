"""The pages of reforms, written once for units and for bodies: a `Realm` says whose reforms they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chiakhoa.foundation import clock, sheets
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.territory import dependants, files
from chiakhoa.ground.territory.changes import Kind, Row
from chiakhoa.ground.territory.files import COLUMNS
from chiakhoa.ground.territory.forms import FileForm, HeadForm, RowFormSet
from chiakhoa.ground.territory.models import ReformBase, ReformState


@dataclass(frozen=True)
class Realm:
    """Whose reforms: the kind of thing, its addresses, words, reading and writing.

    `thing` names the address of one thing, `written` is its name as two of them are compared.
    """

    of: str
    space: str
    templates: str
    table: Any
    reforms: Callable[[Reader], Any]
    may_reform: Callable[[Reader], bool]
    examine: Callable[..., Any]
    obstacles: Callable[[Any], list[str]]
    standing: Callable[[Reader], list[str]]
    draft: Callable[..., ReformBase]
    change: Callable[..., ReformBase]
    thing: str
    written: Callable[[Any], str] = str

    def address(self, name: str) -> str:
        """The full name of one of the realm's addresses."""
        return f"{self.space}:{name}"

    def link(self, thing: Any) -> str:
        """The page of one thing; empty for none."""
        return reverse(self.address(self.thing), args=[thing.pk]) if thing else ""


def listed(request: Request, realm: Realm, context: dict[str, Any]) -> HttpResponse:
    """All reforms that the reader may see."""
    return list_page(
        request,
        realm.reforms(request.reader),
        realm.table,
        template=f"{realm.templates}/reforms.html",
        file_name="reforms",
        context={"may_reform": realm.may_reform(request.reader), **context},
    )


def shown(request: Request, realm: Realm, pk: int) -> HttpResponse:
    """One reform: what passes into what, what it touches; while a draft, what is wrong with it."""
    reform = get_object_or_404(realm.reforms(request.reader), pk=pk)
    may_reform = realm.may_reform(request.reader)
    context: dict[str, Any] = {"reform": reform, "may_reform": may_reform, "space": realm.space}
    if reform.state == ReformState.DRAFT:
        context |= _preview(request.reader, realm, reform)
    elif reform.state == ReformState.ENACTED:
        context |= {"rows": outcome(realm, reform), "obstacles": realm.obstacles(reform) if may_reform else []}
        context["followed"] = _followed(realm, reform)
    else:
        context["rows"] = [_as_written(row) for row in reform.rows]
    return render(request, f"{realm.templates}/reform.html", context)


def new(request: Request, realm: Realm, source: str) -> HttpResponse:
    """A draft by hand (`form`) or from a `file`; on to its preview."""
    if source not in ("form", "file"):
        raise Http404
    from_file = source == "file"
    sent = request.POST if request.method == "POST" else None
    rows = RowFormSet(None if from_file else sent)
    form = FileForm(sent, request.FILES or None) if from_file else HeadForm(sent)
    answer = (_from_file(form) if isinstance(form, FileForm) else _by_hand(form, rows)) if sent else None
    if answer:
        reform = realm.draft(request.reader, answer[0], answer[1], day=answer[2], at=clock.now())
        return redirect(realm.address("reform"), reform.pk)
    context = {"form": form, "rows": rows, "from_file": from_file, "standing": realm.standing(request.reader)}
    status = 422 if form.errors else 200
    return render(request, f"{realm.templates}/reform_new.html", context | {"space": realm.space}, status=status)


def edit(request: Request, realm: Realm, pk: int) -> HttpResponse:
    """Correct the rows of a draft."""
    reform = get_object_or_404(realm.reforms(request.reader), pk=pk, state=ReformState.DRAFT)
    if request.method == "POST":
        head, rows = HeadForm(request.POST), RowFormSet(request.POST)
        if answer := _by_hand(head, rows):
            realm.change(request.reader, pk, answer[0], answer[1], day=answer[2], at=clock.now())
            return redirect(realm.address("reform"), pk)
    else:
        head = HeadForm(initial={"title": reform.title, "day": reform.day})
        rows = RowFormSet(initial=reform.rows)
    context = {"form": head, "rows": rows, "reform": reform, "standing": realm.standing(request.reader)}
    status = 422 if head.errors else 200
    return render(request, f"{realm.templates}/reform_edit.html", context | {"space": realm.space}, status=status)


def template(kind: str) -> HttpResponse:
    """The headings as a file to fill in."""
    if kind not in sheets.TYPES:
        raise Http404
    return sheets.download(files.template(), "reform-template", kind)


def done(request: Request, realm: Realm, pk: int, act: Callable[..., Any], said: str) -> HttpResponse:
    """One act on a reform by its button; a refusal is said on the reform's page."""
    try:
        act(request.reader, pk, at=clock.now())
    except Refusal as refusal:
        if refusal.code == "not_visible":
            raise
        messages.error(request, refusal.message)
        return redirect(realm.address("reform"), pk)
    messages.success(request, said)
    gone = not realm.reforms(request.reader).filter(pk=pk).exists()
    return redirect(realm.address("reforms")) if gone else redirect(realm.address("reform"), pk)


def outcome(realm: Realm, reform: Any) -> list[dict[str, Any]]:
    """What passed into what, and what was created from nothing."""
    passed = [
        {
            "kind": kind_of_outcome(row.basis, realm.written(row.old), realm.written(row.new) if row.new else None),
            "old": row.old,
            "old_url": realm.link(row.old),
            "new": row.new or "",
            "new_url": realm.link(row.new),
            "share": row.share,
            "parent": row.new.parent if row.new else None,
        }
        for row in reform.successions.select_related("old", "new__parent").order_by("old__search_key", "id")
    ]
    created = [
        {"kind": Kind.CREATE.label, "new": thing, "new_url": realm.link(thing), "parent": thing.parent}
        for thing in reform.opened.filter(forebears__isnull=True).select_related("parent")
    ]
    return passed + created


def kind_of_outcome(basis: str, old: str, new: str | None) -> str:
    """The kind of change in words, told from what a succession did."""
    if new is None:
        return str(Kind.ABOLISH.label)
    if basis == "unchanged":
        return str(Kind.MOVE.label if old == new else Kind.RENAME.label)
    return str(Kind.SPLIT.label if basis == "given" else Kind.MERGE.label)


def _by_hand(head: HeadForm, rows: Any) -> tuple[str, Sequence[Row], date] | None:
    if not (head.is_valid() & rows.is_valid()):
        return None
    if not rows.rows():
        head.add_error(None, _("Fill in at least one row."))
        return None
    return head.cleaned_data["title"], rows.rows(), head.cleaned_data["day"]


def _from_file(form: FileForm) -> tuple[str, Sequence[Row], date] | None:
    if not form.is_valid():
        return None
    try:
        rows, day = files.read_upload(form.cleaned_data["file"])
    except Refusal as refusal:
        form.add_error("file", refusal.message)
        return None
    given = form.cleaned_data["day"]
    if not (day or given):
        form.add_error("day", _("The file gives no day. Write it here."))
    elif day and given and day != given:
        form.add_error("day", _("The file gives %(day)s. Leave this empty or correct it.") % {"day": f"{day:%d/%m/%Y}"})
    elif not rows:
        form.add_error("file", _("The file holds headings but no row."))
    return None if form.errors else (form.cleaned_data["title"], rows, day or given)


def _preview(reader: Reader, realm: Realm, reform: Any) -> dict[str, Any]:
    written = [Row(**row) for row in reform.rows]
    plan = realm.examine(reader, written, day=reform.day)
    effects = dependants.effects(realm.of, plan.olds, plan.heirs, on=reform.day) if not plan.faults else []
    return {
        "rows": [_as_read(row, plan) for row in plan.passings]
        if not plan.faults
        else [_as_written(r) for r in reform.rows],
        "faults": [{"row": f.line, "column": COLUMNS.get(f.column, ""), "message": f.message} for f in plan.faults],
        "effects": [effect for effect in effects if effect.count],
        "untouched": [effect.label for effect in effects if not effect.count],
        "ending": len(plan.olds),
        "beginning": len(plan.news),
        "too_early": reform.day > clock.today(),
    }


def _as_read(row: Any, plan: Any) -> dict[str, Any]:
    old = plan.olds.get(row.old)
    new = plan.news.get(row.new) or getattr(plan, "standing", {}).get(row.new)
    parent = new.parent if new else None
    return {
        "kind": Kind(row.kind).label,
        "old": old,
        "old_pk": row.old,
        "new": new,
        "share": row.share,
        "parent": parent,
    }


def _as_written(row: dict[str, Any]) -> dict[str, Any]:
    kind = Kind(row["kind"]).label if row["kind"] in Kind.values else row["kind"]
    return {"kind": kind, "old": row["old"], "new": row["new"], "written_share": row["share"], "parent": row["parent"]}


def _followed(realm: Realm, reform: Any) -> list[tuple[Any, int]]:
    counts = [(told.label, reform.carried.filter(path=told.key).count()) for told in dependants.told(realm.of)]
    return [(label, count) for label, count in counts if count]
