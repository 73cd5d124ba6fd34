"""Our way: a list that somebody sent and mapped, as the worker registers it; and the sending."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.ground.registry import actions, jobs, uploads
from chiakhoa.ground.registry.importing import preparing
from chiakhoa.ground.registry.importing.kinds import KINDS
from chiakhoa.ground.registry.models import Import

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
Run = Callable[[], list[int]]


def ours(_file: Path) -> Run:
    """As the worker registers the list that somebody sent and mapped (see `send`)."""
    waiting = Import.objects.get()
    refused: list[int] = []
    judge = preparing.judge

    def noting(*arguments: Any) -> Any:
        prepared = judge(*arguments)
        refused.extend(one.line for one in prepared.judged if one.state == preparing.REFUSED)
        assert not prepared.counts[preparing.DOUBTFUL], "a doubt would be left out"
        return prepared

    def run() -> list[int]:
        preparing.judge = noting
        jobs.register(SYSTEM, lambda *_progress: None, import_pk=waiting.pk)
        return refused

    return run


def send(file: Path) -> None:
    """What somebody does at the pages before the worker begins."""
    kept = uploads.keep_copy(file)
    opened, columns = preparing.look_into(file, KINDS["people"])
    about = {"name": file.name, "kept": kept, "digest": ""}
    row = actions.send_list(SYSTEM, KINDS["people"], opened, columns, file=about, sender="", at=AT)
    actions.map_list(SYSTEM, row.pk, columns, at=AT)
    actions.register_list(SYSTEM, row.pk, at=AT)
