"""Who is told what when a plan is published or changed, or one of its classes: learners, trainers, who runs a venue, who
manages a unit.

`tell` is a part of publishing, `tell_of_class` of a step of one class, in its transaction. Notices keep keys, not words: the
words are those of the reader's language and of the class as it stands when they are read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
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
from chiakhoa.ground.registry.models import BodyAncestry, Person
from chiakhoa.ground.territory.queries import within
from chiakhoa.measure.assessment.waiting import Waiting
from chiakhoa.train.delivery.models import (
    ClassSession,
    ClassState,
    Enrolment,
    EnrolmentState,
    NamedSeat,
    Notice,
    Told,
    TrainingClass,
)
from chiakhoa.train.delivery.opening import GOING_ON, KEPT, NOWHERE, SITS, WAITS, Published
from chiakhoa.train.planning.models import Plan

READERS = (Role.LEARNER, Role.TRAINER, Role.UNIT_MANAGER, Role.PROVIDER_MANAGER)
OF_A_MOVE = {SITS: Told.SEATED, KEPT: Told.SEAT_KEPT, WAITS: Told.WAITS, NOWHERE: Told.CALLED_OFF}
BATCH = 2000
NEWS = timedelta(days=7)
SESSIONS = "training_class__sessions__room__venue"


@dataclass(frozen=True)
class Before:
    """What stood before a publishing: which classes, who taught each, and in which a seat was kept for somebody (by keys)."""

    taught: dict[int, int | None]
    kept: dict[int, int]


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


def before(plans: Iterable[int]) -> Before:
    """What stands in the classes that go on under these plans, before the publishing."""
    rows = TrainingClass.objects.filter(planned__plan__in=list(plans), state__in=GOING_ON)
    kept = NamedSeat.objects.filter(training_class__in=rows, waits=False)
    return Before(
        dict(rows.order_by().values_list("pk", "trainer")),
        dict(kept.order_by().values_list("person", "training_class")),
    )


def tell(plan: Plan, done: Published, before: Before, *, at: datetime) -> None:
    """Part of publishing: write the notices to all whom it concerns."""
    opened = list(TrainingClass.objects.filter(planned__plan=plan, state__in=GOING_ON).select_related("venue"))
    new = [row for row in opened if row.pk not in before.taught]
    news = [*new, *(row for row in opened if row.pk in before.taught and row.pk in done.changed)]
    rows = [
        *_moved(plan, done),
        *_named(plan, new, done),
        *_kept_no_more(plan, before.kept, done),
        *_changed(plan, done),
        *_teaching(plan, opened, before.taught, done.changed),
        *_hosting(plan, news),
        *_providing(plan, news),
    ]
    _write(plan, rows, at=at)


def tell_of_class(
    actor: Reader, row: TrainingClass, kind: Told, people: Iterable[int], trainers: dict[Told, int | None], *, at: datetime
) -> None:  # fmt: skip
    """Part of a step of one class: tell these people, and these trainers what becomes of their teaching; not who does it."""
    plan = row.planned.plan if row.planned else None
    told = [(kind, person) for person in sorted(set(people))]
    told += [(what, trainer) for what, trainer in trainers.items() if trainer is not None]
    rows = [
        Notice(kind=what, person_id=person, plan=plan, training_class=row)
        for what, person in told if person != actor.person_id
    ]  # fmt: skip
    _write(plan, rows, at=at)


def inside(row: TrainingClass) -> set[int]:
    """Who is in the class or waits for it, and for whom a seat is kept: whom a change of it concerns (by keys)."""
    sitting = row.enrolments.exclude(state=EnrolmentState.LEFT).values_list("person", flat=True)
    return {*sitting, *row.named.filter(waits=False).values_list("person", flat=True)}


def _write(plan: Plan | None, rows: list[Notice], *, at: datetime) -> None:
    for row in rows:
        row.made_at = at
    Notice.objects.bulk_create([*rows, *_units(plan, rows, at=at)], batch_size=BATCH)


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


def _moved(plan: Plan, done: Published) -> list[Notice]:
    """To who lost their class: which they have now."""
    return [
        Notice(kind=OF_A_MOVE[row.how], person_id=row.person_id, plan=plan, training_class_id=row.to or row.left)
        for row in done.moves
    ]


def _named(plan: Plan, new: list[TrainingClass], done: Published) -> list[Notice]:
    """To those for whom a seat is kept in a class that opens."""
    told = {row.person_id for row in done.moves}
    rows = NamedSeat.objects.filter(training_class__in=[row.pk for row in new], waits=False).exclude(person__in=told)
    return [
        Notice(kind=Told.SEAT_KEPT, person_id=person, plan=plan, training_class_id=pk)
        for person, pk in rows.order_by("pk").values_list("person", "training_class")
    ]


def _kept_no_more(plan: Plan, kept: dict[int, int], done: Published) -> list[Notice]:
    """To those whose seat was kept in a class that is called off, and who have none elsewhere."""
    gone = set(
        TrainingClass.objects.filter(pk__in=set(kept.values()), state=ClassState.CANCELLED).values_list("pk", flat=True)
    )
    again = set(NamedSeat.objects.filter(person__in=kept, waits=False).values_list("person", flat=True))
    again |= {row.person_id for row in done.moves}
    return [
        Notice(kind=Told.CALLED_OFF, person_id=person, plan=plan, training_class_id=pk)
        for person, pk in sorted(kept.items()) if pk in gone and person not in again
    ]  # fmt: skip


def _changed(plan: Plan, done: Published) -> list[Notice]:
    """To those in, or meant for, a class that is held on other days, elsewhere or by somebody else."""
    told = {(row.person_id, row.to) for row in done.moves}
    sitting = Enrolment.objects.filter(training_class__in=done.changed).exclude(state=EnrolmentState.LEFT)
    meant = NamedSeat.objects.filter(training_class__in=done.changed, waits=False)
    pairs = {
        pair for rows in (sitting, meant) for pair in rows.order_by().values_list("person", "training_class")
    }  # fmt: skip
    return [
        Notice(kind=Told.CHANGED, person_id=person, plan=plan, training_class_id=pk)
        for person, pk in sorted(pairs - told)
    ]


def _teaching(
    plan: Plan, opened: list[TrainingClass], before: dict[int, int | None], changed: Iterable[int]
) -> list[Notice]:  # fmt: skip
    """To trainers: what they teach, what of it is held otherwise, and what they no longer teach."""
    now = {row.pk: row.trainer_id for row in opened if row.trainer_id}
    still = dict(
        TrainingClass.objects.filter(pk__in=before).exclude(state=ClassState.CANCELLED).values_list("pk", "trainer")
    )
    gone = [(trainer, pk) for pk, trainer in before.items() if trainer and still.get(pk) != trainer]
    new = [(trainer, pk) for pk, trainer in now.items() if before.get(pk) != trainer]
    otherwise = [(now[pk], pk) for pk in changed if pk in now and before.get(pk) == now[pk]]
    return [
        Notice(kind=kind, person_id=trainer, plan=plan, training_class_id=pk)
        for kind, rows in ((Told.TEACHES_NO_MORE, gone), (Told.TEACHES, new), (Told.TEACHES_CHANGED, otherwise))
        for trainer, pk in sorted(rows)
    ]


def _hosting(plan: Plan, classes: list[TrainingClass]) -> list[Notice]:
    """To who runs a venue (its body, else its commune): how many classes are held there that are new or held otherwise."""
    places = {(row.pk, row.venue_id) for row in classes}
    # A class that goes on elsewhere after it began is held at both.
    rooms = ClassSession.objects.filter(training_class__in=[row.pk for row in classes], room__isnull=False)
    places |= set(rooms.order_by().values_list("training_class", "room__venue").distinct())
    count = Counter(code for _pk, code in places)
    venues = Venue.objects.in_bulk(count)
    return [
        Notice(
            kind=Told.HOSTS, plan=plan, venue_id=code, classes=count[code], body_id=venues[code].body_id,
            unit_id=None if venues[code].body_id else venues[code].unit_id,
        )
        for code in sorted(count)
    ]  # fmt: skip


def _providing(plan: Plan, classes: list[TrainingClass]) -> list[Notice]:
    """To who manages a provider: how many classes it gives that are new or held otherwise."""
    count = Counter(row.provider_id for row in classes)
    return [Notice(kind=Told.PROVIDES, plan=plan, body_id=pk, classes=count[pk]) for pk in sorted(count)]


def _units(plan: Plan | None, rows: list[Notice], *, at: datetime) -> list[Notice]:
    """To who manages a unit: how many of its people are told something."""
    concerned = Person.objects.only("unit_id").in_bulk({row.person_id for row in rows if row.person_id})
    unit_of = {pk: person.unit_id for pk, person in concerned.items()}
    people: dict[str, set[int]] = defaultdict(set)
    moved: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.person_id and row.kind == Told.SEAT_KEPT:
            people[unit_of[row.person_id]].add(row.person_id)
        elif row.person_id and row.kind in (Told.SEATED, Told.WAITS, Told.CALLED_OFF, Told.CHANGED):
            moved[unit_of[row.person_id]].add(row.person_id)
    return [
        Notice(kind=Told.PEOPLE, unit_id=unit, plan=plan, people=len(people[unit]), moved=len(moved[unit]), made_at=at)
        for unit in sorted({*people, *moved})
    ]
