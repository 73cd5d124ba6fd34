"""One seat and a crowd, on a real database with real connections; and what happens where the guard is taken away."""

import json
import subprocess
import sys
from collections import Counter
from functools import partial

import pytest
from django.db import connection

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.train.delivery import actions, seats
from chiakhoa.train.delivery.models import Enrolment, TrainingClass
from tests.train.delivery import crowd

CROWD = 20
PATIENCE = 600
COORDINATOR = Reader(1, "Hà", Role.COORDINATOR, "VN-19@2025")


@pytest.fixture
def one_seat(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite other processes play this below")
    return crowd.prepare(CROWD)


@pytest.fixture
def without_lock(monkeypatch):
    """Seats are counted without holding the class; two count before either sits."""
    monkeypatch.setattr(seats, "locked", lambda pk: TrainingClass.objects.get(pk=pk))
    monkeypatch.setattr(seats, "seat_or_queue", seats.seat_or_queue)
    crowd.let_two_count_before_either_sits()


@pytest.fixture
def without_constraint():
    """The database no longer refuses one seat twice."""
    seat_once = next(c for c in Enrolment._meta.constraints if c.name == "enrolment_seat_taken_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Enrolment, seat_once)
    yield
    Enrolment.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Enrolment, seat_once)


@pytest.mark.postgres
def test_of_twenty_at_once_exactly_one_gets_the_seat_and_the_others_wait(one_seat):
    training_class, people = one_seat
    assert crowd.all_enrol(training_class, people) == {"enrolled": 1, "waiting": CROWD - 1}
    assert crowd.sold(training_class) == 1


@pytest.mark.postgres
def test_without_the_lock_the_database_still_sells_one_seat_but_somebody_meets_an_error(one_seat, without_lock):
    training_class, people = one_seat
    assert crowd.all_enrol(training_class, people[:2]) == {"enrolled": 1, "IntegrityError": 1}
    assert crowd.sold(training_class) == 1


@pytest.mark.postgres
def test_without_lock_and_constraint_one_seat_is_sold_twice(one_seat, without_constraint, without_lock):
    training_class, people = one_seat
    assert crowd.all_enrol(training_class, people[:2]) == {"enrolled": 2}
    assert crowd.sold(training_class) == 2


@pytest.mark.postgres
def test_of_two_who_finish_and_call_off_at_once_the_second_is_refused(one_seat):
    training_class, _people = one_seat
    TrainingClass.objects.update(state="running")
    assert crowd.rush([partial(step, training_class) for step in (finish, call_off)])["refused"] == 1


@pytest.mark.postgres
def test_a_seat_given_back_by_two_presses_at_once_moves_one_person_up(one_seat):
    training_class, people = one_seat
    for person in people[:4]:
        actions.enrol(COORDINATOR, training_class, person, at=crowd.AT)
    seated = Enrolment.objects.get(state="enrolled").pk
    crowd.rush([lambda: leave(seated)] * 2)
    assert Counter(Enrolment.objects.values_list("state", flat=True)) == {"left": 1, "enrolled": 1, "waiting": 2}


def finish(training_class):
    return refused_or(lambda: actions.finish_class(COORDINATOR, training_class, at=crowd.AT))


def call_off(training_class):
    return refused_or(lambda: actions.cancel_class(COORDINATOR, training_class, at=crowd.AT))


def leave(enrolment):
    return refused_or(lambda: actions.leave(COORDINATOR, enrolment, at=crowd.AT))


def refused_or(call):
    try:
        call()
    except Refusal:
        return "refused"
    return "done"


SCRIPT = """
import json
from django.conf import settings
settings.DATABASES["default"]["OPTIONS"].update({options})
import django; django.setup()
from tests.train.delivery import crowd
training_class, people = crowd.prepare({people})
{before}
print(json.dumps([crowd.all_enrol(training_class, people), crowd.sold(training_class)]))
"""


@pytest.fixture
def on_sqlite(tmp_path, pytestconfig, monkeypatch, empty_database):
    """Plays the crowd in another process on a database file of its own; what each heard, and seats sold."""
    if connection.vendor != "sqlite":
        pytest.skip("the run on SQLite plays this")
    empty_database(tmp_path)
    monkeypatch.setenv("CHIAKHOA_DATA", str(tmp_path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "chiakhoa.site.settings")

    def play(people, options="{}", before=""):
        script = SCRIPT.format(options=options, people=people, before=before)
        played = subprocess.run(
            [sys.executable, "-c", script], cwd=pytestconfig.rootpath, capture_output=True, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
        assert played.returncode == 0, played.stderr
        return json.loads(played.stdout)

    return play


def test_on_sqlite_too_exactly_one_of_twenty_gets_the_seat(on_sqlite):
    assert on_sqlite(CROWD) == [{"enrolled": 1, "waiting": CROWD - 1}, 1]


def test_on_sqlite_without_immediate_transactions_somebody_meets_an_error(on_sqlite):
    heard, sold = on_sqlite(2, '{"transaction_mode": "DEFERRED"}', "crowd.let_two_count_before_either_sits()")
    assert heard == {"enrolled": 1, "OperationalError": 1}
    assert sold == 1
