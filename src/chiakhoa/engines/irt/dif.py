"""Items that favour a group among equally able persons: Mantel-Haenszel with purification of the matching score.

A flag is a question to the item's author, never a verdict. Knows nothing of who the groups are.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtr

from chiakhoa.engines.irt.models import Bools, Floats, Ints

STRATA = 10
SCALE = -2.35
MODERATE, LARGE = 1.0, 1.5
LEVEL = 0.05


@dataclass(frozen=True)
class Dif:
    """Of each item (I,): delta on the ETS scale (below 0: harder for the focal group), its standard error, p value, class.

    letter : "A" negligible, "B" moderate, "C" large; NaN and "A" where the groups cannot be compared.
    """

    delta: Floats
    se: Floats
    p: Floats
    letter: NDArray[np.str_]


def mantel_haenszel(responses: Floats, focal: Bools, *, ability: Floats | None = None, rounds: int = 5) -> Dif:
    """Differential functioning of items against a focal group.

    responses : (P, I), 1, 0 or NaN.   focal : (P,) True for the focal group.   ability : (P,) to match on in tenths, needed
    where not everybody was shown every item; else the score over items that are not flagged, repeated until the flags stay.
    Raises ValueError for shapes that do not fit or an empty group. Sources: Holland & Thayer (1988), in Wainer & Braun, Test
    Validity; Robins, Breslow & Greenland (1986), Biometrics 42; classes: Zieky (1993), in Holland & Wainer, DIF.
    """
    _check(responses, focal, ability)
    if ability is not None:
        return _compare(responses, focal, [_tenths(ability)] * responses.shape[1])
    kept = np.ones(responses.shape[1], dtype=bool)
    for _ in range(rounds):
        score = responses[:, kept].sum(axis=1)
        own = np.where(kept, 0.0, responses)
        found = _compare(responses, focal, [(score + own[:, i]).astype(np.intp) for i in range(responses.shape[1])])
        clean = found.letter == "A"
        if (clean == kept).all() or not clean.any():
            break
        kept = clean
    return found


def _compare(responses: Floats, focal: Bools, strata: list[Ints]) -> Dif:
    rows = np.array([_item(responses[:, i], focal, stratum) for i, stratum in enumerate(strata)])
    delta, se, p = rows.T
    return Dif(delta, se, p, letters(delta, se, p))


def _item(answer: Floats, focal: Bools, stratum: Ints) -> tuple[float, float, float]:
    """Delta, its standard error, and the p value of the chi square with continuity correction."""
    shown = ~np.isnan(answer)
    cell = 4 * stratum[shown] + 2 * focal[shown] + (answer[shown] > 0.5)
    counts = np.bincount(cell, minlength=4 * (int(stratum.max()) + 1)).reshape(-1, 4).astype(np.float64)
    wrong, right, focal_wrong, focal_right = counts.T
    total = counts.sum(axis=1)
    both = (wrong + right > 0) & (focal_wrong + focal_right > 0)
    a, b, c, d, n = (part[both] for part in (right, wrong, focal_right, focal_wrong, total))
    r, s = a * d / n, b * c / n
    if not r.sum() or not s.sum():
        return np.nan, np.nan, np.nan
    variance = (
        ((a + d) / n * r).sum() / (2 * r.sum() ** 2)
        + ((a + d) / n * s + (b + c) / n * r).sum() / (2 * r.sum() * s.sum())
        + ((b + c) / n * s).sum() / (2 * s.sum() ** 2)
    )
    return SCALE * float(np.log(r.sum() / s.sum())), -SCALE * float(np.sqrt(variance)), _p_value(a, b, c, d)


def _p_value(a: Floats, b: Floats, c: Floats, d: Floats) -> float:
    n = a + b + c + d
    many = n > 1
    a, b, c, d, n = (part[many] for part in (a, b, c, d, n))
    expected = (a + b) * (a + c) / n
    variance = ((a + b) * (c + d) * (a + c) * (b + d) / (n**2 * (n - 1))).sum()
    if not variance:
        return float("nan")
    return float(chdtrc(1, max(abs(float((a - expected).sum())) - 0.5, 0.0) ** 2 / variance))


def letters(delta: Floats, se: Floats, p: Floats) -> NDArray[np.str_]:
    """The ETS classes of deltas with their standard errors and p values, all of one shape."""
    size = np.abs(np.nan_to_num(delta))
    beyond = 1 - ndtr((size - MODERATE) / np.where(np.isnan(se), np.inf, se)) < LEVEL
    out: Any = np.where((size >= LARGE) & beyond, "C", "B")
    return np.where((size < MODERATE) | ~(np.nan_to_num(p, nan=1.0) < LEVEL), "A", out)


def _tenths(ability: Floats) -> Ints:
    cuts = np.quantile(ability, np.arange(1, STRATA) / STRATA)
    return np.searchsorted(cuts, ability, side="right")


def _check(responses: Floats, focal: Bools, ability: Floats | None) -> None:
    if responses.ndim != 2 or focal.shape != (len(responses),):
        raise ValueError(f"need responses (persons, items) and focal (persons,), got {responses.shape}, {focal.shape}")
    if focal.all() or not focal.any():
        raise ValueError("both groups need at least one person")
    gaps = np.argwhere(np.isnan(responses))
    if ability is None and gaps.size:
        raise ValueError(f"person {gaps[0][0]} was not shown item {gaps[0][1]}: give an ability to match persons on")
