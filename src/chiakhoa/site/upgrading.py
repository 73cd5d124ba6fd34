"""From an older version's tables to this one's: a proven backup first, then the changes, a look through; else put back.

Cut off at any moment it is run again and finishes: a note in the data folder tells that it began and which backup to put back.
A database that a newer version wrote to is left alone.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from chiakhoa.foundation import clock, full_disk, whole_files
from chiakhoa.site import backups
from chiakhoa.site.contents import LEDGER, Contents

NOTE = "upgrade.json"
FOLDER = "backups"
KEPT = 3
Tell = Callable[[str], None]


def waiting() -> list[str]:
    """The changes that this version makes and the database has not seen, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _back in plan]


def unknown() -> list[str]:
    """Changes of ours that the database has seen and this version does not know: a newer one made them."""
    loader = MigrationLoader(connection)
    replaced = {name for migration in loader.disk_migrations.values() for name in migration.replaces}
    ours = {label for label, _name in loader.disk_migrations}
    beyond = set(loader.applied_migrations) - set(loader.disk_migrations) - replaced
    return sorted(f"{label}.{name}" for label, name in beyond if label in ours)


def refuse_newer() -> None:
    """ClickException where a newer version wrote to the database: what this one would write there might not fit."""
    beyond = unknown()
    if beyond:
        raise click.ClickException(
            f"A newer version of Chìa Khóa wrote to this database ({beyond[0]}). Start that version,"
            " or restore the backup from before the upgrade into an empty place."
        )


def refuse_unready() -> None:
    """ClickException where the tables are not those of this version."""
    refuse_newer()
    if waiting():
        raise click.ClickException("The database is of an older version. Stop the program, then run: chiakhoa upgrade")


def upgrade(tell: Tell) -> None:
    """Bring the database to this version. ClickException where that fails, and then it is as it was before."""
    refuse_newer()
    if not applied():
        call_command("migrate", verbosity=0)
        return
    steps, note = waiting(), _note()
    if not steps and note is None:
        return
    if note is None or note["applied"] == applied():
        # Nothing was changed yet, and people may have worked since: what counts is what is there now.
        note = _begin(steps, tell)
    try:
        call_command("migrate", verbosity=0)
        _look_through(Contents.told(note["held"]))
    except Exception as fault:
        _put_back(note, fault)
    (settings.DATA / NOTE).unlink()
    _sweep()
    tell(f"upgraded; the backup from before is {note['backup']}")


def applied() -> list[str]:
    """The changes that the database has seen; none where it is new."""
    return sorted(f"{label}.{name}" for label, name in MigrationLoader(connection).applied_migrations)


def _begin(steps: list[str], tell: Tell) -> dict[str, Any]:
    """Make the backup, then the note: from here on there is something to put back."""
    folder = settings.DATA / FOLDER
    folder.mkdir(exist_ok=True)
    file = folder / f"before-upgrade-{clock.now():%Y%m%d-%H%M%S}.tar.gz"
    tell(f"{len(steps)} changes to make; a backup first")
    held = backups.backup(file)
    tell(f"{file}: {held}")
    note = {"backup": str(file), "applied": applied(), "held": held.as_dict()}
    whole_files.write(settings.DATA / NOTE, [json.dumps(note).encode()], mode=0o600)
    return note


def _put_back(note: dict[str, Any], fault: Exception) -> NoReturn:
    backups.put_back(Path(note["backup"]))
    (settings.DATA / NOTE).unlink()
    _sweep()
    why = full_disk.words() if full_disk.is_behind(fault) else f"{type(fault).__name__}: {fault}"
    raise click.ClickException(
        f"The upgrade failed and was taken back; the database is as it was. Start the version from before. Why: {why}"
    ) from fault


def _look_through(before: Contents) -> None:
    """The database is whole, and neither evidence nor trail is shorter than it was."""
    after = backups.look_through()
    if after.rows.get(LEDGER, 0) < before.rows.get(LEDGER, 0) or after.trail[0] < before.trail[0]:
        raise click.ClickException("rows of the ledger or of the trail are gone")


def _note() -> dict[str, Any] | None:
    file = settings.DATA / NOTE
    return None if not file.exists() else json.loads(file.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _sweep() -> None:
    """The backups of the last three upgrades stay; what was cut off before does not."""
    for cut_off in settings.DATA.glob(f"{backups.WORKSHOP}*"):
        shutil.rmtree(cut_off)
    for cut_off in (settings.DATA / FOLDER).glob("*.part"):
        cut_off.unlink()
    for old in sorted((settings.DATA / FOLDER).glob("before-upgrade-*.tar.gz"))[:-KEPT]:
        old.unlink()
