"""Writing notices: who is told what when a plan is published or changed, or one of its classes.

Learners, trainers, who runs a venue or a provider, who manages a unit. `tell` is a part of publishing, `tell_of_class` of a step
of one class, in its transaction. What a notice says is in `notices`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.catalogue.models import Venue
from chiakhoa.ground.registry.models import Person
from chiakhoa.train.delivery.models import (
    GOING_ON,
    ClassSession,
    ClassState,
    Enrolment,
    EnrolmentState,
    NamedSeat,
    Notice,
    Told,
    TrainingClass,
)
from chiakhoa.train.delivery.opening import KEPT, NOWHERE, SITS, WAITS, Published
from chiakhoa.train.planning.models import Plan

OF_A_MOVE = {SITS: Told.SEATED, KEPT: Told.SEAT_KEPT, WAITS: Told.WAITS, NOWHERE: Told.CALLED_OFF}
BATCH = 2000


@dataclass(frozen=True)
class Before:
    """What stood before a publishing: which classes, who taught each, and in which a seat was kept for somebody (by keys)."""

    taught: dict[int, int | None]
    kept: dict[int, int]


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
