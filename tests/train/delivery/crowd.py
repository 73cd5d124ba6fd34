"""A crowd that wants one seat at the same moment: twenty threads, each with its own connection, one class of one seat.

`prepare` builds the class in an empty database and commits it, `rush` lets all enrol at once, `sold` counts seats promised.
"""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db import Error, connection

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.catalogue.models import Course, Provider, Venue
from chiakhoa.ground.registry.models import Audience, Body, Person
from chiakhoa.ground.territory.models import Unit, UnitAncestry
from chiakhoa.train.delivery import actions
from chiakhoa.train.delivery.models import Enrolment, TrainingClass

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
PATIENCE = 300


def prepare(people: int) -> tuple[int, list[int]]:
    """One open class of one seat, and so many people who may enrol in it."""
    unit = Unit.objects.create(
        id="VN-19@2025", code="19", edition="2025", name="Thái Nguyên", kind="province", kind_vi="Tỉnh", level=1,
        search_key="thai nguyen",
    )  # fmt: skip
    UnitAncestry.objects.create(unit=unit, ancestor=unit)
    audience = Audience.objects.create(code="tea", name_vi="Hộ trồng chè", is_profile=True)
    course = Course.objects.create(
        code="AN-1", name_vi="An toàn mạng", periods=4, sessions=1, mode="classroom", min_size=1, max_size=30,
        room_kind="classroom", entry_low=1, entry_high=4, ceiling=4, search_key="an toan mang",
    )  # fmt: skip
    course.audiences.add(audience)
    body = Body.objects.create(id="ictu", kind="university", name_vi="ICTU", search_key="ictu")
    venue = Venue.objects.create(code="ven", name_vi="Nhà văn hóa", unit=unit, search_key="nha van hoa")
    row = TrainingClass.objects.create(
        code="L-1", course=course, provider=Provider.objects.create(body=body), venue=venue, seats=1,
        starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 1),
    )  # fmt: skip
    crowd = [
        Person.objects.create(full_name=f"Người {n}", search_key=f"nguoi {n}", unit=unit, audience=audience, registered_at=AT)
        for n in range(people)
    ]  # fmt: skip
    return row.pk, [person.pk for person in crowd]


def rush(calls: list[Callable[[], object]]) -> Counter[str]:
    """Make all calls at the same moment, each in its own thread and connection; what each said, counted."""
    said: Counter[str] = Counter()
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        start.wait(PATIENCE)
        try:
            word = str(call())
        except (Error, threading.BrokenBarrierError) as fault:
            word = type(fault).__name__
        finally:
            connection.close()
        said[word] += 1

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return said


def all_enrol(training_class: int, people: list[int]) -> Counter[str]:
    """Everybody enrols at once; "enrolled" and "waiting", or the name of the error that somebody got."""
    reader = Reader(1, "Hà", Role.COORDINATOR, "VN-19@2025")
    return rush([lambda pk=pk: actions.enrol(reader, training_class, pk, at=AT).state for pk in people])


def sold(training_class: int) -> int:
    """How many people were promised a seat."""
    return Enrolment.objects.filter(training_class=training_class, state="enrolled").count()


def let_two_count_before_either_sits() -> None:
    """The harm that the lock prevents, made certain: nobody takes a seat until two have counted the free ones."""
    together, choose = threading.Barrier(2), actions.seats.seat_or_queue

    def wait_and_choose(*args, **kwargs):
        rows = choose(*args, **kwargs)
        together.wait(PATIENCE)
        return rows

    actions.seats.seat_or_queue = wait_and_choose
