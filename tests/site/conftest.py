"""Tests of the whole house stand in a little synthetic province, made once for each test file and rolled back after it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from chiakhoa.demo import province
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.access import queries as access
from chiakhoa.ground.access.models import Account
from chiakhoa.site import serving

PEOPLE = 600


@pytest.fixture(scope="module")
def little_province(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """All facts, and some hundreds of synthetic people with a year of the loop behind them."""
    with django_db_blocker.unblock():
        atom = transaction.atomic()
        # Actions are durable: they refuse to run inside another transaction, unless it is a test's.
        atom._from_testcase = True  # type: ignore[attr-defined]
        with atom:
            serving.load_facts()
            province.make(people=PEOPLE, seed=1, on=date(2026, 11, 24))
            # Deferred checks are made once here; else each test's savepoint would make them all again.
            connection.check_constraints()
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            yield
            transaction.set_rollback(True)


@pytest.fixture
def house(little_province: None, db: None) -> "House":
    """The little province with its cast."""
    return House()


class House:
    """The cast of the province by role: readers, and browsers signed in as them."""

    def reader(self, role: Role) -> Reader:
        """The member of the cast in that role, as a reader."""
        account = self.account(role)
        return access.reader_of(account.assignments.get())

    def account(self, role: Role) -> Account:
        """The account of the cast in that role."""
        return access.demonstration_accounts().get(assignments__role=role)

    def browse(self, role: Role | None) -> Client:
        """A browser signed in as the role; without one a visitor on this machine."""
        client = Client(REMOTE_ADDR="127.0.0.1", raise_request_exception=True)
        if role:
            client.force_login(self.account(role))
        return client
