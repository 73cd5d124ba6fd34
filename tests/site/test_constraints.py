"""Every rule of every table refuses a row, and without the rule the same row goes in.

The rows are found from the rules themselves (`breaking`), so that a new rule is asked without anybody writing a test for it; the
tests beside the steps say what the rules are for. Triggers are out of the way here: they have tests of their own.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q

from tests.site.breaking import Model, Row, broken, rules_of, second, unique_sets, whole

pytestmark = pytest.mark.django_db
OURS = [model for model in apps.get_models() if model.__module__.startswith("chiakhoa.") and model._meta.managed]
CHECKS = [pytest.param(model, rule, id=rule.name) for model in OURS for rule in rules_of(model)]
SETS = [pytest.param(model, *found, id=found[0]) for model in OURS for found in unique_sets(model)]


@contextmanager
def back_afterwards() -> Iterator[None]:
    """Whatever is written inside is taken back, and nothing is asked of the rows that others would have to point at."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def put(model: Model, row: Row) -> None:
    """Write the row as it is, by nobody's action."""
    made = model(**{model._meta.get_field(name).attname: value for name, value in row.items()})
    models.Model.save_base(made, raw=True, force_insert=True)


@contextmanager
def without_triggers(model: Model) -> Iterator[None]:
    """The table, empty and with nothing but its rules."""
    table = model._meta.db_table
    with back_afterwards(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(f'DELETE FROM "{table}"')
        yield


@contextmanager
def without(model: Model, name: str, columns: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The table without one of its rules: altered, or on SQLite, which cannot, a copy that was made without it."""
    table = model._meta.db_table
    with without_triggers(model), connection.cursor() as cursor, monkeypatch.context() as patched:
        if connection.vendor == "postgresql":
            _drop(cursor, table, name, columns)
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql <> ''", [table])
            for (made,) in cursor.fetchall():
                if f'UNIQUE INDEX "{name}"' not in made and "CREATE TRIGGER" not in made:
                    cursor.execute(_renamed(_cut(made, name, columns), table))
            patched.setattr(model._meta, "db_table", f"{table}_twin")
        _forget_columns(model)
        try:
            yield
        finally:
            _forget_columns(model)


def _forget_columns(model: Model) -> None:
    """A field remembers the table in which it was last asked for; what comes after must not look in the copy."""
    for field in model._meta.local_concrete_fields:
        vars(field).pop("cached_col", None)


def _drop(cursor: Any, table: str, name: str, columns: list[str]) -> None:
    found = connection.introspection.get_constraints(cursor, table)
    alike = [
        key for key, one in found.items() if one["unique"] and not one["primary_key"] and one["columns"] == columns
    ]
    key = name if name in found else alike[0]
    cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", [key])
    cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{key}"' if cursor.fetchone() else f'DROP INDEX "{key}"')


def _cut(made: str, name: str, columns: list[str]) -> str:
    """What made the table, without the rule of this name, or without the word that makes one column unique."""
    begin = made.find(f', CONSTRAINT "{name}"')
    if begin < 0:
        return re.sub(rf'("{columns[0]}" [^,]*?) UNIQUE', r"\1", made) if "." in name else made
    opened = made.index("(", begin)
    depths = accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in made[opened:])
    return made[:begin] + made[opened + 1 + list(depths).index(0) :]


def _renamed(made: str, table: str) -> str:
    """The same for a copy; its indices too have names of their own."""
    made = made.replace(f'"{table}"', f'"{table}_twin"')
    return re.sub(r'INDEX "([^"]+)"', r'INDEX "\1_twin"', made, count=1)


def refusal_of(model: Model, *rows: Row) -> str:
    """What the database says to the last of the rows; empty where it takes them all."""
    with without_triggers(model):
        for row in rows[:-1]:
            put(model, row)
        try:
            with transaction.atomic():
                put(model, rows[-1])
        except IntegrityError as refusal:
            return str(refusal)
    return ""


@pytest.mark.parametrize(("model", "rule"), CHECKS)
def test_a_rule_refuses_what_breaks_it_and_without_it_the_row_goes_in(
    model: Model, rule: models.CheckConstraint, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = broken(model, rule)
    assert rule.name in refusal_of(model, row)
    with without(model, rule.name, [], monkeypatch):
        put(model, row)


@pytest.mark.parametrize(("model", "name", "fields", "condition"), SETS)
def test_what_stands_once_is_refused_twice_and_without_the_rule_stands_twice(
    model: Model, name: str, fields: tuple[str, ...], condition: Q | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = whole(model, condition, fields)
    again = second(model, first, fields, condition)
    columns = [model._meta.get_field(field).column for field in fields]
    said = refusal_of(model, first, again)
    assert name in said or all(re.search(rf"\b{column}\b", said) for column in columns), said
    with without(model, name, columns, monkeypatch):
        put(model, first)
        put(model, again)
        assert model._base_manager.count() == 2


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_row_that_keeps_all_rules_is_taken(model: Model) -> None:
    assert refusal_of(model, whole(model)) == ""
