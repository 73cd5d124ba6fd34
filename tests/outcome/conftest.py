"""A small province for the steps of outcome: two communes, five people, one task with a course, one class that ended.

Hoa and Minh completed the class, Tú did not; Hoa has a certificate. Lan lives in the other commune and was never measured.
Bình manages the first commune, Hà coordinates, Linh employs for SEVT, a rival for another firm.
"""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.catalogue.models import Course, Provider, Venue
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.frameworks.actions import load_frameworks
from chiakhoa.ground.mandates.models import BudgetLine, Document, ReportedResult, Statement, Target, Task
from chiakhoa.ground.registry.models import Audience, Body, BodyAncestry, Membership, Person
from chiakhoa.ground.territory.models import Home, Unit, UnitAncestry
from chiakhoa.measure.evidence.models import CompetenceState, DomainEstimate, Evidence
from chiakhoa.train.credentials.models import Certificate, SigningKey
from chiakhoa.train.delivery.models import Enrolment, TrainingClass

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
MEANS = {"Hoa": 3.0, "Minh": 1.0, "Tú": -3.0}


@pytest.fixture
def at():
    """The moment of the tests: 10:00 in Việt Nam."""
    return AT


@pytest.fixture
def place(db):
    """The province and two communes."""
    top = _unit("VN-19@2025", "19", "Thái Nguyên", "Tỉnh", 1, None)
    communes = [_unit(f"VN-{c}@2025", c, n, "Xã", 3, top) for c, n in (("05000", "Tân Cương"), ("05001", "Đại Phúc"))]
    UnitAncestry.objects.bulk_create(
        UnitAncestry(unit=unit, ancestor=ancestor) for unit in [top, *communes] for ancestor in {unit, top}
    )
    Home.objects.create(unit=top, synthetic=True)
    return SimpleNamespace(top=top, first=communes[0], second=communes[1])


@pytest.fixture
def bodies(place):
    """The bodies that the agreement names, and a rival firm."""
    named = load_yaml("programme/programme.yaml")["bodies"]
    rows = {row["id"]: (row["kind"], row["name_vi"]) for row in named} | {"rival": ("firm", "Công ty Khác")}
    Body.objects.bulk_create(
        Body(id=pk, kind=kind, name_vi=name, search_key=fold(name), unit=place.top) for pk, (kind, name) in rows.items()
    )
    BodyAncestry.objects.bulk_create(BodyAncestry(body_id=pk, ancestor_id=pk) for pk in rows)
    return set(rows)


@pytest.fixture
def scale(db):
    """The measuring scale, with the audiences its profiles name."""
    rows = load_yaml("frameworks/profiles.yaml")["profiles"]
    Audience.objects.bulk_create(
        Audience(code=row["id"], name_vi=row["name_vi"], name_en=row["name_en"], is_profile=True) for row in rows
    )
    load_frameworks(SYSTEM, at=AT)
    return frameworks.scale()


@pytest.fixture
def people(place, scale):
    """Hoa, Minh and Tú, measured, in the first commune; Lan and Sâm, not measured, in the second."""
    found = {}
    for name in ("Hoa", "Minh", "Tú", "Lan", "Sâm"):
        found[name] = Person.objects.create(
            full_name=f"Nguyễn {name}", search_key=fold(f"Nguyễn {name}"), registered_at=AT,
            unit=place.first if name in MEANS else place.second, audience_id="iz_worker",
        )  # fmt: skip
    for name, mean in MEANS.items():
        _measure(found[name], mean, scale)
    return found


@pytest.fixture
def readers(place, bodies, people):
    """Readers in the roles that matter here."""
    return SimpleNamespace(
        coordinator=Reader(1, "Hà", Role.COORDINATOR, place.top.pk),
        manager=Reader(2, "Bình", Role.UNIT_MANAGER, place.first.pk),
        elsewhere=Reader(3, "Lý", Role.UNIT_MANAGER, place.second.pk),
        employer=Reader(4, "Linh", Role.EMPLOYER, None, "body-sevt"),
        rival=Reader(5, "Rival", Role.EMPLOYER, None, "rival"),
        provider=Reader(6, "Đức", Role.PROVIDER_MANAGER, None, "body-ictu"),
        learner=Reader(7, "Hoa", Role.LEARNER, place.first.pk, person_id=people["Hoa"].pk),
    )


@pytest.fixture
def programme(bodies, people):
    """One document with one task, its target, money, a reported result, and the course that serves it."""
    document = Document.objects.create(
        code="doc-kh-80", kind="plan", number="80/KH-UBND", name_vi="Kế hoạch số 80/KH-UBND", issuer_id="body-ubnd-tinh"
    )
    task = Task.objects.create(
        code="task-attt", kind="task", document=document, lead_id="body-so-tttt", name_vi="Tập huấn an toàn mạng"
    )
    task.audiences.add("iz_worker")
    course = Course.objects.create(
        code="AN-1", name_vi="An toàn & an ninh mạng", periods=8, sessions=2, mode="classroom", min_size=2, max_size=30,
        room_kind="classroom", entry_low=1, entry_high=4, ceiling=4, search_key="an toan",
    )  # fmt: skip
    task.courses.add(course)
    Target.objects.create(
        code="tgt", task=task, indicator="people_trained", audience_id="iz_worker", amount=4, due_on=date(2026, 12, 31),
        name_vi="Người học xong", sentence=11,
    )  # fmt: skip
    line = BudgetLine.objects.create(code="bud", year=2026, amount_vnd=10_000_000, name_vi="Tập huấn", sentence=11)
    line.tasks.add(task)
    ReportedResult.objects.create(
        code="res", task=task, value=4, measure="class", name_vi="Lớp tập huấn đã báo cáo", sentence=20
    )
    Statement.objects.create(code="sol", kind="solution", document=document, name_vi="Giải pháp")
    return SimpleNamespace(document=document, task=task, course=course, line=line)


@pytest.fixture
def held(programme, place, people):
    """A finished class: Hoa and Minh completed it, Tú did not; Hoa holds a certificate. A second class is still open."""
    provider = Provider.objects.create(body_id="body-ictu")
    venue = Venue.objects.create(code="ven", name_vi="Nhà văn hóa", unit=place.first, search_key="nha van hoa")
    common = {
        "course": programme.course,
        "provider": provider,
        "venue": venue,
        "seats": 10,
        "budget_line": programme.line,
    }
    done, _open = (
        TrainingClass.objects.create(
            code=code, state=state, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 2), cost_vnd=3_456_789, **common
        )
        for code, state in (("L-1", "finished"), ("L-2", "open"))
    )
    states = {"Hoa": "completed", "Minh": "completed", "Tú": "not_completed"}
    rows = {
        name: Enrolment.objects.create(training_class=done, person=people[name], state=state, seat=seat, enrolled_at=AT)
        for seat, (name, state) in enumerate(states.items(), 1)
    }
    key = SigningKey.objects.create(kid="k", body_id="body-ictu", public=b"p")
    Certificate.objects.create(
        number="01/ICTU", enrolment=rows["Hoa"], person=people["Hoa"], issuer_id="body-ictu", key=key,
        issued_on=date(2026, 10, 5), statement={}, token=b"t",
    )  # fmt: skip
    return SimpleNamespace(training_class=done, enrolments=rows)


@pytest.fixture
def browse(place):
    """A browser signed in as a reader of the cast."""

    def sign_in(reader):
        account = Account.objects.create_account(f"a{Account.objects.count()}", None, full_name=reader.name)
        if reader.person_id:
            Account.objects.filter(pk=account.pk).update(person=reader.person_id)
        RoleAssignment.objects.create(
            account=account, role=reader.role, unit_id=reader.unit_id if not reader.body_id else None,
            body_id=reader.body_id,
        )  # fmt: skip
        client = Client(REMOTE_ADDR="127.0.0.1", HTTP_ACCEPT_LANGUAGE="vi")
        client.force_login(Account.objects.get(pk=account.pk))
        return client

    return sign_in


@pytest.fixture
def member(people):
    """Minh studies at ICTU."""
    return Membership.objects.create(person=people["Minh"], body_id="body-ictu")


def _unit(pk, code, name, kind, level, parent):
    return Unit.objects.create(
        id=pk, code=code, edition="2025", name=name, kind="commune", kind_vi=kind, level=level, parent=parent,
        search_key=fold(name), valid_from=date(2025, 7, 1),
    )  # fmt: skip


def _measure(person, mean, scale):
    size = len(scale.domains)
    state = CompetenceState.objects.create(
        person=person, framework=scale.framework, covariance=[[0.0] * size] * size, evidence_count=1, as_of=AT
    )
    DomainEstimate.objects.bulk_create(
        DomainEstimate(state=state, domain=domain, mean=mean, se=0.3) for domain in scale.domains
    )
    Evidence.objects.create(
        person=person, framework=scale.framework, kind="rating", occurred_at=AT, recorded_at=AT, content={}
    )
