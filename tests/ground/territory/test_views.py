"""The map and its list: today's, an earlier one, one unit; counts open to those who may see the people."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory import actions, queries
from chiakhoa.ground.territory.models import Unit

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def province(thai_nguyen):
    return actions.settle(SYSTEM, thai_nguyen, synthetic=True, at=AT).unit


@pytest.fixture
def gia_sang(province):
    unit = Unit.objects.get(pk="VN-05467@2025")
    Person.objects.create(full_name="Hòa", search_key="hoa", unit=unit, registered_at=AT)
    return unit


@pytest.fixture
def browse(client, province):
    def signed_in(role=Role.COORDINATOR, unit=province):
        account = Account.objects.create_account(f"{role}-{unit.pk}", None, full_name="Bình")
        RoleAssignment.objects.create(account=account, role=role, unit=unit, valid_from=date(2026, 1, 1))
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def test_today_shows_92_communes_and_an_earlier_day_the_280_that_became_them(province):
    reader = Reader(account_id=1, role=Role.COORDINATOR, unit_id=province.pk)
    assert queries.communes_on_map(reader, on=date(2026, 1, 1)).count() == 92
    assert queries.communes_on_map(reader, on=date(2025, 6, 30)).count() == 280
    assert queries.reforms() == [date(2025, 7, 1)]
    assert len(queries.outlines(queries.communes_on_map(reader, on=date(2025, 6, 30)))) == 280


def test_a_commune_s_manager_sees_the_commune_and_what_passed_into_it(province):
    reader = Reader(account_id=1, role=Role.UNIT_MANAGER, unit_id="VN-05467@2025")
    assert queries.communes_on_map(reader, on=date(2026, 1, 1)).count() == 1
    before = queries.communes_on_map(reader, on=date(2025, 6, 30))
    assert "VN-05467@2024" in before.values_list("pk", flat=True)


def test_the_map_says_it_is_schematic_and_stands_beside_its_list(browse, gia_sang):
    page = browse().get(reverse("territory:units")).content.decode()
    assert "map__svg" in page
    assert "không phải địa giới hành chính" in page
    assert page.count('class="map__unit') == 92
    assert f"?unit={gia_sang.pk.replace('@', '%40')}" in page


def test_a_trainer_sees_the_count_but_no_way_to_the_people(browse, gia_sang):
    page = browse(Role.TRAINER).get(reverse("territory:units")).content.decode()
    assert "?unit=" not in page


def test_the_old_map_is_shown_and_searched_without_diacritics(browse):
    client = browse()
    page = client.get(reverse("territory:units"), {"on": "2025-06-30", "search": "cam gia"}).content.decode()
    assert "Phường Cam Giá" in page
    assert page.count('class="map__unit') == 280
    assert "VN-05467@2024" in page


def test_a_day_that_is_no_day_shows_today_s_map(browse):
    response = browse().get(reverse("territory:units"), {"on": "2025-02-31"})
    assert response.status_code == 200
    assert response.context["is_today"]


def test_a_unit_says_what_it_came_from_and_became(browse, gia_sang):
    client = browse()
    now = client.get(reverse("territory:unit", args=[gia_sang.pk])).content.decode()
    assert "VN-05467@2024" in now
    assert f"?unit={gia_sang.pk}" in now
    old = client.get(reverse("territory:unit", args=["VN-05467@2024"])).content.decode()
    assert "ngày cuối cùng là 30/06/2025" in old
    assert "79" in old
    assert gia_sang.pk in old


def test_a_unit_that_is_not_there_is_404_and_a_visitor_signs_in(browse, client):
    assert client.get(reverse("territory:units")).status_code == 302
    assert browse().get(reverse("territory:unit", args=["VN-99999@2025"])).status_code == 404


def test_the_list_is_exported_with_numbers(browse, gia_sang):
    response = browse().get(reverse("territory:units"), {"export": "csv"})
    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 93
    assert any(line.startswith("Phường Gia Sàng,VN-05467@2025,") and line.endswith(",1") for line in lines)
