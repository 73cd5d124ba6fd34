"""New parameters of the live items of one domain from all their answers, on the scale that is in use. Pure: no database.

An adaptive test asks what suits the person, by the answers in all domains. Of one domain alone such answers say next to nothing
of how items part people: everybody is asked what they know six times in ten. So people stand in groups by what their answers in
the other domains say of them, each group with a mean and deviation of its own, and all items of the domain take part.

Where enough items were calibrated before, those that have kept their place are anchors: they keep their parameters, and all
others are estimated on their scale (fixed-anchor linking). The first time there is nothing to hold on to but the authors' grades:
then all are estimated together, and the scale is moved and stretched so that the difficulties have, taken together, the mean and
the spread that the authors gave them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from chiakhoa.engines import irt

Floats = NDArray[np.float64]
LEAST_ANCHORS = 5
LEAST_ITEMS = 3
STILL = 2.58  # deviations: an item further from its place is no anchor
ROUNDS = 5
LEAST_GROUP = 100  # tests: a smaller group says too little to be compared
MOST_BINS, LEAST_IN_BIN = 10, 60
NODES = 21
MODERATE, LARGE = 0.43, 0.64  # logits: classes B and C of ETS (1 and 1.5 on its delta scale)
RATE = 0.05  # that any item of a domain is named falsely when people are grouped in one way


@dataclass(frozen=True)
class Asked:
    """Items of one domain: responses (P, I), and what is known or assumed of the items (I,).

    before, spread (P,) : mean and deviation of each person's ability by the answers in the other domains alone.
    author : the difficulty that the author's grade says.
    """

    responses: Floats
    before: Floats
    spread: Floats
    a: Floats
    b: Floats
    c: Floats
    se_b: Floats
    calibrated: NDArray[np.bool_]
    author: Floats


@dataclass(frozen=True)
class Found:
    """Parameters with their errors (I,), which items were anchors, and their fit."""

    a: Floats
    b: Floats
    se_a: Floats
    se_b: Floats
    anchor: NDArray[np.bool_]
    infit: Floats
    outfit: Floats
    log_likelihood: float


def estimate(asked: Asked) -> Found:
    """New parameters on the scale in use."""
    groups = _bins(asked.before)
    own = groups == 0
    middle, width = float(asked.before[own].mean()), float(np.sqrt((asked.spread[own] ** 2).mean()))
    free = irt.calibrate(
        asked.responses, model="2pl", prior="default", groups=groups, guessing=asked.c,
        difficulty=(asked.author - middle) / width,
    )  # fmt: skip
    anchor = _anchors(asked, free)
    if anchor.any():
        fixed = [np.where(anchor, part, np.nan) for part in (asked.a, asked.b, asked.c)]
        found = irt.calibrate(
            asked.responses, model="2pl", prior="default", groups=groups, guessing=asked.c, difficulty=asked.author,
            anchors=(fixed[0], fixed[1], fixed[2]),
        )  # fmt: skip
        stretch, shift = 1.0, 0.0
    else:
        found = free
        stretch, shift = _link(free.b, asked.author)
    a, b = found.a / stretch, shift + stretch * found.b
    infit, outfit = _fit(asked, *_expected(asked, a, b, np.ones(len(a), dtype=bool)))
    return Found(a, b, found.se_a / stretch, found.se_b * stretch, anchor, infit, outfit, float(found.log_likelihood))


def _bins(before: Floats) -> NDArray[np.intp]:
    """Groups (P,) of alike people by their ability in the other domains, the middle one first: it is the reference."""
    count = int(np.clip(len(before) // LEAST_IN_BIN, 1, MOST_BINS))
    edges = np.quantile(before, np.linspace(0, 1, count + 1)[1:-1])
    place = np.searchsorted(edges, before, side="right")
    order = np.argsort(np.abs(np.arange(count) - count // 2), kind="stable")
    rank = np.empty(count, dtype=np.intp)
    rank[order] = np.arange(count)
    return np.asarray(np.unique(rank[place], return_inverse=True)[1], dtype=np.intp)


def _anchors(asked: Asked, free: irt.Calibration) -> NDArray[np.bool_]:
    """The items calibrated before that have kept their place among themselves; none where they are too few."""
    kept = asked.calibrated.copy()
    for _round in range(ROUNDS):
        if kept.sum() < LEAST_ANCHORS:
            return np.zeros_like(kept)
        stretch, shift = _link(free.b[kept], asked.b[kept])
        spread = np.sqrt((stretch * free.se_b) ** 2 + np.nan_to_num(asked.se_b) ** 2)
        still = np.abs(shift + stretch * free.b - asked.b) <= STILL * spread
        if (still & asked.calibrated == kept).all():
            break
        kept = still & asked.calibrated
    return kept if kept.sum() >= LEAST_ANCHORS else np.zeros_like(kept)


def _link(found: Floats, wanted: Floats) -> tuple[float, float]:
    """Stretch and shift that give the difficulties the wanted mean and spread (Marco 1977, mean and sigma)."""
    stretch = float(wanted.std() / found.std()) if found.std() > 0 and wanted.std() > 0 else 1.0
    return stretch, float(wanted.mean() - stretch * found.mean())


def _expected(asked: Asked, a: Floats, b: Floats, kept: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The chance (P, I) of a right answer by all else that the person answered, and its slope by the difficulty; NaN unseen.

    All else: the other domains, and of this one the answers to kept items except the very answer.
    """
    nodes = np.linspace(-4.0, 4.0, NODES)
    theta = asked.before[:, None] + asked.spread[:, None] * nodes
    seen, right = ~np.isnan(asked.responses), asked.responses == 1
    level = np.broadcast_to(-0.5 * nodes**2, theta.shape).copy()
    curves, own = [], []
    for i in range(len(a)):
        p = np.clip(irt.probability(theta[seen[:, i]], a[i], b[i], asked.c[i]), 1e-9, 1 - 1e-9)
        told = np.where(right[seen[:, i], i, None], np.log(p), np.log1p(-p)) if kept[i] else np.zeros_like(p)
        level[seen[:, i]] += told
        curves.append(p)
        own.append(told)
    chance, slope = np.full(seen.shape, np.nan), np.full(seen.shape, np.nan)
    for i, p in enumerate(curves):
        rest = level[seen[:, i]] - own[i]
        share = np.exp(rest - rest.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        chance[seen[:, i], i] = (share * p).sum(axis=1)
        slope[seen[:, i], i] = (share * a[i] * (p - asked.c[i]) * (1 - p) / (1 - asked.c[i])).sum(axis=1)
    return chance, slope


def _fit(asked: Asked, chance: Floats, _slope: Floats) -> tuple[Floats, Floats]:
    """Infit and outfit (I,). With the answer itself in the estimate mean squares would come out too small."""
    squared, spread = (asked.responses - chance) ** 2, chance * (1 - chance)
    return np.nansum(squared, axis=0) / np.nansum(spread, axis=0), np.nanmean(squared / spread, axis=0)


def groups_of(names: Sequence[str]) -> tuple[NDArray[np.intp], list[str]]:
    """Numbers of groups (P,) with their names, the largest first; -1 for who is in none that is large enough."""
    counts = {name: list(names).count(name) for name in set(names) - {""}}
    order = sorted((name for name, n in counts.items() if n >= LEAST_GROUP), key=lambda name: (-counts[name], name))
    number = {name: i for i, name in enumerate(order)}
    return np.array([number.get(name, -1) for name in names], dtype=np.intp), order


@dataclass(frozen=True)
class Favoured:
    """Of each item (I,) how much harder (logits) it is for a group than for the largest, and the class by ETS."""

    group: str
    shift: Floats
    letter: NDArray[np.str_]


def favours(asked: Asked, found: Found, names: Sequence[str]) -> list[Favoured]:
    """Items that some group finds harder than the largest at equal ability: score tests, purified.

    Each answer is held against its chance by all else that the person answered; the sum over a group, beside that of the largest,
    is how much harder the item is for it. What the items of the domain have in common is taken off: it says that the group was
    believed too able by its other answers, not that a question is unfair. Flagged items are left out of what says the ability and
    what is common, until the flags stay.
    """
    number, order = groups_of(names)
    sure = float(-ndtri(RATE / 2 / max(1, len(found.a) * (len(order) - 1))))
    kept = np.ones(len(found.a), dtype=bool)
    out: list[Favoured] = []
    for _round in range(ROUNDS if len(order) > 1 else 0):
        chance, slope = _expected(asked, found.a, found.b, kept)
        out = [
            Favoured(name, *_shift(asked, chance, slope, (number == g, number == 0), kept, sure))
            for g, name in enumerate(order)
            if g
        ]
        clean = np.all([one.letter == "A" for one in out], axis=0)
        if (clean == kept).all() or clean.sum() < LEAST_ITEMS:
            break
        kept = clean
    return out


def _shift(
    asked: Asked,
    chance: Floats,
    slope: Floats,
    groups: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    kept: NDArray[np.bool_],
    sure: float,
) -> tuple[Floats, NDArray[np.str_]]:
    less, spread = chance - asked.responses, chance * (1 - chance)
    shift, variance = np.zeros(chance.shape[1]), np.zeros(chance.shape[1])
    for who, sign in zip(groups, (1, -1), strict=True):
        steep = np.nansum(slope[who], axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            shift = shift + sign * np.nansum(less[who], axis=0) / steep
            variance = variance + np.nansum(spread[who], axis=0) / steep**2
    known = kept & np.isfinite(shift) & np.isfinite(variance) & (variance > 0)
    if known.any():
        shift = shift - np.average(shift[known], weights=1 / variance[known])
    error = np.sqrt(variance)
    with np.errstate(invalid="ignore"):
        some = np.abs(shift) > sure * error
        large = ndtr((np.abs(shift) - MODERATE) / error) > ndtr(1.645)
    letter = np.where(
        some & (np.abs(shift) >= LARGE) & large, "C", np.where(some & (np.abs(shift) >= MODERATE), "B", "A")
    )
    return np.where(np.isfinite(error), shift, np.nan), np.where(np.isfinite(error), letter, "A")
