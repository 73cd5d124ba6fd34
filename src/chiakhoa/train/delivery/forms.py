"""Forms of delivery: finding somebody to enrol, taking the roll, choosing a trainer."""

from typing import Any

from django import forms
from django.db.models import BigIntegerField
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import Person
from chiakhoa.train.delivery import queries
from chiakhoa.train.delivery.models import TrainingClass

FOUND_AT_MOST = 20


class FindForm(forms.Form):
    """A part of a name; the people found can be enrolled by one press each."""

    name = forms.CharField(
        label=_("Find somebody to enrol"),
        required=False,
        help_text=_("Beginnings of words of the name, in any order, with or without diacritics."),
    )

    def found(self, reader: Reader, training_class: TrainingClass) -> list[Person]:
        """At most twenty people who may be enrolled and whom the registry finds by that; nobody while nothing was typed."""
        said = self.cleaned_data.get("name", "") if self.is_valid() else ""
        if not said.strip():
            return []
        people = queries.may_enrol(reader, training_class).select_related("unit")
        return list(people.filter(registry.find_people(reader, said).condition)[:FOUND_AT_MOST])


class IntroducedForm(forms.Form):
    """Somebody at the provider's door: the whole name and the birthday."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=200, help_text=_("The whole name, with or without diacritics.")
    )
    born_on = forms.DateField(label=_("Date of birth"), widget=forms.DateInput(attrs={"type": "date"}))


class WhoForm(forms.Form):
    """The person whose button was pressed."""

    person = forms.IntegerField(min_value=1, max_value=BigIntegerField.MAX_BIGINT)


class DayForm(forms.Form):
    """The first day of a class."""

    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))


class TrainerForm(forms.Form):
    """One of the trainers who may take the class."""

    trainer = forms.ModelChoiceField(queryset=None, label=_("Trainer"))

    def __init__(self, *args: Any, training_class: TrainingClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trainer"].queryset = queries.trainers_for(training_class)  # type: ignore[attr-defined]
