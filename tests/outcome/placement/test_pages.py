"""The pages of placement: what each role sees, and a wish from the button to the employer's list."""

import re
from datetime import date
from html import unescape

import pytest

from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.outcome.placement import actions
from chiakhoa.outcome.placement.actions import OpeningRow
from chiakhoa.outcome.placement.models import Opening


@pytest.fixture
def opening(readers, place, scale, at):
    rows = [
        OpeningRow("vt-1", "body-sevt", "Kỹ thuật viên", "Technician", "job", place.first.pk, 2, date(2999, 12, 31),
                   ("iz_worker",), ((scale.competences[0].code, 3), (scale.competences[1].code, 3)))
    ]  # fmt: skip
    return actions.add_openings(readers.employer, rows, at=at)[0]


def text(response):
    return unescape(response.content.decode())


def test_a_learner_applies_and_the_employer_reads_the_name_and_how_much_is_met(browse, readers, opening):
    learner = browse(readers.learner)
    assert "Kỹ thuật viên" in text(learner.get("/placement/"))
    assert learner.post("/placement/vt-1/apply/", follow=True).status_code == 200
    shown = text(browse(readers.employer).get("/placement/vt-1/"))
    assert "Nguyễn Hoa" in shown
    assert "2/2" in shown


def test_the_matching_button_leads_to_the_proposal(browse, readers, opening, people, at):
    actions.apply_many(SYSTEM, [("vt-1", people["Hoa"].pk, 1), ("vt-1", people["Tú"].pk, 1)], at=at)
    browse(readers.coordinator).post("/placement/match/")
    shown = text(browse(readers.employer).get("/placement/vt-1/"))
    assert "được đề xuất" in shown
    assert "đạt chưa tới một nửa yêu cầu" in shown


def test_a_rival_does_not_find_the_opening(browse, readers, opening):
    assert browse(readers.rival).get("/placement/vt-1/").status_code == 404


def test_the_agreements_name_the_parties(browse, readers, agreement):
    assert "Samsung Electronics Việt Nam Thái Nguyên" in text(browse(readers.provider).get("/placement/agreements/"))


def test_a_unit_manager_is_not_let_in(browse, readers):
    assert browse(readers.manager).get("/placement/").status_code == 403


@pytest.fixture
def filled(place, scale):
    """The form of an opening as an employer fills it in."""
    return {
        "name_vi": "Nhân viên vận hành", "name_en": "Operator", "employer": "body-sevt", "kind": "internship", "seats": "3",
        "unit": place.first.pk, "closes_on": "2999-11-01", "starts_on": "2999-12-01", "lasts_months": "6",
        "audiences": ["iz_worker"], f"grade_{scale.competences[0].code.replace('.', '_')}": "3",
    }  # fmt: skip


def code_of(page):
    return re.search(r'name="code" value="(vt-\w+)"', page)[1]


def test_an_employer_adds_an_opening_and_sees_it_as_a_learner_will(browse, readers, filled):
    employer = browse(readers.employer)
    code = code_of(text(employer.get("/placement/add/")))
    shown = text(employer.post("/placement/add/", filled | {"code": code}, follow=True))
    for words in ("Nhân viên vận hành", "Thực tập", "01/12/2999", "6 tháng", "bậc 3", "Đang nhận"):
        assert words in shown
    assert "Nhân viên vận hành" in text(browse(readers.learner).get("/placement/"))


def test_pressing_add_twice_makes_one_opening(browse, readers, filled):
    employer = browse(readers.employer)
    code = code_of(text(employer.get("/placement/add/")))
    answers = [employer.post("/placement/add/", filled | {"code": code}) for _press in range(2)]
    assert {answer.url for answer in answers} == {f"/placement/{code}/"}
    assert Opening.objects.count() == 1


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(browse, readers, filled):
    employer = browse(readers.employer)
    code = code_of(text(employer.get("/placement/add/")))
    wrong = filled | {"code": code, "seats": "0", "starts_on": "2999-10-01", "employer": "rival"}
    answer = employer.post("/placement/add/", wrong)
    assert answer.status_code == 422
    assert {"seats", "starts_on", "employer"} == set(answer.context["form"].errors)
    assert "Nhân viên vận hành" in text(answer)
    assert not Opening.objects.exists()


def test_an_employer_changes_closes_and_reopens(browse, readers, opening, filled):
    employer = browse(readers.employer)
    assert 'value="Kỹ thuật viên"' in text(employer.get("/placement/vt-1/change/"))
    changed = employer.post("/placement/vt-1/change/", filled | {"code": "other", "kind": "job"}, follow=True)
    assert "Nhân viên vận hành" in text(changed)
    assert "ngừng nhận" in text(employer.post("/placement/vt-1/close/", follow=True))
    seen = text(browse(readers.learner).get("/placement/vt-1/"))
    assert "Đơn vị đã ngừng nhận" in seen
    assert 'action="/placement/vt-1/apply/"' not in seen
    assert "Đang nhận" in text(employer.post("/placement/vt-1/reopen/", follow=True))


def test_a_learner_withdraws_on_the_opening_s_page_and_a_second_press_does_no_harm(browse, readers, opening):
    learner = browse(readers.learner)
    page = text(learner.post("/placement/vt-1/apply/", follow=True))
    address = re.search(r'action="(/placement/applications/\d+/withdraw/)"', page)[1]
    assert "đã rút" in text(learner.post(address, follow=True)).lower()
    again = learner.post(address, follow=True)
    assert again.status_code == 200
    assert "không còn nữa" in text(again)


def test_a_commitment_becomes_a_fair_by_one_button(browse, readers, agreement, filled):
    employer = browse(readers.employer)
    assert "/placement/add/?commitment=com-ngay-hoi" in text(employer.get("/placement/agreements/"))
    page = employer.get("/placement/add/?commitment=com-ngay-hoi")
    form = page.context["form"]
    assert [(form[name].value()) for name in ("kind", "employer")] == ["fair", "body-sevt"]
    assert form["audiences"].value() == ["ict_student"]
    given = {key: value for key, value in filled.items() if not key.startswith("grade_")}
    sent = given | {"code": code_of(text(page)), "kind": "fair", "commitment": "com-ngay-hoi"}
    employer.post("/placement/add/", sent)
    assert "Nhân viên vận hành" in text(employer.get("/placement/agreements/"))
    assert browse(readers.rival).get("/placement/add/?commitment=com-ngay-hoi").status_code == 404


def test_who_offers_nothing_is_not_let_in_to_the_form(browse, readers, opening):
    for reader in (readers.learner, readers.provider, readers.manager):
        browser = browse(reader)
        assert browser.get("/placement/add/").status_code == 403
        assert browser.get("/placement/vt-1/change/").status_code == 403
        assert browser.post("/placement/vt-1/close/").status_code == 403
    assert browse(readers.rival).get("/placement/vt-1/change/").status_code == 404
    assert browse(readers.rival).post("/placement/vt-1/close/").status_code == 404
