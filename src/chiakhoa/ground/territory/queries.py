"""Reading the map. Units are public facts; the reader limits only what hangs on them (see `within`)."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from chiakhoa.foundation.clock import today
from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.territory.models import Home, Shape, Succession, Unit, UnitAncestry


def home() -> Home | None:
    """The province that this installation serves; None before it is founded."""
    return Home.objects.select_related("unit").first()


def in_force(day: date) -> Q:
    """The condition that a dated row is in force on a day."""
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def units(_reader: Reader, *, on: date) -> QuerySet[Unit]:
    """All units of the country in force on the day, highest level first."""
    return Unit.objects.filter(in_force(on)).select_related("parent")


def provinces_today() -> QuerySet[Unit]:
    """The provinces of today's map, by name."""
    return Unit.objects.filter(in_force(today()), level=1).order_by("search_key")


def subtree(unit_id: str) -> QuerySet[UnitAncestry, Any]:
    """Ids (column `unit`) of the unit and all below it, for use as a subquery."""
    return UnitAncestry.objects.filter(ancestor_id=unit_id).values("unit")


def within(reader: Reader, field: str = "unit") -> Q:
    """The condition that a row's `field` lies in the unit that the reader's role reaches; nothing without a unit."""
    if reader.unit_id is None:
        return Q(pk__in=[])
    return Q(**{f"{field}__in": subtree(reader.unit_id)})


def communes(reader: Reader, *, on: date) -> QuerySet[Unit]:
    """Communes of the home province (or of the reader's own unit, where the role is over one) in force on the day."""
    place = reader.unit_id or getattr(home(), "unit_id", None)
    if place is None:
        return Unit.objects.none()
    return units(reader, on=on).filter(level=3, id__in=subtree(place)).order_by("search_key")


def communes_on_map(reader: Reader, *, on: date) -> QuerySet[Unit]:
    """The communes that cover the reader's place on the day's map: before a reform, those that passed into it.

    Each carries `people_count`, how many people are registered in that very unit.
    """
    place = reader.unit_id or getattr(home(), "unit_id", None)
    if place is None:
        return Unit.objects.none()
    forebears = Succession.objects.filter(new__in=subtree(place)).values("old")
    here = Q(id__in=subtree(place)) | Q(id__in=forebears)
    return units(reader, on=on).filter(here, level=3).annotate(people_count=Count("people")).order_by("search_key")


def outlines(units_shown: QuerySet[Unit]) -> list[dict[str, Any]]:
    """The drawn outlines of the units, as GeoJSON features with `id` and `name`."""
    rows = (
        Shape.objects.filter(unit__in=units_shown.order_by().values("pk"))
        .select_related("unit")
        .order_by("unit__search_key")
    )
    return [{"id": row.unit_id, "name": str(row.unit), "geometry": row.geometry} for row in rows]


def reforms() -> list[date]:
    """The days on which the map of the home province changed, the latest first."""
    place = home()
    if place is None:
        return []
    changes = Succession.objects.filter(new__in=subtree(place.unit_id))
    return list(changes.order_by("-date").values_list("date", flat=True).distinct())


def came_from(unit: Unit) -> QuerySet[Succession]:
    """Which units passed into this one, and when."""
    return unit.forebears.select_related("old").order_by("date", "old__search_key")


def became(unit: Unit) -> QuerySet[Succession]:
    """Into which units this one passed; a row without a new unit says that it was abolished."""
    return unit.heirs.select_related("new").order_by("date", "new__search_key")


def reaches(reader: Reader, unit: Unit) -> bool:
    """Whether the unit lies in the subtree over which the reader's role is held."""
    return bool(reader.unit_id) and UnitAncestry.objects.filter(unit=unit, ancestor=reader.unit_id).exists()


def people_in(unit: Unit) -> int:
    """How many people are registered in the unit and below it."""
    return Unit.objects.filter(ancestry__ancestor=unit).aggregate(count=Count("people"))["count"] or 0


def successions(_reader: Reader) -> QuerySet[Succession]:
    """Every passing of one unit into another, of the whole country."""
    return Succession.objects.all()
