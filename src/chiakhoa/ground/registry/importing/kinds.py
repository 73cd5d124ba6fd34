"""What can be imported. A kind declares its columns and how a record is judged, stored and taken back; the flow is one.

A step that owns a kind declares it and hands it over in its app's `ready()`: `kinds.declare(KIND)`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from chiakhoa.foundation.readers import Reader, Role

NEW, CHANGED, SAME, DOUBTFUL, REFUSED = STATES = ("new", "changed", "same", "doubtful", "refused")
TAKE_AS_NEW, LEAVE = "new", "later"  # decisions on a doubtful record; the third is `same:<key of the one registered>`

UNCHANGED: Mapping[str, tuple[str, str]] = MappingProxyType({})
Directory = Mapping[str, str]
Cell = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """A field that a column of a file can mean. `part_of` is the field that it helps to fill (such as a birthday's year).

    `read` turns one cell into a value (see `cells`). Instead, `looks_up` names the directory whose texts the cell must be, or,
    where it `lists` several, the parts of the cell.
    """

    name: str
    label: Any
    needed: bool = False
    read: Cell | None = None
    looks_up: str = ""
    is_day: bool = False
    lists: bool = False
    part_of: str = ""
    example: str = ""
    help: Any = ""


@dataclass(frozen=True)
class Record:
    """One record: its line in the sheet, and the value of each field that the kind knows (None or "" where it says nothing)."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Records(Sequence[Record]):
    """The records of a list, kept column by column: as so many dictionaries they would take more room than the file itself.

    `columns` holds, by field, the value of each record; `lines` the line of each in the sheet.
    """

    lines: Sequence[int] = ()
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, place: Any) -> Any:
        return Record(self.lines[place], {name: values[place] for name, values in self.columns.items()})


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell of a record, what to do, and what it may have been meant to say."""

    line: int
    field: str
    message: str
    code: str
    said: str = ""
    near: tuple[str, ...] = ()


class Judged(NamedTuple):
    """A record and what would become of it. `state` is one of `STATES`; `twins` are whom it may be, `notes` what looks odd."""

    line: int
    name: str
    state: str
    values: Any
    thing: Any = None
    changes: Mapping[str, tuple[str, str]] = UNCHANGED
    twins: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()


class Touched(NamedTuple):
    """A row of the database that an import made (`before` is None) or changed: what it was.

    `mark` is a digest of what it became, by which a later change is noticed when the import is to be undone.
    """

    line: int
    key: str
    before: dict[str, Any] | None
    mark: str


class Handler(Protocol):
    """How records of one kind meet the database. `values` of a record are a dictionary of the kind's fields."""

    def directories(self, reader: Reader, on: date) -> Mapping[str, Directory]:
        """By name, folded text -> code: what columns that look something up may say."""

    def choices(self, reader: Reader, on: date) -> Mapping[str, Sequence[str]]:
        """By column, the texts of the drop-downs of the template."""

    def judge(
        self, reader: Reader, records: "Records", decisions: Mapping[int, str], on: date
    ) -> tuple[list[Judged], list[Fault]]:
        """What would become of each record, and every fault in them."""

    def suggestions(self, fault: Fault, directories: Mapping[str, Directory]) -> tuple[str, ...]:
        """What the cell of a fault may have been meant to say, the likeliest first."""

    def pair(self, one: Judged) -> dict[str, Any]:
        """A doubtful record beside whom it may be: `fields` are rows of label, what the file says, what each candidate says."""

    def store(self, reader: Reader, judged: Sequence[Judged], at: datetime) -> Iterable[Touched]:
        """Write the new and the changed, inside the caller's transaction; then say what was touched."""

    def take_back(self, reader: Reader, touched: Sequence[Touched], at: datetime) -> list[str]:
        """Undo `store`, or say in words what depends on it since and write nothing."""


@dataclass(frozen=True)
class Kind:
    """One kind of list: its words, who may send it, its columns in the template's order, its handler.

    `combine` turns raw columns that are parts of a field (family name and given name) into that field's raw column.
    """

    name: str
    label: Any
    roles: tuple[Role, ...]
    columns: tuple[Column, ...]
    handler: Handler
    combine: Callable[[dict[str, list[Any]]], dict[str, list[Any]]] | None = None
    listed_at: str = ""
    order: int = 100

    def column(self, name: str) -> Column:
        """The column of a name; KeyError for none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def labels(self) -> dict[str, Any]:
        """Name -> the column's words, in the order of the template, parts included."""
        return {column.name: column.label for column in self.columns}


KINDS: dict[str, Kind] = {}


def declare(kind: Kind) -> None:
    """Add a kind to those that can be imported."""
    KINDS[kind.name] = kind


def kinds_of(reader: Reader) -> list[Kind]:
    """The kinds that the reader's role may import."""
    return sorted(
        (kind for kind in KINDS.values() if reader.role in kind.roles), key=lambda kind: (kind.order, kind.name)
    )
