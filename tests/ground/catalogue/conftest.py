"""The catalogue, loaded on its ground; and a commune to put venues and trainers in."""

from datetime import UTC, date, datetime

import pytest

from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.ground.catalogue.actions import load_catalogue
from chiakhoa.ground.frameworks.actions import load_frameworks
from chiakhoa.ground.territory.models import Unit, UnitAncestry

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@pytest.fixture
def ground(groups_and_bodies):
    load_frameworks(SYSTEM, at=AT)


@pytest.fixture
def catalogue(ground):
    load_catalogue(SYSTEM, at=AT)


@pytest.fixture
def facts(catalogue):
    return catalogue


@pytest.fixture
def commune(db):
    unit = Unit.objects.create(
        id="VN-05500@2025", code="05500", edition="2025", name="Tân Cương", kind="commune", kind_vi="Xã", level=3,
        search_key="tan cuong", valid_from=date(2025, 7, 1),
    )  # fmt: skip
    UnitAncestry.objects.create(unit=unit, ancestor=unit)
    return unit
