"""What a setting would do before it goes live: people of known ability sit the adaptive test of a bank.

The sittings are those of `adaptive.sit`, thus of the same choice, update and stop that serve one person. This module only
divides people into groups (so that memory stays small), sums up what came out, and says what a wrong assumption costs and
what an estimated population gives back.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chiakhoa.engines.irt.adaptive import Sittings, sit
from chiakhoa.engines.irt.blueprint import Blueprint
from chiakhoa.engines.irt.exposure import eligible
from chiakhoa.engines.irt.grades import grade, interval
from chiakhoa.engines.irt.models import Floats, Ints, Items
from chiakhoa.engines.irt.population import estimate_population
from chiakhoa.engines.irt.posterior import Prior

GROUP = 2_000
BINS = np.linspace(-3, 3, 13)


@dataclass(frozen=True)
class Outcome:
    """What P simulated people show of a setting. (D,) by domain, in logits; shares between 0 and 1.

    coverage : share of true abilities inside their 95 % interval.   precise : share of people whose every domain met its
    target.   accuracy : share of people given the grade of their true ability (D,), and within one grade (D,); empty without
    cuts.   exposure : share of people who saw each item (I,).
    """

    people: int
    bias: Floats
    rmse: Floats
    se: Floats
    coverage: Floats
    precise: float
    length_mean: float
    length_min: int
    length_max: int
    accuracy: Floats
    accuracy_within_one: Floats
    exposure: Floats


@dataclass(frozen=True)
class ByAbility:
    """The same by true ability, all domains together: at (B,) the middle of each bin; count, bias, rmse, coverage (B,).

    NaN in a bin without people.
    """

    at: Floats
    count: Ints
    bias: Floats
    rmse: Floats
    coverage: Floats


@dataclass(frozen=True)
class Learned:
    """A setting as assumed, the population that its answers show, and the setting with that population as prior."""

    assumed: Outcome
    population: Prior
    settled: bool
    learned: Outcome


def draw(people: int, prior: Prior, seed: int) -> Floats:
    """Abilities (P, D) drawn from a prior, one for all or one each. Nobody's ability depends on how many there are."""
    root = np.linalg.cholesky(prior.covariance)
    noise = np.random.default_rng(seed).standard_normal((people, root.shape[-1]))
    return np.asarray(prior.mean + (root @ noise[:, :, None])[:, :, 0])


def sittings(
    theta: Floats,
    items: Items,
    prior: Prior,
    blueprint: Blueprint,
    seed: int,
    *,
    best: int = 4,
    rest: Floats | None = None,
    watch: Callable[[int], None] | None = None,
) -> Sittings:
    """Adaptive tests for true abilities theta (P, D), as `sit` takes them, in groups of people.

    prior is one for all, and need not be what theta was drawn from: that is how a wrong assumption is tried. rest : (I,)
    each item's chance of being eligible (see `exposure`). `watch` is told how many people each finished group had. Raises
    ValueError without people.
    """
    if theta.ndim != 2 or not len(theta):
        raise ValueError(f"theta must be (people, domains) with at least one person, got shape {theta.shape}")
    parts = []
    for start in range(0, len(theta), GROUP):
        part = theta[start : start + GROUP]
        own = _seed(seed, start)
        may = None if rest is None else eligible(rest, own + np.arange(len(part)))
        parts.append(sit(part, items, prior, blueprint, own, best=best, eligible=may))
        if watch is not None:
            watch(len(part))
    joined = (np.concatenate([getattr(part, name) for part in parts]) for name in Sittings.__dataclass_fields__)
    return Sittings(*joined)


def simulate(
    theta: Floats,
    items: Items,
    prior: Prior,
    blueprint: Blueprint,
    seed: int,
    *,
    cuts: Floats | None = None,
    best: int = 4,
    rest: Floats | None = None,
    watch: Callable[[int], None] | None = None,
) -> Outcome:
    """The outcome of `sittings`. cuts : (G,) ascending grades, logits."""
    sat = sittings(theta, items, prior, blueprint, seed, best=best, rest=rest, watch=watch)
    return summary(theta, sat, len(items), blueprint, cuts)


def summary(theta: Floats, sat: Sittings, items: int, blueprint: Blueprint, cuts: Floats | None = None) -> Outcome:
    """Sum up sittings of a bank of so many items, by people of true abilities theta (P, D)."""
    se = np.sqrt(np.diagonal(sat.cov, axis1=1, axis2=2))
    error = sat.mean - theta
    true, given = (grade(theta, cuts), grade(sat.mean, cuts)) if cuts is not None else (np.zeros((1, 0)),) * 2
    return Outcome(
        people=len(theta),
        bias=error.mean(axis=0),
        rmse=np.sqrt((error**2).mean(axis=0)),
        se=se.mean(axis=0),
        coverage=_held(theta, sat).mean(axis=0),
        precise=float((se <= blueprint.target_se).all(axis=1).mean()),
        length_mean=float(sat.length.mean()),
        length_min=int(sat.length.min()),
        length_max=int(sat.length.max()),
        accuracy=(true == given).mean(axis=0),
        accuracy_within_one=(np.abs(true - given) <= 1).mean(axis=0),
        exposure=np.bincount(sat.shown[sat.shown >= 0], minlength=items) / len(theta),
    )


def by_ability(theta: Floats, sat: Sittings) -> ByAbility:
    """Error and coverage in bins of half a logit of the true ability; the outermost bins reach to infinity."""
    place = np.digitize(theta, BINS[1:-1]).ravel()
    count = np.bincount(place, minlength=len(BINS) - 1)
    error = (sat.mean - theta).ravel()
    with np.errstate(invalid="ignore"):
        bias, square, held = (
            np.bincount(place, each, len(count)) / count for each in (error, error**2, _held(theta, sat).ravel())
        )
    return ByAbility((BINS[1:] + BINS[:-1]) / 2, count, bias, np.sqrt(square), held)


def confusion(theta: Floats, sat: Sittings, cuts: Floats) -> Floats:
    """Shares (G + 1, G + 1) of all domains of all people: row the true grade, column the grade given."""
    true, given = (grade(each, cuts).ravel() for each in (theta, sat.mean))
    size = len(cuts) + 1
    return np.asarray(np.bincount(true * size + given, minlength=size**2).reshape(size, size) / len(true))


def answers(sat: Sittings, items: int) -> Floats:
    """The answers of sittings as a table (P, I), NaN where not shown."""
    out = np.full((len(sat.shown), items), np.nan)
    who, step = np.nonzero(sat.shown >= 0)
    out[who, sat.shown[who, step]] = sat.score[who, step]
    return out


def learn(
    theta: Floats,
    items: Items,
    assumed: Prior,
    blueprint: Blueprint,
    seed: int,
    *,
    cuts: Floats | None = None,
    best: int = 4,
    watch: Callable[[int], None] | None = None,
) -> Learned:
    """What a wrong assumption does, and what becomes of it once the population is estimated from the answers.

    Everybody of theta (P, D) sits under the assumed prior; mean and covariance are estimated from these answers; everybody
    sits again, with other chances, under the estimated prior.
    """
    first = sittings(theta, items, assumed, blueprint, seed, best=best, watch=watch)
    population, settled = estimate_population(items, answers(first, len(items)), assumed)
    again = sittings(theta, items, population, blueprint, seed + 1, best=best, watch=watch)
    before, after = (summary(theta, sat, len(items), blueprint, cuts) for sat in (first, again))
    return Learned(before, population, settled, after)


def _held(theta: Floats, sat: Sittings) -> Floats:
    """1 where (P, D) the 95 % interval holds the true ability, else 0."""
    low, high = interval(sat.mean, np.sqrt(np.diagonal(sat.cov, axis1=1, axis2=2)))
    return np.asarray((low <= theta) & (theta <= high), dtype=np.float64)


def _seed(seed: int, start: int) -> int:
    """A seed for the group of people that begins here."""
    return int(np.random.SeedSequence([seed, start]).generate_state(1, np.uint32)[0])
