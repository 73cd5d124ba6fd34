"""Printed slips: a code opens its own person's account once, until it expires; nobody prints themselves a higher role."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from chiakhoa.foundation import doors
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.access import actions, paper, queries
from chiakhoa.ground.access.actions import slips
from chiakhoa.ground.access.models import Account, Slip
from tests.ground.access.conftest import AT
from tests.ground.access.test_signing_in import is_in

SLIP = reverse("access:slip")


@pytest.fixture
def binh(place):
    """The manager of Tân Cương."""
    return place.account("binh", Role.UNIT_MANAGER, place.tan_cuong)


@pytest.fixture
def hoa_s(place, binh):
    """The slip of Hoa, who never had an account."""
    from chiakhoa.foundation import clock

    return actions.print_slips(place.reader(binh), [place.hoa.pk], at=clock.now())[0]


def test_the_code_lets_hoa_in_who_then_chooses_a_password(place, hoa_s):
    browser = place.browse()
    page = browser.post(SLIP, {"code": hoa_s.code.lower().replace("-", " ")})
    assert page.url == reverse("access:password")
    assert browser.post(page.url, {"password": "cày-cuốc-mây-ngô-9"}).status_code == 302
    again = place.browse()
    again.post(reverse("access:sign_in"), {"login": hoa_s.login, "password": "cày-cuốc-mây-ngô-9"})
    assert is_in(again) and again.get(reverse("registry:me")).context["person"] == place.hoa


def test_it_works_once(place, hoa_s):
    place.browse().post(SLIP, {"code": hoa_s.code})
    second = place.browse()
    assert second.post(SLIP, {"code": hoa_s.code}).status_code == 422 and not is_in(second)


def test_without_marking_it_used_a_found_slip_would_open_again(place, hoa_s, monkeypatch):
    """The twin: a slip that stays unused lets in whoever picks it up afterwards."""
    monkeypatch.setattr(Slip, "save", lambda *_args, **_more: None)
    for _ in range(2):
        browser = place.browse()
        browser.post(SLIP, {"code": hoa_s.code})
        assert is_in(browser)


def test_it_expires_and_a_new_one_makes_the_old_worthless(place, binh, hoa_s):
    with pytest.raises(Refusal, match="hết hạn"):
        actions.use_slip(SYSTEM, hoa_s.code, at=hoa_s.expires_at + timedelta(seconds=1))
    actions.print_slips(place.reader(binh), [place.hoa.pk], at=AT)
    with pytest.raises(Refusal):
        actions.use_slip(SYSTEM, hoa_s.code, at=AT)


def test_guessing_codes_meets_a_shut_door(place, hoa_s):
    browser = place.browse()
    answers = [browser.post(SLIP, {"code": f"AAAAA-{i:05d}"}).status_code for i in range(11)]
    assert answers == [422] * 10 + [429]
    assert browser.post(SLIP, {"code": hoa_s.code}).status_code == 429


def test_without_the_door_guessing_goes_on(place, hoa_s, monkeypatch):
    """The twin."""
    monkeypatch.setattr(doors, "LIMIT", 10**9)
    browser = place.browse()
    for i in range(30):
        browser.post(SLIP, {"code": f"AAAAA-{i:05d}"})
    assert browser.post(SLIP, {"code": hoa_s.code}).status_code == 302


def test_neither_the_table_nor_the_trail_holds_the_code(place, hoa_s):
    plain = hoa_s.code.replace("-", "")
    assert Slip.objects.get().digest != plain
    assert not any(plain in str(entry.after) or hoa_s.code in str(entry.after) for entry in AuditEntry.objects.all())


def test_a_manager_prints_for_their_own_people_alone(place, binh):
    with pytest.raises(NotVisible):
        actions.print_slips(place.reader(binh), [place.minh.pk], at=AT)
    assert place.browse(binh).post(reverse("access:slips"), {"unit": place.gia_sang.pk}).status_code == 422


def test_a_manager_cannot_print_a_slip_for_an_administrator_who_lives_there(place, binh):
    """Whoever holds the paper holds the role: a slip for Hoa the administrator would be a ladder."""
    place.account("hoa", Role.ADMINISTRATOR, person=place.hoa)
    with pytest.raises(Refusal, match="vai trò khác"):
        actions.print_slips(place.reader(binh), [place.hoa.pk], at=AT)


def test_without_that_check_the_manager_would_become_administrator(place, binh, monkeypatch):
    """The twin."""
    hoa = place.account("hoa", Role.ADMINISTRATOR, person=place.hoa)
    monkeypatch.setattr(slips, "_check", lambda _accounts: None)
    code = actions.print_slips(place.reader(binh), [place.hoa.pk], at=AT)[0].code
    assert actions.use_slip(SYSTEM, code, at=AT) == hoa
    assert queries.reader_of(hoa.assignments.get()).role == Role.ADMINISTRATOR


def test_a_slip_does_not_open_a_suspended_account(place, huy, hoa_s):
    account = Account.objects.get(login=hoa_s.login)
    actions.suspend_account(place.reader(huy), account.pk, "đi xa", at=AT)
    assert place.browse().post(SLIP, {"code": hoa_s.code}).status_code == 422


def test_a_commune_s_slips_are_a_pdf_that_nobody_may_keep(place, binh):
    page = place.browse(binh).post(reverse("access:slips"), {"unit": place.tan_cuong.pk, "only_new": "on"})
    assert page["Content-Type"] == "application/pdf" and page["Cache-Control"] == "no-store"
    text = PdfReader(BytesIO(page.content)).pages[0].extract_text()
    assert "Nguyễn Thị Hoa" in text and "Trần Văn Minh" not in text


def test_the_qr_code_carries_the_code_where_no_log_sees_it(place, hoa_s, monkeypatch):
    drawn = []
    monkeypatch.setattr(paper, "qr_svg", lambda text: drawn.append(text) or "<svg xmlns='http://www.w3.org/2000/svg'/>")
    monkeypatch.setattr(paper, "compile_pdf", lambda *_args: b"")
    paper.slips([hoa_s], "http://x/access/slip/")
    assert drawn == [f"http://x/access/slip/#{hoa_s.code}"]


def test_slips_for_a_list_that_another_page_hands_over(place, binh):
    """A class's page hands its people over; those whom the manager may not see are left out."""
    browser = place.browse(binh)
    page = browser.get(reverse("access:slips"), {"people": [place.hoa.pk, place.minh.pk]})
    form = page.context["form"]
    answer = browser.post(reverse("access:slips"), {"people_given": form["people_given"].value(), "only_new": "on"})
    text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert "Nguyễn Thị Hoa" in text and "Trần Văn Minh" not in text
