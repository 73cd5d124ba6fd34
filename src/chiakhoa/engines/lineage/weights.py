"""How the units of one day's map passed into those of another's, and what that does to counts.

Pure: names and numbers in, arrays out. A unit that ended without a successor hands nothing on; facts of its parts do.
Forwards the shares of the reforms say where a count went. Backwards nobody wrote down where it came from: a unit is divided
among its forebears by the part of each that passed into it, which is an estimate and exact only for the total.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Passing = Mapping[str, Mapping[str, float]]
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Step:
    """On `day`, `share` of the old unit passed into the new one."""

    old: str
    new: str
    day: date
    share: float


@dataclass(frozen=True)
class Span:
    """The days on which a unit is in force: `first` counted, `end` not; None is unbounded."""

    first: date | None = None
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the unit is in force on the day."""
        return (self.first is None or self.first <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Weights:
    """`matrix` (N, M): row i says how unit sources[i] is spread over targets. Rows sum to 1, or to 0 where nothing is left."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    matrix: sparse.csr_array


def weights(
    sources: Sequence[str],
    steps: Sequence[Step],
    start: date,
    end: date,
    spans: Mapping[str, Span] | None = None,
    sizes: Mapping[str, float] | None = None,
) -> Weights:
    """Weights from the map of `start` to that of `end`, composed through every reform between the two days.

    sources : ids of the units to follow, in order. spans : when each unit was in force; one that is not on the map of `end`
    hands nothing on. sizes : how much each unit of the older map holds (people, area; > 0, 1 where not given), which only an
    `end` before `start` needs: a forebear counts by its size times the share that passed. Shares of one unit on one day are
    scaled to sum to 1. Raises ValueError for a source that is not in force on `start`, for a share outside (0, 1], and for
    shares of a unit that do not sum to 1.
    """
    spans = spans or {}
    early = next((unit for unit in sources if not spans.get(unit, Span()).holds(start)), None)
    if early is not None:
        raise ValueError(f"{early}: not in force on {start}")
    between = sorted({step.day for step in steps if min(start, end) < step.day <= max(start, end)})
    passings = [_heirs([step for step in steps if step.day == day]) for day in between]
    if end < start:
        passings = _backwards(passings, sizes or {})
    spread: list[dict[str, float]] = [{source: 1.0} for source in sources]
    for passing in passings:
        spread = [_pass_on(row, passing) for row in spread]
    spread = [{u: value for u, value in row.items() if spans.get(u, Span()).holds(end)} for row in spread]
    return _matrix(sources, spread)


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


def _heirs(steps: Iterable[Step]) -> Passing:
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


def _backwards(passings: Sequence[Passing], sizes: Mapping[str, float]) -> list[Passing]:
    """The same reforms from the last to the first: what part of each new unit came from each old one (Bayes' rule).

    A unit between two reforms holds what was given for it, or what passed into it.
    """
    held = dict(sizes)
    turned: list[Passing] = []
    for passing in passings:
        forebears: dict[str, dict[str, float]] = defaultdict(dict)
        for old, heirs in passing.items():
            for new, share in heirs.items():
                forebears[new][old] = share * held.get(old, 1.0)
        for new, parts in forebears.items():
            whole = sum(parts.values())
            held.setdefault(new, whole)
            forebears[new] = {old: part / whole for old, part in parts.items()}
        turned.append(forebears)
    return turned[::-1]


def _pass_on(row: Mapping[str, float], passing: Passing) -> dict[str, float]:
    after: dict[str, float] = defaultdict(float)
    for unit, value in row.items():
        for heir, share in passing.get(unit, {unit: 1.0}).items():
            after[heir] += value * share
    return after


def _matrix(sources: Sequence[str], spread: Sequence[Mapping[str, float]]) -> Weights:
    targets = sorted({unit for row in spread for unit in row})
    place = {unit: i for i, unit in enumerate(targets)}
    entries = [(i, place[unit], value) for i, row in enumerate(spread) for unit, value in row.items()]
    matrix = sparse.coo_array(
        ([v for _i, _j, v in entries], ([i for i, _j, _v in entries], [j for _i, j, _v in entries])),
        shape=(len(sources), len(targets)),
        dtype=np.float64,
    )
    return Weights(tuple(sources), tuple(targets), sparse.csr_array(matrix))


def _check(columns: Floats, passed: Weights) -> None:
    bad = np.argwhere((columns < 0) | (columns != np.floor(columns)))
    if bad.size:
        row = int(bad[0][0])
        raise ValueError(f"{passed.sources[row]}: counts are whole and not negative, got {columns[row, bad[0][1]]}")
    handed = np.asarray(passed.matrix.sum(axis=1)).ravel()
    lost = np.flatnonzero((handed < 1 - SUM_TOLERANCE) & (columns.sum(axis=1) > 0))
    if lost.size:
        raise ValueError(f"{passed.sources[int(lost[0])]}: is on the other map in no form, its count would be lost")
