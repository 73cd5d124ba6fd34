"""A worker killed (kill -9) in the middle of an import leaves nothing, and the next one ends it as if nothing had been."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings as django_settings

from chiakhoa.foundation import sheets

ROWS = 400
STOPS = ["read", "judged", "inserted", "placed", "recorded", "committed"]
WORKER = """
import django, json, os, sys, time
django.setup()
from django.db import connection
from chiakhoa.foundation import bulk, jobs
from chiakhoa.ground.registry import actions, jobs as registry_jobs
from chiakhoa.ground.registry.actions import imported_people, imports
from chiakhoa.ground.registry.importing import preparing

def stop_after(module, name, stop):
    real = getattr(module, name)
    def stopped(*args, **kwargs):
        result = real(*args, **kwargs)
        if sys.argv[1] == stop:
            if "piecewise" in sys.argv:
                connection.connection.commit()
            print("here", flush=True)
            time.sleep(60)
        return result
    setattr(module, name, stopped)

stop_after(preparing, "read_kept", "read")
stop_after(preparing, "judge", "judged")
stop_after(imported_people, "_insert", "inserted")
stop_after(imported_people, "_place", "placed")
stop_after(imports, "_keep_recipe", "recorded")
stop_after(actions, "receive_list", "committed")
jobs.work(once=True)
"""
PREPARE = """
import django, sys
django.setup()
from datetime import UTC, date, datetime
from pathlib import Path
from django.core.management import call_command
call_command("migrate", verbosity=0)
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.ground.registry import actions, uploads
from chiakhoa.ground.registry.importing import preparing
from chiakhoa.ground.registry.importing.kinds import KINDS
from chiakhoa.ground.territory.models import Home, Unit, UnitAncestry
both = {"edition": "2025", "kind": "unit", "kind_vi": "Xa"}
place = Unit.objects.create(id="VN-19@2025", code="19", name="Thai Nguyen", level=1, **both)
commune = Unit.objects.create(id="VN-05440@2025", code="05440", name="Tan Cuong", level=3, parent=place, **both)
for unit, above in ((place, place), (commune, commune), (commune, place)):
    UnitAncestry.objects.create(unit=unit, ancestor=above)
Home.objects.create(unit=place, synthetic=True)
at, path = datetime(2026, 11, 24, 2, tzinfo=UTC), Path(sys.argv[1])
kind = KINDS["people"]
opened, columns = preparing.look_into(path, kind)
file = {"name": path.name, "kept": uploads.keep_copy(path), "digest": "x"}
row = actions.send_list(SYSTEM, kind, opened, columns, file=file, sender="S", at=at)
actions.map_list(SYSTEM, row.pk, columns, at=at)
actions.register_list(SYSTEM, row.pk, at=at)
"""
SECOND = (
    PREPARE[: PREPARE.index("place =")].replace("call_command(", "(lambda *a, **k: None)(")
    + PREPARE[PREPARE.index("at, path") :]
)
STATE = """
import django, json
django.setup()
from chiakhoa.ground.registry.models import Import, ImportedRow, ImportRecipe, Person
from chiakhoa.foundation.models import Job
print(json.dumps({"people": sorted(map(list, Person.objects.values_list("external_key", "full_name", "phone"))),
    "rows": ImportedRow.objects.count(), "state": Import.objects.get().state, "counts": Import.objects.get().counts,
    "recipes": ImportRecipe.objects.count(), "errors": list(Job.objects.exclude(error="").values_list("error", flat=True))}))
"""
LET_GO = """
import django
django.setup()
from chiakhoa.foundation.models import Job
Job.objects.filter(state="running").update(lease_until="2026-01-01T00:00:00Z")
"""


class House:
    """A data folder of its own, with a database on PostgreSQL where the tests run on one, and processes that work on it."""

    def __init__(self, folder, like=None):
        self.environment = {
            **os.environ, "CHIAKHOA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chiakhoa.site.settings",
            "PYTHONPATH": str(django_settings.SOURCE.parent),
        }  # fmt: skip
        server = os.environ.get("CHIAKHOA_DATABASE")
        if server:
            name = f"house_{secrets.token_hex(6)}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {like.database}" if like else ""))
            self.database = name
            self.environment["CHIAKHOA_DATABASE"] = f"{server.rpartition('/')[0]}/{name}"
        if like:
            shutil.copytree(like.folder, folder)
        self.folder = folder

    def end(self):
        """Remove the database; the folder is pytest's."""
        if "CHIAKHOA_DATABASE" in os.environ:
            with psycopg.connect(os.environ["CHIAKHOA_DATABASE"], autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {self.database} WITH (FORCE)")

    def start(self, program, *arguments):
        return subprocess.Popen(
            [sys.executable, "-c", program, *arguments], env=self.environment, stdout=subprocess.PIPE, text=True
        )

    def run(self, program, *arguments):
        with self.start(program, *arguments) as process:
            said, _none = process.communicate(timeout=600)
        assert process.returncode == 0
        return said

    def state(self):
        return json.loads(self.run(STATE))


@pytest.fixture(scope="module")
def list_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("list") / "people.csv"
    rows = [[f"k-{n}", f"Nguyễn Văn {'ABCDEGHIKL'[n % 10]}", "VN-05440@2025", f"09{n:08d}"] for n in range(ROWS)]
    path.write_bytes(sheets.as_csv([["Mã", "Họ tên", "Xã", "SĐT"], *rows]))
    return path


@pytest.fixture(scope="module")
def prepared(list_file, tmp_path_factory, empty_database):
    """A house in which a list waits for the worker."""
    house = House(tmp_path_factory.mktemp("prepared"))
    empty_database(house.folder)
    house.run(PREPARE, str(list_file))
    yield house
    house.end()


@pytest.fixture
def house(prepared, tmp_path):
    house = House(tmp_path / "data", prepared)
    yield house
    house.end()


@pytest.fixture(scope="module")
def undisturbed(prepared, tmp_path_factory):
    house = House(tmp_path_factory.mktemp("undisturbed") / "data", prepared)
    house.run(WORKER, "")
    yield house.state()
    house.end()


@pytest.mark.parametrize("stop", STOPS)
def test_a_worker_killed_anywhere_leaves_all_or_nothing(stop, house, undisturbed):
    with house.start(WORKER, stop) as worker:
        assert worker.stdout.readline() == "here\n"
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    left = house.state()
    assert len(left["people"]) == left["rows"] == (ROWS if stop == "committed" else 0)
    assert left["state"] == ("received" if stop == "committed" else "queued")
    house.run(LET_GO)
    house.run(WORKER, "")
    assert house.state() == undisturbed
    assert undisturbed["counts"]["new"] == ROWS


def test_without_the_one_transaction_a_killed_worker_would_leave_half_a_list(house):
    """The twin: what is written is kept at once, so that people stand there whom no list brought and nothing can undo."""
    with house.start(WORKER, "inserted", "piecewise") as worker:
        assert worker.stdout.readline() == "here\n"
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    left = house.state()
    assert (len(left["people"]), left["rows"], left["state"]) == (ROWS, 0, "queued")


def test_two_workers_at_once_lose_nothing(house, tmp_path):
    """Two lists that share half of their people, two processes: each person is there once, as the list received last says."""
    other = tmp_path / "other.csv"
    rows = [[f"k-{n}", "Nguyễn Văn M", "VN-05440@2025", f"08{n:08d}"] for n in range(ROWS // 2, ROWS + ROWS // 2)]
    other.write_bytes(sheets.as_csv([["Mã", "Họ tên", "Xã", "SĐT"], *rows]))
    house.run(SECOND, str(other))
    workers = [house.start(WORKER, "") for _worker in range(2)]
    for worker in workers:
        worker.communicate(timeout=600)
        assert worker.returncode == 0
    left = json.loads(
        house.run(STATE.replace("Import.objects.get().state", "''").replace("Import.objects.get().counts", "''"))
    )
    assert left["errors"] == []
    assert [key for key, _name, _phone in left["people"]] == sorted(f"k-{n}" for n in range(ROWS + ROWS // 2))
    shared = {phone[:2] for key, _name, phone in left["people"] if ROWS // 2 <= int(key[2:]) < ROWS}
    assert len(shared) == 1
