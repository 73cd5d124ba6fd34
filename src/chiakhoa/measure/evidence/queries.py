"""Reading what is known: the ledger, the states that follow from it, and how both are said to a person.

Whose evidence a reader may read is the registry's answer: whoever may open the person's record.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from chiakhoa.engines import irt
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.evidence import estimation
from chiakhoa.measure.evidence.estimation import Believed
from chiakhoa.measure.evidence.models import CompetenceState, DomainEstimate, Evidence

STAFF = (Role.COORDINATOR, Role.UNIT_MANAGER, Role.ASSESSOR, Role.AUDITOR, Role.ADMINISTRATOR)
LEDGER = (Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR)


def evidence(reader: Reader) -> QuerySet[Evidence]:
    """Evidence that the reader may open, newest first, superseded rows included.

    An auditor and an administrator also read what no longer says whose it was.
    """
    reach = _reach(reader, "person") | Q(person__in=_merged(reader))
    if reader.has(Role.AUDITOR, Role.ADMINISTRATOR):
        reach |= Q(person=None)
    return Evidence.objects.filter(reach).select_related("person", "superseded_by").order_by("-occurred_at", "id")


def ledger(reader: Reader) -> QuerySet[Evidence]:
    """The ledger of the reader's unit, for the roles that answer for it."""
    return evidence(reader) if reader.has(*LEDGER) else Evidence.objects.none()


def evidence_of(reader: Reader, person: Person) -> QuerySet[Evidence]:
    """All evidence of a person, newest first, with what supersedes it."""
    return evidence(reader).filter(person__in=[person.pk, *person.merged.values_list("pk", flat=True)])


def states(reader: Reader) -> QuerySet[CompetenceState]:
    """The states that the reader may read, estimates included."""
    rows = CompetenceState.objects.select_related("person", "framework").prefetch_related("estimates__domain")
    return rows.filter(_reach(reader, "person"))


def state(reader: Reader, person: Person) -> CompetenceState | None:
    """What is known of the person; None where nothing is, or the reader may not know."""
    return states(reader).filter(person=person).first()


def estimates(reader: Reader) -> QuerySet[DomainEstimate]:
    """The estimates of all domains of everybody whom the reader reaches."""
    return DomainEstimate.objects.filter(_reach(reader, "state__person")).select_related("domain")


@dataclass(frozen=True)
class Known:
    """What was known after one observation: its row of the ledger, when, of what kind, what was seen, and the beliefs."""

    row: UUID
    occurred_at: datetime
    kind: str
    content: dict[str, Any]
    step: irt.Step


def history(reader: Reader, person: Person) -> list[Known]:
    """What was known of the person after each observation that has a say today, oldest first; empty where not readable."""
    rows = Evidence.objects.standing().filter(_reach(reader, "person"), person=person)
    found = list(rows.order_by("occurred_at", "id").values_list("pk", "occurred_at", "kind", "content"))
    seen = [estimation.Observed(*row[1:]) for row in found]
    scale = frameworks.scale()
    steps = estimation.path(seen, prior(person.audience_id), scale.prior.variance_per_year)
    return [Known(*row, step) for row, step in zip(found, steps, strict=True)]


def own_person(reader: Reader) -> Person | None:
    """The person behind a learner's account."""
    if reader.person_id is None:
        return None
    return Person.objects.filter(pk=reader.person_id).select_related("audience").first()


def people_rated_by(reader: Reader) -> QuerySet[Person]:
    """Those whom a unit manager may rate: the people of the unit or body."""
    if reader is SYSTEM:
        return Person.objects.all()
    return registry.people(reader) if reader.has(Role.UNIT_MANAGER) else Person.objects.none()


def prior(audience_code: str | None) -> Believed:
    """What is believed before any evidence of one person of the audience: mean (1, D), cov (1, D, D), logits."""
    return estimation.priors([audience_code], frameworks.scale())


def _merged(reader: Reader) -> QuerySet[Person]:
    """The records that were merged into those of people whom the reader may open: what was observed under them is theirs."""
    return (
        Person.objects.order_by().filter(merged_into__in=registry.people(reader).order_by().values("pk")).values("pk")
    )


def _reach(reader: Reader, field: str) -> Q:
    """The condition that the row's person is one whose record the reader may open."""
    return Q(**{f"{field}__in": registry.people(reader).values("pk")})
