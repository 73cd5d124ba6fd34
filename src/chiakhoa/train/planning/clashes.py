"""What stands against holding a planned class in another week, room or with another trainer. Reads only.

A class takes its half days along: two classes clash where one of them would be in the other's room, or with its trainer, on
a half day. What was taken out of the plan keeps its half days, for it may be put back.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.catalogue.models import Room, Trainer
from chiakhoa.train.planning import assumptions, oneclass, seasons
from chiakhoa.train.planning.models import PlannedClass, PlannedSession
from chiakhoa.train.planning.sessions import Session, of_class
from chiakhoa.train.planning.solving import FARTHEST_KM


@dataclass(frozen=True)
class Clash:
    """One thing that stands against it: its kind, and in words; `field` of the form where it is put right."""

    kind: str
    words: str
    field: str


def clashes(row: PlannedClass, week: date, room: Room, trainer: Trainer | None) -> list[Clash]:
    """All that stands against it, the calendar first; nothing where it may be held so."""
    wanted = held(row, week, room, trainer)
    return [
        *_season(row, wanted),
        *_size(row, room),
        *_distance(row, room),
        *_skills(row, trainer),
        *_taken(row, wanted),
        *_sessions(row, room, trainer),
    ]


def held(row: PlannedClass, week: date, room: Room, trainer: Trainer | None) -> list[Session]:
    """The half days of the class if it were held so: on the same days of the week, from that week on."""
    moved = copy(row)
    day = row.starts_on.weekday() if row.starts_on else 0
    moved.starts_on, moved.room, moved.trainer = week + timedelta(days=day), room, trainer
    return of_class(moved)


def _season(row: PlannedClass, wanted: Sequence[Session]) -> list[Clash]:
    closed = assumptions.closed(row.plan)
    audiences = [group.audience_id for group in row.groups.all()]
    words = _("%(season)s: no class is held on %(day)s.")
    told: dict[str, Clash] = {}
    for session in wanted:
        if name := seasons.on_day(closed, session.held_on, audiences):
            told.setdefault(
                name, Clash("season", words % {"season": name, "day": f"{session.held_on:%d/%m/%Y}"}, "week")
            )
    if wanted and wanted[-1].held_on.year != row.plan.year:
        told[""] = Clash("year", _("The class would end after the year of the plan."), "week")
    return list(told.values())


def _size(row: PlannedClass, room: Room) -> list[Clash]:
    told = []
    if room.kind != row.course.room_kind:
        words = _("The course needs this kind of room: %(kind)s.")
        told.append(Clash("kind", words % {"kind": row.course.get_room_kind_display()}, "room"))
    if room.seats < row.learners:
        words = _("%(room)s has %(seats)s seats; the class has %(learners)s learners.")
        values = {"room": room, "seats": num(room.seats), "learners": num(row.learners)}
        told.append(Clash("size", words % values, "room"))
    return told


def _distance(row: PlannedClass, room: Room) -> list[Clash]:
    km = oneclass.mean_way(room, list(row.groups.all()))
    if km <= FARTHEST_KM:
        return []
    words = _("%(room)s, %(venue)s, is too far: its learners would travel %(km)s km on average.")
    return [Clash("distance", words % {"room": room, "venue": room.venue.name, "km": num(km)}, "room")]


def _skills(row: PlannedClass, trainer: Trainer | None) -> list[Clash]:
    if trainer is None:
        return []
    known = {skill.pk for skill in trainer.skills.all()}
    missing = [str(skill.name) for skill in row.course.skills.all() if skill.pk not in known]
    words = _("%(trainer)s lacks a skill that the course needs: %(skills)s.")
    return [Clash("skills", words % {"trainer": trainer, "skills": ", ".join(missing)}, "trainer")] if missing else []


def _taken(row: PlannedClass, wanted: Sequence[Session]) -> list[Clash]:
    halves = {(session.held_on, session.half): session for session in wanted}
    others = PlannedSession.objects.filter(plan=row.plan_id, held_on__in={day for day, _half in halves})
    told: dict[tuple[str, int], Clash] = {}
    others = others.exclude(planned_class=row).select_related("planned_class__course", "trainer__person")
    for other in others.order_by("planned_class__number", "number"):
        same = halves.get((other.held_on, other.half))
        values = {
            "number": other.planned_class.number, "course": other.planned_class.course.name,
            "day": f"{other.held_on:%d/%m/%Y}", "trainer": other.trainer,
        }  # fmt: skip
        if same and same.room_id and same.room_id == other.room_id:
            words = _("The room is taken on %(day)s by class %(number)s, %(course)s.")
            told.setdefault(("room", other.planned_class_id), Clash("room", words % values, "room"))
        if same and same.trainer_id and same.trainer_id == other.trainer_id:
            words = _("%(trainer)s teaches class %(number)s, %(course)s, on %(day)s.")
            told.setdefault(("trainer", other.planned_class_id), Clash("trainer", words % values, "trainer"))
    return list(told.values())


def _sessions(row: PlannedClass, room: Room, trainer: Trainer | None) -> list[Clash]:
    """The sessions a year that the room and the trainer have, less those of the plan's other classes."""
    others = row.plan.classes.filter(cancelled=False).exclude(pk=row.pk)
    asked: list[tuple[str, Room | Trainer | None, dict[str, Any]]] = [
        ("room", room, {"room": room}), ("trainer", trainer, {"trainer": trainer})
    ]  # fmt: skip
    told = []
    for field, what, where in asked:
        if what is None:
            continue
        left = what.sessions_per_year - sum(others.filter(**where).values_list("course__sessions", flat=True))
        if left < row.course.sessions:
            words = _("%(what)s has %(left)s sessions left this year; the class needs %(needs)s.")
            values = {"what": what, "left": num(max(left, 0)), "needs": num(row.course.sessions)}
            told.append(Clash(f"{field}_sessions", words % values, field))
    return told
