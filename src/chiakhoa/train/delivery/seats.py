"""The part of enrolment that must not race: the class row is locked before seats are counted."""

from datetime import datetime

from chiakhoa.ground.registry.models import Person
from chiakhoa.train.delivery.models import Enrolment, EnrolmentState, NamedSeat, TrainingClass
from chiakhoa.train.planning.models import PlannedGroup

SEATED = (EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)


def locked(pk: int) -> TrainingClass:
    """The class, held until the transaction ends, so that two writers count the same seats one after the other."""
    return TrainingClass.objects.select_for_update().get(pk=pk)


def free_seats(training_class: TrainingClass) -> list[int]:
    """Free seat numbers, lowest first."""
    taken = set(training_class.enrolments.filter(seat__isnull=False).values_list("seat", flat=True))
    return [seat for seat in range(1, training_class.seats + 1) if seat not in taken]


def reserved(training_class: TrainingClass) -> set[int]:
    """People for whom a seat is kept and who have not enrolled yet."""
    inside = training_class.enrolments.exclude(state=EnrolmentState.LEFT).values("person")
    named = NamedSeat.objects.filter(training_class=training_class, waits=False).exclude(person__in=inside)
    return set(named.values_list("person", flat=True))


def spare(training_class: TrainingClass) -> int:
    """Free seats that are neither kept for somebody nor held for people who are not registered yet."""
    free = len(free_seats(training_class)) - len(reserved(training_class)) - training_class.held_seats
    return max(0, free)


def seat_or_queue(training_class: TrainingClass, people: list[int], *, at: datetime) -> list[Enrolment]:
    """Enrolments (unsaved) for people in their order: the lowest free seats first, then the waiting list.

    Whoever is named sits in the seat that was kept; somebody whom the plan meant, in a held one; others in what is spare.
    """
    seats = iter(free_seats(training_class))
    kept, left, held = reserved(training_class), spare(training_class), training_class.held_seats
    gains = dict(
        NamedSeat.objects.filter(training_class=training_class, person__in=people).values_list("person", "gain")
    )
    meant = _meant(training_class, people) if held else set()
    rows = []
    for person_id in people:
        seat = None
        if person_id in kept:
            seat = next(seats, None)
        elif left > 0:
            seat, left = next(seats, None), left - 1
        elif held > 0 and person_id in meant:
            seat, held = next(seats, None), held - 1
        rows.append(
            Enrolment(
                training_class=training_class, person_id=person_id, seat=seat, enrolled_at=at, gain=gains.get(person_id, 0.0),
                state=EnrolmentState.ENROLLED if seat else EnrolmentState.WAITING,
            )
        )  # fmt: skip
    if held < training_class.held_seats:
        training_class.held_seats = held
        training_class.save(update_fields=["held_seats"])
    return rows


def release(training_class: TrainingClass) -> list[Enrolment]:
    """Keep and hold no seat any longer; those who wait move up. Call with the class locked."""
    NamedSeat.objects.filter(training_class=training_class).delete()
    if training_class.held_seats:
        training_class.held_seats = 0
        training_class.save(update_fields=["held_seats"])
    return fill_from_queue(training_class)


def fill_from_queue(training_class: TrainingClass) -> list[Enrolment]:
    """Give spare seats to those of the waiting list who gain most; returns those who moved up. Call with the class locked."""
    waiting = training_class.enrolments.filter(state=EnrolmentState.WAITING).order_by("-gain", "enrolled_at", "pk")
    moved = []
    for seat, enrolment in zip(free_seats(training_class)[: spare(training_class)], waiting, strict=False):
        enrolment.state, enrolment.seat = EnrolmentState.ENROLLED, seat
        enrolment.save(update_fields=["state", "seat"])
        moved.append(enrolment)
    return moved


def _meant(training_class: TrainingClass, people: list[int]) -> set[int]:
    """Those of the people who are of a group that the plan meant for the class."""
    groups = set(PlannedGroup.objects.filter(planned_class=training_class.planned_id).values_list("unit", "audience"))
    rows = Person.objects.filter(pk__in=people).values_list("pk", "unit", "audience")
    return {pk for pk, unit, audience in rows if (unit, audience) in groups}
