"""What the page of a planned class tells: whom it serves, why there, what it costs line by line, where else it could be held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.catalogue import queries as catalogue
from chiakhoa.ground.catalogue.costs import LINES, class_cost
from chiakhoa.ground.catalogue.models import Room, RoomKind, Trainer
from chiakhoa.ground.territory.models import Unit
from chiakhoa.train.planning import queries
from chiakhoa.train.planning.models import PlannedClass, PlannedGroup
from chiakhoa.train.planning.solving import FARTHEST_KM, RANK, Spot

ROUNDING = _("Rounding")
SHOWN_PLACES = 5
OFFERED_ROOMS = 40


@dataclass(frozen=True)
class Served:
    """A group that the class serves, and how far its people travel."""

    group: PlannedGroup
    km: float


@dataclass(frozen=True)
class Place:
    """Where the class is, or could be held: a room that is large enough, and the mean way of the learners."""

    room: Room
    km: float
    chosen: bool


def class_of(reader: Reader, pk: int) -> PlannedClass | None:
    """The class with all that its page shows; None where the reader may not see its plan."""
    rows = PlannedClass.objects.filter(pk=pk, plan__in=queries.plans(reader).values("pk"))
    return (
        rows.select_related(
            "plan__assumptions", "course", "venue__unit", "room", "trainer__person__unit", "budget_line"
        )
        .prefetch_related("groups__unit", "groups__audience", "course__skills", "sessions")
        .first()
    )


def served(row: PlannedClass) -> list[Served]:
    """The groups, most people first, with their way to the venue."""
    online = row.course.room_kind == RoomKind.ONLINE
    here = _spot(row.venue.unit)
    told = [Served(group, 0.0 if online else here.km_to(_spot(group.unit))) for group in row.groups.all()]
    return sorted(told, key=lambda one: (-one.group.people, one.km))


def mean_km(rows: Sequence[Served]) -> float | None:
    """The mean way of a learner."""
    people = sum(one.group.people for one in rows)
    return sum(one.km * one.group.people for one in rows) / people if people else None


def cost_lines(row: PlannedClass) -> list[tuple[str, int]]:
    """The cost of the class by what it is for, in đồng; the lines sum to what the plan counts."""
    try:
        cost = class_cost(row.course, RANK, row.learners, catalogue.prices())
    except (Refusal, ValueError):
        return []
    told = [(str(LINES[name]), amount) for name, amount in cost.lines().items()]
    left = row.cost_vnd - cost.total_vnd
    return [*told, (str(ROUNDING), left)] if left else told


def places(row: PlannedClass, most: int = SHOWN_PLACES) -> list[Place]:
    """Rooms in which the class could be held, the nearest first; the chosen one is always among them."""
    groups = list(row.groups.all())
    rooms = Room.objects.filter(kind=row.course.room_kind, seats__gte=row.learners).select_related("venue__unit")
    found = [Place(room, mean_way(room, groups), room.pk == row.room_id) for room in rooms]
    near = sorted(found, key=lambda one: (one.km, one.room.venue_id, one.room.name))
    kept = [one for one in near if one.km <= FARTHEST_KM or one.chosen][:most]
    return kept if any(one.chosen for one in kept) else [*kept[: most - 1], *(one for one in near if one.chosen)]


def rooms_at(row: PlannedClass, venue: str) -> list[int]:
    """The rooms of a venue (by key), whether the class fits or not: those of the kind it needs first, then the largest."""
    rooms = Room.objects.filter(venue=venue)
    return [room.pk for room in sorted(rooms, key=lambda room: (room.kind != row.course.room_kind, -room.seats))]


def trainers(row: PlannedClass) -> list[tuple[Trainer, float]]:
    """Trainers with the skills of the course, the nearest to the venue first, with their way."""
    rows = Trainer.objects.filter(sessions_per_year__gte=row.course.sessions).select_related("person__unit")
    for skill in row.course.skills.all():
        rows = rows.filter(skills=skill)
    here = _spot(row.venue.unit)
    return sorted(((one, here.km_to(_spot(one.person.unit))) for one in rows), key=lambda pair: (pair[1], pair[0].pk))


def siblings(row: PlannedClass) -> Iterable[dict[str, Any]]:
    """Other classes of the course in the plan, the nearest first, with the seats that they leave free."""
    rows = row.plan.classes.filter(course=row.course_id, cancelled=False).exclude(pk=row.pk)
    here = _spot(row.venue.unit)
    told = [
        {"row": one, "km": here.km_to(_spot(one.venue.unit)), "free": max(seats_of(one) - one.learners, 0)}
        for one in rows.select_related("course", "venue__unit", "room")
    ]
    return sorted(told, key=lambda one: (one["km"], one["row"].number))[:SHOWN_PLACES]


def seats_of(row: PlannedClass) -> int:
    """How many learners the class could hold in its room."""
    return min(row.course.max_size, row.room.seats) if row.room else row.course.max_size


def _spot(unit: Unit) -> Spot:
    return Spot(unit.latitude or 0.0, unit.longitude or 0.0)


def mean_way(room: Room, groups: Sequence[PlannedGroup]) -> float:
    """The mean way of the learners of these groups to the room, in km."""
    if room.kind == RoomKind.ONLINE or not groups:
        return 0.0
    here = _spot(room.venue.unit)
    return sum(here.km_to(_spot(one.unit)) * one.people for one in groups) / sum(one.people for one in groups)
