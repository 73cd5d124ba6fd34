"""Rows of the trail lose their words when somebody is erased: the chain stays whole, and nothing but that is let through."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.db import transaction

from chiakhoa.foundation import audit, chain, emptying
from chiakhoa.foundation.models import AuditEntry, Emptied
from chiakhoa.foundation.readers import Reader, Role
from tests.foundation.test_trail import behind_the_triggers

AT = datetime(2026, 11, 24, 2, 3, 4, tzinfo=UTC)
HOA = Reader(account_id=7, name="Hoa", role=Role.LEARNER, address="10.1.2.3")
SAID = {"full_name": "Nguyễn Thị Hoa", "born_on": "1985-03-19", "rows": 2.0, "seen": True, "of": {"keys": [3, "x"]}}


@pytest.fixture
def three_rows(db):
    for word in ("chè", "tem", "QR"):
        audit.record(HOA, "note", "test.note", at=AT, before={"word": word}, after=SAID)


def second():
    return AuditEntry.objects.get(number=2)


def test_words_go_and_what_is_no_word_stays(three_rows):
    assert emptying.empty_words([second()]) == 1
    row = second()
    assert row.before == {"word": ""}
    assert row.after == {"full_name": "", "born_on": "", "rows": 2, "seen": True, "of": {"keys": [3, ""]}}
    assert (row.verb, row.actor_name, row.account_id, row.salt) == ("note", "Hoa", 7, "")
    assert chain.first_break() is None


def test_who_acted_goes_by_itself_and_after_the_words(three_rows):
    emptying.empty_words([second()])
    assert emptying.empty_actors([second()]) == 1
    assert (second().actor_name, second().address, second().account_id) == ("", "", 7)
    assert chain.first_break() is None


def test_emptying_twice_changes_nothing_more(three_rows):
    emptying.empty_words([second()])
    assert emptying.empty_words([second()]) == 0
    assert Emptied.objects.count() == 1 and chain.first_break() is None


def test_the_last_row_emptied_still_meets_the_end(three_rows):
    emptying.empty_words(AuditEntry.objects.all())
    audit.record(HOA, "note", "test.note", at=AT, after=SAID)
    assert chain.first_break() is None


def test_a_row_emptied_behind_the_program_is_named(three_rows):
    """The twin: without a voucher an emptied row is a row that somebody changed."""
    with behind_the_triggers():
        AuditEntry.objects.filter(number=2).update(after={}, salt="")
    assert chain.first_break().number == 2


@pytest.mark.parametrize("change", [{"verb": "x"}, {"after": {"full_name": "Ai"}}, {"actor_name": "Ai"}, {"seal": "0"}])
def test_what_is_left_of_an_emptied_row_cannot_be_changed_either(three_rows, change):
    emptying.empty_words([second()])
    with behind_the_triggers():
        AuditEntry.objects.filter(number=2).update(**change)
    assert chain.first_break().number == 2


def test_a_voucher_of_another_installation_is_worth_nothing(three_rows, settings):
    row = second()
    row.before, row.after, row.salt = {"word": ""}, {}, ""
    honest, settings.SECRET_KEY = settings.SECRET_KEY, "guessed"
    Emptied.objects.create(number=2, remains=chain.remains_of(row))
    settings.SECRET_KEY = honest
    row.save()
    assert chain.first_break().number == 2


def test_the_database_lets_nobody_empty_without_a_voucher(three_rows):
    row = second()
    row.after, row.salt = {}, ""
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        row.save()


@pytest.mark.parametrize("change", [{"verb": "x"}, {"account_id": 8}, {"number": 9}, {"seal": "0"}, {"salt": "f" * 16}])
def test_with_a_voucher_the_database_lets_go_words_alone(three_rows, change):
    emptying.empty_words([second()])
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(number=2).update(**change)
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(number=2).delete()


def test_vouchers_are_only_added(three_rows):
    emptying.empty_words([second()])
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Emptied.objects.update(remains="0")
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Emptied.objects.all().delete()


def test_who_guesses_the_name_and_has_the_secret_cannot_try_it_on_the_seal(three_rows):
    before, whole = AuditEntry.objects.get(number=1).seal, second()
    emptying.empty_words([second()])
    assert chain.seal_of(before, whole) == whole.seal
    guess = AuditEntry(**{name: getattr(whole, name) for name in chain.SEALED})
    assert chain.seal_of(before, guess) != whole.seal


def test_rows_from_before_there_was_salt_verify_as_they_did(db, monkeypatch):
    monkeypatch.setattr(audit.secrets, "token_hex", lambda _length: "")
    for word in ("chè", "tem"):
        audit.record(HOA, "note", "test.note", at=AT, after={"word": word})
    before = import_module("chiakhoa.foundation.migrations.0003_trail_is_a_chain")
    first, last = AuditEntry.objects.order_by("number")
    assert last.seal == before._seal(first.seal, last)
    assert chain.first_break() is None
    emptying.empty_words([last])
    assert chain.first_break() is None


def test_emptying_many_rows_asks_the_database_no_more_than_a_few_times(db, queries_of):
    for number in range(60):
        audit.record(HOA, "note", "test.note", at=AT, after={"word": str(number)})
    assert queries_of(lambda: emptying.empty_words(AuditEntry.objects.all())) <= 12
    assert not AuditEntry.objects.exclude(after={"word": ""}).exists()
