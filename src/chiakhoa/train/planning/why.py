"""Why a plan is as it is, in the language of the page: what limits it, what one more would bring, who is left out and why.

A plan stores kinds, names and numbers; the words are made here.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.ground.catalogue.models import Course, TrainerSkill, Venue
from chiakhoa.ground.mandates.models import BudgetLine, Target
from chiakhoa.ground.registry.models import Audience
from chiakhoa.ground.territory.models import Unit
from chiakhoa.train.planning.assumptions import commune_of, floor_of
from chiakhoa.train.planning.limits import names
from chiakhoa.train.planning.models import Plan, Unplaced

REASONS = {
    "money": gettext_lazy("The money runs out"),
    "unpaid": gettext_lazy("No budget line pays the courses that help"),
    "course": gettext_lazy("No course raises what they lack"),
    "trainer": gettext_lazy("Trainers have no sessions left"),
    "room": gettext_lazy("Rooms have no sessions left"),
    "distance": gettext_lazy("No course within reach"),
    "size": gettext_lazy("Too few people for a class"),
    "calendar": gettext_lazy("The calendar has no place for a class"),
}
REMEDIES = {
    "money": gettext_lazy("Add money to a budget line that pays these courses."),
    "unpaid": gettext_lazy("Add a budget line for a task with these courses, or a line that pays every course."),
    "course": gettext_lazy(
        "Add a course for this audience that raises what they lack, or take their gap out of the demand."
    ),
    "trainer": gettext_lazy("Add trainers with the skills of these courses, or more sessions of those there are."),
    "room": gettext_lazy("Add rooms of the right kind near these communes."),
    "distance": gettext_lazy("Add a venue within 60 km, or a course online."),
    "size": gettext_lazy(
        "Join them with neighbours: add demand of communes nearby, or a course with a smaller least size."
    ),
    "calendar": gettext_lazy("Add rooms or trainers near these communes, or weeks in which classes may be held."),
}
STEPS = {
    "money": gettext_lazy("1 million đồng more"),
    "trainer": gettext_lazy("1 more session of a trainer"),
    "room": gettext_lazy("1 more session of the room"),
}
SHOWN_LIMITS = 12


@dataclass(frozen=True)
class Limit:
    """A scarce limit: what it is, one more of what, the grades of gap that this would bring, where it is changed."""

    name: str
    step: str
    brings: float
    href: str


@dataclass(frozen=True)
class Reason:
    """A reason for which people are left out, what helps, and how many people in how many groups."""

    key: str
    name: str
    remedy: str
    people: int
    groups: int


def limits(plan: Plan) -> list[Limit]:
    """What one more unit of each scarce limit would bring, most first."""
    rows = plan.marginal[:SHOWN_LIMITS]
    named = names((row["kind"], row["name"]) for row in rows)
    where = {
        "money": reverse("mandates:money"),
        "trainer": reverse("catalogue:trainers"),
        "room": reverse("catalogue:venues"),
    }
    return [
        Limit(named(row["kind"], row["name"]), str(STEPS[row["kind"]]), row["brings"],
              where.get(row["kind"], ""))
        for row in rows
    ]  # fmt: skip


def reasons(plan: Plan) -> list[Reason]:
    """For each reason how many are left out, most first."""
    people: dict[str, int] = defaultdict(int)
    groups: dict[str, int] = defaultdict(int)
    for row in plan.unmet:
        people[row["reason"]] += row["people"]
        groups[row["reason"]] += 1
    return [
        Reason(key, str(REASONS.get(key, key)), str(REMEDIES.get(key, "")), people[key], groups[key])
        for key in sorted(people, key=lambda one: (-people[one], one))
    ]


def left_out(plan: Plan, reason: str = "") -> list[dict[str, Any]]:
    """Group by group who is left out: commune, audience, people, reason; most people first."""
    rows = [row for row in plan.unmet if reason in ("", row["reason"])]
    units = Unit.objects.in_bulk({row["unit"] for row in rows})
    audiences = Audience.objects.in_bulk({row["audience"] for row in rows})
    told = [
        {
            "unit": units.get(row["unit"]), "audience": audiences.get(row["audience"]), "people": row["people"],
            "of": plan.needs.get(row["unit"]), "reason": str(REASONS.get(row["reason"], row["reason"])),
        }
        for row in rows
    ]  # fmt: skip
    return sorted(told, key=lambda row: (-row["people"], str(row["unit"])))


def closed(plan: Plan) -> list[dict[str, Any]]:
    """Classes that would be in the plan if the calendar had a place for them: course, venue, and what is missing."""
    courses = Course.objects.in_bulk({code for code, _venue, _reason in plan.closed})
    venues = Venue.objects.in_bulk({code for _course, code, _reason in plan.closed})
    return [
        {"course": courses[course].name, "venue": venues[venue].name, "reason": Unplaced(reason).label}
        for course, venue, reason in plan.closed
        if course in courses and venue in venues
    ]


def targets(plan: Plan) -> list[dict[str, Any]]:
    """Targets that the plan does not reach, with the people short; a floor that the plan assumes is one too."""
    codes = [row["target"] for row in plan.shortfalls]
    known = Target.objects.in_bulk(codes)
    audiences = Audience.objects.in_bulk([floor_of(code) for code in codes if floor_of(code)])
    communes = Unit.objects.in_bulk([commune_of(code) for code in codes if commune_of(code)])

    def name(code: str) -> str:
        if floor_of(code):
            audience = audiences.get(floor_of(code))
            return _("At least trained: %(audience)s") % {"audience": audience.name if audience else floor_of(code)}
        if commune := communes.get(commune_of(code)):
            return _("The least for every commune: %(unit)s") % {"unit": commune}
        return known[code].name if code in known else code

    return [{"name": name(row["target"]), "people": row["people"]} for row in plan.shortfalls]


def nothing(plan: Plan) -> list[tuple[str, str, str]]:
    """Why a plan holds no class and what to do: sentence, words of the link, address; nothing for a plan with classes."""
    missing = missing_inputs(plan.year)
    if missing:
        return missing
    told = [
        (f"{reason.name}: {reason.remedy}", _("Who is left out"), reverse("planning:unmet", args=[plan.pk]))
        for reason in reasons(plan)
    ]
    if told or plan.message:
        return told
    return [
        (
            _("No course on offer would close more than nothing of this demand."),
            _("Choose gaps"),
            reverse("needs:ranked"),
        )
    ]


def missing_inputs(year: int) -> list[tuple[str, str, str]]:
    """What a plan of the year lacks before it is asked for: money, trainers, rooms."""
    lines = BudgetLine.objects.filter(year=year)
    told = []
    if not lines.filter(amount_vnd__gt=0).exists():
        words = (
            _("All budget lines of %(year)d stand at 0 đồng.")
            if lines
            else _("There is no budget line of %(year)d yet.")
        )
        told.append((words % {"year": year}, _("Enter the money"), reverse("mandates:money")))
    if not TrainerSkill.objects.filter(trainers__sessions_per_year__gt=0).exists():
        words = _("No trainer with a skill has sessions to give.")
        told.append((words, _("Look at the trainers"), reverse("catalogue:trainers")))
    if not Venue.objects.filter(rooms__isnull=False).exists():
        told.append((_("No venue has a room yet."), _("Look at the venues"), reverse("catalogue:venues")))
    return told
