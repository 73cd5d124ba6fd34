"""The mean and the covariance of abilities, estimated from answers instead of assumed.

Owns the estimate of a normal population over domains when items are known; calibration of items is in `calibrate`. Answers of
adaptive tests will do: which items were shown depends only on answers that are in the table.
"""

import numpy as np

from chiakhoa.engines.irt.accelerate import climb
from chiakhoa.engines.irt.expected import expected
from chiakhoa.engines.irt.models import Bank, Floats
from chiakhoa.engines.irt.posterior import Prior


def estimate_population(
    items: Bank, responses: Floats, start: Prior, *, tolerance: float = 1e-3, rounds: int = 100
) -> tuple[Prior, bool]:
    """The normal population that best explains the answers, and whether the rounds settled within the tolerance (logits).

    responses : (P, I), 1 right, 0 wrong (or the score of a graded item), NaN not shown.   start : one for all.   EM with
    posterior means by quadrature: the mean of the persons' means, the covariance of those with the persons' own added.
    Rounds are accelerated in the covariance's Cholesky factor, so that every point tried is a covariance. Raises ValueError
    for fewer than two persons. Sources: Dempster, Laird & Rubin (1977), J. R. Stat. Soc. B 39; for EM with expectation
    propagation, Minka & Lafferty (2002), UAI.
    """
    if len(responses) < 2:
        raise ValueError(f"need at least two persons to estimate a population, got {len(responses)}")
    size = len(start.mean)

    def step(point: Floats) -> tuple[Floats, float]:
        """One EM round. The height is left out: the plain step is always a good one, and mixed ones are kept short."""
        before = _unpack(point, size)
        after = expected(items, responses, before)
        mean = after.mean.mean(axis=0)
        away = after.mean - mean
        return _pack(Prior(mean, after.cov.mean(axis=0) + away.T @ away / len(away))), 0.0

    found = climb(step, _pack(start), tolerance=tolerance, rounds=rounds)
    return _unpack(found.x, size), found.converged


def correlations(prior: Prior) -> Floats:
    """The correlations (D, D) of a population's domains."""
    sd = np.sqrt(np.diagonal(prior.covariance))
    return np.asarray(prior.covariance / np.outer(sd, sd))


def _pack(prior: Prior) -> Floats:
    """Mean and Cholesky factor as one vector, the factor's diagonal as logarithm."""
    size = len(prior.mean)
    root = np.linalg.cholesky(prior.covariance)
    root[np.diag_indices(size)] = np.log(root.diagonal())
    return np.concatenate([prior.mean, root[np.tril_indices(size)]])


def _unpack(point: Floats, size: int) -> Prior:
    root = np.zeros((size, size))
    root[np.tril_indices(size)] = point[size:]
    root[np.diag_indices(size)] = np.exp(np.clip(root.diagonal(), -6, 2))
    return Prior(point[:size], np.asarray(root @ root.T))
