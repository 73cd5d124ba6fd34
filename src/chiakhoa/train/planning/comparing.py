"""Two plans side by side: their figures, what each budget line pays, and class by class what differs. Reads only.

What is taken out of a plan does not count. A class is the same in both plans where it teaches the same course at the same
venue; among several such classes those are paired whose week and trainer agree best.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.ground.territory.models import Unit
from chiakhoa.train.planning import queries
from chiakhoa.train.planning.equity import gini
from chiakhoa.train.planning.models import Plan, PlannedClass, PlannedGroup, PlannedSession, PlanState

KINDS = {
    "dropped": _("no longer held"),
    "opened": _("new"),
    "smaller": _("fewer learners"),
    "larger": _("more learners"),
    "week": _("another week"),
    "rest": _("its rest is held otherwise, from %(day)s at %(venue)s"),
    "trainer": _("another trainer"),
    "line": _("another budget line"),
}


@dataclass(frozen=True)
class Figures:
    """What a plan comes to. Equity is over the communes in need: grades closed for each person in need."""

    classes: int
    people: int
    cost_vnd: int
    gain: float
    bound: float | None
    distance: float | None
    gini: float | None
    worst: str
    worst_share: float | None

    @property
    def vnd_a_grade(self) -> int | None:
        """Đồng for each grade of gap closed."""
        return round(self.cost_vnd / self.gain) if self.gain else None


@dataclass(frozen=True)
class Difference:
    """One class that differs: `kinds` say how; `before` or `after` is None where only one plan holds it."""

    kinds: tuple[str, ...]
    before: PlannedClass | None
    after: PlannedClass | None

    @property
    def row(self) -> PlannedClass:
        """The class as it is shown."""
        return self.after or self.before  # type: ignore[return-value]

    @property
    def words(self) -> str:
        """How it differs."""
        rest = _first_apart(self.before, self.after) if "rest" in self.kinds else None
        place = rest.room.venue if rest and rest.room else self.row.venue
        told = {"day": f"{rest.held_on:%d/%m/%Y}", "venue": place.name} if rest else {}
        return "; ".join(str(KINDS[kind]) % told if kind == "rest" else str(KINDS[kind]) for kind in self.kinds)

    @property
    def people(self) -> int:
        """By how many learners the class grew; negative where it lost some."""
        return (self.after.learners if self.after else 0) - (self.before.learners if self.before else 0)


def figures(plan: Plan) -> Figures:
    """The figures of a plan as it stands, without the classes taken out."""
    held = plan.classes.filter(cancelled=False).aggregate(
        people=Sum("learners"), cost=Sum("cost_vnd"), gain=Sum("gain")
    )
    shares = by_need(plan)
    worst = min(shares, key=lambda unit: (shares[unit], unit), default="")
    return Figures(
        classes=plan.classes.filter(cancelled=False).count(),
        people=held["people"] or 0,
        cost_vnd=held["cost"] or 0,
        gain=held["gain"] or 0.0,
        bound=plan.bound,
        distance=queries.gap_to_bound(plan),
        gini=gini(list(shares.values())),
        worst=str(Unit.objects.filter(pk=worst).first() or ""),
        worst_share=shares.get(worst),
    )


def by_need(plan: Plan) -> dict[str, float]:
    """Grades of gap closed for each person in need, by commune; communes for whom nothing is done have 0."""
    closed = dict(
        PlannedGroup.objects.filter(planned_class__plan=plan, planned_class__cancelled=False)
        .values_list("unit").annotate(total=Sum("gain")).order_by()
    )  # fmt: skip
    return {unit: closed.get(unit, 0.0) / people for unit, people in plan.needs.items() if people}


def money(one: Plan, other: Plan) -> list[dict[str, Any]]:
    """What each budget line pays in both plans, in đồng; lines that pay in neither are left out."""
    paid = [queries.paid_by_line(plan) for plan in (one, other)]
    return [
        {"line": line, "one": paid[0].get(line.pk, 0), "other": paid[1].get(line.pk, 0),
         "more": paid[1].get(line.pk, 0) - paid[0].get(line.pk, 0)}
        for line in BudgetLine.objects.filter(pk__in={*paid[0], *paid[1]})
    ]  # fmt: skip


def differences(reader: Reader, one: Plan, other: Plan) -> list[Difference]:
    """Class by class what differs, first what the other plan no longer holds, then what changed, then what is new."""
    if other.is_change and other.based_on_id == one.pk:
        return _in_order(_continued(reader, one, other))
    before, after = _by_place(reader, one), _by_place(reader, other)
    found: list[Difference] = []
    for place in sorted({*before, *after}):
        found += _paired(before[place], after[place])
    return _in_order(found)


def _in_order(found: Iterable[Difference]) -> list[Difference]:
    order = {"dropped": 0, "opened": 2}
    return sorted(found, key=lambda row: order.get(row.kinds[0], 1))


def _continued(reader: Reader, one: Plan, other: Plan) -> Iterable[Difference]:
    """What a change of a published plan changes: it knows of each class which one goes on as it.

    What was called off before is left out: until the change is published, only what is held has half days.
    """
    continuing = queries.classes(reader, other).filter(cancelled=False).prefetch_related("sessions__room__venue")
    successors = {row.continues_id: row for row in continuing}
    held = queries.classes(reader, one).filter(cancelled=False, starts_on__isnull=False)
    for row in held.prefetch_related("sessions"):
        now = successors.get(row.pk)
        if now is None:
            if other.state == PlanState.PROPOSED and not row.sessions.all():
                continue
            yield Difference(("dropped",), row, None)
        elif kinds := _kinds(row, now) + _rest(row, now):
            yield Difference(kinds, row, now)
    for row in queries.classes(reader, other).filter(cancelled=False, continues=None):
        yield Difference(("opened",), None, row)


def lost(changed: Iterable[Difference]) -> list[dict[str, Any]]:
    """Whom the dropped and smaller classes seated and no class of that course at that venue seats now, by group."""
    people: dict[tuple[Any, Any, Any], int] = defaultdict(int)
    for row in changed:
        now = {(g.unit_id, g.audience_id): g.people for g in row.after.groups.all()} if row.after else {}
        for group in row.before.groups.all() if row.before else ():
            less = group.people - now.get((group.unit_id, group.audience_id), 0)
            if less > 0:
                people[row.row.course, group.unit, group.audience] += less
    rows = [{"course": key[0], "unit": key[1], "audience": key[2], "people": n} for key, n in people.items()]
    return sorted(rows, key=lambda row: -row["people"])


def _by_place(reader: Reader, plan: Plan) -> dict[tuple[str, str], list[PlannedClass]]:
    found: dict[tuple[str, str], list[PlannedClass]] = defaultdict(list)
    for row in queries.classes(reader, plan).filter(cancelled=False):
        found[row.course_id, row.venue_id].append(row)
    return found


def _paired(before: list[PlannedClass], after: list[PlannedClass]) -> Iterable[Difference]:
    left = list(after)
    for row in before:
        if not left:
            yield Difference(("dropped",), row, None)
            continue
        nearest = min(left, key=lambda new: (len(_kinds(row, new)), _apart(row, new), new.number))
        left.remove(nearest)
        if kinds := _kinds(row, nearest):
            yield Difference(kinds, row, nearest)
    for new in left:
        yield Difference(("opened",), None, new)


def _apart(row: PlannedClass, new: PlannedClass) -> timedelta:
    """Between the first days; a class without a place in the calendar is far from every other."""
    if row.starts_on is None or new.starts_on is None:
        return timedelta.max
    return abs(new.starts_on - row.starts_on)


def _rest(row: PlannedClass, new: PlannedClass) -> tuple[str, ...]:
    """Whether sessions after the first day are held otherwise; nothing is said where all of them moved to another week."""
    return ("rest",) if row.starts_on == new.starts_on and _first_apart(row, new) else ()


def _first_apart(row: PlannedClass | None, new: PlannedClass | None) -> PlannedSession | None:
    """The first session that is held on another half day or in another room, as it is held now. Prefetch the sessions."""
    if row is None or new is None:
        return None
    was = {one.number: (one.held_on, one.half, one.room_id) for one in row.sessions.all()}
    now = sorted(new.sessions.all(), key=lambda one: one.number)
    return next((s for s in now if s.number in was and was[s.number] != (s.held_on, s.half, s.room_id)), None)


def _kinds(row: PlannedClass, new: PlannedClass) -> tuple[str, ...]:
    told = {
        "smaller": new.learners < row.learners,
        "larger": new.learners > row.learners,
        "week": new.starts_on != row.starts_on,
        "trainer": new.trainer_id != row.trainer_id,
        "line": new.budget_line_id != row.budget_line_id,
    }
    return tuple(kind for kind, is_so in told.items() if is_so)
