"""Forms of reporting: the days that the dashboard counts over, and what to report on."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.listing import FoldedSearch
from chiakhoa.ground.mandates.models import Document, Target, Task
from chiakhoa.ground.territory import mapday
from chiakhoa.ground.territory.mapday import MapDayFilters
from chiakhoa.outcome.reporting.indicators import INDICATORS
from chiakhoa.outcome.reporting.periods import Period


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class PeriodForm(forms.Form):
    """From the first day to the last, both counted."""

    first = _day(_("From"))
    last = _day(_("To"))

    def clean(self) -> dict[str, Any]:
        """The last day does not lie before the first."""
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", _("The last day lies before the first. Exchange them."))
        return given

    def period(self, usual: Period) -> Period:
        """What was chosen; the usual period where nothing valid was."""
        return Period(self.cleaned_data["first"], self.cleaned_data["last"]) if self.is_valid() else usual


def period_form(given: Any, usual: Period) -> PeriodForm:
    """The form bound to the address, or showing the usual period."""
    if "first" in given or "last" in given:
        return PeriodForm(given)
    return PeriodForm(initial={"first": usual.first, "last": usual.last})


class PlaceFilter(MapDayFilters):
    """Which figure is shown commune by commune, over which days, on which map. The view has applied all but the search."""

    search = FoldedSearch()
    figure = django_filters.ChoiceFilter(
        method="keep", label=_("Figure"), empty_label=None,
        choices=lambda: [(row.code, row.name) for row in INDICATORS.values() if row.place],
    )  # fmt: skip
    first = django_filters.DateFilter(method="keep", label=_("From"), widget=mapday.DAY)
    last = django_filters.DateFilter(method="keep", label=_("To"), widget=mapday.DAY)


class NarrowForm(forms.Form):
    """The task and the target that the rows of a figure are for; neither is required."""

    task = forms.ModelChoiceField(queryset=Task.objects.all(), required=False, label=_("Task"))
    target = forms.ModelChoiceField(queryset=Target.objects.select_related("audience"), required=False)


class DraftForm(forms.Form):
    """A document and the days."""

    document = forms.ModelChoiceField(queryset=Document.objects.none(), label=_("Document"))
    period_from = _day(_("From"))
    period_to = _day(_("To"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = Document.objects.filter(tasks__isnull=False).distinct()  # type: ignore[attr-defined]


def draft_form(first: date, last: date) -> DraftForm:
    """The form before anything was chosen."""
    return DraftForm(initial={"period_from": first, "period_to": last})
