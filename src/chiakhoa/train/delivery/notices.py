"""Reading notices: whose they are, which are news, and what they say.

Notices keep keys, not words: the words are those of the reader's language and of the class as it stands when they are read.
They are written in `telling`.
"""

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.foundation.templatetags.words import people as heads
from chiakhoa.ground.catalogue.models import Venue
from chiakhoa.ground.registry.models import BodyAncestry
from chiakhoa.ground.territory.queries import within
from chiakhoa.measure.assessment.waiting import Waiting
from chiakhoa.train.delivery.models import (
    ClassState,
    Notice,
    Told,
    TrainingClass,
)

READERS = (Role.LEARNER, Role.TRAINER, Role.UNIT_MANAGER, Role.PROVIDER_MANAGER)
NEWS = timedelta(days=7)
SESSIONS = "training_class__sessions__room__venue"


def to(reader: Reader) -> QuerySet[Notice]:
    """The notices to the reader: their own; a manager's, those to the units and bodies that the role reaches. Newest first."""
    rows = Notice.objects.select_related(
        "plan", "venue", "unit", "training_class__course", "training_class__venue__unit"
    ).prefetch_related(SESSIONS)
    if reader.has(Role.LEARNER, Role.TRAINER) and reader.person_id is not None:
        teaching = Q(kind__in=(Told.TEACHES, Told.TEACHES_CHANGED, Told.TEACHES_NO_MORE))
        return rows.filter(teaching if reader.has(Role.TRAINER) else ~teaching, person=reader.person_id)
    if reader.has(Role.UNIT_MANAGER, Role.PROVIDER_MANAGER):
        bodies = BodyAncestry.objects.filter(ancestor=reader.body_id).values("body")
        office = within(reader, "unit") if reader.has(Role.UNIT_MANAGER) else Q(pk__in=[])
        return rows.filter(Q(body__in=bodies) | office)
    return rows.none()


def unseen(reader: Reader) -> QuerySet[Notice]:
    """The notices that the reader has not seen."""
    return to(reader).filter(seen_at=None)


def waiting(reader: Reader) -> list[Waiting]:
    """For the first page: how many notices the reader has not seen; nothing where there are none."""
    count = unseen(reader).order_by().count()
    words = ngettext("%(n)s new notice", "%(n)s new notices", count) % {"n": num(count)}
    return [Waiting(words, reverse("delivery:notices"))] if count else []


def to_be_sent(at: datetime) -> QuerySet[Notice]:
    """The notices to people whose address is known that were neither seen nor sent. What is a week old is news no more."""
    rows = Notice.objects.filter(seen_at=None, mailed_at=None, undeliverable="", made_at__gt=at - NEWS)
    return (
        rows.exclude(Q(person=None) | Q(person__email=""))
        .select_related("person", "plan", "training_class__course", "training_class__venue")
        .prefetch_related(SESSIONS)
        .order_by("person", "pk")
    )


def words(row: Notice) -> str:
    """What the notice tells."""
    if row.kind == Told.PEOPLE:
        return _people(row)
    if row.kind == Told.HOSTS:
        told = ngettext(
            "%(n)s class of the plan “%(plan)s” is held at %(venue)s.",
            "%(n)s classes of the plan “%(plan)s” are held at %(venue)s.", row.classes,
        )  # fmt: skip
        return told % {"n": num(row.classes), "plan": row.plan.name, "venue": row.venue.name}
    if row.kind == Told.PROVIDES:
        told = ngettext(
            "%(n)s class of the plan “%(plan)s” is yours to give: see under Classes who teaches it.",
            "%(n)s classes of the plan “%(plan)s” are yours to give: see under Classes who teaches them.", row.classes,
        )  # fmt: skip
        return told % {"n": num(row.classes), "plan": row.plan.name}
    held = row.training_class
    kind = Told(row.kind)
    if kind == Told.SEAT_KEPT and held.state == ClassState.CANCELLED:
        kind = Told.CALLED_OFF
    enrol = _("A seat is kept for you in %(course)s, from %(day)s at %(venue)s. Enrol to take it.")
    if held.state != ClassState.OPEN:
        enrol = _("A seat was kept for you in %(course)s, from %(day)s at %(venue)s.")
    told = {
        Told.SEAT_KEPT: enrol,
        Told.SEATED: _("Your class is not held. You have a seat in another: %(course)s, from %(day)s at %(venue)s."),
        Told.WAITS: _("Your class is not held. You wait for a seat in another: %(course)s, from %(day)s at %(venue)s."),
        Told.CALLED_OFF: _("Your class is not held: %(course)s, %(day)s at %(venue)s. Look for another under Classes."),
        Told.MOVED_UP: _("You have a seat now: %(course)s, from %(day)s at %(venue)s."),
        Told.CHANGED: _("Your class is held otherwise: %(course)s, from %(day)s at %(venue)s. Look at its days."),
        Told.TEACHES: _("You teach %(course)s, from %(day)s at %(venue)s."),
        Told.TEACHES_CHANGED: _(
            "A class that you teach is held otherwise: %(course)s, from %(day)s at %(venue)s. Look at its days."
        ),
        Told.TEACHES_NO_MORE: _("You no longer teach %(course)s, %(day)s at %(venue)s."),
    }[kind]
    day, venue = _goes_on(held, row.made_at)
    return told % {"course": held.course.name, "day": f"{day:%d/%m/%Y}", "venue": venue.name}


def _goes_on(held: TrainingClass, since: datetime) -> tuple[date, Venue]:
    """When and where the class is held first from a moment on: one that has begun may go on elsewhere than where it began."""
    if held.state != ClassState.CANCELLED and (
        session := next((one for one in held.sessions.all() if one.starts_at >= since), None)
    ):
        return session.starts_at.astimezone(HERE).date(), session.room.venue if session.room else held.venue
    return held.starts_on, held.venue


def _people(row: Notice) -> str:
    """What a unit's manager is told."""
    told = []
    if row.people:
        words = ngettext(
            "%(people)s of %(unit)s is meant for a class: tell them, and enrol them.",
            "%(people)s of %(unit)s are meant for classes: tell them, and enrol them.", row.people,
        )  # fmt: skip
        told.append(words % {"people": heads(row.people), "unit": row.unit})
    if row.moved:
        words = ngettext(
            "%(people)s of %(unit)s lost their class or has another now: tell them.",
            "%(people)s of %(unit)s lost their class or have another now: tell them.", row.moved,
        )  # fmt: skip
        told.append(words % {"people": heads(row.moved), "unit": row.unit})
    return " ".join(told)
