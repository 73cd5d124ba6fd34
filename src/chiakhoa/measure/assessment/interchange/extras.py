"""What the forms of other tools have no place for, in one shape for all of them: as labels, and as the rest of a row.

Labels are short texts ("ck:competence:1.1") that stand where a format keeps its tags. The rest is what neither labels nor the
format's own parts carry: keys that are no letters, how a field is marked, a drawn screen, the grid of a sheet.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chiakhoa.measure.assessment import bank, checking
from chiakhoa.measure.assessment.models import ItemKind

LABEL = "ck:"
LETTERS = "abcdefghijkl"
WORDS = {
    "vi", "en", "why_vi", "why_en", "left_vi", "left_en", "right_vi", "right_en", "label_vi", "label_en", "correct",
    "choices", "right", "answer_vi", "answer_en", "also", "tolerance",
}  # fmt: skip
BESIDE = ("look", "title_vi", "title_en", "notes", "grid", "screen")


CHOICE = ("key", "vi", "en")  # what the forms have a place for in a choice of a field


def labels(row: Mapping[str, Any]) -> list[str]:
    """Competence and grade, for a format's tags; the set of enemies where there is one."""
    enemies = [f"{LABEL}enemies:{row['enemy_set']}"] if row.get("enemy_set") else []
    return [f"{LABEL}competence:{row['competence']}", f"{LABEL}grade:{row['grade']}", *enemies]


def from_labels(tags: Iterable[str]) -> dict[str, Any]:
    """What the labels among the tags say."""
    found: dict[str, Any] = {}
    for tag in tags:
        name, _colon, value = tag.strip().removeprefix(LABEL).partition(":")
        if not tag.strip().startswith(LABEL):
            continue
        if name == "competence":
            found["competence"] = value.strip()
        elif name == "grade" and value.strip().isdigit():
            found["grade"] = int(value)
        elif name == "enemies":
            found["enemy_set"] = value.strip()
    return found


def rest(row: Mapping[str, Any]) -> dict[str, Any]:
    """What of the row is left over."""
    beside = {name: row[name] for name in BESIDE if row.get(name)}
    parts = [_rest_of(part, letter) for letter, part in zip(LETTERS, checking.parts(dict(row)), strict=False)]
    found = {**({"row": beside} if beside else {}), **({"parts": parts} if any(parts) else {})}
    return found


def restore(row: dict[str, Any], more: Any) -> None:
    """Bring the rest back into a row that was read; what does not look like a rest is left aside."""
    name = bank.PARTS.get(ItemKind(row["kind"]), "options")
    for letter, part in zip(LETTERS, row[name], strict=False):
        part.setdefault("key", letter)
    if not isinstance(more, dict):
        return
    beside = more.get("row")
    if isinstance(beside, dict):
        row.update({key: beside[key] for key in BESIDE if key in beside})
    parts = more.get("parts")
    if isinstance(parts, list) and len(parts) == len(row[name]):
        for part, extra in zip(row[name], parts, strict=True):
            if isinstance(extra, dict):
                _restore_part(part, extra)


def answers(part: Mapping[str, Any]) -> list[str]:
    """All right answers of a field, each once: the Vietnamese one, the English one where it is another, the rest."""
    return list(dict.fromkeys([part["answer_vi"], part["answer_en"], *part.get("also", [])]))


def answered(texts: Sequence[str]) -> dict[str, Any]:
    """The right answers of a field, where nothing says which of them is in which language: the first is both."""
    return {"answer_vi": texts[0], "answer_en": texts[0], **({"also": list(texts[1:])} if texts[1:] else {})}


def _rest_of(part: Mapping[str, Any], letter: str) -> dict[str, Any]:
    found = {name: value for name, value in part.items() if name not in WORDS and (name != "key" or value != letter)}
    keys = [choice["key"] for choice in part.get("choices", [])]
    if keys != list(LETTERS[: len(keys)]):
        found["keys"] = keys
    choices = [{name: value for name, value in one.items() if name not in CHOICE} for one in part.get("choices", [])]
    if any(choices):
        found["of_choices"] = choices
    if part.get("answer_en", "") != part.get("answer_vi", ""):
        found["second"] = "en"
    return {name: value for name, value in found.items() if not _is_empty(value)}


def _restore_part(part: dict[str, Any], extra: dict[str, Any]) -> None:
    keys, second = extra.get("keys"), extra.get("second")
    part.update({name: value for name, value in extra.items() if name not in (*WORDS, "keys", "second", "of_choices")})
    choices = part.get("choices", [])
    of_choices = extra.get("of_choices")
    for choice, more in zip(choices, of_choices if isinstance(of_choices, list) else [], strict=False):
        if isinstance(more, dict):
            choice.update({name: value for name, value in more.items() if not choice.get(name)})
    if isinstance(keys, list) and len(keys) == len(choices):
        part["right"] = dict(zip([choice["key"] for choice in choices], keys, strict=True)).get(part.get("right"))
        for choice, key in zip(choices, keys, strict=True):
            choice["key"] = str(key)
    if second == "en" and part.get("also"):
        part["answer_en"] = part["also"].pop(0)


def tidied(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without what says nothing: empty texts and lists, no tolerance. Two rows that say the same are equal."""
    return {name: _tidied(value) for name, value in row.items() if name == "correct" or not _is_empty(value)}


def _tidied(value: Any) -> Any:
    if isinstance(value, dict):
        return tidied(value)
    return [_tidied(one) for one in value] if isinstance(value, list) else value


def _is_empty(value: Any) -> bool:
    return value in ("", [], None) or (isinstance(value, int | float) and not isinstance(value, bool) and value == 0)
