"""Entering by hand: add, change or remove a document, a task, a target or a budget line.

A target and a budget line say where they come from. Money that later steps count on stays: a line does not fall below it,
and keeps its year and its tasks. Nothing is removed on which something stands.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.foundation.text import nfc
from chiakhoa.ground.mandates.dependants import dependants
from chiakhoa.ground.mandates.entries import BudgetLineEntry, Entry, Origin, TargetEntry
from chiakhoa.ground.mandates.models import BudgetLine, Counted
from chiakhoa.ground.mandates.spoken_for import spoken_for

WRITERS = (Role.COORDINATOR, Role.ADMINISTRATOR)


@action(*WRITERS)
def add(actor: Reader, entry: Entry, *, at: datetime) -> Model:
    """Enter something new. The same form sent twice gives the same row: its code was made with the form."""
    there = entry.model._default_manager.filter(pk=entry.code).first()
    if there:
        audit.record(actor, "add again", there, at=at)
        return there
    _check(entry)
    row = entry.model._default_manager.create(code=entry.code, **_columns(entry))
    _link(row, entry)
    audit.record(actor, "add", row, at=at, after=_stated(row))
    return row


@action(*WRITERS)
def change(actor: Reader, entry: Entry, *, at: datetime) -> Model:
    """State something anew. Refusal where a plan or a class counts on what stood there."""
    row = _locked(entry.model, entry.code)
    _check(entry)
    if isinstance(row, BudgetLine) and isinstance(entry, BudgetLineEntry):
        _must_still_pay(row, entry)
    before = _stated(row)
    for name, value in _columns(entry).items():
        setattr(row, name, value)
    row.save()
    _link(row, entry)
    audit.record(actor, "change", row, at=at, before=before, after=_stated(row))
    return row


def set_amount(actor: Reader, line_code: str, amount_vnd: int, *, at: datetime) -> None:
    """Part of planning's publishing: the line holds this now. That it pays its classes still, the caller has made sure of."""
    row = _locked(BudgetLine, line_code)
    before = _stated(row)
    row.amount_vnd = amount_vnd
    row.save(update_fields=["amount_vnd"])
    audit.record(actor, "change", row, at=at, before=before, after=_stated(row))


@action(*WRITERS)
def remove(actor: Reader, model: type[Model], code: str, *, at: datetime) -> None:
    """Take something out. Refusal that names what stands on it."""
    row = _locked(model, code)
    standing = dependants(row)
    if standing:
        what = "; ".join(f"{words}: {num(count)}" for words, count in standing)
        raise Refusal(_("This stays while something stands on it: %(what)s.") % {"what": what}, code="depended_on")
    audit.record(actor, "remove", row, at=at, before=_stated(row))
    row.delete()


def _locked(model: type[Model], code: str) -> Any:
    row = model._default_manager.select_for_update(no_key=True).filter(pk=code).first()
    if row is None:
        raise NotVisible(_("There is no such row any more."))
    return row


def _check(entry: Entry) -> None:
    origin = getattr(entry, "origin", None)
    if origin == Origin() and not getattr(entry, "document_id", None):
        raise Refusal(
            _("Say where it comes from: a sentence of the report, another source, or the reason why it is assumed."),
            field="origin", code="no_origin",
        )  # fmt: skip
    if isinstance(entry, TargetEntry) and entry.indicator == Counted.CLASSES_HELD and entry.audience_id:
        raise Refusal(_("Classes are not counted by audience. Leave it empty."), field="audience", code="no_audience")


def _must_still_pay(line: BudgetLine, entry: BudgetLineEntry) -> None:
    least = spoken_for(line.pk)
    if entry.amount_vnd < least:
        raise Refusal(
            _("%(amount)s đồng of this line is planned or spent already. Enter at least that, or cancel classes first.")
            % {"amount": num(least)},
            field="amount_vnd", code="below_spoken_for",
        )  # fmt: skip
    if not least:
        return
    if entry.year != line.year:
        raise Refusal(
            _("Classes of %(year)d count on this line, so its year stays.") % {"year": line.year}, field="year"
        )
    if set(line.tasks.values_list("pk", flat=True)) - set(entry.tasks):
        raise Refusal(_("Classes count on this line, so its tasks stay. You may add more."), field="tasks")


def _columns(entry: Entry) -> dict[str, Any]:
    columns = {name: nfc(value) if isinstance(value, str) else value for name, value in entry.own().items()}
    origin = getattr(entry, "origin", None)
    return columns | (origin.fields() if origin else {})


def _link(row: Model, entry: Entry) -> None:
    for name in entry.links:
        getattr(row, name).set(getattr(entry, name))


def _stated(row: Model) -> dict[str, Any]:
    """All that a row states, links included, as the trail keeps it."""
    columns = {field.attname: _plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}
    links = {field.name: sorted(_keys(getattr(row, field.name))) for field in row._meta.many_to_many}
    return columns | links


def _keys(manager: Any) -> Collection[str]:
    return [str(pk) for pk in manager.values_list("pk", flat=True)]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
