"""Reading the mandates. Documents are public; the pages are for those who carry them out or check that.

Only rows as they were ordered or reported stand here: what was done and spent is computed later, by reporting.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.mandates.models import BudgetLine, Document, Statement, StatementKind, Target, Task, TaskKind
from chiakhoa.ground.registry.models import Body

OFFICES = ("party", "government", "department", "ministry", "ministry_agency", "university", "college", "political_school",
           "association")  # fmt: skip


def documents(_reader: Reader) -> QuerySet[Document]:
    """Documents with who issued them and their tasks."""
    return Document.objects.select_related("issuer").prefetch_related("tasks", "statements")


def tasks(_reader: Reader) -> QuerySet[Task]:
    """Tasks, then next steps, with all that their row shows."""
    return Task.objects.select_related("document", "solution", "lead__successor").prefetch_related(
        "partners", "audiences", "targets__audience", "targets__unit", "budget_lines"
    )


def may_carry_out(_reader: Reader) -> QuerySet[Body]:
    """The bodies that issue documents and carry tasks out: offices, schools of higher learning, and whom the report names."""
    return Body.objects.filter(Q(kind__in=OFFICES) | Q(sentence__isnull=False)).order_by("search_key", "id")


@dataclass(frozen=True)
class Group:
    """Tasks of one kind under one document; `document` is None where the report names none."""

    kind: TaskKind
    document: Document | None
    tasks: list[Task]


def tasks_by_document(reader: Reader) -> list[Group]:
    """The tasks in groups, in the order of the report: tasks by document, then next steps."""
    groups: dict[tuple[str, str | None], Group] = {}
    for row in tasks(reader):
        key = (row.kind, row.document_id)
        groups.setdefault(key, Group(TaskKind(row.kind), row.document, [])).tasks.append(row)
    return list(groups.values())


def task(reader: Reader) -> QuerySet[Task]:
    """Tasks with all that the page of one shows."""
    return tasks(reader).prefetch_related("activities", "courses", "reported_results__audience")


def statements(_reader: Reader) -> list[tuple[StatementKind, list[Statement]]]:
    """Statements by kind, in the order in which one reads a programme; kinds without any are left out."""
    rows = list(Statement.objects.select_related("document", "audience"))
    order = (
        StatementKind.RANK,
        StatementKind.FINDING,
        StatementKind.GOAL,
        StatementKind.SOLUTION,
        StatementKind.LINKED_TRAINING,
        StatementKind.MISSING,
    )
    groups = [(kind, [row for row in rows if row.kind == kind]) for kind in order]
    return [(kind, found) for kind, found in groups if found]


def targets(_reader: Reader) -> QuerySet[Target]:
    """Targets by due day."""
    return Target.objects.select_related("task", "audience", "unit")


def budget_lines(_reader: Reader) -> QuerySet[BudgetLine]:
    """Budget lines by year."""
    return BudgetLine.objects.prefetch_related("tasks", "audiences")


def budget_by_year(_reader: Reader) -> list[dict[str, Any]]:
    """The sum and the number of budget lines of each year."""
    rows = BudgetLine.objects.values("year").annotate(amount_vnd=Sum("amount_vnd"), lines=Count("pk"))
    return [dict(row) for row in rows.order_by("year")]
