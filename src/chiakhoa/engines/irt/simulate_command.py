"""`chiakhoa irt simulate`: adaptive tests of a file of items, by simulated people, before any setting goes live."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from chiakhoa.engines.irt import exposure, plots
from chiakhoa.engines.irt.blueprint import Blueprint, Decision
from chiakhoa.engines.irt.files import read_items
from chiakhoa.engines.irt.models import Floats, Items
from chiakhoa.engines.irt.population import correlations
from chiakhoa.engines.irt.posterior import Prior
from chiakhoa.engines.irt.simulate import Outcome, by_ability, confusion, draw, learn, sittings, summary
from chiakhoa.engines.terminal import progress, say, stop

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHARE = click.FloatRange(0, 1, max_open=True)


@dataclass(frozen=True)
class Setting:
    """What is tried: a bank, a blueprint, and what the test assumes of people who are in truth otherwise."""

    names: list[str]
    domains: list[str]
    bank: Items
    blueprint: Blueprint
    assumed: Prior
    real: Prior
    cuts: Floats | None
    best: int


@click.command("simulate")
@click.argument("items", type=FILE)
@click.option("--people", type=click.IntRange(1), required=True)
@click.option("--seed", type=click.IntRange(0), required=True)
@click.option("--length", type=click.IntRange(1), default=24, show_default=True, help="Most items of a test.")
@click.option("--minimum", type=click.IntRange(0), default=2, show_default=True, help="Least items of each domain.")
@click.option("--se", type=click.FloatRange(0, min_open=True), default=0.45, show_default=True,
              help="Standard error at which a domain is known well enough.")  # fmt: skip
@click.option("--correlation", type=SHARE, default=0.7, show_default=True, help="Of domains, as the test assumes.")
@click.option("--true-correlation", type=SHARE, help="Of domains, as it is; as assumed unless given.")
@click.option("--shift", type=float, default=0.0, show_default=True, help="True mean ability; the test assumes 0.")
@click.option("--cut", "cuts", type=float, multiple=True, help="A grade's lowest ability; may be repeated.")
@click.option("--decide", is_flag=True, help="End also where all are told apart at every cut, with a chance of 95 %.")
@click.option(
    "--best", type=click.IntRange(1), default=4, show_default=True, help="Chance picks among so many best items."
)
@click.option("--rate", type=click.FloatRange(0, 1, min_open=True), help="Most people who may see an item, as a share.")
@click.option("--learn", "learns", is_flag=True, help="Estimate the population from the answers, and sit again.")
@click.option(
    "--plots", "folder", type=click.Path(file_okay=False, path_type=Path), help="A folder for pictures (SVG)."
)
@click.option("--json", "as_json", is_flag=True)
def simulate_(items: Path, people: int, seed: int, length: int, minimum: int, se: float, correlation: float,
              true_correlation: float | None, shift: float, cuts: tuple[float, ...], decide: bool, best: int,
              rate: float | None, learns: bool, folder: Path | None, as_json: bool) -> None:  # fmt: skip
    """Let simulated people sit adaptive tests from ITEMS (columns item, a, b, and where known domain, c)."""
    if learns and (rate is not None or folder is not None):
        stop("--learn compares two runs and goes with neither --rate nor --plots")
    if decide and not cuts:
        stop("--decide needs at least one --cut")
    try:
        names, domains, bank = read_items(items)
    except ValueError as fault:
        stop(str(fault))
    size = len(domains)
    grades = np.sort(np.array(cuts)) if cuts else None
    plan = Blueprint(np.full(size, minimum), length, np.full(size, se),
                     decision=Decision(grades) if decide and grades is not None else None)  # fmt: skip
    real = _prior(size, correlation if true_correlation is None else true_correlation, shift)
    setting = Setting(names, domains, bank, plan, _prior(size, correlation, 0.0), real, grades, best)
    theta = draw(people, real, seed)
    try:
        say((_learned if learns else _once)(setting, theta, seed, rate, folder, as_json), as_json)
    except (ValueError, OSError) as fault:
        stop(str(fault))


def _once(
    setting: Setting, theta: Floats, seed: int, rate: float | None, folder: Path | None, quiet: bool
) -> dict[str, Any]:
    """The figures of one run, with its pictures where a folder is given."""
    bank, plan, rest = setting.bank, setting.blueprint, None
    if rate is not None:
        rest = exposure.settle(theta[:2_000], bank, setting.assumed, plan, seed + 1, rate, best=setting.best)
    with progress(len(theta), "Sittings", quiet) as watch:
        sat = sittings(theta, bank, setting.assumed, plan, seed, best=setting.best, rest=rest, watch=watch)
    outcome = summary(theta, sat, len(bank), plan, setting.cuts)
    if folder is not None:
        shares = None if setting.cuts is None else confusion(theta, sat, setting.cuts)
        plots.write(folder, by_ability(theta, sat), sat.length, outcome, shares)
    return {"domains": setting.domains, **_plain(outcome, setting.names)}


def _learned(
    setting: Setting, theta: Floats, seed: int, _rate: float | None, _folder: Path | None, quiet: bool
) -> dict[str, Any]:
    """The figures as assumed, what was learned of the population, and the figures with that."""
    with progress(2 * len(theta), "Sittings", quiet) as watch:
        found = learn(theta, setting.bank, setting.assumed, setting.blueprint, seed, cuts=setting.cuts,
                      best=setting.best, watch=watch)  # fmt: skip
    between = correlations(found.population)[np.triu_indices(len(setting.domains), 1)]
    return {
        "domains": setting.domains,
        "assumed": _plain(found.assumed, setting.names),
        "mean": found.population.mean.tolist(),
        "sd": np.sqrt(np.diagonal(found.population.covariance)).tolist(),
        "correlation": float(between.mean()) if between.size else 1.0,
        "settled": found.settled,
        "learned": _plain(found.learned, setting.names),
    }


def _prior(domains: int, correlation: float, mean: float) -> Prior:
    return Prior(np.full(domains, mean), np.full((domains, domains), correlation) + (1 - correlation) * np.eye(domains))


def _plain(outcome: Outcome, names: list[str]) -> dict[str, Any]:
    """The outcome for JSON or print; of the exposure the five most shown items and how many were never shown."""
    plain = {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in asdict(outcome).items()}
    shown = plain.pop("exposure")
    most = sorted(zip(names, shown, strict=True), key=lambda pair: -pair[1])[:5]
    return {**plain, "most_exposed": dict(most), "never_shown": sum(share == 0 for share in shown)}
