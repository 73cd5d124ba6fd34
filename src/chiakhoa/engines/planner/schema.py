"""The published form of scenario and plan files: JSON Schema made from the dataclasses, each with an example that is valid."""

import json
from dataclasses import MISSING, fields
from typing import Any, get_args, get_origin, get_type_hints

from chiakhoa.engines.planner.dates import Busy, Held, Season, Space, Term, Venue
from chiakhoa.engines.planner.scenario import (
    Course,
    Floor,
    Gain,
    Group,
    Lock,
    Money,
    Offer,
    Plan,
    PlannedClass,
    Room,
    Scenario,
    Target,
    Trainer,
    dump,
)

DRAFT = "https://json-schema.org/draft/2020-12/schema"
ROWS = {
    Busy, Course, Floor, Gain, Group, Held, Lock, Money, Offer, PlannedClass, Room, Season, Space, Target, Term, Trainer, Venue,
}  # fmt: skip
FIRST_OF_MARCH = (("2027-03-01", "am"), ("2027-03-01", "pm"), ("2027-03-02", "am"), ("2027-03-02", "pm"))


def _example(group: str, people: int, cost_vnd: int, days: tuple[str, str]) -> PlannedClass:
    sessions = tuple((day, half, "lab-1") for day in days for half in ("am", "pm"))
    return PlannedClass("DATA-1", "school-3", "state", ((group, people),), cost_vnd, "mai", sessions)


SCENARIO = Scenario(
    courses=(Course("DATA-1", 4, 15, 30, "computer_lab", ("data",), per_week=4),),
    offers=(Offer("DATA-1", "school-3", 6_000_000, 120_000, 25, ("c1|official", "c2|teacher")),),
    rooms=(Room("school-3", "computer_lab", 80),),
    trainers=(Trainer("mai", ("data", "security"), 60, 21.59, 105.84, (("2027-05-03", "2027-05-07"),)),),
    groups=(Group("c1|official", "c1", "official", 40), Group("c2|teacher", "c2", "teacher", 30)),
    gains=(Gain("c1|official", "DATA-1", 0.8, 24), Gain("c2|teacher", "DATA-1", 0.5, 20)),
    money=(Money("state", 16_800_000, ("DATA-1",)),),
    targets=(Target("officials-2027", ("DATA-1",), ("official",), 26),),
    locks=(Lock("DATA-1", "school-3", 1),),
    terms=(Term("2027-01-04", "2027-06-30"),),
    seasons=(
        Season("Tết", "2027-02-01", "2027-02-12"),
        Season("exams", "2027-05-10", "2027-06-10", ("teacher",), ("c2",)),
    ),
    venues=(Venue("school-3", 21.6, 105.8),),
    spaces=(Space("lab-1", "school-3", "computer_lab", 25, 80),),
    held=(Held("DATA-1", "school-3", "lab-1", "mai", FIRST_OF_MARCH),),
    busy=(Busy("trainer", "mai", "2027-03-15", "am"),),
    floors=(Floor("every-commune", people=10, share=0.3),),
)

PLAN = Plan(
    status="bounded",
    objective=27.2,
    bound=27.4,
    seconds=0.1,
    classes=(
        _example("c1|official", 24, 8_880_000, ("2027-03-01", "2027-03-02")),
        _example("c2|teacher", 16, 7_920_000, ("2027-03-08", "2027-03-09")),
    ),
    shortfalls=(("officials-2027", 2),),
    marginal=(("money", "state", 2.38),),
    unmet=(("c2|teacher", 4, "money"),),
)


def schema(kind: type[Scenario] | type[Plan]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of scenario or plan files."""
    whole = _object(kind)
    if kind is Plan:
        whole["properties"]["gap"] = {"type": "number", "minimum": 0, "description": "(bound - objective) / bound"}
    rows = {part for hint in get_type_hints(kind).values() for part in get_args(hint)} & ROWS
    return {
        "$schema": DRAFT,
        "title": kind.__name__,
        **whole,
        "$defs": {row.__name__: _object(row) for row in sorted(rows, key=lambda row: row.__name__)},
        "examples": [json.loads(dump(SCENARIO if kind is Scenario else PLAN))],
    }


def _object(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {
        "description": " ".join(str(kind.__doc__).split()),
        "type": "object",
        "properties": {field.name: _value(hints[field.name]) for field in fields(kind)},
        "required": [field.name for field in fields(kind) if field.default is MISSING],
        "additionalProperties": False,
    }


def _value(hint: Any) -> dict[str, Any]:
    """What stands for a value of the type: rows are referred to, pairs and triples keep their order."""
    if hint in ROWS:
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if get_origin(hint) is tuple:
        parts = get_args(hint)
        if parts[-1] is Ellipsis:
            return {"type": "array", "items": _value(parts[0])}
        return {
            "type": "array",
            "prefixItems": [_value(part) for part in parts],
            "minItems": len(parts),
            "items": False,
        }
    plain: dict[Any, dict[str, Any]] = {
        str: {"type": "string"},
        int: {"type": "integer", "minimum": 0},
        bool: {"type": "boolean"},
        float: {"type": "number", "minimum": 0},
    }
    return plain[hint]
