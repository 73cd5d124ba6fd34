"""What a database holds, in figures that a copy must show too: rows by table, the ledger of evidence, the end of the trail."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from chiakhoa.foundation.models import TrailHead
from chiakhoa.measure.evidence.models import Evidence

LEDGER = Evidence._meta.db_table
TRAIL = TrailHead._meta.db_table
PEOPLE = "registry_person"
Ask = Callable[[str], Iterable[tuple[Any, ...]]]


@dataclass(frozen=True)
class Contents:
    """Rows by table; a digest of every value in the ledger; length and last seal of the trail."""

    rows: dict[str, int] = field(default_factory=dict)
    ledger: str = ""
    trail: tuple[int, str] = (0, "")

    def as_dict(self) -> dict[str, Any]:
        """For the manifest of a backup."""
        return asdict(self)

    @classmethod
    def told(cls, said: dict[str, Any]) -> "Contents":
        """From the manifest of a backup."""
        length, seal = said["trail"]
        return cls(
            {str(name): int(n) for name, n in said["rows"].items()}, str(said["ledger"]), (int(length), str(seal))
        )

    def differs(self, other: "Contents") -> str:
        """The first thing in which another database is not the same, in words; empty where it is."""
        for table in sorted(self.rows.keys() | other.rows.keys()):
            if self.rows.get(table) != other.rows.get(table):
                return f"{table} has {other.rows.get(table)} rows instead of {self.rows.get(table)}"
        if self.ledger != other.ledger:
            return "a row of the ledger of evidence is not the same"
        return "" if self.trail == other.trail else "the trail ends otherwise"

    def __str__(self) -> str:
        people, evidence = self.rows.get(PEOPLE, 0), self.rows.get(LEDGER, 0)
        return f"{people} people, {evidence} rows of evidence, {self.trail[0]} of the trail"


def read(tables: Iterable[str], ask: Ask) -> Contents:
    """The contents of the database that `ask` asks. The tables are all of it, also those of another version."""
    rows = {table: int(next(iter(ask(f'SELECT count(*) FROM "{table}"')))[0]) for table in tables}
    ends = list(ask(f"SELECT length, seal FROM {TRAIL}")) if TRAIL in rows else []
    return Contents(
        rows, _digest(ask) if LEDGER in rows else "", (int(ends[0][0]), str(ends[0][1])) if ends else (0, "")
    )


def _digest(ask: Ask) -> str:
    digest = hashlib.sha256()
    for row in ask(f"SELECT * FROM {LEDGER} ORDER BY id"):
        digest.update(repr(row).encode())
    return digest.hexdigest()
