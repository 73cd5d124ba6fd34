"""A finished class of five sessions: Hoa and Minh completed it, Tú did not."""

from datetime import datetime

import pytest

from chiakhoa.foundation.clock import HERE
from chiakhoa.train.credentials import actions
from chiakhoa.train.delivery.models import Enrolment

DAY = datetime(2027, 3, 5, 9, 0, tzinfo=HERE)


@pytest.fixture
def day():
    """The moment of issue: 5 March 2027, 9:00 in Việt Nam."""
    return DAY


@pytest.fixture
def finished(new_class, people):
    row = new_class("Hoa", "Minh", "Tú", state="finished")
    Enrolment.objects.filter(person__in=[people["Hoa"], people["Minh"]]).update(state="completed")
    Enrolment.objects.filter(person=people["Tú"]).update(state="not_completed")
    return row


@pytest.fixture
def certificate(finished, readers, people, day):
    """Hoa's certificate."""
    issued = actions.issue(readers.coordinator, finished.pk, at=day)
    return next(row for row in issued if row.person_id == people["Hoa"].pk)
