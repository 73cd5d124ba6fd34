"""One's own record, and the yes or no to each purpose: by the person, or by staff from a signed paper."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.registry import actions, citizen_number, queries
from chiakhoa.ground.registry.forms import ConsentForm
from chiakhoa.ground.registry.models import Person, Purpose

RECORDERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.UNIT_MANAGER, Role.LEARNER)


@page(Role.LEARNER)
def me(request: Request) -> HttpResponse:
    """What is held about me, and what I agree to."""
    person = queries.people(request.reader).select_related("unit", "audience").first()
    if person is None:
        return render(request, "registry/me.html", {"person": None})
    context = {
        "person": person,
        "number": citizen_number.masked(person.citizen_number_sealed),
        "memberships": queries.memberships(request.reader, person),
        "choices": _choices(request.reader, person),
        "is_child": actions.is_child(person, clock.today()),
    }
    return render(request, "registry/me.html", context)


@page(*RECORDERS)
def consent(request: Request, pk: int) -> HttpResponse:
    """Record a yes or a no: one's own, or somebody's from a signed paper."""
    person = get_object_or_404(queries.people(request.reader), pk=pk)
    own = request.reader.has(Role.LEARNER)
    form = ConsentForm(request.POST or None, initial={"purpose": request.GET.get("purpose")})
    if request.method == "POST" and form.is_valid():
        try:
            answer = form.cleaned_data
            actions.record_consent(
                request.reader, person.pk, Purpose(answer["purpose"]), answer["given"],
                guardian_name=answer["guardian_name"], channel="own_page" if own else "paper", at=clock.now(),
            )  # fmt: skip
            messages.success(
                request,
                _("Your answer is stored. You may change it at any time.") if own else _("The answer is stored."),
            )
            return redirect("registry:me") if own else redirect("registry:person", pk)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {"form": form, "person": person, "own": own}
    return render(request, "registry/consent.html", context, status=422 if form.errors else 200)


def _choices(reader: Reader, person: Person) -> list[dict[str, object]]:
    """Each purpose with the person's last word on it; None where nothing was said."""
    spoken = queries.last_words(reader, person)
    return [{"purpose": value, "label": label, "last": spoken.get(value)} for value, label in Purpose.choices]
