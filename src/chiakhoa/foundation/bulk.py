"""Looking up, inserting and updating many thousand rows at once.

Django cuts a bulk insert on SQLite into statements of about a hundred rows and builds each anew; one prepared statement run
for each row is several times faster there. On PostgreSQL rows travel by COPY.
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.lookups import Lookup

M = TypeVar("M", bound=models.Model)
BATCH = 2000
CACHE = -16_000  # kilobytes
PLAIN = (
    models.FloatField,
    models.IntegerField,
    models.CharField,
    models.TextField,
    models.BooleanField,
)


@models.Field.register_lookup
class Among(Lookup):  # type: ignore[type-arg]  # generic to the checker alone
    """`filter(name__among=keys)`: like `in`, for any number of texts or whole numbers; they travel as one parameter."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """One parameter holds all the keys: as JSON on SQLite, as an array on PostgreSQL."""
        column, parameters = self.process_lhs(compiler, connection)
        keys = list(self.rhs)
        if connection.vendor == "sqlite":
            return f"{column} IN (SELECT value FROM json_each(%s))", [*parameters, json.dumps(keys)]
        return f"{column} = ANY(%s)", [*parameters, keys]


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


@contextmanager
def small_cache() -> Iterator[None]:
    """Let SQLite hold few pages while a list is written: each is written once, and holding it gains nothing but its room."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size={CACHE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size={int(usual)}")


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


def reserve_keys(model: type[models.Model], count: int) -> Sequence[int]:
    """Keys for so many rows that the caller inserts in this transaction: known before the rows are written, in their order."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # its transactions that write exclude one another from their beginning
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            first = (cursor.fetchone() or [0])[0] + 1
            return range(first, first + count)
        named = [table, model._meta.pk.column]
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [*named, count])
        return [key for (key,) in cursor.fetchall()]


def insert_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as tuples of these fields, all that the table needs. Inside the caller's transaction."""
    fields = [_field(model, name) for name in names]
    _send(connection.ops.quote_name(model._meta.db_table), fields, _prepared(fields, rows))


def update_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set these fields on many rows: each tuple is the values, then the primary key. Inside the caller's transaction."""
    fields, key = [_field(model, name) for name in names], model._meta.pk
    quote = connection.ops.quote_name
    table, key_column, columns = quote(model._meta.db_table), quote(str(key.column)), _columns(fields)
    ready = _prepared([*fields, key], rows)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            settings = ", ".join(f"{column} = %s" for column in columns)
            cursor.executemany(f"UPDATE {table} SET {settings} WHERE {key_column} = %s", ready)  # type: ignore[arg-type]
            return
        cursor.execute("DROP TABLE IF EXISTS brought")
        held = ", ".join([*columns, key_column])
        cursor.execute(f"CREATE TEMPORARY TABLE brought ON COMMIT DROP AS SELECT {held} FROM {table} WITH NO DATA")
        _send("brought", [*fields, key], ready)
        settings = ", ".join(f"{column} = brought.{column}" for column in columns)
        cursor.execute(f"UPDATE {table} SET {settings} FROM brought WHERE {table}.{key_column} = brought.{key_column}")


def delete_keys(model: type[models.Model], keys: Iterable[int]) -> None:
    """Delete rows by their keys, inside the caller's transaction. What hangs on them is not looked for: the database refuses."""
    quote = connection.ops.quote_name
    statement = f"DELETE FROM {quote(model._meta.db_table)} WHERE {quote(str(model._meta.pk.column))} "
    listed = list(keys)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(statement + "IN (SELECT value FROM json_each(%s))", [json.dumps(listed)])
        else:
            cursor.execute(statement + "= ANY(%s)", [listed])


def _send(table: str, fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Write prepared rows into a table, one at a time as they are made."""
    columns = ", ".join(_columns(fields))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # type: ignore[arg-type]
            return
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _columns(fields: Sequence[Any]) -> list[str]:
    return [connection.ops.quote_name(str(field.column)) for field in fields]


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _prepared(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """The rows with values that the database takes."""
    prepare = [(place, one) for place, one in enumerate(map(_preparer, fields)) if one]
    return _each_prepared(prepare, rows) if prepare else rows


def _each_prepared(
    prepare: Sequence[tuple[int, Callable[[Any], Any]]], rows: Iterable[Sequence[Any]]
) -> Iterator[Sequence[Any]]:
    for row in rows:
        values = list(row)
        for place, one in prepare:
            values[place] = one(values[place])
        yield values


def _preparer(field: Any) -> Callable[[Any], Any] | None:
    """What makes a value of the field one that the database takes; None where every value already is."""
    kind = getattr(field, "target_field", field)
    if isinstance(kind, PLAIN):
        return None
    if connection.vendor == "sqlite":
        if isinstance(kind, models.UUIDField):
            return lambda value: value and value.hex
        if isinstance(kind, models.JSONField) and kind.encoder is None:
            return lambda value: None if value is None else json.dumps(value)
        if isinstance(kind, models.DateTimeField):
            return lambda value: value and str(value.astimezone(UTC).replace(tzinfo=None))
        if isinstance(kind, models.DateField):
            return lambda value: value and value.isoformat()
        if isinstance(kind, models.BinaryField):
            return None
    return lambda value: field.get_db_prep_save(value, connection)


def analyze() -> None:
    """Gather the statistics by which the database plans, of our own tables.

    PostgreSQL's catalogue is left out: a part of it belongs to all databases of the server, and one of them may hold it.
    """
    names = ", ".join(map(connection.ops.quote_name, connection.introspection.table_names()))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else f"ANALYZE {names}")
