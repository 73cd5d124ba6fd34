"""Whether answers look as the model expects: item infit and outfit, person fit lz and lz*. Flags are for people to judge.

Item fit takes abilities as known; where they are estimated from the same answers, mean squares come out a little below 1, so
that flags are rather too few than too many. Person fit is corrected for the estimate, where its prior is given.
"""

from dataclasses import dataclass

import numpy as np

from chiakhoa.engines.irt.models import Bools, Floats, Items, probability
from chiakhoa.engines.irt.posterior import Prior, each


@dataclass(frozen=True)
class ItemFit:
    """Mean squares (I,), 1 where the model holds, above it where answers are noisier; NaN for an item nobody was shown.

    infit_z, outfit_z : the same as standard normal deviates, by the cube root of Wilson and Hilferty.
    """

    infit: Floats
    outfit: Floats
    infit_z: Floats
    outfit_z: Floats


def item_fit(theta: Floats, items: Items, responses: Floats) -> ItemFit:
    """Fit of items.

    theta : (P, D) abilities.   responses : (P, I), 1, 0 or NaN.   Infit weighs answers by their variance, outfit does not.
    Source: Wright & Masters (1982), Rating Scale Analysis, ch. 5.
    """
    p, shown = _expected(theta, items, responses)
    spread = np.where(shown, p * (1 - p), 0.0)
    inside = np.where(shown, spread, 1.0)
    squared = np.where(shown, (np.where(shown, responses, 0.0) - p) ** 2, 0.0)
    count, total = shown.sum(axis=0), spread.sum(axis=0)
    infit, outfit = _ratio(squared.sum(axis=0), total), _ratio((squared / inside).sum(axis=0), count)
    fourth = np.where(shown, spread * (1 - 3 * spread), 0.0)
    infit_sd = np.sqrt(_ratio((fourth - spread**2).sum(axis=0), total**2))
    outfit_sd = np.sqrt(_ratio((fourth / inside**2).sum(axis=0), count**2) - _ratio(np.ones(len(count)), count))
    return ItemFit(infit, outfit, _deviate(infit, infit_sd), _deviate(outfit, outfit_sd))


def person_fit(theta: Floats, items: Items, responses: Floats, prior: Prior | None = None) -> Floats:
    """Standardised log-likelihood of each person's answers (P,); far below 0 where easy items fail and hard ones do not.

    theta : (P, D).   responses : (P, I), 1, 0 or NaN.   NaN for a person without answers. Without prior theta is taken as
    known (lz). With the prior under which theta is the mode of `posterior`, what the estimate took from the answers is taken
    out again (lz*): then a share of 5 % of persons who follow the model lie below -1.645, if they answered a fixed form of
    some twenty items or more. An adaptive test leaves fewer below.
    Sources: Drasgow, Levine & Williams (1985), Br. J. Math. Stat. Psychol. 38; Snijders (2001), Psychometrika 66; Sinharay
    (2016), Psychometrika 81, for modes.
    """
    p, shown = _expected(theta, items, responses)
    weight = np.where(shown, np.log(p) - np.log1p(-p), 0.0)
    got = (np.where(shown, responses - p, 0.0) * weight).sum(axis=1)
    expected = np.zeros(len(p))
    if prior is not None:
        weight, expected = _without_estimate(theta, items, p, shown, weight, prior)
    return _ratio(got - expected, np.sqrt((p * (1 - p) * weight**2).sum(axis=1)))


def _without_estimate(
    theta: Floats, items: Items, p: Floats, shown: Bools, weight: Floats, prior: Prior
) -> tuple[Floats, Floats]:
    """Weights (P, I) free of what the mode uses of the answers, and the mean (P,) the statistic then has."""
    mean, cov = each(prior, len(theta))
    steep = np.where(shown, items.a * (p - items.c) * (items.d - p) / (items.d - items.c), 0.0)
    own = steep / (p * (1 - p))
    loads = np.eye(theta.shape[1])[items.domain]
    along = np.divide(
        (steep * weight) @ loads, (steep * own) @ loads, out=np.zeros(theta.shape), where=shown @ loads > 0
    )
    pull = -np.linalg.solve(cov, (theta - mean)[:, :, None])[:, :, 0]
    return weight - along[:, items.domain] * own, -(along * pull).sum(axis=1)


def _deviate(square: Floats, sd: Floats) -> Floats:
    return np.asarray((np.cbrt(square) - 1) * 3 / sd + sd / 3)


def _expected(theta: Floats, items: Items, responses: Floats) -> tuple[Floats, Bools]:
    """Probabilities (P, I), and where an item was shown."""
    if responses.shape != (len(theta), len(items)):
        raise ValueError(f"responses must be ({len(theta)} persons, {len(items)} items), got {responses.shape}")
    p = probability(theta[:, items.domain], items.a, items.b, items.c, items.d)
    return np.clip(p, 1e-9, 1 - 1e-9), ~np.isnan(responses)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0), dtype=np.float64)
