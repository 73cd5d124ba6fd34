"""Scenarios and plans as JSON. Every fault is a ValueError that names its place, such as `groups[3].seats`."""

import json
import math
from dataclasses import MISSING, asdict, fields
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from chiakhoa.engines.planner.scenario import Plan, Scenario

T = TypeVar("T")
WORDS = {str: "text", int: "a whole number", float: "a number"}
# What a plan file tells its readers, though it follows from the rest.
DERIVED_OF_PLAN, DERIVED_OF_CLASS = "gap", "learners"


def dump(thing: Scenario | Plan) -> str:
    """The scenario or plan as JSON; an unknown bound is null."""
    data = asdict(thing)
    if isinstance(thing, Plan):
        data["bound"] = None if math.isinf(thing.bound) else thing.bound
        data[DERIVED_OF_PLAN] = thing.gap
        for row, planned in zip(data["classes"], thing.classes, strict=True):
            row[DERIVED_OF_CLASS] = planned.learners
    return json.dumps(data, ensure_ascii=False, indent=1)


def load_scenario(text: str) -> Scenario:
    """The scenario in a JSON text. ValueError naming the place of a missing, unknown or wrong field."""
    return _row("scenario", _object(text), Scenario)


def load_plan(text: str) -> Plan:
    """The plan in a JSON text. ValueError naming the place."""
    data = _object(text)
    data.pop(DERIVED_OF_PLAN, None)
    if data.get("bound", 0.0) is None:
        data["bound"] = math.inf
    classes = data.get("classes")
    for row in classes if isinstance(classes, list) else []:
        if isinstance(row, dict):
            row.pop(DERIVED_OF_CLASS, None)
    return _row("plan", data, Plan)


def _object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as fault:
        raise ValueError(f"line {fault.lineno}, column {fault.colno}: not JSON: {fault.msg}") from fault
    if not isinstance(data, dict):
        raise ValueError("the file must hold one JSON object")
    return data


def _row(place: str, data: Any, kind: type[T]) -> T:
    """One object of the file as a dataclass, each field of its declared type."""
    if not isinstance(data, dict):
        raise ValueError(f"{place}: need an object, got {_shown(data)}")
    known = fields(kind)  # type: ignore[arg-type]
    unknown = sorted(set(data) - {field.name for field in known})
    if unknown:
        raise ValueError(f"{place}: unknown field {unknown[0]!r}; known: {', '.join(field.name for field in known)}")
    missing = [field.name for field in known if field.default is MISSING and field.name not in data]
    if missing:
        raise ValueError(f"{place}: the field {missing[0]!r} is missing")
    hints = get_type_hints(kind)
    inside = "" if kind in (Scenario, Plan) else f"{place}."
    return kind(**{name: _value(f"{inside}{name}", value, hints[name]) for name, value in data.items()})


def _value(place: str, value: Any, hint: Any) -> Any:
    if get_origin(hint) is UnionType:
        rest = [part for part in get_args(hint) if part is not NoneType]
        return None if value is None else _value(place, value, rest[0])
    if get_origin(hint) is tuple:
        return _tuple(place, value, get_args(hint))
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint in WORDS:
        if not isinstance(value, hint) or isinstance(value, bool):
            raise ValueError(f"{place}: need {WORDS[hint]}, got {_shown(value)}")
        return value
    return _row(place, value, hint)


def _tuple(place: str, value: Any, parts: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{place}: need a list, got {_shown(value)}")
    if parts[-1] is Ellipsis:
        return tuple(_value(f"{place}[{i}]", part, parts[0]) for i, part in enumerate(value))
    if len(value) != len(parts):
        raise ValueError(f"{place}: need {len(parts)} values, got {len(value)}")
    return tuple(_value(f"{place}[{i}]", part, hint) for i, (part, hint) in enumerate(zip(value, parts, strict=True)))


def _shown(value: Any) -> str:
    """The start of a wrong value, so that a message stays one line."""
    return json.dumps(value, ensure_ascii=False)[:60]
