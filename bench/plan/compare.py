"""Plans whole provinces and compares, in one run, with solvers on the straightforward model and with planning by hand.

    PYTHONPATH=src .venv/bin/python bench/plan/compare.py --seeds 10 --rivals 1

README.md beside this file says what is measured and what else must be installed.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

os.environ.setdefault("OMP_NUM_THREADS", "1")

from rivals import Result, cp_sat, greedy, highs, same_for_all

from chiakhoa.engines.planner import Scenario, broken, generate, solve

VARIANTS = {
    "province": {},
    "a tenth of the money": {"money": 0.1},
    "a tenth of the demands": {"demands": 0.1},
    "one budget line": {"lines": 1},
}
LIMITS = ((1.0, 0.0), (60.0, 0.01))


def main() -> None:
    """Print the tables; end with 1 where a plan is unsound."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--communes", type=int, default=172)
    given.add_argument("--seeds", type=int, default=10, help="seeds 1 to this")
    given.add_argument(
        "--rivals", type=int, default=10, help="of these, so many are also given to HiGHS, the first to CP-SAT"
    )
    given.add_argument("--variants", nargs="*", default=["province"], help="for the rivals")
    given.add_argument("--rival-seconds", type=float, default=300.0, help="and each of them gets so long")
    options = given.parse_args()
    print(machine())
    sound = quality(options.communes, options.seeds)
    by_hand(options.communes, options.seeds)
    solvers(options.communes, options.rivals, options.rival_seconds, options.variants)
    sys.exit(0 if sound else 1)


def machine() -> str:
    """Where and with what this was measured."""
    names = ("numpy", "scipy", "highspy", "ortools")
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
    processor = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    versions = ", ".join(f"{name} {_version(name)}" for name in names)
    return f"{processor}, Chìa Khóa {head.strip()}, Python {platform.python_version()}, {versions}"


def quality(communes: int, seeds: int) -> bool:
    """How near the bound, after one second and within a minute."""
    print(
        "\nGap to the proven bound, per cent; worst seconds of the clock and of the processor, which other work does not lengthen"
    )
    print(
        f"{'':<24}{'1 s: worst':>12}{'mean':>8}{'clock':>8}{'cpu':>7}{'60 s: worst':>14}{'clock':>8}{'cpu':>7}   sound"
    )
    all_sound = True
    for name, kind in VARIANTS.items():
        runs: list[list[tuple[float, float, float]]] = [[], []]
        sound = True
        for made in scenarios(communes, seeds, kind):
            for which, (limit, gap) in zip(runs, LIMITS, strict=True):
                busy = time.process_time()
                plan = solve(made, time_limit=limit, gap=gap)
                which.append((100 * plan.gap, plan.seconds, time.process_time() - busy))
                sound &= not broken(made, plan)
        worst = [[max(column) for column in zip(*rows, strict=True)] for rows in runs]
        mean = sum(gap for gap, _clock, _cpu in runs[0]) / seeds
        print(
            f"{name:<24}{worst[0][0]:>12.2f}{mean:>8.2f}{worst[0][1]:>8.2f}{worst[0][2]:>7.2f}"
            f"{worst[1][0]:>14.2f}{worst[1][1]:>8.1f}{worst[1][2]:>7.1f}   {'all' if sound else 'NOT ALL'}",
            flush=True,
        )
        all_sound &= sound
    return all_sound


def by_hand(communes: int, seeds: int) -> None:
    """Against greedy planning and the same for all; without targets, which neither heeds."""
    print("\nAgainst planning by hand (means; grades of gap closed per million đồng)")
    print(
        f"{'':<24}{'ours':>8}{'greedy':>8}{'same':>8}{'greedy to bound':>17}{'of that closed':>16}{'more than same':>16}"
    )
    for name, kind in VARIANTS.items():
        rows = []
        for made in scenarios(communes, seeds, kind):
            made = replace(made, targets=())
            plan, hand, same = solve(made, time_limit=5.0, gap=0.0), greedy(made), same_for_all(made)
            spent = sum(row.cost_vnd for row in plan.classes) / 1e6
            money = sum(line.amount_vnd for line in made.money) / 1e6
            left = plan.bound - hand.objective
            rows.append((
                plan.objective / spent, hand.objective / money, same.objective / money, 100 * left / plan.bound,
                100 * (plan.objective - hand.objective) / left, 100 * (plan.objective / same.objective - 1),
            ))  # fmt: skip
        mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        print(
            f"{name:<24}{mean[0]:>8.2f}{mean[1]:>8.2f}{mean[2]:>8.2f}{mean[3]:>15.1f} %{mean[4]:>14.0f} %{mean[5]:>14.0f} %",
            flush=True,
        )


def solvers(communes: int, seeds: int, seconds: float, variants: list[str]) -> None:
    """Time until HiGHS and CP-SAT reach what ours has when it is within one per cent of the bound."""
    if not seeds:
        return
    print(f"\nSeconds of the clock to a plan as good as ours within 1 % of the bound (each rival had {seconds:g} s)")
    print(f"{'':<24}{'seed':>5}{'ours':>7}  {'HiGHS, straightforward':<32}{'CP-SAT, same model':<32}")
    for name in variants:
        took = []
        for seed, made in enumerate(scenarios(communes, seeds, VARIANTS[name]), 1):
            made = replace(made, targets=())
            ours = _ours(made)
            found = [rival(made, ours.objective, seconds) for rival in _installed()[: 2 if seed == 1 else 1]]
            took.append((ours.seconds, found[0].seconds))
            told = "".join(f"{_told(ours, one):<32}" for one in found)
            print(f"{name:<24}{seed:>5}{ours.seconds:>7.2f}  {told}", flush=True)
        mine, theirs = (sum(column) for column in zip(*took, strict=True))
        times = sorted(slow / fast for fast, slow in took)
        print(
            f"{name:<24}  all{mine:>7.2f}  HiGHS {theirs:.0f} s, {theirs / mine:.0f} times; "
            f"{times[0]:.0f} to {times[-1]:.0f}, median {times[len(times) // 2]:.0f}", flush=True,
        )  # fmt: skip


def scenarios(communes: int, seeds: int, kind: dict[str, float]) -> Iterator[Scenario]:
    """The variant's scenario of each seed."""
    return (generate(communes, seed=seed, **kind) for seed in range(1, seeds + 1))


def _ours(made: Scenario) -> Result:
    """Ours to within 1 % of the bound: the seconds until that plan stood, without the reasons told after it."""
    began, seen = time.perf_counter(), list[tuple[float, float]]()

    def watch(best: float, _bound: float) -> bool:
        seen.append((time.perf_counter() - began, best))
        return False

    plan = solve(made, time_limit=60.0, gap=0.01, watch=watch)
    at = next(moment for moment, best in seen if best >= plan.objective * (1 - 1e-9))
    return Result(plan.objective, at, True)


def _told(ours: Result, rival: Result) -> str:
    if rival.reached:
        return f"{rival.seconds:.1f} s, {rival.seconds / ours.seconds:.0f} times"
    share = 100 * rival.objective / ours.objective
    return f"not in {rival.seconds:.0f} s ({share:.1f} % of ours)"


def _installed():  # type: ignore[no-untyped-def]
    return [highs, cp_sat] if _version("ortools") != "absent" else [highs]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


if __name__ == "__main__":
    began = time.perf_counter()
    try:
        main()
    finally:
        print(f"\n{time.perf_counter() - began:.0f} s in all")
