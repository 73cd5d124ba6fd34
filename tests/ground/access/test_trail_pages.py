"""The auditor finds a row of the trail by who, whom, word and day, opens it, and has the chain checked."""

from django.urls import reverse

from chiakhoa.foundation import audit
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Reader, Role
from tests.ground.access.conftest import AT

BINH = Reader(account_id=9, name="Bình", role=Role.UNIT_MANAGER, address="10.1.2.3")


def trail_of(browser, **question):
    return browser.get(reverse("access:trail"), question).content.decode()


def test_the_auditor_finds_a_row_by_a_word_of_its_details(place, son):
    audit.record(BINH, "change_person", place.hoa, at=AT, before={"phone": "0912"}, after={"phone": "0987"})
    audit.record(BINH, "view", place.minh, at=AT)
    page = trail_of(place.browse(son), details="0987")
    assert "0987" in page and page.count("<tr") == 2


def test_the_auditor_finds_all_that_concerns_a_person_and_all_from_an_address(place, son):
    audit.record(BINH, "view", place.hoa, at=AT)
    audit.record(BINH, "view", place.minh, at=AT)
    browser = place.browse(son)
    assert trail_of(browser, person_id=place.hoa.pk).count("<tr") == 2
    assert trail_of(browser, address="10.1.").count("<tr") == 3
    assert trail_of(browser, since="2026-11-25").count("<tr") == 0


def test_a_row_shows_before_and_after_side_by_side(place, son):
    audit.record(BINH, "change_person", place.hoa, at=AT, before={"phone": "0912"}, after={"phone": "0987"})
    page = place.browse(son).get(reverse("access:entry", args=[1])).content.decode()
    assert "0912" in page and "0987" in page and "10.1.2.3" in page


def test_the_chain_is_checked_on_a_page(place, son):
    audit.record(BINH, "view", place.hoa, at=AT)
    page = place.browse(son).get(reverse("access:trail_check")).content.decode()
    assert "Nhật ký toàn vẹn" in page and AuditEntry.objects.get().seal in page


def test_an_auditor_of_a_commune_sees_what_concerns_its_people_alone(place):
    commune = place.account("kim", Role.AUDITOR, place.tan_cuong)
    audit.record(BINH, "view", place.hoa, at=AT)
    audit.record(BINH, "view", place.minh, at=AT)
    browser = place.browse(commune)
    assert trail_of(browser).count("<tr") == 2
    assert browser.get(reverse("access:entry", args=[2])).status_code == 404
