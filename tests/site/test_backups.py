"""A backup counts only once it was restored from its very file and showed what the database held; and it is asked for in time."""

import os
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client, override_settings

from chiakhoa.foundation import beats, clock
from chiakhoa.foundation.api import Scope
from chiakhoa.foundation.readers import Role
from chiakhoa.site import health
from tests.site.conftest import House
from tests.site.installation import Installation


@pytest.fixture
def installation(installed: Installation) -> Installation:
    return installed


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "elsewhere")
    yield made
    made.end()


def test_a_backup_restores_to_the_same_rows_ledger_and_trail(installation, elsewhere, tmp_path):
    file = tmp_path / "copy.tar.gz"
    made = installation.call("backup", str(file))
    assert made.returncode == 0, made.stderr
    assert "600 people" in made.stdout and "restored once and found the same" in made.stdout
    assert file.stat().st_mode & 0o077 == 0
    restored = elsewhere.call("restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert elsewhere.contents() == installation.contents()
    assert elsewhere.contents().rows["evidence_evidence"] > 0 and len(elsewhere.contents().ledger) == 64
    assert (elsewhere.folder / "secret").read_bytes() == (installation.folder / "secret").read_bytes()
    assert elsewhere.faults() == []


WORK = """
import threading, subprocess, sys, os
from chiakhoa.foundation import audit, clock
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.site import backups
from pathlib import Path
stop = threading.Event()
def work():
    while not stop.is_set():
        audit.record(SYSTEM, "works", "test.note", at=clock.now())
    from django.db import connection
    connection.close()
at_work = threading.Thread(target=work)
at_work.start()
print(backups.backup(Path({file!r})))
stop.set()
at_work.join()
"""


def test_a_backup_of_a_database_at_work_is_of_one_moment(installation, elsewhere, tmp_path):
    house = Installation(tmp_path / "data", installation)
    file = tmp_path / "copy.tar.gz"
    made = house.script(WORK.format(file=str(file)))
    assert made.returncode == 0, made.stderr
    assert elsewhere.call("restore", str(file)).returncode == 0
    kept, held = elsewhere.contents(), installation.contents()
    assert held.trail[0] <= kept.trail[0] == kept.rows["foundation_auditentry"] <= house.contents().trail[0]
    house.end()


# Something goes wrong between what was read and what stands in the file.
SPOILED = """
import sqlite3
from contextlib import closing
from pathlib import Path
from chiakhoa.site import backups
real = backups._pack
def spoils(partial, copy, held):
    with closing(sqlite3.connect(copy, isolation_level=None)) as database:
        {spoil}
    real(partial, copy, held)
backups._pack = spoils
{guard}
print(backups.backup(Path({file!r})))
"""
CHANGED = "DROP TRIGGER evidence_no_update; UPDATE evidence_evidence SET recorded_at = 0"
MISSING = "DELETE FROM assessment_answer WHERE id = (SELECT max(id) FROM assessment_answer)"
STRAY = "DELETE FROM registry_person WHERE id = (SELECT max(id) FROM registry_person)"
TORN = "database.execute('PRAGMA wal_checkpoint'); f = open(copy, 'r+b'); f.seek(4096 * 40); f.write(b'x' * 4096); f.close()"
HARMS = {
    "an answer is missing": (f"database.execute('{MISSING}')", "assessment_answer has"),
    "a person is missing, not what is theirs": (f"database.execute('{STRAY}')", "refers to nothing"),
    "a row of the ledger was changed": (f"database.executescript('{CHANGED}')", "the ledger of evidence"),
    "the trail ends earlier": ("database.execute('UPDATE foundation_trailhead SET length = length - 1')", "the trail ends"),
    "a page is torn": (TORN, "damaged"),
}  # fmt: skip
only_sqlite = pytest.mark.skipif("CHIAKHOA_DATABASE" in os.environ, reason="spoils a file of SQLite")


@only_sqlite
@pytest.mark.parametrize("harm", HARMS)
def test_what_does_not_restore_to_what_was_read_is_no_backup(harm, installation, tmp_path):
    spoil, says = HARMS[harm]
    file = tmp_path / "copy.tar.gz"
    refused = installation.script(SPOILED.format(spoil=spoil, guard="", file=str(file)))
    assert refused.returncode != 0 and says in refused.stderr, refused.stderr
    assert list(tmp_path.glob("copy*")) == [], "and nothing is left of it"


@only_sqlite
@pytest.mark.parametrize("harm", HARMS)
def test_without_the_proof_it_would_be_kept_as_a_backup(harm, installation, tmp_path):
    """The twin: found out on the day on which it is needed."""
    file = tmp_path / "copy.tar.gz"
    guard = "backups._proven = lambda *args: None"
    made = installation.script(SPOILED.format(spoil=HARMS[harm][0], guard=guard, file=str(file)))
    assert made.returncode == 0, made.stderr
    refused = Installation(tmp_path / "elsewhere").call("restore", str(file))
    assert refused.returncode == 1 and HARMS[harm][1] in refused.stderr


def test_a_backup_of_the_first_version_without_a_manifest_still_restores(installation, elsewhere, tmp_path):
    file, old = tmp_path / "copy.tar.gz", tmp_path / "old.tar.gz"
    installation.call("backup", str(file))
    with tarfile.open(file) as archive:
        archive.extractall(tmp_path / "parts", filter="data")
    with tarfile.open(old, "w:gz") as archive:
        for part in (tmp_path / "parts").iterdir():
            if part.name != "manifest.json":
                archive.add(part, part.name)
    assert elsewhere.call("restore", str(old)).returncode == 0
    assert elsewhere.contents() == installation.contents()


def archive_of_links(file: Path, *names: str, to: str) -> Path:
    """An archive as a weapon: names of ours that point at somebody's file."""
    with tarfile.open(file, "w:gz") as archive:
        for name in names:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, to
            archive.addfile(link)
    return file


def test_a_link_in_an_archive_is_no_part_of_a_backup(elsewhere, tmp_path):
    database = "chiakhoa.dump" if elsewhere.database else "chiakhoa.sqlite3"
    file = archive_of_links(tmp_path / "copy.tar.gz", database, "secret", to="/etc/passwd")
    refused = elsewhere.call("restore", str(file))
    assert refused.returncode == 1 and "not a backup" in refused.stderr


def test_without_that_look_somebody_s_file_would_be_taken_for_the_secret(tmp_path):
    theirs, folder = tmp_path / "theirs", tmp_path / "unpacked"
    theirs.write_text("the keys of somebody else")
    with tarfile.open(archive_of_links(tmp_path / "copy.tar.gz", "secret", to=str(theirs))) as archive:
        archive.extractall(folder, filter="fully_trusted")
    assert (folder / "secret").read_text() == "the keys of somebody else"


def test_a_backup_of_the_other_kind_of_database_is_refused_by_name(elsewhere, tmp_path):
    file, member = tmp_path / "copy.tar.gz", "chiakhoa.sqlite3" if elsewhere.database else "chiakhoa.dump"
    (tmp_path / member).write_bytes(b"x")
    with tarfile.open(file, "w:gz") as archive:
        archive.add(tmp_path / member, member)
        archive.add(tmp_path / member, "secret")
    refused = elsewhere.call("restore", str(file))
    assert refused.returncode == 1 and "other kind of database" in refused.stderr


# The sign


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with override_settings(DATA=tmp_path):
        yield tmp_path


def made_ago(folder: Path, ago: timedelta) -> None:
    beats.beat(beats.BACKUP)
    then = (clock.now() - ago).timestamp()
    os.utime(folder / beats.BACKUP, (then, then))


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "good"), [(0, True), (25, True), (27, False), (24 * 30, False)])
def test_a_backup_goes_red_after_26_hours(house: House, folder: Path, hours: int, good: bool) -> None:
    made_ago(folder, timedelta(hours=hours))
    seen = house.program(Role.ADMINISTRATOR, Scope.METRICS).get("/readyz").json()
    sign = next(sign for sign in seen["signs"] if sign["name"] == "backup")
    assert sign["good"] is good and not sign["vital"] and f"{hours} hours old" in sign["says"]


@pytest.mark.django_db
def test_without_a_limit_one_of_last_month_would_look_as_good_as_one_of_today(
    house: House, folder, monkeypatch
) -> None:
    monkeypatch.setattr(health, "STALE_BACKUP", timedelta.max)
    made_ago(folder, timedelta(days=30))
    seen = house.program(Role.ADMINISTRATOR, Scope.METRICS).get("/readyz").json()
    assert next(sign for sign in seen["signs"] if sign["name"] == "backup")["good"]


@pytest.mark.django_db
def test_the_administrator_sees_it_in_red_on_the_first_page_and_on_that_of_signs(house: House, folder: Path) -> None:
    browser = house.browse(Role.ADMINISTRATOR)
    made_ago(folder, timedelta(hours=30))
    assert "Có bản sao lưu mới: <strong>không</strong>, đã 30 giờ" in browser.get("/").content.decode()
    page = browser.get("/status/").content.decode()
    assert "badge--bad" in page and "đã 30 giờ; quá 26 giờ thì phải sao lưu lại" in page
    made_ago(folder, timedelta(hours=1))
    assert "đã 30 giờ" not in browser.get("/").content.decode()


@pytest.mark.django_db
def test_nobody_else_reads_how_the_program_fares(house: House) -> None:
    assert house.browse(Role.LEARNER).get("/status/").status_code == 403
    assert Client().get("/status/").status_code == 302
    assert house.browse(Role.LEARNER).get("/").context["red"] == []
