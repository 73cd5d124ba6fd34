"""Programs that register and change people: once however often they send, nothing on a rehearsal, nothing unseen undone."""

from typing import Any

import pytest

from chiakhoa.foundation.api import Scope
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.registry.models import Person
from tests.site.conftest import House

pytestmark = pytest.mark.django_db
PEOPLE = "/api/v1/registry/people"


def somebody(house: House, **more: Any) -> dict[str, Any]:
    """A person of the manager's commune."""
    return {"full_name": "Lý Thị Mẩy", "unit_id": house.reader(Role.UNIT_MANAGER).unit_id, **more}


def post(program: Any, body: dict[str, Any], query: str = "", **headers: str) -> Any:
    """Hand a person in."""
    return program.post(PEOPLE + query, body, content_type="application/json", headers=headers)


def test_a_program_registers_by_the_action_of_the_page(house: House) -> None:
    program = house.program(Role.UNIT_MANAGER)
    answer = post(program, somebody(house, born_on="1990-02-03", external_key="HR-1"))
    assert answer.status_code == 201
    person = Person.objects.get(reference=answer.json()["reference"])
    assert person.full_name == "Lý Thị Mẩy" and person.external_key == "HR-1"
    entry = AuditEntry.objects.get(verb="register_person", thing_key=str(person.pk))
    assert "(test)" in entry.actor_name


def test_the_same_call_sent_again_makes_nobody_new(house: House) -> None:
    program, before = house.program(Role.UNIT_MANAGER), Person.objects.count()
    first = post(program, somebody(house), **{"Idempotency-Key": "call-1"})
    again = post(program, somebody(house), **{"Idempotency-Key": "call-1"})
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    assert Person.objects.count() == before + 1
    other = post(program, somebody(house, full_name="Ai Khác"), **{"Idempotency-Key": "call-1"})
    assert other.status_code == 409 and other.json()["code"] == "key_reused"


def test_without_a_key_a_call_sent_again_registers_the_person_twice(house: House) -> None:
    program, before = house.program(Role.UNIT_MANAGER), Person.objects.count()
    post(program, somebody(house))
    post(program, somebody(house))
    assert Person.objects.count() == before + 2


def test_a_key_is_the_token_s_own(house: House) -> None:
    headers = {"Idempotency-Key": "call-1"}
    first = post(house.program(Role.UNIT_MANAGER), somebody(house), **headers)
    second = post(house.program(Role.UNIT_MANAGER), somebody(house), **headers)
    assert first.json()["reference"] != second.json()["reference"]


def test_a_rehearsal_says_what_would_be_done_and_stores_nothing(house: House) -> None:
    program = house.program(Role.UNIT_MANAGER)
    twin = Person.objects.filter(unit=house.reader(Role.UNIT_MANAGER).unit_id).first()
    people, trail = Person.objects.count(), AuditEntry.objects.count()
    body = somebody(house, full_name=twin.full_name, born_on=twin.born_on)
    said = post(program, body, "?dry_run=1", **{"Idempotency-Key": "k"}).json()
    assert said["would"] == "register" and str(twin.reference) in said["same_name"]
    assert post(program, somebody(house, unit_id="nowhere"), "?dry_run=1").status_code == 409
    assert (Person.objects.count(), AuditEntry.objects.count()) == (people, trail)


def test_a_refusal_of_the_action_names_its_field(house: House) -> None:
    answer = post(house.program(Role.UNIT_MANAGER), somebody(house, unit_id="nowhere"))
    assert answer.status_code == 409 and answer.json()["errors"][0]["place"] == "body.unit_id"
    unknown = post(house.program(Role.UNIT_MANAGER), somebody(house, colour="red"))
    assert unknown.status_code == 422 and unknown.json()["errors"][0]["place"] == "body.colour"


def test_a_program_changes_only_what_it_has_seen(house: House) -> None:
    program = house.program(Role.UNIT_MANAGER)
    made = post(program, somebody(house)).json()
    address = f"{PEOPLE}/{made['reference']}"
    etag = program.get(address)["ETag"]
    body = somebody(house, position="Kế toán")
    first = program.put(
        address, body | {"phone": "0912345678"}, content_type="application/json", headers={"If-Match": etag}
    )
    assert first.status_code == 200 and first.json()["phone"] == "0912345678"
    late = program.put(address, body, content_type="application/json", headers={"If-Match": etag})
    assert late.status_code == 412 and Person.objects.get(reference=made["reference"]).phone == "0912345678"
    # Without the ETag the late call undoes what it never saw.
    assert program.put(address, body, content_type="application/json").status_code == 200
    assert Person.objects.get(reference=made["reference"]).phone == ""


def test_a_person_outside_the_reach_cannot_be_changed_nor_a_reading_token_write(house: House) -> None:
    stranger = Person.objects.exclude(unit=house.reader(Role.UNIT_MANAGER).unit_id).first()
    program = house.program(Role.UNIT_MANAGER)
    answer = program.put(f"{PEOPLE}/{stranger.reference}", somebody(house), content_type="application/json")
    assert answer.status_code == 404
    assert post(house.program(Role.UNIT_MANAGER, Scope.PEOPLE), somebody(house)).status_code == 403
