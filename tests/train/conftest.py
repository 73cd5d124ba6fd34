"""A small province for the steps of train: two communes, eight people, two providers, one course of five sessions, one room.

Hoa, Minh, Tú, An, Bích and Cúc grow tea in Tân Cương and are the course's audience, as is Lan in Đại Phúc; Sâm in Tân Cương
teaches school and is not. Thầy Đức trains for ICTU. Hà coordinates, Bình manages Tân Cương, Lý Đại Phúc.
"""

from datetime import UTC, date, datetime, timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.test import Client

from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.catalogue.models import Course, Provider, Room, Trainer, TrainerSkill, Venue
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.ground.registry.models import Audience, Body, BodyAncestry, Person
from chiakhoa.ground.territory.models import Home, Unit, UnitAncestry
from chiakhoa.train.delivery.models import AttendanceClaim, ClassSession, Enrolment, TrainingClass

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
FIRST_DAY = date(2027, 3, 1)
SESSIONS = 5
GROWERS = ("Hoa", "Minh", "Tú", "An", "Bích", "Cúc")
BODIES = {"ictu": "Đại học ICTU", "rival": "Trường Khác"}


@pytest.fixture
def at():
    """The moment of the tests: 10:00 in Việt Nam."""
    return AT


@pytest.fixture
def place(db):
    """The province and two communes ten kilometres apart."""
    top = _unit("VN-19@2025", "19", "Thái Nguyên", "Tỉnh", 1, None, 21.55)
    first = _unit("VN-05000@2025", "05000", "Tân Cương", "Xã", 3, top, 21.50)
    second = _unit("VN-05001@2025", "05001", "Đại Phúc", "Xã", 3, top, 21.59)
    UnitAncestry.objects.bulk_create(
        UnitAncestry(unit=unit, ancestor=ancestor) for unit in (top, first, second) for ancestor in {unit, top}
    )
    Home.objects.create(unit=top, synthetic=True)
    return SimpleNamespace(top=top, first=first, second=second)


@pytest.fixture
def people(place):
    """The people by name; `Đức` is the trainer and of no audience."""
    Audience.objects.bulk_create(
        Audience(code=code, name_vi=name, name_en=name, is_profile=True, order=order)
        for order, (code, name) in enumerate([("tea", "Hộ trồng chè"), ("teacher", "Giáo viên")])
    )
    homes = dict.fromkeys(GROWERS, (place.first, "tea"))
    homes |= {"Lan": (place.second, "tea"), "Sâm": (place.first, "teacher"), "Đức": (place.first, None)}
    return {
        name: Person.objects.create(
            full_name=f"Nguyễn {name}",
            search_key=fold(f"Nguyễn {name}"),
            unit=unit,
            audience_id=audience,
            registered_at=AT,
        )
        for name, (unit, audience) in homes.items()
    }


@pytest.fixture
def course(people):
    """A course of five sessions for tea growers, two to thirty people; its certificate holds for three years."""
    row = Course.objects.create(
        code="AN-1", name_vi="An toàn mạng", name_en="Online safety", periods=SESSIONS * 4, sessions=SESSIONS,
        mode="classroom", min_size=2, max_size=30, room_kind="classroom", entry_low=1, entry_high=4, ceiling=4,
        certificate_years=3, search_key="an toan mang",
    )  # fmt: skip
    row.audiences.add("tea")
    row.skills.add(TrainerSkill.objects.create(code="safety", name_vi="An toàn"))
    return row


@pytest.fixture
def teaching(course, people, place):
    """Who teaches, where, with what money: ICTU with one trainer, a rival without, a room of 30, a line of 2027."""
    Body.objects.bulk_create(
        Body(id=pk, kind="university", name_vi=name, search_key=fold(name), unit=place.top)
        for pk, name in BODIES.items()
    )
    BodyAncestry.objects.bulk_create(BodyAncestry(body_id=pk, ancestor_id=pk) for pk in BODIES)
    ictu, rival = (Provider.objects.create(body_id=pk) for pk in BODIES)
    ictu.courses.add(course)
    trainer = Trainer.objects.create(person=people["Đức"], provider=ictu, rank="b", sessions_per_year=100)
    trainer.skills.add("safety")
    venues = [
        Venue.objects.create(code=code, name_vi=name, unit=unit, search_key=fold(name))
        for code, name, unit in (("ven-1", "Nhà văn hóa", place.first), ("ven-2", "Trạm khuyến nông", place.second))
    ]
    rooms = [
        Room.objects.create(venue=venue, name="P1", kind="classroom", seats=30, sessions_per_year=60)
        for venue in venues
    ]
    line = BudgetLine.objects.create(
        code="bud", year=2027, amount_vnd=100_000_000, name_vi="Tập huấn", assumed=True, reason="Số của bài kiểm tra"
    )
    return SimpleNamespace(ictu=ictu, rival=rival, trainer=trainer, venues=venues, rooms=rooms, line=line)


@pytest.fixture
def new_class(teaching, course, people):
    """Makes a class of `seats`, with those named in its first seats; its sessions are on five half days."""
    count = 0

    def make(*names, seats=3, state="open", provider=None, venue=0, planned=None):
        nonlocal count
        count += 1
        row = TrainingClass.objects.create(
            code=f"L-{count}", course=course, provider=provider or teaching.ictu, venue=teaching.venues[venue],
            trainer=teaching.trainer if provider is None else None, budget_line=teaching.line, planned=planned,
            seats=seats, state=state, starts_on=FIRST_DAY, ends_on=FIRST_DAY + timedelta(days=2), cost_vnd=3_000_000,
        )  # fmt: skip
        begins = datetime(2027, 3, 1, 8, 0, tzinfo=HERE)
        ClassSession.objects.bulk_create(
            ClassSession(training_class=row, number=n + 1, starts_at=begins + timedelta(hours=12 * n),
                         ends_at=begins + timedelta(hours=12 * n + 3))
            for n in range(SESSIONS)
        )  # fmt: skip
        Enrolment.objects.bulk_create(
            Enrolment(training_class=row, person=people[name], state="enrolled", seat=seat, enrolled_at=AT)
            for seat, name in enumerate(names, 1)
        )
        return row

    return make


@pytest.fixture
def attend():
    """The trainer's word that somebody was at the first so many sessions of a class, and absent from the others."""

    def say(training_class, person, times, source="trainer"):
        enrolment = Enrolment.objects.get(training_class=training_class, person=person)
        AttendanceClaim.objects.bulk_create(
            AttendanceClaim(session=session, enrolment=enrolment, source=source, present=session.number <= times, at=AT)
            for session in training_class.sessions.all()
        )

    return say


@pytest.fixture
def readers(place, teaching, people):
    """Readers in the roles that matter here."""
    return SimpleNamespace(
        coordinator=Reader(1, "Hà", Role.COORDINATOR, place.top.pk),
        manager=Reader(2, "Bình", Role.UNIT_MANAGER, place.first.pk),
        elsewhere=Reader(3, "Lý", Role.UNIT_MANAGER, place.second.pk),
        provider=Reader(4, "Oanh", Role.PROVIDER_MANAGER, None, "ictu"),
        rival=Reader(5, "Khôi", Role.PROVIDER_MANAGER, None, "rival"),
        trainer=Reader(6, "Đức", Role.TRAINER, None, "ictu", person_id=people["Đức"].pk),
        learner=Reader(7, "Hoa", Role.LEARNER, place.first.pk, person_id=people["Hoa"].pk),
        other_learner=Reader(8, "Lan", Role.LEARNER, place.second.pk, person_id=people["Lan"].pk),
        auditor=Reader(9, "Sơn", Role.AUDITOR, place.top.pk),
        away=Reader(10, "Thu", Role.COORDINATOR, place.second.pk),
    )


@pytest.fixture
def browse(place):
    """A browser signed in as a reader of the cast; a visitor's without one."""

    def sign_in(reader=None):
        client = Client(REMOTE_ADDR="127.0.0.1", HTTP_ACCEPT_LANGUAGE="vi")
        if reader is None:
            return client
        account = Account.objects.create_account(
            f"a{Account.objects.count()}", None, full_name=reader.name, person_id=reader.person_id
        )
        unit = None if reader.body_id else reader.unit_id
        RoleAssignment.objects.create(account=account, role=reader.role, unit_id=unit, body_id=reader.body_id)
        client.force_login(account)
        return client

    return sign_in


@pytest.fixture
def text():
    """The words of a page."""
    return lambda response: unescape(response.content.decode())


def _unit(pk, code, name, kind, level, parent, latitude):
    return Unit.objects.create(
        id=pk, code=code, edition="2025", name=name, kind="commune", kind_vi=kind, level=level, parent=parent,
        search_key=fold(name), valid_from=date(2025, 7, 1), latitude=latitude, longitude=105.8,
    )  # fmt: skip
