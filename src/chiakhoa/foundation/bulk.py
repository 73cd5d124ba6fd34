"""Inserting many thousand rows at once.

Django cuts a bulk insert on SQLite into statements of about a hundred rows and builds each anew; one prepared statement run
for each row is several times faster there. On PostgreSQL Django's own way is the fast one.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
BATCH = 2000
PLAIN = (
    models.FloatField,
    models.IntegerField,
    models.CharField,
    models.TextField,
    models.BooleanField,
)


@contextmanager
def without_collector() -> Iterator[None]:
    """Hold the collector of cycles back while many thousand records are made: they form none, and it looks at all of them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def insert(model: type[M], rows: Iterable[M]) -> int:
    """Insert unsaved rows, inside the caller's transaction; returns how many. Keys that the database makes are not read back."""
    if connection.vendor != "sqlite":
        return _in_batches(model, rows)
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) VALUES ({marks})"
    readers = [_reader(field) for field in fields]
    count = 0

    def values() -> Iterable[list[Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield [read(row) for read in readers]

    with connection.cursor() as cursor:
        cursor.executemany(statement, values())  # type: ignore[arg-type]  # an iterator will do: rows are made as they go
    return count


def _reader(field: Any) -> Callable[[Any], Any]:
    """A function from a row to the field's value as SQLite keeps it. The usual kinds have a short way of their own."""
    name = field.attname
    kind = getattr(field, "target_field", field)
    if isinstance(kind, models.UUIDField):
        return lambda row: (value := getattr(row, name)) and value.hex
    if isinstance(kind, models.DateTimeField):
        return lambda row: (value := getattr(row, name)) and str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(kind, PLAIN):
        return lambda row: getattr(row, name)
    return lambda row: field.get_db_prep_save(getattr(row, name), connection)


def _in_batches(model: type[M], rows: Iterable[M]) -> int:
    count, pending = 0, iter(rows)
    while batch := list(islice(pending, BATCH)):
        model._default_manager.bulk_create(batch)
        count += len(batch)
    return count


def insert_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as tuples of these fields, all that the table needs besides its key. Inside the caller's transaction."""
    fields = [_field(model, name) for name in names]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    _run_many(f"INSERT INTO {table} ({columns}) VALUES ({marks})", fields, rows)


def update_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set these fields on many rows: each tuple is the values, then the primary key. Inside the caller's transaction."""
    fields = [_field(model, name) for name in names]
    key = model._meta.pk
    quote = connection.ops.quote_name
    settings = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    table = quote(model._meta.db_table)
    _run_many(f"UPDATE {table} SET {settings} WHERE {quote(str(key.column))} = %s", [*fields, key], rows)


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _run_many(statement: str, fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    prepare = [(place, one) for place, one in enumerate(map(_preparer, fields)) if one]

    def ready() -> Iterable[Sequence[Any]]:
        for row in rows:
            values = list(row)
            for place, one in prepare:
                values[place] = one(values[place])
            yield values

    with connection.cursor() as cursor:
        cursor.executemany(statement, ready() if prepare else rows)  # type: ignore[arg-type]  # an iterator will do: rows are made as they go


def _preparer(field: Any) -> Callable[[Any], Any] | None:
    """What makes a value of the field one that the database takes; None where every value already is."""
    kind = getattr(field, "target_field", field)
    if isinstance(kind, PLAIN):
        return None
    if connection.vendor == "sqlite":
        if isinstance(kind, models.UUIDField):
            return lambda value: value and value.hex
        if isinstance(kind, models.DateTimeField):
            return lambda value: value and str(value.astimezone(UTC).replace(tzinfo=None))
        if isinstance(kind, models.DateField):
            return lambda value: value and value.isoformat()
        if isinstance(kind, models.BinaryField):
            return None
    return lambda value: field.get_db_prep_save(value, connection)
