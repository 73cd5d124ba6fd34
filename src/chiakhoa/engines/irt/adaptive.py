"""Which item next, for many persons at once. The same functions serve one person on a phone and thousands in a simulation."""

from dataclasses import dataclass

import numpy as np

from chiakhoa.engines.irt.blueprint import Blueprint, finished, open_items, tally
from chiakhoa.engines.irt.models import Bools, Floats, Ints, Items, information, probability
from chiakhoa.engines.irt.posterior import Prior, assume_density

BLOCK = 50_000


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
    allowed: Bools | None = None,
    eligible: Bools | None = None,
) -> Ints:
    """The next item of each person (P,), or -1 where none is left.

    mean (P, D), cov (P, D, D), shown (P, I) True where the person has had the item, noise (P,) uniform in [0, 1).
    allowed : (P, I) or (I,), False where the item does not suit the person (language, aids).   eligible : (P, I), False where
    the item should rest (see `exposure`).
    Value of an item: the D-optimal gain log(1 + I v) of its domain, v the variance and I the information at the mean,
    attenuated by the uncertainty of the ability, I / (1 + I v / 2), so that a sharp item beside a vague estimate is not
    overrated. Domains that are at their target wait until the others are, too. Among the `best` items the noise picks one:
    randomesque choice (Kingsbury & Zara 1989, Appl. Meas. Educ. 2). D-optimality: Segall (1996), Psychometrika 61.
    """
    out = np.full(len(mean), -1, dtype=np.intp)
    rows = max(1, BLOCK // max(len(items), 1))
    for start in range(0, len(mean), rows):
        at = slice(start, start + rows)
        free = open_items(items, shown[at], blueprint, _of(allowed, at))
        if eligible is not None:
            free = _rather(free, eligible[at])
        free = _rather(free, _unmet(cov[at], items, shown[at], blueprint))
        gain = _gain(mean[at], cov[at], items)
        out[at] = _among_best(np.where(free, gain, -np.inf), noise[at], best)
    return out


def _of(table: Bools | None, who: Ints | slice) -> Bools | None:
    """The rows of some of the persons, where the table (P, I) has rows at all."""
    return table if table is None or table.ndim == 1 else np.asarray(table[who])


def _rather(free: Bools, better: Bools) -> Bools:
    """The better ones of the free items (P, I), or all the free ones of a person who has no better."""
    both = free & better
    return np.where(np.asarray(both.any(axis=1))[:, None], both, free)


def _unmet(cov: Floats, items: Items, shown: Bools, blueprint: Blueprint) -> Bools:
    """Items (P, I) of domains that are not at their target or lack items."""
    se = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
    counts = tally(shown, items.domain, se.shape[1])
    return np.asarray(((se > blueprint.target_se) | (counts < blueprint.minimum_per_domain))[:, items.domain])


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


def sit(
    theta: Floats,
    items: Items,
    prior: Prior,
    blueprint: Blueprint,
    seed: int,
    *,
    best: int = 4,
    allowed: Bools | None = None,
    eligible: Bools | None = None,
) -> Sittings:
    """Simulate an adaptive test for each true ability.

    theta (P, D); prior for all, or one each (mean (P, D)); the other arguments as for `choose`. Each person has a stream of
    chance of its own, so that nobody's test depends on who sits beside them. O(P · I) a step.
    """
    length = min(blueprint.maximum_length, len(items))
    room = _Room.of(theta, items, prior, blueprint, length)
    chance = _streams(len(theta), 2 * length, seed)
    for step in range(length):
        who = np.flatnonzero(~room.done())
        suits, rested = _of(allowed, who), _of(eligible, who)
        noise = chance[who, 2 * step]
        item = choose(
            room.mean[who],
            room.cov[who],
            items,
            room.shown[who],
            blueprint,
            noise,
            best=best,
            allowed=suits,
            eligible=rested,
        )
        who, item = who[item >= 0], item[item >= 0]
        if not who.size:
            break
        room.ask(step, who, item, chance[who, 2 * step + 1])
    return Sittings(room.index, room.score, room.mean, room.cov, (room.index >= 0).sum(axis=1))


@dataclass
class _Room:
    """People in the middle of their tests."""

    theta: Floats
    items: Items
    blueprint: Blueprint
    mean: Floats
    cov: Floats
    shown: Bools
    index: Ints
    score: Floats

    @classmethod
    def of(cls, theta: Floats, items: Items, prior: Prior, blueprint: Blueprint, length: int) -> "_Room":
        """Everybody before the first item."""
        persons, domains = theta.shape
        mean = np.array(np.broadcast_to(prior.mean, (persons, domains)), dtype=np.float64)
        cov = np.array(np.broadcast_to(prior.covariance, (persons, domains, domains)), dtype=np.float64)
        index, score = np.full((persons, length), -1, dtype=np.intp), np.zeros((persons, length))
        shown = np.zeros((persons, len(items)), dtype=bool)
        return cls(theta, items, blueprint, mean, cov, shown, index, score)

    def done(self) -> Bools:
        """Whose test may end."""
        counts = tally(self.shown, self.items.domain, self.mean.shape[1])
        content = self.blueprint.content
        parts = None if content is None else tally(self.shown, content.of, len(content.least))
        return finished(self.cov, counts, self.blueprint, mean=self.mean, parts=parts)

    def ask(self, step: int, who: Ints, item: Ints, chance: Floats) -> None:
        """Let some answer an item each, and believe what they answered."""
        asked = self.items.take(item)
        domain = asked.domain
        p = probability(self.theta[who, domain], asked.a, asked.b, asked.c, asked.d)
        right = (chance < p).astype(np.float64)
        self.mean[who], self.cov[who] = assume_density(
            self.mean[who], self.cov[who], domain, asked.a, asked.b, asked.c, right, asked.d
        )
        self.shown[who, item], self.index[who, step], self.score[who, step] = True, item, right


def _streams(persons: int, length: int, seed: int) -> Floats:
    """Uniform chances (persons, length): row p depends on the seed and p alone."""
    return np.stack([np.random.default_rng([seed, p]).random(length) for p in range(persons)])
