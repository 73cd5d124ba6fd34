"""`chiakhoa planner country`: provinces that share budget lines, as a folder of files."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from chiakhoa.engines.planner import check as checking
from chiakhoa.engines.planner.country import Province, Shared, plan_country
from chiakhoa.engines.planner.files import scenario_of
from chiakhoa.engines.planner.generate import generate_country
from chiakhoa.engines.planner.scenario import Plan, Scenario, dump, load_plan
from chiakhoa.engines.terminal import stop

FOLDER = click.Path(file_okay=False, path_type=Path)
GIVEN = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("country")
def country() -> None:
    """Provinces that share budget lines. COUNTRY.json names each province's scenario file, and the shared lines' money."""


@country.command("solve")
@click.argument("given", metavar="COUNTRY.json", type=GIVEN)
@click.option(
    "--out", type=FOLDER, required=True, help="Folder for each province's scenario with its part, and its plan."
)
@click.option("--time-limit", default=1800.0, show_default=True, help="Seconds to search, in all.")
@click.option("--gap", default=0.01, show_default=True, help="Stop at a province when this near its bound.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print objective, bound, gap and seconds as JSON.")
def solve_(given: Path, out: Path, time_limit: float, gap: float, seed: int, as_json: bool) -> None:
    """Divide the shared money and plan each province; one is in memory at a time."""
    provinces, shared = _read(given)
    out.mkdir(parents=True, exist_ok=True)

    def keep(name: str, scenario: Scenario, plan: Plan) -> None:
        (out / f"{name}.scenario.json").write_text(dump(scenario), encoding="utf-8")
        (out / f"{name}.plan.json").write_text(dump(plan), encoding="utf-8")

    told = None if as_json else (lambda word: click.echo(f"  {word} …", err=True))
    try:
        found = plan_country(provinces, shared, keep=keep, time_limit=time_limit, gap=gap, seed=seed, progress=told)
    except (ValueError, OSError) as fault:
        stop(f"{given}: {fault}")
    figures = {"objective": found.objective, "bound": found.bound, "gap": found.gap, "seconds": round(found.seconds, 3)}
    parts = {"lines": [line.id for line in shared], "parts": [asdict(part) for part in found.parts]}
    (out / "country.json").write_text(json.dumps(figures | parts, ensure_ascii=False, indent=1), encoding="utf-8")
    click.echo(json.dumps(figures) if as_json else "\n".join(f"{key:<10}{value:.6g}" for key, value in figures.items()))


@country.command("check")
@click.argument("given", metavar="COUNTRY.json", type=GIVEN)
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check_(given: Path, out: Path) -> None:
    """Verify every province's plan, and that shared money is spent once; exit 1 naming each broken rule."""
    provinces, shared = _read(given)
    spent, broken = dict.fromkeys((line.id for line in shared), 0), []
    for province in provinces:
        try:
            plan = load_plan((out / f"{province.name}.plan.json").read_text(encoding="utf-8"))
            part, whole = scenario_of(out / f"{province.name}.scenario.json"), province.read()
        except (ValueError, OSError) as fault:
            stop(f"{province.name}: {fault}")
        broken += [
            f"{province.name}: {rule}" for rule in checking.broken(part, plan) + _differs(whole, part, set(spent))
        ]
        for row in plan.classes:
            if row.line in spent:
                spent[row.line] += row.cost_vnd
    broken += [
        f"line {line.id}: {spent[line.id]:,} đồng are spent, there are {line.amount_vnd:,}"
        for line in shared if spent[line.id] > line.amount_vnd
    ]  # fmt: skip
    for rule in broken:
        click.echo(rule)
    click.echo("sound" if not broken else f"{len(broken)} rules broken", err=bool(broken))
    raise SystemExit(1 if broken else 0)


@country.command("generate")
@click.option("--communes", default="60,90,120", show_default=True, help="How many each province has, by comma.")
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=FOLDER, required=True)
def generate_(communes: str, seed: int, out: Path) -> None:
    """Make a country: a scenario file a province, half of the money in one line of all, and country.json."""
    try:
        sizes = [int(size) for size in communes.split(",")]
    except ValueError:
        stop(f"--communes must be numbers by comma, got {communes!r}")
    out.mkdir(parents=True, exist_ok=True)
    files, total = {}, 0
    for name, made in generate_country(sizes, seed=seed):
        files[name] = f"{name}.json"
        (out / files[name]).write_text(dump(made), encoding="utf-8")
        total += made.money[-1].amount_vnd
    told = {"provinces": files, "shared": [{"id": "national", "amount_vnd": total}]}
    (out / "country.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    click.echo(f"{out / 'country.json'}: {len(files)} provinces share {total:,} đồng")


def _differs(given: Scenario, part: Scenario, shared: set[str]) -> list[str]:
    """What differs between a province's scenario and the one it was planned by, beside the money of the shared lines."""
    names = [name for name in vars(given) if name != "money" and getattr(given, name) != getattr(part, name)]
    lines = [(row.id, row.courses, None if row.id in shared else row.amount_vnd) for row in given.money]
    if lines != [(row.id, row.courses, None if row.id in shared else row.amount_vnd) for row in part.money]:
        names.append("money")
    return [f"{name} are not those of the given scenario" for name in names]


def _read(path: Path) -> tuple[list[Province], list[Shared]]:
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files, rows = (
            dict(data["provinces"]),
            [Shared(str(row["id"]), int(row["amount_vnd"])) for row in data["shared"]],
        )
    except (ValueError, KeyError, TypeError) as fault:
        stop(f'{path}: need "provinces" (name: file) and "shared" (id, amount_vnd): {fault}')
    if not files or not rows:
        stop(f"{path}: names no province, or no shared line")
    if strange := next((name for name in files if not name or Path(name).name != name), None):
        stop(f"{path}: {strange!r} cannot be the name of a province: its files are named by it")
    return [Province(name, partial(scenario_of, path.parent / file)) for name, file in files.items()], rows
