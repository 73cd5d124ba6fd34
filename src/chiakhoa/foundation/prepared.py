"""Queries whose SQL is built once in the life of a process, for the few that come with every request or every answer.

Django builds the SQL of a query each time it is asked. For a join of four tables that costs several times what the database
takes to answer it, and the SQL is always the same. The query stays the model's: nothing here writes SQL.
"""

import copy
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from chiakhoa.foundation import clock

M = TypeVar("M", bound=models.Model)
Row = TypeVar("Row")

# Values that no query holds for another reason, so that each can be found again in the SQL's parameters: two for each type.
_SAMPLES: dict[type, Callable[[int], Any]] = {
    int: lambda n: 31_001 + n,
    str: lambda n: f"prepared {n}",
    UUID: lambda n: UUID(int=(0x5EED << 100) + n),
    date: lambda n: date(1801, 1, 1) + timedelta(days=n),
    datetime: lambda n: datetime(1802, 1, 1, 1, 2, 3, tzinfo=clock.HERE) + timedelta(days=n),
}


class Prepared(Generic[M, Row]):
    """A query with named parameters of these types. `build` makes it from their values; calling it gives its rows.

        of_person = Prepared(lambda person: Answer.objects.filter(sitting__person=person), person=int)
        of_person(person=7)

    Each parameter must reach the database as it is given: ValueError, when first asked, where `build` makes something else of
    one (a day of a moment, say) or asks for other tables with other values. A query that locks rows may be asked in a
    transaction only.
    """

    def __init__(self, build: Callable[..., "QuerySet[M, Row]"], **types: type) -> None:
        self._build, self._types = build, types
        self._made: tuple[QuerySet[M, Row], SQLCompiler, str, Sequence[Any]] | None = None

    def __call__(self, **given: Any) -> list[Row]:
        """The rows. The parameters may not be None."""
        rows, built, sql, parameters = self._made or self._make()
        connection = connections[DEFAULT_DB_ALIAS]
        filled = [
            _adapted(given[value.name], connection) if isinstance(value, _Slot) else value for value in parameters
        ]
        # Django asks the compiler of a query for its SQL and then reads the rows by what the compiler knows of the columns.
        compiler = copy.copy(built)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_kwargs: (sql, filled)  # type: ignore[method-assign, assignment]
        asked = rows.all()
        asked.query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign, assignment]
        return list(asked)

    def first(self, **given: Any) -> Row | None:
        """The first row, or None."""
        return next(iter(self(**given)), None)

    def _make(self) -> tuple["QuerySet[M, Row]", SQLCompiler, str, Sequence[Any]]:
        """The SQL, built from two sets of samples: where they differ stands a parameter, whose it is tells the sample."""
        (rows, compiler, sql, first), (_rows, _compiler, again, second) = self._sampled(0), self._sampled(1)
        slots = {(self._sample(name, 0), self._sample(name, 1)): _Slot(name) for name in self._types}
        parameters = [one if one == two else slots.get((one, two)) for one, two in zip(first, second, strict=True)]
        if sql != again or None in parameters:
            raise ValueError(
                "the SQL of a prepared query may depend on its parameters only by holding them as they are"
            )
        self._made = rows, compiler, sql, parameters
        return self._made

    def _sampled(self, which: int) -> tuple["QuerySet[M, Row]", SQLCompiler, str, Sequence[Any]]:
        rows = self._build(**{name: self._raw(name, which) for name in self._types})
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        return rows, compiler, sql, parameters

    def _raw(self, name: str, which: int) -> Any:
        return _SAMPLES[self._types[name]](2 * list(self._types).index(name) + which)

    def _sample(self, name: str, which: int) -> Any:
        return _adapted(self._raw(name, which), connections[DEFAULT_DB_ALIAS])


class _Slot:
    """The place of a parameter in the SQL."""

    def __init__(self, name: str) -> None:
        self.name = name


def _adapted(value: Any, connection: Any) -> Any:
    """The value as the fields of Django hand it to this database."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
