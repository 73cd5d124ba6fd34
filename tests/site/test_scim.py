"""An identity provider keeps accounts and groups: the public checker passes, and what it may not do it cannot."""

import json
from typing import Any

import pytest
from django.test import Client
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server

from chiakhoa.foundation.api import Scope
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.access.models import Account, RoleAssignment, RoleGroup
from chiakhoa.ground.territory.models import Home
from chiakhoa.site.wsgi import application
from tests.site.conftest import House

pytestmark = [pytest.mark.django_db]
USERS, GROUPS = "/scim/v2/Users", "/scim/v2/Groups"


def send(program: Client, method: str, address: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    """A SCIM request."""
    return program.generic(
        method, address, json.dumps(body or {}), content_type="application/scim+json", headers=headers
    )


@pytest.mark.filterwarnings("default")
def test_the_public_checker_finds_no_fault(house: House) -> None:
    key = house.key(Role.ADMINISTRATOR, Scope.ACCOUNTS)
    client = WSGISCIMClient(application, "http://localhost/scim/v2", headers={"Authorization": f"Bearer {key}"})
    results = check_server(client)
    faults = [f"{one.title}: {one.reason}" for one in results if one.status not in (Status.SUCCESS, Status.SKIPPED)]
    assert len(results) > 30 and not faults, "\n".join(faults)


def test_a_group_means_a_role_only_when_an_administrator_says_so(house: House) -> None:
    program = house.program(Role.ADMINISTRATOR, Scope.ACCOUNTS)
    hoa = send(program, "POST", USERS, {"userName": "hoa@tn.gov.vn", "displayName": "Hoà"}).json()
    group = send(program, "POST", GROUPS, {"displayName": "can-bo", "members": [{"value": hoa["id"]}]}).json()
    assert not RoleAssignment.objects.filter(account=hoa["id"][1:]).exists()
    place = Home.objects.get().unit_id
    house.browse(Role.ADMINISTRATOR).post(f"/access/groups/{group['id'][1:]}/", {"role": "coordinator", "place": place})
    assert RoleAssignment.objects.get(account=hoa["id"][1:]).role == "coordinator"
    remove = {"Operations": [{"op": "Remove", "path": f'members[value eq "{hoa["id"]}"]'}]}
    assert send(program, "PATCH", f"{GROUPS}/{group['id']}", remove).status_code == 200
    assert not RoleAssignment.objects.filter(account=hoa["id"][1:], valid_to__isnull=True).exists()


def test_a_role_given_by_hand_outlives_the_group(house: House) -> None:
    program = house.program(Role.ADMINISTRATOR, Scope.ACCOUNTS)
    coordinator = house.account(Role.COORDINATOR)
    held = coordinator.assignments.get()
    group = RoleGroup.objects.create(name="g", role=held.role, unit_id=held.unit_id)
    send(program, "PUT", f"{GROUPS}/g{group.pk}", {"displayName": "g", "members": [{"value": f"u{coordinator.pk}"}]})
    assert group.members.count() == 1
    send(program, "PUT", f"{GROUPS}/g{group.pk}", {"displayName": "g"})
    assert coordinator.assignments.get() == held


def test_suspending_ends_the_tokens_of_the_account_at_once(house: House) -> None:
    program = house.program(Role.ADMINISTRATOR, Scope.ACCOUNTS)
    other = house.program(Role.COORDINATOR)
    pk = house.account(Role.COORDINATOR).pk
    assert other.get("/api/v1/territory/units?limit=1").status_code == 200
    send(program, "PATCH", f"{USERS}/u{pk}", {"Operations": [{"op": "replace", "value": {"active": False}}]})
    assert other.get("/api/v1/territory/units?limit=1").status_code == 401


def test_a_program_cannot_suspend_or_delete_the_account_it_runs_under(house: House) -> None:
    program = house.program(Role.ADMINISTRATOR, Scope.ACCOUNTS)
    own = house.account(Role.ADMINISTRATOR).pk
    assert send(program, "DELETE", f"{USERS}/u{own}").status_code == 403
    stop = {"Operations": [{"op": "replace", "path": "active", "value": False}]}
    assert send(program, "PATCH", f"{USERS}/u{own}", stop).status_code == 403
    assert Account.objects.get(pk=own).is_active


def test_a_change_of_what_has_changed_meanwhile_is_refused(house: House) -> None:
    program = house.program(Role.ADMINISTRATOR, Scope.ACCOUNTS)
    made = send(program, "POST", USERS, {"userName": "a"})
    address, etag = made["Location"], made["ETag"]
    assert send(program, "PUT", address, {"userName": "b"}, **{"If-Match": etag}).status_code == 200
    assert send(program, "PUT", address, {"userName": "c"}, **{"If-Match": etag}).status_code == 412
    assert Account.objects.get(pk=made.json()["id"][1:]).login == "b"
    # Without the guard the second writer would undo the first unseen.
    assert send(program, "PUT", address, {"userName": "c"}).status_code == 200


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('userName eq "coordinator-x"', 0),
        ("active eq true and not (displayName pr)", 0),
        ('userName sw "zz-" or userName eq "zz-1"', 2),
        ('(userName co "zz") and active eq false', 1),
        ('externalId eq "E1"', 1),
    ],
)
def test_filters_find_what_they_say(house: House, said: str, found: int) -> None:
    program = house.program(Role.ADMINISTRATOR, Scope.ACCOUNTS)
    send(program, "POST", USERS, {"userName": "zz-1", "externalId": "E1"})
    send(program, "POST", USERS, {"userName": "zz-2", "active": False})
    assert program.get(USERS, {"filter": said}).json()["totalResults"] == found


@pytest.mark.parametrize("said", ['userName eq "a', "password pr", "userName", 'userName xx "a"', "(" * 50])
def test_a_filter_that_cannot_be_read_is_refused_in_words(house: House, said: str) -> None:
    answer = house.program(Role.ADMINISTRATOR, Scope.ACCOUNTS).get(USERS, {"filter": said})
    assert answer.status_code == 400 and answer.json()["scimType"] == "invalidFilter"


def test_only_an_administrator_s_token_with_the_scope_opens_scim(house: House) -> None:
    assert house.browse(Role.ADMINISTRATOR).get(USERS).status_code == 401
    assert house.program(Role.ADMINISTRATOR, Scope.TERRITORY).get(USERS).status_code == 403
    assert house.program(Role.COORDINATOR, Scope.ACCOUNTS).get(USERS).status_code == 403
