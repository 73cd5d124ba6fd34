"""`chiakhoa irt`: items calibrated from a file of answers, and adaptive tests simulated on a file of items. No database."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import click
import numpy as np

from chiakhoa.engines.irt.blueprint import Blueprint
from chiakhoa.engines.irt.calibrate import Calibration, calibrate
from chiakhoa.engines.irt.files import check_columns, read_items, read_responses, write_graded, write_items
from chiakhoa.engines.irt.graded_calibrate import Graded, calibrate_graded
from chiakhoa.engines.irt.models import Floats
from chiakhoa.engines.irt.posterior import Prior
from chiakhoa.engines.irt.simulate import Outcome, draw, simulate

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
SHARE = click.FloatRange(0, 1, max_open=True)


@click.group("irt")
def irt() -> None:
    """Item response theory on files."""


@irt.command("calibrate")
@click.argument("responses", type=FILE)
@click.option("--model", type=click.Choice(["1pl", "2pl", "3pl", "grm"]), default="2pl", show_default=True,
              help="grm: graded response, cells 0 to 9.")  # fmt: skip
@click.option("--prior", type=click.Choice(["none", "default"]), default="default", show_default=True,
              help="none: plain maximum marginal likelihood.")  # fmt: skip
@click.option("--out", type=OUT, required=True, help="Written: item,a,b,c,se_a,se_b; for grm, b1, b2, ... too.")
@click.option("--json", "as_json", is_flag=True)
def calibrate_(responses: Path, model: Any, prior: Any, out: Path, as_json: bool) -> None:
    """Calibrate the items of RESPONSES: header of item names, a row a person, 1, 0 or blank where not shown."""
    graded, names = model == "grm", list[str]()
    try:
        names, answers = read_responses(responses, 9 if graded else 1)
        if prior == "none" and not graded:
            check_columns(responses, names, answers)
        with _rounds(as_json) as watch:
            found = (
                calibrate_graded(answers, prior=prior, watch=watch)
                if graded
                else calibrate(answers, model=model, prior=prior, watch=watch)
            )
        if isinstance(found, Graded):
            write_graded(out, names, found)
        else:
            write_items(out, names, found)
    except (ValueError, OSError) as fault:
        _stop(_named(str(fault), responses, names))
    _say(_calibrated(found, answers), as_json)
    if not found.converged:
        click.echo("The rounds ended before the estimates settled: try --prior default or a simpler model.", err=True)


def _calibrated(found: Calibration | Graded, answers: Floats) -> dict[str, Any]:
    return {
        "log_likelihood": found.log_likelihood,
        "persons": answers.shape[0],
        "items": answers.shape[1],
        "answers": int((~np.isnan(answers)).sum()),
        "rounds": found.rounds,
        "converged": found.converged,
    }


@irt.command("simulate")
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
@click.option("--json", "as_json", is_flag=True)
def simulate_(items: Path, people: int, seed: int, length: int, minimum: int, se: float, correlation: float,
              true_correlation: float | None, shift: float, cuts: tuple[float, ...], as_json: bool) -> None:  # fmt: skip
    """Let simulated people sit adaptive tests from ITEMS (columns item, a, b, and where known domain, c)."""
    try:
        names, domains, bank = read_items(items)
    except ValueError as fault:
        _stop(str(fault))
    size = len(domains)
    setting = Blueprint(np.full(size, minimum), length, np.full(size, se))
    real = _prior(size, correlation if true_correlation is None else true_correlation, shift)
    theta = draw(people, real, seed)
    grades = np.sort(np.array(cuts)) if cuts else None
    with _progress(people, "Sittings", as_json) as watch:
        outcome = simulate(theta, bank, _prior(size, correlation, 0.0), setting, seed, cuts=grades, watch=watch)
    _say(_simulated(outcome, names, domains), as_json)


def _prior(domains: int, correlation: float, mean: float) -> Prior:
    return Prior(np.full(domains, mean), np.full((domains, domains), correlation) + (1 - correlation) * np.eye(domains))


def _simulated(outcome: Outcome, names: list[str], domains: list[str]) -> dict[str, Any]:
    plain = {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in asdict(outcome).items()}
    exposure = plain.pop("exposure")
    most = sorted(zip(names, exposure, strict=True), key=lambda pair: -pair[1])[:5]
    never = sum(share == 0 for share in exposure)
    return {"domains": domains, **plain, "most_exposed": dict(most), "never_shown": never}


@contextmanager
def _progress(length: int, label: str, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    """A bar on stderr, fed by how much was done; none where quiet."""
    if quiet:
        yield None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


@contextmanager
def _rounds(quiet: bool) -> Iterator[Callable[[float], None] | None]:
    """A bar of how far the largest change has fallen, in powers of ten down to the tolerance."""
    with _progress(100, "Calibration", quiet) as update:
        done = 0

        def watch(change: float) -> None:
            """Move the bar to where the change has fallen to."""
            nonlocal done
            reached = int(np.clip(-25 * np.log10(max(change, 1e-4)), done, 100))
            if update is not None:
                update(reached - done)
            done = reached

        yield watch


def _named(message: str, path: Path, names: list[str]) -> str:
    """The message with the file and, for an item known by its place, the column."""
    if message.startswith(str(path)):
        return message
    return f"{path}, " + re.sub(r"^item (\d+)", lambda found: f"column {names[int(found[1])]}:", message)


def _say(figures: dict[str, Any], as_json: bool) -> None:
    click.echo(json.dumps(figures, ensure_ascii=False) if as_json else "\n".join(_lines(figures)))


def _lines(figures: dict[str, Any]) -> Iterator[str]:
    for key, value in figures.items():
        shown = value if isinstance(value, list) else [value]
        yield f"{key:<22}" + "  ".join(f"{each:.4f}" if isinstance(each, float) else str(each) for each in shown)


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(2)
