"""What has changed between two measurements of the same person, with its error: a smoother over the states between them.

The difference of two states is no estimate of change: the second was reached from the first, so their errors go together, and
each is pulled to the prior. What is asked for is the posterior of the change itself.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from chiakhoa.engines.irt.models import Floats


class Step(NamedTuple):
    """A later observation: the covariance (..., D, D) that abilities were given to move before it, and beliefs after it."""

    noise: Floats
    mean: Floats
    cov: Floats


def change(mean: Floats, cov: Floats, steps: Iterable[Step]) -> tuple[Floats, Floats]:
    """Mean (..., D) and covariance (..., D, D) of the ability now less the ability at the first of these states.

    mean (..., D), cov (..., D, D) : beliefs after the first observation.   steps : the observations after it, oldest first.
    Abilities walk at random, θ' = θ + w, w ~ N(0, Q) of its own, and all beliefs are normal. Then an earlier ability, given a
    later one, depends on no answer after it: θ | θ' ~ N(m + G (θ' − m), C − G P G'), P = C + Q, G = C P⁻¹. These regressions
    are chained from the first state to the last, whose belief is known. For one step, with J = Q P⁻¹ = I − G, it comes to
    mean J (m₂ − m₁) and covariance Q − J Q + J C₂ J'. Where Q is 0 nothing has changed, and the answer says so.
    Source: Rauch, Tung & Striebel (1965), AIAA Journal 3; Särkkä (2013), Bayesian Filtering and Smoothing, ch. 8.
    """
    before, spread = np.asarray(mean, dtype=np.float64), np.asarray(cov, dtype=np.float64)
    unit = np.eye(before.shape[-1])
    slope, level, left = unit, np.zeros_like(before), np.zeros_like(spread)
    for step in steps:
        predicted = spread + step.noise
        gain = _turned(np.asarray(np.linalg.solve(predicted, spread), dtype=np.float64))
        level = level + _times(slope, before - _times(gain, before))
        left = left + slope @ (spread - gain @ predicted @ _turned(gain)) @ _turned(slope)
        slope = slope @ gain
        before, spread = np.asarray(step.mean, dtype=np.float64), np.asarray(step.cov, dtype=np.float64)
    moved = unit - slope
    return _times(moved, before) - level, left + moved @ spread @ _turned(moved)


def _times(matrix: Floats, vector: Floats) -> Floats:
    return np.asarray((matrix @ vector[..., None])[..., 0], dtype=np.float64)


def _turned(matrix: Floats) -> Floats:
    return np.swapaxes(matrix, -1, -2)
