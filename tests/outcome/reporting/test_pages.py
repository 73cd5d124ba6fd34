"""The dashboard links each figure to its rows; every page of a report opens, for those who may open it."""

import io
from datetime import date
from html import unescape
from re import findall

import docx
import pytest

from chiakhoa.outcome.reporting import actions
from chiakhoa.outcome.reporting.indicators import INDICATORS
from chiakhoa.train.delivery.models import Enrolment

DAYS = "first=2026-01-01&last=2026-12-31"


@pytest.fixture
def report(readers, programme, held, at):
    return actions.draft(readers.coordinator, programme.document, date(2026, 1, 1), date(2026, 12, 31), at=at)


def text(response):
    return unescape(response.content.decode())


def test_every_figure_of_the_dashboard_leads_to_a_page_of_its_rows(browse, readers, held):
    client = browse(readers.coordinator)
    links = findall(r'href="(/reporting/rows/[^"]+)"', text(client.get(f"/reporting/?{DAYS}")))
    assert {link.split("/")[3] for link in links} == set(INDICATORS)
    assert {client.get(link).status_code for link in links} == {200}


def test_a_period_without_a_budget_says_so_instead_of_nothing(browse, readers, held):
    shown = text(browse(readers.coordinator).get("/reporting/?first=2019-01-01&last=2020-12-31"))
    assert "Chưa nhập dòng ngân sách nào cho các năm 2019–2020." in shown
    one = text(browse(readers.coordinator).get("/reporting/?first=2019-01-01&last=2019-12-31"))
    assert "Chưa nhập dòng ngân sách nào cho năm 2019." in one


def test_the_rows_of_a_figure_are_the_people_it_counts(browse, readers, held):
    shown = text(browse(readers.coordinator).get(f"/reporting/rows/people_trained/?{DAYS}"))
    assert "Nguyễn Hoa" in shown
    assert "Nguyễn Minh" in shown
    assert "Nguyễn Tú" not in shown


def test_the_rows_of_a_target_are_narrowed_to_its_task_and_audience(browse, readers, held):
    shown = browse(readers.coordinator).get(f"/reporting/rows/people_trained/?{DAYS}&task=task-attt&target=tgt")
    assert "Tập huấn an toàn mạng" in text(shown)


def test_the_dashboard_says_that_a_task_is_late(browse, readers, held):
    assert "chậm" in text(browse(readers.coordinator).get(f"/reporting/?{DAYS}"))


def test_an_unknown_figure_or_task_is_not_found(browse, readers, programme):
    client = browse(readers.coordinator)
    assert client.get("/reporting/rows/beauty/").status_code == 404
    assert client.get("/reporting/rows/classes_held/?task=nothing").status_code == 404


def test_a_report_is_drafted_read_frozen_and_downloaded(browse, readers, programme, held):
    client = browse(readers.coordinator)
    days = {"document": "doc-kh-80", "period_from": "2026-01-01", "period_to": "2026-12-31"}
    address = client.post("/reporting/reports/draft/", days)["Location"]
    assert "3.456.789" in text(client.get(address))
    assert "đã chốt" in text(client.post(f"{address}freeze/", follow=True)).lower()
    paper = docx.Document(io.BytesIO(client.get(f"{address}word/").content))
    assert any(
        "http://testserver/reporting/figures/" in cell.text for row in paper.tables[-1].rows for cell in row.cells
    )


def test_a_wrong_span_of_days_brings_the_form_back(browse, readers, programme):
    days = {"document": "doc-kh-80", "period_from": "2026-12-31", "period_to": "2026-01-01"}
    answer = browse(readers.coordinator).post("/reporting/reports/draft/", days)
    assert answer.status_code == 422


def test_a_kept_figure_shows_its_rows_even_after_they_changed(browse, readers, report, held):
    Enrolment.objects.update(state="not_completed")
    kept = report.figures.get(indicator="people_trained", task=None)
    assert "Nguyễn Hoa" in text(browse(readers.coordinator).get(f"/reporting/figures/{kept.pk}/"))


def test_every_kept_figure_opens(browse, readers, report):
    client = browse(readers.coordinator)
    assert {client.get(f"/reporting/figures/{figure.pk}/").status_code for figure in report.figures.all()} == {200}


def test_a_report_of_the_province_is_not_found_by_a_commune(browse, readers, report):
    client = browse(readers.manager)
    figure = report.figures.first()
    for address in (f"reports/{report.pk}/", f"reports/{report.pk}/word/", f"figures/{figure.pk}/"):
        assert client.get(f"/reporting/{address}").status_code == 404


def test_an_employer_is_not_let_in(browse, readers, programme):
    assert browse(readers.employer).get("/reporting/").status_code == 403
