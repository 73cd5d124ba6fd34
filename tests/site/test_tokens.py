"""Tokens as administrators make and end them, and what a key never opens."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from chiakhoa.foundation import clock
from chiakhoa.foundation.api import Caller, Needs
from chiakhoa.foundation.api.callers import find_callers_by
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.access.actions import caller_by_key
from chiakhoa.ground.access.models import Account, ApiToken, RoleAssignment
from tests.site.conftest import House

pytestmark = pytest.mark.django_db
UNITS = "/api/v1/territory/units?limit=1"


def made_by_page(house: House) -> str:
    """The key that the page shows once."""
    answer = {
        "name": "Phần mềm nhân sự",
        "assignment": house.account(Role.COORDINATOR).assignments.get().pk,
        "scopes": ["territory:read"],
        "expires_on": clock.today() + timedelta(days=30),
    }
    page = house.browse(Role.ADMINISTRATOR).post(reverse("access:make_token"), answer)
    assert page.status_code == 200 and "no-store" in page["Cache-Control"], page.content.decode()
    return str(page.context["key"])


def opened(key: str) -> int:
    """What the API says to the key."""
    return Client(headers={"Authorization": f"Bearer {key}"}).get(UNITS).status_code


def test_a_key_is_shown_once_and_stored_nowhere(house: House) -> None:
    key = made_by_page(house)
    assert opened(key) == 200
    row = ApiToken.objects.get()
    assert key not in str(row.__dict__) and key not in str(list(AuditEntry.objects.values())[:50])
    listed = house.browse(Role.AUDITOR).get(reverse("access:tokens")).content.decode()
    assert key not in listed and row.hint in listed and row.last_used_at is not None


KILLS: dict[str, Callable[[House], object]] = {
    "revoked": lambda house: house.browse(Role.ADMINISTRATOR).post(
        reverse("access:revoke_token", args=[ApiToken.objects.get().pk])
    ),
    "expired": lambda _house: ApiToken.objects.update(
        created_at=clock.now() - timedelta(days=2), expires_at=clock.now() - timedelta(seconds=1)
    ),
    "role ended": lambda _house: RoleAssignment.objects.filter(tokens__isnull=False).update(valid_to=clock.today()),
    "emergency over": lambda _house: RoleAssignment.objects.filter(tokens__isnull=False).update(
        begins_at=clock.now() - timedelta(hours=4), ends_at=clock.now() - timedelta(hours=1), reason="mất liên lạc"
    ),
    "account suspended": lambda _house: Account.objects.filter(assignments__tokens__isnull=False).update(
        is_active=False
    ),
}


@pytest.mark.parametrize("end", KILLS)
def test_a_key_dies_with_its_token_its_role_and_its_account(house: House, end: str) -> None:
    key = made_by_page(house)
    assert opened(key) == 200
    KILLS[end](house)
    assert opened(key) == 401


@pytest.mark.parametrize("end", KILLS)
def test_without_the_guard_every_dead_key_would_still_open(house: House, end: str) -> None:
    key = made_by_page(house)
    KILLS[end](house)

    def careless(key: str, address: str, at: object) -> Caller | None:
        from chiakhoa.ground.access.queries import reader_of
        from chiakhoa.ground.access.tokens import digest_of

        token = ApiToken.objects.filter(digest=digest_of(key)).first()
        return Caller(token.pk, reader_of(token.assignment), frozenset(token.scopes)) if token else None

    find_callers_by(careless)
    try:
        assert opened(key) == 200
    finally:
        find_callers_by(caller_by_key)


def test_a_signed_in_browser_opens_no_address_of_the_api(house: House) -> None:
    browser = house.browse(Role.ADMINISTRATOR)
    assert browser.get(UNITS).status_code == 401


def test_an_api_that_took_cookies_would_obey_the_page_of_a_stranger(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_cookie(self: Needs, request: object) -> Reader:
        return request.reader  # type: ignore[attr-defined, no-any-return]

    monkeypatch.setattr(Needs, "__call__", by_cookie)
    browser = house.browse(Role.ADMINISTRATOR)
    answer = browser.get(UNITS, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 200


def test_a_key_never_becomes_a_session(house: House) -> None:
    program = house.program(Role.ADMINISTRATOR)
    answer = program.get(UNITS)
    assert answer.status_code == 200 and not answer.cookies and not program.cookies
    assert program.get(reverse("access:assignments")).status_code == 302


def test_a_token_ends_within_a_year_and_has_a_scope(house: House) -> None:
    answer = {
        "name": "x",
        "assignment": house.account(Role.COORDINATOR).assignments.get().pk,
        "scopes": ["territory:read"],
        "expires_on": clock.today() + timedelta(days=800),
    }
    browser = house.browse(Role.ADMINISTRATOR)
    assert browser.post(reverse("access:make_token"), answer).status_code == 422
    assert (
        browser.post(reverse("access:make_token"), {**answer, "scopes": [], "expires_on": clock.today()}).status_code
        == 422
    )
    assert not ApiToken.objects.exists()


def test_the_page_of_the_api_lists_every_address_for_administrators(house: House) -> None:
    page = house.browse(Role.ADMINISTRATOR).get(reverse("api_guide"))
    assert "/api/v1/registry/people/{reference}" in page.content.decode()
    assert house.browse(Role.COORDINATOR).get(reverse("api_guide")).status_code == 403
