"""Narrowing the lists of the registry. The communes offered are those of the reader, hence made for one."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import FoldedSearch
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry import kinds, queries
from chiakhoa.ground.registry.models import Audience, Body, Membership, PeopleRows, Person
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Unit


class PeopleFilter(django_filters.FilterSet):
    """All the people of a reader by name, commune, audience, and body by name or code.

    A name is searched first, among all of them; `near` then says whether nobody agreed and near names are shown.
    """

    reader: ClassVar[Reader | None] = None
    near = False
    search = FoldedSearch()
    unit = django_filters.ModelChoiceFilter(queryset=Unit.objects.none(), label=_("Commune"))
    audience = django_filters.ModelChoiceFilter(queryset=Audience.objects.filter(is_profile=True), label=_("Audience"))
    body = django_filters.CharFilter(method="in_body", label=_("Body"))

    class Meta:
        model = Person
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: PeopleRows) -> QuerySet[Person]:
        """Those of the reader's people whom every filter passes."""
        asked = dict(self.form.cleaned_data)
        text = asked.pop("search", "")
        rows: QuerySet[Person] = queryset
        if text and self.reader:
            found = queries.find_people(self.reader, text)
            self.near = found.near
            rows = queryset.found(found)
        for name, value in asked.items():
            rows = self.filters[name].filter(rows, value)
        return rows

    def in_body(self, rows: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        """Those who are now in the body of this code or one below it, or in one whose name holds all the words."""
        open_now = Membership.objects.filter(territory.in_force(clock.today()))
        if Body.objects.filter(pk=value).exists():
            return rows.filter(pk__in=open_now.filter(body__ancestry__ancestor=value).values("person"))
        for word in fold(value).split():
            open_now = open_now.filter(body__search_key__contains=word)
        return rows.filter(pk__in=open_now.values("person"))


def people_filter(reader: Reader) -> type[PeopleFilter]:
    """The filter with the communes of one reader, and the search among their people."""
    communes = territory.communes(reader, on=clock.today())
    choice = django_filters.ModelChoiceFilter(queryset=communes, label=_("Commune"))
    return type("PeopleFilterOfReader", (PeopleFilter,), {"unit": choice, "reader": reader})


class BodyFilter(django_filters.FilterSet):
    """By any part of the name, kind, and whether the body still stands."""

    search = FoldedSearch()
    kind = django_filters.ChoiceFilter(choices=list(kinds.KINDS.items()), label=_("Kind"))
    unit = django_filters.CharFilter(method="in_unit", label=_("Administrative unit (code or name)"))
    ended = django_filters.ChoiceFilter(
        method="by_end", label=_("In force"), choices=[("no", _("Today")), ("yes", _("Ended"))], empty_label=_("All")
    )

    class Meta:
        model = Body
        fields: ClassVar[list[str]] = []

    def in_unit(self, rows: QuerySet[Body], _name: str, value: str) -> QuerySet[Body]:
        """Those in the very unit of this code, or in one whose name holds all the words."""
        if Unit.objects.filter(pk=value).exists():
            return rows.filter(unit=value)
        for word in fold(value).split():
            rows = rows.filter(unit__search_key__contains=word)
        return rows

    def by_end(self, rows: QuerySet[Body], _name: str, value: Any) -> QuerySet[Body]:
        """Those in force today, or those that are not."""
        today = territory.in_force(clock.today())
        return rows.filter(today) if value == "no" else rows.exclude(today)
