"""A stage on which the program is played and killed many times: one process with Django set up, that forks for each scene.

A scene is a copy of an installation at rest, and what is done on it. Forked, since a process that begins anew takes seconds.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.site.installation import BEGIN, SERVER, Installation


@dataclass(frozen=True)
class Ended:
    """How a forked process ended (as subprocess says it), and what it wrote."""

    returncode: int
    said: str


class Stage(Installation):
    """An installation on which scenes are played, each from the same beginning."""

    def __init__(self, folder: Path, like: Installation, root: Path) -> None:
        super().__init__(folder, like)
        self.like = like
        self.process = subprocess.Popen(
            [sys.executable, "-c", BEGIN + "from tests.site import stage; stage.main()"],
            env=self.environment, cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def begin(self) -> None:
        """Back to the beginning."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.like.folder, self.folder)
        if SERVER:
            with psycopg.connect(SERVER, autocommit=True) as server:
                server.execute(f"DROP DATABASE {self.database} WITH (FORCE)")
                server.execute(f"CREATE DATABASE {self.database} TEMPLATE {self.like.database}")

    def play(self, text: str) -> Ended:
        """Run the text in a forked process, to its end."""
        return self._ask({"text": text})

    def type(self, *arguments: str) -> Ended:
        """The console script in a forked process, to its end."""
        return self._ask({"arguments": arguments})

    def close(self) -> None:
        """End the process and drop the database."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(300)
        self.process.stdout.close()
        self.end()

    def _ask(self, what: dict[str, Any]) -> Ended:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return Ended(**json.loads(self.process.stdout.readline()))


def main() -> None:
    """Play what comes in by lines; answer each by a line."""
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - read now, and not in every fork
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        with tempfile.TemporaryFile("w+") as screen:
            ended = _forked(json.loads(line), screen.fileno())
            screen.seek(0)
            print(json.dumps({"returncode": ended, "said": screen.read()}), file=answers, flush=True)


def _forked(what: dict[str, Any], screen: int) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.dup2(screen, 1)
    os.dup2(screen, 2)
    try:
        _run(what)
    except SystemExit as end:
        sys.stdout.flush()
        os._exit(end.code if isinstance(end.code, int) else int(end.code is not None))
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


def _run(what: dict[str, Any]) -> None:
    import click

    from chiakhoa.site import command

    if "arguments" in what:
        command.chiakhoa(what["arguments"], prog_name="chiakhoa")
        return
    try:
        exec(what["text"], {})
    except click.ClickException as refusal:
        refusal.show()
        sys.exit(1)
