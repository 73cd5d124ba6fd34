"""Copies of a SQLite database: taken while it is written to, looked through, put in its place."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import click
from django.conf import settings
from django.db import connection

from chiakhoa.site import contents
from chiakhoa.site.contents import Contents

NAME = "chiakhoa.sqlite3"
BESIDE = ("-wal", "-shm")


def is_empty() -> bool:
    """Whether there is no database yet."""
    return not _place().exists()


def take(copy: Path) -> Contents:
    """Copy the live database, all of it as of one moment; what it held then."""
    with closing(sqlite3.connect(_place())) as live, closing(sqlite3.connect(copy)) as target:
        live.backup(target)
    return look_through(copy)


def now() -> Contents:
    """What the database holds at this moment. ClickException for a damaged one."""
    return look_through(_place())


def look_through(copy: Path) -> Contents:
    """Read every page and every reference of a copy; what it holds. ClickException for a damaged one."""
    with closing(sqlite3.connect(copy)) as database:
        try:
            verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
            lost = database.execute("PRAGMA foreign_key_check").fetchone()
            tables = [
                name
                for (name,) in database.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
                )
            ]
            found = contents.read(tables, database.execute)
        except sqlite3.DatabaseError as fault:
            raise click.ClickException(f"the copy is damaged: {fault}") from fault
    if verdict != "ok" or lost:
        raise click.ClickException(
            f"the copy is damaged: {verdict if verdict != 'ok' else f'{lost[0]} refers to nothing'}"
        )
    return found


def put(copy: Path) -> None:
    """Put a copy where the database is, or where none is yet: whole at one stroke. Nobody else may have it open."""
    connection.close()
    place = _place()
    if place.exists():
        # What its log still holds goes into the old file: beside the new one it would be taken for the new one's.
        with closing(sqlite3.connect(place)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for ending in BESIDE:
            Path(f"{place}{ending}").unlink(missing_ok=True)
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
    copy.replace(place)


def _place() -> Path:
    return Path(str(settings.DATABASES["default"]["NAME"]))
