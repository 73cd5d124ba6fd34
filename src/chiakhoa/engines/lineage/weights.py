"""How the units of one day's map passed into those of another's, and what that does to counts.

Pure: names and numbers in, arrays out. A unit that ended without a successor hands nothing on; facts of its parts do.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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


def weights(
    sources: Sequence[str], steps: Sequence[Step], start: date, end: date, ended: Mapping[str, date] | None = None
) -> Weights:
    """Weights from the map of `start` to the later map of `end`, composed through every reform with start < day <= end.

    sources : ids of the units to follow, in order. ended : the day on which a unit was no longer in force; one that ended by
    `end` without an heir hands nothing on. Shares of one unit on one day are scaled to sum to 1. Raises ValueError for end
    before start, for a share outside (0, 1], or for shares of a unit that do not sum to 1.
    """
    if end < start:
        raise ValueError(f"the later map must not be before the earlier: {end} < {start}")
    spread: list[dict[str, float]] = [{source: 1.0} for source in sources]
    for day in sorted({step.day for step in steps if start < step.day <= end}):
        heirs = _heirs([step for step in steps if step.day == day])
        spread = [_pass_on(row, heirs) for row in spread]
    gone = {unit for unit, day in (ended or {}).items() if day <= end}
    spread = [{unit: value for unit, value in row.items() if unit not in gone} for row in spread]
    targets = sorted({unit for row in spread for unit in row})
    place = {unit: i for i, unit in enumerate(targets)}
    entries = [(i, place[unit], value) for i, row in enumerate(spread) for unit, value in row.items()]
    matrix = sparse.coo_array(
        ([v for _i, _j, v in entries], ([i for i, _j, _v in entries], [j for _i, j, _v in entries])),
        shape=(len(sources), len(targets)),
        dtype=np.float64,
    )
    return Weights(tuple(sources), tuple(targets), sparse.csr_array(matrix))


def restate(values: Floats, passed: Weights) -> NDArray[np.int64]:
    """Whole counts on the later map: (M,) or (M, K) from values (N,) or (N, K).

    Each unit's count is shared among its heirs by largest remainder (Hare quota): everyone gets the whole part, what is left
    goes to the largest remainders, ties to the unit whose id comes first. So every total is conserved to the unit: that of
    the country, and that of any group of units whose heirs keep to themselves. Raises ValueError naming the first count that
    is not whole and not negative, or the first that would be lost with a unit that hands nothing on.
    """
    table = np.asarray(values, dtype=np.float64)
    columns = table.reshape(len(passed.sources), -1)
    _check(columns, passed)
    shared = np.zeros((len(passed.targets), columns.shape[1]), dtype=np.int64)
    starts, heirs, shares = passed.matrix.indptr, passed.matrix.indices, passed.matrix.data
    for i, counts in enumerate(columns.astype(np.int64)):
        mine = slice(starts[i], starts[i + 1])
        shared[heirs[mine]] += _shared(counts, heirs[mine].astype(np.intp), shares[mine])
    return shared.reshape((len(passed.targets), *table.shape[1:]))


def _shared(counts: NDArray[np.int64], heirs: NDArray[np.intp], shares: Floats) -> NDArray[np.int64]:
    """Counts (K,) of one unit over its H heirs: (H, K), each column summing to its count."""
    if heirs.size <= 1:
        return np.broadcast_to(counts, (heirs.size, counts.size))
    exact = shares[:, None] * counts
    whole = np.floor(exact + 1e-9)
    order = np.lexsort((np.broadcast_to(heirs[:, None], exact.shape), -np.round(exact - whole, 9)), axis=0)
    rank = np.argsort(order, axis=0)
    return np.asarray(whole + (rank < counts - whole.sum(axis=0)), dtype=np.int64)


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
