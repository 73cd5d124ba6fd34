"""Opening a link for a group."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.clock import today
from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.registry.models import Audience
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Unit
from chiakhoa.measure.assessment.actions.group import LONGEST


class GroupTestForm(forms.Form):
    """Who the group is, and how long its link works."""

    name = forms.CharField(
        label=_("Name of the group"), max_length=120,
        help_text=_("It stands on the notice and on the first page, as in “Hamlet meeting, Xóm Đồng”. Name no person."),
    )  # fmt: skip
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Commune"), empty_label=_("Choose…"))
    audience = forms.ModelChoiceField(Audience.objects.filter(is_profile=True), label=_("Audience"), empty_label=None)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    days = forms.IntegerField(label=_("Days open, today among them"), min_value=1, max_value=LONGEST, initial=7)

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        communes = territory.communes(reader, on=today())
        self.fields["unit"].queryset = communes  # type: ignore[attr-defined]
        if communes.filter(pk=reader.unit_id).exists():
            self.initial.setdefault("unit", reader.unit_id)
