"""When classes are held, in which room, by whom; and what stands in the way. The database holds that nothing is taken twice."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.train.delivery.models import ClassSession, TrainingClass
from chiakhoa.train.planning.models import Half, PlannedClass
from chiakhoa.train.planning.sessions import Session, of_class

BEGINS = {Half.MORNING: time(8, 0), Half.AFTERNOON: time(13, 30)}
# A session is four periods of 45 minutes.
LASTS = timedelta(hours=3)
NOON = 12
BATCH = 2000


@dataclass(frozen=True)
class Clash:
    """A room or a trainer that another class has at that moment."""

    what: str
    starts_at: datetime
    code: str


def planned_for(row: TrainingClass, planned: PlannedClass) -> list[ClassSession]:
    """The unsaved sessions of a class, as the plan holds it: mornings at 8:00, afternoons at 13:30."""
    return [
        _session(row, number, session, row.trainer_id if session.trainer_id else None)
        for number, session in enumerate(of_class(planned), 1)
    ]


def clashes(wanted: Sequence[ClassSession], besides: Collection[int] = ()) -> list[Clash]:
    """What stands in the way of the sessions, in the classes that go on (but for those `besides`) and among themselves."""
    if not wanted:
        return []
    span = (min(row.starts_at for row in wanted), max(row.starts_at for row in wanted))
    others = ClassSession.objects.filter(starts_at__range=span).exclude(training_class__in=besides)
    taken = {
        (what, key, starts_at): code
        for starts_at, code, *keys in others.values_list("starts_at", "training_class__code", "room", "trainer")
        for what, key in zip(("room", "trainer"), keys, strict=True)
        if key is not None
    }
    found = []
    for row in wanted:
        for what, key in (("room", row.room_id), ("trainer", row.trainer_id)):
            place = (what, key, row.starts_at)
            if key is not None and place in taken:
                found.append(Clash(what, row.starts_at, taken[place]))
            taken[place] = row.training_class.code
    return found


def must_be_free(wanted: Sequence[ClassSession], besides: Collection[int] = (), field: str = "") -> None:
    """Refusal naming the first class that has the room or the trainer then."""
    found = clashes(wanted, besides)
    if not found:
        return
    first = found[0]
    words = {
        "room": _("On %(day)s the room is taken by class %(code)s. Choose another day or room."),
        "trainer": _("On %(day)s the trainer teaches class %(code)s. Choose another day or trainer."),
    }
    day = first.starts_at.astimezone(HERE)
    raise Refusal(
        words[first.what] % {"day": f"{day:%d/%m/%Y %H:%M}", "code": first.code}, code="clash", field=field or None
    )


def move(moved: Sequence[tuple[TrainingClass, Sequence[ClassSession]]]) -> None:
    """Bring the sessions that stand to where `moved` says. Two classes may change places: first all are taken out."""
    ClassSession.objects.filter(training_class__in=[row.pk for row, _sessions in moved]).update(room=None, trainer=None)
    by_class = standing_of([row for row, _sessions in moved])
    changed, new, gone = [], [], []
    for row, wanted in moved:
        standing = {session.number: session for session in by_class[row.pk]}
        for session in wanted:
            old = standing.pop(session.number, None)
            if old is None:
                new.append(session)
                continue
            old.starts_at, old.ends_at = session.starts_at, session.ends_at
            old.room_id, old.trainer_id = session.room_id, session.trainer_id
            changed.append(old)
        gone += [session.pk for session in standing.values()]
    ClassSession.objects.filter(pk__in=gone).delete()
    ClassSession.objects.bulk_update(changed, ["starts_at", "ends_at", "room", "trainer"], batch_size=500)
    ClassSession.objects.bulk_create(new, batch_size=BATCH)


def standing_of(classes: Iterable[TrainingClass]) -> dict[int, list[ClassSession]]:
    """The sessions of each class as they stand, in order."""
    found: dict[int, list[ClassSession]] = {row.pk: [] for row in classes}
    for session in ClassSession.objects.filter(training_class__in=found).order_by("number"):
        found[session.training_class_id].append(session)
    return found


def held(classes: Iterable[TrainingClass]) -> dict[int, list[tuple[object, ...]]]:
    """Of each class (by key), when and where and by whom it is held."""
    return {
        pk: [(row.starts_at, row.room_id, row.trainer_id) for row in rows] for pk, rows in standing_of(classes).items()
    }


def free(classes: Iterable[int]) -> None:
    """Give back the rooms and trainers of classes that are called off."""
    ClassSession.objects.filter(training_class__in=list(classes)).update(room=None, trainer=None)


def as_planned(rows: Iterable[ClassSession]) -> list[Session]:
    """The sessions of a class in the words of a plan."""
    return [
        Session(
            row.starts_at.astimezone(HERE).date(),
            Half.MORNING if row.starts_at.astimezone(HERE).hour < NOON else Half.AFTERNOON,
            row.room_id,
            row.trainer_id,
        )
        for row in rows
    ]


def _session(row: TrainingClass, number: int, session: Session, trainer: int | None) -> ClassSession:
    starts_at = datetime.combine(session.held_on, BEGINS[Half(session.half)], tzinfo=HERE)
    return ClassSession(
        training_class=row, number=number, starts_at=starts_at, ends_at=starts_at + LASTS, room_id=session.room_id,
        trainer_id=trainer,
    )  # fmt: skip
