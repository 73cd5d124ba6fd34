"""Two-parameter calibration beside girth: seconds at the same root mean square error. One prior rule for all sizes."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import girth
import numpy as np
from people import Floats, dense_answers, flat_bank, sparse_answers
from report import goal, heading, line
from scipy import sparse

from chiakhoa.engines.irt import Items, calibrate

SEED = 1
MISSING = -99999


def dense(repeats: int = 3) -> None:
    """10,000 persons, 100 items, all shown."""
    bank = flat_bank(100, SEED)
    _beside("dense 10,000 x 100", dense_answers(bank, 10_000, SEED), bank, 50, repeats)


def few_each(repeats: int = 3) -> None:
    """20,000 persons, 500 items, 25 shown to each."""
    bank = flat_bank(500, SEED)
    _beside("sparse 20,000 x 500, 25 each", sparse_answers(bank, 20_000, 25, SEED), bank, 500, repeats)


def large(repeats: int = 3) -> None:
    """200,000 persons, 500 items, 25 shown to each; girth was not run on this."""
    heading(f"Calibration, 2PL, 200,000 x 500, 25 each, seed {SEED}")
    bank = flat_bank(500, SEED)
    table = sparse_answers(bank, 200_000, 25, SEED)
    found = _timed(lambda: _ours(table), bank, repeats)
    found.tell("engine")
    goal(f"{found.wall:.1f} seconds, goal 5", found.wall < 5)


@dataclass(frozen=True)
class Timed:
    """Least seconds by the wall and of the processor, and the errors of a and b."""

    wall: float
    processor: float
    rmse_a: float
    rmse_b: float

    def tell(self, name: str) -> None:
        """Print the figures."""
        line(name, seconds=self.wall, processor=self.processor, rmse_a=self.rmse_a, rmse_b=self.rmse_b)


def _beside(name: str, table: Floats | sparse.csr_array, bank: Items, least: int, repeats: int) -> None:
    """The engine, the best of some runs, and girth, once. Ratios are of processor seconds, which other work leaves alone."""
    heading(f"Calibration, 2PL, {name}, seed {SEED}")
    ours, theirs = _timed(lambda: _ours(table), bank, repeats), _timed(lambda: _girth(table), bank, 1)
    ours.tell("engine")
    theirs.tell("girth")
    same = ours.rmse_a <= 1.02 * theirs.rmse_a and ours.rmse_b <= 1.02 * theirs.rmse_b
    ratio = theirs.processor / ours.processor
    goal(f"{ratio:.0f} times faster, goal {least}, at no greater error", ratio >= least and same)


def _ours(table: Floats | sparse.csr_array) -> tuple[Floats, Floats]:
    found = calibrate(table, model="2pl", prior="default")
    return found.a, found.b


def _girth(table: Floats | sparse.csr_array) -> tuple[Floats, Floats]:
    """girth takes items by persons, missing cells as a number of its own."""
    if sparse.issparse(table):
        full = np.full(table.shape, MISSING, dtype=int)
        full[np.repeat(np.arange(table.shape[0]), np.diff(table.indptr)), table.indices] = table.data
    else:
        full = table.astype(int)
    found = girth.twopl_mml(np.ascontiguousarray(full.T))
    return found["Discrimination"], found["Difficulty"]


def _timed(task: Callable[[], tuple[Floats, Floats]], bank: Items, repeats: int) -> Timed:
    walls, processors = [], []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        a, b = task()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    errors = (float(np.sqrt(np.mean((x - y) ** 2))) for x, y in ((a, bank.a), (b, bank.b)))
    return Timed(min(walls), min(processors), *errors)
