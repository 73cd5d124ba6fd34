"""`chiakhoa lineage`: counts restated from one day's map to another's, as files, no database."""

import csv
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import click
import numpy as np

from chiakhoa.engines.lineage.weights import Span, Step, Weights, restate, weights
from chiakhoa.engines.terminal import stop

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
    start: datetime,
    end: datetime,
    out: Path,
    by: str,
    as_json: bool,
) -> None:
    """Restate COUNTS (columns unit_id, value, and that of --by) and write the same columns.

    A count must stand at a unit that is in force on the day of --from. Where --to is the earlier day, a unit is divided among
    its forebears by the shares that passed into it: an estimate, of which only the totals are exact.
    """
    began = time.monotonic()
    spans = {unit: span for path in units for unit, span in _spans(path)}
    steps = [step for path in succession for step in _steps(path)]
    on, to = start.date(), end.date()
    table = _read_counts(counts, by, lambda unit: _fault(unit, on, spans, steps))
    groups = sorted({group for row in table.values() for group in row})
    sources = sorted(table)
    values = np.array([[table[unit].get(group, 0) for group in groups] for unit in sources], dtype=float)
    try:
        passed = weights(sources, steps, on, to, spans)
        restated = restate(values.reshape(len(sources), len(groups)), passed)
    except ValueError as fault:
        stop(f"{counts}: {fault}")
    _write(out, by, groups, passed, restated)
    figures = {"units": len(sources), "heirs": len(passed.targets), "total": int(values.sum()),
               "seconds": round(time.monotonic() - began, 3)}  # fmt: skip
    click.echo(json.dumps(figures) if as_json else "\n".join(f"{key:<8}{value}" for key, value in figures.items()))


def _read_counts(path: Path, by: str, fault: Callable[[str], str]) -> dict[str, dict[str, int]]:
    """Counts by unit and group; `fault` says in words why a unit cannot carry a count, or nothing."""
    table: dict[str, dict[str, int]] = {}
    for i, row in _rows(path, ("unit_id", "value", *([by] if by else []))):
        unit = row["unit_id"]
        if unit not in table:
            if said := fault(unit):
                stop(f"{path}, row {i}, column unit_id: {said}")
            table[unit] = defaultdict(int)
        try:
            table[unit][row[by] if by else ""] += int(row["value"])
        except ValueError:
            stop(f"{path}, row {i}, column value: need a whole number, got {row['value']!r}")
    return table


def _fault(unit: str, on: date, spans: Mapping[str, Span], steps: Sequence[Step]) -> str:
    """Why the unit cannot carry a count on the day, and what to do; nothing where it can."""
    span = spans.get(unit)
    if span is None:
        return f"no unit {unit!r} in the files of --units"
    if span.holds(on):
        return ""
    if span.first is not None and on < span.first:
        before = ", ".join(sorted({step.old for step in steps if step.new == unit})) or "none is recorded"
        return f"{unit} is in force only from {span.first}: give --from that day or later, or count its forebears: {before}"
    after = ", ".join(sorted({step.new for step in steps if step.old == unit})) or "it has none"
    return f"{unit} ended on {span.end}: give --from an earlier day, or count its heirs: {after}"


def _spans(path: Path) -> Iterator[tuple[str, Span]]:
    for i, row in _rows(path, ("id", "valid_from", "valid_to")):
        try:
            yield row["id"], Span(_day(row["valid_from"]), _day(row["valid_to"]))
        except ValueError as fault:
            stop(f"{path}, row {i}: {fault}")


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _steps(path: Path) -> list[Step]:
    steps = []
    for i, row in _rows(path, ("old_id", "new_id", "date", "share")):
        if row["new_id"]:
            try:
                steps.append(Step(row["old_id"], row["new_id"], date.fromisoformat(row["date"]), float(row["share"])))
            except ValueError as fault:
                stop(f"{path}, row {i}: {fault}")
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
            stop(f"{path}: there is no column {missing[0]!r}; needed: {', '.join(columns)}")
        return list(enumerate(reader, start=2))
