"""The console script: everything the pages do in bulk, and the engines on files. Engine groups need no database.

Exit codes: 0 done, 1 a check found something wrong, 2 the input or the call was wrong.
"""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click

ENGINES = ("irt", "lineage", "planner", "matching")
SITE = (
    "start", "serve", "worker", "demo", "import", "items", "report", "verify", "check", "backup", "restore", "upgrade",
    "rotate-keys", "retain", "messages",
)  # fmt: skip


class Commands(click.Group):
    """Loads a command only when it is called: an engine on a file must not wait for Django."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, the site's first."""
        return [*SITE, *ENGINES]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name, or None."""
        if name in ENGINES:
            return getattr(importlib.import_module(f"chiakhoa.engines.{name}.command"), name)  # type: ignore[no-any-return]
        if name in SITE:
            _set_up_django()
            return getattr(importlib.import_module("chiakhoa.site.commands"), f"{name.replace('-', '_')}_")  # type: ignore[no-any-return]
        return None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def chiakhoa() -> None:
    """Chìa Khóa: a province develops its digital workforce."""


def main() -> None:
    """Run the console script."""
    _take_data_folder()
    try:
        chiakhoa(prog_name="chiakhoa")
    except Exception as fault:
        from chiakhoa.foundation import full_disk

        if not full_disk.is_behind(fault):
            raise
        click.echo(full_disk.words(), err=True)
        sys.exit(1)


def _take_data_folder() -> None:
    """`--data DIR` decides where settings look, so it is read before Django is."""
    arguments: list[Any] = sys.argv[1:]
    for i, argument in enumerate(arguments):
        if argument == "--data" and i + 1 < len(arguments):
            os.environ["CHIAKHOA_DATA"] = str(Path(arguments[i + 1]).resolve())
        elif argument.startswith("--data="):
            os.environ["CHIAKHOA_DATA"] = str(Path(argument.removeprefix("--data=")).resolve())


def _set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chiakhoa.site.settings")
    django.setup()
