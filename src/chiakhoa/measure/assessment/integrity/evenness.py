"""Whether signs fall on one group of people more than on another: how often, with intervals. Reads; writes nothing.

A sign rests on answers and times alone; still a kind of sign may meet one group more often: those who read fast, those for whom
a question is easier than its parameters say. Rates can differ because behaviour does, too: this asks, it does not answer.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from chiakhoa.foundation.readers import Reader
from chiakhoa.measure.assessment import demographics, queries
from chiakhoa.measure.assessment.models import ConcernKind, ConcernState, Seat, SittingState

KINDS = (ConcernKind.RAPID, ConcernKind.MISFIT, ConcernKind.ALIKE)
LEAST = 10  # seats: of fewer, a rate says nothing
Z = 1.96


class Rate(NamedTuple):
    """A group: seats whose answers were gone through, how many had a sign, by kind and at all, and how many were upheld.

    low, high : the 95 % interval (Wilson 1927) of the share with any sign; None where the group is too small.
    """

    by: str
    group: str
    seats: int
    kinds: dict[str, int]
    signs: int
    upheld: int
    share: float | None
    low: float | None
    high: float | None


def rates(reader: Reader) -> list[Rate]:
    """By what the register holds of people, over all exams that the reader reaches and that were gone through."""
    seats = list(
        Seat.objects.filter(exam__in=queries.exams(reader).filter(integrity__isnull=False).values("pk"))
        .filter(sitting__state__in=[SittingState.FINISHED, SittingState.VOID])
        .values_list("pk", "person", "exam__held_on")
    )
    marked: dict[int, set[str]] = defaultdict(set)
    upheld: set[int] = set()
    found = queries.concerns(reader).filter(kind__in=KINDS).order_by().values_list("kind", "state", "seat", "other")
    for kind, state, *pair in found:
        for seat in filter(None, pair):
            marked[seat].add(kind)
            if state == ConcernState.UPHELD:
                upheld.add(seat)
    named = demographics.of([seat[1] for seat in seats], [seat[2] for seat in seats])
    return [
        row
        for by, names in named.items()
        for row in _of_grouping(by, names, [seat[0] for seat in seats], marked, upheld)
    ]


def _of_grouping(
    by: str, names: list[str], seats: list[int], marked: dict[int, set[str]], upheld: set[int]
) -> Iterable[Rate]:
    members: dict[str, list[int]] = defaultdict(list)
    for name, seat in zip(names, seats, strict=True):
        members[name].append(seat)
    for name, own in sorted(members.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        if name == demographics.NOBODY_KNOWS:
            continue
        signs = sum(bool(marked.get(seat)) for seat in own)
        enough = len(own) >= LEAST
        low, high = wilson(signs, len(own)) if enough else (None, None)
        kinds = {str(kind): sum(kind in marked.get(seat, ()) for seat in own) for kind in KINDS}
        share = signs / len(own) if enough else None
        yield Rate(by, name, len(own), kinds, signs, len(upheld.intersection(own)), share, low, high)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The interval of a share that holds it with 95 %; good for few hits, too."""
    share, room = hits / of, Z * Z / of
    middle = (share + room / 2) / (1 + room)
    half = Z / (1 + room) * math.sqrt(share * (1 - share) / of + room / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)
