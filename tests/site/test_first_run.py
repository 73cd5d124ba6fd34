"""A province of one's own: chosen once, with its first administrator, from any of the country's."""

import pytest
from django.test import Client
from django.urls import reverse

from chiakhoa.ground.access.models import Account
from chiakhoa.ground.registry.models import Body
from chiakhoa.ground.territory.models import Home
from chiakhoa.site import serving

pytestmark = pytest.mark.django_db
ANSWERS = {"province": "VN-24@2025", "full_name": "Ngô Thị Mai", "login": "mai", "password": "trà xanh buổi sớm"}


@pytest.fixture
def empty() -> Client:
    """An installation with facts and nobody."""
    serving.load_facts()
    return Client(REMOTE_ADDR="127.0.0.1")


def test_an_empty_installation_asks_for_its_province_and_administrator(empty: Client) -> None:
    assert empty.get("/", follow=True).redirect_chain[-1][0] == reverse("first_run")
    weak = empty.post(reverse("first_run"), ANSWERS | {"password": "12345"})
    assert weak.status_code == 422 and not Home.objects.exists()
    empty.post(reverse("first_run"), ANSWERS)
    home = Home.objects.get()
    assert (home.unit_id, home.synthetic) == ("VN-24@2025", False)
    assert Body.objects.filter(kind="commune_committee").count() == home.unit.subtree.filter(unit__level=3).count()


def test_the_administrator_signs_in_and_nobody_is_played(empty: Client) -> None:
    empty.post(reverse("first_run"), ANSWERS)
    wrong = empty.post(reverse("access:sign_in"), {"login": "mai", "password": "sai"})
    assert wrong.status_code == 422
    page = empty.post(reverse("access:sign_in"), {"login": "mai", "password": ANSWERS["password"]}, follow=True)
    assert page.status_code == 200 and "Ngô Thị Mai" in page.text
    assert empty.post(reverse("access:play", args=[Account.objects.get().pk])).status_code == 404


def test_a_province_is_founded_once(empty: Client) -> None:
    empty.post(reverse("first_run"), ANSWERS)
    again = empty.post(reverse("first_run"), ANSWERS | {"login": "second", "province": "VN-19@2025"})
    assert again.status_code == 302 and Account.objects.count() == 1
