"""The mandates over HTTP: documents, tasks, targets, budget lines. For the roles of their pages."""

from datetime import date

from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema

from chiakhoa.foundation.api import Listing, Needs, Scope, Text, listed, query_for
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.mandates import queries
from chiakhoa.ground.mandates.models import BudgetLine, Document, Task
from chiakhoa.ground.mandates.tables import BudgetFilter
from chiakhoa.ground.mandates.views import READERS

router = Router(tags=["mandates"])
needs = Needs(Scope.MANDATES, *READERS)


class Sourced(Schema):
    """A row that says where it comes from: a sentence of the report, another source, or an assumption."""

    code: str
    name_vi: str
    name_en: str
    sentence: int | None
    assumed: bool
    source: str


class DocumentRow(Sourced):
    """A resolution, plan or memorandum."""

    kind: str
    number: str
    issuer_id: str
    issued_on: date | None
    task_codes: list[str]

    @staticmethod
    def resolve_task_codes(document: Document) -> list[str]:
        """What it orders."""
        return _keys(document.tasks.all())


class TargetRow(Sourced):
    """How much of an indicator a task must reach, by when."""

    task_id: str
    indicator: str
    audience_id: str | None
    unit_id: str | None
    amount: int
    due_on: date


class TaskRow(Sourced):
    """Something a body was told to do."""

    kind: str
    document_id: str | None
    lead_id: str
    partner_ids: list[str]
    audience_codes: list[str]
    targets: list[TargetRow]
    budget_codes: list[str]

    @staticmethod
    def resolve_partner_ids(task: Task) -> list[str]:
        """The bodies that take part."""
        return _keys(task.partners.all())

    @staticmethod
    def resolve_audience_codes(task: Task) -> list[str]:
        """For whom."""
        return _keys(task.audiences.all())

    @staticmethod
    def resolve_budget_codes(task: Task) -> list[str]:
        """The money that may pay for it."""
        return _keys(task.budget_lines.all())


class BudgetRow(Sourced):
    """Money of one year. Integer đồng."""

    year: int
    amount_vnd: int
    task_codes: list[str]
    audience_codes: list[str]

    @staticmethod
    def resolve_task_codes(line: BudgetLine) -> list[str]:
        """What it may pay for."""
        return _keys(line.tasks.all())

    @staticmethod
    def resolve_audience_codes(line: BudgetLine) -> list[str]:
        """For whom it may be spent."""
        return _keys(line.audiences.all())


DocumentQuery = query_for(None, "DocumentQuery")
TaskQuery = query_for(None, "TaskQuery")
TargetQuery = query_for(None, "TargetQuery")
BudgetQuery = query_for(BudgetFilter, "BudgetQuery")


@router.get("/documents", auth=needs, response=Listing[DocumentRow], summary=_("Documents"), operation_id="documents")
def documents(request: Request, query: Query[DocumentQuery]):
    """The documents of the programme."""
    return listed(request, queries.documents(request.reader), query)


@router.get("/tasks", auth=needs, response=Listing[TaskRow], summary=_("Tasks"), operation_id="tasks")
def tasks(request: Request, query: Query[TaskQuery]):
    """Tasks and announced next steps."""
    return listed(request, queries.tasks(request.reader), query)


@router.get("/tasks/{code}", auth=needs, response=TaskRow, summary=_("One task"), operation_id="task")
def task(request: Request, code: Text):
    """One task."""
    return get_object_or_404(queries.tasks(request.reader), pk=code)


@router.get("/targets", auth=needs, response=Listing[TargetRow], summary=_("Targets"), operation_id="targets")
def targets(request: Request, query: Query[TargetQuery]):
    """What must be reached by when."""
    return listed(request, queries.targets(request.reader), query)


@router.get(
    "/budget-lines", auth=needs, response=Listing[BudgetRow], summary=_("Budget lines"), operation_id="budget_lines"
)
def budget_lines(request: Request, query: Query[BudgetQuery]):
    """Money by year."""
    return listed(request, queries.budget_lines(request.reader), query, BudgetFilter)


def _keys(rows: list[Model]) -> list[str]:
    return sorted(str(row.pk) for row in rows)
