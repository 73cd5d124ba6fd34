"""A whole import in one call, as the command line does it: the steps of the pages, without a person in between."""

import hashlib
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.registry import actions, jobs, uploads
from chiakhoa.ground.registry.importing import preparing
from chiakhoa.ground.registry.importing.kinds import KINDS, REFUSED


def take_over(path: Path, kind_name: str, sender: str, *, at: datetime) -> tuple[dict[str, int], list[str]]:
    """Import a file. Returns the counts of the receipt, or in words every refused cell (and nothing is written).

    Refusal where the file cannot be read, its kind is unknown or a needed column is missing.
    """
    kind = KINDS.get(kind_name)
    if kind is None:
        raise Refusal(
            _("There is no kind “%(kind)s”; there are: %(kinds)s.") % {"kind": kind_name, "kinds": ", ".join(KINDS)}
        )
    opened, columns = preparing.look_into(path, kind)
    kept = uploads.keep_copy(path)
    file = {"name": path.name, "kept": kept, "digest": hashlib.sha256(path.read_bytes()).hexdigest()}
    row = actions.send_list(SYSTEM, kind, opened, columns, file=file, sender=sender, at=at)
    try:
        row = actions.map_list(SYSTEM, row.pk, {int(c): f for c, f in row.columns.items()}, at=at)
        prepared = preparing.prepare(SYSTEM, row, at.astimezone(HERE).date())
        if prepared.counts[REFUSED]:
            uploads.discard(actions.drop_list(SYSTEM, row.pk, at=at))
            return {}, [_said(kind.labels[fault.field], fault.line, fault.message) for fault in prepared.faults]
    except Refusal:
        uploads.discard(actions.drop_list(SYSTEM, row.pk, at=at))
        raise
    actions.register_list(SYSTEM, row.pk, at=at)
    jobs.register(SYSTEM, lambda *_progress: None, import_pk=row.pk)
    row.refresh_from_db()
    return dict(row.counts), []


def _said(column: object, line: int, message: str) -> str:
    return _("Row %(row)d, “%(column)s”: %(said)s") % {"row": line, "column": column, "said": message}
