"""The mean ability of a group from what short tests said of its members: each counts by the information it gave."""

from dataclasses import dataclass

import numpy as np

from chiakhoa.engines.irt.models import Floats
from chiakhoa.engines.irt.posterior import Prior

VAGUE = 4.0  # the mean of the group may lie this many times as far from the prior's as a person: it hardly draws


@dataclass(frozen=True)
class GroupMean:
    """mean (D,) and its covariance (D, D), logits."""

    mean: Floats
    covariance: Floats

    @property
    def se(self) -> Floats:
        """Standard errors (D,)."""
        return np.sqrt(np.diagonal(self.covariance))


def group_mean(mean: Floats, cov: Floats, prior: Prior) -> GroupMean:
    """The mean of a group whose members differ as the prior says, where the prior's own mean is not believed.

    mean (P, D), cov (P, D, D): what was believed of each member after their answers, from `prior` (mean (D,), covariance
    (D, D)). The prior is taken out of each again: information L = inverse(cov) - inverse(prior covariance), and what remains
    is an observation of the member with that precision, who is drawn around the group's mean. Its weight is therefore
    W = L - L cov L, and the group's mean is the W-weighted mean of the observations: a mean of the members' own posterior
    means would be drawn to the prior, and short tests most of all. Generalised least squares with known components of
    variance (Searle, Casella & McCulloch 1992, Variance Components, ch. 3). Raises ValueError for an empty group.
    """
    if not len(mean):
        raise ValueError("need at least one member to speak of a group")
    before = np.linalg.inv(prior.covariance)
    after = np.linalg.inv(cov)
    told = after - before
    carried = np.eye(len(before)) - told @ cov
    weight = carried @ told
    seen = (after @ mean[..., None])[..., 0] - before @ prior.mean
    weighed = (carried @ seen[..., None])[..., 0]
    vague = before / VAGUE**2
    covariance = np.linalg.inv(vague + weight.sum(axis=0))
    found = covariance @ (vague @ prior.mean + weighed.sum(axis=0))
    return GroupMean(np.asarray(found), np.asarray((covariance + covariance.T) / 2))
