"""Adaptive testing for many persons at once: which item next, and when enough has been asked.

The same three functions serve one person on a phone and twenty thousand in a simulation.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiakhoa.engines.irt.models import Floats, Ints, Items, information, probability
from chiakhoa.engines.irt.posterior import Prior, assume_density

Bools = NDArray[np.bool_]
BLOCK = 50_000


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
    mean: Floats,
    cov: Floats,
    items: Items,
    shown: Bools,
    blueprint: Blueprint,
    noise: Floats,
    *,
    best: int = 4,
    enemy: Ints | None = None,
) -> Ints:
    """The next item of each person (P,), or -1 where none is left.

    mean (P, D), cov (P, D, D), shown (P, I) True where the person has had the item, noise (P,) uniform in [0, 1),
    enemy (I,) groups of which only one item may be shown, -1 for none.
    Value of an item: the D-optimal gain log(1 + I v) of its domain, v the variance and I the information at the mean,
    attenuated by the uncertainty of the ability, I / (1 + I v / 2), so that a sharp item beside a vague estimate is not
    overrated. A domain short of its minimum comes first when nothing else fits any more. Among the `best` items the noise
    picks one: exposure control by randomesque choice (Kingsbury & Zara 1989, Appl. Meas. Educ. 2). D-optimality: Segall
    (1996), Psychometrika 61.
    """
    out = np.full(len(mean), -1, dtype=np.intp)
    rows = max(1, BLOCK // max(len(items), 1))
    for start in range(0, len(mean), rows):
        at = slice(start, start + rows)
        gain = _gain(mean[at], cov[at], items)
        gain[_closed(items, shown[at], blueprint, enemy)] = -np.inf
        out[at] = _among_best(gain, noise[at], best)
    return out


def _gain(mean: Floats, cov: Floats, items: Items) -> Floats:
    """What each item is worth to each person (P, I); the logarithm is left out, as it changes no order."""
    told = information(mean[:, items.domain], items.a, items.b, items.c, items.d)
    spread = np.diagonal(cov, axis1=1, axis2=2)[:, items.domain]
    told *= spread
    return np.asarray(told / (1 + 0.5 * told))


def _among_best(value: Floats, noise: Floats, best: int) -> Ints:
    """One of the best items (P,) of values (P, I), by noise; -1 where all are barred."""
    who, k = np.arange(len(value)), min(best, value.shape[1])
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


def sit(
    theta: Floats,
    items: Items,
    prior: Prior,
    blueprint: Blueprint,
    seed: int,
    *,
    best: int = 4,
    enemy: Ints | None = None,
) -> Sittings:
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
        item = choose(mean[who], cov[who], items, shown[who], blueprint, chance[who, 2 * step], best=best, enemy=enemy)
        who, item = who[item >= 0], item[item >= 0]
        if not who.size:
            break
        asked = items.take(item)
        d, a, b, c = asked.domain, asked.a, asked.b, asked.c
        right = (chance[who, 2 * step + 1] < probability(theta[who, d], a, b, c, asked.d)).astype(np.float64)
        mean[who], cov[who] = assume_density(mean[who], cov[who], d, a, b, c, right, asked.d)
        shown[who, item], index[who, step], score[who, step] = True, item, right
        counts[who, d] += 1
    return Sittings(index, score, mean, cov, (index >= 0).sum(axis=1))


def _closed(items: Items, shown: Bools, blueprint: Blueprint, enemy: Ints | None) -> Bools:
    """(P, I): items shown, their enemies, and where what is lacking of a domain is all that still fits, all others.

    So the choice stays free as long as it can. A domain with nothing left to show is not waited for.
    """
    loads = (items.domain[:, None] == np.arange(len(blueprint.minimum_per_domain))).astype(np.float64)
    counts = shown @ loads
    closed = shown if enemy is None else shown | _beside_enemies(shown, enemy)
    available = loads.sum(axis=0) - (counts if enemy is None else closed @ loads)
    lacking = np.minimum(np.maximum(blueprint.minimum_per_domain - counts, 0), available)
    needed = lacking.sum(axis=1)
    restrict = (needed > 0) & (needed >= blueprint.maximum_length - counts.sum(axis=1))
    if not restrict.any():
        return closed
    return np.asarray(closed | (restrict[:, None] & (lacking <= 0)[:, items.domain]))


def _beside_enemies(shown: Bools, enemy: Ints) -> Bools:
    """(P, I): items of a group of which the person has had one."""
    grouped = enemy >= 0
    member = (enemy[:, None] == np.unique(enemy[grouped])).astype(np.float64)
    return np.asarray((shown @ member) @ member.T > 0)


def _streams(persons: int, length: int, seed: int) -> Floats:
    """Uniform chances (persons, length): row p depends on the seed and p alone."""
    return np.stack([np.random.default_rng([seed, p]).random(length) for p in range(persons)])
