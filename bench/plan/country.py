"""Plans a country of 34 provinces that share a budget line, and says how near the bound, how long, and in how much memory.

    PYTHONPATH=src .venv/bin/python bench/plan/country.py

The provinces have as many communes as those of Việt Nam since 1 July 2025 (data/units). Memory is compared with the largest
province planned alone, in a process of its own.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
from collections import Counter
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from chiakhoa.engines.planner import Plan, Province, Scenario, Shared, broken, plan_country, solve
from chiakhoa.engines.planner.generate import generate_country

UNITS = Path(__file__).parents[2] / "data" / "units"


def main() -> None:
    """Print the table; end with 1 where a plan is unsound."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--time-limit", type=float, default=1800.0)
    given.add_argument("--provinces", type=int, default=34)
    given.add_argument("--alone", type=int, help="plan only this province, and print the memory it took")
    options = given.parse_args()
    sizes = communes()[: options.provinces]
    if options.alone is not None:
        made = scenario(sizes, options.alone)
        solve(made, time_limit=60.0)
        print(memory())
        return
    shared = [Shared("national", sum(scenario(sizes, n).money[-1].amount_vnd for n in range(len(sizes))))]
    unsound: list[str] = []

    def keep(name: str, made: Scenario, plan: Plan) -> None:
        unsound.extend(f"{name}: {rule}" for rule in broken(made, plan))
        print(f"{name}  {len(plan.classes):>6} classes  gap of its own {100 * plan.gap:.2f} %", flush=True)

    provinces = [Province(f"p{n + 1:02d}", lambda n=n: scenario(sizes, n)) for n in range(len(sizes))]
    found = plan_country(provinces, shared, keep=keep, time_limit=options.time_limit)
    largest = max(range(len(sizes)), key=sizes.__getitem__)
    alone = subprocess.run(
        [sys.executable, __file__, "--provinces", str(options.provinces), "--alone", str(largest)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    print(
        f"\n{len(sizes)} provinces, {sum(sizes)} communes, {sum(part.classes for part in found.parts)} classes: gap "
        f"{100 * found.gap:.2f} % in {found.seconds:.0f} s (processor {sum(os.times()[:2]):.0f} s), {memory()} MB; "
        f"the largest province alone takes {alone.stdout.strip()} MB; {'all sound' if not unsound else unsound[:3]}"
    )
    sys.exit(1 if unsound else 0)


def communes() -> list[int]:
    """How many each province of today has, in the order of their codes."""
    counts: Counter[str] = Counter()
    for name in ("units.csv", "country_units.csv"):
        with (UNITS / name).open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if not row["valid_to"] and row["level"] == "3"]
        counts.update(row["parent_id"] for row in rows)
    return [count for _province, count in sorted(counts.items())]


def scenario(sizes: list[int], number: int) -> Scenario:
    """The province of this number; made anew each time, as a file would be read."""
    return next(iter(generate_country(sizes[number : number + 1], seed=number + 1)))[1]


def memory() -> int:
    """The most that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
