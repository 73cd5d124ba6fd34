"""Signs that an exam was not sat as it should be, each with the rate at which it accuses honest people. Pure.

Four questions, each answered by a p-value under the model of honest work: too many answers faster than anybody reads
(`rapid_guessing`), answers that do not fit the ability (`misfit`), two seats that answer alike more than their abilities say
(`similarity`), an item that got easier than its parameters (`leak`). Many people are asked about at once, so each p-value is
corrected for all of them (`holm`; `similarity` is corrected already). One below `RATE` is a sign; what a sign means is for a
person to judge.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, logsumexp, ndtr

from chiakhoa.engines import irt

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

RATE = 0.01  # of honest exams that give any sign of a kind; of looks at a bank from which nothing got out
RAPID = 0.1  # of the usual time: Wise & Ma (2012), the normative threshold of 10 %
LEAST_TIMINGS = 30  # below it an item has no usual time
LEAST_COMMON = 5  # items that two seats must both have met
REPLICATES = 999
REFINED = 9_999  # drawn again for whom the first draws leave near the rate, so that a correction for many can be met
LEAK_GLANCE = 499  # draws that suffice where nothing is remarkable
FAR = 0.2
LEAK_REPLICATES = 4999
LEAK_REFINED = 29_999
LEAKED_LOGITS = 1.0
COPIED = np.array([0.3, 0.6, 0.9])  # shares of copied answers that `similarity` listens for
LEAST_CHANCE = 1e-4
AT_ONCE = 4_000_000  # compared answers held in memory
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

    responses : (P, I), 1, 0 or NaN. lz* of the engine against 999 tests drawn for each person (9,999 where those leave less
    than 1 %): ability from the posterior, answers from the model to the items that person met, estimated in the same way. The
    normal table is too wide for short and adaptive tests. Sources: Snijders (2001), Psychometrika 66; Glas & Meijer (2003),
    Appl. Psychol. Meas. 27, for the drawing.
    """
    chance = np.random.default_rng(seed)
    mean, cov = _each(prior, len(responses))
    result = np.full(len(responses), np.nan)
    for who in range(len(responses)):
        met = np.flatnonzero(~np.isnan(responses[who]))
        if met.size:
            own = irt.Prior(mean[who], cov[who])
            result[who] = _misfit_of_one(items.take(met), responses[who, met], own, REPLICATES, chance)
            if result[who] < RATE:
                result[who] = _misfit_of_one(items.take(met), responses[who, met], own, REFINED, chance)
    return result


@dataclass(frozen=True)
class Alike:
    """What `similarity` found, for each pair of seats that is compared: who (N, 2), how many answers, how many the same (N,).

    weight : log of the odds of copying against honest work, in favour of which the answers speak.
    p : the chance that in an honest exam any pair at all has as much.
    """

    pairs: Ints
    common: Ints
    same: Ints
    weight: Floats
    p: Floats


def similarity(
    items: irt.Items, responses: Floats, choices: Ints, wrong: Floats, prior: irt.Prior, seed: int,
    measured: NDArray[np.bool_] | None = None, replicates: int | None = None,
) -> Alike:  # fmt: skip
    """How much alike each two seats of an exam answered, against exams in which everybody works alone.

    responses : (P, I), 1, 0 or NaN.   choices : (P, I), 0 for right, 1 to K for a wrong answer, beyond K for one that nobody
    else gives, -1 not to be compared.   wrong : (I, K), the share of each among wrong answers; what is missing to 1 is given
    by nobody else.   measured : (I,), the items whose parameters are measured; all where not given.
    A pair's weight is the likelihood ratio of copying against honest work, averaged over who copies and over three shares of
    copied answers: where x is the other's answer and q the chance to give it oneself, (k + (1 - k) q) / q for the same answer,
    1 - k for another. So a rare wrong answer in common weighs more than a right one that most people give. Abilities are
    estimated, so the weight has no table: whole exams are drawn (abilities from the beliefs, answers from the model to the items
    that each person met, estimated again), and the greatest weight of all pairs in each of them says what honest rooms give.
    An item whose difficulty is a guess would make an honest room look alike, or different: of such items only wrong answers
    are compared, with q their share, which no difficulty enters. Pairs with fewer than five answers to compare are left out.
    Sources: Wollack (1997), Appl. Psychol. Meas. 21 (answers of the one given those of the other); Holland (1996), ETS RR-96-7
    (wrong answers only); van der Linden & Sotaridona (2006), J. Educ. Behav. Stat. 31; Westfall & Young (1993).
    """
    chance = np.random.default_rng(seed)
    sure = np.ones(len(items), dtype=np.bool_) if measured is None else measured
    met = _Met.of(~np.isnan(responses) & (choices >= 0), sure | (responses == 0))
    if not len(met.pairs):
        nothing = np.zeros(0)
        return Alike(met.pairs, nothing.astype(int), nothing.astype(int), nothing, nothing)
    known = np.where(sure, responses, np.nan)
    believed = irt.posterior(items, known, prior)
    listen = _Listening(items, np.hstack([np.ones((len(items), 1)), wrong]), sure, met)
    weight = listen.weights(choices[None], believed.mean[None])[0]
    replicates = replicates or REPLICATES
    top = np.empty(replicates)
    at_once = max(AT_ONCE // (len(met.item) + responses.size), 1)
    for start in range(0, replicates, at_once):
        drawn = slice(start, min(start + at_once, replicates))
        given = _honest(items, responses, choices, wrong, believed, sure, drawn.stop - drawn.start, chance)
        again = _again(items, given, known, prior)
        top[drawn] = listen.weights(given, again).max(axis=1)
    same = np.add.reduceat((choices[met.one, met.item] == choices[met.other, met.item]).astype(int), met.starts)
    p = (1 + (top[:, None] >= weight - 1e-9).sum(axis=0)) / (replicates + 1)
    return Alike(met.pairs, met.common, same, weight, p)


def shares(counts: Floats) -> Floats:
    """The shares of wrong answers as `similarity` takes them. counts : (I, K), how often each was given.

    Something not seen yet counts as given once, by somebody alone: a thin record then makes every answer in common common.
    """
    return np.asarray(counts / (counts.sum(axis=1, keepdims=True) + 1.0), dtype=np.float64)


def holm(p: Floats) -> Floats:
    """p-values (N,) corrected for all of them: below a rate, none is wrong more often than the rate. NaN is left out.

    Source: Holm (1979), Scand. J. Stat. 6.
    """
    result = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    result[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)), 1.0)
    return result


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

    chance : (..., T), what the model said before each answer, oldest first.   score : (..., T), 1 or 0.
    Sources: Steiner et al. (2000), Biostatistics 1; for items, Veerkamp & Glas (2000), J. Educ. Behav. Stat. 25.
    """
    gain = score * LEAKED_LOGITS - np.log1p(chance * np.expm1(LEAKED_LOGITS))
    path = np.zeros(gain.shape)
    height = np.zeros(gain.shape[:-1])
    for step in range(gain.shape[-1]):
        height = np.maximum(height + gain[..., step], 0.0)
        path[..., step] = height
    return path


class Measured(NamedTuple):
    """What is known of an item: slope, guessing, and the standard errors of slope and difficulty."""

    a: float
    c: float
    se_a: float
    se_b: float

    def as_may_be(self, chance: Floats, draws: np.random.Generator, count: int) -> Floats:
        """Chances (count, T) as they would be with parameters drawn within their errors, in place of `chance` (T,)."""
        away = logit(np.clip((chance - self.c) / (1 - self.c), 1e-6, 1 - 1e-6))
        b, a = draws.normal(0, (self.se_b, self.se_a), (count, 2)).T[:, :, None]
        return np.asarray(self.c + (1 - self.c) * expit(away * (1 + a / self.a) - self.a * b))

    def moved(self, chance: Floats, score: Floats) -> Floats:
        """Chances (..., T) moved in the logit by what the answers (..., T) ask for and the item's errors allow."""
        level = logit(np.clip(chance, 1e-6, 1 - 1e-6))
        loose = (self.a * self.se_b) ** 2 + (level**2).mean() * (self.se_a / self.a) ** 2
        if loose == 0:
            return chance
        told = (chance * (1 - chance)).sum() + 1 / loose
        step = np.asarray((score - chance).sum(axis=-1) / told)
        return np.asarray(expit(level + step[..., None]))


def leak(chance: Floats, score: Floats, seed: int, item: Measured) -> float:
    """The chance of a CUSUM that rises as high somewhere, from 4999 draws of answers by the same people. 1 without answers.

    An item that was measured a little too hard would look as if it had got out. So a path is that of chances moved to fit its own
    answers, as far as the item's errors allow (one step of Newton), and each draw takes the parameters within their errors: what
    counts is that answers become better on the way. Where the draws leave less than 1 %, from 29,999; where 499 leave more than
    20 %, from these.
    """
    if not len(score):
        return 1.0
    draws = np.random.default_rng(seed)
    glance = _as_high(chance, score, item, LEAK_GLANCE, draws)
    if glance > FAR:
        return glance
    first = _as_high(chance, score, item, LEAK_REPLICATES, draws)
    return _as_high(chance, score, item, LEAK_REFINED, draws) if first < RATE else first


def _as_high(chance: Floats, score: Floats, item: Measured, replicates: int, draws: np.random.Generator) -> float:
    top = cusum(item.moved(chance, score), score).max()
    count = 0
    for start in range(0, replicates, LEAK_REPLICATES):
        may_be = item.as_may_be(chance, draws, min(LEAK_REPLICATES, replicates - start))
        drawn = (draws.random(may_be.shape) < may_be).astype(np.float64)
        count += int((cusum(item.moved(chance, drawn), drawn).max(axis=1) >= top - 1e-9).sum())
    return float((1 + count) / (replicates + 1))


def at_least(chance: Floats, count: Ints) -> Floats:
    """The chance (R,) that at least `count` (R,) of independent events happen. chance : (R, N). Exact, O(R N²)."""
    rows, events = chance.shape
    spread = np.zeros((rows, events + 1))
    spread[:, 0] = 1.0
    for p in chance.T[:, :, None]:
        spread[:, 1:] = spread[:, 1:] * (1 - p) + spread[:, :-1] * p
        spread[:, :1] *= 1 - p
    return np.asarray(np.where(np.arange(events + 1) >= count[:, None], spread, 0.0).sum(axis=1))


def _misfit_of_one(
    items: irt.Items, answers: Floats, prior: irt.Prior, replicates: int, chance: np.random.Generator
) -> float:
    said = irt.posterior(items, answers[None, :], prior)
    observed = irt.person_fit(said.mean, items, answers[None, :], prior)[0]
    theta = _abilities(said, replicates, chance)[:, 0]
    p = irt.probability(theta[:, items.domain], items.a, items.b, items.c, items.d)
    drawn = (chance.random(p.shape) < p).astype(np.float64)
    fit = irt.person_fit(irt.posterior(items, drawn, prior).mean, items, drawn, prior)
    return float((1 + (fit <= observed + 1e-9).sum()) / (replicates + 1))


@dataclass(frozen=True)
class _Met:
    """The answers that pairs of seats have in common, pair after pair: pairs (N, 2), and of each answer who and which item."""

    pairs: Ints
    common: Ints
    starts: Ints
    one: Ints
    other: Ints
    item: Ints

    @staticmethod
    def of(shown: NDArray[np.bool_], counts: NDArray[np.bool_]) -> "_Met":
        one, other = np.triu_indices(len(shown), 1)
        both = shown[one] & shown[other] & counts[one] & counts[other]
        kept = np.flatnonzero(both.sum(axis=1) >= LEAST_COMMON)
        pair, item = np.nonzero(both[kept])
        common = both[kept].sum(axis=1)
        starts = np.concatenate([[0], np.cumsum(common)[:-1]]) if len(kept) else np.zeros(0)
        pairs = np.column_stack([one[kept], other[kept]])
        return _Met(pairs, common, starts.astype(np.intp), one[kept][pair], other[kept][pair], item)


@dataclass(frozen=True)
class _Listening:
    """What the weight of a pair is made of: items, shares of their answers (I, K + 1), which are measured, what is in common."""

    items: irt.Items
    share: Floats
    sure: NDArray[np.bool_]
    met: _Met

    def weights(self, choices: Ints, theta: Floats) -> Floats:
        """The weight (R, N) of each pair in each of R exams. choices (R, P, I), theta (R, P, D)."""
        met, item = self.met, self.met.item
        hear = []
        for copier, source in ((met.one, met.other), (met.other, met.one)):
            theirs, ours = choices[:, source, item], choices[:, copier, item]
            q = self._chance(theirs, theta[:, copier, self.items.domain[item]])
            for k in COPIED:
                said = np.where(ours == theirs, np.log(k / q + 1 - k), np.log1p(-k))
                hear.append(np.add.reduceat(said, met.starts, axis=1))
        return np.asarray(logsumexp(np.array(hear), axis=0) - np.log(len(hear)), dtype=np.float64)

    def _chance(self, answer: Ints, theta: Floats) -> Floats:
        """The chance to give the other's answer oneself; where the item is not measured, given that one's own is wrong."""
        item, most = self.met.item, self.share.shape[1]
        right = irt.probability(theta, self.items.a[item], self.items.b[item], self.items.c[item])
        share = np.where(answer < most, self.share[item, np.minimum(answer, most - 1)], 0.0)
        q = np.where(answer == 0, right, np.where(self.sure[item], 1 - right, 1.0) * share)
        return np.maximum(q, LEAST_CHANCE)


def _honest(
    items: irt.Items, responses: Floats, choices: Ints, wrong: Floats, believed: irt.Posterior,
    sure: NDArray[np.bool_], exams: int, chance: np.random.Generator,
) -> Ints:  # fmt: skip
    """What is given (R, P, I) in exams in which everybody works alone on the items that they met.

    Whether an item that is not measured is right stays as it was; what is not compared stays at -1.
    """
    theta = _abilities(believed, exams, chance)
    p = irt.probability(theta[:, :, items.domain], items.a, items.b, items.c, items.d)
    right = np.where(sure, chance.random(p.shape) < p, responses == 1)
    drawn, alone = chance.random(p.shape), wrong.shape[1] + 1 + np.arange(len(responses))[:, None]
    given = np.ones(p.shape, dtype=np.intp)
    for edge in wrong.cumsum(axis=1).T:
        given += drawn >= edge
    given = np.where(given > wrong.shape[1], alone, given)
    return np.where(np.isnan(responses) | (choices < 0), -1, np.where(right, 0, given))


def _again(items: irt.Items, given: Ints, known: Floats, prior: irt.Prior) -> Floats:
    """Abilities (R, P, D) estimated from what is given in each exam; what is not compared counts as it did."""
    answers = np.where(np.isnan(known), np.nan, np.where(given < 0, known, given == 0))
    mean, cov = _each(prior, len(known))
    exams = len(given)
    own = irt.Prior(np.tile(mean, (exams, 1)), np.tile(cov, (exams, 1, 1)))
    return irt.posterior(items, answers.reshape(-1, len(items)), own).mean.reshape(exams, *mean.shape)


def _abilities(believed: irt.Posterior, draws: int, chance: np.random.Generator) -> Floats:
    """Abilities (draws, P, D) from normal beliefs."""
    root = np.linalg.cholesky(believed.cov)
    noise = chance.standard_normal((draws, *believed.mean.shape))
    return np.asarray(believed.mean + np.einsum("pij,rpj->rpi", root, noise))


def _each(prior: irt.Prior, persons: int) -> tuple[Floats, Floats]:
    size = np.shape(prior.mean)[-1]
    return np.broadcast_to(prior.mean, (persons, size)), np.broadcast_to(prior.covariance, (persons, size, size))
