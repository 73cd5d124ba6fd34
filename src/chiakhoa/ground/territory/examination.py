"""The frame in which the list of a reform is read against its day: for units (`examining`) and for bodies (the registry's
`body_changes`), which say what a name means, what begins, and what stands above it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model
from django.utils.functional import Promise

from chiakhoa.foundation.text import nfc
from chiakhoa.ground.territory.changes import Fault, Kind, Row, faults, share_of

Thing = TypeVar("Thing", bound=Model)
SURVIVES = (Kind.RENAME, Kind.MOVE)


@dataclass(frozen=True)
class Passing:
    """One row understood: `old` and `new` are ids; `share` is empty for what is abolished."""

    line: int
    kind: str
    old: str | None
    new: str | None
    share: Decimal | None


@dataclass
class Examined(Generic[Thing]):
    """What a list would do to the map of its day: what ends, what begins, what goes on, what passes into what."""

    olds: dict[str, Thing] = field(default_factory=dict)
    news: dict[str, Thing] = field(default_factory=dict)
    standing: dict[str, Thing] = field(default_factory=dict)
    passings: list[Passing] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def heirs(self) -> dict[str, tuple[str, bool]]:
        """For each thing that ends with one heir: the heir, and whether it is the same thing renamed or moved."""
        whole = [row for row in self.passings if row.old and row.new and row.share == 1]
        return {str(row.old): (str(row.new), row.kind in SURVIVES) for row in whole}


class Examination(Generic[Thing]):
    """One run over a list: the things that may end, those that begin, the faults met on the way."""

    several: ClassVar[str | Promise]
    none: ClassVar[str | Promise]

    def __init__(self, standing: Iterable[Thing], day: date) -> None:
        self.day = day
        self.result: Examined[Thing] = Examined(standing={thing.pk: thing for thing in standing})
        self.ids: dict[str, str] = {}

    def run(self, rows: Sequence[Row]) -> Examined[Thing]:
        """Olds first, since what begins takes kind, code, parent and place from them."""
        self.result.faults = faults(rows)
        olds = {row.line: self._old(row) for row in rows} if not self.result.faults else {}
        if not self.result.faults:
            first = {self._name(row, olds): row for row in rows[::-1] if row.kind != Kind.ABOLISH}
            forebears = {name: self._forebears(name, rows, olds) for name in first}
            self.begin(dict(reversed(first.items())), forebears, rows)
            for row in rows:
                self._pass(row, olds)
            for name, row in first.items():
                if thing := self.result.news.get(self.ids.get(name, "")):
                    self.place(row, thing, forebears[name])
            self.under_what_ends({row.old: row.line for row in self.result.passings})
        self.result.faults.sort()
        return self.result

    def named(self, things: Iterable[Thing], text: str) -> list[Thing]:
        """The things that a text means."""
        raise NotImplementedError

    def code(self, thing: Thing) -> str:
        """By which one of several of a name is told."""
        raise NotImplementedError

    def written(self, old: Thing) -> str:
        """The name of what moves and so keeps its own."""
        return str(old)

    def begin(self, first: Mapping[str, Row], forebears: Mapping[str, list[Thing]], rows: Sequence[Row]) -> None:
        """Fill `news` and `ids` for each name that begins; `first` gives its first row."""
        raise NotImplementedError

    def place(self, row: Row, thing: Thing, forebears: Sequence[Thing]) -> None:
        """What stands above a thing that begins."""
        raise NotImplementedError

    def under_what_ends(self, lines: Mapping[str | None, int]) -> None:
        """Whatever stands below what ends must be dealt with. `lines` gives the row of each thing that ends."""
        raise NotImplementedError

    def fault(self, row: Row, column: str, message: str, **said: Any) -> None:
        """Note what will not do."""
        self.fault_at(row.line, column, message, **said)

    def fault_at(self, line: int, column: str, message: str, **said: Any) -> None:
        """Note what will not do in the row of that number."""
        self.result.faults.append(Fault(line, column, message % said))

    def _old(self, row: Row) -> Thing | None:
        if not row.old:
            return None
        fits = self.named(self.result.standing.values(), row.old)
        if len(fits) == 1:
            self.result.olds[fits[0].pk] = fits[0]
            return fits[0]
        if fits:
            self.fault(row, "old", str(self.several), name=row.old, codes=", ".join(map(self.code, fits)))
        else:
            self.fault(row, "old", str(self.none), name=row.old, day=f"{self.day:%d/%m/%Y}")
        return None

    def _name(self, row: Row, olds: Mapping[int, Thing | None]) -> str:
        old = olds[row.line]
        return nfc(row.new) or (self.written(old) if old else "")

    def _forebears(self, name: str, rows: Sequence[Row], olds: Mapping[int, Thing | None]) -> list[Thing]:
        return [old for row in rows if (old := olds[row.line]) and self._name(row, olds) == name]

    def _pass(self, row: Row, olds: Mapping[int, Thing | None]) -> None:
        old = olds[row.line]
        new = self.ids.get(self._name(row, olds)) if row.kind != Kind.ABOLISH else None
        share = share_of(row) if old and new else None
        self.result.passings.append(Passing(row.line, row.kind, old.pk if old else None, new, share))
