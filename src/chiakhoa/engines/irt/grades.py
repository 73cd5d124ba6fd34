"""From an estimate with its error to grades: the chance of each, the grade of the mean, the interval."""

import numpy as np
from scipy.special import ndtr, ndtri

from chiakhoa.engines.irt.models import Floats, Ints


def reach(mean: Floats, se: Floats, cuts: Floats) -> Floats:
    """Probability of reaching each grade: ability normal (mean, se), grade g reached at or above cuts[g - 1].

    mean, se : (...,) logits.   cuts : (G,) ascending.   Returns (..., G), falling along the last axis.
    """
    return np.asarray(ndtr((np.asarray(mean)[..., None] - cuts) / np.asarray(se)[..., None]), dtype=np.float64)


def grade(mean: Floats, cuts: Floats) -> Ints:
    """The highest grade whose cut the mean reaches; 0 below the first cut. cuts : (G,) ascending, logits."""
    return np.searchsorted(cuts, mean, side="right")


def interval(mean: Floats, se: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """The central interval that holds the ability with this probability: (low, high), logits."""
    half = float(ndtri(0.5 + level / 2)) * np.asarray(se)
    return np.asarray(mean - half, dtype=np.float64), np.asarray(mean + half, dtype=np.float64)
