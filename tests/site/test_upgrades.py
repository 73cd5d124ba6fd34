"""An older database is brought to this version, whatever happens on the way; a newer one is left alone."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site.installation import Installation
from tests.site.stage import Stage

# The newest changes that can be taken back: so the database is what an older version left, with the province in it.
OLDER = {
    "reporting": "zero", "placement": "0001", "planning": "0003", "delivery": "0001", "registry": "0008", "access": "0005",
    "evidence": "0002",
}  # fmt: skip
GO_BACK = f"""
from django.core.management import call_command
for app, name in {OLDER!r}.items():
    call_command("migrate", app, name, verbosity=0)
"""
# The program at work on an upgrade that ends at one moment of it, as if the power went.
DIES = """
import os, signal
from django.db.migrations.migration import Migration
from chiakhoa.site import backups, upgrading, serving, sqlite_copies, postgres_copies
from chiakhoa.foundation import whole_files
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
def before(module, name, when=lambda *a, **k: True):
    real = getattr(module, name)
    def wrapped(*args, **kwargs):
        if when(*args, **kwargs):
            die()
        return real(*args, **kwargs)
    setattr(module, name, wrapped)
def after(module, name, when=lambda *a, **k: True):
    real = getattr(module, name)
    def wrapped(*args, **kwargs):
        result = real(*args, **kwargs)
        if when(*args, **kwargs):
            die()
        return result
    setattr(module, name, wrapped)
def breaks(name):
    real = Migration.apply
    def wrapped(self, state, editor, *args):
        result = real(self, state, editor, *args)
        if self.name.startswith(name):
            raise RuntimeError("this change does not fit")
        return result
    Migration.apply = wrapped
is_named = lambda name: lambda self, *a, **k: self.name.startswith(name)
{moment}
with serving.sole_use():
    serving.prepare()
"""
COPIES = "(postgres_copies if backups.connection.vendor == 'postgresql' else sqlite_copies)"
MOMENTS = {
    "in the backup, before it is proven": "after(backups, '_pack')",
    "after the backup, before the note": "before(whole_files, 'write', lambda path, *a, **k: path.name == 'upgrade.json')",
    "before the first change": "before(Migration, 'apply')",
    "in the middle of a change": "after(Migration, 'apply', is_named('0006_role_groups'))",
    "before the last change": "before(Migration, 'apply', is_named('0002_fairs'))",
    "after the changes": "after(upgrading, 'call_command')",
    "after all": "after(upgrading, '_sweep')",
}
FAILING = "breaks('0002_fairs')\n"
MOMENTS_OF_PUTTING_BACK = {
    "before it takes its place": f"before({COPIES}, 'put')",
    "after it took its place": f"after({COPIES}, 'put')",
}


@pytest.fixture(scope="module")
def older(installed: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation as a version before this one left it."""
    made = Installation(tmp_path_factory.mktemp("older") / "data", installed)
    done = made.script(GO_BACK)
    assert done.returncode == 0, done.stderr
    yield made
    made.end()


@pytest.fixture(scope="module")
def stage(
    older: Installation, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("stage") / "data", older, pytestconfig.rootpath)
    yield made
    made.close()


@pytest.fixture
def house(stage: Stage) -> Stage:
    """The older installation, anew for each test."""
    stage.begin()
    return stage


@pytest.fixture(scope="module")
def upgraded(older: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An older one that was upgraded with nothing in the way."""
    made = Installation(tmp_path_factory.mktemp("upgraded") / "data", older)
    done = made.call("upgrade")
    assert done.returncode == 0, done.stderr
    yield made
    made.end()


def backups_of(house: Installation) -> list[Path]:
    return sorted((house.folder / "backups").glob("before-upgrade-*.tar.gz"))


def is_tidy(house: Installation) -> bool:
    """No note, no half file, no folder of the moment is left."""
    left = [*house.folder.rglob("*.part"), *house.folder.glob("copying-*"), *house.folder.glob("upgrade.json")]
    return not left


def test_an_upgrade_makes_a_backup_then_the_changes_and_loses_nothing(upgraded, older):
    before, after = older.contents(), upgraded.contents()
    assert before.ledger == after.ledger and before.trail == after.trail
    for table in ("evidence_evidence", "registry_person", "delivery_enrolment"):
        assert before.rows[table] == after.rows[table] > 0
    assert len(backups_of(upgraded)) == 1 and is_tidy(upgraded)
    assert upgraded.faults() == []


def test_the_backup_from_before_restores_to_what_was_there(upgraded, older, tmp_path):
    elsewhere = Installation(tmp_path / "elsewhere")
    restored = elsewhere.call("restore", str(backups_of(upgraded)[0]))
    assert restored.returncode == 0, restored.stderr
    assert elsewhere.contents() == older.contents()
    elsewhere.end()


def test_an_upgrade_with_nothing_to_do_makes_no_backup(upgraded):
    assert upgraded.call("upgrade").returncode == 0
    assert len(backups_of(upgraded)) == 1


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_it_is_run_again_and_finishes(moment, house, upgraded):
    killed = house.play(DIES.replace("{moment}", MOMENTS[moment]))
    assert killed.returncode == -signal.SIGKILL, killed.said
    again = house.type("upgrade")
    assert again.returncode == 0, again.said
    assert house.contents() == upgraded.contents()
    assert is_tidy(house)


def test_a_change_that_fails_is_taken_back_with_all_the_others_and_said_in_words(house, older):
    failed = house.play(DIES.replace("{moment}", FAILING))
    assert "taken back" in failed.said and "does not fit" in failed.said
    assert house.contents() == older.contents()
    assert is_tidy(house) and len(backups_of(house)) == 1


@pytest.mark.parametrize("moment", MOMENTS_OF_PUTTING_BACK)
def test_killed_while_it_is_put_back_it_is_put_back_the_next_time(moment, house, older, upgraded):
    killed = house.play(DIES.replace("{moment}", FAILING + MOMENTS_OF_PUTTING_BACK[moment]))
    assert killed.returncode == -signal.SIGKILL, killed.said
    failed = house.play(DIES.replace("{moment}", FAILING))
    assert "taken back" in failed.said
    assert house.contents() == older.contents()
    assert house.type("upgrade").returncode == 0
    assert house.contents() == upgraded.contents() and is_tidy(house)


def test_without_the_backup_a_change_that_fails_leaves_a_database_that_is_neither(house, older, upgraded):
    """The twin: migrated in place, as it was done before there was `upgrade`."""
    leaves = "def leaves(note, fault):\n    raise fault\nupgrading._put_back = leaves\n"
    failed = house.play(DIES.replace("{moment}", FAILING + leaves))
    assert failed.returncode != 0
    left = house.contents()
    assert left != older.contents() and left != upgraded.contents()


NEWER = """
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
MigrationRecorder(connection).record_applied("delivery", "0099_of_next_year")
"""


@pytest.mark.parametrize("command", ["serve", "worker", "upgrade"])
def test_a_database_of_a_newer_version_is_not_worked_on(command, house):
    assert house.play(NEWER).returncode == 0
    before = house.contents()
    refused = house.type(command)
    assert refused.returncode == 1 and "newer version" in refused.said and "0099_of_next_year" in refused.said
    assert "Traceback" not in refused.said
    assert house.contents() == before
    assert "newer version" in house.type("check").said


UNWATCHED = """
from django.db import connection
from django.utils import timezone
from chiakhoa.foundation import jobs
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.site import upgrading
with connection.cursor() as cursor:
    cursor.execute("ALTER TABLE foundation_job DROP COLUMN message")  # as the version of next year had it
upgrading.unknown = lambda: []
upgrading.refuse_newer()
print("it begins to work", flush=True)
jobs.enqueue(SYSTEM, "needs.refresh", "", at=timezone.now())
"""


def test_without_that_an_older_program_would_begin_and_break_in_the_middle(house):
    """The twin: nobody looks who wrote to the database, and the first thing that is asked for ends in a fault."""
    assert house.play(NEWER).returncode == 0
    broken = house.play(UNWATCHED)
    assert "it begins to work" in broken.said and "Traceback" in broken.said and "message" in broken.said


@pytest.mark.parametrize("command", ["worker", "retain"])
def test_what_does_not_hold_the_folder_alone_upgrades_nothing(command, house, older):
    """Somebody may be at work on it: a worker or a list that comes by says so and leaves it."""
    refused = house.type(command)
    assert refused.returncode == 1 and "chiakhoa upgrade" in refused.said
    assert house.contents() == older.contents()


PHONES = """
import json
from chiakhoa.ground.registry.models import Person
print(json.dumps(sorted(set(Person.objects.values_list("phone", flat=True)))))
"""


def test_a_note_that_outlived_its_backup_s_moment_puts_nothing_old_back(house, upgraded):
    """Cut off before the first change, then people worked on with the version from before: their work is not lost."""
    killed = house.play(DIES.replace("{moment}", MOMENTS["before the first change"]))
    assert killed.returncode == -signal.SIGKILL
    assert (house.folder / "upgrade.json").exists()
    work = "from chiakhoa.ground.registry.models import Person; Person.objects.update(phone='0999999999')"
    assert house.play(work).returncode == 0
    failed = house.play(DIES.replace("{moment}", FAILING))
    assert "taken back" in failed.said
    assert json.loads(house.play(PHONES).said) == ["0999999999"]
    assert len(backups_of(house)) == 2 and is_tidy(house)
