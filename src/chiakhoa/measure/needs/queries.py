"""Reading the gaps: as a grid, a ranked list, a map, and down to the people behind a cell.

A share rests on those measured; below `ENOUGH` of them it is not shown. Expected people short scales it to all registered.
"""

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.queries import within
from chiakhoa.measure.evidence.models import DomainEstimate
from chiakhoa.measure.needs.models import Gap

ENOUGH = 10
PARTS = 1000  # what is carried to another map is counted in thousandths of a person
MAY_SEE = (Role.COORDINATOR, Role.UNIT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Cell:
    """One cell of the grid. `share` is None where too few were measured; `margin` is half the 95 % interval of the share."""

    row: str
    competence_id: int
    people: int
    measured: int
    short: float
    variance: float

    @property
    def share(self) -> float | None:
        """The expected share below the required grade."""
        return self.short / self.measured if self.measured >= ENOUGH else None

    @property
    def margin(self) -> float | None:
        """Half the width of the share's 95 % interval: errors of measurement, and of measuring a part of the people."""
        if self.measured < ENOUGH:
            return None
        share = self.short / self.measured
        sampling = share * (1 - share) * max(0.0, 1 - self.measured / self.people) / self.measured
        return 1.96 * math.sqrt(self.variance / self.measured**2 + sampling)

    @property
    def people_short(self) -> int:
        """Expected people below the required grade among all registered."""
        return round(self.people * self.short / self.measured) if self.measured >= ENOUGH else 0


def gaps(reader: Reader) -> QuerySet[Gap]:
    """Gaps of the communes that the reader's role reaches."""
    if not reader.has(*MAY_SEE):
        return Gap.objects.none()
    return Gap.objects.filter(within(reader, "unit"))


def grid(reader: Reader, *, by: str, unit: str = "", audience: str = "") -> dict[str, dict[int, Cell]]:
    """Row key -> competence id -> cell. `by` is "unit" or "audience"; the other may be fixed."""
    fixed = {key: value for key, value in (("unit", unit), ("audience", audience)) if value}
    rows = (
        gaps(reader)
        .filter(**fixed)
        .values_list(by, "competence")
        .annotate(Sum("people"), Sum("measured"), Sum("short"), Sum("variance"))
        .order_by()
    )
    table: dict[str, dict[int, Cell]] = {}
    for key, competence, people, measured, short, variance in rows:
        table.setdefault(key, {})[competence] = Cell(key, competence, people, measured, short, variance)
    return table


def ranked(reader: Reader) -> QuerySet[Gap]:
    """Gaps with enough measured people, those with most expected people short first."""
    share = Cast(F("short"), FloatField()) / F("measured")
    return (
        gaps(reader)
        .filter(measured__gte=ENOUGH)
        .annotate(share=share, people_short=share * F("people"))
        .select_related("unit", "audience", "competence")
        .order_by("-people_short", "pk")
    )


def worst_sentences(reader: Reader, count: int = 3) -> list[dict[str, Any]]:
    """The largest gaps by audience and competence over the reader's whole reach, for sentences in words."""
    rows = (
        gaps(reader)
        .values("audience", "audience__name_vi", "audience__name_en", "competence", "competence__code",
                "competence__name_vi", "competence__name_en", "required")
        .annotate(people=Sum("people"), measured=Sum("measured"), short=Sum("short"))
        .filter(measured__gte=ENOUGH)
    )  # fmt: skip
    scored = [row | {"share": row["short"] / row["measured"]} for row in rows]
    return sorted(scored, key=lambda row: -row["share"] * row["people"])[:count]


def by_unit(reader: Reader, *, audience: str = "", competence: int | None = None) -> dict[str, Cell]:
    """Unit -> cell of the chosen audience and competence: what the map draws.

    Audiences are summed where none is chosen. Competences are averaged, so that each person counts once; the variance of an
    average is at most the average of the variances.
    """
    chosen = Q(**({"audience": audience} if audience else {}), **({"competence": competence} if competence else {}))
    rows = gaps(reader).filter(chosen).values_list("unit").annotate(
        Count("competence", distinct=True), Sum("people"), Sum("measured"), Sum("short"), Sum("variance")
    ).order_by()  # fmt: skip
    return {
        unit: Cell(unit, competence or 0, people // count, measured // count, short / count, variance / count)
        for unit, count, people, measured, short, variance in rows
    }


def on_map(cells: dict[str, Cell], *, day: date) -> dict[str, Cell]:
    """The cells of communes of today on the map of another day: people, measured and expected short are carried alike.

    All totals are kept, the expected numbers to the thousandth; where a commune was divided or joined it is an estimate.
    """
    carried = [
        territory.restated({unit: round(value(cell) * PARTS) for unit, cell in cells.items()}, to=day)
        for value in (lambda c: c.people, lambda c: c.measured, lambda c: c.short, lambda c: c.variance)
    ]
    people, measured, short, variance = carried
    return {
        unit: Cell(
            unit,
            0,
            round(people[unit] / PARTS),
            round(measured[unit] / PARTS),
            short[unit] / PARTS,
            variance[unit] / PARTS,
        )
        for unit in people
    }


def people_short(reader: Reader, gap: Gap) -> QuerySet[Person]:
    """The measured people behind a gap, lowest estimate first, with `estimate` and `se` of the competence's domain."""
    estimates = DomainEstimate.objects.filter(domain=gap.competence.domain_id)
    return (
        Person.objects.filter(
            within(reader, "unit"), unit=gap.unit_id, audience=gap.audience_id, state__estimates__in=estimates
        )
        .annotate(estimate=F("state__estimates__mean"), se=F("state__estimates__se"))
        .order_by("estimate", "pk")
    )
