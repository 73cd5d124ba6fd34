"""What all tests share: compiled catalogues, and a way to see that queries do not grow with rows."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.site import messages


@pytest.fixture(scope="session", autouse=True)
def compiled_messages() -> None:
    """Catalogues are compiled once a run, so that pages speak Vietnamese in tests too."""
    messages.compile_all()


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
