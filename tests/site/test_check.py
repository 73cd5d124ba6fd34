"""`chiakhoa check` reads the whole trail and names the first broken row."""

from datetime import UTC, datetime

import pytest

from chiakhoa.foundation import audit
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.site import storage
from tests.foundation.test_trail import behind_the_triggers

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)


def trail() -> storage.Finding:
    return next(finding for finding in storage.check() if finding.what == "trail")


@pytest.mark.django_db
def test_check_names_the_first_broken_row() -> None:
    from chiakhoa.foundation.models import AuditEntry

    for verb in ("một", "hai", "ba"):
        audit.record(SYSTEM, verb, "test.note", at=AT)
    assert trail().good and "3 rows" in trail().says
    with behind_the_triggers():
        AuditEntry.objects.filter(number=2).update(verb="hai rưỡi")
    assert not trail().good and "row 2" in trail().says
