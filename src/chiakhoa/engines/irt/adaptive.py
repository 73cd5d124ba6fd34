"""Which item next, for many persons at once. The same functions serve one person on a phone and thousands in a simulation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chiakhoa.engines.irt.blueprint import Blueprint, finished, open_items, tally
from chiakhoa.engines.irt.models import FARTHEST, Bools, Floats, Ints, Items, Singles, probability
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
    counts: Ints | None = None,
) -> Ints:
    """The next item of each person (P,), or -1 where none is left.

    mean (P, D), cov (P, D, D), shown (P, I) True where the person has had the item, noise (P,) uniform in [0, 1).
    allowed : (P, I) or (I,), False where the item does not suit the person (language, aids).   eligible : (P, I), False where
    the item should rest (see `exposure`).   counts : (P, D) items had of each domain, where the caller knows them.
    Value of an item: the D-optimal gain log(1 + I v) of its domain, v the variance and I the information at the mean. Domains
    that are at their target wait until the others are, too. Among the `best` items the noise picks one: randomesque choice
    (Kingsbury & Zara 1989, Appl. Meas. Educ. 2). D-optimality: Segall (1996), Psychometrika 61.
    """
    if counts is None:
        counts = tally(shown, items.domain, mean.shape[1])
    out = np.full(len(mean), -1, dtype=np.intp)
    rows = max(1, BLOCK // max(len(items), 1))
    for start in range(0, len(mean), rows):
        at = slice(start, start + rows)
        spread = cov[at].diagonal(axis1=1, axis2=2)
        free = open_items(items, shown[at], blueprint, _of(allowed, at), counts[at])
        if eligible is not None:
            free = _rather(free, eligible[at])
        if (short := _short(spread, counts[at], blueprint)) is not None:
            free = _rather(free, short[:, items.domain])
        out[at] = _among_best(_gain(mean[at], spread, items), free, noise[at], best)
    return out


def _of(table: Bools | None, who: Ints | slice) -> Bools | None:
    """The rows of some of the persons, where the table (P, I) has rows at all."""
    return table if table is None or table.ndim == 1 else np.asarray(table[who])


def _rather(free: Bools, better: Bools) -> Bools:
    """The better ones of the free items (P, I), or all the free ones of a person who has no better."""
    both = free & better
    none = ~np.asarray(both.any(axis=1))
    if none.any():
        both[none] = free[none]
    return both


def _short(spread: Floats, counts: Ints, blueprint: Blueprint) -> Bools | None:
    """Domains (P, D) that are not at their target or lack items; None where all are short of everybody's."""
    short = np.asarray((spread > blueprint.target_variance) | (counts < blueprint.minimum_per_domain))
    return None if short.all() else short


def _gain(mean: Floats, spread: Floats, items: Items) -> Singles:
    """What each item is worth to each person (P, I), in single precision.

    `models.information` times the variance; the logarithm is left out, as it changes no order. Written out to work in place, for
    this is where an adaptive test spends its time.
    """
    steep, centre, low, reach, slip, height = items.singles
    wrong = mean.astype(np.float32).take(items.domain, axis=1)
    wrong *= steep
    np.subtract(centre, wrong, out=wrong)
    np.minimum(wrong, FARTHEST, out=wrong)
    np.maximum(wrong, -FARTHEST, out=wrong)
    np.exp(wrong, out=wrong)
    rise = np.reciprocal(1 + wrong)
    wrong *= rise
    told = rise * wrong
    told *= height
    told *= told
    rise *= reach
    rise += low
    wrong *= reach
    wrong += slip
    rise *= wrong
    told /= rise
    told *= spread.astype(np.float32).take(items.domain, axis=1)
    return told


def _among_best(value: Singles, free: Bools, noise: Floats, best: int) -> Ints:
    """One of the best free items (P,) of values (P, I), by noise; -1 where none is free."""
    value *= free
    flat, first = value.ravel(), np.arange(0, value.size, value.shape[1])
    top = np.empty((min(best, value.shape[1]), len(value)), dtype=np.intp)
    worth = np.empty(top.shape, dtype=np.float32)
    for place, at in enumerate(top):
        value.argmax(axis=1, out=at)
        cell = first + at
        worth[place] = flat[cell]
        flat[cell] = 0.0
    if worth[-1].all():
        return top[(noise * len(top)).astype(np.intp), np.arange(len(value))]
    found = np.asarray((worth > 0).sum(axis=0))
    pick = np.minimum((noise * found).astype(np.intp), found - 1)
    return np.where(found > 0, top[pick, np.arange(len(value))], -1)


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
    chances: Callable[[Ints, Ints], Floats] | None = None,
) -> Sittings:
    """Simulate an adaptive test for each true ability.

    theta (P, D); prior for all, or one each (mean (P, D)); the other arguments as for `choose`. Each person has a stream of
    chance of its own, so that nobody's test depends on who sits beside them. O(P · I) a step.
    chances : of persons and the items that they are asked (N,) the chance (N,) of a right answer, where the items are not
    what the test believes of them.
    """
    length = min(blueprint.maximum_length, len(items))
    room = _Room.of(theta, items, prior, blueprint, length)
    chance = _streams(len(theta), 2 * length, seed)
    for step in range(length):
        who = np.flatnonzero(~room.done())
        item = choose(
            room.mean[who],
            room.cov[who],
            items,
            room.shown[who],
            blueprint,
            chance[who, 2 * step],
            best=best,
            allowed=_of(allowed, who),
            eligible=_of(eligible, who),
            counts=room.counts[who],
        )
        who, item = who[item >= 0], item[item >= 0]
        if not who.size:
            break
        p = room.chances(who, item) if chances is None else chances(who, item)
        room.ask(step, who, item, (chance[who, 2 * step + 1] < p).astype(np.float64))
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
    counts: Ints
    index: Ints
    score: Floats

    @classmethod
    def of(cls, theta: Floats, items: Items, prior: Prior, blueprint: Blueprint, length: int) -> "_Room":
        """Everybody before the first item."""
        persons, domains = theta.shape
        mean = np.array(np.broadcast_to(prior.mean, (persons, domains)), dtype=np.float64)
        cov = np.array(np.broadcast_to(prior.covariance, (persons, domains, domains)), dtype=np.float64)
        index, score = np.full((persons, length), -1, dtype=np.intp), np.zeros((persons, length))
        shown, counts = np.zeros((persons, len(items)), dtype=bool), np.zeros((persons, domains), dtype=np.intp)
        return cls(theta, items, blueprint, mean, cov, shown, counts, index, score)

    def done(self) -> Bools:
        """Whose test may end."""
        content = self.blueprint.content
        parts = None if content is None else tally(self.shown, content.of, len(content.least))
        return finished(self.cov, self.counts, self.blueprint, mean=self.mean, parts=parts)

    def chances(self, who: Ints, item: Ints) -> Floats:
        """The chance (N,) of a right answer where the items are what the test believes of them."""
        items = self.items
        domain = items.domain[item]
        return probability(self.theta[who, domain], items.a[item], items.b[item], items.c[item], items.d[item])

    def ask(self, step: int, who: Ints, item: Ints, right: Floats) -> None:
        """Believe what some answered to an item each."""
        items = self.items
        domain, a, b, c, d = items.domain[item], items.a[item], items.b[item], items.c[item], items.d[item]
        self.mean[who], self.cov[who] = assume_density(self.mean[who], self.cov[who], domain, a, b, c, right, d)
        self.counts[who, domain] += 1
        self.shown[who, item], self.index[who, step], self.score[who, step] = True, item, right


def _streams(persons: int, length: int, seed: int) -> Floats:
    """Uniform chances (persons, length): row p depends on the seed and p alone."""
    return np.stack([np.random.default_rng([seed, p]).random(length) for p in range(persons)])
