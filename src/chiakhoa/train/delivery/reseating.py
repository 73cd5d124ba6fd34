"""Where people go whose class is not held any more: into another class of their course, as near as may be. Reads only.

Whoever sat comes first, then those for whom a seat was kept, then those who waited; among each, by what they would gain.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from chiakhoa.engines.planner.seating import Option, Seating, Seeker, seat
from chiakhoa.ground.catalogue.models import Course, RoomKind
from chiakhoa.ground.registry.models import Person
from chiakhoa.train.delivery import seats
from chiakhoa.train.delivery.models import Enrolment, EnrolmentState, TrainingClass
from chiakhoa.train.delivery.naming import Estimates, halves_of, past_of, spot_of, spots_of
from chiakhoa.train.planning.solving import FARTHEST_KM, Spot


@dataclass(frozen=True)
class Lost:
    """Somebody who lost a class: which, of which course, how they were in it (`SAT` …), what they would have gained."""

    person_id: int
    class_id: int
    course_id: str
    rank: int
    gain: float
    enrolment: Enrolment | None = None


SAT, WAS_NAMED, WAITED = 0, 1, 2


@dataclass(frozen=True)
class Found:
    """For each of those who lost a class (by place in the list): the class, and whether they have a seat there."""

    classes: dict[int, tuple[int, bool]] = field(default_factory=dict)
    gain: dict[int, float] = field(default_factory=dict)


def places(lost: Sequence[Lost], classes: Sequence[TrainingClass]) -> Found:
    """A class of the same course for each who lost theirs, as far as seats go; a place to wait for whoever sat or waited."""
    found = Found()
    if not lost:
        return found
    courses = {row.course_id for row in lost}
    open_ones = [row for row in classes if row.course_id in courses]
    free = {row.pk: seats.spare(row) for row in open_ones}
    halves = halves_of(open_ones)
    seekers = _seekers(lost, open_ones, {half for some in halves.values() for half in some})
    for rank in (SAT, WAS_NAMED, WAITED):
        asking = [seeker for seeker in seekers if lost[seeker.id].rank == rank]
        answer = seat(
            asking, [Seating(row.pk, free[row.pk], halves=frozenset(halves[row.pk])) for row in open_ones]
        )  # fmt: skip
        gain = {(seeker.id, option.class_id): option.gain for seeker in asking for option in seeker.options}
        for has_seat, by_class in ((True, answer.seats), (False, answer.waiting)):
            for pk, people in by_class.items():
                for place in people:
                    found.classes[place] = (pk, has_seat)
                    found.gain[place] = gain[place, pk]
        for pk, people in answer.seats.items():
            free[pk] -= len(people)
    return found


def _seekers(lost: Sequence[Lost], classes: Sequence[TrainingClass], times: set[str]) -> list[Seeker]:
    people = Person.objects.in_bulk([row.person_id for row in lost])
    known, past = Estimates(people), past_of(list(people))
    courses = Course.objects.prefetch_related("gains__competence").in_bulk({row.course_id for row in lost})
    spots = spots_of({person.unit_id for person in people.values()})
    inside = set(
        Enrolment.objects.filter(training_class__in=[row.pk for row in classes])
        .exclude(state=EnrolmentState.LEFT)
        .values_list("training_class", "person")
    )
    times = Counter(row.person_id for row in lost)
    seekers = []
    for place, row in enumerate(lost):
        person = people[row.person_id]
        options = tuple(
            Option(one.pk, known.gain(person.pk, courses[row.course_id], person.audience_id or "", row.gain), km)
            for one in classes
            if one.course_id == row.course_id and (one.pk, person.pk) not in inside
            and (km := _km(one, spots[person.unit_id])) <= FARTHEST_KM
        )  # fmt: skip
        had = past.had[person.pk] + times[person.pk] - 1
        seekers.append(Seeker(place, "", options, had, past.cannot(person.pk, times)))
    return seekers


def _km(row: TrainingClass, home: Spot) -> float:
    """The way to the class; nought to one online."""
    return 0.0 if row.course.room_kind == RoomKind.ONLINE else spot_of(row).km_to(home)
