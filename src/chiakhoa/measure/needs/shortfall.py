"""How far people are below a required grade, from what is known of them: pure arithmetic on estimates.

A person's ability in a domain is normal with mean m and standard error s; the required grade begins at `cut`.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]


def probability_short(mean: Floats, se: Floats, cut: Floats) -> Floats:
    """Probability of lying below the cut. Arrays broadcast; all in logits."""
    return np.asarray(ndtr((cut - mean) / se), dtype=np.float64)


def expected_depth(mean: Floats, se: Floats, cut: Floats) -> Floats:
    """Expected distance below the cut, E[max(0, cut - ability)], in logits.

    The mean of a rectified normal: s (z Φ(z) + φ(z)) with z = (cut - m) / s (Johnson, Kotz & Balakrishnan 1994, ch. 13).
    """
    z = (cut - mean) / se
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return np.asarray(se * (z * ndtr(z) + density), dtype=np.float64)
