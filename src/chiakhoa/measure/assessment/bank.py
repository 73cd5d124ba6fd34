"""The item files of data/items, brought into rows; and the parameters of an item that nobody has calibrated yet.

Until calibrated, an item stands where its author put it: a person in the middle of the band of the author's grade
answers rightly with probability 0.62 (`CHANCE_IN_MID_BAND`). All of that is assumed until a calibration replaces it.
"""

import math
from collections.abc import Sequence
from typing import Any

from chiakhoa.foundation.facts import folder, load_yaml
from chiakhoa.foundation.text import nfc
from chiakhoa.measure.assessment.models import Item, ItemKind, ItemState
from chiakhoa.measure.evidence.bands import Floats, middle_of_band

SLOPE = 1.2
CHANCE_IN_MID_BAND = 0.62
GUESSING = {
    ItemKind.SINGLE: 0.2,
    ItemKind.MULTIPLE: 0.05,
    ItemKind.ORDERING: 0.05,
    ItemKind.MATCHING: 0.05,
    ItemKind.SHORT: 0.0,
    ItemKind.HOTSPOT: 0.2,
    ItemKind.TASK: 0.05,
}
PARTS = {ItemKind.MATCHING: "pairs", ItemKind.SHORT: "fields", ItemKind.TASK: "fields"}  # the others have options
WITH_OPTIONS = (ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.ORDERING, ItemKind.HOTSPOT)
BESIDES = (
    "look",
    "title_vi",
    "title_en",
    "notes",
    "grid",
    "screen",
    "why_vi",
    "why_en",
)  # what stands beside the parts
TEXTS = ("stem_vi", "stem_en", "learn_vi", "learn_en")


def item_files() -> list[dict[str, Any]]:
    """Every item of every file under data/items, in the order of the codes. ValueError for a code given twice."""
    files = sorted((folder() / "items").glob("*.yaml"))
    rows = [row for file in files for row in load_yaml(f"items/{file.name}")["items"]]
    codes = [row["code"] for row in rows]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ValueError(f"data/items: code given twice: {twice}")
    return sorted(rows, key=lambda row: row["code"])


def item_starts() -> list[dict[str, Any]]:
    """What a new small task of each sort begins with."""
    rows: list[dict[str, Any]] = load_yaml("item_starts.yaml")["starts"]
    return rows


def fields_of(row: dict[str, Any], cuts: Sequence[float] | Floats) -> dict[str, Any]:
    """The fields of the Item row that a row of the files becomes, its competence aside."""
    kind = ItemKind(row["kind"])
    return {
        "code": row["code"],
        "grade": row["grade"],
        "kind": kind,
        "state": ItemState.LIVE,  # what stands in the files was reviewed there
        "shipped": True,
        **{name: nfc(row.get(name, "")) for name in TEXTS},
        "content": content_of(row),
        "key": _key(row, kind),
        "a": SLOPE,
        "b": difficulty(row["grade"], cuts, a=SLOPE, c=GUESSING[kind]),
        "c": GUESSING[kind],
        # A set of enemies that somebody made here is not undone by files that know of none.
        **({"enemy_set": row["enemy_set"]} if row.get("enemy_set") else {}),
    }


def row_of(item: Item) -> dict[str, Any]:
    """The item as a row of the files: what `fields_of` takes. Parameters, states and history are not in it."""
    part = PARTS.get(ItemKind(item.kind), "options")
    right = {item.key} if isinstance(item.key, str) else set(item.key)
    marked = item.kind in (ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.HOTSPOT)
    parts = [{**row, "correct": row["key"] in right} if marked else dict(row) for row in item.content[part]]
    beside = {name: value for name, value in item.content.items() if name != part}
    texts = {name: getattr(item, name) for name in TEXTS}
    head = {"code": item.code, "competence": item.competence.code, "grade": item.grade, "kind": str(item.kind)}
    enemies = {"enemy_set": item.enemy_set} if item.enemy_set else {}
    return {**head, **enemies, **texts, part: parts, **beside}


def difficulty(grade: int, cuts: Sequence[float] | Floats, *, a: float, c: float) -> float:
    """The b (logits) at which someone in mid-band of the grade has CHANCE_IN_MID_BAND: c + (1-c) / (1+exp(-a(m-b)))."""
    chance = (CHANCE_IN_MID_BAND - c) / (1 - c)
    return middle_of_band(grade, cuts) - math.log(chance / (1 - chance)) / a


def content_of(row: dict[str, Any]) -> dict[str, Any]:
    """Options, pairs or fields with their texts, and what stands beside them; which is right is kept apart, in the key."""
    part = PARTS.get(ItemKind(row["kind"]), "options")
    parts = [{name: value for name, value in one.items() if name != "correct"} for one in row[part]]
    content: dict[str, Any] = _nfc({part: parts, **{name: row[name] for name in BESIDES if name in row}})
    return content


def _nfc(value: Any) -> Any:
    """The value with every text in it in the one form that is stored."""
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, list):
        return [_nfc(one) for one in value]
    return {name: _nfc(one) for name, one in value.items()} if isinstance(value, dict) else value


def _key(row: dict[str, Any], kind: ItemKind) -> Any:
    if kind == ItemKind.MATCHING:
        return {pair["key"]: pair["key"] for pair in row["pairs"]}
    if kind == ItemKind.ORDERING:
        return [option["key"] for option in row["options"]]
    if kind == ItemKind.TASK:
        return {field["key"]: field.get("right") or nfc(field["answer_vi"]) for field in row["fields"]}
    if kind == ItemKind.SHORT:
        return nfc(row["fields"][0]["answer_vi"])
    right = sorted(option["key"] for option in row["options"] if option["correct"])
    return right if kind == ItemKind.MULTIPLE else right[0]
