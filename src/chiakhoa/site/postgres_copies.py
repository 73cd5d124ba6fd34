"""Copies of a PostgreSQL database by its own programs, and a database for a moment in which a copy proves itself."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from chiakhoa.site import contents
from chiakhoa.site.contents import Contents

NAME = "chiakhoa.dump"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


def is_empty() -> bool:
    """Whether the database holds no table yet."""
    with _opened(_database()) as database:
        return database.execute(TABLES).fetchone() is None


def take(copy: Path) -> Contents:
    """Dump the live database as of one moment; what it held at that very moment."""
    with _opened(_database()) as live:
        live.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        shared = live.execute("SELECT pg_export_snapshot()").fetchone()
        held = contents_of(live)
        _call(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            f"--snapshot={shared[0] if shared else ''}",
            f"--file={copy}",
            _database(),
        )
    return held


def now() -> Contents:
    """What the database holds at this moment."""
    with _opened(_database()) as database:
        return contents_of(database)


def look_through(copy: Path) -> Contents:
    """Restore a copy into a database of its own, which is dropped again; what that held."""
    name = f"chiakhoa_proof_{secrets.token_hex(6)}"
    with _opened(_database(), autocommit=True) as server:
        try:
            server.execute(f"CREATE DATABASE {name}")
        except psycopg.errors.InsufficientPrivilege:
            raise click.ClickException(
                f"A backup proves itself in a database of its own. Let this role make one: ALTER ROLE {server.info.user} CREATEDB"
            ) from None
        try:
            _fill(name, copy)
            with _opened(name) as proof:
                return contents_of(proof)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def put(copy: Path) -> None:
    """Put a copy in the place of all that the database holds, in one transaction. Nobody else may work on it."""
    connection.close()
    script = copy.with_suffix(".sql")
    _call("pg_restore", "--no-owner", f"--file={script}", str(copy))
    # Tables that a newer version made are in no copy of an older one: so everything goes, and in the same transaction comes back.
    steps = ("--command=DROP SCHEMA public CASCADE", "--command=CREATE SCHEMA public", f"--file={script}")
    _call("psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", *steps, _database())


def _fill(name: str, copy: Path) -> None:
    _call("pg_restore", "--single-transaction", "--no-owner", "--exit-on-error", f"--dbname={name}", str(copy))


def contents_of(database: "psycopg.Connection[Any]") -> Contents:
    """What the database behind a connection holds."""

    def ask(sql: str) -> Iterator[tuple[Any, ...]]:
        # Through a cursor of the server's: the ledger is longer than this computer's memory should have to hold.
        with database.cursor("contents") as rows:
            yield from rows.execute(sql.encode())

    tables = [name for (name,) in database.execute(TABLES)]
    return contents.read(tables, ask)


def _call(program: str, *arguments: str) -> None:
    try:
        done = subprocess.run([program, *arguments], env=_environment(), capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise click.ClickException(f"{program} is not here: install PostgreSQL's client programs.") from None
    if done.returncode:
        raise click.ClickException(f"{program}: {done.stderr.strip()[-400:]}")


@contextmanager
def _opened(name: str, *, autocommit: bool = False) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(make_conninfo(dbname=name, **_way()), autocommit=autocommit) as opened:
        yield opened


def _environment() -> dict[str, str]:
    return {**os.environ, **{f"PG{part.upper()}": said for part, said in _way().items()}}


def _way() -> dict[str, str]:
    """How the server is reached, as settings say it."""
    wanted = settings.DATABASES["default"]
    return {part.lower(): str(wanted[part]) for part in ("HOST", "PORT", "USER", "PASSWORD") if wanted[part]}


def _database() -> str:
    return str(settings.DATABASES["default"]["NAME"])
