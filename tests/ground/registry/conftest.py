"""A settled province of four communes, with audiences and bodies; readers who see all of it, some of it, none of it."""

from datetime import UTC, date, datetime

import pytest

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.ground.registry import actions
from chiakhoa.ground.territory.models import Home, Succession, Unit, UnitAncestry

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
REFORM = date(2025, 7, 1)
KINDS = {"Tỉnh": "province", "Xã": "commune", "Phường": "ward"}


def _unit(code, name, level, parent=None, *, edition="2025", valid_from=REFORM, valid_to=None, kind_vi="Xã"):
    unit = Unit.objects.create(
        id=f"VN-{code}@{edition}", code=code, edition=edition, name=name, kind=KINDS[kind_vi], kind_vi=kind_vi,
        level=level, parent=parent, valid_from=valid_from, valid_to=valid_to, search_key=name.lower(),
    )  # fmt: skip
    UnitAncestry.objects.create(unit=unit, ancestor=unit)
    if parent:
        UnitAncestry.objects.create(unit=unit, ancestor=parent)
    return unit


@pytest.fixture
def province(db):
    place = _unit("19", "Thái Nguyên", 1, kind_vi="Tỉnh")
    Home.objects.create(unit=place, synthetic=True)
    _unit("05440", "Tân Cương", 3, place)
    _unit("05467", "Gia Sàng", 3, place, kind_vi="Phường")
    _unit("05482", "Tích Lương", 3, place, kind_vi="Phường")
    old = _unit("05467", "Cam Giá", 3, edition="2024", valid_from=None, valid_to=REFORM, kind_vi="Phường")
    for code, share in (("05467", "0.79"), ("05482", "0.21")):
        Succession.objects.create(old=old, new_id=f"VN-{code}@2025", date=REFORM, share=share, basis="estimated")
    return place


@pytest.fixture
def registry(province):
    actions.load_audiences(SYSTEM, at=AT)
    actions.load_bodies(SYSTEM, at=AT)
    return province


def over(unit, role=Role.COORDINATOR, **more):
    """A reader in a role over a unit."""
    return Reader(account_id=1, name="Bình", role=role, unit_id=unit, **more)
