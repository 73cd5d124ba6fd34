"""What all tests share: compiled catalogues, and a way to see that queries do not grow with rows."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from chiakhoa.foundation import jobs
from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.site import messages


def pytest_configure(config: pytest.Config) -> None:
    """Catalogues are compiled before Django reads them, once: by the process that starts the others."""
    if not hasattr(config, "workerinput"):
        messages.compile_all()


@pytest.fixture(scope="session", autouse=True)
def plain_static_files() -> Iterator[None]:
    """Static files keep their own names in tests: the manifest of hashed names is made when the program starts."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield


@pytest.fixture(autouse=True)
def one_connection_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker closes connections that grew old between jobs; a test's transaction lives in its connection."""
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)


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
