"""A figure of 2022, sent as a spreadsheet, on the map of 2026 and on its own, with the total kept."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from chiakhoa.foundation import sheets
from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.territory import actions
from chiakhoa.ground.territory.models import FigureSet, Unit

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def browse(client, thai_nguyen):
    place = actions.settle(SYSTEM, thai_nguyen, synthetic=True, at=AT).unit

    def signed_in(role=Role.COORDINATOR):
        account = Account.objects.create_account(str(role), None, full_name="Hà")
        RoleAssignment.objects.create(account=account, role=role, unit=place, valid_from=date(2026, 1, 1))
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def send(client, rows, *, day="2022-12-31", heading=("Mã đơn vị", "Dân số")):
    content = sheets.as_xlsx([["Dân số các xã", ""], list(heading), *rows])
    data = {"title": "Dân số năm 2022", "day": day, "file": SimpleUploadedFile("dan-so.xlsx", content)}
    return client.post(reverse("territory:figure_sets"), data, follow=True)


def rows_of(client, pk, **query):
    response = client.get(reverse("territory:figures", args=[pk]), {"export": "csv"} | query)
    lines = response.content.decode("utf-8-sig").splitlines()[1:]
    return {line.split(",")[1]: int(line.rpartition(",")[2]) for line in lines}


def test_the_population_of_2022_stands_on_the_map_of_2026_and_on_its_own(browse):
    client = browse()
    old = sorted(Unit.objects.filter(level=3, valid_to__isnull=False).values_list("code", flat=True))
    page = send(client, [[code, 1000 + i] for i, code in enumerate(old)]).content.decode()
    kept = FigureSet.objects.get()
    total = sum(1000 + i for i in range(280))
    assert f"{total:,}".replace(",", ".") in page
    now, then = rows_of(client, kept.pk), rows_of(client, kept.pk, map="then")
    on_a_day = rows_of(client, kept.pk, map="day", on="2025-06-30")
    assert (len(now), sum(now.values())) == (92, total)
    assert then == on_a_day == {f"VN-{code}@2024": 1000 + i for i, code in enumerate(old)}


def test_a_figure_of_today_is_shown_on_an_earlier_map_as_an_estimate(browse):
    client = browse()
    page = send(client, [["Phường Gia Sàng", "1.234"]], day="2026-01-01", heading=("Đơn vị", "Số lượng"))
    assert "1.234" in page.content.decode()
    then = rows_of(client, FigureSet.objects.get().pk, map="day", on="2024-01-01")
    assert sum(then.values()) == 1234
    assert all(unit.endswith("@2024") for unit in then)


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([["99999", 5]], "Dòng 3: “99999” không phải"),
        ([["05467", "năm"]], "Dòng 3: “năm” không phải là số nguyên"),
        ([["05467", 12.5]], "không phải là số nguyên"),
        ([["05467", -3]], "không phải là số nguyên"),
        ([["05467", 5], ["", ""], ["VN-05467@2024", 5]], "Dòng 5: VN-05467@2024 có hai lần"),
        ([], "không có dòng nào"),
    ],
)
def test_what_will_not_do_is_refused_by_row(browse, rows, named):
    response = send(browse(), rows)
    assert response.status_code == 422
    assert named in response.content.decode()
    assert not FigureSet.objects.exists()


def test_a_file_without_headings_is_refused(browse):
    assert "Không tìm thấy dòng tiêu đề" in send(browse(), [["05467", 5]], heading=("a", "b")).content.decode()


def test_everybody_sees_figures_and_only_those_who_reform_remove_them(browse):
    kept = actions.keep_figures(SYSTEM, "Dân số", {"VN-05467@2024": 5}, day=date(2022, 12, 31), at=AT)
    learner = browse(Role.LEARNER)
    assert learner.get(reverse("territory:figures", args=[kept.pk])).status_code == 200
    assert "Gửi số liệu" not in learner.get(reverse("territory:figure_sets")).content.decode()
    assert learner.post(reverse("territory:remove_figures", args=[kept.pk])).status_code == 403
    browse().post(reverse("territory:remove_figures", args=[kept.pk]))
    assert not FigureSet.objects.exists()
