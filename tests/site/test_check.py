"""`chiakhoa check` reads the whole trail and names the first broken row."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chiakhoa.foundation import audit
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry.actions import store_index
from chiakhoa.ground.registry.models import Person, Touched
from chiakhoa.ground.registry.searching import snapshot
from chiakhoa.ground.territory.models import Unit
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


@pytest.mark.django_db
def test_check_says_what_the_index_of_people_tells_wrongly() -> None:
    unit = Unit.objects.create(
        id="VN-1@2025", code="1", edition="2025", name="A", kind="commune", kind_vi="Xã", level=3, search_key="a"
    )
    for name in ("Lê An", "Ngô Quyền"):
        Person.objects.create(full_name=name, search_key=fold(name), unit=unit, registered_at=AT)

    def index() -> storage.Finding:
        return next(finding for finding in storage.check() if finding.what == "index of people")

    assert index().good and "none yet" in index().says
    store_index(SYSTEM, snapshot.take(), at=AT)
    assert index().good and "2 people" in index().says
    Person.objects.update(search_key="somebody else")
    assert index().good and "2 changes since" in index().says
    Touched.objects.all().delete()
    assert not index().good and "wrong at a word" in index().says


@pytest.mark.django_db
def test_check_says_why_the_identity_provider_cannot_be_asked(settings: Any) -> None:
    def provider() -> list[storage.Finding]:
        return [finding for finding in storage.check() if finding.what == "identity provider"]

    settings.OIDC_ISSUER = ""
    assert provider() == []
    settings.OIDC_ISSUER = "https://127.0.0.1:9"
    assert not provider()[0].good and "PRIVATE_HOSTS" in provider()[0].says
