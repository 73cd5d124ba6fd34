"""The pages of certificates: issuing and withdrawing by one press, the public check, and a list whose queries do not grow."""

import pytest
from django.urls import reverse

from chiakhoa.train.credentials import actions, signing
from chiakhoa.train.credentials.models import Certificate, Revocation

VERIFY, LIST = reverse("credentials:verify"), reverse("credentials:certificates")


def address(name, thing):
    return reverse(f"credentials:{name}", args=[thing.pk])


def test_pressing_issue_twice_issues_once(browse, readers, finished, text):
    browser = browse(readers.coordinator)
    first = browser.post(address("issue", finished), follow=True)
    second = browser.post(address("issue", finished), follow=True)
    assert "2" in text(first) and "Nguyễn Hoa" in text(first)
    assert second.status_code == 200
    assert Certificate.objects.count() == 2


def test_issuing_too_early_leads_back_with_the_reason(browse, readers, new_class, text):
    row = new_class("Hoa", "Minh", state="running")
    shown = text(browse(readers.coordinator).post(address("issue", row), follow=True))
    assert "Hãy kết thúc lớp" in shown or "kết thúc" in shown
    assert not Certificate.objects.exists()


def test_withdrawing_twice_withdraws_once_with_the_first_reason(browse, readers, certificate, text):
    browser = browse(readers.coordinator)
    for reason in ("Cấp nhầm người", "Lý do khác"):
        shown = text(browser.post(address("revoke", certificate), {"reason": reason}, follow=True))
        assert "Cấp nhầm người" in shown
    assert Revocation.objects.get().reason == "Cấp nhầm người"


def test_withdrawing_without_a_reason_asks_for_one(browse, readers, certificate, text):
    shown = text(browse(readers.coordinator).post(address("revoke", certificate), follow=True))
    assert "lý do" in shown.lower()
    assert not Revocation.objects.exists()


def test_what_is_out_of_reach_is_not_there(browse, readers, finished, certificate):
    browser = browse(readers.rival)
    statuses = {
        browser.get(address("certificate", certificate)).status_code,
        browser.get(address("pdf", certificate)).status_code,
        browser.post(address("issue", finished)).status_code,
        browser.post(address("revoke", certificate), {"reason": "x"}).status_code,
    }
    assert statuses == {404}
    assert browse(readers.other_learner).get(address("pdf", certificate)).status_code == 404


def test_a_visitor_checks_by_number_and_sees_each_check(browse, certificate, text):
    shown = text(browse().get(VERIFY, {"c": certificate.number}))
    assert "HỢP LỆ" in shown and "Nguyễn Hoa" in shown
    assert shown.count("✓") == 6 and "✗" not in shown


def test_a_visitor_sees_why_a_certificate_was_withdrawn_and_that_it_does_not_hold(
    browse, readers, certificate, day, text
):
    actions.revoke(readers.coordinator, certificate.pk, "Cấp nhầm người", at=day)
    shown = text(browse().get(VERIFY, {"c": certificate.number}))
    assert "THU HỒI" in shown and "Cấp nhầm người" in shown and "HỢP LỆ" not in shown


def test_a_forged_code_shows_nobody_s_name(browse, certificate, text):
    token = signing.as_text(bytes(certificate.token)).replace("AN-1", "AN-2")
    forged = token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]
    shown = text(browse().get(VERIFY, {"c": forged}))
    assert "CHỮ KÝ SAI" in shown and "Nguyễn Hoa" not in shown


@pytest.mark.parametrize("typed", ["", "abc", "2027/00000-000", "\x00", "<script>alert(1)</script>"])
def test_whatever_a_visitor_types_is_answered(browse, certificate, typed):
    answer = browse().get(VERIFY, {"c": typed})
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


def test_the_queries_of_the_list_do_not_grow_with_its_rows(browse, readers, certificate, new_class, queries_of, day):
    browser = browse(readers.coordinator)
    browser.get(LIST)
    few = queries_of(lambda: browser.get(LIST))
    for _ in range(5):
        row = new_class("Hoa", "Minh", "An", state="finished")
        row.enrolments.update(state="completed")
        actions.issue(readers.coordinator, row.pk, at=day)
    assert Certificate.objects.count() == 17
    assert queries_of(lambda: browser.get(LIST)) == few


def test_the_list_says_which_certificates_hold_today(browse, readers, certificate, new_class, course, day):
    actions.revoke(readers.coordinator, certificate.pk, "Cấp nhầm người", at=day)
    row = new_class("An", state="finished")
    row.enrolments.update(state="completed")
    course.certificate_years = 1
    course.save()
    actions.issue(readers.coordinator, row.pk, at=day.replace(year=2020))
    table = browse(readers.coordinator).get(LIST).context["table"]
    states = {row.record.person.full_name: row.get_cell("state") for row in table.rows}
    assert states == {"Nguyễn Hoa": "Đã thu hồi", "Nguyễn Minh": "Hợp lệ", "Nguyễn An": "Hết hạn"}
