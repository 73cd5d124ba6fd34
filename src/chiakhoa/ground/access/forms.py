"""Forms of access: signing in, giving a role, opening an account."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.text import nfc
from chiakhoa.ground.access.actions import Place
from chiakhoa.ground.access.models import Account
from chiakhoa.ground.registry.models import Body
from chiakhoa.ground.territory.models import Unit


class SignInForm(forms.Form):
    """Login name and password; browsers may fill both in."""

    login = forms.CharField(label=_("Login name"), widget=forms.TextInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
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


class RoleForm(forms.Form):
    """Who, as what, over which unit or body: their official codes, since lists of thousands help nobody."""

    login = forms.CharField(label=_("Login name of the account"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
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

    @property
    def answer(self) -> dict[str, Any]:
        """The arguments of `give_role`."""
        data = self.cleaned_data
        return {"account": data["login"], "role": Role(data["role"]), "place": data["place"]}
