"""Forms of the assessment: planning an exam, entering a room, what an invigilator writes down, rights of a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment.models import ConcernState


class ExamForm(forms.Form):
    """A new exam."""

    title = forms.CharField(label=_("Name of the exam"), max_length=120)
    held_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    minutes = forms.IntegerField(
        label=_("Minutes for each person"), min_value=5, max_value=240, initial=60,
        help_text=_("Who has a right to more time gets it on top."),
    )  # fmt: skip
    seats = forms.IntegerField(label=_("Seats in the room"), min_value=1, max_value=500, initial=30)


class CodeForm(forms.Form):
    """The code of a room, as it stands on the board."""

    code = forms.CharField(
        label=_("Code of the room"), max_length=12,
        help_text=_("Six letters and numbers on the board. Capital or small letters do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


class NoteForm(forms.Form):
    """What happened in the room, or at one seat."""

    text = forms.CharField(label=_("What happened"), max_length=300)


class RescoreForm(forms.Form):
    """An item that turned out wrong, and why."""

    item = forms.CharField(label=_("Code of the item"), max_length=12)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class DecisionForm(forms.Form):
    """What a person makes of a sign, and why."""

    state = forms.ChoiceField(
        label=_("Was there an irregularity?"), widget=forms.RadioSelect,
        choices=[
            (ConcernState.DISMISSED.value, _("No: there is another explanation")),
            (ConcernState.UPHELD.value, _("Yes")),
        ],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you looked at, whom you asked. The person may ask for it."),
    )  # fmt: skip


class AccommodationForm(forms.Form):
    """Rights of a person in any test."""

    extra_time = forms.TypedChoiceField(
        label=_("More time"), coerce=int,
        choices=[(0, _("none")), (25, "25 %"), (50, "50 %"), (100, "100 %")],
    )  # fmt: skip
    large_print = forms.BooleanField(label=_("Large print"), required=False)

    @staticmethod
    def of(person: Person) -> dict[str, Any]:
        """What stands now."""
        now = getattr(person, "accommodation", None)
        return {"extra_time": now.extra_time, "large_print": now.large_print} if now else {"extra_time": 0}
