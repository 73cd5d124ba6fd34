"""`chiakhoa irt`: items calibrated, groups compared, adaptive tests simulated, all from files. No database."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import numpy as np

from chiakhoa.engines.irt.calibrate import Calibration, calibrate
from chiakhoa.engines.irt.dif_command import dif_
from chiakhoa.engines.irt.files import check_columns, read_responses, write_graded, write_items
from chiakhoa.engines.irt.graded_calibrate import Graded, calibrate_graded
from chiakhoa.engines.irt.models import Floats
from chiakhoa.engines.irt.simulate_command import simulate_
from chiakhoa.engines.terminal import progress, say, stop

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)


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
        stop(_named(str(fault), responses, names))
    say(_calibrated(found, answers), as_json)
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


@contextmanager
def _rounds(quiet: bool) -> Iterator[Callable[[float], None] | None]:
    """A bar of how far the largest change has fallen, in powers of ten down to the tolerance."""
    with progress(100, "Calibration", quiet) as update:
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


irt.add_command(simulate_)
irt.add_command(dif_)
