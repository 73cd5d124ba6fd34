"""`chiakhoa matching`: applications and openings as files, no database."""

import csv
import json
from pathlib import Path

import click
import numpy as np

from chiakhoa.engines.matching.stable import Matching, match
from chiakhoa.engines.terminal import stop

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("matching")
def matching() -> None:
    """Who goes where: the stable matching that is best for the applicants."""


@matching.command("solve")
@click.argument("applications", type=FILE)
@click.argument("openings", type=FILE)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--json", "as_json", is_flag=True)
def solve(applications: Path, openings: Path, out: Path, as_json: bool) -> None:
    """Match APPLICATIONS (columns applicant, opening, rank, score; an empty score is not acceptable) to OPENINGS (columns
    opening, seats). Writes applicant, opening, reason."""
    seats: dict[str, int] = {}
    for i, row in _rows(openings, ("opening", "seats")):
        if row["opening"] in seats:
            stop(f"{openings}, row {i}, column opening: {row['opening']!r} stands twice")
        seats[row["opening"]] = _whole(openings, i, row, "seats")
    places = {name: i for i, name in enumerate(seats)}
    wished: dict[str, list[tuple[int, str, float]]] = {}
    for i, row in _rows(applications, ("applicant", "opening", "rank", "score")):
        if row["opening"] not in places:
            stop(f"{applications}, row {i}, column opening: there is no opening {row['opening']!r} in {openings}")
        score = _number(applications, i, row, "score")
        wished.setdefault(row["applicant"], []).append((_whole(applications, i, row, "rank"), row["opening"], score))
    names = list(wished)
    scores = np.full((len(names), len(places)), -np.inf)
    for a, name in enumerate(names):
        for _rank, opening, score in wished[name]:
            scores[a, places[opening]] = score
    wishes = [[places[opening] for _rank, opening, _score in sorted(wished[name])] for name in names]
    try:
        found = match(wishes, scores, list(seats.values()))
    except ValueError as fault:
        stop(f"{applications}: {fault}")
    _write(out, names, list(places), found)
    figures = {"applicants": len(names), "matched": int((found.assigned >= 0).sum())}
    click.echo(json.dumps(figures) if as_json else f"{figures['matched']} of {figures['applicants']} matched")


def _write(out: Path, names: list[str], openings: list[str], found: Matching) -> None:
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["applicant", "opening", "reason"])
        for name, opening, reasons in zip(names, found.assigned, found.reasons, strict=True):
            words = "; ".join(f"{openings[r.opening]}: {r.kind}" for r in reasons)
            writer.writerow([name, openings[opening] if opening >= 0 else "", words])


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or [])]
        if missing:
            stop(f"{path}: there is no column {missing[0]!r}; needed: {', '.join(columns)}")
        return list(enumerate(reader, start=2))


def _whole(path: Path, i: int, row: dict[str, str], column: str) -> int:
    if not row[column].strip().isdecimal():
        stop(f"{path}, row {i}, column {column}: need a whole number, got {row[column]!r}")
    return int(row[column])


def _number(path: Path, i: int, row: dict[str, str], column: str) -> float:
    """The number; minus infinity for an empty cell."""
    try:
        return float(row[column]) if row[column].strip() else -np.inf
    except ValueError:
        stop(f"{path}, row {i}, column {column}: need a number or nothing, got {row[column]!r}")
