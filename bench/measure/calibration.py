"""Two-parameter calibration beside girth: seconds at the same root mean square error. One prior rule for all sizes."""

import time
from collections.abc import Callable

import girth
import numpy as np
from people import Floats, dense_answers, flat_bank, sparse_answers
from report import goal, heading, line
from scipy import sparse

from chiakhoa.engines.irt import Items, calibrate

SEED = 1
MISSING = -99999


def run(repeats: int = 3) -> None:
    """All sizes; girth once each, the engine the best of some."""
    heading(f"Calibration, 2PL, seed {SEED}")
    for name, people, items, each, least in (
        ("dense 10,000 x 100", 10_000, 100, None, 50),
        ("sparse 20,000 x 500, 25 each", 20_000, 500, 25, 500),
    ):
        bank = flat_bank(items, SEED)
        table = dense_answers(bank, people, SEED) if each is None else sparse_answers(bank, people, each, SEED)
        ours, our_error = _timed(lambda table=table: _ours(table), bank, repeats)
        theirs, their_error = _timed(lambda table=table: _girth(table), bank, 1)
        line(f"{name}: engine", seconds=ours, rmse_a=our_error[0], rmse_b=our_error[1])
        line(f"{name}: girth", seconds=theirs, rmse_a=their_error[0], rmse_b=their_error[1])
        same = our_error[0] <= 1.02 * their_error[0] and our_error[1] <= 1.02 * their_error[1]
        goal(f"{theirs / ours:.0f} times faster, goal {least}, at no greater error", theirs / ours >= least and same)
    bank = flat_bank(500, SEED)
    table = sparse_answers(bank, 200_000, 25, SEED)
    seconds, error = _timed(lambda: _ours(table), bank, repeats)
    line("sparse 200,000 x 500, 25 each: engine", seconds=seconds, rmse_a=error[0], rmse_b=error[1])
    goal(f"{seconds:.1f} seconds, goal 5 (girth was not run on this)", seconds < 5)


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


def _timed(task: Callable[[], tuple[Floats, Floats]], bank: Items, repeats: int) -> tuple[float, tuple[float, float]]:
    """Least seconds of some runs, and the root mean square errors of a and b."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        a, b = task()
        seconds.append(time.perf_counter() - start)
    return min(seconds), tuple(float(np.sqrt(np.mean((x - y) ** 2))) for x, y in ((a, bank.a), (b, bank.b)))
