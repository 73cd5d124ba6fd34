"""Makes the calendars of made provinces and judges them: how long it takes, what finds no place, and that nothing clashes.

    PYTHONPATH=src .venv/bin/python bench/plan/calendars.py --seeds 3

Seconds are the processor's, which other work on the machine does not lengthen.
"""

import argparse
import sys
import time
from collections import Counter
from dataclasses import replace

from compare import machine

from chiakhoa.engines.planner import broken, generate, solve, timetable

SIZES = ((12, 40), (40, 40), (40, 9), (172, 40), (172, 14))


def main() -> None:
    """Print a row for each size; end with 1 where a calendar breaks a rule."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--seeds", type=int, default=3, help="seeds 1 to this")
    given.add_argument("--communes", type=int, default=172, help="leave larger provinces out")
    options = given.parse_args()
    print(machine())
    print(f"{'communes':>9}{'weeks':>7}{'seed':>6}{'classes':>9}{'seconds':>9}{'judge':>8}   no place")
    sound = True
    for communes, weeks in SIZES:
        for seed in range(1, options.seeds + 1) if communes <= options.communes else ():
            made = generate(communes, weeks=weeks, seed=seed)
            found = solve(replace(made, terms=()), time_limit=2.0, gap=0.0)
            began = time.process_time()
            plan = timetable(made, found, seed=seed)
            took = time.process_time() - began
            began = time.process_time()
            rules = broken(made, plan)
            judged = time.process_time() - began
            lost = ", ".join(
                f"{name} {n}" for name, n in Counter(r.unplaced for r in plan.classes if r.unplaced).items()
            )
            print(
                f"{communes:>9}{weeks:>7}{seed:>6}{len(plan.classes):>9}{took:>9.2f}{judged:>8.2f}   {lost or 'none'}",
                flush=True,
            )
            for rule in rules[:3]:
                print(f"    {rule}")
            sound &= not rules
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main()
