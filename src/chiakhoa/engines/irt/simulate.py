"""What a setting would do before it goes live: people of known ability sit the adaptive test of a bank.

The sittings are those of `adaptive.sit`, thus of the same choice, update and stop that serve one person. This module only
divides people into groups (so that memory stays small) and sums up what came out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chiakhoa.engines.irt.adaptive import Sittings, sit
from chiakhoa.engines.irt.blueprint import Blueprint
from chiakhoa.engines.irt.grades import grade, interval
from chiakhoa.engines.irt.models import Floats, Items
from chiakhoa.engines.irt.posterior import Prior

GROUP = 2_000


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


def draw(people: int, prior: Prior, seed: int) -> Floats:
    """Abilities (P, D) drawn from a prior that is one for all. A person's ability does not depend on how many there are."""
    root = np.linalg.cholesky(prior.covariance)
    return np.asarray(prior.mean + np.random.default_rng(seed).standard_normal((people, len(root))) @ root.T)


def simulate(
    theta: Floats,
    items: Items,
    prior: Prior,
    blueprint: Blueprint,
    seed: int,
    *,
    cuts: Floats | None = None,
    best: int = 4,
    watch: Callable[[int], None] | None = None,
) -> Outcome:
    """The outcome of adaptive tests for true abilities theta (P, D), as `sit` takes them.

    prior is one for all, and need not be what theta was drawn from: that is how a wrong assumption is tried. cuts : (G,)
    ascending grades, logits. `watch` is told how many people each finished group had. Raises ValueError without people.
    """
    if theta.ndim != 2 or not len(theta):
        raise ValueError(f"theta must be (people, domains) with at least one person, got shape {theta.shape}")
    parts = []
    for start in range(0, len(theta), GROUP):
        part = theta[start : start + GROUP]
        parts.append(sit(part, items, prior, blueprint, _seed(seed, start), best=best))
        if watch is not None:
            watch(len(part))
    joined = (np.concatenate([getattr(part, name) for part in parts]) for name in Sittings.__dataclass_fields__)
    return summary(theta, Sittings(*joined), len(items), blueprint, cuts)


def summary(theta: Floats, sittings: Sittings, items: int, blueprint: Blueprint, cuts: Floats | None = None) -> Outcome:
    """Sum up sittings of a bank of so many items, by people of true abilities theta (P, D)."""
    se = np.sqrt(np.diagonal(sittings.cov, axis1=1, axis2=2))
    low, high = interval(sittings.mean, se)
    error = sittings.mean - theta
    true, given = (grade(theta, cuts), grade(sittings.mean, cuts)) if cuts is not None else (np.zeros((1, 0)),) * 2
    seen = sittings.shown[sittings.shown >= 0]
    return Outcome(
        people=len(theta),
        bias=error.mean(axis=0),
        rmse=np.sqrt((error**2).mean(axis=0)),
        se=se.mean(axis=0),
        coverage=((low <= theta) & (theta <= high)).mean(axis=0),
        precise=float((se <= blueprint.target_se).all(axis=1).mean()),
        length_mean=float(sittings.length.mean()),
        length_min=int(sittings.length.min()),
        length_max=int(sittings.length.max()),
        accuracy=(true == given).mean(axis=0),
        accuracy_within_one=(np.abs(true - given) <= 1).mean(axis=0),
        exposure=np.bincount(seen, minlength=items) / len(theta),
    )


def _seed(seed: int, start: int) -> int:
    """A seed for the group of people that begins here."""
    return int(np.random.SeedSequence([seed, start]).generate_state(1, np.uint64)[0])
