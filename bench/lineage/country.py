"""The country's communes through the reform of 2025-07-01, from file to file: our command beside a naive restating.

    .venv/bin/python bench/lineage/country.py

Both run in a process of their own, best of five. The naive one is what one writes in an afternoon: each count times its
share, rounded, added up with the standard library; it checks nothing and its totals drift. Counts are made by a fixed seed.
"""

import csv
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

UNITS = Path(__file__).parents[2] / "data" / "units"
FILES = [(UNITS / f"{start}units.csv", UNITS / f"{start}succession.csv") for start in ("", "country_")]
GROUPS = ("f", "m", "")
RUNS = 5


def main() -> None:
    """Make the counts, run both, print a table."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.csv"
        old, total = make(counts)
        rows = [
            ("chiakhoa lineage restate", *timed(lambda out: ours(counts, out), Path(folder) / "ours.csv")),
            (
                "naive (share × count, rounded)",
                *timed(lambda out: naive_process(counts, out), Path(folder) / "naive.csv"),
            ),
        ]
    print(f"{old} units, {old * len(GROUPS)} counts, total {total}")
    print(f"{'':<34}{'seconds':>9}{'ratio':>8}{'heirs':>8}{'total off by':>14}{'rows off by >= 1':>18}")
    for name, seconds, restated in rows:
        off = sum(abs(restated.get(key, 0) - value) >= 1 for key, value in rows[0][2].items())
        heirs = len({unit for unit, _group in restated})
        print(
            f"{name:<34}{seconds:>9.3f}{seconds / rows[0][1]:>8.2f}{heirs:>8}{sum(restated.values()) - total:>14}{off:>18}"
        )
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "click"))
    print(f"Python {platform.python_version()}, {packages}; {machine()}, {os.cpu_count()} cores")


def make(path: Path) -> tuple[int, int]:
    """Counts of every unit that passed into a commune of today, by sex; returns how many units, and the total."""
    new = {row["id"] for units, _ in FILES for row in read(units) if row["level"] == "3" and row["valid_from"]}
    old = sorted({row["old_id"] for _, steps in FILES for row in read(steps) if row["new_id"] in new})
    chance = random.Random(20250701)
    rows = [(unit, chance.randrange(9000), group) for unit in old for group in GROUPS]
    write(path, [("unit_id", "value", "sex"), *rows])
    return len(old), sum(value for _unit, value, _group in rows)


def timed(run: Callable[[Path], None], out: Path) -> tuple[float, dict[tuple[str, str], int]]:
    """Seconds of the fastest run, and what it wrote."""
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        run(out)
        seconds.append(time.perf_counter() - began)
    return min(seconds), {(row["unit_id"], row["sex"]): int(row["value"]) for row in read(out)}


def ours(counts: Path, out: Path) -> None:
    """The command, as a user types it."""
    files = [part for units, steps in FILES for part in ("--units", str(units), "--succession", str(steps))]
    days = ["--from", "2025-06-30", "--to", "2025-07-01", "--by", "sex"]
    command = [sys.executable, "-m", "chiakhoa", "lineage", "restate", str(counts), *files, *days, "--out", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def naive_process(counts: Path, out: Path) -> None:
    """The naive restating in a process of its own."""
    subprocess.run([sys.executable, __file__, "--naive", str(counts), str(out)], check=True)


def naive(counts: Path, out: Path) -> None:
    """Each count times each share, rounded."""
    shares: dict[str, list[tuple[str, float]]] = {}
    for _, steps in FILES:
        for row in read(steps):
            if row["new_id"]:
                shares.setdefault(row["old_id"], []).append((row["new_id"], float(row["share"])))
    table: dict[tuple[str, str], float] = {}
    for row in read(counts):
        for heir, share in shares[row["unit_id"]]:
            table[heir, row["sex"]] = table.get((heir, row["sex"]), 0) + share * int(row["value"])
    write(
        out, [("unit_id", "value", "sex"), *((unit, round(value), sex) for (unit, sex), value in sorted(table.items()))]
    )


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[tuple[object, ...]]) -> None:
    """Rows to a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def machine() -> str:
    """The processor's name where the system tells it."""
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    return names[0].partition(":")[2].strip() if names else platform.machine()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--naive"]:
        naive(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
