"""What the grid shows: rows by commune or audience, the other fixed or all."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from chiakhoa.ground.frameworks.models import Competence
from chiakhoa.ground.registry.models import Audience
from chiakhoa.ground.territory.mapday import MapDayFields
from chiakhoa.ground.territory.models import Unit


class GridForm(MapDayFields):
    """The choices above the grid; nothing chosen shows audiences over the whole reach on today's map."""

    field_order = ("by", "audience", "unit", "map", "on")

    by = forms.ChoiceField(
        label=_("Rows"),
        choices=[("audience", _("Audiences")), ("unit", _("Communes"))],
        required=False,
        initial="audience",
    )
    audience = forms.ModelChoiceField(
        Audience.objects.filter(is_profile=True), label=_("Audience"), required=False, empty_label=_("All")
    )
    unit = forms.ModelChoiceField(queryset=None, label=_("Commune"), required=False, empty_label=_("All"))

    def __init__(self, *args: Any, communes: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = communes  # type: ignore[attr-defined]


class MapForm(MapDayFields):
    """What the map draws, and the map of which day it is."""

    field_order = ("audience", "competence", "map", "on")

    audience = forms.ModelChoiceField(
        Audience.objects.filter(is_profile=True), label=_("Audience"), required=False, empty_label=_("All")
    )
    competence = forms.ModelChoiceField(
        Competence.objects.filter(domain__framework__is_scale=True), label=_("Competence"), required=False,
        empty_label=_("All"),
    )  # fmt: skip
