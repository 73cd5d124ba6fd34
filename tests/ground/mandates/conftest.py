"""The programme and the demonstration's orders, loaded on their ground."""

from datetime import UTC, datetime

import pytest

from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.ground.mandates.actions import load_orders, load_programme

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@pytest.fixture
def programme(catalogue):
    load_programme(SYSTEM, at=AT)


@pytest.fixture
def orders(programme):
    load_orders(SYSTEM, at=AT)


@pytest.fixture
def facts(orders):
    return orders
