"""The map over HTTP: units in force on a day, one unit with what it came from and became, all successions."""

from datetime import date

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema

from chiakhoa.foundation import clock
from chiakhoa.foundation.api import Listing, Needs, Scope, Text, listed, query_for
from chiakhoa.foundation.pages import EVERY_ROLE
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.territory import queries
from chiakhoa.ground.territory.models import Succession, Unit
from chiakhoa.ground.territory.tables import UnitFilter

router = Router(tags=["territory"])
needs = Needs(Scope.TERRITORY, *EVERY_ROLE)


class UnitRow(Schema):
    """A unit of one edition of the map, in force from `valid_from` to the day before `valid_to`."""

    id: str
    code: str
    edition: str
    name: str
    kind: str
    kind_vi: str
    level: int
    parent_id: str | None
    latitude: float | None
    longitude: float | None
    area_km2: float | None
    valid_from: date | None
    valid_to: date | None


class SuccessionRow(Schema):
    """On `date`, `share` of the old unit's area passed into the new one; without a new one it was abolished."""

    old_id: str
    new_id: str | None
    date: date
    share: float | None
    basis: str


class UnitInFull(UnitRow):
    """A unit with its forebears and heirs."""

    came_from: list[SuccessionRow]
    became: list[SuccessionRow]

    @staticmethod
    def resolve_came_from(unit: Unit) -> QuerySet[Succession]:
        """The units that passed into this one."""
        return queries.came_from(unit)

    @staticmethod
    def resolve_became(unit: Unit) -> QuerySet[Succession]:
        """The units into which this one passed."""
        return queries.became(unit)


class UnitApiFilter(UnitFilter):
    """That of the page, and the level and the subtree: the page shows only communes, the API the whole country."""

    level = django_filters.ChoiceFilter(choices=[("1", "1"), ("2", "2"), ("3", "3")], label=_("Level"))
    under = django_filters.CharFilter(method="below", label=_("Within the unit of this code"))

    def below(self, rows: QuerySet[Unit], _name: str, value: str) -> QuerySet[Unit]:
        """The unit itself and all below it."""
        return rows.filter(pk__in=queries.subtree(value))


UnitQuery = query_for(UnitApiFilter, "UnitQuery")
SuccessionQuery = query_for(None, "SuccessionQuery")


@router.get("/units", auth=needs, response=Listing[UnitRow], summary=_("Units in force on a day"), operation_id="units")
def units(request: Request, query: Query[UnitQuery]):
    """All units of the country on today's map, or on that of the day `on`."""
    return listed(request, queries.units(request.reader, on=query.on or clock.today()), query, UnitApiFilter)


@router.get("/units/{id}", auth=needs, response=UnitInFull, summary=_("One unit"), operation_id="unit")
def unit(request: Request, id: Text):
    """One unit of any day, with what it came from and became."""
    return get_object_or_404(Unit, pk=id)


@router.get(
    "/successions", auth=needs, response=Listing[SuccessionRow], summary=_("Successions"), operation_id="successions"
)
def successions(request: Request, query: Query[SuccessionQuery]):
    """Which unit passed into which, on which day."""
    return listed(request, queries.successions(request.reader), query)
