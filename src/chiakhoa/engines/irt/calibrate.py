"""Calibration: item parameters from answers, by marginal maximum likelihood or with priors for small samples.

E-step by quadrature (matrix products over persons), M-step in `maximise`, rounds shortened in `accelerate`, standard errors
in `errors`. Abilities are standard normal, unless anchored items (fixed parameters) or a reference group set the scale:
then the mean and deviation of the other groups are estimated, which links new items and groups to the live scale.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from chiakhoa.engines.irt.accelerate import climb
from chiakhoa.engines.irt.answers import Answers, store
from chiakhoa.engines.irt.ascend import ascend
from chiakhoa.engines.irt.errors import standard_errors
from chiakhoa.engines.irt.maximise import HIGHEST, LOWEST, SIZE, Model, Pull, curves, ends, maximise, slope, start
from chiakhoa.engines.irt.models import Floats, Ints, Items

REACH = 6.0
SMALL = -4.0
BRIEF = 40
MANY_CELLS = 500_000
SAMPLE = 20_000
B_SD_AUTHOR, B_SD = 1.0, 2.0
A_LOG_SD = 0.5
C_SHAPE, D_SHAPE = (4.0, 16.0), (1.0, 19.0)


Anchors = tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class Calibration:
    """Parameters and standard errors (I,), and how well and how surely they were found.

    mean, sd : (G,) ability of each group. log_likelihood is the marginal one, without priors. se_c and se_d are 0 where the
    model does not estimate c and d.
    """

    a: Floats
    b: Floats
    c: Floats
    d: Floats
    se_a: Floats
    se_b: Floats
    se_c: Floats
    se_d: Floats
    log_likelihood: float
    mean: Floats
    sd: Floats
    rounds: int
    converged: bool

    def items(self, domain: Ints | int = 0) -> Items:
        """The items as a bank, of these domains."""
        return Items(np.broadcast_to(np.asarray(domain, dtype=np.intp), self.a.shape), self.a, self.b, self.c, self.d)


def calibrate(
    responses: Floats | sparse.csr_array,
    *,
    model: Model = "2pl",
    prior: Literal["none", "default"] = "none",
    difficulty: Floats | None = None,
    guessing: Floats | None = None,
    anchors: Anchors | None = None,
    groups: Ints | None = None,
    weights: Floats | None = None,
    tolerance: float = 1e-4,
    rounds: int = 500,
    watch: Callable[[float], None] | None = None,
) -> Calibration:
    """Item parameters that make the answers likeliest when abilities are normal.

    responses : (P, I), 1 right, 0 wrong, NaN not shown; or sparse with every shown cell stored, zeros too.
    prior "default": log a normal (0, 0.5), b normal around the author's `difficulty` (I,) (deviation 1; around 0 with 2
    where NaN or not given), c and 1 - d beta with modes 0.2 and 0.05. guessing : (I,) c as known, for the models that
    do not estimate it. anchors : a, b, c (I,), NaN where free. groups : (P,) 0..G-1, group 0 is the reference. weights :
    (P,) how often each row counts. Raises ValueError naming the first item that cannot be estimated. Sources: Bock & Aitkin
    (1981), Psychometrika 46; Mislevy (1986), Psychometrika 51.
    """
    answers = store(responses)
    group = np.zeros(answers.persons, dtype=np.intp) if groups is None else np.asarray(groups, dtype=np.intp)
    weight = np.ones(answers.persons) if weights is None else np.asarray(weights, dtype=np.float64)
    _check_persons(answers, group, weight)
    rate = _rates(answers, weight, prior, anchors)
    floor = _floor(answers.items, guessing, anchors)
    work = _Work(
        answers, model, _pull(prior, difficulty, answers.items), nodes_for(answers), group, weight, anchors, floor
    )
    first = work.pack(work.begin(rate), *work.population())
    few = _sample(answers)
    if few is not None:
        first = climb(work.of(few).round, first, tolerance=5 * tolerance, rounds=rounds).x
    ridge = work.size > 2 and prior == "none"
    found = climb(work.round, first, tolerance=tolerance, rounds=BRIEF if ridge else rounds, watch=watch)
    if not ridge:
        return work.report(found.x, found.rounds, found.converged)
    plain = _Work(answers, "2pl", work.pull, work.nodes, group, weight, anchors, floor)
    simple = climb(plain.round, plain.pack(plain.begin(rate), *plain.population()), tolerance=tolerance, rounds=rounds)
    ends_at = [work.ascended(start) for start in (found.x, work.extended(plain, simple.x))]
    best, _height, settled = max(ends_at, key=lambda end: end[1])
    return work.report(best, found.rounds, settled)


@dataclass
class _Work:
    """One calibration: what stays the same through the rounds."""

    answers: Answers
    model: Model
    pull: Pull
    nodes: Floats
    group: Ints
    weight: Floats
    anchors: Anchors | None
    floor: Floats

    def __post_init__(self) -> None:
        self.size = SIZE[self.model]
        fixed = np.zeros(self.answers.items, dtype=bool) if self.anchors is None else ~np.isnan(self.anchors[0])
        self.free = (~fixed).astype(np.float64)
        self.loose = np.ones(self.group.max(initial=0) + 1, dtype=bool)
        self.loose[0] = self.anchors is not None
        self.rows = [np.flatnonzero(self.group == number) for number in range(len(self.loose))]

    def of(self, persons: Ints) -> "_Work":
        """The same of some of the persons."""
        answers, group, weight = self.answers.some(persons), self.group[persons], self.weight[persons]
        some = _Work(answers, self.model, self.pull, self.nodes, group, weight, self.anchors, self.floor)
        some.loose = self.loose
        return some

    def begin(self, rate: Floats) -> Floats:
        """Parameters (I, K) to begin with; anchored items have theirs."""
        x = start(self.model, rate, self.floor)
        if self.anchors is not None:
            fixed = self.free == 0
            a, b, c = (np.asarray(part, dtype=np.float64)[fixed] for part in self.anchors)
            x[fixed, 0], x[fixed, 1] = np.log(a), -a * b
            if self.size > 2:
                x[fixed, 2] = np.log(np.clip(c, 1e-3, 0.7) / (1 - np.clip(c, 1e-3, 0.7)))
                x[fixed, 3:] = LOWEST[3]
            if self.model == "1pl":
                x[:, 0] = np.log(a[0])
        return x

    def population(self) -> tuple[Floats, Floats]:
        """Mean and deviation of each group to begin with."""
        return np.zeros(len(self.loose)), np.ones(len(self.loose))

    def pack(self, x: Floats, mean: Floats, sd: Floats) -> Floats:
        """All that is estimated as one vector."""
        return np.concatenate([x.ravel(), mean, np.log(sd)])

    def unpack(self, point: Floats) -> tuple[Floats, Floats, Floats]:
        """The vector as parameters (I, K), means and deviations (G,)."""
        groups = len(self.loose)
        x = point[: -2 * groups].reshape(-1, self.size)
        return x, point[-2 * groups : -groups], np.exp(np.clip(point[-groups:], -3, 3))

    def round(self, point: Floats) -> tuple[Floats, float]:
        """One EM step, and the height (log-likelihood and priors) of the point given."""
        x, mean, sd = self.unpack(point)
        weight, total = self.expect(x, mean, sd)
        height = total + float(self.pull.height(x, self.model).sum())
        right, wrong = self.answers.counts(weight)
        x = maximise(x, self.nodes, right, wrong, model=self.model, pull=self.pull, free=self.free, floor=self.floor)
        return self.pack(x, *self._moments(weight, mean, sd)), height

    def expect(self, x: Floats, mean: Floats, sd: Floats) -> tuple[Floats, float]:
        """Weight of each person at each node (P, Q), and the log-likelihood of all."""
        p, _rise = curves(x, self.nodes, self.floor)
        level = self.answers.log_likelihood(np.log(p), np.log1p(-p))
        level += log_density(self.nodes, mean, sd)[self.group]
        top = level.max(axis=1, keepdims=True)
        np.exp(np.subtract(level, top, out=level), out=level)
        sums = level.sum(axis=1)
        total = float(self.weight @ (top[:, 0] + np.log(sums)))
        level *= (self.weight / sums)[:, None]
        return level, total

    def ascended(self, point: Floats) -> tuple[Floats, float, bool]:
        """The top near the point, its height, and whether it was reached."""
        groups, items = len(self.loose), len(self.free)
        edges = (np.concatenate([np.tile(bound[: self.size], items), np.full(2 * groups, reach)])
                 for bound, reach in ((LOWEST, -3.0), (HIGHEST, 3.0)))  # fmt: skip
        low, high = edges
        return ascend(self.slope, np.clip(point, low, high), low, high)

    def slope(self, point: Floats) -> tuple[float, Floats]:
        """Height and its gradient (Fisher's identity: that of the expected log-likelihood) at the point."""
        x, mean, sd = self.unpack(point)
        weight, total = self.expect(x, mean, sd)
        gradient, curvature = slope(x, self.nodes, *self.answers.counts(weight), self.floor)
        self.pull.add(x, gradient, curvature, self.model)
        away = (self.nodes - mean[:, None]) / sd[:, None]
        mass = self._mass(weight)
        moved = self.loose * np.stack([(mass * away).sum(axis=1) / sd, (mass * (away**2 - 1)).sum(axis=1)])
        height = total + float(self.pull.height(x, self.model).sum())
        return height, np.concatenate([(self.free[:, None] * gradient).ravel(), *moved])

    def extended(self, plain: "_Work", point: Floats) -> Floats:
        """The point of a model without asymptotes as one of this model, its asymptotes small."""
        x, mean, sd = plain.unpack(point)
        more = np.full((len(x), self.size - 2), SMALL)
        return self.pack(
            np.where(self.free[:, None] > 0, np.hstack([x, more]), self.begin(np.full(len(x), 0.5))), mean, sd
        )

    def _mass(self, weight: Floats) -> Floats:
        """Weight (G, Q) of each group at the nodes. Sums over rows: a product so thin costs BLAS more to share out than to do."""
        return np.stack([weight[rows].sum(axis=0) for rows in self.rows])

    def _moments(self, weight: Floats, mean: Floats, sd: Floats) -> tuple[Floats, Floats]:
        """Mean and deviation of the groups that are free to move."""
        if not self.loose.any():
            return mean, sd
        mass = self._mass(weight)
        total = np.maximum(mass.sum(axis=1), 1e-12)
        middle = mass @ self.nodes / total
        spread = np.sqrt((mass * (self.nodes - middle[:, None]) ** 2).sum(axis=1) / total)
        return np.where(self.loose, middle, mean), np.where(self.loose, np.maximum(spread, 0.05), sd)

    def report(self, point: Floats, rounds: int, converged: bool) -> Calibration:
        """The calibration at the point where the rounds ended."""
        x, mean, sd = self.unpack(point)
        weight, total = self.expect(x, mean, sd)
        a, b = np.exp(x[:, 0]), -x[:, 1] * np.exp(-x[:, 0])
        c, d = (part[:, 0] for part in ends(x, self.floor))
        items = Items(np.zeros(len(a), dtype=np.intp), a, b, c, d)
        found = standard_errors(self.answers, weight, self.weight, self.nodes, items, self.model, self.pull)
        se_a, se_b, se_c, se_d = np.where(self.free[:, None] == 0, 0.0, found).T
        return Calibration(a, b, c, d, se_a, se_b, se_c, se_d, total, mean, sd, rounds, converged)


def log_density(nodes: Floats, mean: Floats, sd: Floats) -> Floats:
    """Log weights (G, Q) of normal abilities at the nodes, summing to one in each group."""
    level = -0.5 * ((nodes - mean[:, None]) / sd[:, None]) ** 2
    return np.asarray(level - np.log(np.exp(level).sum(axis=1, keepdims=True)))


def nodes_for(answers: Answers) -> Floats:
    """Even nodes over (-6, 6), close enough for the sharpest posterior a person of average answers can have.

    The error of the even rule falls as exp(-2 (pi s / h)²) for a normal of deviation s at spacing h.
    """
    average = answers.cells / max(answers.persons, 1)
    sharp = 1 / np.sqrt(1 + 0.25 * average)
    spacing = min(0.4 if answers.cells >= MANY_CELLS else 0.2, max(sharp, 0.05))
    return np.linspace(-REACH, REACH, 2 * round(REACH / spacing) + 1)


def _pull(prior: str, difficulty: Floats | None, items: int) -> Pull:
    if prior == "none":
        return Pull(0.0, 0.0, np.zeros(items), np.zeros(items), (0.0, 0.0), (0.0, 0.0))
    if prior != "default":
        raise ValueError(f"prior must be 'none' or 'default', got {prior!r}")
    author = np.full(items, np.nan) if difficulty is None else np.asarray(difficulty, dtype=np.float64)
    if author.shape != (items,):
        raise ValueError(f"difficulty must be ({items},), got {author.shape}")
    known = ~np.isnan(author)
    precision = np.where(known, B_SD_AUTHOR**-2, B_SD**-2)
    return Pull(0.0, A_LOG_SD**-2, np.where(known, author, 0.0), precision, C_SHAPE, D_SHAPE)


def _floor(items: int, guessing: Floats | None, anchors: Anchors | None) -> Floats:
    """The guessing of each item (I,) for models that do not estimate it: as given, as anchored, or none."""
    given = np.zeros(items) if guessing is None else np.asarray(guessing, dtype=np.float64)
    if given.shape != (items,) or not ((given >= 0) & (given < 1)).all():
        raise ValueError(f"guessing must be ({items},) numbers from 0 to below 1")
    return given if anchors is None else np.where(np.isnan(anchors[2]), given, anchors[2])


def _check_persons(answers: Answers, group: Ints, weight: Floats) -> None:
    if not answers.persons or not answers.items:
        raise ValueError(f"there is nothing to calibrate: {answers.persons} persons, {answers.items} items")
    for name, array in (("groups", group), ("weights", weight)):
        if array.shape != (answers.persons,):
            raise ValueError(f"{name} must be ({answers.persons},), got {array.shape}")
        if (array < 0).any():
            raise ValueError(f"{name}: person {int(np.flatnonzero(array < 0)[0])} has {array.min()}, need 0 or more")


def _rates(answers: Answers, weight: Floats, prior: str, anchors: Anchors | None) -> Floats:
    """Each item's share of right answers (I,); refuses items of which the answers alone say nothing."""
    right, wrong = (side[:, 0] for side in answers.counts(weight[:, None]))
    shown = right + wrong
    if prior == "none":
        fixed = np.zeros(answers.items, dtype=bool) if anchors is None else ~np.isnan(anchors[0])
        for fault, what in (
            (shown == 0, "was shown to nobody"),
            ((shown > 0) & (wrong == 0), "was right for everybody"),
            ((shown > 0) & (right == 0), "was wrong for everybody"),
        ):
            bad = np.flatnonzero(fault & ~fixed)
            if bad.size:
                raise ValueError(f"item {bad[0]} {what}: leave it out, or calibrate with the default prior")
    return np.where(shown > 0, right / np.maximum(shown, 1e-12), 0.5)


def _sample(answers: Answers) -> Ints | None:
    """Persons, evenly spread, with whom to begin where there are very many."""
    if answers.persons < 3 * SAMPLE:
        return None
    return np.linspace(0, answers.persons - 1, SAMPLE).astype(np.intp)
