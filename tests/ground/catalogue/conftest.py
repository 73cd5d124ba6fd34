"""What is loaded before the cast opens the pages of the catalogue; and a commune to put venues and trainers in."""

from datetime import date

import pytest

from chiakhoa.ground.territory.models import Unit, UnitAncestry


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
