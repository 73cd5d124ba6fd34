"""The API as programs meet it: the same rights as the pages, by token alone, in pages that neither lose nor double."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chiakhoa.foundation.api import Scope
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.models import Body, Person
from tests.site.conftest import House

pytestmark = pytest.mark.django_db
PEOPLE = "/api/v1/registry/people"


def walk(client: Client, address: str, **query: Any) -> list[dict[str, Any]]:
    """Every row of a list, page by page."""
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = client.get(address, {**query, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.content
        page = answer.json()
        rows += page["items"]
        cursor = page["next"]
        if not cursor:
            return rows


def test_a_manager_s_program_reads_the_people_of_the_manager_and_nobody_else(house: House) -> None:
    manager = house.reader(Role.UNIT_MANAGER)
    found = {row["reference"] for row in walk(house.program(Role.UNIT_MANAGER), PEOPLE, limit=7)}
    assert found == {str(person.reference) for person in registry.people(manager)}
    stranger = Person.objects.exclude(pk__in=registry.people(manager)).first()
    answer = house.program(Role.UNIT_MANAGER).get(f"{PEOPLE}/{stranger.reference}")
    assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json"


def test_every_record_that_leaves_is_in_the_trail_under_the_name_of_the_token(house: House) -> None:
    before = AuditEntry.objects.filter(verb="view").count()
    rows = house.program(Role.COORDINATOR).get(PEOPLE, {"limit": 5}).json()["items"]
    noted = AuditEntry.objects.filter(verb="view")
    assert noted.count() == before + 5
    keys = {
        str(pk)
        for pk in Person.objects.filter(reference__in=[row["reference"] for row in rows]).values_list("pk", flat=True)
    }
    assert {entry.thing_key for entry in noted[:5]} == keys and "(test)" in noted[0].actor_name


def test_no_list_of_the_api_holds_a_citizen_number_and_the_number_asks_for_its_own_scope(house: House) -> None:
    person = Person.objects.filter(citizen_number_index__isnull=False).first() or Person.objects.first()
    reading = house.program(Role.COORDINATOR, Scope.PEOPLE)
    assert "citizen_number" not in reading.get(f"{PEOPLE}/{person.reference}").json()
    refused = reading.get(f"{PEOPLE}/{person.reference}/citizen-number")
    assert refused.status_code == 403 and refused.json()["code"] == "scope_missing"
    allowed = house.program(Role.COORDINATOR, Scope.CITIZEN_NUMBERS).get(f"{PEOPLE}/{person.reference}/citizen-number")
    assert allowed.status_code == 200
    assert AuditEntry.objects.filter(verb="view_citizen_number", thing_key=str(person.pk)).exists()


def test_what_was_read_and_has_not_changed_is_not_sent_again(house: House) -> None:
    program = house.program(Role.COORDINATOR)
    address = f"/api/v1/registry/bodies/{Body.objects.first().pk}"
    first = program.get(address)
    again = program.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and again.content == b""
    Body.objects.filter(pk=first.json()["id"]).update(short="new")
    assert program.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "place"),
    [
        ({"limit": "0"}, 422, "query.limit"),
        ({"cursor": "x"}, 404, "query.cursor"),
        ({"colour": "red"}, 422, "query.colour"),
        ({"unit": "nowhere"}, 404, "query.unit"),
    ],
)
def test_a_refusal_names_the_place_and_the_remedy(house: House, query: dict[str, str], status: int, place: str) -> None:
    answer = house.program(Role.COORDINATOR).get(PEOPLE, query, headers={"Accept-Language": "en"})
    said = answer.json()
    assert answer.status_code == said["status"] == status
    assert place in said["detail"] and answer["Content-Language"] == "en"


def test_a_cursor_of_one_list_opens_no_other(house: House) -> None:
    program = house.program(Role.COORDINATOR)
    cursor = program.get(PEOPLE, {"limit": 1}).json()["next"]
    assert program.get("/api/v1/registry/bodies", {"cursor": cursor}).status_code == 404


def test_the_lists_take_the_filters_of_their_pages(house: House) -> None:
    program = house.program(Role.COORDINATOR)
    person = Person.objects.first()
    found = walk(program, PEOPLE, search=person.full_name, unit=person.unit_id)
    assert str(person.reference) in {row["reference"] for row in found}
    page = house.browse(Role.COORDINATOR).get(
        reverse("registry:people"), {"search": person.full_name, "unit": person.unit_id}
    )
    assert len(found) == page.context["table"].paginator.count


def test_units_carry_their_days_and_what_they_came_from(house: House) -> None:
    program = house.program(Role.LEARNER)
    then = walk(program, "/api/v1/territory/units", on="2025-06-30", level=2, under="VN-19@2025")
    now = walk(program, "/api/v1/territory/units", level=3, under="VN-19@2025", limit=100)
    assert len(now) == 92 and then == []
    one = program.get(f"/api/v1/territory/units/{now[0]['id']}").json()
    assert one["valid_from"] == "2025-07-01" and one["came_from"]


def test_the_document_names_every_address_and_its_refusals(house: House) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    gets = [operation["get"] for operation in document["paths"].values() if "get" in operation]
    assert len(gets) >= 20
    for operation in gets:
        assert {"200", "304", "401", "403"} <= set(operation["responses"])
        assert operation["security"]
    assert json.dumps(document)
