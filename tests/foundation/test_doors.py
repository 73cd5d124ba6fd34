"""Ten wrong tries in a quarter of an hour shut a door, for the account and for the address; time and right tries open it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from chiakhoa.foundation import doors
from chiakhoa.foundation.models import Attempt

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def guess(times, *whose, at=AT):
    """So many wrong tries; how many were let in."""
    let_in = 0
    for _ in range(times):
        try:
            doors.knock("sign_in", *whose, at=at)
            let_in += 1
        except doors.TooManyTries:
            pass
    return let_in


def test_ten_are_let_in_and_no_more():
    assert guess(200, "account hoa", "address 10.0.0.1") == 10


def test_without_the_count_every_guess_is_let_in(monkeypatch):
    """The twin: with no limit each of two hundred guesses reaches the password."""
    monkeypatch.setattr(doors, "LIMIT", 10**9)
    assert guess(200, "account hoa", "address 10.0.0.1") == 200


def test_an_account_is_guarded_from_many_addresses_and_an_address_from_many_accounts():
    assert sum(guess(1, "account hoa", f"address 10.0.0.{i}") for i in range(30)) == 10
    assert sum(guess(1, f"account {i}", "address 10.9.9.9") for i in range(30)) == 10


def test_a_right_try_forgets_the_account_s_wrong_ones_but_not_the_address_s():
    guess(9, "account hoa", "address 10.0.0.1")
    doors.knock("sign_in", "account hoa", "address 10.0.0.1", at=AT).right()
    assert guess(5, "account hoa", "address 10.0.0.2") == 5
    assert guess(5, "account binh", "address 10.0.0.1") == 1


def test_the_refusal_says_how_long_to_wait_and_the_door_opens_then():
    guess(10, "account hoa", "address 10.0.0.1")
    with pytest.raises(doors.TooManyTries, match="11"):
        doors.knock("sign_in", "account hoa", "address 10.0.0.1", at=AT + timedelta(minutes=4))
    assert guess(20, "account hoa", "address 10.0.0.1", at=AT + timedelta(minutes=15)) == 10


def test_knocking_at_a_shut_door_does_not_keep_it_shut():
    guess(10, "account hoa")
    guess(50, "account hoa", at=AT + timedelta(minutes=14))
    assert guess(1, "account hoa", at=AT + timedelta(minutes=15)) == 1


def test_one_door_does_not_shut_another():
    guess(10, "account hoa")
    doors.knock("slip", "account hoa", at=AT)


def test_the_table_does_not_say_who_mistyped():
    guess(1, "account hoa", "address 10.0.0.1")
    assert not any("hoa" in key or "10.0" in key for key in Attempt.objects.values_list("key", flat=True))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_not_all_the_tenth():
    start, let_in = threading.Barrier(8), []

    def attack():
        start.wait()
        let_in.append(guess(20, "account hoa", "address 10.0.0.1"))
        connection.close()

    threads = [threading.Thread(target=attack) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(let_in) <= 10
