"""Calibration of graded items by marginal maximum likelihood, or with the priors of `calibrate` for small samples.

Source: Samejima (1969), Psychometrika Monograph 17; Muraki (1990), Appl. Psychol. Meas. 14, for the EM algorithm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from chiakhoa.engines.irt.accelerate import climb
from chiakhoa.engines.irt.calibrate import A_LOG_SD, B_SD
from chiakhoa.engines.irt.graded import GradedItems, at_least
from chiakhoa.engines.irt.models import LEAST, Bools, Floats, Ints

NODES = np.linspace(-6, 6, 61)
LOG_WEIGHT = -0.5 * NODES**2 - np.log(np.exp(-0.5 * NODES**2).sum())
STEPS, HALVINGS = 4, 8


@dataclass(frozen=True)
class Graded:
    """Calibrated items: a (I,), b (I, K - 1) rising, NaN beyond an item's last threshold; standard errors of both."""

    a: Floats
    b: Floats
    se_a: Floats
    se_b: Floats
    log_likelihood: float
    rounds: int
    converged: bool

    def items(self, domain: Ints | int = 0) -> GradedItems:
        """The items as a bank, of these domains."""
        return GradedItems(np.broadcast_to(np.asarray(domain, dtype=np.intp), self.a.shape), self.a, self.b)


def calibrate_graded(
    responses: Floats,
    *,
    prior: Literal["none", "default"] = "none",
    tolerance: float = 1e-4,
    rounds: int = 500,
    watch: Callable[[float], None] | None = None,
) -> Graded:
    """Marginal maximum likelihood by EM, abilities standard normal.

    responses : (P, I), categories 0, 1, ... or NaN where not shown. prior "default": log a and each threshold normal, as in
    `calibrate` for items without an author's difficulty. Raises ValueError naming the first cell that is no
    category, or the first item with a category that nobody used (merge it with its neighbour).
    """
    person, item, category, size = _cells(responses)
    hot = sparse.csr_array(
        (np.ones(len(person)), (person, item * size + category)), shape=(len(responses), responses.shape[1] * size)
    )
    used: Floats = np.asarray(hot.sum(axis=0)).reshape(-1, size)
    _check_used(used)
    real = np.cumsum(used[:, :0:-1], axis=1)[:, ::-1] > 0
    work = _Work(hot, real, 0.0 if prior == "none" else 1.0)
    found = climb(work.round, work.begin(used).ravel(), tolerance=tolerance, rounds=rounds, watch=watch)
    return work.report(found.x, found.rounds, found.converged)


@dataclass(frozen=True)
class _Work:
    """Answers one-hot (P, I K), which thresholds are real (I, K - 1), and how much the priors count (0 or 1)."""

    hot: sparse.csr_array
    real: Bools
    prior: float

    def begin(self, used: Floats) -> Floats:
        """(I, K): log slope and falling intercepts, from how often categories were used; NaN never, 0 where not real."""
        above = np.cumsum(used[:, ::-1], axis=1)[:, ::-1][:, 1:] / used.sum(axis=1, keepdims=True)
        share = np.clip(above, 1e-3, 1 - 1e-3)
        intercepts = np.where(self.real, 1.2 * np.log(share / (1 - share)), 0.0)
        return np.column_stack([np.zeros(len(used)), intercepts])

    def curves(self, x: Floats) -> Floats:
        """P(category at least k) at the nodes, (I, Q, K + 1)."""
        return at_least(x[:, 0], np.where(self.real, x[:, 1:], np.nan), NODES)

    def expect(self, x: Floats) -> tuple[Floats, float]:
        """Weight of persons at nodes (P, Q), and the log-likelihood."""
        above = self.curves(x)
        p = np.maximum(above[:, :, :-1] - above[:, :, 1:], LEAST)
        level = self.hot @ np.swapaxes(np.log(p), 1, 2).reshape(-1, len(NODES)) + LOG_WEIGHT
        top = level.max(axis=1, keepdims=True)
        weight = np.exp(level - top)
        total = weight.sum(axis=1, keepdims=True)
        return weight / total, float((top + np.log(total)).sum())

    def round(self, point: Floats) -> tuple[Floats, float]:
        """One EM step, and the log-likelihood at the point given."""
        x = point.reshape(len(self.real), -1)
        weight, height = self.expect(x)
        height += float(self._prior_height(x).sum())
        counts = np.swapaxes((self.hot.T @ weight).reshape(len(x), -1, len(NODES)), 1, 2)
        for _ in range(STEPS):
            x = self._step(x, counts)
        return x.ravel(), height

    def _step(self, x: Floats, counts: Floats) -> Floats:
        """One scoring step of all items, halved where it does not climb."""
        bend, p = self.bends(x)
        gradient = np.einsum("iqc,iqck->ik", counts / p, bend)
        total = counts.sum(axis=2)
        curvature = np.einsum("iq,iqck,iqcl->ikl", total, bend / p[..., None], bend, optimize=True)
        self._add_prior(x, gradient, curvature)
        idle = np.column_stack([np.zeros(len(x), dtype=bool), ~self.real])
        eased = curvature + np.eye(x.shape[1]) * (idle[:, :, None] + 1e-9)
        step: Floats = np.linalg.solve(eased, gradient[:, :, None])[:, :, 0]
        step, before = np.clip(step, -1, 1), self._height(x, counts)
        for _half in range(HALVINGS):
            lower = self._height(x + step, counts) < before - 1e-10 * np.abs(before)
            if not lower.any():
                break
            step = np.where(lower[:, None], step / 2, step)
        return np.asarray(np.where(lower[:, None], x, x + step), dtype=np.float64)

    def bends(self, x: Floats) -> tuple[Floats, Floats]:
        """Slopes of the category probabilities in the parameters (I, Q, K, K), and the probabilities (I, Q, K)."""
        above = self.curves(x)
        steep = above * (1 - above)
        size = above.shape[2] - 1
        bend = np.zeros((*above.shape[:2], size, size))
        bend[..., 0] = (np.exp(x[:, :1]) * NODES)[:, :, None] * (steep[:, :, :-1] - steep[:, :, 1:])
        for k in range(1, size):
            bend[:, :, k, k] = steep[:, :, k]
            bend[:, :, k - 1, k] = -steep[:, :, k]
        return bend, np.maximum(above[:, :, :-1] - above[:, :, 1:], LEAST)

    def _height(self, x: Floats, counts: Floats) -> Floats:
        """Expected log-likelihood of each item; below everything where thresholds cross."""
        falling = np.where(self.real[:, 1:], x[:, 2:] < x[:, 1:-1], True).all(axis=1)
        above = self.curves(x)
        p = np.maximum(above[:, :, :-1] - above[:, :, 1:], LEAST)
        return np.where(falling, (counts * np.log(p)).sum(axis=(1, 2)) + self._prior_height(x), -np.inf)

    def _prior_height(self, x: Floats) -> Floats:
        """Log density (I,) of the priors, up to a constant."""
        b = np.where(self.real, -x[:, 1:] * np.exp(-x[:, :1]), 0.0)
        return np.asarray(-0.5 * self.prior * ((x[:, 0] / A_LOG_SD) ** 2 + ((b / B_SD) ** 2).sum(axis=1)))

    def _add_prior(self, x: Floats, gradient: Floats, curvature: Floats) -> None:
        """Add the priors' gradient (I, K) and curvature (I, K, K) in place."""
        shrink = np.where(self.real, -np.exp(-x[:, :1]), 0.0)
        b = x[:, 1:] * shrink
        own = self.prior / B_SD**2
        gradient[:, 0] -= self.prior / A_LOG_SD**2 * x[:, 0] - own * (b**2).sum(axis=1)
        gradient[:, 1:] -= own * b * shrink
        curvature[:, 0, 0] += self.prior / A_LOG_SD**2 + own * (b**2).sum(axis=1)
        curvature[:, 0, 1:] -= own * b * shrink
        curvature[:, 1:, 0] -= own * b * shrink
        at = np.arange(1, x.shape[1])
        curvature[:, at, at] += own * shrink**2

    def report(self, point: Floats, rounds: int, converged: bool) -> Graded:
        """The calibration at the point where the rounds ended."""
        x = point.reshape(len(self.real), -1)
        weight, total = self.expect(x)
        a, b = np.exp(x[:, 0]), -x[:, 1:] * np.exp(-x[:, :1])
        se = self._errors(x, a, b, weight)
        b, se_b = (np.where(self.real, part, np.nan) for part in (b, se[:, 1:]))
        return Graded(a, b, se[:, 0], se_b, total, rounds, converged)

    def _errors(self, x: Floats, a: Floats, b: Floats, weight: Floats) -> Floats:
        """Standard errors (I, K) of a and the thresholds, item by item, from the cross-products of persons' scores."""
        bend, p = self.bends(x)
        slopes, columns, size = bend / p[..., None], sparse.csc_array(self.hot), x.shape[1]
        out = np.zeros(x.shape)
        for i in range(len(x)):
            parts = []
            for k in range(size):
                start, end = columns.indptr[i * size + k : i * size + k + 2]
                parts.append(weight[columns.indices[start:end]] @ slopes[i, :, k])
            inner = np.concatenate(parts)
            natural = np.column_stack([inner[:, 0] / a[i] - inner[:, 1:] @ b[i], -a[i] * inner[:, 1:]])
            known = np.concatenate([[True], self.real[i]])
            information = natural[:, known].T @ natural[:, known] + self.prior * np.diag(
                [(A_LOG_SD * a[i]) ** -2, *np.full(known.sum() - 1, B_SD**-2)]
            )
            out[i, known] = np.sqrt(np.diagonal(np.linalg.pinv(information, hermitian=True)))
        return out


def _cells(responses: Floats) -> tuple[Ints, Ints, Ints, int]:
    """Person, item and category of every answer, and the number of categories."""
    if responses.ndim != 2 or not responses.size:
        raise ValueError(f"responses must be (persons, items), got shape {responses.shape}")
    person, item = np.nonzero(~np.isnan(responses))
    value = responses[person, item]
    bad = np.flatnonzero((value < 0) | (value != np.round(value)))
    if bad.size:
        raise ValueError(f"person {person[bad[0]]}, item {item[bad[0]]}: need 0, 1, 2, ... or NaN, got {value[bad[0]]}")
    return person, item, value.astype(np.intp), max(int(value.max(initial=0)) + 1, 2)


def _check_used(used: Floats) -> None:
    """Refuse an item with one category only, or with an unused one below its highest."""
    for i, counts in enumerate(used):
        highest = np.flatnonzero(counts)[-1] if counts.any() else 0
        empty = np.flatnonzero(counts[: highest + 1] == 0)
        if highest == 0 or empty.size:
            what = "has no answers in two categories" if highest == 0 else f"has no answer in category {empty[0]}"
            raise ValueError(f"item {i} {what}: leave it out or merge categories")
