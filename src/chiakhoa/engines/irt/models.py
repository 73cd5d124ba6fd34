"""Items and their response function: the four-parameter logistic model.

3PL (d = 1), 2PL (c = 0, d = 1) and 1PL (one slope) are its cases; answers in ordered categories are in `graded`.
Every item loads on one domain; abilities and difficulties are in logits. `Bank` is what estimates of ability ask of items.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
Singles = NDArray[np.float32]
FARTHEST = 30.0
LEAST = 1e-12


class Reply(NamedTuple):
    """What answers say at abilities, each (P, I) and 0 where an item was not shown.

    level : log-probability of the answer.   slope : its derivative in the ability.   told : Fisher information.
    """

    level: Floats
    slope: Floats
    told: Floats


class Bank(Protocol):
    """Items of any model, each on one domain, as estimates of ability need them."""

    @property
    def domain(self) -> Ints:
        """The domain of each item (I,)."""

    def __len__(self) -> int:
        """How many items."""

    def highest(self) -> Ints:
        """The highest score of each item (I,); the lowest is 0."""

    def reply(self, theta: Floats, answer: Floats) -> Reply:
        """What answers (P, I), NaN where not shown, say at abilities (P, I) along each item's domain."""

    def curves(self, nodes: Floats) -> Floats:
        """Log-probabilities (I, K, Q) of the scores 0 to K - 1 at abilities (Q,)."""

    def take(self, index: ArrayLike) -> "Bank":
        """The items at these places, in this order."""


@dataclass(frozen=True)
class Items:
    """A bank of I items.

    domain : (I,) index of the domain each loads on.   a, b, c : (I,) slope (1/logit, > 0), difficulty (logits), guessing
    (0 <= c < 1).   d : (I,), or one for all, the chance of the ablest (c < d <= 1). Raises ValueError naming the first item
    out of range.
    """

    domain: Ints
    a: Floats
    b: Floats
    c: Floats
    d: Floats = field(default_factory=lambda: np.ones(()))

    def __post_init__(self) -> None:
        for name, kind in (
            ("domain", np.intp),
            ("a", np.float64),
            ("b", np.float64),
            ("c", np.float64),
            ("d", np.float64),
        ):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=kind))
        if self.d.ndim == 0:
            object.__setattr__(self, "d", np.broadcast_to(self.d, self.domain.shape))
        sizes = {array.shape for array in (self.domain, self.a, self.b, self.c, self.d)}
        if len(sizes) != 1 or self.domain.ndim != 1:
            raise ValueError(f"domain, a, b, c, d must be vectors of one length, got shapes {sorted(sizes)}")
        self._check_ranges()

    def _check_ranges(self) -> None:
        curve = (self.a > 0) & np.isfinite(self.a) & np.isfinite(self.b)
        bad = np.flatnonzero(~(curve & (self.c >= 0) & (self.c < self.d) & (self.d <= 1) & (self.domain >= 0)))
        if bad.size:
            i = int(bad[0])
            raise ValueError(
                f"item {i}: need a > 0, finite b, 0 <= c < d <= 1 and domain >= 0, "
                f"got a={self.a[i]}, b={self.b[i]}, c={self.c[i]}, d={self.d[i]}, domain={self.domain[i]}"
            )

    def __len__(self) -> int:
        return int(self.domain.size)

    def highest(self) -> Ints:
        """As the protocol says."""
        return np.ones(len(self), dtype=np.intp)

    def reply(self, theta: Floats, answer: Floats) -> Reply:
        """As the protocol says."""
        shown = ~np.isnan(answer)
        p = np.clip(probability(theta, self.a, self.b, self.c, self.d), LEAST, 1 - LEAST)
        steep = self.a * (p - self.c) * (self.d - p) / (self.d - self.c) / (p * (1 - p))
        level = np.where(answer > 0.5, np.log(p), np.log1p(-p))
        slope, told = steep * (np.where(shown, answer, p) - p), steep**2 * p * (1 - p)
        return Reply(np.where(shown, level, 0.0), slope, np.where(shown, told, 0.0))

    def curves(self, nodes: Floats) -> Floats:
        """As the protocol says."""
        p = probability(nodes, *(part[:, None] for part in (self.a, self.b, self.c, self.d)))
        p = np.clip(p, LEAST, 1 - LEAST)
        return np.stack([np.log1p(-p), np.log(p)], axis=1)

    @cached_property
    def singles(self) -> tuple[Singles, ...]:
        """a, a b, c, d - c, 1 - d and a (d - c) in single precision, for choosing among many items."""
        reach = self.d - self.c
        parts = (self.a, self.a * self.b, self.c, reach, 1 - self.d, self.a * reach)
        return tuple(part.astype(np.float32) for part in parts)

    def take(self, index: ArrayLike) -> "Items":
        """The items at these places, in this order."""
        at = np.asarray(index)
        return Items(self.domain[at], self.a[at], self.b[at], self.c[at], self.d[at])


def probability(theta: Floats, a: Floats, b: Floats, c: Floats, d: Floats | float = 1.0) -> Floats:
    """Probability of a right answer, c + (d - c) / (1 + exp(-a (theta - b))), strictly between 0 and 1.

    The arguments broadcast: theta (P, 1) against items (I,) gives (P, I). Sources: Birnbaum (1968), in Lord & Novick,
    Statistical Theories of Mental Test Scores, ch. 17; Barton & Lord (1981), ETS RR-81-20, for d < 1.
    """
    z = np.minimum(np.maximum(a * (theta - b), -FARTHEST), FARTHEST)
    return np.asarray(c + (d - c) * expit(z), dtype=np.float64)


def information(theta: Floats, a: Floats, b: Floats, c: Floats, d: Floats | float = 1.0) -> Floats:
    """Fisher information of the answers, 1/logit², never negative. The arguments broadcast.

    Source: Lord (1980), Applications of Item Response Theory to Practical Testing Problems, ch. 5.
    """
    z = np.asarray(a * (theta - b))
    decay = np.exp(-np.minimum(np.abs(z), FARTHEST))
    near = 1 / (1 + decay)
    steep = (d - c) * decay * near**2
    rise = np.where(z > 0, near, decay * near)
    right, wrong = c + (d - c) * rise, (1 - d) + (d - c) * np.where(z > 0, decay * near, near)
    return np.asarray((a * steep) ** 2 / (right * wrong), dtype=np.float64)
