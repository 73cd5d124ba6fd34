"""Forms of delivery: finding somebody to enrol, taking the roll, choosing a trainer."""

from typing import Any

from django import forms
from django.db.models import BigIntegerField
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import Reader
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import Person
from chiakhoa.train.delivery import queries
from chiakhoa.train.delivery.models import TrainingClass
from chiakhoa.train.planning.models import Half

FOUND_AT_MOST = 20
RANKS = ("first", "second", "third")
WORKING_DAYS = range(5)


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


class NameForm(forms.Form):
    """A part of the name of one of the reader's people."""

    name = forms.CharField(
        label=_("Find somebody"),
        required=False,
        help_text=_("Beginnings of words of the name, in any order, with or without diacritics."),
    )

    def found(self, reader: Reader) -> list[Person]:
        """At most twenty people whose wishes the reader may say and whom the registry finds; nobody while nothing was typed."""
        said = self.cleaned_data.get("name", "") if self.is_bound and self.is_valid() else ""
        if not said.strip():
            return []
        return list(queries.wishers(reader).filter(registry.find_people(reader, said).condition)[:FOUND_AT_MOST])


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


class WishForm(forms.Form):
    """Up to three courses, the first first, and the half days of the week on which the person cannot come."""

    first = forms.ChoiceField(label=_("First of all"), required=False)
    second = forms.ChoiceField(label=_("Then"), required=False)
    third = forms.ChoiceField(label=_("Then, too"), required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", gettext("No wish")), *((row.pk, row.name) for row in queries.offered(person))]
        wished = dict(person.wishes.values_list("rank", "course"))
        for rank, name in enumerate(RANKS, 1):
            field = self.fields[name]
            field.choices, field.initial = offered, wished.get(rank, "")  # type: ignore[attr-defined]
        unable = set(person.hindrances.values_list("weekday", "half"))
        for day in WORKING_DAYS:
            for half in Half:
                self.fields[f"d{day}{half}"] = forms.BooleanField(
                    label=half.label, required=False, initial=(day, half) in unable
                )

    @property
    def courses(self) -> list[forms.BoundField]:
        """The wishes, in order."""
        return [self[name] for name in RANKS]

    @property
    def days(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Day of the week, and its two halves."""
        return [(WEEKDAYS[day], [self[f"d{day}{half}"] for half in Half]) for day in WORKING_DAYS]

    def clean(self) -> dict[str, Any]:
        """Nothing is wished twice."""
        given = super().clean() or {}
        chosen: set[str] = set()
        for name in RANKS:
            if given.get(name) and given[name] in chosen:
                self.add_error(name, _("You chose this course already."))
            chosen.add(given.get(name, ""))
        return given

    def wished(self) -> list[str]:
        """The courses, first wish first."""
        return [self.cleaned_data[name] for name in RANKS if self.cleaned_data.get(name)]

    def unable(self) -> list[tuple[int, str]]:
        """Weekday and half of each half day on which the person cannot come."""
        return [(day, half.value) for day in WORKING_DAYS for half in Half if self.cleaned_data.get(f"d{day}{half}")]
