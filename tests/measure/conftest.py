"""A small province for the steps of measure: two communes, Hoa and Minh, the scale, a bank of four items a domain.

Hoa grows tea in the first commune, Minh in the second. Bình manages the first commune, Sơn audits the province.
"""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.frameworks.actions import load_frameworks
from chiakhoa.ground.registry.models import Audience, Person
from chiakhoa.ground.territory.models import Unit, UnitAncestry
from chiakhoa.measure.assessment import bank
from chiakhoa.measure.assessment.models import Item

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
GRADES = [1, 2, 3, 5]


@pytest.fixture
def at():
    """The moment of the tests: 10:00 in Việt Nam."""
    return AT


@pytest.fixture
def scale(db):
    """The measuring scale, with the audiences its profiles name."""
    rows = load_yaml("frameworks/profiles.yaml")["profiles"]
    Audience.objects.bulk_create(
        Audience(code=row["id"], name_vi=row["name_vi"], name_en=row["name_en"], is_profile=True) for row in rows
    )
    load_frameworks(SYSTEM, at=AT)
    return frameworks.scale()


def _person(name, unit):
    return Person.objects.create(
        full_name=name, search_key=fold(name), unit=unit, audience_id="tea_farm_household", registered_at=AT
    )


@pytest.fixture
def province(scale):
    """Units, people, and the readers of each role that matters here."""
    top = Unit.objects.create(
        id="VN-19@2025",
        code="19",
        edition="2025",
        name="Thái Nguyên",
        kind="province",
        kind_vi="Tỉnh",
        level=1,
        search_key="x",
    )
    communes = [
        Unit.objects.create(
            id=f"VN-{code}@2025", code=code, edition="2025", name=name, kind="commune", kind_vi="Xã", level=3,
            parent=top, search_key=fold(name),
        )
        for code, name in (("05000", "Tân Cương"), ("05001", "Đại Phúc"))
    ]  # fmt: skip
    UnitAncestry.objects.bulk_create(
        UnitAncestry(unit=unit, ancestor=ancestor) for unit in [top, *communes] for ancestor in {unit, top}
    )
    hoa, minh = _person("Nguyễn Thị Hoa", communes[0]), _person("Trần Văn Minh", communes[1])
    return SimpleNamespace(
        hoa=hoa,
        minh=minh,
        communes=communes,
        learner=Reader(1, "Hoa", Role.LEARNER, communes[0].pk, person_id=hoa.pk),
        stranger=Reader(2, "Minh", Role.LEARNER, communes[1].pk, person_id=minh.pk),
        manager=Reader(3, "Bình", Role.UNIT_MANAGER, communes[0].pk),
        elsewhere=Reader(4, "Lý", Role.UNIT_MANAGER, communes[1].pk),
        auditor=Reader(5, "Sơn", Role.AUDITOR, top.pk),
        assessor=Reader(6, "Thu", Role.ASSESSOR, top.pk),
        employer=Reader(7, "Park", Role.EMPLOYER, top.pk),
    )


@pytest.fixture
def items(scale):
    """Four items in each domain, one of each kind, of different grades."""
    rows = []
    for domain in scale.domains:
        competence = next(row for row in scale.competences if row.domain_index == domain.order)
        for kind, grade in zip(_BODIES, GRADES, strict=True):
            source = {
                "code": f"{competence.code}-{kind[:2]}", "grade": grade, "kind": kind,
                "stem_vi": f"Câu hỏi {kind} {domain.code}", "stem_en": f"Question {kind} {domain.code}",
                **_BODIES[kind],
            }  # fmt: skip
            rows.append(Item(**bank.fields_of(source, scale.cuts), competence=competence))
    return Item.objects.bulk_create(rows)


def _options(right):
    return [
        {"key": key, "vi": f"lựa chọn {key}", "en": f"option {key}", "why_vi": f"vì {key}", "why_en": f"because {key}"}
        | ({} if right is None else {"correct": key in right})
        for key in "abcd"
    ]


def _pairs():
    sides = ("left_vi", "left_en", "right_vi", "right_en")
    return [{"key": key, **{side: f"{side} {key}" for side in sides}} for key in "abcd"]


_BODIES = {
    "single": {"options": _options("b")},
    "multiple": {"options": _options("ac")},
    "ordering": {"options": _options(None)},
    "matching": {"pairs": _pairs(), "why_vi": "vì hợp nhau", "why_en": "because they fit"},
}


@pytest.fixture
def sign_in(client, province):
    """Sign a role in: `sign_in(Role.LEARNER, person=hoa)` gives a client."""

    def sign(role, *, person=None, unit=None):
        account = Account.objects.create_account(f"{role}{Account.objects.count()}", None, full_name="X", person=person)
        RoleAssignment.objects.create(account=account, role=role, unit=unit or province.communes[0].parent)
        client.force_login(account)
        return client

    return sign
