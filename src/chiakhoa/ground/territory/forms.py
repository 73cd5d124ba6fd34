"""Forms of territory: a reform (its name, its day, its rows by hand or as a file; for units and bodies), boundaries."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.text import nfc
from chiakhoa.ground.territory.changes import Kind, Row
from chiakhoa.ground.territory.files import COLUMNS

ROWS_BY_HAND = 6


class HeadForm(forms.Form):
    """The decision behind the reform, and its day."""

    title = forms.CharField(
        label=_("Deciding document"),
        max_length=200,
        help_text=_("Number and name, such as Resolution 1683/NQ-UBTVQH15."),
    )
    day = forms.DateField(
        label=_("First day of the new units"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class FileForm(forms.Form):
    """The decision and a spreadsheet; the day may stand in the file."""

    title = forms.CharField(label=_("Deciding document"), max_length=200)
    day = forms.DateField(
        label=_("First day of the new units"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave empty where the file has a column for it."),
    )
    file = forms.FileField(label=_("Spreadsheet"), widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}))


class BoundariesForm(forms.Form):
    """A GeoJSON file."""

    file = forms.FileField(
        label=_("GeoJSON file"), widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"})
    )


class FiguresForm(forms.Form):
    """Counts by unit, and the day of whose map they are."""

    title = forms.CharField(label=_("Name of the figures"), max_length=200, help_text=_("Such as Population, 2022."))
    day = forms.DateField(
        label=_("Day of the figures"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    file = forms.FileField(
        label=_("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
        help_text=_("Two columns: the unit (code or full name) and the whole count."),
    )


class RowForm(forms.Form):
    """One row by hand. What may not stand together is said on the preview, by the same check as for files."""

    kind = forms.ChoiceField(label=COLUMNS["kind"], choices=[("", "–"), *Kind.choices], required=False)
    old = forms.CharField(label=COLUMNS["old"], required=False, widget=forms.TextInput(attrs={"list": "standing"}))
    new = forms.CharField(label=COLUMNS["new"], required=False)
    share = forms.CharField(
        label=COLUMNS["share"], required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    code = forms.CharField(label=COLUMNS["code"], required=False)
    parent = forms.CharField(
        label=COLUMNS["parent"], required=False, widget=forms.TextInput(attrs={"list": "standing"})
    )


class BaseRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """The rows by hand."""

    def rows(self) -> list[Row]:
        """Those that are filled in, numbered as on the page."""
        filled: list[dict[str, Any]] = [form.cleaned_data for form in self.forms if any(form.cleaned_data.values())]
        return [
            Row(line, **{name: nfc(str(values.get(name, ""))) for name in RowForm.base_fields})
            for line, values in enumerate(filled, start=1)
        ]


RowFormSet = forms.formset_factory(RowForm, formset=BaseRows, extra=ROWS_BY_HAND)
