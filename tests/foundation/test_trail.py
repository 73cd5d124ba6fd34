"""The trail: what an action writes is bound into a chain, and whoever changes a row behind the program is found out."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from chiakhoa.foundation import audit, chain
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.models import AuditEntry, TrailHead
from chiakhoa.foundation.readers import SYSTEM, Reader, Role

AT = datetime(2026, 11, 24, 2, 3, 4, 567890, tzinfo=UTC)
BINH = Reader(account_id=7, name="Bình", role=Role.UNIT_MANAGER, address="10.1.2.3")


@action(Role.UNIT_MANAGER)
def note(actor: Reader, words: list[str], *, at: datetime) -> None:
    """Write one row a word."""
    for word in words:
        audit.record(actor, "note", "test.note", at=at, before={"share": 2.0}, after={"word": word})


@contextmanager
def behind_the_triggers():
    """What somebody with the database's own password can do: take the triggers away, write, put them back."""
    names = {
        "sqlite": ["foundation_auditentry_no_update", "foundation_auditentry_no_delete"],
        "postgresql": ["foundation_auditentry_no_change"],
    }[connection.vendor]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            kept = [
                cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [name]).fetchone()[0] for name in names
            ]
            for name in names:
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("ALTER TABLE foundation_auditentry DISABLE TRIGGER USER")
        yield
        if connection.vendor == "sqlite":
            for statement in kept:
                cursor.execute(statement)
        else:
            cursor.execute("ALTER TABLE foundation_auditentry ENABLE TRIGGER USER")


@pytest.fixture
def five_rows(db):
    note(BINH, ["chè", "tem", "QR"], at=AT)
    note(BINH, ["bốn", "năm"], at=AT)


def test_the_rows_of_actions_form_one_chain(five_rows):
    assert list(AuditEntry.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert TrailHead.objects.get().length == 5
    assert chain.first_break() is None


def test_an_empty_trail_is_whole(db):
    assert chain.first_break() is None


@pytest.mark.parametrize("change", [{"actor_name": "Ai đó"}, {"after": {"word": "khác"}}, {"address": "10.9.9.9"}])
def test_a_row_changed_behind_the_triggers_is_named(five_rows, change):
    with behind_the_triggers():
        AuditEntry.objects.filter(number=3).update(**change)
    assert chain.first_break().number == 3


def test_without_the_seals_nobody_would_notice(five_rows, monkeypatch):
    """The twin: with a seal that does not cover the content the changed row passes."""
    monkeypatch.setattr(chain, "seal_of", lambda _previous, entry: entry.seal)
    with behind_the_triggers():
        AuditEntry.objects.filter(number=3).update(actor_name="Ai đó")
    assert chain.first_break() is None


def test_a_row_taken_out_is_named(five_rows):
    with behind_the_triggers():
        AuditEntry.objects.filter(number=2).delete()
    assert (chain.first_break().number, TrailHead.objects.get().length) == (2, 5)


def test_rows_cut_off_at_the_end_are_named(five_rows):
    with behind_the_triggers():
        AuditEntry.objects.filter(number__gte=4).delete()
    assert chain.first_break().number == 4


def test_shortening_the_mark_of_the_end_as_well_is_noticed(five_rows):
    with behind_the_triggers():
        AuditEntry.objects.filter(number__gte=4).delete()
    third = AuditEntry.objects.get(number=3)
    TrailHead.objects.update(length=3, seal=third.seal)
    assert chain.first_break() is not None


def test_a_forged_row_needs_the_secret(five_rows, settings):
    """Somebody who knows the whole program, but not this installation's secret, adds a row and moves the end."""
    last = AuditEntry.objects.get(number=5)
    forged = AuditEntry(number=6, at=AT, actor_name="Bình", verb="note", thing_kind="test.note")
    honest = settings.SECRET_KEY
    settings.SECRET_KEY = "guessed"
    forged.seal = chain.seal_of(last.seal, forged)
    proof = chain.proof_of(6, forged.seal)
    settings.SECRET_KEY = honest
    forged.save()
    TrailHead.objects.update(length=6, seal=forged.seal, proof=proof)
    assert chain.first_break().number == 6


def test_the_database_refuses_to_change_a_row(five_rows):
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(number=1).update(verb="x")


def test_a_refused_action_leaves_no_row_and_no_gap(db):
    with pytest.raises(RuntimeError), transaction.atomic():
        _fails_after_noting(BINH, at=AT)
    note(BINH, ["sau"], at=AT)
    assert [entry.number for entry in AuditEntry.objects.all()] == [1]
    assert chain.first_break() is None


@action(Role.UNIT_MANAGER)
def _fails_after_noting(actor, *, at):
    audit.record(actor, "note", "test.note", at=at)
    raise RuntimeError


def test_a_row_outside_an_action_is_bound_too(db):
    audit.record(SYSTEM, "note", "test.note", at=AT)
    assert chain.first_break() is None and AuditEntry.objects.get().seal


WRITERS, EACH = 4, 25


def _write_at_once() -> list[Exception]:
    failed: list[Exception] = []
    start = threading.Barrier(WRITERS)

    def write() -> None:
        try:
            start.wait()
            for i in range(EACH):
                note(BINH, [str(i), "và"], at=AT)
        except IntegrityError as fault:
            failed.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_writers_at_once_make_one_chain():
    assert _write_at_once() == []
    assert TrailHead.objects.get().length == 2 * WRITERS * EACH
    assert chain.first_break() is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_writers_at_once_collide(monkeypatch):
    """The twin: the end read without a lock is the same for two writers, and one of them is thrown out."""
    TrailHead.objects.get_or_create()
    monkeypatch.setattr(audit, "_locked_head", lambda: TrailHead.objects.get())
    assert _write_at_once()
