"""How well people meet an opening: the chance of each required grade from the state. Pure arithmetic on estimates.

A requirement counts as met where the chance of reaching its grade is at least one half; whoever meets fewer than half of
the requirements is not acceptable.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiakhoa.engines import irt

Floats = NDArray[np.float64]
MET = 0.5
LEAST_SHARE_MET = 0.5


@dataclass(frozen=True)
class Fit:
    """People against the requirements of one opening: chance (P, R) of each, score (P,) their mean."""

    chance: Floats

    @property
    def score(self) -> Floats:
        """The mean chance of the requirements, 0 to 1; 1 for an opening that asks for nothing."""
        return self.chance.mean(axis=1) if self.chance.shape[1] else np.ones(len(self.chance))

    @property
    def met(self) -> NDArray[np.bool_]:
        """Which requirements count as met (P, R)."""
        return self.chance >= MET

    @property
    def acceptable(self) -> NDArray[np.bool_]:
        """Whom the opening would take (P,): everybody, where it asks for nothing."""
        return self.met.sum(axis=1) >= LEAST_SHARE_MET * self.chance.shape[1]


def fit(mean: Floats, se: Floats, domains: list[int], grades: list[int], cuts: Floats) -> Fit:
    """mean, se (P, D) of people; each requirement's domain index and grade (R,); cuts (G,)."""
    columns = [
        irt.reach(mean[:, domain], se[:, domain], cuts)[:, grade - 1]
        for domain, grade in zip(domains, grades, strict=True)
    ]
    return Fit(np.column_stack(columns) if columns else np.zeros((len(mean), 0)))
