"""The registry over HTTP: bodies, and people within the reach of the token's role.

A person is known by `reference`, which says nothing of how many there are. Every record that leaves is in the trail.
"""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field

from chiakhoa.foundation import clock
from chiakhoa.foundation.actions import rehearse
from chiakhoa.foundation.api import Listing, Needs, Scope, Text, etag_of, listed, query_for, representation
from chiakhoa.foundation.api.problems import Conflict
from chiakhoa.foundation.pages import EVERY_ROLE
from chiakhoa.foundation.requests import Request
from chiakhoa.foundation.text import fold, nfc
from chiakhoa.ground.registry import actions, checking, citizen_number, queries
from chiakhoa.ground.registry.actions.people import REGISTRARS
from chiakhoa.ground.registry.filters import BodyFilter, PeopleFilter, people_filter
from chiakhoa.ground.registry.handed_in import digest_of
from chiakhoa.ground.registry.models import Person

router = Router(tags=["registry"])
sees_bodies = Needs(Scope.BODIES, *EVERY_ROLE)
sees_people = Needs(Scope.PEOPLE, *queries.SEES_PEOPLE)
registers = Needs(Scope.PEOPLE_WRITE, *REGISTRARS)
sees_numbers = Needs(Scope.CITIZEN_NUMBERS, *queries.SEES_PEOPLE)
Short = Annotated[Text, Field(max_length=120)]
Key = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[!-~]+$")]
ETag = Text  # one that was never given out is as stale as an old one
IDEMPOTENCY_KEY: Any = Header(None, alias="Idempotency-Key")
IF_MATCH: Any = Header(None, alias="If-Match")


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


class PersonChange(Schema):
    """A person as handed in, whole. An empty citizen number leaves the stored one as it is; it is never sent back."""

    model_config = {"extra": "forbid"}

    full_name: Text
    unit_id: Text
    born_on: date | None = None
    sex: Literal["", "f", "m"] = ""
    audience_code: Text = ""
    body_id: Text | None = None
    position: Short = ""
    phone: Short = ""
    email: Text = ""
    citizen_number: Short = ""


class NewPerson(PersonChange):
    """A person to register, with the key that the sender's own list uses, if it has one."""

    external_key: Annotated[Text, Field(max_length=60)] = ""


class Rehearsal(Schema):
    """What a call with `dry_run=1` would do, and what deserves a second look first. Nothing is stored."""

    would: Literal["register", "change"]
    doubts: list[str]
    same_name: list[UUID]


class DryRun(Schema):
    """Whether to rehearse only."""

    dry_run: bool = Field(False, description="1: check everything, store nothing.")


class CitizenNumber(Schema):
    """A whole citizen number; null where none is stored."""

    reference: UUID
    citizen_number: str | None


BodyQuery = query_for(BodyFilter, "BodyQuery")
PeopleQuery = query_for(PeopleFilter, "PeopleQuery")


@router.get(
    "/bodies", auth=sees_bodies, response=Listing[BodyRow], summary=gettext_lazy("Bodies"), operation_id="bodies"
)
def bodies(request: Request, query: Query[BodyQuery]):
    """The bodies that the token's role reaches."""
    return listed(request, queries.bodies(request.reader), query, BodyFilter)


@router.get("/bodies/{id}", auth=sees_bodies, response=BodyRow, summary=gettext_lazy("One body"), operation_id="body")
def body(request: Request, id: Text):
    """One body within reach."""
    return get_object_or_404(queries.bodies(request.reader), pk=id)


@router.get(
    "/people", auth=sees_people, response=Listing[PersonRow], summary=gettext_lazy("People"), operation_id="people"
)
def people(request: Request, query: Query[PeopleQuery]):
    """The people whom the token's role reaches. Each record handed out is noted in the trail."""
    rows = queries.with_bodies(queries.people(request.reader))
    page = listed(request, rows, query, people_filter(request.reader))
    actions.open_records(request.reader, page["items"], at=clock.now())
    return page


@router.get(
    "/people/{reference}",
    auth=sees_people,
    response=PersonRow,
    summary=gettext_lazy("One person"),
    operation_id="person",
)
def person(request: Request, reference: UUID):
    """One record. Opening it is noted in the trail."""
    row = get_object_or_404(queries.with_bodies(queries.people(request.reader)), reference=reference)
    actions.open_record(request.reader, row.pk, at=clock.now())
    return row


@router.get(
    "/people/{reference}/citizen-number", auth=sees_numbers, response=CitizenNumber, summary=gettext_lazy("A citizen number"),
    operation_id="citizen_number",
)  # fmt: skip
def number(request: Request, reference: UUID):
    """The whole citizen number. Needs a scope of its own; the view is noted in the trail as such."""
    row = get_object_or_404(queries.people(request.reader), reference=reference)
    number = actions.open_citizen_number(request.reader, row.pk, at=clock.now())
    return {"reference": reference, "citizen_number": number or None}


@router.post(
    "/people", auth=registers, response={200: Rehearsal | PersonRow, 201: PersonRow}, summary=gettext_lazy("Register a person"),
    operation_id="register_person",
)  # fmt: skip
def register(request: Request, new: NewPerson, query: Query[DryRun], idempotency_key: Key = IDEMPOTENCY_KEY):
    """Register one person by the action of the page. With an `Idempotency-Key`, the same call sent again makes nobody new:
    it answers 200 with the person of the first. With `dry_run=1` everything is checked and nothing stored."""
    call = actions.Call(request.auth.token_id, idempotency_key or "", digest_of(request.body))
    at = clock.now()
    if query.dry_run:
        rehearse(actions.hand_in_person, request.reader, _row(new), call, at=at)
        return Status(200, _second_look(request, new, "register"))
    try:
        person, is_new = actions.hand_in_person(request.reader, _row(new), call, at=at)
    except IntegrityError:
        # Two calls at one moment: the database let one through. Sent again, this one is answered by what is there.
        raise Conflict(_("Another call registered the same person at this moment. Send yours again.")) from None
    return Status(201 if is_new else 200, _whole(request, person.pk))


@router.put(
    "/people/{reference}", auth=registers, response={200: Rehearsal | PersonRow}, summary=gettext_lazy("Change a person"),
    operation_id="change_person", openapi_extra={"responses": {412: {"description": ""}}},
)  # fmt: skip
def change(
    request: Request,
    reference: UUID,
    changed: PersonChange,
    query: Query[DryRun],
    if_match: ETag = IF_MATCH,
):
    """Replace one record by the action of the page. With `If-Match`, only if it is still as the ETag says: else 412."""
    pk = get_object_or_404(queries.people(request.reader), reference=reference).pk

    def is_current() -> bool:
        return if_match is None or if_match == etag_of(representation(_whole(request, pk), PersonRow))

    arguments = (request.reader, pk, _row(changed), is_current)
    if query.dry_run:
        rehearse(actions.change_seen_person, *arguments, at=clock.now())
        return _second_look(request, changed, "change", besides=pk)
    actions.change_seen_person(*arguments, at=clock.now())
    return _whole(request, pk)


def _row(handed: PersonChange) -> checking.PersonRow:
    return checking.PersonRow(**{"external_key": "", **handed.dict()})


def _whole(request: Request, pk: int) -> Person:
    return queries.with_bodies(queries.people(request.reader)).get(pk=pk)


def _second_look(request: Request, handed: PersonChange, would: str, besides: int | None = None) -> dict[str, Any]:
    """What the page shows before it stores: doubts of the citizen number, people of the same name and birthday."""
    digits = citizen_number.plain(handed.citizen_number)
    doubles = queries.same_name_and_birthday(request.reader, fold(nfc(handed.full_name)), handed.born_on)
    return {
        "would": would,
        "doubts": citizen_number.doubts(digits, handed.born_on, handed.sex),
        "same_name": list(doubles.exclude(pk=besides).values_list("reference", flat=True)[:5]),
    }
