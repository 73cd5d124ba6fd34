"""What all tests share: compiled catalogues, and a way to see that queries do not grow with rows."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

from chiakhoa.foundation import jobs
from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.site import messages

# No test is about time: what a busy machine makes slow is not wrong.
hypothesis.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Catalogues are compiled before Django reads them, once: by the process that starts the others."""
    if not hasattr(config, "workerinput"):
        messages.compile_all()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Path | None:
    """The database of the tests, and on SQLite a file with all its tables and nothing in them: see `empty_database`."""
    if connection.vendor != "sqlite":
        return None
    file = tmp_path_factory.mktemp("empty") / "chiakhoa.sqlite3"
    with django_db_blocker.unblock(), closing(sqlite3.connect(file)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode = WAL")
    return file


@pytest.fixture(scope="session")
def empty_database(django_db_setup: Path | None) -> Callable[[Path], object]:
    """Lays an empty database of this version into a data folder, so that programs on it need not make one; on PostgreSQL none."""
    return lambda folder: shutil.copy(django_db_setup, folder) if django_db_setup else None


@pytest.fixture(scope="session", autouse=True)
def plain_static_files() -> Iterator[None]:
    """Static files keep their own names in tests: the manifest of hashed names is made when the program starts."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield


@pytest.fixture(autouse=True)
def one_connection_a_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker between jobs, and a server between requests, close connections; a test's transaction lives in its connection."""
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def system() -> Reader:
    """The program itself, as it acts when it loads facts."""
    return SYSTEM


@pytest.fixture
def queries_of() -> Callable[[Callable[[], object]], int]:
    """How many database queries a call makes."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count
