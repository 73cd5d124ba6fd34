"""Tests of the whole house stand in a little synthetic province; what each test file does to it is rolled back after it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from chiakhoa.demo import province
from chiakhoa.foundation import bulk, clock
from chiakhoa.foundation.api import Scope
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.access import queries as access
from chiakhoa.ground.access.actions import make_token
from chiakhoa.ground.access.models import Account
from chiakhoa.ground.access.tokens import ApiToken, digest_of, new_key
from chiakhoa.ground.territory.models import Home
from chiakhoa.site import serving
from tests.site.installation import Installation, prepared

PEOPLE = 600
DAY = timedelta(days=1)


class Standing:
    """The little province in the database of the tests, from the first file that stands in it to the next that does not."""

    def __init__(self) -> None:
        self._atom: Any = None
        self._blocker: Any = None

    def begin(self, blocker: Any) -> None:
        """Make it, if it does not stand yet: all facts, some hundreds of synthetic people, a year of the loop behind them."""
        if self._atom:
            return
        self._atom, self._blocker = atom(), blocker
        self._atom.__enter__()
        try:
            serving.load_facts()
            province.make(people=PEOPLE, seed=1, on=date(2026, 11, 24))
            # Deferred checks are made once here; else each test's savepoint would make them all again.
            connection.check_constraints()
            bulk.analyze()
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Roll it back."""
        if self._atom:
            with self._blocker.unblock():
                transaction.set_rollback(True)
                self._atom.__exit__(None, None, None)
            self._atom = None


def atom() -> transaction.Atomic:
    """A transaction in which actions may run: they are durable, and refuse to run inside another one unless it is a test's."""
    made = transaction.atomic()
    made._from_testcase = True
    return made


standing = Standing()
in_the_house: set[Path] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what takes longest; then, side by side, the files that stand in the little province, so that it is made once."""
    in_the_house.update(item.path for item in items if "little_province" in getattr(item, "fixturenames", ()))
    items.sort(
        key=lambda item: 1 if item.path in in_the_house else 0 if item.path.parent == Path(__file__).parent else 2
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """The little province goes before a file that does not stand in it."""
    try:
        return (yield)
    finally:
        if nextitem is None or nextitem.path not in in_the_house:
            standing.end()


@pytest.fixture(scope="module")
def little_province(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The little province; what a file does to it is rolled back after the file."""
    with django_db_blocker.unblock():
        standing.begin(django_db_blocker)
        with atom():
            yield
            transaction.set_rollback(True)


@pytest.fixture(scope="session")
def installed(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Callable[[Path], object]
) -> Iterator[Installation]:
    """An installation with the little province in it, at rest. Tests work on copies, or only read it."""
    folder = tmp_path_factory.mktemp("installed")
    empty_database(folder)
    made = prepared(folder)
    yield made
    made.end()


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

    def key(self, role: Role, *scopes: Scope) -> str:
        """A fresh key of the role's member of the cast, with the scopes, or with all of them."""
        at = clock.now()
        assignment = self.account(role).assignments.get()
        administrator = replace(self.reader(Role.ADMINISTRATOR), unit_id=Home.objects.get().unit_id)
        row = ApiToken(assignment=assignment, name="test", scopes=[str(scope) for scope in scopes or Scope])
        if assignment.unit_id:
            return make_token(administrator, assignment, row.name, scopes or tuple(Scope), expires_at=at + DAY, at=at)
        # A role over a body in no province lies in no administrator's reach: its key is laid down by hand.
        key = new_key()
        row.digest, row.hint, row.created_at, row.expires_at = digest_of(key), key[:7], at, at + DAY
        row.save()
        return key

    def program(self, role: Role | None, *scopes: Scope) -> Client:
        """A program that calls with a key of the role, and with no cookie; without a role it has no key."""
        headers = {"Authorization": f"Bearer {self.key(role, *scopes)}"} if role else {}
        return Client(REMOTE_ADDR="127.0.0.1", headers=headers)
