"""The trail as a hash chain: each row's seal covers the row and the seal before it, so the first row changed is known.

The seal is keyed with the installation's secret: who can write the database, but not read the secret, cannot mend the
chain. `TrailHead` tells how long the chain is, so that rows cut off at the end are missed too.

A row that was emptied (see `foundation.emptying`) keeps its seal, which the next row goes on binding; what is left of it is
vouched for by a seal of its own in `Emptied`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation import sealing
from chiakhoa.foundation.models import AuditEntry, Emptied, TrailHead

PURPOSE = "trail"
CHUNK = 2000
SEALED = (
    "number", "at", "account_id", "actor_name", "role", "address", "verb", "thing_kind", "thing_key", "person_id",
    "before", "after",
)  # fmt: skip


@dataclass(frozen=True)
class Break:
    """Where the chain first fails: the number of the row in the chain, and what happened to it."""

    number: int
    what: str

    def __str__(self) -> str:
        return _("row %(number)d: %(what)s") % {"number": self.number, "what": self.what}


def seal_of(previous: str, entry: AuditEntry) -> str:
    """The seal (hex) of a row that follows the row with the seal `previous`; that is empty for the first row."""
    return sealing.mac(f"{previous}\n{_content(entry)}", PURPOSE)


def remains_of(entry: AuditEntry) -> str:
    """The seal (hex) of what is left of a row that was emptied, its own seal included."""
    return sealing.mac(f"emptied {entry.seal}\n{_content(entry)}", PURPOSE)


def proof_of(length: int, seal: str) -> str:
    """What shows that a head was written by this program."""
    return sealing.mac(f"head {length} {seal}", PURPOSE)


def first_break() -> Break | None:
    """Walk the whole chain; the first place where it fails, or None. Reads each row once, in its order."""
    expected, seal = 1, ""
    emptied = dict(Emptied.objects.order_by("pk").values_list("number", "remains"))
    for entry in _in_order():
        if entry.number != expected:
            return Break(expected, _("is missing"))
        if entry.seal != seal_of(seal, entry) and emptied.get(expected) != remains_of(entry):
            return Break(expected, _("was changed, or did not come from this program"))
        expected, seal = expected + 1, entry.seal
    return _break_at_the_end(expected - 1, seal)


def _break_at_the_end(length: int, seal: str) -> Break | None:
    head = TrailHead.objects.first()
    if head is None:
        return Break(length, _("nothing tells whether rows after it were cut off")) if length else None
    if head.proof != proof_of(head.length, head.seal):
        return Break(length, _("the mark of the end after it was changed"))
    if head.length > length:
        return Break(length + 1, _("is missing"))
    if (head.length, head.seal) != (length, seal):
        return Break(head.length + 1, _("was added behind the end"))
    return None


def _in_order() -> Iterator[AuditEntry]:
    return AuditEntry.objects.order_by("number").iterator(chunk_size=CHUNK)


def _content(entry: AuditEntry) -> str:
    """What a seal covers. A row from before there was salt has none."""
    content = {name: getattr(entry, name) for name in SEALED}
    content["at"] = entry.at.astimezone(UTC).isoformat()
    if entry.salt:
        content["salt"] = entry.salt
    return _canonical(content)


def _canonical(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """The value as both databases give it back: PostgreSQL stores 2.0 and 2e0 as it likes, SQLite as it was written."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
