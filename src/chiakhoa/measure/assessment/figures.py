"""How one item fares: what its answers say of it. Reads; writes nothing."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from chiakhoa.engines import irt
from chiakhoa.foundation.readers import Reader
from chiakhoa.measure.assessment.models import Answer, Item, ItemState, Sitting, SittingState

Floats = NDArray[np.float64]
NEWEST = 2000  # answers that mean squares and the correlation are taken of; more would change them by a hundredth
NODES = 21
LEAST_FOR_FIT = 30  # answers below which a mean square says nothing


@dataclass(frozen=True)
class ItemFigures:
    """Shown and answered how often; what share was right and did not know; mean seconds; fit; how many tests it stood in.

    correlation : of right and wrong with the ability that the test found (the answer itself is in it). infit, outfit : 1 where
    the model holds, given what the test knew of the person. exposure : share of the tests since `since` that showed it. None
    where too few answers say anything.
    """

    shown: int
    answered: int
    share_right: float | None
    share_unknown: float | None
    seconds: float | None
    correlation: float | None
    infit: float | None
    outfit: float | None
    exposure: float | None
    since: datetime | None


def of(_reader: Reader, item: Item) -> ItemFigures:
    """The figures of an item that the reader may see."""
    counts = Answer.objects.filter(item=item).aggregate(shown=Count("pk"), answered=Count("score"))
    newest = (
        Answer.objects.filter(item=item, score__isnull=False, sitting__state=SittingState.FINISHED)
        .order_by("-pk")
        .values_list("score", "given", "seconds", "sitting__mean", "sitting__covariance")[:NEWEST]
    )
    rows = [row for row in newest if row[3]]
    scores = np.array([row[0] for row in rows], dtype=float)
    seconds = [row[2] for row in rows if row[2] is not None]
    domain = item.competence.domain_index
    theta = np.array([row[3][domain] for row in rows], dtype=float)
    variance = np.array([row[4][domain][domain] for row in rows], dtype=float)
    since, exposure = _exposure(item)
    infit, outfit = _fit(item, theta, variance, scores)
    return ItemFigures(
        shown=counts["shown"],
        answered=counts["answered"],
        share_right=float(scores.mean()) if rows else None,
        share_unknown=sum(row[1] is None for row in rows) / len(rows) if rows else None,
        seconds=sum(seconds) / len(seconds) if seconds else None,
        correlation=_correlation(theta, scores),
        infit=infit,
        outfit=outfit,
        exposure=exposure,
        since=since,
    )


def _correlation(theta: Floats, scores: Floats) -> float | None:
    if len(scores) < LEAST_FOR_FIT or np.ptp(scores) == 0 or np.ptp(theta) == 0:
        return None
    return float(np.corrcoef(theta, scores)[0, 1])


def _fit(item: Item, theta: Floats, variance: Floats, scores: Floats) -> tuple[float | None, float | None]:
    """Infit and outfit against the chance of a right answer given the test's estimate and how sure it was.

    With the estimate taken as exact, short tests would make every item look noisy.
    """
    if len(scores) < LEAST_FOR_FIT:
        return None, None
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    at = theta[:, None] + np.sqrt(variance)[:, None] * nodes
    p = np.clip(
        irt.probability(at, *(np.array(one) for one in (item.a, item.b, item.c))) @ (weights / weights.sum()),
        1e-6,
        1 - 1e-6,
    )
    squared, spread = (scores - p) ** 2, p * (1 - p)
    return float(squared.sum() / spread.sum()), float((squared / spread).mean())


def _exposure(item: Item) -> tuple[datetime | None, float | None]:
    """Since when the item stands in tests, and in what share of the tests since then."""
    begun = item.steps.filter(after=item.state).exclude(before=item.state).order_by("-id").first()
    since = begun.at if begun and item.state in (ItemState.PILOT, ItemState.LIVE) else None
    tests = Sitting.objects.exclude(state=SittingState.VOID)
    if since is not None:
        tests = tests.filter(started_at__gte=since)
    every = tests.count()
    if since is not None and not every:  # sittings from rooms without a network may be older than the item is here
        tests, since = Sitting.objects.exclude(state=SittingState.VOID), None
        every = tests.count()
    with_it = Answer.objects.filter(item=item, sitting__in=tests.values("pk")).count()
    return since, with_it / every if every else None
