"""An action is done by those who may, wholly or not at all, and never without a row in the trail."""

import pytest
from django.db import DatabaseError, transaction

from chiakhoa.foundation import audit, clock
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.models import AuditEntry, Job
from chiakhoa.foundation.readers import SYSTEM, VISITOR, Reader, Role
from chiakhoa.foundation.refusals import NotAllowed

pytestmark = pytest.mark.django_db
COORDINATOR = Reader(role=Role.COORDINATOR)


def a_job():
    return Job.objects.create(task="t", label="l", arguments={}, reader={}, created_at=clock.now())


@action(Role.COORDINATOR)
def done_well(actor):
    """Writes and says so."""
    row = a_job()
    audit.record(actor, "make", row, at=clock.now())
    return row


@action(Role.COORDINATOR)
def kept_quiet(actor):
    """Writes and does not say so."""
    a_job()


@action(Role.COORDINATOR)
def broken_off(actor):
    """Fails after it has written."""
    audit.record(actor, "make", a_job(), at=clock.now())
    raise ValueError("the power went")


def test_what_is_done_stands_in_the_trail_with_who_did_it():
    row = done_well(COORDINATOR)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.role, entry.thing_key) == (Role.COORDINATOR, str(row.pk))


def test_an_action_without_a_row_in_the_trail_leaves_nothing():
    with pytest.raises(RuntimeError, match="kept_quiet wrote no audit row"):
        kept_quiet(COORDINATOR)
    assert not Job.objects.exists()


def test_an_action_broken_off_leaves_neither_the_row_nor_the_trail():
    with pytest.raises(ValueError, match="the power went"):
        broken_off(COORDINATOR)
    assert not Job.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("actor", [VISITOR, Reader(role=Role.LEARNER), Reader(), Reader(role=None)])
def test_another_role_is_refused_in_words(actor):
    with pytest.raises(NotAllowed):
        done_well(actor)
    assert not Job.objects.exists()


def test_the_program_itself_may_but_nobody_who_merely_looks_like_it():
    done_well(SYSTEM)
    with pytest.raises(NotAllowed):
        done_well(Reader(**{**SYSTEM.__dict__}))


@pytest.mark.parametrize("write", ["update", "delete"])
def test_the_database_refuses_to_change_the_trail(write):
    done_well(COORDINATOR)
    rows = AuditEntry.objects.all()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(verb="nothing") if write == "update" else rows.delete()
