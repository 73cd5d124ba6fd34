"""Files of answers and of items, checked cell by cell: every refusal names the row (as a spreadsheet counts) and the column.

Well-formed files are read at the speed of memory; only a file with something odd in it is walked cell by cell.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from chiakhoa.engines.irt.calibrate import Calibration
from chiakhoa.engines.irt.graded_calibrate import Graded
from chiakhoa.engines.irt.models import Floats, Items

BLANK = {"", "na", "nan"}


def read_responses(path: Path, highest: int = 1) -> tuple[list[str], Floats]:
    """Item names, and answers (P, I) with NaN for blank cells. Columns parted by comma or semicolon.

    Raises ValueError naming row and column of the first cell that is no whole number from 0 to `highest` (at most 9).
    """
    text = _text(path)
    head, _line, body = text.partition("\n")
    parted = ";" if head.count(";") > head.count(",") else ","
    names = [name.strip() for name in next(csv.reader([head.rstrip("\r")], delimiter=parted), [])]
    _check_names(path, names)
    table = _fast(body, parted, len(names), highest)
    return names, _slow(path, body, parted, names, highest) if table is None else table


def read_grouped(path: Path, column: str) -> tuple[list[str], Floats, list[str]]:
    """Item names, answers (P, I), and the text (P,) in the one column that is no item. ValueError as for `read_responses`."""
    text = _text(path)
    head = text.partition("\n")[0]
    parted = ";" if head.count(";") > head.count(",") else ","
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=parted) if row]
    names = [name.strip() for name in rows[0]] if rows else []
    _check_names(path, names)
    if column not in names:
        raise ValueError(f"{path}, row 1: there is no column {column!r}")
    at = names.index(column)
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(names):
            raise ValueError(f"{path}, row {number}: has {len(row)} cells, the header names {len(names)} columns")
    items = [*names[:at], *names[at + 1 :]]
    table = [_row(path, number, [*row[:at], *row[at + 1 :]], items, 1) for number, row in enumerate(rows[1:], start=2)]
    if not table or not items:
        raise ValueError(f"{path}: there is a header but no row of answers")
    return items, np.array(table), [row[at].strip() for row in rows[1:]]


def write_table(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def _check_names(path: Path, names: Sequence[str]) -> None:
    if not any(names):
        raise ValueError(f"{path}, row 1: the header must name the items, a column each")
    for i, name in enumerate(names):
        if not name:
            raise ValueError(f"{path}, row 1, column {i + 1}: the item has no name")
        if name in names[:i]:
            raise ValueError(f"{path}, row 1, column {i + 1}: item {name!r} is named twice")


def _fast(body: str, parted: str, items: int, highest: int) -> Floats | None:
    """The table, where every cell is one digit or nothing and every row has all its cells; else None."""
    raw = np.frombuffer(body.replace("\r", "").rstrip("\n").encode() + b"\n", dtype=np.uint8)
    ends, cuts = raw == ord("\n"), raw == ord(parted)
    edge = ends | cuts
    digit = np.flatnonzero((raw >= ord("0")) & (raw <= ord("0") + highest))
    if len(digit) + edge.sum() < len(raw) or len(raw) == 1:
        return None
    if (
        (~edge[digit + 1]).any()
        or edge.sum() != items * ends.sum()
        or (np.flatnonzero(ends[edge]) % items != items - 1).any()
    ):
        return None
    cell = np.cumsum(edge)[digit] - edge[digit]
    table = np.full(items * int(ends.sum()), np.nan)
    table[cell] = raw[digit] - ord("0")
    return table.reshape(-1, items)


def _slow(path: Path, body: str, parted: str, names: Sequence[str], highest: int) -> Floats:
    rows = [
        _row(path, number, cells, names, highest)
        for number, cells in enumerate(csv.reader(io.StringIO(body), delimiter=parted), start=2)
        if cells or len(names) == 1
    ]
    if not rows:
        raise ValueError(f"{path}: there is a header but no row of answers")
    return np.array(rows)


def _row(path: Path, number: int, cells: Sequence[str], names: Sequence[str], highest: int) -> list[float]:
    cells = cells or [""]
    if len(cells) != len(names):
        raise ValueError(f"{path}, row {number}: has {len(cells)} cells, the header names {len(names)} items")
    return [_cell(path, number, name, cell.strip(), highest) for name, cell in zip(names, cells, strict=True)]


def _cell(path: Path, number: int, name: str, cell: str, highest: int) -> float:
    if cell.lower() in BLANK:
        return float("nan")
    digit = cell.removesuffix(".0")
    if len(digit) != 1 or digit not in "0123456789"[: highest + 1]:
        needed = "1, 0" if highest == 1 else f"a category from 0 to {highest}"
        raise ValueError(f"{path}, row {number}, column {name}: need {needed} or blank, got {cell!r}")
    return float(digit)


def check_columns(path: Path, names: Sequence[str], table: Floats) -> None:
    """Refuse, by name, an item of which plain maximum likelihood can say nothing: shown to nobody, or all answers alike."""
    for name, column in zip(names, table.T, strict=True):
        known = column[~np.isnan(column)]
        if not known.size or (known == known[0]).all():
            what = "shown to nobody" if not known.size else f"answered {'right' if known[0] else 'wrong'} by everybody"
            raise ValueError(f"{path}, column {name}: {what}; leave it out, or use --prior default")


def write_items(path: Path, names: Sequence[str], found: Calibration) -> None:
    """One row an item: item, a, b, c, se_a, se_b."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item", "a", "b", "c", "se_a", "se_b"])
        for name, *numbers in zip(names, found.a, found.b, found.c, found.se_a, found.se_b, strict=True):
            writer.writerow([name, *(f"{number:.6f}" for number in numbers)])


def write_graded(path: Path, names: Sequence[str], found: Graded) -> None:
    """One row an item: the columns of write_items, then each threshold and its standard error; blank beyond the last.

    b is the mean of the item's thresholds and se_b the root mean square of their errors, which leaves out what they share.
    """
    count = range(1, found.b.shape[1] + 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        heads = [*(f"b{k}" for k in count), *(f"se_b{k}" for k in count)]
        writer.writerow(["item", "a", "b", "c", "se_a", "se_b", *heads])
        for name, a, b, se_a, se_b in zip(names, found.a, found.b, found.se_a, found.se_b, strict=True):
            summed = [a, np.nanmean(b), 0.0, se_a, np.sqrt(np.nanmean(se_b**2))]
            writer.writerow([name, *("" if np.isnan(number) else f"{number:.6f}" for number in [*summed, *b, *se_b])])


def read_items(path: Path) -> tuple[list[str], list[str], Items]:
    """Item names, domain names (in order of appearance) and the bank, from columns item, a, b and where given domain, c.

    Raises ValueError naming row and column of the first cell that is no number, or the row of the first impossible item.
    """
    reader = csv.DictReader(io.StringIO(_text(path)))
    missing = [name for name in ("item", "a", "b") if name not in (reader.fieldnames or [])]
    if missing:
        raise ValueError(
            f"{path}, row 1: there is no column {missing[0]!r}; needed: item, a, b, and domain, c where known"
        )
    rows = list(enumerate(reader, start=2))
    if not rows:
        raise ValueError(f"{path}: there is a header but no item")
    domains = list(dict.fromkeys((row.get("domain") or "").strip() for _number, row in rows))
    index = np.array([domains.index((row.get("domain") or "").strip()) for _number, row in rows])
    a, b, c = (np.array([_number(path, at, row, name) for at, row in rows]) for name in ("a", "b", "c"))
    bad = np.flatnonzero(~((a > 0) & (c >= 0) & (c < 1)))
    if bad.size:
        raise ValueError(f"{path}, row {bad[0] + 2}: need a > 0 and 0 <= c < 1, got a={a[bad[0]]}, c={c[bad[0]]}")
    return [row["item"] for _number, row in rows], domains, Items(index, a, b, c)


def _number(path: Path, at: int, row: dict[str, str], name: str) -> float:
    cell = (row.get(name) or ("0" if name == "c" else "")).strip()
    try:
        number = float(cell)
    except ValueError:
        number = float("nan")
    if not np.isfinite(number):
        raise ValueError(f"{path}, row {at}, column {name}: need a number, got {cell!r}")
    return number


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ValueError(f"{path}: not UTF-8 text (byte {fault.start}); save the sheet as CSV UTF-8") from fault
