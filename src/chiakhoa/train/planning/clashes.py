"""What stands against holding a planned class in another week, room or with another trainer. Reads only.

Two classes clash where they share a week: the plan books rooms and trainers by whole weeks.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.catalogue.models import Room, Trainer
from chiakhoa.train.planning import assumptions, seasons
from chiakhoa.train.planning.models import PlannedClass
from chiakhoa.train.planning.weeks import LONGEST_WEEKS, WEEK, weeks_of


@dataclass(frozen=True)
class Clash:
    """One thing that stands against it: its kind, and in words; `field` of the form where it is put right."""

    kind: str
    words: str
    field: str


def clashes(row: PlannedClass, week: date, room: Room, trainer: Trainer | None) -> list[Clash]:
    """All that stands against it, the calendar first; nothing where it may be held so."""
    return [
        *_season(row, week),
        *_size(row, room),
        *_skills(row, trainer),
        *_taken(row, week, room, trainer),
        *_sessions(row, room, trainer),
    ]


def _season(row: PlannedClass, week: date) -> list[Clash]:
    closed = assumptions.closed(row.plan)
    return [
        Clash("season", _("%(season)s: no class is held in the week of %(day)s.")
              % {"season": name, "day": f"{monday:%d/%m/%Y}"}, "week")
        for monday in weeks_of(week, row.course.sessions)
        if (name := seasons.in_week(closed, monday))
    ]  # fmt: skip


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


def _skills(row: PlannedClass, trainer: Trainer | None) -> list[Clash]:
    if trainer is None:
        return []
    known = {skill.pk for skill in trainer.skills.all()}
    missing = [str(skill.name) for skill in row.course.skills.all() if skill.pk not in known]
    words = _("%(trainer)s lacks a skill that the course needs: %(skills)s.")
    return [Clash("skills", words % {"trainer": trainer, "skills": ", ".join(missing)}, "trainer")] if missing else []


def _taken(row: PlannedClass, week: date, room: Room, trainer: Trainer | None) -> list[Clash]:
    wanted = set(weeks_of(week, row.course.sessions))
    span = (week - LONGEST_WEEKS * WEEK, max(wanted) + timedelta(days=6))
    others = row.plan.classes.filter(cancelled=False, starts_on__range=span).exclude(pk=row.pk)
    told = []
    for other in others.select_related("course").order_by("number"):
        if not wanted & set(weeks_of(other.starts_on, other.course.sessions)):
            continue
        values = {"number": other.number, "course": other.course.name}
        if other.room_id == room.pk:
            words = _("The room is taken in that week by class %(number)s, %(course)s.")
            told.append(Clash("room", words % values, "room"))
        if trainer is not None and other.trainer_id == trainer.pk:
            words = _("%(trainer)s teaches class %(number)s, %(course)s, in that week.")
            told.append(Clash("trainer", words % {**values, "trainer": trainer}, "trainer"))
    return told


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
