"""The form that makes a token: for whose role, what for, until when."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.api import Scope
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.text import nfc
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.models import RoleAssignment
from chiakhoa.ground.territory.queries import in_force

USUAL_LIFE = timedelta(days=90)


class AssignmentChoice(forms.ModelChoiceField):
    """Says account, role and place."""

    def label_from_instance(self, row: RoleAssignment) -> str:
        """The choice in words."""
        return f"{row.account} · {row.get_role_display()} · {row.unit or row.body}"


class TokenForm(forms.Form):
    """A token for one role of an account. It never reaches further than that role."""

    name = forms.CharField(
        label=_("Name of the token"), max_length=80, help_text=_("Which program uses it, and who looks after that.")
    )
    assignment = AssignmentChoice(RoleAssignment.objects.none(), label=_("Acts as"))
    scopes = forms.MultipleChoiceField(
        label=_("May be used to"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Within a year. Make a new token before this day."),
    )  # fmt: skip

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"expires_on": clock.today() + USUAL_LIFE})
        super().__init__(*args, **kwargs)
        held = queries.assignments(reader).filter(in_force(clock.today()), account__is_active=True)
        self.fields["assignment"].queryset = held  # type: ignore[attr-defined]

    @property
    def answer(self) -> dict[str, Any]:
        """The arguments of `make_token`; the last day is counted whole."""
        data = self.cleaned_data
        end = datetime.combine(data["expires_on"], time(23, 59, 59), tzinfo=clock.HERE)
        scopes = [Scope(value) for value in data["scopes"]]
        return {"assignment": data["assignment"], "name": nfc(data["name"]), "scopes": scopes, "expires_at": end}
