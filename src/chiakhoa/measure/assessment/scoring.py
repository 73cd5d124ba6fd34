"""What an answer is worth. Pure: no database, no clock, no chance.

`given` has one shape for each kind: single "b"; multiple ["a", "c"]; ordering ["c", "a", "b"]; matching {"a": "b"};
short "tệp đính kèm"; hotspot "b"; task {"a": "spam", "b": "=SUM(B2:B6)"}, a choice or a text for each field.
None is "I do not know". An answer is right as a whole or not: the guessing parameter of the kinds with several parts
is the chance of guessing all of them, and the response model knows only right and wrong.
"""

from collections.abc import Callable
from typing import Any, Protocol

from chiakhoa.measure.assessment import formulas, marking
from chiakhoa.measure.assessment.models import ItemKind

PARTS = ("options", "pairs", "fields")
FILLED_IN = (ItemKind.SHORT, ItemKind.TASK)


class Scorable(Protocol):
    """What scoring needs of an item."""

    code: str
    kind: str
    content: dict[str, Any]
    key: Any


def score(item: Scorable, given: Any) -> float:
    """1.0 where the answer is wholly right, else 0.0. ValueError where it has not the shape of the item's kind."""
    if given is None:
        return 0.0
    if not _fits(item, given):
        raise ValueError(f"item {item.code}: {given!r} is no answer to an item of kind {item.kind}")
    if item.kind in FILLED_IN:
        return float(len(right_parts(item, given)) == len(rows(item)))
    return float(tidy(item.kind, given) == item.key)


def rows(item: Scorable) -> list[dict[str, Any]]:
    """The item's options, pairs or fields, in the order of the bank."""
    found: list[dict[str, Any]] = next(item.content[part] for part in PARTS if part in item.content)
    return found


def keys(item: Scorable) -> list[str]:
    """The keys of the item's options, pairs or fields, in the order of the bank."""
    return [row["key"] for row in rows(item)]


def tidy(kind: str, given: Any) -> Any:
    """The answer in the one form that is stored: the choices of a multiple item sorted."""
    return sorted(given) if kind == ItemKind.MULTIPLE and given is not None else given


def right_parts(item: Scorable, given: Any) -> set[str]:
    """The keys of the options, pairs or fields that the answer has right, for the reasons shown after practice."""
    if given is None:
        return set()
    if item.kind == ItemKind.MATCHING:
        return {left for left, right in given.items() if item.key[left] == right}
    if item.kind == ItemKind.ORDERING:
        return {ours for ours, theirs in zip(item.key, given, strict=True) if ours == theirs}
    if item.kind in FILLED_IN:
        return {row["key"] for row in rows(item) if _is_right(item, row, filled(item, given)[row["key"]])}
    chosen, right = ({value} if isinstance(value, str) else set(value) for value in (given, item.key))
    return {key for key in keys(item) if (key in chosen) == (key in right)}


def filled(item: Scorable, given: Any) -> dict[str, str]:
    """field -> what was chosen or written there; a short answer is an item with one field."""
    by_field: dict[str, str] = {rows(item)[0]["key"]: given} if item.kind == ItemKind.SHORT else given
    return by_field


def mistake(item: Scorable, field: dict[str, Any], given: str) -> dict[str, Any] | None:
    """The wrong choice that was taken in a field, or the slip of those the author foresaw; None where it is right or new."""
    if _is_right(item, field, given):
        return None
    if "choices" in field:
        return next(choice for choice in field["choices"] if choice["key"] == given)
    return next((slip for slip in field.get("slips", []) if _says(item, field, given, [slip["answer"]])), None)


def _is_right(item: Scorable, field: dict[str, Any], given: str) -> bool:
    if "choices" in field:
        return bool(given == field["right"])
    return _says(item, field, given, [field["answer_vi"], field["answer_en"], *field.get("also", [])])


def _says(item: Scorable, field: dict[str, Any], given: str, accepted: list[str]) -> bool:
    return marking.accepts(
        given,
        accepted,
        marking=field["marking"],
        tolerance=field.get("tolerance", 0),
        sheet=_sheet(item, field) if "grid" in item.content else None,
    )


def _sheet(item: Scorable, field: dict[str, Any]) -> formulas.Sheet:
    """The item's sheet as it is worked out: what stands in the cells, and in the other fields their right formulas."""
    cells: dict[str, formulas.Value] = {}
    fields: dict[str, str] = {}
    for number, row in enumerate(item.content["grid"], start=1):
        for column, value in enumerate(row):
            name = f"{chr(ord('A') + column)}{number}"
            if isinstance(value, dict) and "field" in value:
                fields[value["field"]] = name
            elif value != "":
                cells[name] = value["vi"] if isinstance(value, dict) else value
    right = {
        fields[other["key"]]: other["answer_vi"]
        for other in rows(item)
        if other["key"] != field["key"] and other.get("marking") == "formula"
    }
    return formulas.Sheet(cells, fields.get(field["key"], ""), right, field.get("trials", []))


def _fits(item: Scorable, given: Any) -> bool:
    """Whether the answer has the shape of the item's kind."""
    if item.kind in FILLED_IN:
        given = {rows(item)[0]["key"]: given} if item.kind == ItemKind.SHORT else given
        return (
            isinstance(given, dict)
            and list(given) == keys(item)
            and all(_fills(row, given[row["key"]]) for row in rows(item))
        )
    return _SHAPES[ItemKind(item.kind)](given, keys(item))


def _fills(field: dict[str, Any], given: Any) -> bool:
    if not isinstance(given, str):
        return False
    if "choices" in field:
        return given in [choice["key"] for choice in field["choices"]]
    return len(given.strip()) > 0 and len(given) <= marking.LONGEST


def _is_single(given: Any, known: list[str]) -> bool:
    return isinstance(given, str) and given in known


def _is_multiple(given: Any, known: list[str]) -> bool:
    return isinstance(given, list) and 0 < len(given) == len({*map(str, given)}) and all(key in known for key in given)


def _is_ordering(given: Any, known: list[str]) -> bool:
    return isinstance(given, list) and all(isinstance(key, str) for key in given) and sorted(given) == sorted(known)


def _is_matching(given: Any, known: list[str]) -> bool:
    return isinstance(given, dict) and _is_ordering(list(given), known) and _is_ordering(list(given.values()), known)


_SHAPES: dict[ItemKind, Callable[[Any, list[str]], bool]] = {
    ItemKind.SINGLE: _is_single,
    ItemKind.MULTIPLE: _is_multiple,
    ItemKind.ORDERING: _is_ordering,
    ItemKind.MATCHING: _is_matching,
    ItemKind.HOTSPOT: _is_single,
}
