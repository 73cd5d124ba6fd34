"""Who is meant for the seats of classes that open: people of the planned groups by what each would gain. Reads only."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from chiakhoa.engines.planner.seating import Option, Seated, Seating, Seeker, seat
from chiakhoa.foundation.clock import HERE
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory.models import Unit
from chiakhoa.measure.evidence.models import DomainEstimate
from chiakhoa.train.delivery.models import (
    GOING_ON,
    MOST_WISHES,
    ClassSession,
    Enrolment,
    EnrolmentState,
    Hindrance,
    NamedSeat,
    TrainingClass,
    Wish,
)
from chiakhoa.train.planning import gains as learned
from chiakhoa.train.planning.models import PlannedGroup
from chiakhoa.train.planning.solving import Spot

Floats = NDArray[np.float64]
Group = tuple[str, str]
SEATED = (EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)


@dataclass(frozen=True)
class Past:
    """What people did in training so far, and what they wish, by person.

    `wished`: course -> 1 for the first wish; whoever waited for a course without saying more wishes it last. `unable`: half
    days of the week on which they cannot come.
    """

    passed: dict[int, set[str]]
    inside: dict[int, set[str]]
    wished: dict[int, dict[str, int]]
    had: dict[int, int]
    busy: dict[int, set[str]]
    unable: dict[int, set[tuple[int, str]]]

    def cannot(self, person: int, halves: Iterable[str]) -> frozenset[str]:
        """Those of the half days on which the person sits in another class or cannot come, and all of the first kind."""
        unable = self.unable[person]
        return frozenset(self.busy[person]).union(half for half in halves if unable and _of_week(half) in unable)


def _of_week(half: str) -> tuple[int, str]:
    """Day of the week and half of a day such as `2027-03-01 AM`."""
    return date.fromisoformat(half[:10]).weekday(), half[11:].lower()


def named(classes: Sequence[TrainingClass]) -> tuple[list[NamedSeat], dict[int, int]]:
    """Unsaved rows of who is named and who would be next, and the seats of each class that are held for later.

    One seat for each person; nobody who has one kept already, or who is in the course or has passed it.
    """
    groups = _groups(classes)
    meant = _people({key for row in groups.values() for key in row})
    if not meant:
        return [], {}
    past = past_of([pk for some in meant.values() for pk in some])
    halves, taken = halves_of(classes), _taken(classes)
    seatings = [
        Seating(row.pk, left := row.seats - taken[row.pk].total(), _kept(groups[row.pk], taken[row.pk], left),
                frozenset(halves[row.pk]))
        for row in classes if row.pk in groups and sum(people for people, _gain in groups[row.pk].values()) <= row.seats
    ]  # fmt: skip
    seekers = _seekers(classes, groups, meant, past, set().union(*halves.values()))
    found = seat(seekers, seatings)
    gain = {(seeker.id, option.class_id): option.gain for seeker in seekers for option in seeker.options}
    return list(_rows(found, gain, _last_places(classes))), {pk: held for pk, held in found.held.items() if held}


def _last_places(classes: Sequence[TrainingClass]) -> dict[tuple[int, bool], int]:
    """Class and whether it is a waiting place -> the last place given."""
    rows = NamedSeat.objects.filter(training_class__in=[row.pk for row in classes]).order_by()
    return {
        (pk, waits): last for pk, waits, last in rows.values_list("training_class", "waits").annotate(Max("place"))
    }  # fmt: skip


def _rows(found: Seated, gain: dict[tuple[int, int], float], last: dict[tuple[int, bool], int]) -> Iterable[NamedSeat]:
    for waits, by_class in ((False, found.seats), (True, found.waiting)):
        for pk, people in by_class.items():
            for place, person in enumerate(people, last.get((pk, waits), 0) + 1):
                yield NamedSeat(
                    training_class_id=pk, person_id=person, waits=waits, place=place, gain=gain[person, pk]
                )  # fmt: skip


def _groups(classes: Sequence[TrainingClass]) -> dict[int, dict[Group, tuple[int, float]]]:
    """Class -> (unit, audience) -> people whom the plan meant, and what the plan expects the class to bring one of them."""
    by_planned = {row.planned_id: row.pk for row in classes if row.planned_id}
    found: dict[int, dict[Group, tuple[int, float]]] = defaultdict(dict)
    for row in PlannedGroup.objects.filter(planned_class__in=by_planned).order_by("pk"):
        found[by_planned[row.planned_class_id]][row.unit_id, row.audience_id] = (row.people, row.gain / row.people)
    return found


def _taken(classes: Sequence[TrainingClass]) -> dict[int, Counter[Group]]:
    """Class -> how many of each group sit in it or have a seat kept already: a change of the plan moved them there."""
    found: dict[int, Counter[Group]] = defaultdict(Counter)
    keys = [row.pk for row in classes]
    sitting = Enrolment.objects.filter(training_class__in=keys, seat__isnull=False)
    kept = NamedSeat.objects.filter(training_class__in=keys, waits=False)
    for rows in (sitting, kept):
        for pk, unit, audience in rows.order_by().values_list("training_class", "person__unit", "person__audience"):
            found[pk][unit, audience] += 1
    return found


def _kept(meant: dict[Group, tuple[int, float]], taken: Counter[Group], left: int) -> tuple[tuple[str, int], ...]:
    """Seats kept for each group: as many as were meant, less those of its people who have one, as far as seats are left."""
    found = []
    for key, (people, _gain) in meant.items():
        kept = min(max(0, people - taken[key]), left)
        found.append(("|".join(key), kept))
        left -= kept
    return tuple(found)


def _people(groups: set[Group]) -> dict[Group, list[int]]:
    kept = NamedSeat.objects.filter(waits=False, training_class__state__in=GOING_ON).values("person")
    rows = Person.objects.filter(
        unit__in={unit for unit, _audience in groups}, audience__in={audience for _unit, audience in groups}, merged_into=None
    ).exclude(pk__in=kept)  # fmt: skip
    found: dict[Group, list[int]] = defaultdict(list)
    for pk, unit, audience in rows.order_by("pk").values_list("pk", "unit", "audience"):
        if (unit, audience) in groups:
            found[unit, audience].append(pk)
    return found


def past_of(people: list[int]) -> Past:
    past = Past(
        defaultdict(set), defaultdict(set), defaultdict(dict), defaultdict(int), defaultdict(set), defaultdict(set)
    )  # fmt: skip
    ours = set(people)
    _said(past, ours)
    rows = Enrolment.objects.exclude(state=EnrolmentState.LEFT)
    for person, course, state in rows.values_list("person", "training_class__course", "state"):
        if person not in ours:
            continue
        if state == EnrolmentState.WAITING:
            past.wished[person].setdefault(course, MOST_WISHES + 1)
            continue
        past.had[person] += 1
        if state == EnrolmentState.COMPLETED:
            past.passed[person].add(course)
        if state in (EnrolmentState.ENROLLED, EnrolmentState.COMPLETED):
            past.inside[person].add(course)
    sitting = ClassSession.objects.filter(
        training_class__state__in=GOING_ON, training_class__enrolments__state=EnrolmentState.ENROLLED
    ).values_list("training_class__enrolments__person", "starts_at")  # fmt: skip
    for person, starts_at in sitting:
        if person in ours:
            past.busy[person].add(f"{starts_at.astimezone(HERE):%Y-%m-%d %p}")
    return past


def _said(past: Past, ours: set[int]) -> None:
    """What people said that they wish, and when they cannot come."""
    for person, course, rank in Wish.objects.order_by().values_list("person", "course", "rank"):
        if person in ours:
            past.wished[person][course] = rank
    for person, weekday, half in Hindrance.objects.values_list("person", "weekday", "half"):
        if person in ours:
            past.unable[person].add((weekday, half))


def halves_of(classes: Sequence[TrainingClass]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = ClassSession.objects.filter(training_class__in=[row.pk for row in classes])
    for pk, starts_at in rows.values_list("training_class", "starts_at"):
        found[pk].add(f"{starts_at.astimezone(HERE):%Y-%m-%d %p}")
    return found


def _seekers(
    classes: Sequence[TrainingClass],
    groups: dict[int, dict[Group, tuple[int, float]]],
    meant: dict[Group, list[int]],
    past: Past,
    times: set[str],
) -> list[Seeker]:
    courses = Course.objects.prefetch_related("gains__competence", "prerequisites").in_bulk(
        {row.course_id for row in classes}
    )
    units = {key[0] for key in meant}
    known = Estimates([pk for some in meant.values() for pk in some])
    spots = spots_of(units)
    serving: dict[Group, list[tuple[TrainingClass, float]]] = defaultdict(list)
    for row in classes:
        for key, (_people, gain) in groups.get(row.pk, {}).items():
            serving[key].append((row, gain))
    seekers = []
    for key, people in sorted(meant.items()):
        far = {row.pk: spots[key[0]].km_to(spot_of(row)) for row, _gain in serving[key]}
        for person in people:
            options = tuple(
                Option(row.pk, known.gain(person, courses[row.course_id], key[1], gain), far[row.pk],
                       wished=past.wished[person].get(row.course_id, 0))
                for row, gain in serving[key]
                if row.course_id not in past.inside[person]
                and known.prepared(person, courses[row.course_id], past.passed[person])
            )  # fmt: skip
            cannot = past.cannot(person, times)
            seekers.append(Seeker(person, "|".join(key), options, past.had[person], cannot))
    return seekers


class Estimates:
    """What is known of people's abilities, and what a course would bring each."""

    def __init__(self, people: Iterable[int]) -> None:
        self._scale = frameworks.scale()
        self._width = float(np.mean(np.diff(self._scale.cuts)))
        self._place = {domain.pk: place for place, domain in enumerate(self._scale.domains)}
        self._factors = learned.factors()
        self._required = frameworks.required_by_audience()
        self._mean: dict[int, Floats] = {}
        ours = set(people)
        for person, domain, mean in DomainEstimate.objects.values_list("state", "domain", "mean").iterator(
            chunk_size=20_000
        ):
            if person in ours and domain in self._place:
                self._mean.setdefault(person, np.full(len(self._place), np.nan))[self._place[domain]] = mean

    def gain(self, person: int, course: Course, audience: str, otherwise: float) -> float:
        """Grades that the course would bring: of each competence no more than is lacking; `otherwise` if nothing is known."""
        mean, required = self._mean.get(person), self._required.get(audience)
        if mean is None or required is None:
            return otherwise
        total = 0.0
        for row in course.gains.all():
            grade = required.get(row.competence_id)
            if grade is not None:
                lacks = (self._scale.cuts[grade - 1] - mean[self._place[row.competence.domain_id]]) / self._width
                total += min(self._factors.get(course.pk, 1.0) * row.mean, max(0.0, float(lacks)))
        return total

    def prepared(self, person: int, course: Course, passed: set[str]) -> bool:
        """Whether the person passed what the course builds on, or is known to stand at the grade at which it begins."""
        missing = {row.pk for row in course.prerequisites.all()} - passed
        if not missing:
            return True
        mean = self._mean.get(person)
        places = {self._place[row.competence.domain_id] for row in course.gains.all()}
        return mean is not None and bool(places) and float(
            np.mean(mean[sorted(places)])
        ) >= self._scale.cuts[course.entry_low - 1]  # fmt: skip


def spots_of(units: set[str]) -> dict[str, Spot]:
    return {row.pk: Spot(row.latitude or 0.0, row.longitude or 0.0) for row in Unit.objects.filter(pk__in=units)}


def spot_of(row: TrainingClass) -> Spot:
    return Spot(row.venue.unit.latitude or 0.0, row.venue.unit.longitude or 0.0)
