"""The list that stands beside the map: communes of a day, searchable without diacritics."""

from decimal import Decimal
from typing import ClassVar
from urllib.parse import urlencode

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.listing import FoldedSearch
from chiakhoa.foundation.templatetags.words import num, percent
from chiakhoa.ground.territory.mapday import MapDayFilters
from chiakhoa.ground.territory.models import FigureSet, Reform, Succession, Unit

NUMERIC = {"td": {"class": "num"}, "th": {"class": "num"}}


class UnitTable(tables.Table):
    """Communes of one day's map."""

    search_key = tables.Column(_("Commune"), linkify=("territory:unit", {"pk": tables.A("pk")}))
    id = tables.Column(_("Unit code"))
    area_km2 = tables.Column(_("Area, km²"), attrs=NUMERIC)
    people_count = tables.Column(_("People registered"), attrs=NUMERIC)

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


class FigureTable(UnitTable):
    """Counts of a set, unit by unit."""

    people_count = tables.Column(_("Count"), attrs=NUMERIC)

    class Meta(UnitTable.Meta):
        pass


class FigureSetTable(tables.Table):
    """Sets of counts."""

    title = tables.Column(_("Name of the figures"), linkify=("territory:figures", {"pk": tables.A("pk")}))
    day = tables.DateColumn(verbose_name=_("Day of the figures"), format="d/m/Y")

    class Meta:
        model = FigureSet
        fields: ClassVar = ["title", "day"]
        empty_text = _("No figures have been sent yet.")


class ReformTable(tables.Table):
    """Reforms: the decision, its day, how it stands."""

    title = tables.Column(_("Deciding document"), linkify=("territory:reform", {"pk": tables.A("pk")}))
    day = tables.DateColumn(verbose_name=_("In force from"), format="d/m/Y")
    state = tables.Column(_("State"))
    rows = tables.Column(_("Rows of the list"), accessor="pk", orderable=False, empty_values=(), attrs=NUMERIC)

    class Meta:
        model = Reform
        fields: ClassVar = ["title", "day", "state", "rows"]
        order_by = "-day"
        empty_text = _("No reform has been enacted here yet.")

    def render_rows(self, record: Reform) -> str:
        """How many rows its list has."""
        return num(len(record.rows))

    def value_rows(self, record: Reform) -> int:
        """A number in an exported file."""
        return len(record.rows)


class SuccessionTable(tables.Table):
    """What passed into what."""

    old = tables.Column(
        _("Old unit"), linkify=("territory:unit", {"pk": tables.A("old_id")}), order_by="old__search_key"
    )
    above = tables.Column(_("Under"), accessor="old__parent", order_by="old__parent__search_key")
    new = tables.Column(
        _("New unit"), linkify=("territory:unit", {"pk": tables.A("new_id")}), order_by="new__search_key"
    )
    share = tables.Column(_("Share of its area"), attrs=NUMERIC)

    class Meta:
        model = Succession
        fields: ClassVar = ["old", "above", "new", "share"]

    def render_share(self, value: Decimal) -> str:
        """As a percentage."""
        return percent(float(value))


class SuccessionFilter(django_filters.FilterSet):
    """By the old name."""

    search = FoldedSearch("old__search_key")

    class Meta:
        model = Succession
        fields: ClassVar[list[str]] = []


class UnitFilter(MapDayFilters):
    """By name and code, on the chosen map."""

    search = FoldedSearch()

    class Meta:
        model = Unit
        fields: ClassVar[list[str]] = []
