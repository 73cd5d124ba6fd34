"""People: the list, one record, registering and changing by hand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry import actions, citizen_number, queries
from chiakhoa.ground.registry.filters import people_filter
from chiakhoa.ground.registry.forms import FIELD_OF, PersonForm
from chiakhoa.ground.registry.tables import PeopleTable

REGISTRARS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.UNIT_MANAGER)


@page(*queries.SEES_PEOPLE)
def people(request: Request) -> HttpResponse:
    """The people whom the reader may see; a download is noted in the trail."""
    rows = queries.people(request.reader)
    if request.GET.get("export"):
        actions.note_export(request.reader, "registry.person", rows.count(), at=clock.now())
    return list_page(
        request,
        queries.with_bodies(rows),
        PeopleTable,
        filters=people_filter(request.reader),
        template="registry/people.html",
        file_name="people",
        context={"may_register": request.reader.has(*REGISTRARS)},
    )


@page(*queries.SEES_PEOPLE)
def person(request: Request, pk: int) -> HttpResponse:
    """One record. Opening it is noted in the trail."""
    shown = actions.open_record(request.reader, pk, at=clock.now())
    context = {
        "person": shown,
        "number": citizen_number.masked(shown.citizen_number_sealed),
        "memberships": queries.memberships(request.reader, shown),
        "consents": queries.consents(request.reader, shown),
        "merges": queries.merges(request.reader, shown),
        "may_register": request.reader.has(*REGISTRARS),
    }
    return render(request, "registry/person.html", context)


@page(*REGISTRARS)
def add(request: Request) -> HttpResponse:
    """Register one person; likely doubles, and what the citizen number says otherwise, are shown first."""
    form = PersonForm(request.POST or None, reader=request.reader, initial={"unit": request.reader.unit_id})
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        context |= _second_look(request, form)
        if (not context["doubts"] and not context["doubles"]) or "confirmed" in request.POST:
            try:
                made = actions.register_person(request.reader, form.row, at=clock.now())
                messages.success(request, _("%(name)s is registered.") % {"name": made})
                return redirect("registry:person", made.pk)
            except Refusal as refusal:
                form.add_error(_field(refusal), refusal.message)
    return render(request, "registry/add.html", context, status=422 if form.errors else 200)


@page(*REGISTRARS)
def edit(request: Request, pk: int) -> HttpResponse:
    """Change one record. The form shows the whole record, so opening it is noted too."""
    shown = get_object_or_404(queries.people(request.reader), pk=pk)
    if request.method != "POST":
        actions.open_record(request.reader, pk, at=clock.now())
    form = PersonForm(request.POST or None, reader=request.reader, person=shown, initial=PersonForm.initial_of(shown))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_person(request.reader, pk, form.row, at=clock.now())
            messages.success(request, _("The record is changed."))
            return redirect("registry:person", pk)
        except Refusal as refusal:
            form.add_error(_field(refusal), refusal.message)
    return render(request, "registry/edit.html", {"form": form, "person": shown}, status=422 if form.errors else 200)


def _second_look(request: Request, form: PersonForm) -> dict[str, object]:
    row = form.row
    doubles = queries.same_name_and_birthday(request.reader, fold(row.full_name), row.born_on)
    return {"doubts": form.doubts(), "doubles": list(doubles.select_related("unit")[:5])}


def _field(refusal: Refusal) -> str | None:
    return FIELD_OF.get(refusal.field or "", refusal.field)
