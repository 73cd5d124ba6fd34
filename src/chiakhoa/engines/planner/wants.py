"""What each class of a plan wants of the calendar: rooms that hold it, trainers who can teach it, and when it may be held."""

from collections import defaultdict
from collections.abc import Sequence

from chiakhoa.engines.planner.diary import Want, distance, nearest_first
from chiakhoa.engines.planner.scenario import PlannedClass, Scenario, Trainer
from chiakhoa.engines.planner.slots import Grid

# A trainer who is not so much nearer does not take a class over.
WORTH_KM = 1.0


def wants(scenario: Scenario, grid: Grid, classes: Sequence[PlannedClass]) -> list[Want]:
    """The wants of the classes, in their order."""
    courses = {row.code: row for row in scenario.courses}
    groups = {row.id: row for row in scenario.groups}
    rooms = defaultdict(list)
    for space in sorted(scenario.spaces, key=lambda space: (space.seats, space.id)):
        rooms[space.venue, space.kind].append(space)
    near = Nearness(scenario)
    found = []
    for number, row in enumerate(classes):
        course = courses[row.course]
        closed = grid.early
        for group, _people in row.groups:
            closed |= grid.closed(groups[group].unit, groups[group].audience)
        found.append(
            Want(
                number,
                row.venue,
                course.sessions,
                course.sessions - course.online,
                tuple(space.id for space in rooms[row.venue, course.room_kind] if space.seats >= row.learners),
                near.able(course.code, row.venue),
                tuple(
                    (group, people) for group, people in row.groups if 0 < groups[group].people < groups[group].seats
                ),
                grid.patterns(course.sessions, course.per_week, closed),
            )
        )
    return found


class Nearness:
    """Who can teach a course, nearest to a venue first."""

    def __init__(self, scenario: Scenario) -> None:
        self._skills = {row.code: set(row.skills) for row in scenario.courses}
        self._trainers = scenario.trainers
        self._venues = {row.id: row for row in scenario.venues}
        self._known: dict[tuple[frozenset[str], str], tuple[str, ...]] = {}

    def able(self, course: str, venue: str) -> tuple[str, ...]:
        """Trainers with the course's skills, by their distance from the venue."""
        key = (frozenset(self._skills[course]), venue)
        if key not in self._known:
            found = {row.id: self.km(row, venue) for row in self._trainers if self._skills[course] <= set(row.skills)}
            self._known[key] = nearest_first(found, found)
        return self._known[key]

    def km(self, trainer: Trainer, venue: str) -> float:
        """From home to the venue; nought to one online or unknown."""
        place = self._venues.get(venue)
        if place is None or place.online:
            return 0.0
        return distance((trainer.latitude, trainer.longitude), (place.latitude, place.longitude))


def nearer(
    scenario: Scenario, classes: Sequence[PlannedClass], wanted: Sequence[Want], fixed: dict[int, str]
) -> list[str]:
    """A trainer for each class: the plan's, or one nearer who has sessions left. `fixed` (number -> trainer) stay.

    A class goes to a nearer trainer only, so that this ends; nobody gets more sessions than they give.
    """
    near = Nearness(scenario)
    people = {row.id: row for row in scenario.trainers}
    left = {row.id: row.sessions for row in scenario.trainers}
    chosen = [fixed.get(want.number, classes[want.number].trainer) for want in wanted]
    for want in sorted(wanted, key=lambda want: want.number not in fixed):
        trainer = chosen[want.number]
        if trainer in left and (want.number in fixed or left[trainer] >= want.sessions):
            left[trainer] -= want.sessions
        elif want.number not in fixed:
            chosen[want.number] = ""
    for want in sorted(wanted, key=lambda want: (-want.sessions, want.number)):
        if want.number in fixed:
            continue
        now = chosen[want.number]
        apart = near.km(people[now], want.venue) if now else float("inf")
        for other in want.able:
            if near.km(people[other], want.venue) > apart - WORTH_KM:
                break
            if left[other] >= want.sessions:
                left[other] -= want.sessions
                if now:
                    left[now] += want.sessions
                chosen[want.number] = other
                break
    return chosen
