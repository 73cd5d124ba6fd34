"""kill -9 at 100 points of the registering of 50,000 people: after each, nothing or everything is there; the next try ends alike.

    .venv/bin/python bench/import/killed.py [--rows 50000] [--points 100] [--from 0] [--until 100]

A worker is killed twice in one import, at points spread evenly over the processor's time that it takes undisturbed, and
a little beyond, so that some kills fall after the commit; the third worker ends it. Then everything begins anew. It is the
processor's time, so that points stay where they are on a busy machine; `--from` and `--until` do some of the points, in
slices. Workers are real, on a real data folder (SQLite), forked so that they need not start; a killed worker's lease is
over at once, since nobody wants to wait for a minute.
"""

import argparse
import hashlib
import os
import resource
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
BEYOND = 1.05
STRIDE = 37
LOOK = 0.002
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Prepare, measure one import undisturbed, kill others, compare, print. 1 where anything was half or ended otherwise."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=50_000)
    arguments.add_argument("--points", type=int, default=100)
    arguments.add_argument("--from", dest="first", type=int, default=0)
    arguments.add_argument("--until", type=int)
    chosen = arguments.parse_args()
    which = range(chosen.first, chosen.until or chosen.points)
    with tempfile.TemporaryDirectory() as folder:
        return _try(Path(folder), chosen.rows, chosen.points, which)


def _try(folder: Path, rows: int, points: int, which: range) -> int:
    base, data = folder / "base", folder / "data"
    os.environ |= {"CHIAKHOA_DATA": str(data), "DJANGO_SETTINGS_MODULE": "chiakhoa.site.settings"}
    sys.path[:0] = [str(SOURCE), str(Path(__file__).parent)]
    _in_a_child(lambda: _prepare(folder / "people.xlsx", rows))
    shutil.copytree(data, base)
    _set_up()
    before, started = _state(data), _children_seconds()
    _in_a_child(_work)
    seconds, after = _children_seconds() - started, _state(data)
    print(f"{rows} rows; undisturbed in {seconds:.1f} s: {after[0]} people, {after[1]} rows to undo, import {after[2]}")
    assert before != after
    found = {"nothing": 0, "everything": 0, "half": 0}
    ends = {True: 0, False: 0}
    killed_in_a_row = 0
    for point in which:
        if killed_in_a_row == 0:
            shutil.rmtree(data)
            shutil.copytree(base, data)
        place = point * STRIDE % points  # early and late by turns
        _kill_after(AT_ONCE + BEYOND * seconds * place / points)
        state, killed_in_a_row = _state(data), killed_in_a_row + 1
        found["nothing" if state == before else "everything" if state == after else "half"] += 1
        # What is whole after a kill is killed no second time: the next point would meet a worker with nothing to do.
        if state != before or killed_in_a_row == KILLS_IN_A_ROW or point == which[-1]:
            _in_a_child(_work)
            ends[_state(data) == after] += 1
            killed_in_a_row = 0
        print(f"point {place}: {found}, ended alike {ends[True]}, otherwise {ends[False]}", flush=True)
    return 1 if found["half"] or ends[False] else 0


def _prepare(file: Path, rows: int) -> None:
    import django

    django.setup()
    import compare

    compare.prepare(file, rows)
    from chiakhoa.foundation import clock, jobs
    from chiakhoa.foundation.models import Job

    # The index of people waits before the list, and is not what is killed here.
    while Job.objects.filter(state=jobs.JobState.READY).exclude(task="registry.import").exists():
        job = jobs.claim(clock.now())
        assert job
        jobs.run(job)


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
    """Kill a worker once it has had so much of the processor; one that ended before is as good as killed after its end."""
    child = _fork(_work)
    while True:
        state, used = _look_at(child)
        if used >= seconds or state == "Z":
            break
        time.sleep(LOOK)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _look_at(child: int) -> tuple[str, float]:
    """A process's state and the seconds of processor that it has had."""
    fields = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()
    return fields[0], (int(fields[11]) + int(fields[12])) / TICKS


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
