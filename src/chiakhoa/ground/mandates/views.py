"""The pages of the mandates: tasks by document, one task, documents, statements, money; and entering what is in them."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.mandates import actions, queries
from chiakhoa.ground.mandates.dependants import dependants
from chiakhoa.ground.mandates.forms import FORMS
from chiakhoa.ground.mandates.tables import BudgetFilter, BudgetTable, TaskTable

READERS = (Role.COORDINATOR, Role.UNIT_MANAGER, Role.PROVIDER_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)
WRITERS = (Role.COORDINATOR, Role.ADMINISTRATOR)


@page(*READERS)
def tasks(request: Request) -> HttpResponse:
    """Tasks under the document that orders them, with targets and money; as a sheet with `?export=xlsx`."""
    return list_page(
        request,
        queries.tasks(request.reader),
        TaskTable,
        template="mandates/tasks.html",
        file_name="tasks",
        context={"groups": queries.tasks_by_document(request.reader), "may_change": _may_change(request)},
    )


@page(*READERS)
def task(request: Request, pk: str) -> HttpResponse:
    """One task: what is asked, what is taught under it, its targets, money and what was reported before."""
    row = get_object_or_404(queries.task(request.reader), pk=pk)
    return render(request, "mandates/task.html", {"task": row, "may_change": _may_change(request)})


@page(*READERS)
def documents(request: Request) -> HttpResponse:
    """The documents of the programme, and facts about them found elsewhere."""
    context = {"documents": queries.documents(request.reader), "may_change": _may_change(request)}
    return render(request, "mandates/documents.html", context)


@page(*READERS)
def statements(request: Request) -> HttpResponse:
    """What the programme states, and what it does not say."""
    return render(request, "mandates/statements.html", {"groups": queries.statements(request.reader)})


@page(*READERS)
def money(request: Request) -> HttpResponse:
    """Budget lines and their sum by year."""
    rows = queries.budget_lines(request.reader)
    return list_page(
        request,
        rows,
        BudgetTable,
        filters=BudgetFilter,
        template="mandates/money.html",
        file_name="budget",
        context={"sums": queries.budget_by_year(request.reader), "may_change": _may_change(request)},
    )


@page(*WRITERS)
def add(request: Request, kind: str) -> HttpResponse:
    """Enter a new document, task, target or budget line; `?task=` or `?document=` says under what."""
    form = FORMS[kind](request.POST or None, reader=request.reader, initial=FORMS[kind].begun(request.GET))
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.add(request.reader, form.entry(), at=clock.now())
            messages.success(request, _("“%(name)s” is entered.") % {"name": row})
            return redirect(form.address_of(row))
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    return render(
        request, "mandates/entry.html", {"form": form, "title": form.titles[0]}, status=422 if form.errors else 200
    )


@page(*WRITERS)
def change(request: Request, kind: str, pk: str) -> HttpResponse:
    """Change one of them, or see why it cannot be removed."""
    row = get_object_or_404(FORMS[kind].model, pk=pk)
    form = FORMS[kind](request.POST or None, reader=request.reader, initial=FORMS[kind].initial_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change(request.reader, replace(form.entry(), code=pk), at=clock.now())
            messages.success(request, _("“%(name)s” is changed.") % {"name": changed})
            return redirect(form.address_of(changed))
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {"form": form, "title": form.titles[1], "row": row, "standing": dependants(row)}
    return render(request, "mandates/entry.html", context, status=422 if form.errors else 200)


@require_POST
@page(*WRITERS)
def remove(request: Request, kind: str, pk: str) -> HttpResponse:
    """Take one of them out. Pressed twice, the second press finds nothing and says so."""
    try:
        actions.remove(request.reader, FORMS[kind].model, pk, at=clock.now())
        messages.success(request, _("It is removed."))
    except NotVisible as gone:
        messages.info(request, gone.message)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("mandates:change", kind, pk)
    return redirect({"document": "mandates:documents", "line": "mandates:money"}.get(kind, "mandates:tasks"))


def _may_change(request: Request) -> bool:
    return request.reader.has(*WRITERS)
