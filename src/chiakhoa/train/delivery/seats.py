"""The part of enrolment that must not race: the class row is locked before seats are counted."""

from datetime import datetime

from chiakhoa.train.delivery.models import Enrolment, EnrolmentState, TrainingClass

SEATED = (EnrolmentState.ENROLLED, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)


def locked(pk: int) -> TrainingClass:
    """The class, held until the transaction ends, so that two writers count the same seats one after the other."""
    return TrainingClass.objects.select_for_update().get(pk=pk)


def free_seats(training_class: TrainingClass) -> list[int]:
    """Free seat numbers, lowest first."""
    taken = set(training_class.enrolments.filter(seat__isnull=False).values_list("seat", flat=True))
    return [seat for seat in range(1, training_class.seats + 1) if seat not in taken]


def seat_or_queue(training_class: TrainingClass, people: list[int], *, at: datetime) -> list[Enrolment]:
    """Enrolments (unsaved) for people in their order: the lowest free seats first, then the waiting list."""
    seats = iter(free_seats(training_class))
    rows = []
    for person_id in people:
        seat = next(seats, None)
        state = EnrolmentState.ENROLLED if seat else EnrolmentState.WAITING
        rows.append(
            Enrolment(training_class=training_class, person_id=person_id, state=state, seat=seat, enrolled_at=at)
        )
    return rows


def fill_from_queue(training_class: TrainingClass) -> list[Enrolment]:
    """Give free seats to the first of the waiting list; returns those who moved up. Call with the class locked."""
    waiting = training_class.enrolments.filter(state=EnrolmentState.WAITING).order_by("enrolled_at", "pk")
    moved = []
    for seat, enrolment in zip(free_seats(training_class), waiting, strict=False):
        enrolment.state, enrolment.seat = EnrolmentState.ENROLLED, seat
        enrolment.save(update_fields=["state", "seat"])
        moved.append(enrolment)
    return moved
