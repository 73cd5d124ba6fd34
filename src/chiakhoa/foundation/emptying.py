"""Emptying rows of the trail of somebody who is erased: who did what to which row stays, the words go, the chain stays whole.

What goes is every text in `before` and `after`, or the actor's name and address; whole numbers, truths and the names of fields
stay. The row keeps its seal; what is left is vouched for by a keyed seal in `Emptied`, without which the database refuses the
change and `chain.first_break` names the row.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from chiakhoa.foundation import chain
from chiakhoa.foundation.models import AuditEntry, Emptied

CHUNK = 200
CHANGED = ["before", "after", "actor_name", "address", "salt"]


def empty_words(rows: Iterable[AuditEntry]) -> int:
    """Take the texts out of what the rows say was before and after; returns how many rows said any. Part of an action."""
    return _empty(rows, _without_words)


def empty_actors(rows: Iterable[AuditEntry]) -> int:
    """Take out the name of who acted, and from where; returns how many rows told it. Part of an action."""
    return _empty(rows, _without_actor)


def _empty(rows: Iterable[AuditEntry], change: Any) -> int:
    count, pending = 0, iter(rows)
    while chunk := list(islice(pending, CHUNK)):
        changed = [row for row in chunk if change(row)]
        for row in changed:
            row.salt = ""
        # The vouchers first: without them the database lets no row be changed.
        Emptied.objects.bulk_create(Emptied(number=row.number, remains=chain.remains_of(row)) for row in changed)
        AuditEntry.objects.bulk_update(changed, CHANGED)
        count += len(changed)
    return count


def _without_words(row: AuditEntry) -> bool:
    before, after = _wordless(row.before), _wordless(row.after)
    if (before, after) == (row.before, row.after):
        return False
    row.before, row.after = before, after
    return True


def _without_actor(row: AuditEntry) -> bool:
    if not row.actor_name and not row.address:
        return False
    row.actor_name = row.address = ""
    return True


def _wordless(value: Any) -> Any:
    if isinstance(value, str):
        return ""
    if isinstance(value, dict):
        return {key: _wordless(part) for key, part in value.items()}
    return [_wordless(part) for part in value] if isinstance(value, list) else value
