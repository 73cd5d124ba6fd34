"""Reading the gaps: as a grid, a ranked list, a map, and down to the people behind a cell.

A share rests on those measured; below `ENOUGH` of them it is not shown. Expected people short scales it to all registered.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, FloatField, QuerySet, Sum
from django.db.models.functions import Cast

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.registry.models import Audience, Person
from chiakhoa.ground.territory.models import Unit
from chiakhoa.ground.territory.queries import any_ended, within
from chiakhoa.measure.evidence.models import DomainEstimate
from chiakhoa.measure.needs.carrying import carried
from chiakhoa.measure.needs.models import Gap

ENOUGH = 10
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


def moves(reader: Reader, *, on: date) -> bool:
    """Whether the reader's gaps stand otherwise on the map of the day: some unit of theirs is not in force then."""
    return any_ended(gaps(reader).values("unit"), on=on)


def grid(
    reader: Reader, *, by: str, unit: str = "", audience: str = "", on: date | None = None
) -> dict[str, dict[int, Cell]]:
    """Row key -> competence id -> cell. `by` is "unit" or "audience"; the other may be fixed. `on`: carried to that day's map."""
    chosen = gaps(reader).filter(audience=audience) if audience else gaps(reader)
    table: dict[str, dict[int, Cell]] = {}
    for key, competence, *numbers in _summed(chosen, by, unit) if on is None else _carried(chosen, by, unit, on):
        table.setdefault(key, {})[competence] = Cell(key, competence, *numbers)
    return table


def _summed(chosen: QuerySet[Gap], by: str, unit: str) -> Iterable[tuple[Any, ...]]:
    rows = chosen.filter(unit=unit) if unit else chosen
    sums = (Sum("people"), Sum("measured"), Sum("short"), Sum("variance"))
    return rows.values_list(by, "competence").annotate(*sums).order_by()


def _carried(chosen: QuerySet[Gap], by: str, unit: str, on: date) -> Iterable[tuple[Any, ...]]:
    sums: dict[tuple[str, int], list[float]] = {}
    for row in carried(chosen, to=on):
        if not unit or row.unit == unit:
            held = sums.setdefault((getattr(row, by), row.competence), [0, 0, 0.0, 0.0])
            for i, number in enumerate((row.people, row.measured, row.short, row.variance)):
                held[i] += number
    return ((*key, *numbers) for key, numbers in sums.items())


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


@dataclass(frozen=True)
class CarriedGap:
    """A gap of the list on another day's map; it has no row of its own, hence no people behind it to open."""

    unit: Unit
    audience: Audience
    competence: Competence
    required: int
    people: int
    measured: int
    share: float

    @property
    def people_short(self) -> float:
        """Expected people below the required grade among all registered."""
        return self.share * self.people


def ranked_on_map(reader: Reader, *, on: date, audience: str = "", competence: int | None = None) -> list[CarriedGap]:
    """The ranked list carried to the map of the day, in the same order."""
    fixed = {key: value for key, value in (("audience", audience), ("competence", competence)) if value}
    rows = [row for row in carried(gaps(reader).filter(**fixed), to=on) if row.measured >= ENOUGH]
    units = Unit.objects.in_bulk({row.unit for row in rows})
    audiences = Audience.objects.in_bulk({row.audience for row in rows})
    competences = Competence.objects.in_bulk({row.competence for row in rows})
    found = [
        CarriedGap(units[row.unit], audiences[row.audience], competences[row.competence], row.required, row.people,
                   row.measured, row.short / row.measured)
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda row: -row.people_short)


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


def by_unit(
    reader: Reader, *, audience: str = "", competence: int | None = None, on: date | None = None
) -> dict[str, Cell]:
    """Unit -> cell of the chosen audience and competence: what the map draws. `on`: carried to that day's map.

    Audiences are summed where none is chosen. Competences are averaged, so that each person counts once; the variance of an
    average is at most the average of the variances.
    """
    table = grid(reader, by="unit", audience=audience, on=on)
    return {unit: _mean(unit, [cell for key, cell in cells.items() if competence in (None, key)])
            for unit, cells in table.items() if competence is None or competence in cells}  # fmt: skip


def _mean(unit: str, cells: list[Cell]) -> Cell:
    count = len(cells)
    return Cell(
        unit,
        cells[0].competence_id if count == 1 else 0,
        sum(cell.people for cell in cells) // count,
        sum(cell.measured for cell in cells) // count,
        sum(cell.short for cell in cells) / count,
        sum(cell.variance for cell in cells) / count,
    )


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
