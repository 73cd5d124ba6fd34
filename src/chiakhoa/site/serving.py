"""One command that serves: the data folder locked, the database up to date, web and worker started and ended together."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from chiakhoa.foundation import bulk, clock, facts, whole_files
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.ground.catalogue import actions as catalogue
from chiakhoa.ground.frameworks import actions as frameworks
from chiakhoa.ground.mandates import actions as mandates
from chiakhoa.ground.registry import actions as registry
from chiakhoa.ground.territory import actions as territory
from chiakhoa.ground.territory.models import Unit
from chiakhoa.measure.assessment import actions as assessment
from chiakhoa.site import messages, observing, upgrading

_held: list[bool] = []


# A browser keeps its connection open between two questions: a full room holds thousands that hardly ever speak.
CONNECTIONS = 4096
LOADED = "facts.mark"
THEIR_OWN = ("bodies", "programme")  # facts that a province changes on its pages once it has them


@contextmanager
def sole_use() -> Iterator[None]:
    """Hold the data folder for this process; a second start on it is refused in words."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with (settings.DATA / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(
                f"Chìa Khóa is already running on {settings.DATA}. Stop it first, or choose another folder with --data."
            ) from None
        _held.append(True)
        try:
            yield
        finally:
            _held.clear()


def prepare() -> None:
    """Translations compiled, tables those of this version, static files gathered, facts of data/ loaded. Quick when all is so.

    An older version's tables are upgraded where the folder is held (`sole_use`); else ClickException: others may be at work.
    """
    if settings.ROTATION_PENDING:
        raise click.ClickException("A rotation of the keys was cut off. Finish it: chiakhoa rotate-keys")
    messages.compile_all()
    if _held or not upgrading.applied():
        upgrading.upgrade(lambda text: click.echo(text, err=True))
    else:
        upgrading.refuse_unready()
    _gather_static()
    first = not Unit.objects.exists()
    if first or (_held and facts.mark() != _mark_loaded()):
        load_facts(again=not first)


def load_facts(*, again: bool = False) -> None:
    """The files under data/ through the actions of their steps, in the order of the loop.

    `again`, after an upgrade or where somebody edited a file: without those that are the province's own by now.
    """
    at, mark = clock.now(), facts.mark()
    loaders = [
        ("units", territory.load_units),
        ("audiences", registry.load_audiences),
        ("bodies", registry.load_bodies),
        ("frameworks", frameworks.load_frameworks),
        ("catalogue", catalogue.load_catalogue),
        ("programme", mandates.load_programme),
        ("items", assessment.load_items),
        ("exposure of items", assessment.settle_exposure),
    ]
    for name, load in loaders:
        if not (again and name in THEIR_OWN):
            click.echo(f"loading {name} …", err=True)
            load(SYSTEM, at=at)
    # Tables that were empty a moment ago have no statistics, and PostgreSQL would plan as if they still were.
    bulk.analyze()
    whole_files.write(settings.DATA / LOADED, [mark.encode()])


def _mark_loaded() -> str:
    """The mark of the facts that were loaded last; empty where nobody wrote it down."""
    file = settings.DATA / LOADED
    return file.read_text() if file.exists() else ""


def run(port: int) -> int:
    """Serve on 127.0.0.1:port with one worker beside it, until Ctrl-C or until either ends. Returns the exit code.

    One process computes on one processor at a time. SQLite, which writes for one at a time, is served by one; PostgreSQL by
    as many as there are processors.
    """
    python = [sys.executable, "-m"]
    workers = 1 if connection.vendor == "sqlite" else os.cpu_count() or 1
    observing.begin_anew()
    web = subprocess.Popen(
        [*python, "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
         "--blocking-threads", "4", "--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS), "--no-ws",
         "--log-level", "warning", "chiakhoa.site.wsgi:application"]
    )  # fmt: skip
    processes = [web]
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _until_served(web, port)
        processes.append(subprocess.Popen([*python, "chiakhoa", "worker"]))
        while all(process.poll() is None for process in processes):
            time.sleep(0.2)
        return next((process.returncode for process in processes if process.poll()), 0)
    except KeyboardInterrupt:
        return 0
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            _wait(process)


def _until_served(web: subprocess.Popen[bytes], port: int) -> None:
    """Wait for the first page, or for the server's end: somebody waits for the page, and nobody yet for the worker."""
    while web.poll() is None:
        try:
            asked = HTTPConnection("127.0.0.1", port, timeout=5)
            asked.request("GET", "/livez")
            asked.getresponse().close()
            return
        except (OSError, HTTPException):
            time.sleep(0.1)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _gather_static() -> None:
    """Copy static files only when one of ours is newer than the last gathering."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    newest = max(file.stat().st_mtime for file in settings.SOURCE.rglob("static/**/*") if file.is_file())
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
