"""Where the band of a grade lies on the scale."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def middle_of_band(grade: int, cuts: Sequence[float] | Floats) -> float:
    """The middle (logits) of a grade's band; the outer ones (8, and 0 below 1) are as wide as their neighbour."""
    last = len(cuts)
    if not 0 <= grade <= last:
        raise ValueError(f"grade {grade}: there are grades 0 to {last}")
    low = cuts[grade - 1] if grade else 2 * cuts[0] - cuts[1]
    high = cuts[grade] if grade < last else 2 * cuts[-1] - cuts[-2]
    return float((low + high) / 2)
