"""`chiakhoa planner`: scenarios and plans as files, no database."""

import json
import sys
from collections import Counter
from pathlib import Path

import click

from chiakhoa.engines.planner import check as checking
from chiakhoa.engines.planner.change import replan
from chiakhoa.engines.planner.conflict import conflict
from chiakhoa.engines.planner.country_command import country
from chiakhoa.engines.planner.files import read_or_stop
from chiakhoa.engines.planner.generate import generate
from chiakhoa.engines.planner.portfolio import solve
from chiakhoa.engines.planner.scenario import Plan, Scenario, dump, load_plan
from chiakhoa.engines.planner.schema import schema
from chiakhoa.engines.terminal import stop

UNPLACED = {
    "season": "no week is open to their people for as long as they last",
    "room": "no room that holds them is free",
    "trainer": "nobody who can teach them is free",
    "travel": "whoever could teach them is too far away that day",
    "group": "their people sit in other classes",
}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)


@click.group("planner")
def planner() -> None:
    """Which classes, where, for whom: the best plan for the money, and how far from the best it can be at most."""


planner.add_command(country)


@planner.command("solve")
@click.argument("scenario", type=FILE)
@click.option("--out", type=OUT, required=True, help="Where the plan goes.")
@click.option("--time-limit", default=60.0, show_default=True, help="Seconds to search.")
@click.option("--gap", default=0.01, show_default=True, help="Stop when this near the bound.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print objective, bound, gap and seconds as JSON.")
def solve_(scenario: Path, out: Path, time_limit: float, gap: float, seed: int, as_json: bool) -> None:
    """Solve SCENARIO and write the plan."""
    told = None if as_json else (lambda word: click.echo(f"  {word} …", err=True))
    try:
        plan = solve(read_or_stop(scenario), time_limit=time_limit, gap=gap, seed=seed, progress=told)
    except ValueError as fault:
        stop(f"{scenario}: {fault}")
    out.write_text(dump(plan), encoding="utf-8")
    figures = {"objective": plan.objective, "bound": plan.bound, "gap": plan.gap, "seconds": round(plan.seconds, 3)}
    click.echo(json.dumps(figures) if as_json else "\n".join(f"{key:<10}{value:.6g}" for key, value in figures.items()))
    if not as_json:
        for reason, count in sorted(Counter(reason for _course, _venue, reason in plan.closed).items()):
            click.echo(f"{count} kinds of class find no place in the calendar: {UNPLACED[reason]}")


@planner.command("check")
@click.argument("scenario", type=FILE)
@click.argument("plan", type=FILE)
def check_(scenario: Path, plan: Path) -> None:
    """Verify every rule from scratch; exit 1 naming each broken one."""
    given = read_or_stop(scenario)
    try:
        rules = checking.broken(given, load_plan(plan.read_text(encoding="utf-8")))
    except ValueError as fault:
        stop(f"{plan}: {fault}")
    for rule in rules:
        click.echo(rule)
    click.echo("sound" if not rules else f"{len(rules)} rules broken", err=bool(rules))
    sys.exit(1 if rules else 0)


@planner.command("replan")
@click.argument("scenario", type=FILE)
@click.argument("published", type=FILE)
@click.option("--out", type=OUT, required=True, help="Where the new plan goes.")
@click.option("--time-limit", default=20.0, show_default=True, help="Seconds to search.")
def replan_(scenario: Path, published: Path, out: Path, time_limit: float) -> None:
    """Plan the changed SCENARIO so that few people lose their class of PUBLISHED, and list what changed."""
    try:
        answer = replan(read_or_stop(scenario), load_plan(published.read_text(encoding="utf-8")), time_limit=time_limit)
    except ValueError as fault:
        stop(f"{scenario}: {fault}")
    out.write_text(dump(answer.plan), encoding="utf-8")
    for row in answer.changes:
        click.echo(
            f"{row.what:<8} {row.course} at {row.venue}: {row.people} people {row.before} -> {row.after}".rstrip(" ->")
        )
    click.echo(f"{answer.moved} people moved, at least {answer.least_moved} must")


@planner.command("explain")
@click.argument("scenario", type=FILE)
@click.option(
    "--target", help="Why this target or floor cannot be reached; without it, why the locked classes cannot be had."
)
def explain_(scenario: Path, target: str | None) -> None:
    """Name the smallest set of limits of SCENARIO that cannot be met together."""
    given = read_or_stop(scenario)
    known = {row.id for row in given.aims} | {row.id for row in given.floors}
    if target is not None and target not in known:
        stop(f"{scenario}: no target or floor is called {target!r}")
    limits = conflict(given, target)
    for limit in limits:
        click.echo(limit)
    click.echo("cannot be met together" if limits else "can be met together")


@planner.command("generate")
@click.option("--communes", default=92, show_default=True)
@click.option("--lines", default=12, show_default=True, help="Budget lines; the money is shared among them.")
@click.option("--money", default=1.0, show_default=True, help="Share of 51 billion đồng for 172 communes.")
@click.option("--demands", default=1.0, show_default=True, help="Share of the needs that is kept.")
@click.option("--weeks", default=40, show_default=True, help="How long classes may be held; 0 for no calendar.")
@click.option(
    "--floor", default=0.0, show_default=True, help="Share of its people in need that every commune shall seat."
)
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=OUT, required=True)
def generate_(
    communes: int, lines: int, money: float, demands: float, weeks: int, floor: float, seed: int, out: Path
) -> None:  # fmt: skip
    """Make a scenario of so many communes."""
    try:
        made = generate(communes, lines=lines, money=money, demands=demands, weeks=weeks, floor=floor, seed=seed)
    except ValueError as fault:
        stop(str(fault))
    out.write_text(dump(made), encoding="utf-8")
    click.echo(f"{out}: {len(made.groups)} groups, {len(made.gains)} demands, {len(made.offers)} offers, {weeks} weeks")


@planner.command("schema")
@click.argument("file", type=click.Choice(["scenario", "plan"]))
def schema_(file: str) -> None:
    """Print the JSON Schema of scenario or plan files, with an example."""
    click.echo(json.dumps(schema(Scenario if file == "scenario" else Plan), ensure_ascii=False, indent=2))
