"""What a plan assumes otherwise than today's rows: applied to the planner's scenario, and told in words. Writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from chiakhoa.engines import planner
from chiakhoa.foundation.templatetags.words import num, vnd
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.ground.registry.models import Audience
from chiakhoa.train.planning import seasons
from chiakhoa.train.planning.models import Assumptions, Plan

FLOOR = "floor:"
EVERY = "commune"


@dataclass(frozen=True)
class Change:
    """One assumption that differs: what it is about, as the rows say, as the plan assumes."""

    about: str
    usual: str
    assumed: str


def applied(made: planner.Scenario, given: Assumptions | None) -> planner.Scenario:
    """The scenario with the assumptions in it."""
    if given is None:
        return made
    return replace(
        made,
        money=tuple(replace(line, amount_vnd=given.money.get(line.id, line.amount_vnd)) for line in made.money),
        trainers=tuple(
            replace(row, sessions=row.sessions * given.trainers_percent // 100) for row in made.trainers
        ),
        targets=(*_targets(made.targets, given.targets_percent), *_floors(made, given.floors)),
        floors=_every_commune(given),
        gains=_weighted(made, given.priorities),
        seasons=made.seasons if given.seasons is None else tuple(row.planned() for row in seasons.assumed(given.seasons, 0)),
    )  # fmt: skip


def closed(plan: Plan) -> list[seasons.Season]:
    """The weeks without classes that the plan assumes."""
    return seasons.assumed(plan.assumptions.seasons if plan.assumptions else None, plan.year)


def floor_of(target: str) -> str:
    """The audience of a target that is a floor; nothing for a target of a task."""
    return target.removeprefix(FLOOR) if target.startswith(FLOOR) else ""


def commune_of(target: str) -> str:
    """The commune of a target that is its floor; nothing for another one."""
    return target.removeprefix(f"{EVERY}@") if target.startswith(f"{EVERY}@") else ""


def changes(plan: Plan) -> list[Change]:
    """In words what the plan assumes otherwise; nothing where it takes the rows as they were."""
    given = plan.assumptions
    if given is None:
        return []
    lines = {line.pk: line for line in BudgetLine.objects.filter(pk__in=given.money)}
    audiences = {row.pk: row.name for row in Audience.objects.filter(pk__in={*given.floors, *given.priorities})}
    told = [
        Change(lines[code].name, vnd(lines[code].amount_vnd), vnd(amount))
        for code, amount in given.money.items() if code in lines
    ]  # fmt: skip
    if given.trainers_percent != 100:
        told.append(Change(_("Trainers' sessions"), "100 %", f"{given.trainers_percent} %"))
    if given.targets_percent != 100:
        told.append(Change(_("Targets of the tasks"), "100 %", f"{given.targets_percent} %"))
    if given.commune_people:
        told.append(Change(_("Every commune at least (people)"), "–", num(given.commune_people)))
    if given.commune_percent:
        told.append(Change(_("Every commune at least (of those in need)"), "–", f"{given.commune_percent} %"))
    told += [
        Change(_("At least trained: %(audience)s") % {"audience": audiences.get(code, code)}, "–", num(least))
        for code, least in given.floors.items()
    ]
    told += [
        Change(_("Priority: %(audience)s") % {"audience": audiences.get(code, code)}, "1", num(weight))
        for code, weight in given.priorities.items()
    ]
    if given.seasons is not None:
        told.append(
            Change(_("Weeks without classes"), _spans(seasons.usual(plan.year)), _spans(closed(plan)))
        )  # fmt: skip
    return told


def side_by_side(one: Plan, other: Plan) -> list[dict[str, str]]:
    """What either plan assumes otherwise, each as the one and the other take it."""
    first, second = ({change.about: change for change in changes(plan)} for plan in (one, other))
    return [
        {
            "about": about,
            "one": first[about].assumed if about in first else second[about].usual,
            "other": second[about].assumed if about in second else first[about].usual,
        }
        for about in dict.fromkeys([*first, *second])
    ]


def _targets(targets: Iterable[planner.Target], percent: int) -> Iterable[planner.Target]:
    for target in targets:
        people = target.people * percent // 100
        if people:
            yield replace(target, people=people)


def _floors(made: planner.Scenario, floors: dict[str, int]) -> Iterable[planner.Target]:
    courses = tuple(course.code for course in made.courses)
    known = {group.audience for group in made.groups}
    for audience, people in floors.items():
        if people and audience in known:
            yield planner.Target(f"{FLOOR}{audience}", courses, (audience,), people)


def _every_commune(given: Assumptions) -> tuple[planner.Floor, ...]:
    if not given.commune_people and not given.commune_percent:
        return ()
    return (planner.Floor(EVERY, given.commune_people, given.commune_percent / 100),)


def _weighted(made: planner.Scenario, priorities: dict[str, int]) -> tuple[planner.Gain, ...]:
    """The gains as the search counts them; the plan's own figures stay in grades."""
    if not priorities:
        return made.gains
    audience = {group.id: group.audience for group in made.groups}
    return tuple(replace(gain, value=gain.value * priorities.get(audience[gain.group], 1)) for gain in made.gains)


def _spans(rows: Iterable[seasons.Season]) -> str:
    return "; ".join(f"{row.name} {row.first:%d/%m/%Y}–{row.last:%d/%m/%Y}" for row in rows) or _("none")
