"""What is held about Hoa and who saw it; a copy; a correction; being forgotten, so that nobody finds her and sums still hold."""

import csv
import io
import json
import os
import re
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from chiakhoa.foundation import audit, chain, erasing
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.access import actions, holdings
from chiakhoa.ground.access.models import Account, PrivacyRequest, RequestKind, Session, Slip
from chiakhoa.ground.registry import citizen_number, uploads
from chiakhoa.ground.registry.actions import record_consent
from chiakhoa.ground.registry.models import Consent, Membership, Person, Purpose
from chiakhoa.ground.registry.queries import agreed
from tests.ground.access.conftest import AT

NUMBER = "019185001234"
TRACES = ("Nguyễn Thị Hoa", "0912345678", "hoa@x.vn", NUMBER, "Cô giáo chủ nhiệm")


@pytest.fixture
def hoa(place):
    """Hoa's account; her record holds everything that a record can hold."""
    Person.objects.filter(pk=place.hoa.pk).update(
        phone="0912345678", email="hoa@x.vn", external_key="xa-17", born_on=date(1985, 3, 9),
        citizen_number_sealed=citizen_number.seal(NUMBER), citizen_number_index=citizen_number.index(NUMBER),
    )  # fmt: skip
    place.hoa.refresh_from_db()
    Membership.objects.create(
        person=place.hoa, body=place.school, position="Cô giáo chủ nhiệm", valid_from=date(2020, 1, 1)
    )
    return place.account("hoa", Role.LEARNER, place.tan_cuong, person=place.hoa)


@pytest.fixture
def binh(place):
    return place.account("binh", Role.UNIT_MANAGER, place.tan_cuong)


def page_of(browser, name, *args):
    return browser.get(reverse(f"access:{name}", args=args)).content.decode()


def test_the_page_tells_what_is_held_and_who_looked(place, hoa, binh):
    place.browse(binh).get(reverse("registry:person", args=[place.hoa.pk]))
    page = page_of(place.browse(hoa), "my_data")
    assert "Binh" in page and "mở hồ sơ" in page and "Hồ sơ của tôi trong sổ đăng ký" in page


def test_a_look_at_somebody_else_is_not_told(place, hoa, binh):
    audit.record(place.reader(binh), "view", place.minh, at=AT)
    assert "Binh" not in page_of(place.browse(hoa), "my_data")


def test_the_copy_holds_everything_as_json_and_csv(place, hoa):
    answer = place.browse(hoa).post(reverse("access:take_my_data"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data = json.loads(archive.read("data.json"))
        members = list(csv.DictReader(io.StringIO(archive.read("registry.membership.csv").decode("utf-8-sig"))))
    assert data["tables"]["registry.person"][0]["full_name"] == "Nguyễn Thị Hoa"
    assert members[0]["position"] == "Cô giáo chủ nhiệm"
    assert AuditEntry.objects.get(verb="export_own_data").person_id == place.hoa.pk


def test_the_copy_opens_no_door_and_shows_no_whole_number(place, hoa):
    browser = place.browse(hoa)
    answer = browser.post(reverse("access:take_my_data"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        whole = "".join(archive.read(name).decode() for name in archive.namelist())
    assert NUMBER not in whole and hoa.password not in whole and browser.session.session_key not in whole


def test_a_cell_of_the_copy_is_never_a_formula(place, hoa):
    Membership.objects.update(position="=HYPERLINK(1)")
    answer = place.browse(hoa).post(reverse("access:take_my_data"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "'=HYPERLINK(1)" in archive.read("registry.membership.csv").decode()


def test_every_table_that_points_at_people_is_looked_into():
    """A step that is added tomorrow is in the copy without anybody thinking of it."""
    pointing = {
        model._meta.label_lower
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Person
    }
    assert pointing <= holdings.tables() and len(pointing) > 8


def test_nobody_else_s_rows_are_in_it(place, hoa, binh):
    place.account("minh", Role.LEARNER, place.gia_sang, person=place.minh)
    told = json.dumps([held.rows for held in holdings.holdings(place.hoa)], ensure_ascii=False)
    assert "Trần Văn Minh" not in told and "minh" not in told


def ask(place, account, kind=RequestKind.ERASURE, words="", guardian=""):
    return actions.ask(place.reader(account), kind, words, guardian, at=AT)


def test_a_correction_is_asked_seen_by_the_office_and_answered(place, hoa, binh):
    form = {"kind": "correction", "words": "Ngày sinh phải là 19/03/1985."}
    assert place.browse(hoa).post(reverse("access:ask"), form).status_code == 302
    assert "Sửa chỗ sai" in page_of(place.browse(binh), "privacy_requests")
    row = PrivacyRequest.objects.get()
    place.browse(binh).post(reverse("access:answer", args=[row.pk]), {"done": "yes", "answer": "Đã sửa theo CCCD."})
    assert "Đã sửa theo CCCD." in page_of(place.browse(hoa), "my_data")


def test_the_neighbour_s_office_neither_sees_nor_answers_it(place, hoa):
    row = ask(place, hoa)
    kim = place.account("kim", Role.UNIT_MANAGER, place.gia_sang)
    assert "Hoa" not in page_of(place.browse(kim), "privacy_requests")
    assert place.browse(kim).get(reverse("access:answer", args=[row.pk])).status_code == 404
    with pytest.raises(NotVisible):
        actions.answer(place.reader(kim), row.pk, True, "", at=AT)


def test_a_refusal_needs_a_reason_and_the_same_is_not_asked_twice(place, hoa, binh):
    row = ask(place, hoa)
    with pytest.raises(Refusal, match="đã yêu cầu"):
        ask(place, hoa)
    with pytest.raises(Refusal, match="lý do"):
        actions.answer(place.reader(binh), row.pk, False, " ", at=AT)


def test_a_child_asks_with_a_guardian(place):
    lan = place.person("Lê Ngọc Lan", place.tan_cuong, born_on=date(2013, 5, 1))
    account = place.account("lan", Role.LEARNER, place.tan_cuong, person=lan)
    with pytest.raises(Refusal, match="16 tuổi"):
        ask(place, account)
    assert ask(place, account, guardian="Lê Văn Tú").guardian_name == "Lê Văn Tú"


def forget_hoa(place, hoa, binh):
    row = ask(place, hoa, words="Tôi là Nguyễn Thị Hoa")
    actions.answer(place.reader(binh), row.pk, True, "", at=AT)
    place.hoa.refresh_from_db()


def test_once_forgotten_no_table_knows_her(place, hoa, binh):
    browser = place.browse(hoa)
    forget_hoa(place, hoa, binh)
    told = json.dumps([held.rows for held in holdings.holdings(place.hoa)], ensure_ascii=False)
    assert not [trace for trace in TRACES if trace in told]
    hoa.refresh_from_db()
    assert not hoa.is_active and hoa.login != "hoa" and not Session.objects.filter(account=hoa).exists()
    assert browser.get(reverse("access:my_account")).status_code == 302
    assert not Person.objects.filter(citizen_number_index=citizen_number.index(NUMBER)).exists()


def test_statistics_stay(place, hoa, binh):
    before = Person.objects.filter(unit=place.tan_cuong, born_on__year=1985).count()
    forget_hoa(place, hoa, binh)
    assert Person.objects.filter(unit=place.tan_cuong, born_on__year=1985).count() == before
    assert place.hoa.born_on == date(1985, 1, 1) and place.hoa.memberships.count() == 1


def test_forgetting_withdraws_every_consent(place, hoa, binh):
    record_consent(
        place.reader(hoa), place.hoa.pk, Purpose.MATCHING, True, channel="own_page", at=AT - timedelta(days=1)
    )
    assert Person.objects.filter(agreed(Purpose.MATCHING)).get() == place.hoa
    forget_hoa(place, hoa, binh)
    assert not Person.objects.filter(agreed(Purpose.MATCHING)).exists()
    assert Consent.objects.filter(person=place.hoa, given=False).count() == len(Purpose)


def test_every_eraser_is_called(place, hoa, binh, monkeypatch):
    called = []
    monkeypatch.setitem(erasing.ERASERS, "test", lambda pk: called.append(pk) or 0)
    forget_hoa(place, hoa, binh)
    assert called == [place.hoa.pk]


def test_forgetting_twice_is_safe(place, hoa, binh):
    forget_hoa(place, hoa, binh)
    from chiakhoa.ground.access.actions import privacy

    privacy._forget(SYSTEM, place.hoa, AT)
    assert place.hoa.full_name == privacy.FORGOTTEN


def test_a_dry_run_counts_what_the_run_removes(place, hoa):
    later = AT + timedelta(days=12 * 365)
    Membership.objects.update(valid_to=date(2021, 1, 1))
    Slip.objects.create(account=hoa, digest="x", made_at=AT, expires_at=AT + timedelta(days=30))
    counted = actions.retain(SYSTEM, dry_run=True, at=later)
    assert counted["old slips"] == 1 and counted["people long silent"] == 2
    assert Slip.objects.count() == 1 and Person.objects.filter(full_name="Nguyễn Thị Hoa").exists()
    assert actions.retain(SYSTEM, dry_run=False, at=later) == counted
    assert not Slip.objects.exists() and set(Person.objects.values_list("full_name", flat=True)) == {"(đã xóa)"}
    assert actions.retain(SYSTEM, dry_run=True, at=later)["people long silent"] == 0


def test_lists_that_nobody_decided_upon_are_counted_and_removed(place, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    kept = [uploads.keep(SimpleUploadedFile("a.csv", b"x")) for _ in range(2)]
    os.utime(uploads.find(kept[0]), (0, 0))
    assert actions.retain(SYSTEM, dry_run=True, at=AT)["old lists"] == 1 and len(uploads.lists()) == 2
    assert actions.retain(SYSTEM, dry_run=False, at=AT)["old lists"] == 1
    assert [path.name for path in uploads.lists()] == [kept[1]]


def test_what_goes_and_what_stays_is_said_before_it_is_asked_and_before_it_is_done(place, hoa, binh):
    asked = place.browse(hoa).get(reverse("access:ask"), {"kind": "erasure"}).content.decode()
    row = ask(place, hoa)
    answered = place.browse(binh).get(reverse("access:answer", args=[row.pk])).content.decode()
    for page in (asked, answered):
        assert "Mất ngay" in page and "Các bản sao lưu làm trước đó" in page
    correction = ask(place, hoa, RequestKind.CORRECTION, "Ngày sinh")
    assert "Mất ngay" not in place.browse(binh).get(reverse("access:answer", args=[correction.pk])).content.decode()


def test_a_row_of_the_trail_that_was_emptied_says_so(place, hoa, binh):
    forget_hoa(place, hoa, binh)
    row = AuditEntry.objects.filter(account_id=hoa.pk, verb="ask_about_data").get()
    page = place.browse(place.account("son", Role.AUDITOR)).get(reverse("access:entry", args=[row.number]))
    assert "mất phần chữ" in page.content.decode() and f"tài khoản số {hoa.pk}" in page.content.decode()
    assert chain.first_break() is None


def test_somebody_who_is_heard_of_is_kept(place, hoa):
    later = AT + timedelta(days=12 * 365)
    Account.objects.filter(pk=hoa.pk).update(last_login=datetime(2037, 1, 1, tzinfo=UTC))
    assert actions.retain(SYSTEM, dry_run=True, at=later)["people long silent"] == 1


def test_a_citizen_number_is_in_no_page_export_trail_or_address(place, hoa, binh):
    """Its last three digits are all that is ever shown: no role has a right to the whole."""
    for account in (hoa, binh, place.account("huy", Role.ADMINISTRATOR), place.account("ha", Role.COORDINATOR)):
        browser = place.browse(account)
        for name, args, question in (
            ("registry:person", [place.hoa.pk], {}), ("registry:edit", [place.hoa.pk], {}), ("registry:me", [], {}),
            ("registry:people", [], {"export": "csv"}), ("access:my_data", [], {}), ("access:trail", [], {"export": "csv"}),
        ):  # fmt: skip
            assert not re.search(
                r"\d{12}", browser.get(reverse(name, args=args), question).content.decode("utf-8", "ignore")
            )
    assert not AuditEntry.objects.filter(after__icontains=NUMBER).exists()
