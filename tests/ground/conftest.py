"""What the tests of frameworks, catalogue and mandates share: the files loaded step by step, and a cast with browsers.

Hà coordinates, Bình manages a commune, Đức runs a provider, Lan teaches, Anh assesses, Hoa learns, Linh employs, Sơn
audits, Huy administers. A step's own conftest gives `facts`: what is loaded before the cast opens its pages.
"""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.catalogue.actions import load_catalogue
from chiakhoa.ground.frameworks.actions import load_frameworks
from chiakhoa.ground.registry.models import Audience, Body
from chiakhoa.ground.territory.models import Home, Unit, UnitAncestry

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
ROLES = {
    "ha": Role.COORDINATOR,
    "binh": Role.UNIT_MANAGER,
    "duc": Role.PROVIDER_MANAGER,
    "lan": Role.TRAINER,
    "anh": Role.ASSESSOR,
    "hoa": Role.LEARNER,
    "linh": Role.EMPLOYER,
    "son": Role.AUDITOR,
    "huy": Role.ADMINISTRATOR,
}


@pytest.fixture
def groups_and_bodies(db):
    programme = load_yaml("programme/programme.yaml")
    profiles = load_yaml("frameworks/profiles.yaml")["profiles"]
    Audience.objects.bulk_create(
        Audience(code=row["id"], name_vi=row["name_vi"], name_en=row["name_en"], is_profile=row in profiles, order=i)
        for i, row in enumerate([*profiles, *programme["audiences"]])
    )
    Body.objects.bulk_create(
        Body(id=row["id"], kind=row["kind"], name_vi=row["name_vi"], search_key=fold(row["name_vi"]))
        for row in programme["bodies"]
    )


@pytest.fixture
def frameworks(groups_and_bodies):
    load_frameworks(SYSTEM, at=AT)


@pytest.fixture
def catalogue(frameworks):
    load_catalogue(SYSTEM, at=AT)


class Cast:
    """Somebody in each role, over the home province."""

    def __init__(self, place):
        self.accounts = {name: self._account(name, role, place) for name, role in ROLES.items()}

    def _account(self, name, role, place):
        account = Account.objects.create_account(name, None, full_name=name.title())
        RoleAssignment.objects.create(account=account, role=role, unit=place)
        return account

    def browse(self, name):
        """A browser signed in as the one named; a visitor's without a name."""
        client = Client(REMOTE_ADDR="127.0.0.1")
        if name:
            client.force_login(self.accounts[name])
        return client


@pytest.fixture
def cast(facts):
    place = Unit.objects.create(
        id="VN-19@2025", code="19", edition="2025", name="Thái Nguyên", kind="province", kind_vi="Tỉnh", level=1,
        search_key="thai nguyen", valid_from=date(2025, 7, 1),
    )  # fmt: skip
    UnitAncestry.objects.create(unit=place, ancestor=place)
    Home.objects.create(unit=place, synthetic=True)
    return Cast(place)
