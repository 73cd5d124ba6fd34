"""Items and their response function: the three-parameter logistic model, of which 2PL (c = 0) and 1PL (one slope) are cases.

Every item loads on one domain; abilities and difficulties are in logits.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Items:
    """A bank of I items.

    domain : (I,) index of the domain each loads on.   a, b, c : (I,) slope (1/logit, > 0), difficulty (logits), guessing
    (0 <= c < 1). Raises ValueError naming the first item out of range.
    """

    domain: Ints
    a: Floats
    b: Floats
    c: Floats

    def __post_init__(self) -> None:
        for name, kind in (("domain", np.intp), ("a", np.float64), ("b", np.float64), ("c", np.float64)):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=kind))
        sizes = {array.shape for array in (self.domain, self.a, self.b, self.c)}
        if len(sizes) != 1 or self.domain.ndim != 1:
            raise ValueError(f"domain, a, b, c must be vectors of one length, got shapes {sorted(sizes)}")
        bad = np.flatnonzero(~((self.a > 0) & (self.c >= 0) & (self.c < 1) & np.isfinite(self.b) & (self.domain >= 0)))
        if bad.size:
            i = int(bad[0])
            raise ValueError(
                f"item {i}: need a > 0, finite b, 0 <= c < 1 and domain >= 0, "
                f"got a={self.a[i]}, b={self.b[i]}, c={self.c[i]}, domain={self.domain[i]}"
            )

    def __len__(self) -> int:
        return int(self.domain.size)

    def take(self, index: ArrayLike) -> "Items":
        """The items at these places, in this order."""
        at = np.asarray(index)
        return Items(self.domain[at], self.a[at], self.b[at], self.c[at])


def probability(theta: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """Probability of a right answer, c + (1 - c) / (1 + exp(-a (theta - b))).

    The arguments broadcast: theta (P, 1) against items (I,) gives (P, I). Source: Birnbaum (1968), in Lord & Novick,
    Statistical Theories of Mental Test Scores, ch. 17.
    """
    return np.asarray(c + (1 - c) / (1 + np.exp(-a * (theta - b))), dtype=np.float64)


def information(theta: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """Fisher information of the answers, 1/logit², never negative. The arguments broadcast.

    Source: Lord (1980), Applications of Item Response Theory to Practical Testing Problems, ch. 5.
    """
    p = probability(theta, a, b, c)
    return np.asarray(a**2 * (1 - p) / p * ((p - c) / (1 - c)) ** 2, dtype=np.float64)
