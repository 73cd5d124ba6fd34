"""What courses bring, learned from people tested before and after: each course's own figure, shrunk towards its kind.

The hierarchical normal model of Rubin (1981) as in Gelman et al., Bayesian Data Analysis (3rd ed., 5.4-5.5). A course's measured
rise less what was assumed of it is y with error s; y ~ N(d, s²), where d, by how much the course differs from what was assumed,
is drawn from its kind: d ~ N(m, t²), m ~ N(0, sd of what was assumed). All but t is summed out in closed form, and t on a grid:
nothing is drawn by chance, and a spread t of nought is one value among others, not an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEPS = 400
# The grid ends where the half-normal prior of the spread has nothing left, or, without one, far beyond the data.
DEVIATIONS, FAR = 5.0, 10.0


@dataclass(frozen=True)
class Measured:
    """A course: its kind, what was assumed (± sd), and what was measured (± se); nothing measured where `people` is 0."""

    course: str
    kind: str
    assumed: float
    sd: float
    rise: float = 0.0
    se: float = 1.0
    people: int = 0


@dataclass(frozen=True)
class Believed:
    """What a course is believed to bring, ± sd."""

    course: str
    gain: float
    sd: float


@dataclass(frozen=True)
class Hierarchy:
    """The posterior on a grid: spreads `t` (T,) and their weights (T,); means and variances of each d (T, J) given t."""

    spreads: Floats
    weights: Floats
    means: Floats
    variances: Floats

    @property
    def mean(self) -> Floats:
        """Mean of each d (J,)."""
        return self.weights @ self.means

    @property
    def sd(self) -> Floats:
        """Standard deviation of each d (J,)."""
        return np.sqrt(self.weights @ (self.variances + (self.means - self.mean) ** 2))


def learn(courses: Sequence[Measured]) -> list[Believed]:
    """What each course is believed to bring, in the order given; a course that nobody measured moves with its kind.

    ValueError for an error or uncertainty that is not positive.
    """
    if not courses:
        return []
    if not all(row.sd > 0 and row.se > 0 for row in courses):
        raise ValueError("sd and se must be positive")
    y = np.array([row.rise - row.assumed for row in courses])
    s = np.array([row.se if row.people else np.inf for row in courses])
    names = sorted({row.kind for row in courses})
    kinds = np.array([names.index(row.kind) for row in courses])
    sd = np.array([row.sd for row in courses])
    about = np.array([float(np.sqrt(np.mean(sd[kinds == kind] ** 2))) for kind in range(len(names))])
    found = hierarchy(np.where(np.isinf(s), 0.0, y), s, kinds, about, spread=float(np.sqrt(np.mean(sd**2))))
    return [
        Believed(row.course, row.assumed + float(mean), float(error))
        for row, mean, error in zip(courses, found.mean, found.sd, strict=True)
    ]


def hierarchy(
    y: Floats, s: Floats, kinds: NDArray[np.int64], about: Floats, *, spread: float | None = None
) -> Hierarchy:
    """The posterior of d.

    y, s : (J,) measured and its error, inf where nothing was.   kinds : (J,) number of the kind of each.
    about : (K,) how far a kind's mean m may lie from nought; inf for no opinion.
    spread : scale of the half-normal prior of t; None for the flat one, which needs three measured of one kind.
    """
    if spread is None:
        measured = y[np.isfinite(s)]
        spreads = np.linspace(0.0, FAR * max(float(np.ptp(measured)), 1e-9) / 2, STEPS)
        log = np.zeros(STEPS)
    else:
        spreads = np.linspace(0.0, DEVIATIONS * spread, STEPS)
        log = -0.5 * (spreads / spread) ** 2
    precision = 1.0 / (s**2 + spreads[:, None] ** 2)
    means, variances = np.zeros((STEPS, y.size)), np.zeros((STEPS, y.size))
    for kind, sd in enumerate(about):
        mine = kinds == kind
        part = precision[:, mine]
        total = part.sum(1) + 1.0 / sd**2
        centre = (part @ y[mine]) / total
        with np.errstate(divide="ignore"):
            log = log + 0.5 * (np.log(np.where(np.isinf(s[mine]), 1.0, part)) - part * y[mine] ** 2).sum(1)
        log = log - 0.5 * np.log(total) + 0.5 * total * centre**2
        own = spreads[:, None] ** 2 * part
        means[:, mine] = own * y[mine] + (1 - own) * centre[:, None]
        noise = np.where(np.isinf(s[mine]), spreads[:, None] ** 2, own * np.where(np.isinf(s[mine]), 0.0, s[mine]) ** 2)
        variances[:, mine] = noise + (1 - own) ** 2 / total[:, None]
    weights = np.exp(log - log.max())
    return Hierarchy(spreads, weights / weights.sum(), means, variances)
