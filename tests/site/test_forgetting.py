"""Somebody with a certificate is forgotten: sums stay, the name is nowhere, and the paper's number tells nothing any more."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from chiakhoa.foundation import erasing
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.access import actions
from chiakhoa.ground.access.models import PrivacyRequest, RequestKind
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.evidence.models import CompetenceState, Evidence
from chiakhoa.train.credentials.models import Certificate
from tests.site.conftest import House

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def forget(house: House, person: Person) -> None:
    row = PrivacyRequest.objects.create(person=person, kind=RequestKind.ERASURE, made_at=AT, due_on=AT.date())
    actions.answer(house.reader(Role.COORDINATOR), row.pk, True, "", at=AT)


def certified() -> Certificate:
    certificate = Certificate.objects.exclude(person=None).select_related("person").first()
    assert certificate is not None
    return certificate


def test_sums_stay_and_the_name_goes(house: House) -> None:
    certificate = certified()
    person, name = certificate.person, certificate.person.full_name
    sums = [model.objects.count() for model in (Person, Evidence, CompetenceState, Certificate)]
    measured = Evidence.objects.filter(person=person).count()
    forget(house, person)
    assert [model.objects.count() for model in (Person, Evidence, CompetenceState, Certificate)] == sums
    assert Evidence.objects.filter(person=person).count() == measured
    certificate.refresh_from_db()
    assert name not in str(certificate.statement) and not bytes(certificate.token)
    page = house.browse(None).get(reverse("credentials:verify"), {"c": certificate.number}).content.decode()
    assert name not in page
    for kind in ("csv", "xlsx"):
        assert (
            house.browse(Role.COORDINATOR).get(reverse("credentials:certificates"), {"export": kind}).status_code == 200
        )


def test_without_the_certificates_eraser_the_number_would_still_tell_the_name(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the record is forgotten, the certificate is not, and its number tells whoever asks."""
    certificate = certified()
    name = certificate.person.full_name
    monkeypatch.delitem(erasing.ERASERS, "certificates")
    forget(house, certificate.person)
    page = house.browse(None).get(reverse("credentials:verify"), {"c": certificate.number}).content.decode()
    assert name in page
