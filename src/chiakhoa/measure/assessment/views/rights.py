"""What a person has a right to in any test."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.registry.actions import open_record
from chiakhoa.measure.assessment import actions, queries
from chiakhoa.measure.assessment.forms import AccommodationForm


@page(*queries.INVIGILATORS, Role.UNIT_MANAGER)
def accommodation(request: Request, pk: int) -> HttpResponse:
    """More time and large print for one person; the look is logged."""
    person = get_object_or_404(queries.people_accommodated_by(request.reader), pk=pk)
    form = AccommodationForm(request.POST or None, initial=AccommodationForm.of(person))
    if form.is_valid():
        actions.accommodate(request.reader, person, **form.cleaned_data, at=clock.now())
        messages.success(request, _("Stored. It holds from now on, more time in an exam that is under way as well."))
        return redirect("registry:person", pk=pk)
    open_record(request.reader, person.pk, at=clock.now())
    context = {"person": person, "form": form}
    return render(request, "assessment/accommodation.html", context, status=422 if form.is_bound else 200)
