"""What answers say of abilities: a normal prior over correlated domains, updated by one answer or by many.

One answer: moments are matched along the item's domain by quadrature, the other domains follow by their covariance.
Many answers: the mode of the posterior by Newton's method with the curvature there (Laplace), with one domain the MAP
estimate. Means instead of modes, by quadrature, are in `expected`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from chiakhoa.engines.irt.models import Bank, Floats, Ints, Reply

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
MOMENTS = WEIGHTS[:, None] * NODES[:, None] ** np.arange(3)
ROUNDS = 60
TOLERANCE = 1e-6
HALVINGS = 12


@dataclass(frozen=True)
class Prior:
    """Normal beliefs before answers: mean (D,) or (P, D), covariance (D, D) or (P, D, D), in logits."""

    mean: Floats
    covariance: Floats


@dataclass(frozen=True)
class Posterior:
    """Normal beliefs after answers: mean (P, D), cov (P, D, D)."""

    mean: Floats
    cov: Floats


def assume_density(
    mean: Floats, cov: Floats, domain: Ints, a: Floats, b: Floats, c: Floats, score: Floats, d: Floats | float = 1.0
) -> tuple[Floats, Floats]:
    """Beliefs after one answer each.

    mean (P, D), cov (P, D, D), and for each person the answered item's domain, a, b, c (and d) (P,) and score 0 or 1 (P,).
    Returns the new mean and cov, whose first two moments along the item's domain are exact up to quadrature (21 nodes).
    Source: assumed density filtering, Maybeck (1982), Stochastic Models, vol. 2, ch. 12; Minka (2001), ch. 3.
    """
    who = np.arange(len(mean))
    m, rows = mean[who, domain], cov[who, domain]
    v = rows[who, domain]
    sd = np.sqrt(v)
    theta = m[:, None] + sd[:, None] * NODES
    reach = d - c
    p = c[:, None] + reach[:, None] * expit(a[:, None] * (theta - b[:, None]))
    # Weight, first and second moment at once, in units of the prior's deviation.
    total, first, second = (np.abs((1 - score)[:, None] - p) @ MOMENTS).T
    first = first / total
    along = rows / v[:, None]
    moved = mean + along * (sd * first)[:, None]
    change = v * (second / total - first * first - 1)
    return moved, cov + (change[:, None] * along)[:, :, None] * along[:, None, :]


def posterior(items: Bank, responses: Floats, prior: Prior) -> Posterior:
    """Beliefs of P persons after all their answers: the modes, and the inverse curvature there.

    items : I items.   responses : (P, I), 1 right, 0 wrong (or the score of a graded item), NaN not shown.   prior : for
    all, or one for each person.
    Newton's method on the log posterior with expected curvature (Fisher scoring), which is never indefinite, and halved
    steps where a step does not climb; so all-right and all-wrong patterns converge too. Raises ValueError for shapes that
    do not fit. Source: Bock & Aitkin (1981), Psychometrika 46; Segall (1996), Psychometrika 61.
    """
    check_answers(items, responses)
    mean, cov = each(prior, len(responses))
    problem = _Problem.of_all(items, responses, mean, np.asarray(np.linalg.inv(cov), dtype=np.float64))
    theta = _climb(problem, mean.copy())
    _gradient, curvature = problem.slope(theta)
    return Posterior(theta, np.asarray(np.linalg.inv(curvature), dtype=np.float64))


def widen(cov: Floats, variance_per_year: float, years: NDArray[np.float64] | float) -> Floats:
    """Covariances (P, D, D) after time has passed: the variance of each domain grows by so much a year (logit²)."""
    grown = np.asarray(variance_per_year * np.asarray(years, dtype=np.float64))
    return np.asarray(cov + grown[..., None, None] * np.eye(cov.shape[-1]), dtype=np.float64)


def combine(mean: Floats, cov: Floats, observed: Floats, precision: Floats) -> tuple[Floats, Floats]:
    """Beliefs after a normal observation of each domain: observed (P, D), precision (P, D) in 1/logit², 0 where not observed.

    The conjugate update: precisions add, means are weighted by them.
    """
    before = np.linalg.inv(cov)
    seen = precision[:, :, None] * np.eye(mean.shape[1])
    after = np.linalg.inv(before + seen)
    pull = np.einsum("pij,pj->pi", before, mean) + precision * np.where(precision > 0, observed, 0.0)
    return np.asarray(np.einsum("pij,pj->pi", after, pull)), np.asarray(after, dtype=np.float64)


def each(prior: Prior, persons: int) -> tuple[Floats, Floats]:
    """Mean (P, D) and covariance (P, D, D) of each person's prior."""
    mean = np.broadcast_to(np.asarray(prior.mean, dtype=np.float64), (persons, np.shape(prior.mean)[-1]))
    size = mean.shape[1]
    return mean, np.broadcast_to(np.asarray(prior.covariance, dtype=np.float64), (persons, size, size))


def check_answers(items: Bank, responses: Floats) -> None:
    """Raise ValueError naming the first cell that is no score of its item, or the shape that does not fit."""
    if responses.ndim != 2 or responses.shape[1] != len(items):
        raise ValueError(f"responses must be (persons, {len(items)} items), got {responses.shape}")
    highest = items.highest()
    fits = np.isnan(responses) | ((responses >= 0) & (responses <= highest) & (responses == np.round(responses)))
    bad = np.argwhere(~fits)
    if bad.size:
        row, column = bad[0]
        needed = "0, 1" if highest[column] == 1 else f"0 to {highest[column]}"
        raise ValueError(f"person {row}, item {column}: need {needed} or NaN, got {responses[row, column]}")


@dataclass(frozen=True)
class _Problem:
    """The log posterior of all persons at once. Only cells that were shown are kept, for an adaptive test shows few items.

    item : of each cell (N,) the item, as a bank of N.   answer, row : (N,) what was answered, by which person.
    """

    item: Bank
    answer: Floats
    row: Ints
    mean: Floats
    precision: Floats

    @classmethod
    def of_all(cls, items: Bank, responses: Floats, mean: Floats, precision: Floats) -> "_Problem":
        """The problem of all persons of a table (P, I)."""
        row, column = np.nonzero(~np.isnan(responses))
        return cls(items.take(column), responses[row, column], row, mean, precision)

    def of(self, who: Ints) -> "_Problem":
        """The problem of some of the persons, in rising order."""
        place = np.full(len(self.mean), -1, dtype=np.intp)
        place[who] = np.arange(len(who))
        kept = np.flatnonzero(place[self.row] >= 0)
        row = place[self.row[kept]]
        return _Problem(self.item.take(kept), self.answer[kept], row, self.mean[who], self.precision[who])

    def _reply(self, theta: Floats) -> Reply:
        return Reply(*(part[0] for part in self.item.reply(theta[self.row, self.item.domain][None], self.answer[None])))

    def height(self, theta: Floats) -> Floats:
        """Log posterior (P,) up to a constant."""
        away = theta - self.mean
        level = np.bincount(self.row, self._reply(theta).level, minlength=len(theta))
        return np.asarray(level - 0.5 * np.einsum("pi,pij,pj->p", away, self.precision, away))

    def slope(self, theta: Floats) -> tuple[Floats, Floats]:
        """Gradient (P, D) and expected negative curvature (P, D, D)."""
        said, cell = self._reply(theta), self.row * theta.shape[1] + self.item.domain
        slope, told = (
            np.bincount(cell, part, minlength=theta.size).reshape(theta.shape) for part in (said.slope, said.told)
        )
        gradient = slope - np.einsum("pij,pj->pi", self.precision, theta - self.mean)
        return gradient, self.precision + told[:, :, None] * np.eye(theta.shape[1])


def _climb(problem: _Problem, start: Floats) -> Floats:
    """The mode of each person; whoever has arrived is left out of the next rounds."""
    theta = start
    active = np.arange(len(theta))
    for _ in range(ROUNDS):
        part = problem.of(active)
        here = theta[active]
        gradient, curvature = part.slope(here)
        step = np.asarray(np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0], dtype=np.float64)
        theta[active] = _uphill(part, here, step)
        active = active[np.abs(step).max(axis=1) > TOLERANCE]
        if not active.size:
            break
    return theta


def _uphill(problem: _Problem, here: Floats, step: Floats) -> Floats:
    """Here plus the step, halved for whoever would go down with it."""
    height = problem.height(here)
    for _half in range(HALVINGS):
        lower = problem.height(here + step) < height - 1e-12
        if not lower.any():
            return here + step
        step = np.where(lower[:, None], step / 2, step)
    return np.where(lower[:, None], here, here + step)
