"""How the units of one day's map passed into those of another's, and what that does to counts.

Pure: names and numbers in, arrays out. A unit that ended without a successor hands nothing on; facts of its parts do.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Step:
    """On `day`, `share` of the old unit passed into the new one."""

    old: str
    new: str
    day: date
    share: float


@dataclass(frozen=True)
class Weights:
    """`matrix` (N, M): row i says how unit sources[i] is spread over targets. Rows sum to 1, or to 0 where nothing is left."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    matrix: sparse.csr_array


def weights(sources: Sequence[str], steps: Sequence[Step], start: date, end: date) -> Weights:
    """Weights from the map of `start` to the later map of `end`, composed through every reform with start < day <= end.

    sources : ids of the units to follow, in order. Shares of one unit on one day are scaled to sum to 1. Raises ValueError
    for end before start, for a share outside (0, 1], or for shares of a unit that do not sum to 1.
    """
    if end < start:
        raise ValueError(f"the later map must not be before the earlier: {end} < {start}")
    spread: list[dict[str, float]] = [{source: 1.0} for source in sources]
    for day in sorted({step.day for step in steps if start < step.day <= end}):
        heirs = _heirs([step for step in steps if step.day == day])
        spread = [_pass_on(row, heirs) for row in spread]
    targets = sorted({unit for row in spread for unit in row})
    place = {unit: i for i, unit in enumerate(targets)}
    entries = [(i, place[unit], value) for i, row in enumerate(spread) for unit, value in row.items()]
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    shape = (len(sources), len(targets))
    return Weights(
        tuple(sources), tuple(targets), sparse.csr_array((values, (rows, columns)), shape=shape, dtype=float)
    )


def restate(values: Floats, passed: Weights) -> NDArray[np.int64]:
    """Whole counts on the later map: (M,) or (M, K) from values (N,) or (N, K), each column's total conserved to the unit.

    Largest remainder (Hare quota): everyone gets the whole part, what is left goes to the largest remainders, ties to the
    unit whose id comes first. Counts of units that hand nothing on are lost, and say so: ValueError naming the first.
    Values must be whole and not negative.
    """
    table = np.asarray(values, dtype=np.float64)
    columns = table.reshape(len(passed.sources), -1)
    _check(columns, passed)
    exact = np.asarray(passed.matrix.T @ columns)
    whole = np.floor(exact + 1e-9)
    remainder = exact - whole
    for k in range(columns.shape[1]):
        left = round(float(columns[:, k].sum() - whole[:, k].sum()))
        # A stable sort keeps ties in the order of the ids.
        order = np.argsort(-remainder[:, k], kind="stable")
        whole[order[:left], k] += 1
    return whole.astype(np.int64).reshape((len(passed.targets), *table.shape[1:]))


def _heirs(steps: Sequence[Step]) -> dict[str, dict[str, float]]:
    heirs: dict[str, dict[str, float]] = defaultdict(dict)
    for step in steps:
        if not 0 < step.share <= 1 + SUM_TOLERANCE:
            raise ValueError(
                f"{step.old} to {step.new} on {step.day}: a share is over 0 and at most 1, got {step.share}"
            )
        heirs[step.old][step.new] = heirs[step.old].get(step.new, 0.0) + step.share
    for old, row in heirs.items():
        total = sum(row.values())
        if abs(total - 1) > SUM_TOLERANCE:
            raise ValueError(f"the shares of {old} sum to {total:.4f}, not to 1")
        for new in row:
            row[new] /= total
    return heirs


def _pass_on(row: dict[str, float], heirs: dict[str, dict[str, float]]) -> dict[str, float]:
    after: dict[str, float] = defaultdict(float)
    for unit, value in row.items():
        for heir, share in heirs.get(unit, {unit: 1.0}).items():
            after[heir] += value * share
    return after


def _check(columns: Floats, passed: Weights) -> None:
    bad = np.argwhere((columns < 0) | (columns != np.floor(columns)))
    if bad.size:
        row = int(bad[0][0])
        raise ValueError(f"{passed.sources[row]}: counts are whole and not negative, got {columns[row, bad[0][1]]}")
    handed = np.asarray(passed.matrix.sum(axis=1)).ravel()
    lost = np.flatnonzero((handed < 1 - SUM_TOLERANCE) & (columns.sum(axis=1) > 0))
    if lost.size:
        raise ValueError(f"{passed.sources[int(lost[0])]}: ended without a successor, its count would be lost")
