"""The navigation has the same words as the folders: four rooms, their steps. A role sees the steps it may open."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import VISITOR, Reader
from chiakhoa.ground.territory import queries as territory
from chiakhoa.site import tour


@dataclass(frozen=True)
class Step:
    """One step of the loop: the word for it and its first pages; a reader gets the first that is for the role."""

    key: str
    label: Any
    addresses: tuple[str, ...]


ROOMS = [
    (
        "ground",
        _("Ground"),
        _("What is given?"),
        [
            Step("territory", _("Territory"), ("territory:units",)),
            Step("registry", _("People and bodies"), ("registry:people", "registry:me")),
            Step("access", _("Access"), ("access:assignments", "access:trail", "access:slips", "access:my_data")),
            Step("frameworks", _("Frameworks"), ("frameworks:framework",)),
            Step("catalogue", _("Catalogue"), ("catalogue:courses",)),
            Step("mandates", _("Mandates"), ("mandates:tasks",)),
        ],
    ),
    (
        "measure",
        _("Measure"),
        _("What is known?"),
        [
            Step("evidence", _("Evidence"), ("evidence:mine", "evidence:ledger")),
            Step("assessment", _("Assessment"), ("assessment:start", "assessment:items", "assessment:group_tests")),
            Step("needs", _("Needs"), ("needs:grid",)),
        ],
    ),
    (
        "train",
        _("Train"),
        _("What is done?"),
        [
            Step("planning", _("Planning"), ("planning:plans",)),
            Step("delivery", _("Classes"), ("delivery:classes",)),
            Step("credentials", _("Certificates"), ("credentials:certificates",)),
        ],
    ),
    (
        "outcome",
        _("Outcome"),
        _("What came of it?"),
        [
            Step("placement", _("Placement"), ("placement:openings",)),
            Step("reporting", _("Reports"), ("reporting:dashboard",)),
        ],
    ),
]


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the page shell needs: navigation for the reader, the synthetic banner, languages, the tour."""
    # A table renders a little template for each row; all of a request's share one shell.
    if not hasattr(request, "shell"):
        request.shell = _shell(request)  # type: ignore[attr-defined]
    return request.shell  # type: ignore[attr-defined, no-any-return]


def _shell(request: HttpRequest) -> dict[str, Any]:
    reader: Reader = getattr(request, "reader", VISITOR)
    return {
        # Made when a page shows it: the page of a question does not, and there it would cost a tenth of the whole.
        "navigation": SimpleLazyObject(lambda: rooms(reader, request.path)),
        "home_province": SimpleLazyObject(territory.home),
        "languages": settings.LANGUAGES,
        "tour": tour.current(request),
    }


def rooms(reader: Reader, path: str) -> list[dict[str, Any]]:
    """The rooms and steps that the reader may open; the current ones are marked by the address."""
    shown = []
    for key, label, question, steps in ROOMS:
        opened = [(step, first_page(reader, step)) for step in steps]
        entries = [_entry(step, address, path) for step, address in opened if address]
        if entries:
            current = any(entry["current"] for entry in entries)
            shown.append({"key": key, "label": label, "question": question, "steps": entries, "current": current})
    return shown


def first_page(reader: Reader, step: Step) -> str | None:
    """The first of a step's pages that the reader may open, as a named address."""
    return next((address for address in step.addresses if may_open(reader, address)), None)


def may_open(reader: Reader, address: str) -> bool:
    """Whether the page behind a named address is for the reader's role."""
    roles = resolve(reverse(address)).func.roles  # type: ignore[attr-defined]
    return roles is not None and reader.role in roles


def _entry(step: Step, address: str, path: str) -> dict[str, Any]:
    current = path.strip("/").split("/")[0] == step.key
    return {"key": step.key, "label": step.label, "url": reverse(address), "current": current}
