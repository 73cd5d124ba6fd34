"""An installation of the program as a test handles it: a data folder, a database of its own, processes that work on them."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from chiakhoa.site import postgres_copies, sqlite_copies
from chiakhoa.site.contents import Contents

PATIENCE = 900
SERVER = os.environ.get("CHIAKHOA_DATABASE", "")
BEGIN = "import django; django.setup()\n"
PREPARE = """
from datetime import UTC, datetime
from chiakhoa.demo import province
from chiakhoa.site import serving
with serving.sole_use():
    serving.prepare()
    province.make(people=600, seed=1)
"""


class Installation:
    """A data folder, with a database on PostgreSQL where the tests run on one. `like`: a copy of another, at rest."""

    def __init__(self, folder: Path, like: "Installation | None" = None) -> None:
        self.folder, self.database = folder, ""
        self.environment = {
            **os.environ, "CHIAKHOA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chiakhoa.site.settings",
            "PYTHONPATH": str(settings.SOURCE.parent),
        }  # fmt: skip
        if like:
            shutil.copytree(like.folder, folder)
        if SERVER:
            self.database = f"installation_{secrets.token_hex(6)}"
            with psycopg.connect(SERVER, autocommit=True) as server:
                server.execute(f"CREATE DATABASE {self.database}" + (f" TEMPLATE {like.database}" if like else ""))
            self.environment["CHIAKHOA_DATABASE"] = f"{SERVER.rpartition('/')[0]}/{self.database}"

    def end(self) -> None:
        """Drop the database; the folder is pytest's."""
        if SERVER:
            with psycopg.connect(SERVER, autocommit=True) as server:
                server.execute(f"DROP DATABASE {self.database} WITH (FORCE)")

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The console script, to its end."""
        return self._run("-m", "chiakhoa", *arguments)

    def faults(self) -> list[str]:
        """What `check` finds wrong; but that the server of the tests does not wait for the disk, which nobody's data are on."""
        done = self.call("check")
        lines = done.stdout.splitlines()
        assert any(line.endswith("chain whole") for line in lines), done.stdout + done.stderr
        return [line for line in lines if line.startswith("BAD") and not (SERVER and "power loss" in line)]

    def script(self, text: str) -> subprocess.CompletedProcess[str]:
        """Another process with Django set up, that runs the text, to its end."""
        return self._run("-c", BEGIN + text)

    def said(self, text: str) -> Any:
        """What a script prints, as JSON."""
        done = self.script(text)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def contents(self) -> Contents:
        """Rows by table, the ledger's digest, the end of the trail."""
        if not SERVER:
            return sqlite_copies.look_through(self.folder / sqlite_copies.NAME)
        with psycopg.connect(self.environment["CHIAKHOA_DATABASE"]) as database:
            return postgres_copies.contents_of(database)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


def prepared(folder: Path) -> Installation:
    """One with the little synthetic province in it."""
    made = Installation(folder)
    done = made.script(PREPARE)
    assert done.returncode == 0, done.stderr
    return made
