"""The whole plan of made provinces: classes, calendar and named seats, judged; and the calendar alone, also of squeezed years.

    PYTHONPATH=src .venv/bin/python bench/plan/calendars.py --seeds 3

Portfolio, calendar and seats are to take less than five minutes and 4 GB together. `cpu` are the processor's seconds, which other
work on the machine does not lengthen; memory is the most that the process ever held.
"""

import argparse
import resource
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace

from compare import machine

from chiakhoa.engines.planner import Plan, Scenario, broken, generate, solve, timetable
from chiakhoa.engines.planner.seating import Option, Seating, Seeker, seat

SIZES = ((12, 40), (40, 40), (40, 9), (172, 40), (172, 14))
MOST_SECONDS, MOST_GB = 300.0, 4.0
# A class as far away as somebody looks for one.
CLASSES_LOOKED_AT = 12


def main() -> None:
    """Print a row for each size; end with 1 where a plan breaks a rule or takes more than it may."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--seeds", type=int, default=3, help="seeds 1 to this")
    given.add_argument("--communes", type=int, default=172, help="leave larger provinces out")
    given.add_argument(
        "--time-limit", type=float, default=60.0, help="seconds to search for the classes of a whole plan"
    )
    options = given.parse_args()
    sizes = [size for size in SIZES if size[0] <= options.communes]
    seeds = range(1, options.seeds + 1)
    print(machine())
    provinces = sorted({communes for communes, _weeks in sizes})
    plans = [whole(communes, seed, options.time_limit) for communes in provinces for seed in seeds]
    print("\nThe calendar alone")
    print(f"{'communes':>9}{'weeks':>7}{'seed':>6}{'classes':>9}{'cpu':>9}{'judge':>8}   no place")
    calendars = [alone(communes, weeks, seed) for communes, weeks in sizes for seed in seeds]
    sys.exit(0 if all(plans + calendars) else 1)


def whole(communes: int, seed: int, limit: float) -> bool:
    """One plan from the scenario to the names; whether it is sound and took no more than it may."""
    made = generate(communes, weeks=40, seed=seed)
    clock, cpu = time.monotonic(), time.process_time()
    plan = solve(made, time_limit=limit, seed=seed)
    planned = time.process_time() - cpu
    seekers, classes = people(made, plan)
    seated = seat(seekers, classes, seed=seed)
    took, spent = time.monotonic() - clock, time.process_time() - cpu
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    rules = broken(made, plan)
    sitting = sum(map(len, seated.seats.values()))
    print(
        f"{communes} communes, seed {seed}: {len(plan.classes)} classes, gap {plan.gap:.2%}, {sitting:,} of {len(seekers):,} "
        f"people seated; {took:.0f} s of the clock, {spent:.0f} s cpu (plan {planned:.0f}, seats {spent - planned:.0f}), "
        f"{gigabytes:.2f} GB",
        flush=True,
    )
    return not any(map(print, rules[:3])) and not rules and took < MOST_SECONDS and gigabytes < MOST_GB


def people(made: Scenario, plan: Plan) -> tuple[list[Seeker], list[Seating]]:
    """Everybody of every group, with the classes that they may attend, and the classes with the seats kept for each group."""
    gain = {(row.group, row.course): row.value for row in made.gains}
    open_to: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(plan.classes):
        for group, _people in row.groups:
            open_to[group].append(number)
    classes = [
        Seating(number, row.learners, row.groups, frozenset(f"{day} {half}" for day, half, _room in row.sessions))
        for number, row in enumerate(plan.classes)
    ]
    seekers, number = [], 0
    for group in made.groups:
        options = tuple(
            Option(place, gain[group.id, plan.classes[place].course]) for place in open_to[group.id][:CLASSES_LOOKED_AT]
        )
        for _one in range(group.seats):
            seekers.append(Seeker(number, group.id, options))
            number += 1
    return seekers, classes


def alone(communes: int, weeks: int, seed: int) -> bool:
    """The calendar of classes that were found without one; whether it is sound."""
    made = generate(communes, weeks=weeks, seed=seed)
    found = solve(replace(made, terms=()), time_limit=2.0, gap=0.0)
    began = time.process_time()
    plan = timetable(made, found, seed=seed)
    took = time.process_time() - began
    began = time.process_time()
    rules = broken(made, plan)
    judged = time.process_time() - began
    lost = ", ".join(f"{name} {n}" for name, n in Counter(r.unplaced for r in plan.classes if r.unplaced).items())
    print(
        f"{communes:>9}{weeks:>7}{seed:>6}{len(plan.classes):>9}{took:>9.2f}{judged:>8.2f}   {lost or 'none'}",
        flush=True,
    )
    for rule in rules[:3]:
        print(f"    {rule}")
    return not rules


if __name__ == "__main__":
    main()
