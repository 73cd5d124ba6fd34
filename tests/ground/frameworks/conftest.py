"""The frameworks, loaded."""

from datetime import UTC, datetime

import pytest

from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.ground.frameworks.actions import load_frameworks

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@pytest.fixture
def frameworks(groups_and_bodies):
    load_frameworks(SYSTEM, at=AT)


@pytest.fixture
def facts(frameworks):
    return frameworks
