"""A plan on the map: how much of each commune's need it serves, and where its classes are. Reads only."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiakhoa.foundation.charts import Mark, choropleth
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.templatetags.words import num, percent
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.mapday import MapDay
from chiakhoa.ground.territory.models import Unit
from chiakhoa.train.planning.models import Plan, PlannedGroup

BREAKS = (0.2, 0.4, 0.6, 0.8)
MANY, SOME = 6, 3


@dataclass(frozen=True)
class Commune:
    """A commune in need: people in need, seats that the plan gives them, classes held there."""

    unit: Unit
    needs: int
    served: int
    classes: int

    @property
    def share(self) -> float | None:
        """Of the people in need, how many get a seat; None where nobody is in need."""
        return min(self.served / self.needs, 1.0) if self.needs else None


def communes(reader: Reader, plan: Plan, day: MapDay) -> list[Commune]:
    """The communes of the reader's place and those of the plan, those least served first, then those that need nothing.

    On the map of the day: what stands at a unit that is not in force then is carried there, with every total kept.
    """
    held = PlannedGroup.objects.filter(planned_class__plan=plan, planned_class__cancelled=False)
    seats = dict(held.order_by().values_list("unit").annotate(Sum("people")))
    classes = dict(
        plan.classes.filter(cancelled=False).order_by().values_list("venue__unit").annotate(Count("pk"))
    )  # fmt: skip
    needs = plan.needs
    if day.restates:
        needs, seats, classes = (territory.restated(counts, to=day.on) for counts in (needs, seats, classes))
    here = territory.communes_on_map(reader, on=day.on).values_list("pk", flat=True)
    units = Unit.objects.filter(pk__in={*here, *needs, *seats, *classes}).select_related("shape")
    rows = [Commune(unit, needs.get(unit.pk, 0), seats.get(unit.pk, 0), classes.get(unit.pk, 0)) for unit in units]
    return sorted(rows, key=lambda row: (row.share is None, row.share or 0.0, -row.needs, row.unit.search_key))


def drawn(plan: Plan, rows: list[Commune], *, moved: bool) -> str:
    """The map: communes shaded by the share served, venues as dots; empty where no commune has an outline.

    moved : carried to another day's map, where a commune leads to what became of it and not to classes.
    """
    features = [
        {"id": row.unit.pk, "name": str(row.unit), "geometry": row.unit.shape.geometry}
        for row in rows if hasattr(row.unit, "shape")
    ]  # fmt: skip
    if not features:
        return ""
    table = reverse("planning:classes", args=[plan.pk])
    return choropleth(
        features,
        {row.unit.pk: row.share for row in rows if row.share is not None},
        title=_("Share of the people in need who get a seat, commune by commune, and where the classes are"),
        href=lambda key: reverse("territory:unit", args=[key]) if moved else f"{table}?serves={key}",
        label=percent,
        breaks=BREAKS,
        legend=_("Share of the people in need who get a seat"),
        missing=_("not in the demand"),
        marks=_marks(plan, table),
    )


def _marks(plan: Plan, table: str) -> list[Mark]:
    """A dot for each place with classes; venues of one commune stand at one point."""
    count: dict[tuple[float, float], int] = defaultdict(int)
    names: dict[tuple[float, float], list[str]] = defaultdict(list)
    units: dict[tuple[float, float], str] = {}
    rows = plan.classes.filter(cancelled=False).select_related("venue__unit").order_by("venue__search_key", "number")
    for row in rows:
        name, unit, longitude, latitude = (
            row.venue.name, row.venue.unit_id, row.venue.unit.longitude, row.venue.unit.latitude
        )  # fmt: skip
        if longitude is not None and latitude is not None:
            spot = (longitude, latitude)
            count[spot] += 1
            units[spot] = unit
            if name not in names[spot]:
                names[spot].append(name)
    return [
        Mark(longitude, latitude, 3 if n >= MANY else 2 if n >= SOME else 1,
             ngettext("%(n)s class: %(venues)s", "%(n)s classes: %(venues)s", n)
             % {"n": num(n), "venues": ", ".join(names[longitude, latitude])},
             f"{table}?at={units[longitude, latitude]}")
        for (longitude, latitude), n in count.items()
    ]  # fmt: skip
