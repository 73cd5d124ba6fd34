"""Asking for a plan."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.train.planning import queries
from chiakhoa.train.planning.models import PlanState


class ProposeForm(forms.Form):
    """Name, year of the money, time to search, and the plan whose locked classes are kept."""

    name = forms.CharField(label=_("Name of the plan"), max_length=120)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    time_limit_seconds = forms.IntegerField(
        label=_("Seconds to search"), min_value=2, max_value=300, initial=20,
        help_text=_("Longer may bring the plan closer to the best possible."),
    )  # fmt: skip
    based_on = forms.ModelChoiceField(
        queryset=None, label=_("Keep the locked classes of"), required=False, empty_label=_("None")
    )

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = sorted(set(BudgetLine.objects.values_list("year", flat=True)))
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
        kept = queries.plans(reader).exclude(state__in=[PlanState.WAITING, PlanState.FAILED])
        self.fields["based_on"].queryset = kept  # type: ignore[attr-defined]
