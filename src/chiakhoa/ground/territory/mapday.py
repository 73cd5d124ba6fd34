"""As it was, today's map, the map of another day: the one choice that every list, map and count of territory offers.

It lives in the address (`?map=today`, `?map=then`, `?map=day&on=2025-06-30`), so that a view can be sent on. A form takes
`MapDayFields` in, a list's filters `MapDayFilters`; `asked` reads what was chosen. `queries.restated` does the counting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db import models
from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Choice(models.TextChoices):
    """Which map."""

    TODAY = "today", gettext_lazy("Map of today")
    THEN = "then", gettext_lazy("As it was recorded")
    DAY = "day", gettext_lazy("Map of another day")


@dataclass(frozen=True)
class MapDay:
    """The chosen map; `on` is its day. As recorded, nothing is restated and `on` is the day of the figures."""

    choice: Choice
    on: date

    @property
    def restates(self) -> bool:
        """Whether counts are carried to the map's day."""
        return self.choice != Choice.THEN

    @property
    def address(self) -> str:
        """What keeps the choice in a link: `map=day&on=2025-06-30`; nothing for the map of today."""
        if self.choice == Choice.TODAY:
            return ""
        return urlencode({"map": self.choice} | ({"on": self.on.isoformat()} if self.choice == Choice.DAY else {}))

    def __str__(self) -> str:
        if self.choice == Choice.THEN:
            return _("as it was recorded")
        return _("on the map of %(day)s") % {"day": f"{self.on:%d/%m/%Y}"}


def asked(query: Mapping[str, Any], *, today: date, recorded: date | None = None) -> MapDay:
    """The map that an address asks for: today's where it says nothing or nonsense, a day's where it gives only `on`.

    recorded : the day of the figures, for "as it was recorded"; today where they are of today.
    """
    try:
        day = parse_date(str(query.get("on", "")))
    except ValueError:
        day = None
    choice = str(query.get("map", "")) or (Choice.DAY if day else Choice.TODAY)
    if choice == Choice.THEN:
        return MapDay(Choice.THEN, recorded or today)
    if choice == Choice.DAY and day:
        return MapDay(Choice.DAY if day != today else Choice.TODAY, day)
    return MapDay(Choice.TODAY, today)


DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MapDayFields(forms.Form):
    """The choice as fields of a form above a map."""

    map = forms.ChoiceField(label=gettext_lazy("Counted on"), choices=Choice.choices, required=False)
    on = forms.DateField(label=gettext_lazy("That day"), required=False, widget=DAY)


class MapDayFilters(django_filters.FilterSet):  # type: ignore[misc]
    """The choice as fields of a list's filters. The view has applied it before: it decides which rows there are."""

    map = django_filters.ChoiceFilter(
        method="keep", label=gettext_lazy("Counted on"), choices=Choice.choices, empty_label=None
    )
    on = django_filters.DateFilter(
        method="keep",
        label=gettext_lazy("That day"),
        widget=DAY,
    )

    def keep(self, rows: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        """Nothing is left out here."""
        return rows
