"""Signs of life that outlast a process: when the worker last looked for work, when the last backup was proven.

Each is the time of a file in the data folder, so that another process, or a person with `ls`, can read it.
"""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

WORKER = "worker.beat"
BACKUP = "backup.beat"


def beat(name: str) -> None:
    """Say that it happened now."""
    _file(name).touch()


def last(name: str) -> datetime | None:
    """When it last happened; None where it never did."""
    try:
        return datetime.fromtimestamp(_file(name).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def _file(name: str) -> Path:
    return Path(settings.DATA) / name
