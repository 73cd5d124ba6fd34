"""The ledger is kept by the database itself: nothing in it is changed or taken away, except whose it was."""

import pytest
from django.db import DatabaseError, transaction

from chiakhoa.measure.evidence import actions
from chiakhoa.measure.evidence.models import Evidence


@pytest.fixture
def row(province, at):
    return actions.rate(province.manager, province.hoa, {0: 2}, at=at)


def refused(write):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        write()
    return True


def test_what_was_observed_is_not_changed(row):
    assert refused(lambda: Evidence.objects.filter(pk=row.pk).update(content={}))


def test_nothing_is_taken_away(row):
    assert refused(lambda: Evidence.objects.filter(pk=row.pk).delete())


def test_it_is_not_given_to_somebody_else(row, province):
    assert refused(lambda: Evidence.objects.filter(pk=row.pk).update(person=province.minh))


def test_whose_it_was_may_be_forgotten(row):
    Evidence.objects.filter(pk=row.pk).update(person=None)
    assert Evidence.objects.get(pk=row.pk).person_id is None
