"""Loading the programme (documents, statements, tasks, results) and the demonstration's orders (targets, money).

Audiences, bodies (registry) and courses (catalogue) must be there before. Rows are added or renamed, never deleted.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.sourced import both, sourced
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.ground.frameworks.upsert import upsert
from chiakhoa.ground.mandates.models import (
    Activity,
    BudgetLine,
    Document,
    ReportedResult,
    Statement,
    StatementKind,
    Target,
    Task,
    TaskKind,
)
from chiakhoa.ground.registry.models import Audience, Body

Fields = dict[str, Any]
STATEMENTS = {
    "findings": StatementKind.FINDING,
    "goals": StatementKind.GOAL,
    "linked_training": StatementKind.LINKED_TRAINING,
    "solutions": StatementKind.SOLUTION,
    "not_in_the_report": StatementKind.MISSING,
}


@action(Role.ADMINISTRATOR)
def load_programme(actor: Reader, *, at: datetime) -> None:
    """Load what the report states: documents, statements, tasks and next steps, activities, results."""
    programme = load_yaml("programme/programme.yaml")
    _refuse_missing(Body, _bodies(programme), _("bodies"))
    _refuse_missing(Audience, {row["id"] for row in programme["audiences"]}, _("audiences"))
    upsert(Document, [_document(row) for row in programme["documents"]], ["code"])
    upsert(Statement, _statements(programme), ["code"])
    _load_tasks(programme)
    upsert(Activity, _activities(programme), ["code"])
    upsert(ReportedResult, [_result(row) for row in programme["results"]], ["code"])
    audit.record(actor, "load programme", "mandates.task", at=at, after={"tasks": Task.objects.count()})


@action(Role.ADMINISTRATOR)
def load_orders(actor: Reader, *, at: datetime) -> None:
    """Load the demonstration's targets and budget lines, all of them assumed."""
    orders = load_yaml("programme/demonstration.yaml")
    lines = orders["budget_lines"]
    tasks = {row["task"] for row in orders["targets"]} | {task for row in lines for task in row["tasks"]}
    _refuse_missing(Task, tasks, _("tasks"))
    _refuse_missing(Audience, {code for row in lines for code in row["audiences"]}, _("audiences"))
    upsert(Target, [_target(row) for row in orders["targets"]], ["code"])
    upsert(BudgetLine, [_budget_line(row) for row in lines], ["code"])
    found = BudgetLine.objects.in_bulk()
    for row in lines:
        found[row["id"]].tasks.set(row["tasks"])
        found[row["id"]].audiences.set(row["audiences"])
    after = {"targets": len(orders["targets"]), "amount_vnd": sum(row["amount_vnd"] for row in lines)}
    audit.record(actor, "load orders", "mandates.budgetline", at=at, after=after)


def _named(row: Fields) -> Fields:
    return {"code": row["id"], "name_vi": row["name_vi"], "name_en": row["name_en"], **sourced(row)}


def _bodies(programme: Fields) -> set[str]:
    tasks = [*programme["tasks"], *programme["next_steps"]]
    named = {body for row in tasks for body in (row["lead"], *row["partners"])}
    return named | {row["issuer"] for row in programme["documents"]}


def _document(row: Fields) -> Document:
    facts = [_fact(fact) for fact in row.get("external", [])]
    if "year" in row:
        year = row["year"]
        why = both(year.get("reason_vi"), year["reason"])
        facts.append({"field": "year", "value": year["value"], "sure": "assumed", "source": why})
    return Document(
        kind=row["kind"],
        number=row["number"] or "",
        issuer_id=row["issuer"],
        issued_on=row["date"],
        facts=facts,
        **_named(row),
    )


def _fact(row: Fields) -> Fields:
    """A fact found elsewhere, its words in both languages."""
    value = row["value"].isoformat() if isinstance(row["value"], date) else both(row.get("value_vi"), row["value"])
    return {
        "field": row["field"],
        "value": value,
        "sure": row["sure"],
        "source": both(row.get("source_vi"), row["source"]),
    }


def _statements(programme: Fields) -> list[Statement]:
    names = {body["id"]: body["name_vi"] for body in programme["bodies"]}
    motto = {
        "id": "motto",
        "name_vi": programme["meta"]["motto_vi"],
        "name_en": programme["meta"]["motto_en"],
        "sentence": programme["meta"]["motto_sentence"],
    }
    rows = [(StatementKind.GOAL, motto), (StatementKind.RANK, programme["rank"])]
    rows += [(kind, row) for group, kind in STATEMENTS.items() for row in programme[group]]
    return [_statement(kind, row, names) for kind, row in rows]


def _statement(kind: StatementKind, row: Fields, names: dict[str, str]) -> Statement:
    return Statement(
        kind=kind,
        document_id=row.get("document"),
        audience_id=row.get("audience"),
        value=row.get("value"),
        out_of=row.get("of"),
        stated_by=names.get(row.get("stated_by") or row.get("body", ""), ""),
        **_named(row),
    )


def _load_tasks(programme: Fields) -> None:
    kinds = {TaskKind.TASK: programme["tasks"], TaskKind.NEXT_STEP: programme["next_steps"]}
    upsert(Task, [_task(kind, row) for kind, rows in kinds.items() for row in rows], ["code"])
    served: dict[str, list[Any]] = {}
    for course, task_ids in Course.objects.values_list("code", "task_ids"):
        for task in task_ids:
            served.setdefault(task, []).append(course)
    tasks = Task.objects.in_bulk()
    for row in (row for rows in kinds.values() for row in rows):
        task = tasks[row["id"]]
        task.partners.set(row["partners"])
        task.audiences.set(row.get("audiences", []))
        task.courses.set(served.get(row["id"], []))


def _task(kind: TaskKind, row: Fields) -> Task:
    return Task(
        kind=kind,
        document_id=row.get("document"),
        solution_id=row.get("solution"),
        lead_id=row["lead"],
        lead_role_vi=row["lead_role_vi"],
        **_named(row),
    )


def _activities(programme: Fields) -> list[Activity]:
    rows = [
        Activity(task_id=row["task"], kind=row["kind"], order=row.get("order", 0), **_named(row))
        for row in programme["activities"]
    ]
    topics = [
        Activity(task_id=step["id"], kind="topic", order=i, **_named(row))
        for step in programme["next_steps"]
        for i, row in enumerate(step.get("topics", []), 1)
    ]
    return rows + topics


def _result(row: Fields) -> ReportedResult:
    return ReportedResult(
        task_id=row["task"],
        audience_id=row.get("audience"),
        value=row["value"],
        measure=row["unit"],
        **_named(row),
    )


def _target(row: Fields) -> Target:
    return Target(
        task_id=row["task"],
        indicator=row["indicator"],
        audience_id=row["audience"],
        amount=row["amount"],
        due_on=row["due"],
        **_named(row),
    )


def _budget_line(row: Fields) -> BudgetLine:
    return BudgetLine(year=row["year"], amount_vnd=row["amount_vnd"], **_named(row))


def _refuse_missing(model: type[Model], keys: Iterable[str], what: str) -> None:
    missing = sorted(set(keys) - set(model._default_manager.filter(pk__in=keys).values_list("pk", flat=True)))
    if missing:
        raise Refusal(
            _("The programme names %(what)s that are not loaded: %(keys)s. Load them first.")
            % {"what": what, "keys": ", ".join(missing)},
            code="missing",
        )
