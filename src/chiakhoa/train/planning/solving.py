"""Between rows and the planner: today's demand, money, trainers and rooms as a scenario; its plan as rows. Writes nothing."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.engines import planner
from chiakhoa.foundation.jobs import Report
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.catalogue import queries as catalogue
from chiakhoa.ground.catalogue.costs import fixed_and_per_learner
from chiakhoa.ground.catalogue.models import Course, Room, RoomKind, Trainer
from chiakhoa.ground.mandates.models import BudgetLine, Target
from chiakhoa.ground.registry.models import Audience
from chiakhoa.ground.territory.models import Unit
from chiakhoa.train.planning import assumptions, happenings, limits, queries, sessions
from chiakhoa.train.planning import gains as learned
from chiakhoa.train.planning.models import Plan, PlannedClass, PlannedGroup, PlannedSession

NEAREST_VENUES = 3
FARTHEST_KM = 60.0
RANK = "b"
SEATS_A_PERSON = 1
GAP = 0.01
KM_A_DEGREE = 111.2


@dataclass(frozen=True)
class Solved:
    """A solver's plan as the fields of the Plan row and the rows below it.

    `continues`: of each class the published one that goes on as this one; empty where the plan changes no other.
    """

    facts: dict[str, Any]
    classes: tuple[planner.PlannedClass, ...]
    gains: dict[tuple[str, str], float]
    continues: tuple[int | None, ...] = ()

    def classes_of(self, plan: Plan) -> list[PlannedClass]:
        """The unsaved classes of the plan."""
        return [
            PlannedClass(
                plan=plan, number=number, course_id=row.course, venue_id=row.venue, room_id=_key(planner.room_of(row)),
                trainer_id=_key(row.trainer), budget_line_id=row.line, learners=row.learners, cost_vnd=row.cost_vnd,
                starts_on=date.fromisoformat(row.sessions[0][0]) if row.sessions else None, unplaced=row.unplaced,
                gain=sum(self.gains[group, row.course] * people for group, people in row.groups), continues_id=goes_on,
            )
            for number, (row, goes_on) in enumerate(zip_longest(self.classes, self.continues), 1)
        ]  # fmt: skip

    def groups_of(self, kept: Iterable[PlannedClass]) -> list[PlannedGroup]:
        """Whom each saved class serves, in the order of `classes_of`."""
        return [
            PlannedGroup(
                planned_class=saved,
                unit_id=group.split("|")[0],
                audience_id=group.split("|")[1],
                people=people,
                gain=self.gains[group, row.course] * people,
            )
            for saved, row in zip(kept, self.classes, strict=True)
            for group, people in row.groups
        ]

    def sessions_of(self, kept: Iterable[PlannedClass]) -> list[PlannedSession]:
        """When each saved class is held, in the order of `classes_of`."""
        return [
            session
            for saved, row in zip(kept, self.classes, strict=True)
            for session in sessions.rows(saved, row.sessions)
        ]


def _key(name: str) -> int | None:
    return int(name) if name else None


@dataclass(frozen=True)
class Spot:
    """A place on the map."""

    latitude: float
    longitude: float

    def km_to(self, other: "Spot") -> float:
        """Distance in km on a flat map, good to a percent within a province."""
        north = (self.latitude - other.latitude) * KM_A_DEGREE
        east = (self.longitude - other.longitude) * KM_A_DEGREE * math.cos(math.radians(self.latitude))
        return math.hypot(north, east)


def nobody_stops(_found: float, _bound: float) -> bool:
    """The search goes on to its end."""
    return False


def solve(reader: Reader, plan: Plan, report: Report, watch: Callable[[float, float], bool] = nobody_stops) -> Solved:
    """Build the scenario of the plan's unit and year and solve it. ValueError in words where nothing can be planned."""
    words = ["targets", "prices", "classes", "calendar", "done"]
    as_it_is = happenings.applied(scenario(reader, plan), happenings.of(plan), plan)
    made = assumptions.applied(as_it_is, plan.assumptions)
    if reason := _why_nothing(made, plan.year):
        raise ValueError(reason)
    try:
        found = planner.solve(
            made, time_limit=float(plan.time_limit_seconds), gap=GAP, seed=1,
            progress=lambda word: report(words.index(word), len(words), word), watch=watch,
        )  # fmt: skip
    except planner.Impossible as refused:
        raise ValueError(conflict_in_words(refused.conflict)) from refused
    must_be_sound(made, found)
    return Solved(facts(made, found), found.classes, {(gain.group, gain.course): gain.value for gain in as_it_is.gains})


def must_be_sound(made: planner.Scenario, found: planner.Plan) -> None:
    """ValueError naming the first rules that the independent judge finds broken."""
    broken = planner.broken(made, found)
    if broken:
        raise ValueError(_("The plan breaks its own rules: %(rules)s") % {"rules": "; ".join(broken[:3])})


def facts(made: planner.Scenario, found: planner.Plan) -> dict[str, Any]:
    """What the plan's row keeps of what was found."""
    return {
        "objective": found.objective,
        "bound": found.bound,
        "solve_seconds": found.seconds,
        "marginal": _marginal(found),
        "unmet": _unmet(made, found),
        "shortfalls": _shortfalls(found),
        "closed": [list(row) for row in found.closed],
        "message": _why_floors_are_missed(made, found),
        "demand_people": sum(group.seats for group in made.groups),
        "needs": _needs_by_unit(made),
    }


def conflict_in_words(conflict: Iterable[planner.Limit]) -> str:
    """The limits that cannot be met together, in the reader's language."""
    return _("No plan meets all limits at once: %(limits)s. Unlock a class, or add money, trainers or rooms.") % {
        "limits": limits.in_words(conflict)
    }


def _why_floors_are_missed(made: planner.Scenario, found: planner.Plan) -> str:
    """What stands between communes and their floor, in words; nothing where all have it, or where it is a whole province."""
    missed = [target for target, _people in found.shortfalls if assumptions.commune_of(target)]
    if not missed or sum(len(offer.groups) for offer in made.offers) > planner.EXACT_PAIRS:
        return ""
    conflict = planner.conflict(made, assumptions.EVERY)
    if not conflict:
        return ""
    told = _("Communes that do not get their least: %(count)s. These cannot be had together: %(limits)s.")
    if all(limit.kind == "floor" for limit in conflict):
        told = _(
            "Communes that do not get their least: %(count)s. For %(limits)s, too few there need one course, or none pays it."
        )
    return told % {"count": num(len(missed)), "limits": limits.in_words(conflict)}


def scenario(reader: Reader, plan: Plan) -> planner.Scenario:
    """Today's rows as the planner takes them, with what the plan before it promised."""
    return promising(given(reader, plan), plan, sessions.kept_from(plan))


def promising(made: planner.Scenario, plan: Plan, kept: Sequence[PlannedClass]) -> planner.Scenario:
    """The scenario with its calendar, and with the classes of the plan before that must stay."""
    offered = {(offer.course, offer.venue) for offer in made.offers}
    return sessions.with_calendar(replace(made, locks=tuple(_locks(kept, offered))), plan, kept)


def given(reader: Reader, plan: Plan) -> planner.Scenario:
    """Today's demand, money, trainers and rooms, without a calendar."""
    courses = {course.pk: course for course in Course.objects.prefetch_related("skills", "gains", "audiences")}
    groups, gains = _needs(reader, courses.values())
    spots = _spots({group.unit for group in groups})
    return planner.Scenario(
        courses=tuple(_course(course) for course in courses.values()),
        offers=tuple(_offers(courses, groups, gains, spots)),
        rooms=tuple(_rooms()),
        trainers=tuple(
            planner.Trainer(str(row.pk), tuple(skill.pk for skill in row.skills.all()), row.sessions_per_year)
            for row in Trainer.objects.prefetch_related("skills")
        ),
        groups=tuple(groups),
        gains=tuple(gains),
        money=tuple(_money(plan.year)),
        targets=tuple(_targets(plan.year)),
    )


def _why_nothing(made: planner.Scenario, year: int) -> str:
    """Why nothing can be planned, with the remedy; empty where something can."""
    if not made.groups:
        return _("There is no demand yet. Choose gaps under Needs and add them first.")
    if not made.gains:
        return _("No course is for these audiences and raises what they need. Choose other gaps.")
    if not made.offers:
        return _("No room of the right kind and size is near enough. Add venues or rooms.")
    if not {course for line in made.money for course in line.courses} & {offer.course for offer in made.offers}:
        return _(
            "No budget line of %(year)d pays a course that is needed. Choose another year, or add a line that does."
        ) % {"year": year}
    if not made.terms:
        return _("%(year)d has no weeks left in which classes could be held. Choose a later year.") % {"year": year}
    return ""


def _needs(reader: Reader, courses: Iterable[Course]) -> tuple[list[planner.Group], list[planner.Gain]]:
    """Groups (commune and audience) with the seats they may take, and what each course would bring one of their people.

    A course closes, of each competence it raises, at most the mean shortfall of those who fall short; spread over all of
    the group who need the course. What it raises is what is believed by now, not what was once assumed.
    """
    believed = learned.factors()
    wanted: dict[str, dict[int, tuple[int, float]]] = defaultdict(dict)
    for row in queries.demand(reader):
        wanted[f"{row.unit_id}|{row.audience_id}"][row.competence_id] = (row.people, row.depth)
    groups, gains = [], []
    for key, competences in sorted(wanted.items()):
        unit, audience = key.split("|")
        most = max(people for people, _depth in competences.values())
        groups.append(planner.Group(key, unit, audience, most * SEATS_A_PERSON))
        for course in courses:
            if audience in {row.pk for row in course.audiences.all()}:
                factor = believed.get(course.pk, 1.0)
                helped = [
                    (competences[g.competence_id], factor * g.mean)
                    for g in course.gains.all()
                    if g.competence_id in competences
                ]
                people = max((need[0] for need, _mean in helped), default=0)
                if people:
                    value = sum(min(mean, depth) * short / people for (short, depth), mean in helped)
                    gains.append(planner.Gain(key, course.pk, round(value, 4), people))
    return groups, gains


def _needs_by_unit(made: planner.Scenario) -> dict[str, int]:
    people: dict[str, int] = defaultdict(int)
    for group in made.groups:
        people[group.unit] += group.seats // SEATS_A_PERSON
    return people


def _offers(
    courses: dict[str, Course], groups: list[planner.Group], gains: list[planner.Gain], spots: dict[str, Spot]
) -> Iterable[planner.Offer]:
    """Each course at each venue with its kind of room, for the groups that have the venue among their nearest."""
    helped = defaultdict(list)
    for gain in gains:
        helped[gain.course].append(gain.group)
    unit_of = {group.id: group.unit for group in groups}
    rooms = _rooms_by_kind()
    prices = catalogue.prices()
    for code, course in courses.items():
        coming = defaultdict(list)
        for group in helped[code]:
            for venue in _nearest(spots[unit_of[group]], rooms[course.room_kind], course):
                coming[venue].append(group)
        fixed, each = fixed_and_per_learner(course, RANK, prices)
        for venue, names in sorted(coming.items()):
            seats = max(seats for _spot, seats in rooms[course.room_kind][venue])
            if min(seats, course.max_size) >= course.min_size:
                yield planner.Offer(code, venue, fixed, each, min(seats, course.max_size), tuple(names))


def _nearest(home: Spot, venues: dict[str, list[tuple[Spot, int]]], course: Course) -> list[str]:
    """The nearest venues within reach; an online room is near to everybody."""
    if course.room_kind == RoomKind.ONLINE:
        return sorted(venues)[:1]
    distance = sorted((home.km_to(rooms[0][0]), code) for code, rooms in venues.items())
    return [code for km, code in distance[:NEAREST_VENUES] if km <= FARTHEST_KM]


def _rooms_by_kind() -> dict[str, dict[str, list[tuple[Spot, int]]]]:
    """Kind of room -> venue -> (where, seats) of each such room."""
    kinds: dict[str, dict[str, list[tuple[Spot, int]]]] = defaultdict(lambda: defaultdict(list))
    for room in Room.objects.select_related("venue__unit"):
        unit = room.venue.unit
        kinds[room.kind][room.venue_id].append((Spot(unit.latitude or 0.0, unit.longitude or 0.0), room.seats))
    return kinds


def _rooms() -> Iterable[planner.Room]:
    sessions: dict[tuple[str, str], int] = defaultdict(int)
    for room in Room.objects.all():
        sessions[room.venue_id, room.kind] += room.sessions_per_year
    return [planner.Room(venue, kind, total) for (venue, kind), total in sorted(sessions.items())]


def _spots(units: set[str]) -> dict[str, Spot]:
    return {unit.pk: Spot(unit.latitude or 0.0, unit.longitude or 0.0) for unit in Unit.objects.filter(pk__in=units)}


def _course(course: Course) -> planner.Course:
    skills = tuple(sorted(skill.pk for skill in course.skills.all()))
    return planner.Course(course.pk, course.sessions, course.min_size, course.max_size, course.room_kind, skills)


def _money(year: int) -> Iterable[planner.Money]:
    """A line pays the courses of its tasks; a line without tasks pays every course."""
    every = tuple(Course.objects.values_list("pk", flat=True))
    for line in BudgetLine.objects.filter(year=year).prefetch_related("tasks__courses"):
        paid = sorted({course.pk for task in line.tasks.all() for course in task.courses.all()})
        yield planner.Money(line.pk, line.amount_vnd, tuple(paid) or every)


def _targets(year: int) -> Iterable[planner.Target]:
    covered = {
        row.pk: tuple(sorted({row.pk, *(c.pk for c in row.covers.all())}))
        for row in Audience.objects.prefetch_related("covers")
    }
    for target in Target.objects.filter(due_on__year=year, indicator="people_trained").prefetch_related(
        "task__courses"
    ):
        courses = tuple(sorted(course.pk for course in target.task.courses.all()))
        if courses:
            yield planner.Target(target.pk, courses, covered.get(target.audience_id or "", ()), target.amount)


def _locks(kept: Iterable[PlannedClass], offered: set[tuple[str, str]]) -> Iterable[planner.Lock]:
    """The classes that must be kept of the plan that this one is based on; one that is no longer on offer cannot be."""
    count: dict[tuple[str, str], int] = defaultdict(int)
    for row in kept:
        count[row.course_id, row.venue_id] += 1
    return [planner.Lock(course, venue, n) for (course, venue), n in count.items() if (course, venue) in offered]


def _marginal(found: planner.Plan) -> list[dict[str, Any]]:
    """The scarce limits by kind and name, dearest first; `why` tells them in words."""
    return [{"kind": kind, "name": name, "brings": brings} for kind, name, brings in found.marginal[:12]]


def _unmet(made: planner.Scenario, found: planner.Plan) -> list[dict[str, Any]]:
    """Group by group who is left out and what stops them; for those of whom the planner says nothing, no course is any use.

    With those who have a seat they are all who were wanted.
    """
    told = Counter({group: people for group, people, _reason in found.unmet})
    for row in found.classes:
        for group, people in row.groups:
            told[group] += people
    unhelped = [(group.id, group.seats - told[group.id], "course") for group in made.groups]
    rows = []
    for group, people, reason in (*found.unmet, *unhelped):
        if people > 0:
            unit, audience = group.split("|")
            rows.append({"unit": unit, "audience": audience, "people": people, "reason": reason})
    return rows


def _shortfalls(found: planner.Plan) -> list[dict[str, Any]]:
    return [{"target": target, "people": people} for target, people in found.shortfalls]
