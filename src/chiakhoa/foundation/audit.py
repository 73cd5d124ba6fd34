"""The trail: who did or saw what, when, from where, before and after. Rows are only ever added."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from chiakhoa.foundation.readers import Reader


@dataclass
class Count:
    """How many audit rows the running action has written."""

    rows: int = 0


_count: ContextVar[Count | None] = ContextVar("audit_count", default=None)


@contextmanager
def counting() -> Iterator[Count]:
    """Count the audit rows written inside the block."""
    count = Count()
    token = _count.set(count)
    try:
        yield count
    finally:
        _count.reset(token)


def record(
    actor: Reader,
    verb: str,
    thing: models.Model | str,
    *,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add one row to the trail. `thing` is the row acted on, or a short name where many were (its size goes into `after`)."""
    from chiakhoa.foundation.models import AuditEntry

    kind, key = (thing._meta.label_lower, str(thing.pk)) if isinstance(thing, models.Model) else (thing, "")
    AuditEntry.objects.create(
        at=at,
        account_id=actor.account_id,
        actor_name=actor.name,
        role=actor.role or "",
        address=actor.address,
        verb=verb,
        thing_kind=kind,
        thing_key=key,
        before=before or {},
        after=after or {},
    )
    count = _count.get()
    if count:
        count.rows += 1
