"""Rebuilding the gaps from states and required profiles. All or nothing; nothing else writes a gap."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from chiakhoa.foundation import audit, bulk
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.frameworks.queries import Scale
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.evidence.models import DomainEstimate
from chiakhoa.measure.needs.models import Gap
from chiakhoa.measure.needs.shortfall import expected_depth, probability_short


@dataclass(frozen=True)
class Measured:
    """Everyone with a state: units and audiences (M,) as ids, mean and se (M, D)."""

    units: NDArray[np.str_]
    audiences: NDArray[np.str_]
    mean: NDArray[np.float64]
    se: NDArray[np.float64]


@action(Role.COORDINATOR, Role.ADMINISTRATOR)
def refresh(actor: Reader, *, at: datetime) -> int:
    """Throw the gaps away and compute them afresh. Returns how many gap rows there are."""
    scale = frameworks.scale()
    measured = _measured(len(scale.domains))
    rows: list[Gap] = []
    for audience, people in _people_by_audience().items():
        required = frameworks.required(audience)
        if required:
            rows += _gaps_of(audience, people, required, measured, scale, at)
    Gap.objects.all().delete()
    bulk.insert(Gap, rows)
    audit.record(actor, "refresh_gaps", "needs.gap", at=at, after={"gaps": len(rows), "measured": len(measured.units)})
    return len(rows)


def _people_by_audience() -> dict[str, dict[str, int]]:
    """audience -> unit -> people registered."""
    counts: dict[str, dict[str, int]] = {}
    people = Person.objects.filter(merged_into__isnull=True).exclude(audience=None)
    grouped = people.values_list("audience", "unit").annotate(n=Count("pk")).order_by()
    for audience, unit, n in grouped:
        counts.setdefault(audience, {})[unit] = n
    return counts


def _measured(domains: int) -> Measured:
    rows = DomainEstimate.objects.order_by("state_id", "domain__order").values_list(
        "state__person__unit", "state__person__audience", "mean", "se"
    )
    columns = list(zip(*rows.iterator(chunk_size=20_000), strict=True)) or [(), (), (), ()]
    mean, se = (np.array(column, dtype=np.float64).reshape(-1, domains) for column in columns[2:])
    return Measured(np.array(columns[0][::domains], dtype=str), np.array(columns[1][::domains], dtype=str), mean, se)


def _gaps_of(
    audience: str,
    people: dict[str, int],
    required: dict[int, int],
    measured: Measured,
    scale: Scale,
    at: datetime,
) -> Iterator[Gap]:
    """One gap for each unit and competence of the audience."""
    units = sorted(people)
    ours = np.flatnonzero(measured.audiences == audience)
    place = np.searchsorted(units, measured.units[ours]) if ours.size else np.zeros(0, dtype=np.intp)
    counted = np.bincount(place, minlength=len(units))
    grade_width = float(np.mean(np.diff(scale.cuts)))
    for competence in scale.competences:
        grade = required[competence.pk]
        mean, se = measured.mean[ours, competence.domain_index], measured.se[ours, competence.domain_index]
        cut = np.float64(scale.cuts[grade - 1])
        probability = probability_short(mean, se, cut)
        short = np.bincount(place, probability, minlength=len(units))
        variance = np.bincount(place, probability * (1 - probability), minlength=len(units))
        depth = np.bincount(place, expected_depth(mean, se, cut) / grade_width, minlength=len(units))
        for i, unit in enumerate(units):
            yield Gap(
                unit_id=unit, audience_id=audience, competence_id=competence.pk, required=grade, people=people[unit],
                measured=int(counted[i]), short=float(short[i]), variance=float(variance[i]), depth=float(depth[i]),
                as_of=at,
            )  # fmt: skip
