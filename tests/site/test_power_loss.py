"""The power goes: no answer that was taken is lost, at whichever write it goes, and nothing is there by half."""

import os
import pickle
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from chiakhoa.site import storage
from tests.site.installation import Installation
from tests.site.power import Cut, cuts, lay_out

only_sqlite = pytest.mark.skipif("CHIAKHOA_DATABASE" in os.environ, reason="looks at what SQLite writes")
AT_REST = """
import sqlite3
from django.conf import settings
with sqlite3.connect(settings.DATABASES["default"]["NAME"]) as database:
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
"""
# A learner sits a test. Each answer that the program took is said; the log is carried over every so often, as on a long day.
SITS = """
import pickle, sys
from tests.site.power import Recorder
recorder = Recorder()
from django.conf import settings
from django.db import connection
{other}
recorder.begin()
from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment import actions
from chiakhoa.measure.assessment.models import Answer, Purpose
with connection.cursor() as cursor:
    cursor.execute("PRAGMA wal_autocheckpoint = 60")
person = Person.objects.order_by("pk").first()
reader = Reader(1, "Hoa", Role.LEARNER, person.unit_id, person_id=person.pk)
sitting = actions.start(reader, person, Purpose.PRACTICE, at=clock.now())
recorder.events.append(("said", 0))
taken = 0
while taken < {answers} and (shown := Answer.objects.filter(sitting=sitting, score=None).select_related("item").first()):
    actions.answer(reader, sitting.pk, shown.position, shown.item.key, at=clock.now())
    taken += 1
    recorder.events.append(("said", taken))
with open({file!r}, "wb") as out:
    pickle.dump((str(sitting.pk), recorder.events), out)
connection.close()  # while the recorder is there: SQLite writes once more
"""
ANSWERS = 3
NORMAL = """
first = settings.DATABASES["default"]["OPTIONS"]["init_command"]
settings.DATABASES["default"]["OPTIONS"]["init_command"] = first.replace("synchronous=FULL", "synchronous=NORMAL")
"""


@pytest.fixture(scope="module")
def at_rest(installed: Installation) -> Installation:
    """Its log is carried over: all of it stands in one file."""
    assert installed.script(AT_REST).returncode == 0
    return installed


def played(at_rest: Installation, folder: Path, root: Path, other: str = "") -> tuple[str, Iterator[Cut]]:
    """A sitting on a copy; its key, and every state in which a cut may leave it."""
    house = Installation(folder / "data", at_rest)
    house.environment["PYTHONPATH"] += f":{root}"
    file = folder / "events"
    done = house.script(SITS.format(other=other, answers=ANSWERS, file=str(file)))
    assert done.returncode == 0, done.stderr
    sitting, events = pickle.loads(file.read_bytes())
    main = (at_rest.folder / "chiakhoa.sqlite3").read_bytes()
    return sitting.replace("-", ""), cuts(events, main)


def found(cut: Cut, sitting: str, folder: Path, *, every_page: bool) -> tuple[int, bool]:
    """How many answers are there after the cut, and whether all is whole: rows against each other, and where asked every page."""
    with closing(sqlite3.connect(lay_out(cut, folder))) as database:
        ((answers,),) = database.execute(
            "SELECT count(*) FROM assessment_answer WHERE sitting_id = ? AND score IS NOT NULL", [sitting]
        )
        ((recorded,),) = database.execute(
            "SELECT count(*) FROM foundation_auditentry WHERE verb = 'answer' AND thing_key = ?", [_dashed(sitting)]
        )
        ((rows, length),) = database.execute(
            "SELECT (SELECT count(*) FROM foundation_auditentry), (SELECT length FROM foundation_trailhead)"
        )
        ((verdict,),) = database.execute("PRAGMA quick_check(1)") if every_page else [("ok",)]
    return answers, answers == recorded and rows == length and verdict == "ok"


def _dashed(key: str) -> str:
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


@only_sqlite
def test_no_answer_that_was_taken_is_lost_at_whichever_write_the_power_goes(at_rest, tmp_path, pytestconfig):
    sitting, states = played(at_rest, tmp_path, pytestconfig.rootpath)
    number = last = 0
    for number, cut in enumerate(states, 1):
        answers, whole = found(cut, sitting, tmp_path, every_page=number % 8 == 0)
        assert whole, f"{cut.how}: something is there by half"
        assert answers >= cut.said, f"{cut.how}: {cut.said} answers were taken, {answers} are there"
        last = max(last, cut.said)
    assert number > 200 and last == ANSWERS


@only_sqlite
def test_with_the_log_synced_now_and_then_answers_are_lost(at_rest, tmp_path, pytestconfig):
    """The twin: synchronous=NORMAL, as many programs run SQLite with a log. Nothing is half, but what was taken is gone."""
    sitting, states = played(at_rest, tmp_path, pytestconfig.rootpath, NORMAL)
    lost = 0
    for cut in (one for one in states if one.how.endswith("nothing unsynced")):
        answers, whole = found(cut, sitting, tmp_path, every_page=True)
        assert whole
        lost += max(0, cut.said - answers)
    assert lost > 0


@pytest.mark.django_db
def test_the_database_is_asked_for_what_is_saved_to_be_on_the_disk():
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone() == (storage.FULL,)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)


@pytest.mark.django_db(transaction=True)
def test_check_says_it_where_it_is_not_asked(transactional_db):
    how = {"sqlite": ("PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL", "synchronous")}.get(
        connection.vendor, ("SET synchronous_commit = off", "SET synchronous_commit = on", "synchronous_commit")
    )
    with connection.cursor() as cursor:
        cursor.execute(how[0])
    seen = storage._durability()
    with connection.cursor() as cursor:
        cursor.execute(how[1])
    assert not seen.good and how[2] in seen.says
