"""Answers in ordered categories: the graded response model and its curves. Its calibration is in `graded_calibrate`.

An item of K categories has a slope a and K - 1 rising thresholds b; two categories make it the two-parameter model.
Source: Samejima (1969), Psychometrika Monograph 17.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from chiakhoa.engines.irt.models import FARTHEST, LEAST, Floats, Ints, Reply


@dataclass(frozen=True)
class GradedItems:
    """A bank of I graded items, for estimates of ability.

    domain : (I,).   a : (I,) slope > 0.   b : (I, K - 1) rising thresholds, NaN beyond an item's last.
    Raises ValueError naming the first item out of range.
    """

    domain: Ints
    a: Floats
    b: Floats

    def __post_init__(self) -> None:
        for name, kind in (("domain", np.intp), ("a", np.float64), ("b", np.float64)):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=kind))
        if self.a.shape != self.domain.shape or self.b.ndim != 2 or len(self.b) != len(self.a):
            raise ValueError(
                f"need domain (I,), a (I,), b (I, K - 1), got {self.domain.shape}, {self.a.shape}, {self.b.shape}"
            )
        real = ~np.isnan(self.b)
        rising = ~((np.diff(self.b, axis=1) <= 0).any(axis=1) | (np.diff(real.astype(int), axis=1) > 0).any(axis=1))
        bad = np.flatnonzero(~((self.a > 0) & np.isfinite(self.a) & rising & real[:, 0] & (self.domain >= 0)))
        if bad.size:
            i = int(bad[0])
            raise ValueError(
                f"item {i}: need a > 0, rising thresholds and domain >= 0, got a={self.a[i]}, b={self.b[i]}"
            )

    def __len__(self) -> int:
        return int(self.domain.size)

    def take(self, index: ArrayLike) -> "GradedItems":
        """The items at these places, in this order."""
        at = np.asarray(index)
        return GradedItems(self.domain[at], self.a[at], self.b[at])

    def highest(self) -> Ints:
        """The highest score of each item (I,)."""
        return np.asarray((~np.isnan(self.b)).sum(axis=1))

    def reply(self, theta: Floats, answer: Floats) -> Reply:
        """What answers (P, I) say at abilities (P, I) along each item's domain."""
        shown = ~np.isnan(answer)
        above = _ends(self.a[:, None] * (theta[:, :, None] - self.b))
        steep = self.a[:, None] * above * (1 - above)
        p, change = np.maximum(above[..., :-1] - above[..., 1:], LEAST), steep[..., :-1] - steep[..., 1:]
        at = np.where(shown, answer, 0).astype(np.intp)[..., None]
        own, turn = (np.take_along_axis(part, at, axis=2)[..., 0] for part in (p, change))
        told = (change**2 / p).sum(axis=2)
        return Reply(*(np.where(shown, part, 0.0) for part in (np.log(own), turn / own, told)))

    def curves(self, nodes: Floats) -> Floats:
        """Log-probabilities (I, K, Q) of the scores at abilities (Q,)."""
        p = graded_probability(nodes, self.a, self.b)
        return np.asarray(np.log(np.maximum(np.moveaxis(p, 0, 2), LEAST)))


def graded_probability(theta: Floats, a: Floats, b: Floats) -> Floats:
    """Probability (P, I, K) of each category.

    theta : (P,).   a : (I,).   b : (I, K - 1) rising, NaN where an item has fewer categories (their probability is 0).
    """
    above = at_least(np.log(a), -a[:, None] * b, np.asarray(theta, dtype=np.float64))
    return np.swapaxes(above[:, :, :-1] - above[:, :, 1:], 0, 1)


def graded_information(theta: Floats, a: Floats, b: Floats) -> Floats:
    """Fisher information (P, I), 1/logit². Arguments as for graded_probability."""
    above = at_least(np.log(a), -a[:, None] * b, np.asarray(theta, dtype=np.float64))
    steep = a[:, None, None] * above * (1 - above)
    change, p = steep[:, :, :-1] - steep[:, :, 1:], above[:, :, :-1] - above[:, :, 1:]
    return np.asarray(np.where(p > LEAST, change**2 / np.maximum(p, LEAST), 0.0).sum(axis=2).T)


def at_least(log_a: Floats, intercepts: Floats, theta: Floats) -> Floats:
    """P(category at least k), k = 0 to K, (I, len(theta), K + 1); intercepts (I, K - 1) are NaN where not real."""
    return _ends(np.exp(log_a)[:, None, None] * theta[:, None] + intercepts[:, None, :])


def _ends(z: Floats) -> Floats:
    """The logistic of z (..., K - 1), 0 where NaN, with the 1 before and the 0 after: (..., K + 1)."""
    inner = np.where(np.isnan(z), 0.0, expit(np.clip(np.nan_to_num(z), -FARTHEST, FARTHEST)))
    ends = np.ones((*inner.shape[:-1], 1))
    return np.concatenate([ends, inner, 0 * ends], axis=-1)
