"""Means instead of modes: the posterior's mean and covariance over correlated domains, by quadrature.

With one domain the quadrature is the whole story (EAP). With several, the answers of each domain are brought in as one
normal factor, whose moments along the domain are those of the exact tilted posterior, and the factors are gone over until
they agree (expectation propagation). Graded and logistic items alike.
"""

from dataclasses import dataclass

import numpy as np

from chiakhoa.engines.irt.models import Bank, Floats
from chiakhoa.engines.irt.posterior import Posterior, Prior, check_answers, each

REACH = 7.0
WIDEST, FINEST = 0.25, 0.05
SWEEPS = 12
SETTLED = 1e-5
BLOCK = 4_000


def expected(items: Bank, responses: Floats, prior: Prior) -> Posterior:
    """Beliefs of P persons after all their answers: mean (P, D) and covariance (P, D, D).

    Arguments and refusals as for `posterior`. Sources: Bock & Mislevy (1982), Appl. Psychol. Meas. 6, for one domain; Minka
    (2001), Expectation Propagation, ch. 3, for several.
    """
    check_answers(items, responses)
    mean, cov = (np.array(part) for part in each(prior, len(responses)))
    nodes = _nodes(items, mean, cov)
    curves = items.curves(nodes)
    for start in range(0, len(responses), BLOCK):
        at = slice(start, start + BLOCK)
        level = _levels(items, curves, responses[at], mean.shape[1])
        factors = _Factors(mean[at], cov[at], level, nodes)
        factors.settle()
        mean[at], cov[at] = factors.mean, factors.cov
    return Posterior(mean, cov)


def _nodes(items: Bank, mean: Floats, cov: Floats) -> Floats:
    """Even nodes over all priors, close enough for the sharpest posterior that all the items together could give."""
    sd = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
    low, high = float((mean - REACH * sd).min(initial=-REACH)), float((mean + REACH * sd).max(initial=REACH))
    coarse = np.linspace(low, high, 101)
    told = items.reply(np.repeat(coarse[:, None], len(items), axis=1), np.zeros((101, len(items)))).told
    most = np.array([told[:, items.domain == domain].sum(axis=1).max(initial=0.0) for domain in range(mean.shape[1])])
    sharp = 1 / np.sqrt(1 + most.max(initial=0.0))
    spacing = np.clip(sharp, FINEST, WIDEST)
    return np.linspace(low, high, int(np.ceil((high - low) / spacing)) + 1)


def _levels(items: Bank, curves: Floats, responses: Floats, domains: int) -> Floats:
    """Log-likelihood (P, D, Q) of the answers of each domain at the nodes."""
    out = np.zeros((len(responses), domains, curves.shape[2]))
    for domain in range(domains):
        own = np.flatnonzero(items.domain == domain)
        for score in range(curves.shape[1]):
            hit = (responses[:, own] == score).astype(np.float64)
            out[:, domain] += hit @ curves[own, score]
    return out


@dataclass
class _Factors:
    """Beliefs mean (P, D), cov (P, D, D), and what the answers of each domain have added to them: precision and shift."""

    mean: Floats
    cov: Floats
    level: Floats
    nodes: Floats

    def __post_init__(self) -> None:
        self.mean, self.cov = self.mean.copy(), self.cov.copy()
        self.precision, self.shift = np.zeros_like(self.mean), np.zeros_like(self.mean)

    def settle(self) -> None:
        """Go over the domains until no mean moves."""
        for _ in range(SWEEPS if self.mean.shape[1] > 1 else 1):
            before = self.mean.copy()
            for domain in range(self.mean.shape[1]):
                self._renew(domain)
            if np.abs(self.mean - before).max(initial=0.0) < SETTLED:
                break

    def _renew(self, domain: int) -> None:
        """Take the domain's factor out, match the moments with its answers brought in, put the new factor back."""
        m, v = self.mean[:, domain], self.cov[:, domain, domain]
        left = 1 / v - self.precision[:, domain]
        usable = left > 1e-6
        without = 1 / np.where(usable, left, 1.0)
        middle = without * (m / v - self.shift[:, domain])
        new_m, new_v = self._moments(domain, middle, without)
        new_m, new_v = np.where(usable, new_m, m), np.where(usable, new_v, v)
        self.precision[:, domain] = np.where(usable, 1 / new_v - left, self.precision[:, domain])
        self.shift[:, domain] = np.where(usable, new_m / new_v - middle / without, self.shift[:, domain])
        along = self.cov[:, :, domain] / v[:, None]
        self.mean += along * (new_m - m)[:, None]
        self.cov += (new_v - v)[:, None, None] * along[:, :, None] * along[:, None, :]

    def _moments(self, domain: int, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
        """Mean and variance (P,) of normal times likelihood along the domain."""
        weight = self.level[:, domain] - 0.5 * (self.nodes - mean[:, None]) ** 2 / variance[:, None]
        weight = np.exp(weight - weight.max(axis=1, keepdims=True))
        total = weight.sum(axis=1)
        new = weight @ self.nodes / total
        return new, np.maximum(weight @ self.nodes**2 / total - new**2, 1e-8)
