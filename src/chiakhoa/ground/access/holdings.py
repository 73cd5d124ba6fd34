"""What is held about a person, found by walking the tables: whatever points at a person is theirs, without anybody listing it.

From the person every table that points at them is followed; from there only what lives and dies with such a row (its parts).
So a new step's table is in the export from the day it is made. Secrets and other people's rows are left out.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from chiakhoa.ground.registry import citizen_number
from chiakhoa.ground.registry.models import Person

# Keys that open something, and how somebody is signed in: no copy of them leaves the house, not even to their owner.
SECRET_TABLES = {"access.session", "access.slip", "mfa.authenticator", "socialaccount.socialtoken"}
SECRET_FIELDS = {"password", "digest", "citizen_number_index", "search_key", "token"}
WORDS = {
    "registry.person": _("My record in the register"),
    "registry.membership": _("Where I belong"),
    "registry.consent": _("What I agreed to"),
    "access.account": _("My account"),
    "access.roleassignment": _("My roles"),
    "access.privacyrequest": _("What I asked about my data"),
    "socialaccount.socialaccount": _("National identities connected"),
    "catalogue.trainer": _("My record as a trainer"),
    "evidence.evidence": _("What was observed of my competence"),
    "evidence.competencestate": _("What my competence is taken to be"),
    "evidence.domainestimate": _("Estimates by domain"),
    "assessment.sitting": _("Tests that I took"),
    "assessment.answer": _("My answers"),
    "delivery.enrolment": _("Classes"),
    "delivery.namedseat": _("Seats kept for me"),
    "delivery.attendanceclaim": _("Attendance"),
    "credentials.certificate": _("Certificates"),
    "placement.application": _("Applications"),
    "placement.placement": _("What the matching said"),
}


@dataclass(frozen=True)
class Holding:
    """Rows of one table about a person, as plain values."""

    table: str
    words: str
    rows: list[dict[str, Any]]


def holdings(person: Person) -> list[Holding]:
    """Everything that is held about the person, their own record first. Reads each table once."""
    found = [Holding("registry.person", str(WORDS["registry.person"]), [_plain(person)])]
    for model, condition in _paths():
        rows = [_plain(row) for row in model._default_manager.filter(**{condition: person.pk}).distinct()]
        if rows:
            label = model._meta.label_lower
            found.append(Holding(label, str(WORDS.get(label, model._meta.verbose_name)), rows))
    return found


def tables() -> set[str]:
    """The tables that `holdings` looks into."""
    return {"registry.person", *(model._meta.label_lower for model, _condition in _paths())}


def _paths() -> Iterator[tuple[type[models.Model], str]]:
    """Each table about people, with the look-up that leads from its rows to the person."""
    seen, waiting = {Person}, [(relation, "") for relation in _pointing_at(Person)]
    while waiting:
        relation, behind = waiting.pop(0)
        model = relation.related_model
        if model in seen or model._meta.label_lower in SECRET_TABLES:
            continue
        seen.add(model)
        condition = f"{relation.field.name}__{behind}" if behind else relation.field.name
        yield model, condition
        parts = [part for part in _pointing_at(model) if part.on_delete is models.CASCADE]
        waiting += [(part, condition) for part in parts]


def _pointing_at(model: type[models.Model]) -> list[Any]:
    fields = model._meta.get_fields(include_hidden=True)
    return [field for field in fields if (field.one_to_many or field.one_to_one) and field.auto_created]


def _plain(row: models.Model) -> dict[str, Any]:
    """The row's values as JSON can hold them; a citizen number only by its last digits."""
    values = {}
    for field in row._meta.concrete_fields:
        if field.name in SECRET_FIELDS:
            continue
        value = getattr(row, field.attname)
        if field.name == "citizen_number_sealed":
            values["citizen_number"] = citizen_number.masked(value)
        elif isinstance(field, models.BinaryField):
            values[field.name] = base64.b64encode(bytes(value or b"")).decode()
        elif value is None or isinstance(value, bool | int | float | str | list | dict):
            values[field.name] = value
        else:
            values[field.name] = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return values
