"""A sheet as its author writes it: a line a row, cells parted by |. Pure.

`[1]` is the cell that is filled in as the first field, 38 and 4,9 are numbers, and '2026 is the text 2026, as in a spreadsheet.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Cell = Any
_PLACE = re.compile(r"\[(\d{1,2})\]")
_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,6})?")


def read(vietnamese: str, english: str, keys: Mapping[int, str]) -> list[list[Cell]]:
    """The grid of the item files. `keys`: number of a field -> its key. ValueError where the two tables differ in shape.

    Without an English table the words have none yet.
    """
    ours, theirs = _table(vietnamese), _table(english)
    if theirs and [len(row) for row in ours] != [len(row) for row in theirs]:
        raise ValueError("two tables of different shape")
    return [
        [_cell(text, theirs[r][c] if theirs else "", keys) for c, text in enumerate(row)] for r, row in enumerate(ours)
    ]


def write(grid: Sequence[Sequence[Cell]], numbers: Mapping[str, int], language: str) -> str:
    """The grid as its author writes it, in one language. `numbers`: key of a field -> its number."""
    return "\n".join(" | ".join(_written(cell, numbers, language) for cell in row) for row in grid)


def value(text: str) -> int | float | str:
    """What a cell holds: a number, or words."""
    if text.startswith("'"):
        return text[1:]
    if not _NUMBER.fullmatch(text):
        return text
    return float(text.replace(",", ".")) if re.search(r"[.,]", text) else int(text)


def trials(text: str) -> list[dict[str, int | float | str]]:
    """Cells with other values, a trial a line: `B2=4,9; B3=Đã nộp`. ValueError where a line says no cell."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        cells: dict[str, int | float | str] = {}
        for part in filter(None, map(str.strip, line.split(";"))):
            name, equals, said = part.partition("=")
            if not equals or not re.fullmatch(r"[A-Z]\d{1,2}", name.strip().upper()):
                raise ValueError(part)
            cells[name.strip().upper()] = value(said.strip())
        found.append(cells)
    return found


def written_trials(rows: Sequence[Mapping[str, int | float | str]]) -> str:
    """Trials as their author writes them."""
    return "\n".join("; ".join(f"{name}={_said(held)}" for name, held in row.items()) for row in rows)


def _table(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def _cell(text: str, english: str, keys: Mapping[int, str]) -> Cell:
    place = _PLACE.fullmatch(text)
    if place:
        return {"field": keys.get(int(place[1]), f"[{place[1]}]")}
    held, other = value(text), str(value(english))
    if not isinstance(held, str) or held in ("", other):
        return held
    return {"vi": held, "en": other}


def _written(cell: Cell, numbers: Mapping[str, int], language: str) -> str:
    if isinstance(cell, dict):
        return f"[{numbers[cell['field']]}]" if "field" in cell else _said(cell[language])
    return _said(cell)


def _said(held: int | float | str) -> str:
    if isinstance(held, str):
        return f"'{held}" if _NUMBER.fullmatch(held) or held.startswith("'") else held
    return str(held)
