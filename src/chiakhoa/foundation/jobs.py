"""Background work: one table, a lease for each running job, three tries, then a list of the failed.

A worker that is killed stops renewing its lease; the next worker takes the job over. So every task must be safe to run twice.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import Q
from django.utils import timezone

from chiakhoa.foundation import audit, beats, full_disk
from chiakhoa.foundation.models import Job, JobState
from chiakhoa.foundation.readers import Reader, Role

log = logging.getLogger("chiakhoa.jobs")
LEASE = timedelta(seconds=60)
TRIES = 3
Report = Callable[[int, int, str], None]
Task = Callable[..., str | None]
TASKS: dict[str, Task] = {}


class Later(Exception):  # noqa: N818 - what it says
    """Raised by a task that can do nothing now: it is tried again after a while, as often as it takes."""

    def __init__(self, after: timedelta, why: str) -> None:
        super().__init__(why)
        self.after = after


def task(name: str) -> Callable[[Task], Task]:
    """Register a function `(reader, report, **arguments) -> result address or None` as a task."""

    def register(function: Task) -> Task:
        TASKS[name] = function
        return function

    return register


def enqueue(actor: Reader, name: str, label: str, *, at: datetime, **arguments: Any) -> Job:
    """Ask for a task; part of the calling action's transaction. KeyError for an unknown task."""
    if name not in TASKS:
        raise KeyError(f"no task {name!r}; tasks: {sorted(TASKS)}")
    who = asdict(actor)
    job = Job.objects.create(
        task=name, label=label, arguments=arguments, account_id=actor.account_id, reader=who, created_at=at
    )
    audit.record(actor, "enqueue", job, at=at, after={"task": name})
    return job


def claim(at: datetime) -> Job | None:
    """Take the oldest job that waits and is due, or whose worker let its lease run out; None where there is none."""
    with transaction.atomic():
        waiting = Job.objects.select_for_update(skip_locked=True).order_by("id")
        job = (
            waiting.filter(due(at), state=JobState.READY).first()
            or waiting.filter(state=JobState.RUNNING, lease_until__lt=at).first()
        )
        if job is None:
            return None
        if job.attempts >= TRIES:
            _close(
                job, JobState.FAILED, at, error=job.error or "the worker stopped three times in the middle of this job"
            )
            return None
        job.state, job.attempts, job.lease_until = JobState.RUNNING, job.attempts + 1, at + LEASE
        job.save(update_fields=["state", "attempts", "lease_until"])
        return job


def due(at: datetime) -> Q:
    """Jobs that were not put off beyond this moment: the lease of one that waits is nobody's until then."""
    return Q(lease_until=None) | Q(lease_until__lte=at)


def run(job: Job) -> None:
    """Run a claimed job to its end, renewing the lease meanwhile. A failure is stored; the job is tried three times in all."""

    def report(done: int, total: int, message: str = "") -> None:
        Job.objects.filter(pk=job.pk).update(done=done, total=total, message=message[:400])

    who = dict(job.reader)
    reader = Reader(**{**who, "role": Role(who["role"]) if who.get("role") else None})
    with _heartbeat(job.pk):
        try:
            address = TASKS[job.task](reader, report, **job.arguments)
        except Later as later:
            # It took no try: whoever else waits is not kept waiting, and nothing is given up.
            Job.objects.filter(pk=job.pk).update(
                state=JobState.READY,
                attempts=job.attempts - 1,
                error=str(later),
                lease_until=timezone.now() + later.after,
            )
        except Exception as fault:
            again = job.attempts < TRIES
            _close(job, JobState.READY if again else JobState.FAILED, timezone.now(), error=_reason(fault))
        else:
            _close(job, JobState.DONE, timezone.now(), address=address or "")


def try_again(actor: Reader, job: Job, *, at: datetime) -> None:
    """Put a failed job back in the queue with its tries given back. Call inside an action."""
    Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(state=JobState.READY, attempts=0, error="")
    audit.record(actor, "try_again", job, at=at)


def work(*, once: bool = False, stop: threading.Event | None = None, idle_seconds: float = 1.0) -> int:
    """Run jobs until told to stop (or, `once`, until none waits). Returns how many were run."""
    count = 0
    while not (stop and stop.is_set()):
        ran = _one() if once else _one_whatever_happens()
        count += ran
        if not ran:
            if once:
                break
            time.sleep(idle_seconds)
    return count


def _one() -> bool:
    """Run the next job; False where none waits."""
    close_old_connections()
    beats.beat(beats.WORKER)
    job = claim(timezone.now())
    if job:
        run(job)
    return job is not None


def _one_whatever_happens() -> bool:
    """As `_one`; a full disk or a database that is away stops the worker for a moment, not for ever: its job keeps its lease."""
    try:
        return _one()
    except (DatabaseError, OSError):
        log.warning("the worker waits", exc_info=True)
        connection.close()
        return False


def _reason(fault: Exception) -> str:
    """Why a job failed, for the administrator: in words where they are known, then the lines of code."""
    told = traceback.format_exc()
    return f"{full_disk.words()}\n\n{told}" if full_disk.is_behind(fault) else told


def _close(job: Job, state: JobState, at: datetime, *, error: str = "", address: str = "") -> None:
    Job.objects.filter(pk=job.pk).update(
        state=state,
        error=error,
        result_url=address,
        lease_until=None,
        finished_at=at if state != JobState.READY else None,
    )


@contextmanager
def _heartbeat(pk: int) -> Any:
    """Renew the lease of a job every third of it, from a thread with its own connection."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(LEASE.total_seconds() / 3):
            Job.objects.filter(pk=pk, state=JobState.RUNNING).update(lease_until=timezone.now() + LEASE)
        close_old_connections()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
