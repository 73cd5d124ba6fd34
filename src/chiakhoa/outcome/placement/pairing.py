"""From applications to verdicts: hands wishes and scores to the matching engine and keeps its reasons in plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chiakhoa.engines.matching import Reason
from chiakhoa.engines.matching import match as stable_match
from chiakhoa.outcome.placement.models import Application
from chiakhoa.outcome.placement.scores import Standing, standings


@dataclass(frozen=True)
class Verdict:
    """What the matching says to one application. `reason` has kind, met, total, missing (competence ids) and, where the seats
    are gone, the score of the last one taken."""

    application: Application
    placed: bool
    score: float
    reason: dict[str, Any]


def pair(applications: Sequence[Application]) -> list[Verdict]:
    """A verdict for each application. Of equals the one stands first whose first application came first."""
    standing = standings(applications)
    people = list(dict.fromkeys(row.person_id for row in applications))
    seats = {row.opening_id: row.opening.seats for row in applications}
    place = {code: i for i, code in enumerate(seats)}
    scores = np.full((len(people), len(place)), -np.inf)
    wishes = _wishes(applications, people, place)
    for a, (person, wished) in enumerate(zip(people, wishes, strict=True)):
        for opening, code in wished:
            fit = standing[code, person]
            scores[a, opening] = fit.score if fit.acceptable else -np.inf
    found = stable_match([[opening for opening, _code in wished] for wished in wishes], scores, list(seats.values()))
    index = {person: a for a, person in enumerate(people)}
    return [
        _verdict(
            row,
            standing[row.opening_id, row.person_id],
            bool(found.assigned[index[row.person_id]] == place[row.opening_id]),
            {reason.opening: reason for reason in found.reasons[index[row.person_id]]}.get(place[row.opening_id]),
        )
        for row in applications
    ]


def _wishes(
    applications: Sequence[Application], people: list[int], place: dict[str, int]
) -> list[list[tuple[int, str]]]:
    wished: dict[int, list[tuple[int, str]]] = {person: [] for person in people}
    for row in sorted(applications, key=lambda row: row.rank):
        wished[row.person_id].append((place[row.opening_id], row.opening_id))
    return list(wished.values())


def _verdict(row: Application, standing: Standing, placed: bool, reason: Reason | None) -> Verdict:
    kind = "placed" if placed or reason is None else reason.kind
    if kind == "unacceptable" and not standing.measured:
        kind = "unmeasured"
    said: dict[str, Any] = {
        "kind": kind, "met": standing.met, "total": standing.total, "missing": list(standing.missing)
    }  # fmt: skip
    if reason is not None and reason.last is not None:
        said["last"] = reason.last
    return Verdict(row, placed, standing.score, said)
