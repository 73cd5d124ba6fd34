"""Adaptive testing for many persons at once: which item next, and when enough has been asked.

The same three functions serve one person on a phone and twenty thousand in a simulation.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiakhoa.engines.irt.models import Floats, Ints, Items, information, probability
from chiakhoa.engines.irt.posterior import Prior, assume_density

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Blueprint:
    """What a test must hold: least items of each domain (D,), most items in all, target standard error of each domain (D,)."""

    minimum_per_domain: Ints
    maximum_length: int
    target_se: Floats


@dataclass(frozen=True)
class Sittings:
    """Simulated tests: shown (P, L) item index or -1, score (P, L), mean (P, D), cov (P, D, D), length (P,)."""

    shown: Ints
    score: Floats
    mean: Floats
    cov: Floats
    length: Ints


def choose(
    mean: Floats, cov: Floats, items: Items, shown: Bools, blueprint: Blueprint, noise: Floats, *, best: int = 4
) -> Ints:
    """The next item of each person (P,), or -1 where none is left.

    mean (P, D), cov (P, D, D), shown (P, I) True where the person has had the item, noise (P,) uniform in [0, 1).
    Value of an item: the D-optimal gain log(1 + I v) of its domain, with I the information at the mean, attenuated by the
    uncertainty v of the ability (a² pq / (1 + a² v pq · 0.5), so that a sharp item far from a vague estimate is not
    overrated). A domain short of its minimum comes first, whatever its value. Among the `best` items the noise picks one:
    exposure control by randomesque choice (Kingsbury & Zara 1989). D-optimality: Segall (1996), Psychometrika 61.
    """
    who = np.arange(len(mean))
    variance = np.diagonal(cov, axis1=1, axis2=2)
    told = information(mean[:, items.domain], items.a, items.b, items.c)
    spread = variance[:, items.domain]
    value = np.log1p(told / (1 + 0.5 * told * spread) * spread)
    value = np.where(shown | ~_allowed(items, shown, blueprint), -np.inf, value)
    k = min(best, len(items))
    top = np.argpartition(-value, k - 1, axis=1)[:, :k]
    top = np.take_along_axis(top, np.argsort(-np.take_along_axis(value, top, axis=1), axis=1, kind="stable"), axis=1)
    open_now = np.isfinite(np.take_along_axis(value, top, axis=1)).sum(axis=1)
    pick = np.minimum((noise * open_now).astype(np.intp), np.maximum(open_now - 1, 0))
    return np.where(open_now > 0, top[who, pick], -1)


def finished(cov: Floats, counts: Ints, blueprint: Blueprint) -> Bools:
    """Whether each person's test may end (P,): the length is reached, or every domain has its minimum and its precision.

    cov (P, D, D), counts (P, D) items answered in each domain.
    """
    se = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
    enough = (counts >= blueprint.minimum_per_domain).all(axis=1) & (se <= blueprint.target_se).all(axis=1)
    return np.asarray(enough | (counts.sum(axis=1) >= blueprint.maximum_length))


def sit(theta: Floats, items: Items, prior: Prior, blueprint: Blueprint, seed: int, *, best: int = 4) -> Sittings:
    """Simulate an adaptive test for each true ability.

    theta (P, D); prior for all, or one each (mean (P, D)). Each person has a stream of chance of its own, so that nobody's
    test depends on who sits beside them. O(P · I) a step.
    """
    persons, domains = theta.shape
    mean = np.array(np.broadcast_to(prior.mean, (persons, domains)), dtype=np.float64)
    cov = np.array(np.broadcast_to(prior.covariance, (persons, domains, domains)), dtype=np.float64)
    length = min(blueprint.maximum_length, len(items))
    chance = _streams(persons, 2 * length, seed)
    shown = np.zeros((persons, len(items)), dtype=bool)
    index = np.full((persons, length), -1, dtype=np.intp)
    score = np.zeros((persons, length))
    counts = np.zeros((persons, domains), dtype=np.intp)
    for step in range(length):
        who = np.flatnonzero(~finished(cov, counts, blueprint))
        item = choose(mean[who], cov[who], items, shown[who], blueprint, chance[who, 2 * step], best=best)
        who, item = who[item >= 0], item[item >= 0]
        if not who.size:
            break
        d, a, b, c = items.domain[item], items.a[item], items.b[item], items.c[item]
        right = (chance[who, 2 * step + 1] < probability(theta[who, d], a, b, c)).astype(np.float64)
        mean[who], cov[who] = assume_density(mean[who], cov[who], d, a, b, c, right)
        shown[who, item], index[who, step], score[who, step] = True, item, right
        counts[who, d] += 1
    return Sittings(index, score, mean, cov, (index >= 0).sum(axis=1))


def _allowed(items: Items, shown: Bools, blueprint: Blueprint) -> Bools:
    """(P, I): items of domains that are short of their minimum, where any is and has items left; else all.

    Short domains are served only when the items left in the test are just enough or none was asked there yet, so that the
    choice stays free as long as it can.
    """
    domains = len(blueprint.minimum_per_domain)
    loads = (items.domain[:, None] == np.arange(domains)).astype(np.float64)
    counts = shown @ loads
    lacking = np.maximum(blueprint.minimum_per_domain - counts, 0)
    left = blueprint.maximum_length - counts.sum(axis=1)
    urgent = lacking.sum(axis=1) >= left
    available = (~shown).astype(np.float64) @ loads > 0
    short = (lacking > 0) & available
    restrict = urgent & short.any(axis=1)
    return np.where(restrict[:, None], short[:, items.domain], True)


def _streams(persons: int, length: int, seed: int) -> Floats:
    """Uniform chances (persons, length): row p depends on the seed and p alone."""
    return np.stack([np.random.default_rng([seed, p]).random(length) for p in range(persons)])
