"""The mean and the correlations of abilities, estimated from answers instead of assumed.

Owns the estimate of a normal population over domains when items are known; calibration of items is in `calibrate`.
"""

import numpy as np

from chiakhoa.engines.irt.models import Floats, Items
from chiakhoa.engines.irt.posterior import Prior, posterior


def estimate_population(
    items: Items, responses: Floats, start: Prior, *, tolerance: float = 1e-3, rounds: int = 100
) -> tuple[Prior, bool]:
    """The normal population that best explains the answers, and whether the rounds settled within the tolerance (logits).

    responses : (P, I), 1 right, 0 wrong, NaN not shown.   start : one for all.   EM with the Laplace posterior: the mean of
    the persons' means, the covariance of those with the persons' own added. With fewer than about ten answers a domain the
    Laplace step understates variances. Source: Dempster, Laird & Rubin (1977), J. R. Stat. Soc. B 39; Raudenbush, Yang &
    Yosef (2000), J. Comput. Graph. Stat. 9.
    """
    if len(responses) < 2:
        raise ValueError(f"need at least two persons to estimate a population, got {len(responses)}")
    prior = start
    for _ in range(rounds):
        after = posterior(items, responses, prior)
        mean = after.mean.mean(axis=0)
        away = after.mean - mean
        covariance = after.cov.mean(axis=0) + away.T @ away / len(away)
        change = max(np.abs(mean - prior.mean).max(), np.abs(covariance - prior.covariance).max())
        prior = Prior(mean, covariance)
        if change < tolerance:
            return prior, True
    return prior, False


def correlations(prior: Prior) -> Floats:
    """The correlations (D, D) of a population's domains."""
    sd = np.sqrt(np.diagonal(prior.covariance))
    return np.asarray(prior.covariance / np.outer(sd, sd))
