"""Forms of access: signing in, giving a role, opening an account, making a token."""

from datetime import datetime, time, timedelta
from typing import Any

from allauth.account.forms import ReauthenticateForm as PasswordAgainForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.api import Scope
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.text import nfc
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.actions import Place
from chiakhoa.ground.access.models import Account, RequestKind, RoleAssignment
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import Body
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Unit

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}
USUAL_LIFE = timedelta(days=90)  # of a token


class SignInForm(forms.Form):
    """Login name and password; browsers may fill both in."""

    login = forms.CharField(label=_("Login name"), widget=forms.TextInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class SlipForm(forms.Form):
    """The code of a printed slip."""

    code = forms.CharField(
        label=_("Code on your slip"),
        max_length=20,
        help_text=_("Ten letters and digits. Small letters, blanks and the dash do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )


class SlipsForm(forms.Form):
    """For whom slips are printed: the people of a commune, or those whom another page handed over by number."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Commune"), required=False)
    only_new = forms.BooleanField(
        label=_("Only people who have never signed in"), required=False, initial=True,
    )  # fmt: skip
    people_given = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        self.fields["unit"].queryset = territory.communes(reader, on=clock.today())  # type: ignore[attr-defined]
        self.given = [int(part) for part in str(self["people_given"].value() or "").split(",") if part.isdigit()]
        if self.given:
            del self.fields["unit"]

    def clean(self) -> dict[str, Any]:
        """Somebody at least."""
        cleaned = super().clean() or {}
        if not self.given and not cleaned.get("unit"):
            raise forms.ValidationError(_("Choose a commune."), code="no_unit")
        if not self.people:
            raise forms.ValidationError(_("Nobody fits: everybody there has signed in before."), code="nobody")
        return cleaned

    @property
    def people(self) -> list[int]:
        """Numbers of the people."""
        seen = registry.people(self.reader)
        chosen = seen.filter(pk__in=self.given) if self.given else seen.filter(unit=self.cleaned_data.get("unit"))
        if self.cleaned_data.get("only_new"):
            chosen = chosen.filter(account__last_login__isnull=True)
        return list(chosen.values_list("pk", flat=True))


class PasswordForm(forms.Form):
    """A new password of one's own, with the present one unless a slip has just let its holder in."""

    present = forms.CharField(
        label=_("Present password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = forms.CharField(
        label=_("New password"),
        help_text=_(
            "At least 10 characters. Three or four words that do not belong together are easy to keep in mind."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, account: Account, by_slip: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        if by_slip or not account.has_usable_password():
            del self.fields["present"]

    def clean_present(self) -> str:
        """The present password, or that it is another."""
        present = str(self.cleaned_data["present"])
        if not self.account.check_password(present):
            raise forms.ValidationError(_("This is not your present password."), code="wrong_password")
        return present

    def clean_password(self) -> str:
        """The new password, or what is wrong with it."""
        password_validation.validate_password(self.cleaned_data["password"], self.account)
        return str(self.cleaned_data["password"])


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The second step at sign-in: a code of the app or a spare one."""

    code = forms.CharField(label=_("Code"), widget=forms.TextInput(attrs=CODE))


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The same, before something that matters."""

    code = forms.CharField(label=_("Code"), widget=forms.TextInput(attrs=CODE))


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app."""

    code = forms.CharField(label=_("Code that the app shows"), widget=forms.TextInput(attrs=CODE))


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey: always one that signs in by itself."""

    name = forms.CharField(label=_("Name of this device"), required=False, max_length=60)
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)


class PresentPasswordForm(PasswordAgainForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    password = forms.CharField(
        label=_("Present password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class AccountForm(forms.Form):
    """A new account."""

    login = forms.CharField(label=_("Login name"), max_length=80)
    full_name = forms.CharField(label=_("Full name"), max_length=120)
    password = forms.CharField(
        label=_("First password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_full_name(self) -> str:
        """The name as it is stored."""
        return nfc(self.cleaned_data["full_name"])

    def clean_password(self) -> str:
        """The password, or what is wrong with it."""
        password_validation.validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])


class _PlaceForm(forms.Form):
    """Who, and over which unit or body: their official codes, since lists of thousands help nobody."""

    login = forms.CharField(label=_("Login name of the account"))
    place = forms.CharField(
        label=_("Code of the unit or body"), help_text=_("A unit such as VN-19@2025, or the code of a body.")
    )

    def clean_login(self) -> Account:
        """The account behind the login name."""
        account = Account.objects.filter(login=self.cleaned_data["login"]).first()
        if account is None:
            raise forms.ValidationError(_("There is no account of this name. Open it first."), code="no_account")
        return account

    def clean_place(self) -> Place:
        """The unit or body behind the code."""
        code = self.cleaned_data["place"].strip()
        if Unit.objects.filter(pk=code).exists():
            return Place(unit_id=code)
        if Body.objects.filter(pk=code).exists():
            return Place(body_id=code)
        raise forms.ValidationError(
            _("No unit or body has this code. Look it up under Territory or Bodies."), code="no_place"
        )


class RoleForm(_PlaceForm):
    """A role to be given."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    field_order = ("login", "role", "place")

    @property
    def answer(self) -> dict[str, Any]:
        """The arguments of `give_role`."""
        data = self.cleaned_data
        return {"account": data["login"], "role": Role(data["role"]), "place": data["place"]}


class LoanForm(_PlaceForm):
    """One's own role, lent over part of its reach until a day."""

    until = forms.DateField(label=_("Until the end of"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    @property
    def answer(self) -> dict[str, Any]:
        """The arguments of `lend`."""
        data = self.cleaned_data
        return {"account": data["login"], "place": data["place"], "until": data["until"], "reason": data["reason"]}


class EmergencyForm(forms.Form):
    """Why somebody must see more than their role shows."""

    reason = forms.CharField(
        label=_("What happened, and whose record do you need?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AskForm(forms.Form):
    """What a person asks about their data."""

    kind = forms.ChoiceField(label=_("What do you ask?"), choices=RequestKind.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What is wrong, and how should it be?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    guardian_name = forms.CharField(
        label=_("Parent or guardian"), required=False, max_length=120,
        help_text=_("Needed for a child under 16: the person who asks with them."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What is answered."""

    done = forms.TypedChoiceField(
        label=_("Answer"), choices=[("yes", _("Done")), ("no", _("Refused"))], coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip
    answer = forms.CharField(
        label=_("What the person reads"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


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
        held = queries.assignments(reader).filter(queries.acting(clock.now()), account__is_active=True)
        self.fields["assignment"].queryset = held  # type: ignore[attr-defined]

    @property
    def answer(self) -> dict[str, Any]:
        """The arguments of `make_token`; the last day is counted whole."""
        data = self.cleaned_data
        end = datetime.combine(data["expires_on"], time(23, 59, 59), tzinfo=clock.HERE)
        scopes = [Scope(value) for value in data["scopes"]]
        return {"assignment": data["assignment"], "name": nfc(data["name"]), "scopes": scopes, "expires_at": end}
