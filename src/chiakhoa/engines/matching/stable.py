"""Applicant-proposing deferred acceptance with quotas and ties (Gale & Shapley 1962; Roth & Sotomayor 1990, ch. 5).

The result is stable: no applicant and opening would both rather have each other; and no stable matching is better for any
applicant. Equal scores are ordered by the applicant's place in the input, so that two runs agree.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reason:
    """Why a wish was not granted: `kind` is full (the last one taken scored `last`), or unacceptable, or better (a higher
    wish was granted). `opening` is the wish's opening, `score` the applicant's there."""

    opening: int
    kind: str
    score: float
    last: float | None = None


@dataclass(frozen=True)
class Matching:
    """assigned (A,): the opening of each applicant, -1 for none; reasons: for each applicant, those of the other wishes."""

    assigned: NDArray[np.intp]
    reasons: tuple[tuple[Reason, ...], ...]


def match(wishes: Sequence[Sequence[int]], scores: Floats, quotas: Sequence[int]) -> Matching:
    """The stable matching that is best for the applicants.

    wishes : A lists of openings, dearest first.   scores : (A, O), higher is better, NaN or -inf where the opening would
    rather stay empty.   quotas : (O,) seats. Raises ValueError naming the first wish, shape or quota that makes no sense.
    O(W log W) for W wishes.
    """
    _check(wishes, scores, quotas)
    taken: list[list[tuple[float, int]]] = [[] for _ in quotas]
    next_wish = [0] * len(wishes)
    free = list(range(len(wishes) - 1, -1, -1))
    while free:
        applicant = free.pop()
        while next_wish[applicant] < len(wishes[applicant]):
            opening = wishes[applicant][next_wish[applicant]]
            next_wish[applicant] += 1
            score = float(scores[applicant, opening])
            if not np.isfinite(score) or quotas[opening] == 0:
                continue
            # Ties by place: of equals the one who stands later in the input is given up first.
            heapq.heappush(taken[opening], (score, -applicant))
            if len(taken[opening]) <= quotas[opening]:
                break
            _score, loser = heapq.heappop(taken[opening])
            if -loser == applicant:
                continue
            free.append(-loser)
            break
    assigned = np.full(len(wishes), -1, dtype=np.intp)
    for opening, seats in enumerate(taken):
        for _score, applicant in seats:
            assigned[-applicant] = opening
    return Matching(assigned, _reasons(wishes, scores, quotas, assigned, taken))


def blocking_pairs(
    wishes: Sequence[Sequence[int]], scores: Floats, quotas: Sequence[int], assigned: NDArray[np.intp]
) -> list[tuple[int, int]]:
    """Pairs (applicant, opening) that would both rather have each other; empty for a stable matching. From the definition."""
    pairs = []
    for applicant, wished in enumerate(wishes):
        for opening in wished:
            if opening == assigned[applicant]:
                break
            if np.isfinite(scores[applicant, opening]) and _prefers(applicant, opening, scores, quotas, assigned):
                pairs.append((applicant, opening))
    return pairs


def _prefers(applicant: int, opening: int, scores: Floats, quotas: Sequence[int], assigned: NDArray[np.intp]) -> bool:
    holders = np.flatnonzero(assigned == opening)
    if len(holders) < quotas[opening]:
        return True
    worst = min(((float(scores[h, opening]), -int(h)) for h in holders), default=None)
    return worst is not None and (float(scores[applicant, opening]), -applicant) > worst


def _reasons(
    wishes: Sequence[Sequence[int]], scores: Floats, quotas: Sequence[int], assigned: NDArray[np.intp],
    taken: list[list[tuple[float, int]]],
) -> tuple[tuple[Reason, ...], ...]:  # fmt: skip
    last = [
        min(seats)[0] if seats and len(seats) == quota else None for seats, quota in zip(taken, quotas, strict=True)
    ]
    told = []
    for applicant, wished in enumerate(wishes):
        rows, granted = [], False
        for opening in wished:
            if opening == assigned[applicant]:
                granted = True
                continue
            score = float(scores[applicant, opening])
            kind = "better" if granted else "full" if np.isfinite(score) else "unacceptable"
            rows.append(Reason(opening, kind, score, last[opening] if kind == "full" else None))
        told.append(tuple(rows))
    return tuple(told)


def _check(wishes: Sequence[Sequence[int]], scores: Floats, quotas: Sequence[int]) -> None:
    if scores.shape != (len(wishes), len(quotas)):
        raise ValueError(f"scores must be ({len(wishes)} applicants, {len(quotas)} openings), got {scores.shape}")
    for opening, quota in enumerate(quotas):
        if quota < 0:
            raise ValueError(f"opening {opening}: {quota} seats")
    for applicant, wished in enumerate(wishes):
        if len(set(wished)) < len(wished):
            raise ValueError(f"applicant {applicant}: wishes for an opening twice")
        for opening in wished:
            if not 0 <= opening < len(quotas):
                raise ValueError(f"applicant {applicant}: there is no opening {opening}")
