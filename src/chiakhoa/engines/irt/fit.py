"""Whether answers look as the model expects: item infit and outfit, person fit lz. Flags are for people to judge.

Abilities are taken as known; where they are estimated from the same answers, mean squares come out a little below 1 and lz
spreads a little less than a standard normal, so that flags are rather too few than too many.
"""

from dataclasses import dataclass

import numpy as np

from chiakhoa.engines.irt.adaptive import Bools
from chiakhoa.engines.irt.models import Floats, Items, probability


@dataclass(frozen=True)
class ItemFit:
    """Mean squares (I,), 1 where the model holds, above it where answers are noisier; NaN for an item nobody was shown."""

    infit: Floats
    outfit: Floats


def item_fit(theta: Floats, items: Items, responses: Floats) -> ItemFit:
    """Fit of items.

    theta : (P, D) abilities.   responses : (P, I), 1, 0 or NaN.   Infit weighs answers by their variance, outfit does not.
    Source: Wright & Masters (1982), Rating Scale Analysis, ch. 5.
    """
    p, shown = _expected(theta, items, responses)
    spread = np.where(shown, p * (1 - p), 0.0)
    squared = np.where(shown, (np.where(shown, responses, 0.0) - p) ** 2, 0.0)
    count = shown.sum(axis=0)
    outfit = np.where(shown, squared / np.where(shown, spread, 1.0), 0.0).sum(axis=0)
    return ItemFit(_ratio(squared.sum(axis=0), spread.sum(axis=0)), _ratio(outfit, count))


def person_fit(theta: Floats, items: Items, responses: Floats) -> Floats:
    """lz (P,): standardised log-likelihood of each person's answers; far below 0 where easy items fail and hard ones do not.

    theta : (P, D).   responses : (P, I), 1, 0 or NaN.   NaN for a person without answers.
    Source: Drasgow, Levine & Williams (1985), Br. J. Math. Stat. Psychol. 38.
    """
    p, shown = _expected(theta, items, responses)
    likely, odds = np.log(p), np.log(p) - np.log1p(-p)
    got = np.where(shown, np.where(responses > 0.5, likely, np.log1p(-p)), 0.0).sum(axis=1)
    mean = np.where(shown, p * likely + (1 - p) * np.log1p(-p), 0.0).sum(axis=1)
    variance = np.where(shown, p * (1 - p) * odds**2, 0.0).sum(axis=1)
    return _ratio(got - mean, np.sqrt(variance))


def _expected(theta: Floats, items: Items, responses: Floats) -> tuple[Floats, Bools]:
    """Probabilities (P, I), and where an item was shown."""
    if responses.shape != (len(theta), len(items)):
        raise ValueError(f"responses must be ({len(theta)} persons, {len(items)} items), got {responses.shape}")
    p = probability(theta[:, items.domain], items.a, items.b, items.c, items.d)
    return np.clip(p, 1e-9, 1 - 1e-9), ~np.isnan(responses)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0), dtype=np.float64)
