"""The profile audiences of the file, without which no profile can be loaded, and the frameworks themselves."""

from datetime import UTC, datetime

import pytest

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.ground.frameworks.actions import load_frameworks
from chiakhoa.ground.registry.models import Audience

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@pytest.fixture
def audiences(db):
    rows = load_yaml("frameworks/profiles.yaml")["profiles"]
    Audience.objects.bulk_create(
        (
            Audience(code=row["id"], name_vi=row["name_vi"], name_en=row["name_en"], is_profile=True, order=i)
            for i, row in enumerate(rows)
        ),
        ignore_conflicts=True,
    )


@pytest.fixture
def frameworks(audiences):
    load_frameworks(SYSTEM, at=AT)
