"""The pages of the mandates: tasks by document, one task, documents, statements, money. Nothing is written here."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.mandates import queries
from chiakhoa.ground.mandates.tables import BudgetFilter, BudgetTable, TaskTable

READERS = (Role.COORDINATOR, Role.UNIT_MANAGER, Role.PROVIDER_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)


@page(*READERS)
def tasks(request: Request) -> HttpResponse:
    """Tasks under the document that orders them, with targets and money; as a sheet with `?export=xlsx`."""
    return list_page(
        request,
        queries.tasks(request.reader),
        TaskTable,
        template="mandates/tasks.html",
        file_name="tasks",
        context={"groups": queries.tasks_by_document(request.reader)},
    )


@page(*READERS)
def task(request: Request, pk: str) -> HttpResponse:
    """One task: what is asked, what is taught under it, its targets, money and what was reported before."""
    row = get_object_or_404(queries.task(request.reader), pk=pk)
    return render(request, "mandates/task.html", {"task": row})


@page(*READERS)
def documents(request: Request) -> HttpResponse:
    """The documents of the programme, and facts about them found elsewhere."""
    return render(request, "mandates/documents.html", {"documents": queries.documents(request.reader)})


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
        context={"sums": queries.budget_by_year(request.reader)},
    )
