"""Whether one person has changed between two tests: a test of the difference from the answers of both, drawn to nothing.

Two states cannot say it: both are pulled to what was assumed of the person, and the second was reached from the first. Here the
change has no prior at all; only the level between the two tests has one, which they share, so that it pulls neither way.
"""

from typing import NamedTuple

import numpy as np

from chiakhoa.engines.irt.models import Floats, Ints, probability

ROUNDS, HALVINGS, BISECTIONS = 40, 6, 13  # thirteen halvings leave less than a thousandth of a logit
FURTHEST = 6.0  # logits: nobody changes by more between two tests
LONGEST = 1.5  # logits: a step of the scoring
SETTLED, RIDGE, TINY, HALF = 1e-5, 1e-9, 1e-10, 0.5


class Answers(NamedTuple):
    """Answers of P people (P, L): domain, a, b, c of each item, the score (NaN: none); `second` is 1 in the later test."""

    domain: Ints
    a: Floats
    b: Floats
    c: Floats
    score: Floats
    second: Ints


class Paired(NamedTuple):
    """The change, logits (P,): the most likely one, its interval, and the signed root of the likelihood ratio against none."""

    change: Floats
    low: Floats
    high: Floats
    root: Floats


def paired(answers: Answers, mean: Floats, cov: Floats, z: float) -> Paired:
    """The common change of all domains between two tests of each of P people, with the interval at `z` deviations each side.

    mean (P, D), cov (P, D, D) : what is assumed of the level half-way between the tests. An answer has ability
    θ = m_d ± δ/2, m ~ N(mean, cov), δ free; l is maximised by Fisher scoring over m and δ. The interval holds every δ whose
    signed root r = sign(δ̂ − δ) √(2 (l(δ̂) − l(δ))) lies within ±z, thus it excludes 0 just where |r(0)| > z, and is not
    symmetric. What was shown may depend on the answers before it: they are all in the likelihood.
    Source: Barndorff-Nielsen & Cox (1994), Inference and Asymptotics, ch. 4; Finkelman, Weiss & Kim-Kang (2010),
    Applied Psychological Measurement 34 (tests of change of one person in adaptive testing).
    """
    work = _Work(answers, mean, cov)
    best, level, top = work.fitted(mean, np.zeros(len(mean)), free=True)

    def root(at: Floats) -> Floats:
        nonlocal level  # the next change that is asked about is near: its levels are, too
        _change, level, lower = work.fitted(level, at, free=False)
        return np.asarray(np.sign(best - at) * np.sqrt(2 * np.maximum(top - lower, 0.0)), dtype=np.float64)

    edges = []
    for furthest in (-FURTHEST, FURTHEST):
        near, far = best, np.full(len(mean), furthest, dtype=np.float64)
        for _round in range(BISECTIONS):
            middle = (near + far) / 2
            inside = np.abs(root(middle)) < z
            near, far = np.where(inside, middle, near), np.where(inside, far, middle)
        edges.append((near + far) / 2)
    return Paired(best, edges[0], edges[1], root(np.zeros(len(mean))))


class _Work:
    """The answers of P people, and what their likelihood needs again and again."""

    def __init__(self, answers: Answers, mean: Floats, cov: Floats) -> None:
        self.answers, self.mean = answers, mean
        self.precision = np.linalg.inv(cov)
        self.seen = np.isfinite(answers.score)
        self.right = np.nan_to_num(answers.score) > HALF
        self.half = np.where(answers.second > 0, HALF, -HALF)
        self.of = (answers.domain[:, :, None] == np.arange(mean.shape[1])) * self.seen[:, :, None] * 1.0

    def fitted(self, level: Floats, delta: Floats, *, free: bool) -> tuple[Floats, Floats, Floats]:
        """The most likely change (or the given one), the levels, and the log-likelihood there with what is assumed of them."""
        at = np.concatenate([level, delta[:, None]], axis=1)
        value = self.likelihood(at)
        for _round in range(ROUNDS):
            step = self._step(at, free)
            moved, reached, size = at.copy(), np.zeros(len(at), dtype=bool), 1.0
            for _halving in range(HALVINGS):
                trial = at + size * step
                trial[:, -1] = np.clip(trial[:, -1], -FURTHEST, FURTHEST)
                new = self.likelihood(trial)
                better = ~reached & (new >= value)
                moved[better], value = trial[better], np.where(better, new, value)
                reached |= better
                if reached.all():
                    break
                size /= 2
            settled, at = np.abs(moved - at).max() < SETTLED, moved
            if settled:
                break
        return at[:, -1], at[:, :-1], value

    def _step(self, at: Floats, free: bool) -> Floats:
        """One step of Fisher scoring (P, D + 1); none of the change where it is given."""
        p = self._chance(at)
        a, c = self.answers.a, self.answers.c
        rise = a * (p - c) * (1 - p) / (1 - c)
        slope, weight = (self.right - p) * rise / (p * (1 - p)), rise**2 / (p * (1 - p))
        domains = self.mean.shape[1]
        gradient = np.zeros_like(at)
        inner = np.zeros((len(at), domains + 1, domains + 1))
        held = np.einsum("pde,pe->pd", self.precision, at[:, :-1] - self.mean)
        gradient[:, :-1] = np.einsum("pl,pld->pd", slope, self.of) - held
        inner[:, :-1, :-1] = self.precision
        inner[:, range(domains), range(domains)] += np.einsum("pl,pld->pd", weight, self.of)
        inner[:, -1, -1] = 1.0
        if free:
            gradient[:, -1] = (slope * self.half * self.seen).sum(axis=1)
            inner[:, -1, :-1] = inner[:, :-1, -1] = np.einsum("pl,pld->pd", weight * self.half, self.of)
            inner[:, -1, -1] = (weight * self.half**2 * self.seen).sum(axis=1) + RIDGE
        return np.clip(np.linalg.solve(inner, gradient[:, :, None])[:, :, 0], -LONGEST, LONGEST)

    def likelihood(self, at: Floats) -> Floats:
        """The log-likelihood of the answers, with what is assumed of the levels (P,)."""
        p = self._chance(at)
        told = np.where(self.seen, np.log(np.where(self.right, p, 1 - p)), 0.0).sum(axis=1)
        off = at[:, :-1] - self.mean
        return np.asarray(told - HALF * np.einsum("pd,pde,pe->p", off, self.precision, off), dtype=np.float64)

    def _chance(self, at: Floats) -> Floats:
        theta = np.take_along_axis(at[:, :-1], self.answers.domain, axis=1) + self.half * at[:, -1:]
        chance = probability(theta, self.answers.a, self.answers.b, self.answers.c)
        return np.asarray(np.clip(chance, TINY, 1 - TINY), dtype=np.float64)
