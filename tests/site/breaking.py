"""For any constraint of any table: a row that it refuses and all others let in, found from what the constraint itself says.

A walk from row to row: whichever rule is not as it should be, one of its fields gets another of the values that the rules speak
of. The values of a field are those that its rules name, their neighbours, nothing where it may be empty, and two of its kind.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.expressions import CombinedExpression, Value

DAY, MOMENT = date(2026, 3, 2), datetime(2026, 3, 2, 3, tzinfo=UTC)
STEPS = 20_000
Row = dict[str, Any]
Wanted = list[tuple[Q, bool]]
Apart = Sequence[tuple[set[str], Q | None]]
Model = type[models.Model]


def rules_of(model: Model) -> list[CheckConstraint]:
    """What the table checks of each row."""
    return [rule for rule in model._meta.constraints if isinstance(rule, CheckConstraint)]


def broken(model: Model, rule: CheckConstraint) -> Row:
    """A row that breaks this rule and keeps all others."""
    return _walk(model, [(other.condition, other is not rule) for other in rules_of(model)])


def whole(model: Model, condition: Q | None = None, filled: tuple[str, ...] = ()) -> Row:
    """A row that keeps all rules and the condition, with these fields not empty."""
    return _walk(model, _wanted(model, condition, filled))


def second(model: Model, first: Row, alike: tuple[str, ...], condition: Q | None) -> Row:
    """Another such row, the same in the fields `alike` and apart from the first in everything else that stands once."""
    others = [(set(names), when) for _, names, when in unique_sets(model) if names != alike]
    others.append(({model._meta.pk.name}, None))
    apart = [(names, when) for names, when in others if names - set(alike) and _holds_for(model, when, first)]
    # What cannot be apart, for all its fields are among those alike, must not be asked of the second.
    unasked = [(when, False) for names, when in others if when and not names - set(alike)]
    return _walk(model, _wanted(model, condition, alike) + unasked, first, alike, apart)


def _wanted(model: Model, condition: Q | None, filled: tuple[str, ...]) -> Wanted:
    wanted: Wanted = [(rule.condition, True) for rule in rules_of(model)]
    wanted += [(condition, True)] if condition else []
    return wanted + [(Q(**{f"{name}__isnull": False}), True) for name in filled]


def unique_sets(model: Model) -> Iterator[tuple[str, tuple[str, ...], Q | None]]:
    """What stands once in the table: a name, the fields, the condition."""
    for rule in model._meta.constraints:
        if isinstance(rule, UniqueConstraint):
            yield rule.name, tuple(rule.fields), rule.condition
    for field in model._meta.local_concrete_fields:
        if field.unique and not field.primary_key:
            yield f"{model._meta.db_table}.{field.column}", (field.name,), None


def _walk(
    model: Model, wanted: Wanted, first: Row | None = None, alike: tuple[str, ...] = (), apart: Apart = ()
) -> Row:
    chance = random.Random(1)
    rules = [q for q, _ in wanted]
    named = {name for q in rules for name in _names(model, q)}.union(*(names for names, _ in apart))
    spoken = {name: list(_values(model, name, rules)) for name in sorted(named)}
    row: Row = dict(first) if first else {field.name: _plain(field) for field in model._meta.local_concrete_fields}
    if not first:
        row |= {name: spoken[name][0] for name in spoken}
    for _step in range(STEPS):
        wrong = [_names(model, q) for q, kept in wanted if (_holds(model, q, row) is not False) != kept]
        wrong += [names for names, when in apart if first and _same(row, first, names) and _holds_for(model, when, row)]
        if not wrong:
            return row
        name = chance.choice(sorted(chance.choice(wrong) - set(alike)) or [""])
        if name:
            row[name] = chance.choice(spoken[name])
    raise AssertionError(f"no row found for {model.__name__}: {wanted}. Say what its rules speak of in _values.")


def _same(row: Row, first: Row, names: set[str]) -> bool:
    return all(row[name] is not None and row[name] == first[name] for name in names)


def _holds_for(model: Model, when: Q | None, row: Row) -> bool:
    return when is None or _holds(model, when, row) is True


def _names(model: Model, q: Any) -> set[str]:
    if isinstance(q, Q):
        return {name for child in q.children for name in _names(model, child)}
    if isinstance(q, F):
        return {_own(model, q.name)}
    if isinstance(q, CombinedExpression):
        return _names(model, q.lhs) | _names(model, q.rhs)
    if isinstance(q, tuple):
        return {_own(model, q[0].split("__")[0])} | _names(model, q[1])
    return set()


def _own(model: Model, name: str) -> str:
    return model._meta.pk.name if name == "pk" else name


def _leaves(q: Q) -> Iterator[tuple[str, Any]]:
    for child in q.children:
        yield from _leaves(child) if isinstance(child, Q) else [child]


def _values(model: Model, name: str, rules: list[Q]) -> Iterator[Any]:
    field = model._meta.get_field(name)
    yield from _two(field)
    if field.null:
        yield None
    for rule in rules:
        for lookup, said in _leaves(rule):
            if _own(model, lookup.split("__")[0]) == name and not lookup.endswith("isnull"):
                for value in said if isinstance(said, list | tuple | set) else [said]:
                    yield from _near(field, value)


def _near(field: Any, value: Any) -> Iterator[Any]:
    if isinstance(value, bool | str):
        yield value
    elif isinstance(value, CombinedExpression):
        yield from (value.rhs.value, 2 * value.rhs.value)
    elif isinstance(value, int | float):
        near = (value - 1, value, value + 1)
        positive = field.get_internal_type().startswith("Positive")
        yield from (one for one in near if one >= 0 or not positive)


def _two(field: Any) -> tuple[Any, ...]:
    """Two values of the field's kind, or three; one text is empty."""
    if field.is_relation:
        return _two(field.target_field)
    kind = field.get_internal_type()
    if kind == "BooleanField":
        return (False, True)
    if kind in ("CharField", "TextField", "SlugField", "EmailField"):
        return ("a", "b", "")
    if kind == "DateTimeField":
        return (MOMENT, MOMENT + timedelta(hours=1), MOMENT - timedelta(hours=1))
    if kind == "DateField":
        return (DAY, DAY + timedelta(days=1), DAY - timedelta(days=1))
    if kind == "UUIDField":
        return (UUID(int=1), UUID(int=2), UUID(int=3))
    if kind == "JSONField":
        return ([], {})
    if kind == "BinaryField":
        return (b"a", b"b")
    return (1, 2, 3)


def _plain(field: Any) -> Any:
    return None if field.null and not field.primary_key else _two(field)[0]


def _holds(model: Model, q: Any, row: Row) -> bool | None:
    """Whether the condition holds for the row; None where the database would not know."""
    if isinstance(q, tuple):
        return _leaf(model, q, row)
    found = [_holds(model, child, row) for child in q.children]
    if q.connector == Q.OR:
        held = True if True in found else None if None in found else False
    elif q.connector == Q.AND:
        held = False if False in found else None if None in found else True
    else:
        raise AssertionError(f"{q.connector} is not known here")
    return (not held if held is not None else None) if q.negated else held


def _leaf(model: Model, leaf: tuple[str, Any], row: Row) -> bool | None:
    name, _, lookup = leaf[0].partition("__")
    value, said = row[_own(model, name)], _said(model, leaf[1], row)
    if lookup == "isnull" or (not lookup and leaf[1] is None):
        return (value is None) == (said if lookup else True)
    if value is None or said is None:
        return None
    compared = {
        "": lambda: value == said, "exact": lambda: value == said, "in": lambda: value in said,
        "gt": lambda: value > said, "gte": lambda: value >= said, "lt": lambda: value < said, "lte": lambda: value <= said,
    }  # fmt: skip
    return bool(compared[lookup]())


def _said(model: Model, said: Any, row: Row) -> Any:
    if isinstance(said, F):
        return row[_own(model, said.name)]
    if isinstance(said, Value):
        return said.value
    if isinstance(said, CombinedExpression):
        left, right = _said(model, said.lhs, row), _said(model, said.rhs, row)
        assert said.connector == "*", said.connector
        return None if left is None or right is None else left * right
    return said
