"""The map and its list: today's, an earlier one, one unit; counts open to those who may see the people."""

from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache
from django.urls import reverse

from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory import actions, drawing, queries
from chiakhoa.ground.territory.changes import Row
from chiakhoa.ground.territory.mapday import Choice, MapDay
from chiakhoa.ground.territory.models import Shape, Succession, Unit

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
    cache.clear()

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
    assert response.context["chosen"] == MapDay(Choice.TODAY, clock.today())


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


def test_today_s_people_stand_on_an_earlier_map_as_an_estimate_with_the_total_kept(browse, gia_sang):
    for number in range(9):
        Person.objects.create(full_name=f"Lan {number}", search_key="lan", unit=gia_sang, registered_at=AT)
    response = browse().get(reverse("territory:units"), {"map": "day", "on": "2025-06-30", "export": "csv"})
    counts = [int(line.rpartition(",")[2]) for line in response.content.decode("utf-8-sig").splitlines()[1:]]
    assert (len(counts), sum(counts)) == (280, 10)
    page = browse(Role.AUDITOR).get(reverse("territory:units"), {"map": "day", "on": "2025-06-30"}).content.decode()
    assert "ước tính" in page
    assert "?unit=" not in page


def test_as_it_was_recorded_an_ended_unit_keeps_its_people(browse, gia_sang):
    Person.objects.create(full_name="Cũ", search_key="cu", unit_id="VN-05467@2024", registered_at=AT)
    client = browse()
    then = client.get(reverse("territory:units"), {"map": "then", "export": "csv"}).content.decode("utf-8-sig")
    assert any(line.startswith("Phường Cam Giá,VN-05467@2024,") and line.endswith(",1") for line in then.splitlines())
    today = client.get(reverse("territory:units"), {"export": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(today) == 93
    assert sum(int(line.rpartition(",")[2]) for line in today[1:]) == 2


def test_a_count_of_the_past_is_shown_on_the_map_of_today_with_its_total(province):
    old = Unit.objects.filter(level=3, valid_to__isnull=False).values_list("pk", flat=True)
    values = {pk: 1000 + i for i, pk in enumerate(sorted(old))}
    now = queries.restated(values, to=date(2026, 11, 1))
    assert (len(values), len(now)) == (280, 92)
    assert sum(now.values()) == sum(values.values())
    back = queries.restated(now, to=date(2025, 1, 1))
    assert (len(back), sum(back.values())) == (280, sum(values.values()))


def test_a_count_where_it_is_known_stays_and_only_the_others_are_carried(province):
    """The person registered in the new Gia Sàng lives there; of a hundred of old Cam Giá some seventy-nine count there."""
    counted = queries.restated({"VN-05467@2025": 1, "VN-05467@2024": 100}, to=date(2026, 11, 1))
    share = Succession.objects.get(old="VN-05467@2024", new="VN-05467@2025").share
    assert counted["VN-05467@2025"] == 1 + round(100 * share)
    assert sum(counted.values()) == 101


def test_a_count_of_a_unit_without_an_heir_stays_at_its_own_name(province):
    district = Unit.objects.filter(level=2, valid_to__isnull=False).first().pk
    assert queries.restated({district: 7}, to=date(2026, 11, 1)) == {district: 7}


def test_two_reforms_in_a_row_are_seen_through(province):
    rows = [Row(2, "merge", "05467", "Phường Gia Sàng Mới"), Row(3, "merge", "05500", "Phường Gia Sàng Mới")]
    draft = actions.draft_reform(SYSTEM, "Sáp nhập", rows, day=date(2026, 9, 1), at=AT)
    actions.enact(SYSTEM, draft.pk, at=AT)
    assert queries.restated({"VN-05467@2024": 100}, to=date(2026, 11, 1)) == {"VN-05467@2026": 100}
    manager = Reader(account_id=1, role=Role.UNIT_MANAGER, unit_id="VN-05467@2026")
    assert queries.communes_on_map(manager, on=date(2025, 1, 1)).filter(pk="VN-05467@2024").exists()


def test_the_map_is_drawn_once_for_its_version_and_anew_after_a_reform(browse, gia_sang, monkeypatch):
    drawn = []
    monkeypatch.setattr(drawing, "_draw", lambda *given: drawn.append(given) or "<svg></svg>")
    client = browse()
    client.get(reverse("territory:units")), client.get(reverse("territory:units"))
    assert len(drawn) == 1
    actions.load_units(SYSTEM, at=AT)
    client.get(reverse("territory:units"))
    assert len(drawn) == 2


def test_queries_of_the_list_do_not_grow_with_people(browse, gia_sang, queries_of):
    client = browse()
    client.get(reverse("territory:units"))
    few = queries_of(lambda: client.get(reverse("territory:units")))
    Person.objects.bulk_create(
        Person(full_name="Lan", search_key="lan", unit=unit, registered_at=AT)
        for unit in Unit.objects.filter(level=3, valid_to=None)
    )
    client.get(reverse("territory:units"))
    assert queries_of(lambda: client.get(reverse("territory:units"))) == few


def test_a_province_without_outlines_has_its_list_and_says_why_there_is_no_map(browse):
    Shape.objects.all().delete()
    page = browse().get(reverse("territory:units")).content.decode()
    assert "map__svg" not in page
    assert "92 đơn vị chưa có đường nét" in page
