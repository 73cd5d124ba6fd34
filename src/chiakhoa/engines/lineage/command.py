"""`chiakhoa lineage`: counts restated from one day's map to another's, as files, no database."""

import csv
import json
import sys
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import NoReturn

import click
import numpy as np

from chiakhoa.engines.lineage.weights import Step, Weights, restate, weights

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("lineage")
def lineage() -> None:
    """Counts of old units on the map of another day, with every total kept."""


@lineage.command("restate")
@click.argument("counts", type=FILE)
@click.option(
    "--units", type=FILE, multiple=True, required=True, help="Units with valid_from and valid_to; may be repeated."
)
@click.option(
    "--succession", type=FILE, multiple=True, required=True, help="old_id, new_id, date, share; may be repeated."
)
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--by", default="", help="Restate within each value of this further column.")
@click.option("--json", "as_json", is_flag=True)
def restate_(
    counts: Path,
    units: tuple[Path, ...],
    succession: tuple[Path, ...],
    start: date,
    end: date,
    out: Path,
    by: str,
    as_json: bool,
) -> None:
    """Restate COUNTS (columns unit_id, value, and that of --by) and write the same columns."""
    began = time.monotonic()
    known = {row["id"]: row["valid_to"] for path in units for _i, row in _rows(path, ("id", "valid_to"))}
    table = _read_counts(counts, by, set(known))
    ended = {unit: date.fromisoformat(day) for unit, day in known.items() if day}
    groups = sorted({group for row in table.values() for group in row})
    sources = sorted(table)
    steps = [step for path in succession for step in _steps(path)]
    values = np.array([[table[unit].get(group, 0) for group in groups] for unit in sources], dtype=float)
    try:
        passed = weights(sources, steps, start.date(), end.date(), ended)  # type: ignore[attr-defined]
        restated = restate(values.reshape(len(sources), len(groups)), passed)
    except ValueError as fault:
        _stop(f"{counts}: {fault}")
    _write(out, by, groups, passed, restated)
    figures = {"units": len(sources), "heirs": len(passed.targets), "total": int(values.sum()),
               "seconds": round(time.monotonic() - began, 3)}  # fmt: skip
    click.echo(json.dumps(figures) if as_json else "\n".join(f"{key:<8}{value}" for key, value in figures.items()))


def _read_counts(path: Path, by: str, known: set[str]) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = defaultdict(dict)
    for i, row in _rows(path, ("unit_id", "value", *([by] if by else []))):
        if row["unit_id"] not in known:
            _stop(f"{path}, row {i}, column unit_id: no unit {row['unit_id']!r} in the files of --units")
        try:
            value = int(row["value"])
        except ValueError:
            _stop(f"{path}, row {i}, column value: need a whole number, got {row['value']!r}")
        group = row[by] if by else ""
        table[row["unit_id"]][group] = table[row["unit_id"]].get(group, 0) + value
    return table


def _steps(path: Path) -> list[Step]:
    steps = []
    for i, row in _rows(path, ("old_id", "new_id", "date", "share")):
        if row["new_id"]:
            try:
                steps.append(Step(row["old_id"], row["new_id"], date.fromisoformat(row["date"]), float(row["share"])))
            except ValueError as fault:
                _stop(f"{path}, row {i}: {fault}")
    return steps


def _write(out: Path, by: str, groups: list[str], passed: Weights, restated: np.ndarray) -> None:
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit_id", "value", *([by] if by else [])])
        for unit, row in zip(passed.targets, restated, strict=True):
            for group, value in zip(groups, row, strict=True):
                writer.writerow([unit, int(value), *([group] if by else [])])


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or [])]
        if missing:
            _stop(f"{path}: there is no column {missing[0]!r}; needed: {', '.join(columns)}")
        return list(enumerate(reader, start=2))


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(2)
