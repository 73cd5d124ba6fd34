"""Audiences, bodies and frameworks as the catalogue needs them, and the loaded catalogue."""

from datetime import UTC, date, datetime

import pytest

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.text import fold
from chiakhoa.ground.catalogue.actions import load_catalogue
from chiakhoa.ground.frameworks.actions import load_frameworks
from chiakhoa.ground.registry.models import Audience, Body
from chiakhoa.ground.territory.models import Unit, UnitAncestry

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@pytest.fixture
def ground(db):
    programme = load_yaml("programme/programme.yaml")
    profiles = load_yaml("frameworks/profiles.yaml")["profiles"]
    Audience.objects.bulk_create(
        (
            Audience(code=row["id"], name_vi=row["name_vi"], name_en=row["name_en"], is_profile=row in profiles)
            for row in [*profiles, *programme["audiences"]]
        ),
        ignore_conflicts=True,
    )
    Body.objects.bulk_create(
        (
            Body(id=row["id"], kind=row["kind"], name_vi=row["name_vi"], search_key=fold(row["name_vi"]))
            for row in programme["bodies"]
        ),
        ignore_conflicts=True,
    )
    load_frameworks(SYSTEM, at=AT)


@pytest.fixture
def catalogue(ground):
    load_catalogue(SYSTEM, at=AT)


@pytest.fixture
def commune(db):
    unit = Unit.objects.create(
        id="VN-T0001@test",
        code="T0001",
        edition="test",
        name="Tân Cương",
        kind="commune",
        kind_vi="Xã",
        level=3,
        search_key="tan cuong",
        valid_from=date(2025, 7, 1),
    )
    UnitAncestry.objects.create(unit=unit, ancestor=unit)
    return unit
