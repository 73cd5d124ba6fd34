"""The map comes in whole, fast, and twice without a change."""

from datetime import UTC, date, datetime

import pytest

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, Refusal
from chiakhoa.ground.territory import actions
from chiakhoa.ground.territory.models import Home, Shape, Succession, Unit, UnitAncestry
from chiakhoa.ground.territory.queries import in_force

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_the_whole_country_is_there_on_both_maps(country):
    assert Unit.objects.filter(level=1, edition="2024").count() == 63
    assert Unit.objects.filter(level=1, edition="2025").count() == 34
    assert Unit.objects.count() == 486 + 13_663
    assert Succession.objects.count() == 363 + 10_993
    assert Shape.objects.count() == 372


def test_thai_nguyen_has_92_communes_today_and_280_before(thai_nguyen):
    below = Unit.objects.filter(ancestry__ancestor="VN-19@2025", level=3)
    before = Unit.objects.filter(ancestry__ancestor__in=["VN-19@2024", "VN-06@2024"], level=3)
    assert below.filter(in_force(date(2026, 1, 1))).count() == 92
    assert before.filter(in_force(date(2025, 6, 30))).count() == 280
    assert not before.filter(in_force(date(2025, 7, 1))).exists()


def test_every_unit_is_its_own_ancestor_and_lies_under_its_parent(thai_nguyen):
    assert UnitAncestry.objects.filter(unit="VN-05467@2024", ancestor="VN-05467@2024").exists()
    child = Unit.objects.get(pk="VN-05467@2024")
    above = set(UnitAncestry.objects.filter(unit=child).values_list("ancestor_id", flat=True))
    assert above == {child.pk, child.parent_id, "VN-19@2024"}


def test_loading_again_writes_nothing(thai_nguyen):
    assert actions.load_units(SYSTEM, at=AT) == {"units": 0, "ancestry": 0, "successions": 0, "shapes": 0}
    assert AuditEntry.objects.filter(verb="load_units").count() == 2


def test_a_unit_that_was_spoilt_is_put_right_by_loading_again(thai_nguyen):
    Unit.objects.filter(pk="VN-19@2025").update(name="spoilt")
    UnitAncestry.objects.filter(unit="VN-19@2025").delete()
    assert actions.load_units(SYSTEM, at=AT) == {"units": 1, "ancestry": 1, "successions": 0, "shapes": 0}
    assert Unit.objects.get(pk="VN-19@2025").name == "Thái Nguyên"


def test_a_coordinator_may_not_load_the_map():
    with pytest.raises(NotAllowed):
        actions.load_units(Reader(account_id=1, role=Role.COORDINATOR), at=AT)


def test_a_province_is_settled_once(thai_nguyen):
    actions.settle(SYSTEM, Unit.objects.get(pk="VN-19@2025"), synthetic=True, at=AT)
    actions.settle(SYSTEM, Unit.objects.get(pk="VN-19@2025"), synthetic=True, at=AT)
    assert Home.objects.get().synthetic
    with pytest.raises(Refusal, match="Thái Nguyên"):
        actions.settle(SYSTEM, Unit.objects.get(pk="VN-01@2025"), synthetic=False, at=AT)
    assert Home.objects.get().unit_id == "VN-19@2025"


def test_a_commune_is_not_a_province(thai_nguyen):
    with pytest.raises(Refusal):
        actions.settle(SYSTEM, Unit.objects.filter(level=3).first(), synthetic=False, at=AT)
