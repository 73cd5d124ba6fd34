"""A full disk: words instead of faults, reading goes on, nothing is there by half, and room makes all of it well again."""

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from chiakhoa.foundation import full_disk, jobs, whole_files
from chiakhoa.foundation.api import Scope
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.registry import uploads
from chiakhoa.site import health
from tests.site.conftest import House

NAMESPACE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]


def may_mount(folder: Path) -> bool:
    """Whether this computer lets a test have a volume of its own."""
    if not shutil.which("unshare"):
        return False
    tried = [*NAMESPACE, "mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def met(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> dict[str, Any]:
    """What was met on a volume of 64 MB that was full, by those who used the program meanwhile."""
    if "CHIAKHOA_DATABASE" in os.environ:
        pytest.skip("a disk of PostgreSQL's own is not this program's")
    folder = tmp_path_factory.mktemp("full")
    if not may_mount(folder):
        pytest.skip("no volume of one's own here: needs unshare and the right to mount")
    made = request.getfixturevalue("installed")
    (folder / "volume").mkdir()
    play = [*NAMESPACE, sys.executable, "-m", "tests.site.on_a_full_disk", str(made.folder), str(folder / "volume")]
    root = pytestconfig.rootpath
    paths = {"PYTHONPATH": f"{made.environment['PYTHONPATH']}:{root}"}
    done = subprocess.run(
        play, cwd=root, env={**made.environment, **paths}, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_below_ten_in_a_hundred_check_warns_and_the_program_serves(met):
    assert met["with room"] == [201, 200]
    assert "below 10% make room" in met["little room"]["check"] and met["little room"]["readyz"] == 200


def test_on_a_full_disk_a_person_reads_words_and_a_program_a_problem(met):
    status, page = met["sent list"]
    assert status == 507 and "Ổ đĩa" in page and "Traceback" not in page
    status, said = met["refusal"]
    assert status == 507 and json.loads(said)["code"] == "disk_full"


def test_on_a_full_disk_reading_goes_on(met):
    assert set(met["reads"].values()) == {200}, met["reads"]
    assert met["live"] == 200 and met["ready"] == 503
    assert met["runs"], met["log"]


def test_on_a_full_disk_no_file_is_there_by_half(met):
    assert met["backup"]["code"] == 1 and "Ổ đĩa" in met["backup"]["said"] and "Traceback" not in met["backup"]["said"]
    assert met["torn"] == []


def test_with_room_again_all_goes_on_and_what_was_taken_is_there(met):
    assert met["again"] == [201, 302, 200]
    assert met["backup again"]["code"] == 0, met["backup again"]
    assert met["there"] == met["taken"] + 2
    assert met["check"]["code"] == 0, met["check"]["said"]


# The pieces, and their twins


def runs_full(first: bytes) -> Iterator[bytes]:
    yield first
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_that_did_not_fit_is_not_there_and_the_older_one_still_is(tmp_path):
    place = tmp_path / "list.csv"
    place.write_bytes(b"older")
    with pytest.raises(OSError, match="No space"):
        whole_files.write(place, runs_full(b"half of"))
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"] and place.read_bytes() == b"older"


def test_written_in_its_place_half_of_it_would_be_taken_for_the_whole(tmp_path):
    """The twin."""
    place = tmp_path / "list.csv"
    place.write_bytes(b"older")
    with pytest.raises(OSError, match="No space"), place.open("wb") as out:
        out.writelines(runs_full(b"half of"))
    assert place.read_bytes() == b"half of"


def test_a_sent_list_that_does_not_fit_leaves_nothing(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    class Sent:
        name, size = "list.csv", 10

        def chunks(self):
            return runs_full(b"Ho ten\n")

    with pytest.raises(OSError, match="No space"):
        uploads.keep(Sent())
    assert list((tmp_path / "imports").iterdir()) == []


FULL = sqlite3.OperationalError("database or disk is full")
FULL.sqlite_errorcode = sqlite3.SQLITE_FULL
SHM = sqlite3.OperationalError("disk I/O error")
SHM.sqlite_errorcode = sqlite3.SQLITE_IOERR | (19 << 8)
LOCKED = sqlite3.OperationalError("database is locked")
LOCKED.sqlite_errorcode = sqlite3.SQLITE_BUSY


def behind(cause: BaseException) -> OperationalError:
    fault = OperationalError(*cause.args)
    fault.__cause__ = cause
    return fault


def test_a_full_disk_is_known_however_it_shows_itself(monkeypatch):
    for fault in (
        behind(FULL),
        behind(psycopg.errors.DiskFull()),
        OSError(errno.ENOSPC, "x"),
        OSError(errno.EDQUOT, "x"),
    ):
        assert full_disk.is_behind(fault)
    for fault in (behind(LOCKED), behind(SHM), OSError(errno.EACCES, "x"), ValueError()):
        assert not full_disk.is_behind(fault)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(100, 100, 0))
    assert full_disk.is_behind(behind(SHM)), "SQLite does not say it of its shared memory; the disk does"


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "says"), [("/catalogue/", "Ổ đĩa"), ("/api/v1/registry/people", "disk_full")])
def test_a_page_says_it_in_words_and_the_api_as_a_problem(house: House, monkeypatch, path: str, says: str) -> None:
    def full(*_args, **_more):
        raise behind(FULL)

    monkeypatch.setattr("chiakhoa.ground.catalogue.queries.courses", full)
    monkeypatch.setattr("chiakhoa.ground.registry.queries.people", full)
    monkeypatch.setattr("chiakhoa.ground.registry.queries.find_people", full)
    client = house.program(Role.COORDINATOR, *Scope) if "/api/" in path else house.browse(Role.COORDINATOR)
    client.raise_request_exception = False
    answer = client.get(path)
    assert answer.status_code == 507 and says in answer.content.decode()


@pytest.mark.django_db
def test_any_other_fault_keeps_its_page(house: House, monkeypatch) -> None:
    def broken(*_args, **_more):
        raise behind(LOCKED)

    monkeypatch.setattr("chiakhoa.ground.catalogue.queries.courses", broken)
    client = house.browse(Role.COORDINATOR)
    client.raise_request_exception = False
    assert client.get("/catalogue/").status_code == 500


class Stops(threading.Event):
    """A worker that is told to stop after it looked a few times."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks < 0


@pytest.fixture
def no_room(monkeypatch):
    """The first looks of the worker meet a full disk."""
    real, left = jobs.claim, [behind(FULL), behind(FULL)]

    def claim(at):
        if left:
            raise left.pop()
        return real(at)

    monkeypatch.setattr(jobs, "claim", claim)
    monkeypatch.setattr(jobs, "connection", type("Kept", (), {"close": staticmethod(lambda: None)}))


@pytest.mark.django_db
def test_a_worker_waits_for_room_and_goes_on(no_room, at_work):
    jobs.work(stop=Stops(4), idle_seconds=0)
    assert Job.objects.get().state == "done"


@pytest.mark.django_db
def test_without_that_the_first_full_moment_ends_the_worker_and_with_it_the_program(no_room, at_work, monkeypatch):
    """The twin: `serve` ends where one of its processes ends."""
    monkeypatch.setattr(jobs, "_one_whatever_happens", jobs._one)
    with pytest.raises(OperationalError):
        jobs.work(stop=Stops(4), idle_seconds=0)
    assert Job.objects.get().state == "ready"


@pytest.fixture
def at_work(db):
    from chiakhoa.foundation import clock

    Job.objects.all().delete()
    jobs.TASKS["rests"] = lambda _reader, _report: None
    yield Job.objects.create(task="rests", reader={"account_id": None, "name": "x"}, created_at=clock.now())
    del jobs.TASKS["rests"]


@pytest.mark.django_db
def test_the_sign_turns_at_ten_in_a_hundred(monkeypatch):
    for free, room, takes in ((0.11, True, True), (0.09, False, True), (0.01, False, False)):
        monkeypatch.setattr(health, "_free", lambda free=free: free)
        seen = {sign.name: sign.good for sign in health._disk()}
        assert seen == {"disk": takes, "disk has room": room}


@pytest.mark.django_db
def test_a_job_that_failed_for_want_of_room_says_so_first(at_work):
    def full(_reader, _report):
        raise behind(FULL)

    jobs.TASKS["rests"] = full
    jobs.work(once=True)
    assert Job.objects.get().error.startswith(full_disk.words())
    assert Client().get("/livez").status_code == 200
