"""The list that stands beside the map: communes of a day, searchable without diacritics."""

from typing import Any, ClassVar
from urllib.parse import urlencode

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.listing import FoldedSearch
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.territory.models import Unit


class UnitTable(tables.Table):
    """Communes of one day's map."""

    search_key = tables.Column(_("Commune"), linkify=("territory:unit", {"pk": tables.A("pk")}))
    id = tables.Column(_("Unit code"))
    area_km2 = tables.Column(_("Area, km²"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    people_count = tables.Column(_("People registered"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})

    class Meta:
        model = Unit
        fields: ClassVar = ["search_key", "id", "area_km2", "people_count"]
        order_by = "search_key"
        empty_text = _("There is no commune on this day's map. Choose another day.")

    def render_search_key(self, record: Unit) -> str:
        """The full name; the column is sorted by the folded one."""
        return str(record)

    def value_search_key(self, record: Unit) -> str:
        """The full name in an exported file."""
        return str(record)

    def render_area_km2(self, value: float) -> str:
        """With the language's separators."""
        return num(value, 2)

    def value_area_km2(self, value: float) -> float:
        """A number in an exported file."""
        return value

    def render_people_count(self, value: int) -> str:
        """With the language's separators."""
        return num(value)

    def value_people_count(self, value: int) -> int:
        """A number in an exported file."""
        return value


class LinkedUnitTable(UnitTable):
    """The same for a reader who may open the people behind each count."""

    class Meta(UnitTable.Meta):
        pass

    def render_people_count(self, value: int, record: Unit) -> str:  # type: ignore[override]
        """The count as a link to its people."""
        address = f"{reverse('registry:people')}?{urlencode({'unit': record.pk})}"
        return format_html('<a href="{}">{}</a>', address, num(value)) if value else num(value)


class UnitFilter(django_filters.FilterSet):
    """By name, code, and the day of the map."""

    search = FoldedSearch()
    on = django_filters.DateFilter(
        method="keep", label=_("Map as of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    class Meta:
        model = Unit
        fields: ClassVar[list[str]] = []

    def keep(self, rows: QuerySet[Unit], _name: str, _value: Any) -> QuerySet[Unit]:
        """The day is applied before the filter: it decides which units there are."""
        return rows
