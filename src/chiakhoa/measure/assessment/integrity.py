"""Signs that an exam was not sat as it should be, each with the rate at which it accuses honest people. Pure.

Four questions, each answered by a p-value under the model of honest work: too many answers faster than anybody reads
(`rapid_guessing`), answers that do not fit the ability (`misfit`), two seats that answer alike more than their abilities say
(`similarity`), an item that got easier than its parameters (`leak`). A p-value below the rate of its kind makes a flag; what a
flag means is for a person to judge.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from chiakhoa.engines import irt

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

SEAT_RATE = 0.01  # of honest seats, by rapid guessing and by misfit each
EXAM_RATE = 0.01  # of exams without any copying, all pairs of seats together
ITEM_RATE = 0.001  # of items that nobody knows beforehand
RAPID = 0.1  # of the usual time: Wise & Ma (2012), the normative threshold of 10 %
LEAST_TIMINGS = 30  # below it an item has no usual time
LEAST_COMMON = 5  # items that two seats must both have met
REPLICATES = 999
LEAK_REPLICATES = 4999
LEAKED_LOGITS = 1.0
DRAWS = 32
ROUNDS = 20
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@dataclass(frozen=True)
class Times:
    """How long items take: level (I,) and spread (I,) of log seconds, NaN where too few are known; spread of people's speed."""

    level: Floats
    spread: Floats
    speed: float


def usual_times(seconds: Floats) -> Times:
    """The lognormal model of response times, log t = level + slowness of the person + error, fitted by alternating means.

    seconds : (P, I), NaN where not shown or not timed. Items with fewer than 30 timings stay NaN. The variance of people's means
    is freed of the error in them; it is never negative. Source: van der Linden (2006), J. Educ. Behav. Stat. 31.
    """
    known = np.isfinite(seconds) & (seconds > 0)
    enough = known.sum(axis=0) >= LEAST_TIMINGS
    known &= enough
    logs = np.where(known, np.log(np.where(known, seconds, 1.0)), 0.0)
    of_item, of_person = np.maximum(known.sum(axis=0), 1), np.maximum(known.sum(axis=1), 1)
    level, slow = np.zeros(seconds.shape[1]), np.zeros(len(seconds))
    for _ in range(ROUNDS):
        level = np.where(known, logs - slow[:, None], 0.0).sum(axis=0) / of_item
        slow = np.where(known, logs - level, 0.0).sum(axis=1) / of_person
    left = np.where(known, logs - level - slow[:, None], 0.0)
    # Each person's mean takes a part of the error with it: give back what the residuals lack.
    kept = np.where(known, 1 - 1 / of_person[:, None], 0.0).sum(axis=0)
    spread = np.sqrt((left**2).sum(axis=0) / np.maximum(kept, 1e-9))
    timed = known.any(axis=1)
    noise = np.where(known, spread**2, 0.0).sum(axis=1) / of_person**2
    speed = float(np.sqrt(max(np.mean(slow[timed] ** 2 - noise[timed]), 0.0))) if timed.any() else 0.0
    return Times(np.where(enough, level, np.nan), np.where(enough, np.maximum(spread, 1e-3), np.nan), speed)


def rapid(seconds: Floats, times: Times) -> NDArray[np.bool_]:
    """Which answers (P, I) took less than a tenth of the usual time of their item."""
    with np.errstate(invalid="ignore"):
        return np.asarray(seconds < RAPID * np.exp(times.level))


def rapid_guessing(seconds: Floats, times: Times) -> Floats:
    """The chance (P,) of as many rapid answers from somebody who reads, at the speed at which people differ.

    seconds : (P, I), NaN where not shown. 1 where nothing is timed or nothing rapid. The number of rapid answers is
    Poisson-binomial given the person's speed, which is normal and integrated over.
    """
    counts = rapid(seconds, times).sum(axis=1)
    result = np.ones(len(seconds))
    for who in np.flatnonzero(counts):
        timed = np.flatnonzero(np.isfinite(seconds[who]) & np.isfinite(times.level))
        chance = ndtr((np.log(RAPID) + times.speed * NODES[:, None]) / times.spread[timed])
        result[who] = WEIGHTS @ at_least(chance, np.full(len(NODES), counts[who]))
    return result


def misfit(items: irt.Items, responses: Floats, prior: irt.Prior, seed: int) -> Floats:
    """The chance (P,) of answers that fit the estimated ability as badly or worse; NaN for a person without answers.

    responses : (P, I), 1, 0 or NaN. lz* of the engine against 999 tests drawn for each person: ability from the posterior,
    answers from the model to the items that person met, estimated in the same way. The normal table is too wide for short and
    adaptive tests. Sources: Snijders (2001), Psychometrika 66; Glas & Meijer (2003), Appl. Psychol. Meas. 27, for the drawing.
    """
    chance = np.random.default_rng(seed)
    mean, cov = _each(prior, len(responses))
    result = np.full(len(responses), np.nan)
    for who in range(len(responses)):
        met = np.flatnonzero(~np.isnan(responses[who]))
        if met.size:
            own = irt.Prior(mean[who], cov[who])
            result[who] = _misfit_of_one(items.take(met), responses[who, met], own, chance)
    return result


def similarity(
    items: irt.Items, responses: Floats, choices: Ints, alike: Floats, believed: irt.Posterior, seed: int
) -> Floats:
    """The chance (P, P) of as many identical answers to the items that two people both met; 1 on and below the diagonal.

    responses : (P, I), 1, 0 or NaN.   choices : (P, I), a number for each different answer.   alike : (I,), the chance that two
    wrong answers are the same, from the answers of others.   believed : of each person.
    Generalised binomial test: identical answers are Poisson-binomial given both abilities, p = p1 p2 + (1 - p1)(1 - p2) alike;
    the tail is averaged over 32 draws of both abilities, so that short tests do not accuse. Pairs with fewer than five items in
    common have 1. Source: van der Linden & Sotaridona (2006), J. Educ. Behav. Stat. 31.
    """
    drawn = _abilities(believed, DRAWS, np.random.default_rng(seed))
    right = irt.probability(drawn[:, :, items.domain], items.a, items.b, items.c, items.d)
    shown = ~np.isnan(responses)
    result = np.ones((len(responses), len(responses)))
    for one in range(len(responses) - 1):
        for other in range(one + 1, len(responses)):
            both = np.flatnonzero(shown[one] & shown[other])
            if both.size >= LEAST_COMMON:
                same = int((choices[one, both] == choices[other, both]).sum())
                p, q = right[:, one, both], right[:, other, both]
                agree = p * q + (1 - p) * (1 - q) * alike[both]
                result[one, other] = at_least(agree, np.full(DRAWS, same)).mean()
    return result


def chance_alike(counts: Floats) -> float:
    """The chance that two wrong answers to an item are the same. counts : (K,), how often others gave each wrong answer.

    Everything not seen yet counts as one answer seen once, and the chance is never put below what a thin record can tell.
    """
    share = np.append(counts, 1.0) / (counts.sum() + 1.0)
    return float(max((share**2).sum(), 1 / (counts.sum() + 1.0)))


def expected(items: irt.Items, order: Ints, responses: Floats, prior: irt.Prior) -> Floats:
    """The chance (P, L) of a right answer as it stood before each answer was given; NaN beyond a person's last.

    order : (P, L), the item at each position, -1 beyond the last.   responses : (P, L). What was chosen next depends only on
    answers before, so that an adaptive test leaves these chances as they are: score minus chance has mean 0 at each step.
    """
    mean, cov = (part.copy() for part in _each(prior, len(order)))
    result = np.full(order.shape, np.nan)
    for step in range(order.shape[1]):
        who = np.flatnonzero(order[:, step] >= 0)
        item = items.take(order[who, step])
        m, v = mean[who, item.domain], cov[who, item.domain, item.domain]
        theta = m[:, None] + np.sqrt(v)[:, None] * NODES
        result[who, step] = irt.probability(theta, item.a[:, None], item.b[:, None], item.c[:, None]) @ WEIGHTS
        mean[who], cov[who] = irt.assume_density(
            mean[who], cov[who], item.domain, item.a, item.b, item.c, responses[who, step]
        )
    return result


def cusum(chance: Floats, score: Floats) -> Floats:
    """The path (..., T) of the risk-adjusted CUSUM for odds of a right answer that rise by a factor e.

    chance : (T,), what the model said before each answer, oldest first.   score : (..., T), 1 or 0.
    Sources: Steiner et al. (2000), Biostatistics 1; for items, Veerkamp & Glas (2000), J. Educ. Behav. Stat. 25.
    """
    gain = score * LEAKED_LOGITS - np.log1p(chance * np.expm1(LEAKED_LOGITS))
    path = np.zeros(gain.shape)
    height = np.zeros(gain.shape[:-1])
    for step in range(gain.shape[-1]):
        height = np.maximum(height + gain[..., step], 0.0)
        path[..., step] = height
    return path


def leak(chance: Floats, score: Floats, seed: int) -> float:
    """The chance of a CUSUM that rises as high somewhere, from 4999 draws of answers at the same chances. 1 without answers."""
    if not len(score):
        return 1.0
    drawn = np.random.default_rng(seed).random((LEAK_REPLICATES, len(chance))) < chance
    top = cusum(chance, score).max()
    return float(
        (1 + (cusum(chance, drawn.astype(np.float64)).max(axis=1) >= top - 1e-9).sum()) / (LEAK_REPLICATES + 1)
    )


def at_least(chance: Floats, count: Ints) -> Floats:
    """The chance (R,) that at least `count` (R,) of independent events happen. chance : (R, N). Exact, O(R N²)."""
    rows, events = chance.shape
    spread = np.zeros((rows, events + 1))
    spread[:, 0] = 1.0
    for p in chance.T[:, :, None]:
        spread[:, 1:] = spread[:, 1:] * (1 - p) + spread[:, :-1] * p
        spread[:, :1] *= 1 - p
    return np.asarray(np.where(np.arange(events + 1) >= count[:, None], spread, 0.0).sum(axis=1))


def _misfit_of_one(items: irt.Items, answers: Floats, prior: irt.Prior, chance: np.random.Generator) -> float:
    said = irt.posterior(items, answers[None, :], prior)
    observed = irt.person_fit(said.mean, items, answers[None, :], prior)[0]
    theta = _abilities(said, REPLICATES, chance)[:, 0]
    p = irt.probability(theta[:, items.domain], items.a, items.b, items.c, items.d)
    drawn = (chance.random(p.shape) < p).astype(np.float64)
    fit = irt.person_fit(irt.posterior(items, drawn, prior).mean, items, drawn, prior)
    return float((1 + (fit <= observed + 1e-9).sum()) / (REPLICATES + 1))


def _abilities(believed: irt.Posterior, draws: int, chance: np.random.Generator) -> Floats:
    """Abilities (draws, P, D) from normal beliefs."""
    root = np.linalg.cholesky(believed.cov)
    noise = chance.standard_normal((draws, *believed.mean.shape))
    return np.asarray(believed.mean + np.einsum("pij,rpj->rpi", root, noise))


def _each(prior: irt.Prior, persons: int) -> tuple[Floats, Floats]:
    size = np.shape(prior.mean)[-1]
    return np.broadcast_to(prior.mean, (persons, size)), np.broadcast_to(prior.covariance, (persons, size, size))
