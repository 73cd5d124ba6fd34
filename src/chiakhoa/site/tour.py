"""The guided tour: one real task for each role, a step a page, followed or closed. Kept in the session alone."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import Role

KEY = "tour_step"


@dataclass(frozen=True)
class Stop:
    """One stop of a tour: where it is, what to do there."""

    address: str
    title: Any
    text: Any


TOURS: dict[Role, list[Stop]] = {
    Role.COORDINATOR: [
        Stop(
            "needs:grid",
            _("See the gaps"),
            _("Darker cells are larger shares below the required grade. Choose cells and add them to the demand."),
        ),
        Stop(
            "planning:plans",
            _("Make a plan"),
            _("Turn demand and money into classes. The plan says how far from the best it can be at most."),
        ),
        Stop(
            "delivery:classes",
            _("Follow the classes"),
            _("Published classes are here: who enrols, who comes, who improves."),
        ),
        Stop(
            "reporting:dashboard",
            _("Account for it"),
            _("Every figure opens to the rows that it counts. Download the report on Plan 80 as a Word file."),
        ),
    ],
    Role.UNIT_MANAGER: [
        Stop(
            "registry:people", _("Your people"), _("Find somebody by any part of the name, with or without diacritics.")
        ),
        Stop("needs:grid", _("What they lack"), _("The grid shows only your commune.")),
        Stop(
            "delivery:classes",
            _("Enrol them"),
            _("Open a class and enrol your people; a full class keeps a waiting list."),
        ),
    ],
    Role.PROVIDER_MANAGER: [
        Stop(
            "catalogue:courses",
            _("What you teach"),
            _("Courses with their length, cost and the competences they raise."),
        ),
        Stop(
            "delivery:classes",
            _("Your classes"),
            _("Assign trainers, follow attendance, finish a class to issue certificates."),
        ),
    ],
    Role.TRAINER: [
        Stop(
            "delivery:classes", _("Your classes"), _("Open today's class and take the roll: one press for each person.")
        ),
    ],
    Role.LEARNER: [
        Stop(
            "assessment:start",
            _("Take the test"),
            _("About 20 short questions, one on each page. You may stop and go on later."),
        ),
        Stop(
            "evidence:mine",
            _("Read your result"),
            _("Six domains, each with an interval, in plain words, and what to do next."),
        ),
    ],
    Role.EMPLOYER: [
        Stop(
            "placement:openings",
            _("Your openings"),
            _("See who applied, what each can prove, and whom the matching proposes."),
        ),
    ],
    Role.AUDITOR: [
        Stop(
            "access:trail", _("Read the trail"), _("Every write and every view of a personal record, by whom and when.")
        ),
        Stop("reporting:dashboard", _("Open a figure"), _("Follow a reported figure back to the rows behind it.")),
    ],
    Role.ADMINISTRATOR: [
        Stop(
            "access:assignments",
            _("Who may do what"),
            _("Give a role over a unit or a body; it reaches everything below."),
        ),
        Stop("jobs", _("Background work"), _("See what runs and try again what failed.")),
    ],
    Role.ASSESSOR: [
        Stop(
            "assessment:items",
            _("The item bank"),
            _("Read the questions as learners see them, with the reason for each answer."),
        ),
    ],
}


def current(request: HttpRequest) -> dict[str, Any] | None:
    """The stop to show on this page, or None when the tour is closed or finished."""
    role = getattr(getattr(request, "reader", None), "role", None)
    step = request.session.get(KEY) if hasattr(request, "session") else None
    stops = TOURS.get(role, []) if role else []
    if step is None or step >= len(stops):
        return None
    stop = stops[step]
    return {
        "title": stop.title,
        "text": stop.text,
        "step": step + 1,
        "of": len(stops),
        "here_url": reverse(stop.address),
        "last": step + 1 == len(stops),
        "next_url": reverse("tour", args=[step + 1]),
        "close_url": reverse("tour", args=[len(stops)]),
    }
