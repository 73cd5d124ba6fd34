"""Reading the map. Units are public facts; the reader limits only what hangs on them (see `within`)."""

from datetime import date

from django.db.models import Q, QuerySet

from chiakhoa.foundation.clock import today
from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.territory.models import Home, Unit, UnitAncestry


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


def subtree(unit_id: str) -> QuerySet[UnitAncestry]:
    """Ids (column `unit`) of the unit and all below it, for use as a subquery."""
    return UnitAncestry.objects.filter(ancestor_id=unit_id).values("unit")


def within(reader: Reader, field: str = "unit") -> Q:
    """The condition that a row's `field` lies in the unit over which the reader's role reaches; nothing without a unit."""
    if reader.unit_id is None:
        return Q(pk__in=[])
    return Q(**{f"{field}__in": subtree(reader.unit_id)})


def communes(reader: Reader, *, on: date) -> QuerySet[Unit]:
    """Communes of the home province (or of the reader's own unit, where the role is over one) in force on the day."""
    place = reader.unit_id or getattr(home(), "unit_id", None)
    if place is None:
        return Unit.objects.none()
    return units(reader, on=on).filter(level=3, id__in=subtree(place)).order_by("search_key")
