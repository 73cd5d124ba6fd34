"""The registry over HTTP: bodies, and people within the reach of the token's role.

A person is known by `reference`, which says nothing of how many there are. Every record that leaves is in the trail.
"""

from datetime import date
from uuid import UUID

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from chiakhoa.foundation import clock
from chiakhoa.foundation.api import Listing, Needs, Scope, Text, listed, query_for
from chiakhoa.foundation.pages import EVERY_ROLE
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.registry import actions, queries
from chiakhoa.ground.registry.filters import BodyFilter, PeopleFilter, people_filter
from chiakhoa.ground.registry.models import Person

router = Router(tags=["registry"])
sees_bodies = Needs(Scope.BODIES, *EVERY_ROLE)
sees_people = Needs(Scope.PEOPLE, *queries.SEES_PEOPLE)
sees_numbers = Needs(Scope.CITIZEN_NUMBERS, *queries.SEES_PEOPLE)


class BodyRow(Schema):
    """An organisation, or a group that a document names."""

    id: str
    name_vi: str
    name_en: str
    short: str
    kind: str
    parent_id: str | None
    unit_id: str | None
    successor_id: str | None
    valid_from: date | None
    valid_to: date | None


class PersonRow(Schema):
    """A person. `body_id` and `position` are the present ones. The citizen number stands at an address of its own."""

    reference: UUID
    external_key: str | None
    full_name: str
    born_on: date | None
    sex: str
    unit_id: str
    audience_code: str | None
    body_id: str | None
    position: str
    phone: str
    email: str
    has_citizen_number: bool

    @staticmethod
    def resolve_audience_code(person: Person) -> str | None:
        """The code of the audience."""
        return person.audience_id

    @staticmethod
    def resolve_body_id(person: Person) -> str | None:
        """The newest open membership."""
        return person.present[0].body_id if person.present else None

    @staticmethod
    def resolve_position(person: Person) -> str:
        """The position in the present body."""
        return person.present[0].position if person.present else ""

    @staticmethod
    def resolve_has_citizen_number(person: Person) -> bool:
        """Whether one is stored."""
        return bool(person.citizen_number_index)


class CitizenNumber(Schema):
    """A whole citizen number; null where none is stored."""

    reference: UUID
    citizen_number: str | None


BodyQuery = query_for(BodyFilter, "BodyQuery")
PeopleQuery = query_for(PeopleFilter, "PeopleQuery")


@router.get("/bodies", auth=sees_bodies, response=Listing[BodyRow], summary="Bodies", operation_id="bodies")
def bodies(request: Request, query: Query[BodyQuery]):
    """The bodies that the token's role reaches."""
    return listed(request, queries.bodies(request.reader), query, BodyFilter)


@router.get("/bodies/{id}", auth=sees_bodies, response=BodyRow, summary="One body", operation_id="body")
def body(request: Request, id: Text):
    """One body within reach."""
    return get_object_or_404(queries.bodies(request.reader), pk=id)


@router.get("/people", auth=sees_people, response=Listing[PersonRow], summary="People", operation_id="people")
def people(request: Request, query: Query[PeopleQuery]):
    """The people whom the token's role reaches. Each record handed out is noted in the trail."""
    rows = queries.with_bodies(queries.people(request.reader))
    page = listed(request, rows, query, people_filter(request.reader))
    actions.open_records(request.reader, page["items"], at=clock.now())
    return page


@router.get("/people/{reference}", auth=sees_people, response=PersonRow, summary="One person", operation_id="person")
def person(request: Request, reference: UUID):
    """One record. Opening it is noted in the trail."""
    row = get_object_or_404(queries.with_bodies(queries.people(request.reader)), reference=reference)
    actions.open_record(request.reader, row.pk, at=clock.now())
    return row


@router.get(
    "/people/{reference}/citizen-number", auth=sees_numbers, response=CitizenNumber, summary="A citizen number",
    operation_id="citizen_number",
)  # fmt: skip
def citizen_number(request: Request, reference: UUID):
    """The whole citizen number. Needs a scope of its own; the view is noted in the trail as such."""
    row = get_object_or_404(queries.people(request.reader), reference=reference)
    number = actions.open_citizen_number(request.reader, row.pk, at=clock.now())
    return {"reference": reference, "citizen_number": number or None}
