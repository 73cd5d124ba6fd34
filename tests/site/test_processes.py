"""The program as a process: started in a terminal and ended by Ctrl-C, killed in the middle, backed up and restored."""

import os
import pty
import random
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import time
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest

PROGRAM = [sys.executable, "-m", "chiakhoa"]
PATIENCE = 300
pytestmark = pytest.mark.skipif("CHIAKHOA_DATABASE" in os.environ, reason="these start programs on SQLite of their own")


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "CHIAKHOA_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chiakhoa.site.settings"}


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments], env=environment(folder), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def script(folder: Path, text: str) -> subprocess.Popen[bytes]:
    """Another process with Django set up, that runs the text."""
    begin = "import django; django.setup()\n"
    return subprocess.Popen([sys.executable, "-c", begin + text], env=environment(folder))


def wait_for(sees, what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not sees():
        assert time.monotonic() < until, f"waited {PATIENCE} s for {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, empty_database) -> Path:
    """A data folder with all tables and facts."""
    made = tmp_path_factory.mktemp("data")
    empty_database(made)
    prepared = script(made, "from chiakhoa.site import serving; serving.prepare()")
    assert prepared.wait(PATIENCE) == 0
    return made


def count(folder: Path, table: str, where: str = "1") -> int:
    with closing(sqlite3.connect(folder / "chiakhoa.sqlite3", timeout=20)) as database:
        return database.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]


class Terminal:
    """The program started in a terminal, as a person starts it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            # A test run in the background ignores the key, and what it starts would too; a terminal's shell does not.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvpe(sys.executable, [*PROGRAM, "start", "--empty", "--port", str(self.port)], environment(folder))
        self.said = ""

    def read(self) -> None:
        """Take what is on the screen; a full one would hold the program up."""
        while select.select([self.screen], [], [], 0)[0]:
            try:
                self.said += os.read(self.screen, 4096).decode(errors="replace")
            except OSError:  # the other side is closed
                return

    def answers(self) -> bool:
        """Whether the site does."""
        self.read()
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def press_ctrl_c(self) -> int:
        """The key, and the exit code of the program."""
        os.write(self.screen, b"\x03")
        ended = (0, 0)

        def is_over() -> bool:
            nonlocal ended
            self.read()
            ended = os.waitpid(self.pid, os.WNOHANG)
            return ended[0] != 0

        wait_for(is_over, "the program to end")
        os.close(self.screen)
        return os.waitstatus_to_exitcode(ended[1])


def still_running(group: int) -> list[str]:
    """The processes of a terminal's session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == group and fields[0] != "Z":
            found.append(entry.parent.name)
    return found


def test_ctrl_c_in_a_terminal_ends_everything_and_two_starts_are_refused(folder):
    terminal = Terminal(folder)
    wait_for(terminal.answers, "the first page")
    assert f"http://127.0.0.1:{terminal.port}" in terminal.said

    second = call(folder, "start", "--empty", "--port", str(terminal.port + 1))
    assert second.returncode == 1
    assert "already running" in second.stderr and "--data" in second.stderr

    assert len(still_running(terminal.pid)) >= 3, "the starter, the server and the worker"
    assert terminal.press_ctrl_c() == 0
    wait_for(lambda: not still_running(terminal.pid), "its processes to end")
    assert call(folder, "check").returncode == 0


def test_an_action_killed_before_its_end_leaves_nothing(folder):
    killed = script(folder, """
import os, signal
from chiakhoa.foundation import audit, clock
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.ground.catalogue import actions
record = audit.record
def die(*args, **kwargs):
    record(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
audit.record = die
from chiakhoa.ground.registry import actions as registry
registry.load_audiences(SYSTEM, at=clock.now())
""")  # fmt: skip
    rows = count(folder, "foundation_auditentry")
    assert killed.wait(PATIENCE) == -signal.SIGKILL
    assert count(folder, "foundation_auditentry") == rows
    assert call(folder, "check").returncode == 0


SLEEPER = """
import time
from chiakhoa.foundation import jobs
def sleeps(reader, report):
    report(1, 3, "asleep")
    time.sleep(%s)
    return "/awake/"
jobs.TASKS["sleeps"] = sleeps
"""
ENQUEUE = """
from chiakhoa.foundation import clock
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import SYSTEM, Role
@action(Role.ADMINISTRATOR)
def ask(actor):
    jobs.enqueue(actor, "sleeps", "a sleeper", at=clock.now())
ask(SYSTEM)
"""


def test_the_job_of_a_killed_worker_is_taken_over_by_the_next(folder):
    assert script(folder, SLEEPER % 0 + ENQUEUE).wait(PATIENCE) == 0
    worker = script(folder, SLEEPER % 600 + "jobs.work()")
    wait_for(lambda: count(folder, "foundation_job", "message = 'asleep'"), "the job to run")
    worker.kill()
    worker.wait()

    assert script(folder, SLEEPER % 0 + "jobs.work(once=True)").wait(PATIENCE) == 0
    assert count(folder, "foundation_job", "state = 'running'") == 1, "nobody takes it while its lease holds"

    with closing(sqlite3.connect(folder / "chiakhoa.sqlite3", isolation_level=None)) as database:
        database.execute("UPDATE foundation_job SET lease_until = '2020-01-01 00:00:00'")
    assert script(folder, SLEEPER % 0 + "jobs.work(once=True)").wait(PATIENCE) == 0
    assert count(folder, "foundation_job", "state = 'done' AND attempts = 2 AND result_url = '/awake/'") == 1


def test_a_backup_of_a_running_database_restores_to_the_same_rows(folder, tmp_path):
    file = tmp_path / "copy.tar.gz"
    made = call(folder, "backup", str(file))
    assert made.returncode == 0, made.stderr
    assert file.stat().st_mode & 0o077 == 0

    elsewhere = tmp_path / "elsewhere"
    restored = call(elsewhere, "restore", str(file))
    assert restored.returncode == 0, restored.stderr
    for table in ("territory_unit", "assessment_item", "foundation_auditentry"):
        assert count(elsewhere, table) == count(folder, table) > 0
    assert (elsewhere / "secret").read_bytes() == (folder / "secret").read_bytes()
    assert call(elsewhere, "check").returncode == 0


def test_a_restore_over_a_database_is_refused(folder, tmp_path):
    file = tmp_path / "copy.tar.gz"
    call(folder, "backup", str(file))
    refused = call(folder, "restore", str(file))
    assert refused.returncode == 1
    assert "empty folder" in refused.stderr


@pytest.mark.parametrize("kind", ["text", "foreign archive", "torn"])
def test_a_file_that_is_no_backup_is_refused_in_words_and_leaves_nothing(folder, tmp_path, kind):
    file = tmp_path / "foreign.tar.gz"
    if kind == "text":
        file.write_text("not an archive")
    elif kind == "foreign archive":
        with tarfile.open(file, "w:gz") as archive:
            archive.add(__file__, "evil.py")
    else:
        call(folder, "backup", str(file))
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elsewhere = tmp_path / "elsewhere"
    refused = call(elsewhere, "restore", str(file))
    assert refused.returncode == 1
    assert "not a backup" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (elsewhere / "chiakhoa.sqlite3").exists()


def test_check_names_a_damaged_database(folder, tmp_path):
    file = tmp_path / "copy.tar.gz"
    call(folder, "backup", str(file))
    damaged = tmp_path / "damaged"
    call(damaged, "restore", str(file))
    database = damaged / "chiakhoa.sqlite3"
    content = database.read_bytes()
    for place in (
        0.001,
        0.1,
        0.29,
        0.5,
        0.56,
        0.75,
        0.966,
    ):  # pages of tables, of indexes, of what the program reads to start
        page = 4096 * int(len(content) // 4096 * place)
        database.write_bytes(content[:page] + random.Random(1).randbytes(4096) + content[page + 4096 :])
        found = call(damaged, "check")
        assert found.returncode == 1, place
        assert "BAD  integrity" in found.stdout, (place, found.stdout, found.stderr)


BLIND = """
import django; django.setup()
from chiakhoa.site import storage
storage._integrity = lambda: storage.Finding("integrity", True, "ok")
print(*[one.what for one in storage.check() if not one.good])
"""


def test_without_the_look_into_its_pages_a_damaged_index_would_pass(folder, tmp_path):
    file, damaged = tmp_path / "copy.tar.gz", tmp_path / "damaged"
    call(folder, "backup", str(file))
    call(damaged, "restore", str(file))
    database = damaged / "chiakhoa.sqlite3"
    with closing(sqlite3.connect(database)) as opened:
        ((page,),) = opened.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit_by_person'")
    content = database.read_bytes()
    database.write_bytes(content[: 4096 * (page - 1)] + random.Random(1).randbytes(4096) + content[4096 * page :])
    blind = subprocess.run(
        [sys.executable, "-c", BLIND], env=environment(damaged), capture_output=True, text=True, check=True
    )
    assert "integrity" not in blind.stdout
    assert "BAD  integrity" in call(damaged, "check").stdout
