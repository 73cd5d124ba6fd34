"""A new plan after something happened to the published one: as few people as possible lose their class. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from chiakhoa.engines import planner
from chiakhoa.foundation.jobs import Report
from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.catalogue import queries as catalogue
from chiakhoa.ground.catalogue.costs import fixed_and_per_learner
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.train.planning import assumptions, happenings, sessions
from chiakhoa.train.planning.models import Plan, PlannedClass
from chiakhoa.train.planning.solving import RANK, Solved, conflict_in_words, facts, given, must_be_sound, promising

WORDS = ["keep", "classes", "calendar", "done"]


def solve(reader: Reader, plan: Plan, report: Report) -> Solved:
    """The new plan. ValueError in words where what has begun cannot go on."""
    rows = published_classes(plan)
    kept = sessions.kept_from(plan)
    made, found = _replanned(reader, plan, rows, kept, report)
    stuck = {rows[number].pk for row, number in zip(found.plan.classes, found.continues, strict=True)
             if number >= 0 and not row.sessions}  # fmt: skip
    today = plan.made_at.date()
    if soon := {row.pk for row in kept if row.pk in stuck and row.starts_on and row.starts_on > today}:
        # Nobody can stand in: those that have not begun are held later.
        made, found = _replanned(reader, plan, rows, [row for row in kept if row.pk not in soon], report)
    must_be_sound(made, found.plan)
    value = {(gain.group, gain.course): gain.value for gain in made.gains}
    before = sum(
        value[f"{group.unit_id}|{group.audience_id}", row.course_id] * group.people
        for row in rows for group in row.groups.all()
    )  # fmt: skip
    return Solved(
        facts(made, found.plan) | {"moved": found.moved, "least_moved": found.least_moved, "gain_before": before},
        found.plan.classes,
        value,
        tuple(rows[number].pk if number >= 0 else None for number in found.continues),
    )


def published_classes(plan: Plan) -> list[PlannedClass]:
    """The classes that the published plan before this one still holds, by number."""
    rows = PlannedClass.objects.filter(
        plan=plan.based_on_id, cancelled=False, starts_on__isnull=False, sessions__isnull=False
    )
    return list(
        rows.distinct().select_related("course").prefetch_related("sessions", "groups").order_by("number")
    )  # fmt: skip


def _replanned(
    reader: Reader, plan: Plan, rows: Sequence[PlannedClass], kept: Sequence[PlannedClass], report: Report
) -> tuple[planner.Scenario, planner.Replan]:
    made = promising(_known(given(reader, plan), rows), plan, kept)
    made = assumptions.applied(happenings.applied(made, happenings.of(plan), plan), plan.assumptions)
    try:
        found = planner.replan(
            made, _published(rows), time_limit=float(plan.time_limit_seconds),
            progress=lambda word: report(WORDS.index(word), len(WORDS), word),
        )  # fmt: skip
    except planner.Impossible as refused:
        raise ValueError(conflict_in_words(refused.conflict or planner.conflict(made))) from refused
    return made, found


def _published(rows: Iterable[PlannedClass]) -> planner.Plan:
    """The published classes as the planner takes them."""
    return planner.Plan(
        "bounded", 0.0, 0.0, 0.0,
        tuple(
            planner.PlannedClass(
                row.course_id, row.venue_id, row.budget_line_id,
                tuple((f"{group.unit_id}|{group.audience_id}", group.people) for group in row.groups.all()),
                row.cost_vnd, str(row.trainer_id or ""),
                tuple(
                    (one.held_on.isoformat(), one.half, str(one.room_id or "")) for one in sessions.of_class(row)
                ),
            )
            for row in rows
        ),
    )  # fmt: skip


def _known(made: planner.Scenario, rows: Sequence[PlannedClass]) -> planner.Scenario:
    """The scenario in which all that was published can go on: its groups still need their course and may come to its venue.

    Today's demand may be another than that for which the plan was made; but nobody loses a class for that.
    """
    people: dict[tuple[str, str], int] = defaultdict(int)
    value: dict[tuple[str, str], float] = {}
    coming: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    largest: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        place = (row.course_id, row.venue_id)
        largest[place] = max(largest[place], row.learners)
        for group in row.groups.all():
            key = f"{group.unit_id}|{group.audience_id}"
            people[key, row.course_id] += group.people
            value[key, row.course_id] = round(max(group.gain / group.people, 1e-4), 4)
            coming[place][key] = None
    return replace(
        made, groups=_groups(made, people), gains=_gains(made, people, value), offers=_offers(made, coming, largest)
    )


def _groups(made: planner.Scenario, people: dict[tuple[str, str], int]) -> tuple[planner.Group, ...]:
    seats: dict[str, int] = defaultdict(int)
    for (key, _course), seated in people.items():
        seats[key] += seated
    known = {group.id for group in made.groups}
    new = (planner.Group(key, *key.split("|"), seats[key]) for key in sorted(seats.keys() - known))
    return (*(replace(group, seats=max(group.seats, seats.get(group.id, 0))) for group in made.groups), *new)


def _gains(
    made: planner.Scenario, people: dict[tuple[str, str], int], value: dict[tuple[str, str], float]
) -> tuple[planner.Gain, ...]:
    known = {(gain.group, gain.course) for gain in made.gains}
    new = (planner.Gain(*pair, value[pair], people[pair]) for pair in sorted(people.keys() - known))
    return (
        *(
            replace(
                gain,
                people=max(gain.people, people.get((gain.group, gain.course), 0)),
                value=gain.value if gain.value > 0 else value.get((gain.group, gain.course), gain.value),
            )
            for gain in made.gains
        ),
        *new,
    )


def _offers(
    made: planner.Scenario, coming: dict[tuple[str, str], dict[str, None]], largest: dict[tuple[str, str], int]
) -> tuple[planner.Offer, ...]:
    known = {(offer.course, offer.venue) for offer in made.offers}
    courses = Course.objects.in_bulk({course for course, _venue in coming.keys() - known})
    prices = catalogue.prices() if courses else {}
    offers = [
        replace(
            offer,
            groups=tuple(dict.fromkeys([*offer.groups, *coming.get((offer.course, offer.venue), {})])),
            capacity=max(offer.capacity, largest.get((offer.course, offer.venue), 0)),
        )
        for offer in made.offers
    ]
    for course, venue in sorted(coming.keys() - known):
        place = (course, venue)
        fixed, each = fixed_and_per_learner(courses[course], RANK, prices)
        offers.append(planner.Offer(course, venue, fixed, each, largest[place], tuple(coming[place])))
    return tuple(offers)
