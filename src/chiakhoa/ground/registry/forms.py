"""Forms of the registry: one person by hand, a yes or no, a spreadsheet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.text import nfc
from chiakhoa.ground.registry import citizen_number, queries
from chiakhoa.ground.registry.checking import LONGEST_NAME, PersonRow
from chiakhoa.ground.registry.models import Audience, Body, Person, Purpose, Sex
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Unit

FIELD_OF = {"unit_id": "unit", "audience_code": "audience", "body_id": "body"}


class PersonForm(forms.Form):
    """One person. The choices are those of the reader; what is wrong is said by the checks of a spreadsheet."""

    full_name = forms.CharField(label=_("Full name"), max_length=LONGEST_NAME, help_text=_("As on the identity card."))
    born_on = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("", _("not stated")), *Sex.choices])
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Commune"))
    audience = forms.ModelChoiceField(
        Audience.objects.filter(is_profile=True), label=_("Audience"), required=False,
        help_text=_("Decides which profile is required."),
    )  # fmt: skip
    body = forms.ModelChoiceField(
        Body.objects.none(), label=_("Body"), required=False, help_text=_("Where the person works or learns now.")
    )
    position = forms.CharField(label=_("Position"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Telephone"), max_length=20, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False, widget=forms.EmailInput)
    citizen_number = forms.CharField(
        label=_("Citizen number"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("12 digits. Stored encrypted, and never shown whole again."),
    )  # fmt: skip

    def __init__(self, *args: Any, reader: Reader, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader, self.person = reader, person
        today = clock.today()
        self.fields["unit"].queryset = territory.communes(reader, on=today)  # type: ignore[attr-defined]
        self.fields["body"].queryset = queries.bodies(reader).filter(territory.in_force(today))  # type: ignore[attr-defined]
        if person and person.citizen_number_index:
            self.fields["citizen_number"].help_text = _("One is stored. Leave this empty to keep it.")

    @property
    def row(self) -> PersonRow:
        """The answer as the actions take it."""
        data = self.cleaned_data
        return PersonRow(
            external_key="",
            full_name=data["full_name"],
            unit_id=data["unit"].pk,
            born_on=data["born_on"],
            sex=data["sex"],
            audience_code=data["audience"].pk if data["audience"] else "",
            body_id=data["body"].pk if data["body"] else None,
            position=data["position"],
            phone=data["phone"],
            email=data["email"],
            citizen_number=data["citizen_number"],
        )

    def doubts(self) -> list[str]:
        """What deserves a second look before the person is stored, in words."""
        row = self.row
        try:
            digits = citizen_number.plain(row.citizen_number)
        except ValueError:
            return []
        return citizen_number.doubts(digits, row.born_on, row.sex)

    @staticmethod
    def initial_of(person: Person) -> dict[str, Any]:
        """What the form begins with for a person who is registered already."""
        held = person.memberships.filter(valid_to__isnull=True).order_by("-id").first()
        return {
            "full_name": person.full_name,
            "born_on": person.born_on,
            "sex": person.sex,
            "unit": person.unit_id,
            "audience": person.audience_id,
            "body": held.body_id if held else None,
            "position": held.position if held else "",
            "phone": person.phone,
            "email": person.email,
        }


class ConsentForm(forms.Form):
    """A yes or a no for one purpose."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    given = forms.TypedChoiceField(
        label=_("Answer"), choices=[("yes", _("I agree")), ("no", _("I do not agree"))],
        coerce=lambda text: text == "yes", widget=forms.RadioSelect,
    )  # fmt: skip
    guardian_name = forms.CharField(
        label=_("Name of the parent or guardian"), max_length=120, required=False,
        help_text=_("Needed for somebody under 16."),
    )  # fmt: skip

    def clean_guardian_name(self) -> str:
        """The name as it is stored."""
        return nfc(self.cleaned_data["guardian_name"])


class ImportForm(forms.Form):
    """A spreadsheet, and whom it comes from."""

    file = forms.FileField(
        label=_("Spreadsheet"), help_text=_("Excel (.xlsx, .xls), OpenDocument (.ods) or CSV, up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )  # fmt: skip
    sender = forms.CharField(
        label=_("Who sends it"), max_length=120, required=False,
        help_text=_("An office or a person. Next month their list is read the same way."),
        widget=forms.TextInput(attrs={"list": "senders", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_sender(self) -> str:
        """The sender in one spelling."""
        return nfc(self.cleaned_data["sender"])
