"""kill -9 at 100 points of the registering of 50,000 people: after each, nothing or everything is there; the next try ends alike.

    .venv/bin/python bench/import/killed.py [--rows 50000] [--points 100]

A worker is killed twice in one import, at points spread evenly over the time that it takes undisturbed (and a little beyond);
the third worker ends it. Then everything begins anew. Workers are real ones on a real data folder (SQLite), forked so that they
need not start; a killed worker's lease is over at once, since nobody wants to wait for a minute.
"""

import argparse
import hashlib
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"
KILLS_IN_A_ROW = 2  # a job is tried three times
AT_ONCE = 0.02
STRIDE = 37


def main() -> int:
    """Prepare, measure one import undisturbed, kill others, compare, print. 1 where anything was half or ended otherwise."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=50_000)
    arguments.add_argument("--points", type=int, default=100)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return _try(Path(folder), chosen.rows, chosen.points)


def _try(folder: Path, rows: int, points: int) -> int:
    base, data = folder / "base", folder / "data"
    os.environ |= {"CHIAKHOA_DATA": str(data), "DJANGO_SETTINGS_MODULE": "chiakhoa.site.settings"}
    sys.path[:0] = [str(SOURCE), str(Path(__file__).parent)]
    _in_a_child(lambda: _prepare(folder / "people.xlsx", rows))
    shutil.copytree(data, base)
    _set_up()
    before, started = _state(data), time.perf_counter()
    _in_a_child(_work)
    seconds, after = time.perf_counter() - started, _state(data)
    print(f"{rows} rows; undisturbed in {seconds:.1f} s: {after[0]} people, {after[1]} rows to undo, import {after[2]}")
    assert before != after
    found = {"nothing": 0, "everything": 0, "half": 0}
    ends = {True: 0, False: 0}
    for point in range(points):
        if point % KILLS_IN_A_ROW == 0:
            shutil.rmtree(data)
            shutil.copytree(base, data)
        place = point * STRIDE % points  # early and late by turns
        _kill_after(AT_ONCE + 1.05 * seconds * place / points)
        state = _state(data)
        found["nothing" if state == before else "everything" if state == after else "half"] += 1
        if point % KILLS_IN_A_ROW == KILLS_IN_A_ROW - 1 or point == points - 1:
            _in_a_child(_work)
            ends[_state(data) == after] += 1
        print(f"\r{point + 1} of {points}: {found}, ended alike {ends[True]}, otherwise {ends[False]}", end="", flush=True)
    print()
    return 1 if found["half"] or ends[False] else 0


def _prepare(file: Path, rows: int) -> None:
    import django

    django.setup()
    import compare

    compare.prepare(file, rows)


def _set_up() -> None:
    """What a running worker has loaded, without a connection to the database."""
    import django

    django.setup()
    from django.urls import reverse

    import chiakhoa.ground.registry.jobs  # noqa: F401 - its tasks

    reverse("registry:imports")


def _work() -> None:
    from chiakhoa.foundation import clock, jobs
    from chiakhoa.foundation.models import Job

    Job.objects.filter(state=jobs.JobState.RUNNING).update(lease_until=clock.now() - timedelta(hours=1))
    job = jobs.claim(clock.now())
    if job:
        jobs.run(job)
        job.refresh_from_db()
        assert job.state == jobs.JobState.DONE, job.error


def _in_a_child(run) -> None:  # type: ignore[no-untyped-def]
    """Run something in a process of its own, to its end."""
    child = _fork(run)
    _pid, status = os.waitpid(child, 0)
    assert status == 0, "a worker failed"


def _kill_after(seconds: float) -> None:
    child = _fork(_work)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _fork(run) -> int:  # type: ignore[no-untyped-def]
    child = os.fork()
    if child:
        return child
    try:
        run()
        os._exit(0)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)


def _state(data: Path) -> tuple[int, int, str, str]:
    """People, rows to undo, the import's state, and a digest of all that the people are."""
    with closing(sqlite3.connect(data / "chiakhoa.sqlite3")) as database:
        people = database.execute(
            "SELECT external_key, full_name, search_key, born_on, sex, unit_id, audience_id, phone, email,"
            " citizen_number_index FROM registry_person ORDER BY external_key"
        ).fetchall()
        ((rows,),) = database.execute("SELECT count(*) FROM registry_importedrow")
        ((state,),) = database.execute("SELECT state FROM registry_import")
    return len(people), rows, state, hashlib.sha256(repr(people).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
