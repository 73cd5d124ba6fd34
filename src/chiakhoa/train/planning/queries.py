"""Reading demand and plans."""

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.ground.territory.queries import within
from chiakhoa.train.planning import happenings
from chiakhoa.train.planning.models import Demand, Plan, PlannedClass, PlanState

MAY_SEE = (Role.COORDINATOR, Role.UNIT_MANAGER, Role.PROVIDER_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)


def demand(reader: Reader) -> QuerySet[Demand]:
    """Demand of the communes that the reader's role reaches."""
    if not reader.has(Role.COORDINATOR, Role.UNIT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR):
        return Demand.objects.none()
    return Demand.objects.filter(within(reader, "unit")).select_related("unit", "audience", "competence")


def plans(reader: Reader) -> QuerySet[Plan]:
    """Plans of the reader's unit, newest first; whoever neither coordinates, audits nor administers sees published ones only."""
    rows = (
        Plan.objects.order_by("-pk")
        .select_related("assumptions")
        .annotate(
            class_count=Count("classes", filter=Q(classes__cancelled=False)),
            cost=Sum("classes__cost_vnd", filter=Q(classes__cancelled=False)),
            learners=Sum("classes__learners", filter=Q(classes__cancelled=False)),
            gain=Sum("classes__gain", filter=Q(classes__cancelled=False)),
        )
    )
    if reader.has(Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR):
        return rows.filter(within(reader, "unit"))
    if reader.has(*MAY_SEE):
        return rows.filter(state=PlanState.PUBLISHED)
    return rows.none()


def classes(reader: Reader, plan: Plan) -> QuerySet[PlannedClass]:
    """The classes of a plan that the reader may see."""
    return plan.classes.select_related("course", "venue__unit", "room", "trainer__person", "budget_line").prefetch_related(
        "groups__unit", "groups__audience"
    )  # fmt: skip


def by_course(plan: Plan) -> list[dict[str, Any]]:
    """What the plan teaches: each course with its classes, seats and cost, most seats first."""
    held = plan.classes.filter(cancelled=False).order_by().values("course")
    sums = {
        row["course"]: row for row in held.annotate(classes=Count("pk"), people=Sum("learners"), cost=Sum("cost_vnd"))
    }
    rows = [{**sums[course.pk], "course": course} for course in Course.objects.filter(pk__in=sums)]
    return sorted(rows, key=lambda row: (-row["people"], row["course"].pk))


def money(plan: Plan) -> list[dict[str, Any]]:
    """Each budget line of the plan's year: amount as the plan takes it, used by the plan, left. Integer đồng.

    `otherwise`: it is not what the line holds now, for the plan assumes another, or what happened cuts it.
    """
    used, taken = paid_by_line(plan), {}
    if plan.state != PlanState.PUBLISHED:
        taken = (plan.assumptions.money if plan.assumptions else {}) | happenings.money_after(plan)
    told = []
    for line in BudgetLine.objects.filter(year=plan.year):
        amount, paid = taken.get(line.pk, line.amount_vnd), used.get(line.pk, 0)
        told.append(
            {"line": line, "amount": amount, "used": paid, "left": amount - paid,
             "otherwise": amount != line.amount_vnd}
        )  # fmt: skip
    return told


def paid_by_line(plan: Plan) -> dict[str, int]:
    """Đồng that the plan takes from each budget line."""
    return dict(
        plan.classes.filter(cancelled=False).values_list("budget_line").annotate(total=Sum("cost_vnd")).order_by()
    )


def over_budget(plan: Plan) -> list[dict[str, Any]]:
    """Budget lines of which the plan takes more than they hold: it assumed more money than there is.

    What publishing the plan cuts of a line or gives back to it counts already.
    """
    after = happenings.money_after(plan)
    return [row for row in money(plan) if after.get(row["line"].pk, row["line"].amount_vnd) < row["used"]]


def job_of(plan: Plan) -> Job | None:
    """The background job that searches the plan."""
    return Job.objects.filter(task="planning.solve", arguments__plan=plan.pk).order_by("-id").first()


def planned_on(line_code: str) -> int:
    """The most that one plan, proposed or published, puts on the budget line, in đồng: what the line must keep.

    A proposal that assumes another amount of the line holds nobody to it.
    """
    kept = PlannedClass.objects.filter(
        budget_line=line_code, cancelled=False, plan__state__in=[PlanState.PROPOSED, PlanState.PUBLISHED]
    ).exclude(plan__state=PlanState.PROPOSED, plan__assumptions__money__has_key=line_code)
    return max((row["total"] for row in kept.values("plan").annotate(total=Sum("cost_vnd"))), default=0)


def gap_to_bound(plan: Plan) -> float | None:
    """How far the plan can be from the best possible at most, as a share of the bound."""
    if plan.objective is None or not plan.bound:
        return None
    return max(0.0, (plan.bound - plan.objective) / plan.bound)
