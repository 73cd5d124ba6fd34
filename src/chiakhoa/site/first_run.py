"""The first page of an empty installation: choose the province, make the administrator. Closed once that is done."""

from django import forms
from django.contrib.auth import password_validation
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation import clock, doors
from chiakhoa.foundation.pages import public_page
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.registry import actions as registry
from chiakhoa.ground.territory import queries as territory
from chiakhoa.site import actions


class FirstRunForm(forms.Form):
    """The four answers that an installation begins with."""

    province = forms.ModelChoiceField(territory.provinces_today(), label=_("Province"))
    full_name = forms.CharField(label=_("Your name"), max_length=120)
    login = forms.CharField(label=_("Login name"), max_length=80)
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput, help_text=_("At least 10 characters, not a common password.")
    )

    def clean_password(self) -> str:
        """The password, or what is wrong with it."""
        password = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return str(password)


@public_page
@doors.guarded("first_run")
def first_run(request: Request) -> HttpResponse:
    """Found the installation; afterwards this page leads to the first page."""
    if territory.home() is not None:
        return redirect("home")
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.found(SYSTEM, **form.cleaned_data, at=clock.now())
            # Only now is it known of which province the communes' committees are.
            registry.load_bodies(SYSTEM, at=clock.now())
            return redirect("access:sign_in")
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    return render(request, "site/first_run.html", {"form": form}, status=422 if form.errors else 200)
