"""Demand on the map of another day: people as whole numbers, so that each group keeps its total; depth weighted by them."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import QuerySet

from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.registry.models import Audience
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Unit
from chiakhoa.train.planning.models import Demand

PARTS = 1000


@dataclass(frozen=True)
class CarriedDemand:
    """One group in a unit of the other map; an estimate where the unit was divided or joined."""

    unit: Unit
    audience: Audience
    competence: Competence
    people: int
    depth: float


def demand(rows: QuerySet[Demand], *, to: date) -> list[CarriedDemand]:
    """The rows as they stand on the map of the day, by unit and group."""
    given = list(rows)
    groups = sorted({(row.audience_id, row.competence_id) for row in given})
    units = sorted({row.unit_id for row in given})
    table = np.zeros((len(units), 2, len(groups)), dtype=np.int64)
    for row in given:
        column = groups.index((row.audience_id, row.competence_id))
        table[units.index(row.unit_id), :, column] = row.people, round(row.people * row.depth * PARTS)
    found = territory.restated_table(units, table.reshape(len(units), -1), to=to)
    named = Unit.objects.in_bulk(found)
    audiences, competences = (
        {getattr(row, of).pk: getattr(row, of) for row in given} for of in ("audience", "competence")
    )
    return [
        CarriedDemand(named[unit], audiences[audience], competences[competence], int(people[i]),
                      float(grades[i] / PARTS / people[i]))
        for unit, (people, grades) in ((unit, row.reshape(2, -1)) for unit, row in found.items())
        for i, (audience, competence) in enumerate(groups) if people[i]
    ]  # fmt: skip
