"""A province with two communes, one with a hamlet of offices; accounts and browsers of people in each role."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from chiakhoa.foundation.readers import Role
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.registry.models import Body, BodyAncestry, Person
from chiakhoa.ground.territory.models import Home, Unit, UnitAncestry

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
PASSWORD = "chè-Tân-Cương-2026"


def unit(code, name, level, parent=None):
    row = Unit.objects.create(
        id=f"VN-{code}@2025", code=code, edition="2025", name=name, kind="commune", kind_vi="Xã", level=level,
        parent=parent, valid_from=date(2025, 7, 1), search_key=name.lower(),
    )  # fmt: skip
    for above in filter(None, (row, parent)):
        UnitAncestry.objects.create(unit=row, ancestor=above)
    return row


class Place:
    """The province, its people and accounts."""

    def __init__(self):
        self.province = unit("19", "Thái Nguyên", 1)
        self.tan_cuong = unit("05440", "Tân Cương", 3, self.province)
        self.gia_sang = unit("05467", "Gia Sàng", 3, self.province)
        Home.objects.create(unit=self.province, synthetic=False)
        self.school = Body.objects.create(
            id="body-a", kind="school", name_vi="Trường A", search_key="truong a", unit=self.tan_cuong
        )
        BodyAncestry.objects.create(body=self.school, ancestor=self.school)
        self.hoa = self.person("Nguyễn Thị Hoa", self.tan_cuong)
        self.minh = self.person("Trần Văn Minh", self.gia_sang)

    def person(self, name, place, **more):
        return Person.objects.create(full_name=name, search_key=name.lower(), unit=place, registered_at=AT, **more)

    def account(self, login, role=None, place=None, *, person=None, since=date(2025, 7, 1)):
        account = Account.objects.create_account(login, PASSWORD, full_name=login.title(), person=person)
        if role:
            over = {"body": place} if isinstance(place, Body) else {"unit": place or self.province}
            RoleAssignment.objects.create(account=account, role=role, valid_from=since, **over)
        return account

    def reader(self, account):
        return queries.reader_of(account.assignments.order_by("id").first(), address="10.0.0.1")

    def browse(self, account=None, address="10.0.0.1"):
        client = Client(REMOTE_ADDR=address)
        if account:
            client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client


@pytest.fixture
def place(db):
    return Place()


@pytest.fixture
def huy(place):
    """The administrator of the province."""
    return place.account("huy", Role.ADMINISTRATOR)


@pytest.fixture
def son(place):
    """The auditor of the province."""
    return place.account("son", Role.AUDITOR)
