"""Gaps on the map of another day.

People are carried as whole numbers: the measured and the others apart, so that both totals are kept to the unit and nobody is
measured who is not there. The expected short among the measured goes the same way in thousandths, and the share is taken of
the same thousandths, so that it stays between 0 and 1 where few are carried. What a commune of the other map shows is an
estimate wherever it was divided or joined.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from chiakhoa.ground.territory import queries as territory
from chiakhoa.measure.needs.models import Gap

PARTS = 1000
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Carried:
    """One audience and competence in a unit of the other map; `short` is expected among the `measured`."""

    unit: str
    audience: str
    competence: int
    required: int
    people: int
    measured: int
    short: float
    variance: float


def carried(gaps: QuerySet[Gap], *, to: date) -> Iterator[Carried]:
    """The gaps on the map of the day, by unit, audience and competence; those of nobody left out."""
    rows = list(
        gaps.values_list("unit", "audience", "competence", "required", "people", "measured", "short", "variance")
    )
    if not rows:
        return
    units = sorted({row[0] for row in rows})
    groups = sorted({row[1:4] for row in rows})
    place, column = {key: i for i, key in enumerate(units)}, {key: i for i, key in enumerate(groups)}
    given = np.zeros((len(units), 4, len(groups)))
    for unit, audience, competence, required, people, measured, short, variance in rows:
        given[place[unit], :, column[audience, competence, required]] = people - measured, measured, short, variance
    for unit, (others, measured, share, variance) in sorted(_carry(units, given, to).items()):
        for j in np.flatnonzero(others + measured):
            yield Carried(unit, *groups[j], int(others[j] + measured[j]), int(measured[j]),
                          float(share[j] * measured[j]), float(variance[j]))  # fmt: skip


def _carry(units: list[str], given: Numbers, to: date) -> dict[str, Numbers]:
    """By unit of the day: others, measured, share short and variance of the count short, (4, G)."""
    whole = given[:, :2]
    parts = np.round(np.stack([given[:, 1], given[:, 2], given[:, 1] - given[:, 2], given[:, 3]], axis=1) * PARTS)
    # Short and not short are carried apart and their sum is what is measured, so that no share passes 1.
    table = np.concatenate([whole, np.maximum(parts, 0)], axis=1).reshape(len(units), -1).astype(np.int64)
    found = territory.restated_table(units, table, to=to)
    return {unit: _read(row.reshape(6, -1).astype(np.float64)) for unit, row in found.items()}


def _read(row: Numbers) -> Numbers:
    others, measured, exact, short, not_short, variance = row
    among = short + not_short
    share = np.divide(short, among, out=np.zeros_like(short), where=among > 0)
    # The variance was carried with the thousandths; it is told of the whole number that is shown.
    scale = np.divide(measured * PARTS, exact, out=np.zeros_like(exact), where=exact > 0)
    return np.stack([others, measured, share, variance / PARTS * scale**2])
