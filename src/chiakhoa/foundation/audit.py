"""The trail: who did or saw what, when, from where, before and after. Rows are only ever added, each sealed to the last.

An action's rows are gathered and written at its end, so that the end of the chain is locked only for a moment.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from chiakhoa.foundation.readers import Reader

if TYPE_CHECKING:
    from chiakhoa.foundation.models import AuditEntry, TrailHead
    from chiakhoa.foundation.prepared import Prepared

_gathered: ContextVar["list[AuditEntry] | None"] = ContextVar("audit_gathered", default=None)


@contextmanager
def gathering() -> Iterator["list[AuditEntry]"]:
    """Gather the rows recorded inside the block (the list grows as they come) and append them at its end."""
    rows: list[AuditEntry] = []
    token = _gathered.set(rows)
    try:
        yield rows
    finally:
        _gathered.reset(token)
    _append(rows)


def record(
    actor: Reader,
    verb: str,
    thing: models.Model | str,
    *,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add one row to the trail. `thing` is the row acted on, or a short name where many were (its size goes into `after`).

    A thing that is a person, or belongs to one, is found again under that person.
    """
    from chiakhoa.foundation.models import AuditEntry

    kind, key = (thing._meta.label_lower, str(thing.pk)) if isinstance(thing, models.Model) else (thing, "")
    entry = AuditEntry(
        at=at,
        account_id=actor.account_id,
        actor_name=actor.name,
        role=actor.role or "",
        address=actor.address,
        verb=verb,
        thing_kind=kind,
        thing_key=key,
        person_id=_person_of(thing),
        before=before or {},
        after=after or {},
        salt=secrets.token_hex(8),
    )
    rows = _gathered.get()
    if rows is None:
        _append([entry])
    else:
        rows.append(entry)


def _append(entries: "list[AuditEntry]") -> None:
    """Write the rows at the end of the chain. Others who append wait here until the transaction ends."""
    from chiakhoa.foundation import bulk, chain
    from chiakhoa.foundation.models import AuditEntry

    if not entries:
        return
    # No savepoint: whoever cannot append must not have done anything either.
    with transaction.atomic(savepoint=False):
        head = _locked_head()
        for entry in entries:
            head.length += 1
            entry.number = head.length
            entry.seal = head.seal = chain.seal_of(head.seal, entry)
        head.proof = chain.proof_of(head.length, head.seal)
        bulk.insert(AuditEntry, entries)
        head.save()


@cache
def _head() -> "Prepared[TrailHead, TrailHead]":
    """Whoever appends asks for this. Made late: models may not be imported while settings are read."""
    from chiakhoa.foundation.models import TrailHead
    from chiakhoa.foundation.prepared import Prepared

    return Prepared(lambda: TrailHead.objects.select_for_update())


def _locked_head() -> Any:
    from chiakhoa.foundation.models import TrailHead

    head = _head().first()
    if head is None:
        # The two who write first make one head between them.
        TrailHead.objects.get_or_create(pk=1)
        head = TrailHead.objects.select_for_update().get()
    return head


def _person_of(thing: models.Model | str) -> int | None:
    if isinstance(thing, str):
        return None
    key = thing.pk if thing._meta.label_lower == "registry.person" else getattr(thing, "person_id", None)
    return key if isinstance(key, int) else None
