"""The map of Thái Nguyên alone, which loads in a moment; and the whole country."""

from datetime import UTC, datetime

import pytest

from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.ground.territory import actions
from chiakhoa.ground.territory.actions import loading
from chiakhoa.ground.territory.models import Unit

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.fixture
def thai_nguyen(db, monkeypatch):
    """Both maps of the two old provinces and the new one."""
    monkeypatch.setattr(loading, "UNIT_FILES", loading.UNIT_FILES[:1])
    monkeypatch.setattr(loading, "SUCCESSION_FILES", loading.SUCCESSION_FILES[:1])
    actions.load_units(SYSTEM, at=AT)
    return Unit.objects.get(pk="VN-19@2025")


@pytest.fixture
def country(db):
    """The whole country on both maps."""
    actions.load_units(SYSTEM, at=AT)
