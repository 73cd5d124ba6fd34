"""What publishing a plan would do, before anybody presses the button. Reads only; the action does it by the same rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from chiakhoa.foundation.readers import Reader
from chiakhoa.train.delivery import bookings, opening, takeover
from chiakhoa.train.delivery.models import GOING_ON, ClassState, Enrolment, EnrolmentState, TrainingClass
from chiakhoa.train.planning import comparing, happenings
from chiakhoa.train.planning import queries as plans
from chiakhoa.train.planning.models import Plan, PlannedClass, PlannedGroup, PlanState


@dataclass(frozen=True)
class Outcome:
    """Classes that would open; of the published plan those that go on, are called off, and are left for somebody to decide.

    `moves`: those that go on, but on other days or in another room; `seated`: people in the classes that are left.
    """

    opens: int
    keeps: int
    moves: int
    calls_off: int
    leaves: int
    seated: int


def before(reader: Reader, plan: Plan) -> dict[str, Any]:
    """All that the page of publishing tells."""
    held = plan.classes.filter(cancelled=False, starts_on__isnull=False)
    published = plans.plans(reader).filter(unit=plan.unit_id, year=plan.year, state=PlanState.PUBLISHED).first()
    groups = PlannedGroup.objects.filter(planned_class__in=held)
    return {
        "plan": plan,
        "may": plan.state == PlanState.PROPOSED,
        "outcome": outcome(plan),
        "published": published,
        "figures": comparing.figures(plan),
        "was": comparing.figures(published) if published else None,
        "people": groups.aggregate(total=Sum("people"))["total"] or 0,
        "communes": groups.values("unit").distinct().count(),
        "trainers": held.exclude(trainer=None).values("trainer").distinct().count(),
        "providers": held.exclude(trainer=None).values("trainer__provider").distinct().count(),
        "loose": held.filter(trainer=None).count(),
        "unplaced": plan.classes.filter(cancelled=False, starts_on=None).count(),
        "over": plans.over_budget(plan),
        "later": happenings.later(plan),
    }


def outcome(plan: Plan) -> Outcome:
    """What would become of the plan's classes and of those of the plans before it."""
    earlier = _before(plan).filter(state__in=GOING_ON)
    people = {
        row["training_class"]: row["count"]
        for row in Enrolment.objects.filter(training_class__in=earlier)
        .exclude(state=EnrolmentState.LEFT)
        .values("training_class")
        .annotate(count=Count("pk"))
        .order_by()
    }
    empty = {row.pk for row in earlier if row.state == ClassState.OPEN and row.pk not in people}
    staying = [row for row in earlier if row.pk not in empty]
    finished = _before(plan).filter(state=ClassState.FINISHED)
    _over, planned = takeover.over(opening.planned_classes(plan), finished)
    pairs, new = takeover.settle(planned, staying)
    paired = {row.pk for row, _successor in pairs}
    left = [row.pk for row in staying if row.pk not in paired]
    return Outcome(
        len(new), len(pairs), _moving(pairs), len(empty), len(left), sum(people.get(pk, 0) for pk in left)
    )  # fmt: skip


def _moving(pairs: Sequence[tuple[TrainingClass, PlannedClass]]) -> int:
    """How many of the classes that go on and have not begun are held on other days or in other rooms."""
    begun = opening.begun([row for row, _planned in pairs])
    standing = bookings.standing_of(row for row, _planned in pairs)
    return sum(
        [(one.starts_at, one.room_id) for one in standing[row.pk]]
        != [(one.starts_at, one.room_id) for one in bookings.planned_for(row, planned)]
        for row, planned in pairs
        if row.state == ClassState.OPEN and row.pk not in begun
    )


def _before(plan: Plan) -> QuerySet[TrainingClass]:
    """Classes of the plans of the year that were published before."""
    of_year = Plan.objects.filter(
        unit=plan.unit_id, year=plan.year, state__in=[PlanState.PUBLISHED, PlanState.REPLACED]
    )
    return TrainingClass.objects.filter(planned__plan__in=of_year.exclude(pk=plan.pk))
