"""Looking after the data folder: check, backup that proves itself, restore. For SQLite; PostgreSQL has pg_dump."""

import os
import sqlite3
import tarfile
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import click
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from chiakhoa.foundation import chain
from chiakhoa.foundation.models import AuditEntry, Job, JobState
from chiakhoa.ground.registry.models import PeopleIndex, Person, Touched
from chiakhoa.ground.registry.searching import snapshot

DATABASE = "chiakhoa.sqlite3"
SECRET = "secret"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what, whether it is well, what it says."""

    what: str
    good: bool
    says: str


def check() -> list[Finding]:
    """Everything that can be looked at without changing anything."""
    plan = MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes())
    findings = [
        Finding("data folder", True, str(settings.DATA)),
        Finding("database", True, f"{connection.vendor} {settings.DATABASES['default']['NAME']}"),
        Finding(
            "migrations", not plan, "up to date" if not plan else f"{len(plan)} not applied: start the program once"
        ),
        Finding(
            "secret", _secret_is_private(), "readable by its owner alone" if _secret_is_private() else "chmod 600 it"
        ),
        Finding(
            "keys",
            not settings.ROTATION_PENDING,
            "a rotation was cut off: run rotate-keys again"
            if settings.ROTATION_PENDING
            else f"{len(settings.SEALING_KEYS)} in use",
        ),
    ]
    if plan:
        return findings
    failed = Job.objects.filter(state=JobState.FAILED).count()
    return [
        *findings,
        Finding("jobs", failed == 0, f"{failed} failed" if failed else "none failed"),
        Finding("integrity", _integrity() == "ok", _integrity()),
        _trail(),
        _people_index(),
    ]


def _trail() -> Finding:
    with translation.override("en"):
        broken = chain.first_break()
        says = f"the chain breaks at {broken}" if broken else f"{AuditEntry.objects.count()} rows, chain whole"
    return Finding("trail", broken is None, says)


def _people_index() -> Finding:
    index, wrong = PeopleIndex.objects.first(), snapshot.faults()
    if index is None:
        return Finding("index of people", True, "none yet: names are searched without one")
    says = f"{index.people} people, {Touched.objects.count()} changes since, all of it so"
    return Finding("index of people", not wrong, "; ".join(wrong[:3]) or says)


def backup(file: Path) -> str:
    """Copy the live database and the secret into a .tar.gz, open the copy, compare counts. ClickException where it fails."""
    _sqlite_only()
    with tempfile.TemporaryDirectory(dir=settings.DATA) as folder:
        copy = Path(folder) / DATABASE
        with sqlite3.connect(settings.DATA / DATABASE) as live, sqlite3.connect(copy) as target:
            live.backup(target)
        people = _proven(copy)
        partial = file.with_suffix(file.suffix + ".part")
        with tarfile.open(partial, "w:gz") as archive:
            archive.add(copy, DATABASE)
            archive.add(settings.DATA / SECRET, SECRET)
        partial.chmod(0o600)
        partial.replace(file)
    return f"{file}: {people} people, {file.stat().st_size // 1024} kB, opened again and found whole"


def restore(file: Path) -> str:
    """Unpack a backup where no database is yet. ClickException for a foreign file or a folder in use."""
    _sqlite_only()
    if (settings.DATA / DATABASE).exists():
        raise click.ClickException(
            f"{settings.DATA} already holds a database. Restore into an empty folder with --data."
        )
    with tempfile.TemporaryDirectory(dir=settings.DATA) as folder:
        _unpack(file, folder)
        people = _proven(Path(folder) / DATABASE)
        os.replace(Path(folder) / SECRET, settings.DATA / SECRET)
        os.replace(Path(folder) / DATABASE, settings.DATA / DATABASE)
    return f"restored {people} people into {settings.DATA}"


def _unpack(file: Path, folder: str) -> None:
    try:
        with tarfile.open(file, "r:gz") as archive:
            whole = sorted(archive.getnames()) == [DATABASE, SECRET]
            if whole:
                archive.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError, zlib.error):
        whole = False
    if not whole:
        raise click.ClickException(f"{file} is not a backup of Chìa Khóa, or not the whole of one.")


def _proven(copy: Path) -> int:
    with sqlite3.connect(copy) as database:
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise click.ClickException(f"the copy is damaged: {verdict}")
        return int(database.execute(f"SELECT count(*) FROM {Person._meta.db_table}").fetchone()[0])


def _integrity() -> str:
    if connection.vendor != "sqlite":
        return "ok"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        return str(cursor.fetchone()[0])


def _secret_is_private() -> bool:
    return (settings.DATA / SECRET).stat().st_mode & 0o077 == 0


def _sqlite_only() -> None:
    if connection.vendor != "sqlite":
        raise click.ClickException("The database is PostgreSQL: use pg_dump and pg_restore.")
