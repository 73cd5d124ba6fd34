"""The pages of placement: what each role sees, and a wish from the button to the employer's list."""

from datetime import date
from html import unescape

import pytest

from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.ground.mandates.models import Document
from chiakhoa.outcome.placement import actions
from chiakhoa.outcome.placement.actions import OpeningRow


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


def test_the_agreements_name_the_parties(browse, readers, system, at):
    Document.objects.create(code="doc-bbgn", kind="memorandum", name_vi="Biên bản", issuer_id="body-sevt")
    actions.load_agreement(system, at=at)
    assert "Samsung Electronics Việt Nam Thái Nguyên" in text(browse(readers.provider).get("/placement/agreements/"))


def test_a_unit_manager_is_not_let_in(browse, readers):
    assert browse(readers.manager).get("/placement/").status_code == 403
