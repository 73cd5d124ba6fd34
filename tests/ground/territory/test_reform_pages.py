"""Sắp xếp đơn vị in the browser: a list by hand or as a file, its preview, enacting, undoing."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from chiakhoa.foundation import sheets
from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory import actions, files
from chiakhoa.ground.territory.models import Reform, Unit

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
HEADINGS = ["Hình thức", "Đơn vị cũ", "Đơn vị mới", "Phần chuyển sang", "Ngày"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def province(thai_nguyen):
    return actions.settle(SYSTEM, thai_nguyen, synthetic=True, at=AT).unit


@pytest.fixture
def browse(client, province):
    def signed_in(role=Role.COORDINATOR):
        account = Account.objects.create_account(str(role), None, full_name="Hà")
        RoleAssignment.objects.create(account=account, role=role, unit=province, valid_from=date(2026, 1, 1))
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def by_hand(client, *rows, title="Nghị quyết 7", day="2026-09-01"):
    data = {"title": title, "day": day, "form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0}
    for i, (kind, old, new) in enumerate(rows):
        data |= {f"form-{i}-kind": kind, f"form-{i}-old": old, f"form-{i}-new": new}
    return client.post(reverse("territory:reform_new", args=["form"]), data, follow=True)


def from_file(client, rows, *, day="", name="danh-sach.xlsx"):
    content = sheets.as_csv(rows) if name.endswith("csv") else sheets.as_xlsx(rows)
    data = {"title": "Nghị quyết 8", "day": day, "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("territory:reform_new", args=["file"]), data, follow=True)


MERGE = (("merge", "Phường Gia Sàng", "Phường Gia Sàng Mới"), ("merge", "Phường Tích Lương", "Phường Gia Sàng Mới"))


def test_a_list_by_hand_is_previewed_with_its_effects_enacted_and_undone(browse):
    Person.objects.create(full_name="Hòa", search_key="hoa", unit_id="VN-05467@2025", registered_at=AT)
    client = browse()
    preview = by_hand(client, *MERGE).content.decode()
    assert "Bản thảo" in preview
    assert "Số người đã đăng ký" in preview
    assert not Unit.objects.filter(opened_by__isnull=False).exists()
    reform = Reform.objects.get()
    enacted = client.post(reverse("territory:enact_reform", args=[reform.pk]), follow=True).content.decode()
    assert "Hoàn tác lần sắp xếp này" in enacted
    assert "VN-05467@2026" in enacted
    assert "Phường Gia Sàng Mới" in client.get(reverse("territory:units")).content.decode()
    undone = client.post(reverse("territory:undo_reform", args=[reform.pk]), follow=True).content.decode()
    assert "Đã hoàn tác" in undone
    assert "Phường Gia Sàng Mới" not in client.get(reverse("territory:units")).content.decode()


def test_what_stands_against_undoing_is_said_instead_of_a_button(browse):
    client = browse()
    by_hand(client, *MERGE)
    address = reverse("territory:enact_reform", args=[Reform.objects.get().pk])
    client.post(address)
    Person.objects.create(full_name="Hòa", search_key="hoa", unit_id="VN-05467@2026", registered_at=AT)
    page = client.get(reverse("territory:reform", args=[Reform.objects.get().pk])).content.decode()
    assert "Số người đã đăng ký: 1" in page
    assert "Hoàn tác lần sắp xếp này" not in page
    refused = client.post(
        reverse("territory:undo_reform", args=[Reform.objects.get().pk]), follow=True
    ).content.decode()
    assert "Không hoàn tác được nữa" in refused


def test_a_faulty_draft_names_rows_offers_no_button_and_can_be_corrected(browse):
    client = browse()
    page = by_hand(client, ("merge", "Xã Không Có", "Xã Mới")).content.decode()
    assert "Xã Không Có" in page
    assert "Dòng 1" in page
    assert "Thực hiện</button>" not in page
    reform = Reform.objects.get()
    edit = reverse("territory:reform_edit", args=[reform.pk])
    assert "Xã Không Có" in client.get(edit).content.decode()
    data = {"title": "Nghị quyết 7", "day": "2026-09-01", "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1,
            "form-0-kind": "rename", "form-0-old": "05467", "form-0-new": "Phường Gia Sàng Đông"}  # fmt: skip
    assert "Thực hiện</button>" in client.post(edit, data, follow=True).content.decode()


def test_a_draft_is_thrown_away_and_seen_only_by_those_who_reform(browse, client):
    client = browse()
    by_hand(client, *MERGE)
    pk = Reform.objects.get().pk
    assert browse(Role.TRAINER).get(reverse("territory:reform", args=[pk])).status_code == 404
    assert client.post(reverse("territory:enact_reform", args=[pk])).status_code == 403
    browse(Role.ADMINISTRATOR).post(reverse("territory:discard_reform", args=[pk]))
    assert not Reform.objects.exists()


def test_a_form_without_rows_or_day_comes_back_with_words(browse):
    response = by_hand(browse(), ("", "", ""), day="")
    assert response.status_code == 422
    assert not Reform.objects.exists()


@pytest.mark.parametrize("name", ["danh-sach.xlsx", "danh-sach.csv"])
def test_a_file_with_title_rows_vietnamese_headings_and_a_day_becomes_a_draft(browse, name):
    rows = [
        ["Danh sách kèm theo Nghị quyết 8", "", "", "", ""], HEADINGS,
        ["Sáp nhập", "Phường Gia Sàng", "Phường Gia Sàng Mới", "", "01/09/2026"],
        ["nhập", "05710", "Phường Gia Sàng Mới", "100%", "01/09/2026"],
        ["", "Phường Tích Lương", "Phường Tích Lương", "0,6", "01/09/2026"],
        ["", "Phường Tích Lương", "Phường Tích Sơn", "0,4", "01/09/2026"],
    ]  # fmt: skip
    from_file(browse(), rows, name=name)
    reform = Reform.objects.get()
    assert [(row["line"], row["kind"], row["share"]) for row in reform.rows] == [
        (3, "merge", ""), (4, "merge", "100%"), (5, "split", "0,6"), (6, "split", "0,4"),
    ]  # fmt: skip
    assert reform.day == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("rows", "day", "named"),
    [
        ([["a", "b"], ["1", "2"]], "2026-09-01", "Không tìm thấy dòng tiêu đề"),
        ([HEADINGS], "2026-09-01", "không có dòng nào"),
        ([HEADINGS, ["", "A", "Xã B", "", ""]], "", "không có ngày"),
        ([HEADINGS, ["", "A", "Xã B", "", "mai"]], "", "Dòng 2: “mai” không phải là ngày"),
        ([HEADINGS, ["", "A", "Xã B", "", "1/9/2026"], ["", "C", "Xã B", "", "2/9/2026"]], "", "Dòng 3"),
        ([HEADINGS, ["", "A", "Xã B", "", "1/9/2026"]], "2026-10-01", "01/09/2026"),
    ],
)
def test_a_file_that_will_not_do_is_refused_in_words(browse, rows, day, named):
    response = from_file(browse(), rows, day=day)
    assert response.status_code == 422
    assert named in response.content.decode()
    assert not Reform.objects.exists()


@pytest.mark.parametrize("name", ["danh-sach.pdf", "danh-sach.xlsx", "danh-sach.csv"])
def test_what_is_no_spreadsheet_is_refused(name):
    with pytest.raises(Refusal):
        files.read_upload(SimpleUploadedFile(name, BytesIO(b"\xff\xfe%PDF-1.7 \x00\x81").getvalue()))


def test_the_template_reads_back_as_a_list(browse):
    response = browse().get(reverse("territory:reform_template", args=["csv"]))
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Hình thức,Đơn vị cũ,Đơn vị mới")
    assert browse(Role.ADMINISTRATOR).get(reverse("territory:reform_template", args=["pdf"])).status_code == 404


def test_the_reform_of_2025_is_listed_with_every_unit_that_passed(browse):
    client = browse(Role.LEARNER)
    assert "01/07/2025" in client.get(reverse("territory:reforms")).content.decode()
    page = client.get(reverse("territory:reform_of_files", args=["2025-07-01"]), {"search": "cam gia"}).content.decode()
    assert "VN-05467@2024" in page
    assert "79" in page
    assert client.get(reverse("territory:reform_of_files", args=["2024-07-01"])).status_code == 404
    assert client.get(reverse("territory:reform_of_files", args=["2024-27-01"])).status_code == 404
