"""The public doors of later steps count wrong tries too: a certificate's number, the first page of an empty installation."""

import pytest
from django.test import Client
from django.urls import reverse

from chiakhoa.foundation import doors
from chiakhoa.ground.territory.models import Unit

pytestmark = pytest.mark.django_db


def look_up(browser: Client, times: int) -> list[int]:
    """So many numbers in a row, as somebody does who wants to know who holds which certificate."""
    address = reverse("credentials:verify")
    return [browser.get(address, {"c": f"TN-2026-{i:05d}"}).status_code for i in range(times)]


def test_guessing_numbers_of_certificates_meets_a_shut_door_in_words() -> None:
    browser = Client(REMOTE_ADDR="10.0.0.1")
    assert look_up(browser, 30) == [200] * 10 + [429] * 20
    assert "phút" in browser.get(reverse("credentials:verify"), {"c": "TN-2026-9"}).content.decode()
    assert look_up(Client(REMOTE_ADDR="10.0.0.2"), 1) == [200]


def test_without_the_door_all_numbers_could_be_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin."""
    monkeypatch.setattr(doors, "LIMIT", 10**9)
    assert look_up(Client(REMOTE_ADDR="10.0.0.1"), 30) == [200] * 30


def test_the_first_page_counts_what_it_refuses() -> None:
    Unit.objects.create(id="VN-19@2025", code="19", edition="2025", name="Thái Nguyên", kind="province", level=1)
    browser = Client(REMOTE_ADDR="10.0.0.1")
    answers = [browser.post(reverse("first_run"), {"login": "x", "password": "short"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
