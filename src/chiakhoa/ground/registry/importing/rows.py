"""The handler of kinds that are one row of one table each: bodies, units, venues, rooms, trainers, courses, roles.

A kind says which record fields are which attributes, how a record is identified, and what else a row needs; the rest is the same
for all: unknown names are refused with what looks like them, blanks say nothing, changes are shown field by field.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry.importing.kinds import (
    CHANGED,
    NEW,
    REFUSED,
    SAME,
    Column,
    Directory,
    Fault,
    Judged,
    Records,
    Touched,
)
from chiakhoa.ground.registry.importing.reading import SEVERAL, nearest

Values = dict[str, Any]
Fields = dict[str, Any]
Wrong = tuple[str, str, str]  # field, words, code


@dataclass(frozen=True)
class RowHandler:
    """How lists of one table meet it.

    identity : the attributes by which a row is found again.
    look_up : the directories; `own` is the one that holds this table's rows, so that a row may point to another of its file.
    offers : the drop-downs of the template, by column.
    complete, finish : fill what a record, or a row about to be saved, derives from itself.
    wrong : what no constraint of the database says in words.
    reach : limits the rows that a reader may touch; listed : of these, the rows that a list of what stands has.
    sets : relations to many, whose cells list codes; owned : models that come and go with a row; after : mends what hangs on all.
    """

    model: type[Model]
    identity: tuple[str, ...]
    columns: tuple[Column, ...]
    look_up: Callable[[Reader, date], Mapping[str, Directory]]
    offers: Callable[[Reader, date], Mapping[str, Sequence[str]]] = lambda _reader, _on: {}
    complete: Callable[[Values, Mapping[str, Directory]], Values] = lambda values, _directories: values
    wrong: Callable[[Values], Iterable[Wrong]] = lambda _values: ()
    reach: Callable[[Reader], Q] = lambda _reader: Q()
    listed: Callable[[Reader, date], Q] = lambda _reader, _on: Q()
    finish: Callable[[Any], None] = lambda _row: None
    own: str = ""
    named_by: str = "name_vi"
    sets: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    after: Callable[[], None] = lambda: None

    def directories(self, reader: Reader, on: date) -> Mapping[str, Directory]:
        """By name, folded text -> code."""
        return self.look_up(reader, on)

    def choices(self, reader: Reader, on: date) -> Mapping[str, Sequence[str]]:
        """The drop-downs of the template."""
        return self.offers(reader, on)

    def suggestions(self, fault: Fault, directories: Mapping[str, Directory]) -> tuple[str, ...]:
        """Codes of what looks like the cell."""
        looked_up = {column.name: column.looks_up for column in self.columns}.get(fault.field)
        return fault.near or (tuple(nearest(fault.said, directories[looked_up])) if looked_up and fault.said else ())

    def pair(self, one: Judged) -> dict[str, Any]:
        """There are no doubts among rows that a code identifies."""
        raise NotImplementedError

    def judge(
        self, reader: Reader, records: Records, decisions: Mapping[int, str], on: date
    ) -> tuple[list[Judged], list[Fault]]:
        """What would become of each record."""
        directories = self.directories(reader, on)
        standing = {self._identity(row): row for row in self.model._default_manager.all()}
        in_reach = set(self.model._default_manager.filter(self.reach(reader)).values_list("pk", flat=True))
        completed = [
            self.complete({k: v for k, v in record.values.items() if v not in ("", None)}, directories)
            for record in records
        ]
        directories = self._with_own(directories, completed)
        seen: dict[tuple[str, ...], int] = {}
        judged, faults = [], []
        for record, values in zip(records, completed, strict=True):
            row = standing.get(self._identity(values))
            found = list(self._faults(record.line, values, row, directories, seen))
            if row is not None and row.pk not in in_reach:
                said = _("This row lies outside your unit. Ask the coordinator.")
                found.append(Fault(record.line, self.columns[0].name, said, "row_elsewhere"))
            faults += found
            changes = self._changes(row, values) if row is not None else {}
            state = REFUSED if found else NEW if row is None else CHANGED if changes else SAME
            judged.append(Judged(record.line, self._name(values, row), state, values, row, changes))
        return judged, faults

    def standing(self, reader: Reader, on: date) -> list[list[Any]]:
        """The rows that the reader may touch, as a list of this kind says them: headings first. Read back, nothing changes."""
        columns = [column for column in self.columns if not column.part_of]
        directories = self.directories(reader, on)
        said = {name: _by_code(directory) for name, directory in directories.items()}
        rows = self.model._default_manager.filter(self.reach(reader), self.listed(reader, on)).order_by("pk")
        return [
            [str(column.label) for column in columns],
            *([self._said(row, column, said) for column in columns] for row in rows),
        ]

    def _said(self, row: Any, column: Column, said: Mapping[str, Mapping[str, str]]) -> Any:
        held = self.held(row, column.name)
        if column.name in self.sets:
            return "; ".join(held)
        if held is None or not column.looks_up:
            return "" if held is None else held
        return said[column.looks_up].get(str(held), str(held))

    def store(self, reader: Reader, judged: Sequence[Judged], at: datetime) -> list[Touched]:
        """Write the new and the changed rows."""
        from chiakhoa.ground.registry.actions import imported_rows

        return imported_rows.store(self, judged)

    def take_back(self, reader: Reader, touched: Sequence[Touched], at: datetime) -> list[str]:
        """Remove the new, restore the changed; or say what depends on them."""
        from chiakhoa.ground.registry.actions import imported_rows

        return imported_rows.take_back(self, touched)

    def _with_own(self, directories: Mapping[str, Directory], completed: Sequence[Values]) -> Mapping[str, Directory]:
        """The directories with the rows of the file itself; names of such rows become their codes, in place."""
        if not self.own:
            return directories
        codes = {fold(str(values.get(self.named_by, ""))): self._identity(values)[0] for values in completed}
        known = set(directories[self.own].values())
        for values in completed:
            for column in self.columns:
                if column.looks_up == self.own and values.get(column.name) not in (None, *known):
                    values[column.name] = codes.get(fold(str(values[column.name])), values[column.name])
        return {**directories, self.own: {**codes, **directories[self.own]}}

    def _identity(self, thing: Any) -> tuple[str, ...]:
        get = thing.get if isinstance(thing, dict) else lambda name: getattr(thing, name)
        return tuple(str(get(name) or "") for name in self.identity)

    def _name(self, values: Values, row: Any) -> str:
        return str(values.get(self.named_by) or (row and str(row)) or " ".join(self._identity(values)))

    def _faults(
        self,
        line: int,
        values: Values,
        row: Any,
        directories: Mapping[str, Directory],
        seen: dict[tuple[str, ...], int],
    ) -> Iterable[Fault]:
        for column in self.columns:
            value = values.get(column.name)
            if value is None and column.needed and row is None:
                yield Fault(line, column.name, _("This is missing. A new row needs it."), "cell_missing")
            elif value is not None and column.looks_up:
                known = set(map(str, directories[column.looks_up].values()))
                for one in value if column.name in self.sets else [value]:
                    if str(one) not in known:
                        said = _("“%(said)s” is not known. Write a name or code that exists.") % {"said": one}
                        yield Fault(line, column.name, said, "name_unknown", str(one))
        first = seen.setdefault(self._identity(values), line)
        if first != line:
            said = _("The same is in row %(first)d already.") % {"first": first}
            yield Fault(line, self.columns[0].name, said, "row_twice")
        for name, words, code in self.wrong(values):
            yield Fault(line, name, words, code, str(values.get(name) or ""))

    def _changes(self, row: Any, values: Values) -> dict[str, tuple[str, str]]:
        found = {}
        for name, value in values.items():
            before = self.held(row, name)
            if before != value and str(before if before is not None else "") != str(value):
                found[name] = (str(before if before is not None else ""), str(value))
        return found

    def held(self, row: Any, name: str) -> Any:
        """What a row holds under a field: of a relation to many, the sorted codes."""
        if name in self.sets:
            return sorted(str(pk) for pk in getattr(row, name).values_list("pk", flat=True))
        return getattr(row, name)


def _by_code(directory: Directory) -> dict[str, str]:
    """Code -> a text that means it: the code itself where that is understood, which no other row bears."""
    found: dict[str, str] = {}
    for text, code in directory.items():
        found.setdefault(str(code), text)
    return {code: code if fold(code) in directory else text for code, text in found.items()}


def directory(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Folded text -> code; a text of several codes gives them all, so that the reader of cells asks which is meant."""
    found: dict[str, list[str]] = {}
    for said, code in pairs:
        if said and str(code) not in found.setdefault(fold(str(said)), []):
            found[fold(str(said))].append(str(code))
    return {said: SEVERAL.join(codes) for said, codes in found.items()}


def named(rows: Iterable[Any], *names: str) -> dict[str, Any]:
    """The directory of rows by their keys and by these attributes."""
    return directory((getattr(row, name), row.pk) for row in rows for name in ("pk", *names))
