"""The dashboard links each figure to its rows; every page of a report opens, for those who may open it."""

import csv
import io
from datetime import date
from html import unescape
from re import findall

import docx
import pytest

from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory.models import Succession, Unit, UnitAncestry
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


@pytest.fixture
def old_units(place):
    """Tân Cương came of two communes, whole; the second heir's people are told apart by the shares of their areas."""
    found = []
    for code, name, share in (("04000", "Phúc Xuân", 3), ("04001", "Tân Cương cũ", 1)):
        old = Unit.objects.create(
            id=f"VN-{code}@2024", code=code, edition="2024", name=name, kind="commune", kind_vi="Xã", level=3,
            search_key=fold(name), valid_to=date(2025, 7, 1), area_km2=share,
        )  # fmt: skip
        Succession.objects.create(old=old, new=place.first, date=date(2025, 7, 1), share=1, basis="whole")
        found.append(old)
    return found


def counted(browser, figure, **more):
    address = f"/reporting/places/?figure={figure}&{DAYS}&export=csv&" + "&".join(f"{k}={v}" for k, v in more.items())
    rows = list(csv.reader(io.StringIO(browser.get(address).content.decode("utf-8-sig"))))
    return {row[0]: int(row[-1]) for row in rows[1:]}


@pytest.mark.parametrize(
    "figure",
    [
        ("people_registered", {"Xã Tân Cương": 3, "Xã Đại Phúc": 2}), ("people_trained", {"Xã Tân Cương": 2, "Xã Đại Phúc": 0}),
        ("people_measured", {"Xã Tân Cương": 3, "Xã Đại Phúc": 0}), ("money_spent", {"Xã Tân Cương": 3456789, "Xã Đại Phúc": 0}),
        ("certificates_issued", {"Xã Tân Cương": 1, "Xã Đại Phúc": 0}),
    ],
)  # fmt: skip
def test_a_figure_stands_commune_by_commune_on_today_s_map(browse, readers, held, figure):
    code, told = figure
    assert counted(browse(readers.coordinator), code) == told


def test_on_the_map_before_the_reform_the_total_is_the_same(browse, readers, held, old_units):
    browser = browse(readers.coordinator)
    before = counted(browser, "people_registered", map="day", on="2025-06-30")
    assert set(before) == {"Xã Phúc Xuân", "Xã Tân Cương cũ", "Xã Đại Phúc"}
    assert sum(before.values()) == 5 == sum(counted(browser, "people_registered").values())
    page = text(browser.get(f"/reporting/places/?figure=people_registered&{DAYS}&map=day&on=2025-06-30"))
    assert "ước tính" in page and "30/06/2025" in page


def test_as_it_was_recorded_a_count_stays_at_the_unit_of_its_day(browse, readers, held, old_units, place):
    Person.objects.filter(full_name="Nguyễn Lan").update(unit=old_units[0])
    UnitAncestry.objects.create(unit=old_units[0], ancestor=place.top)
    browser = browse(readers.coordinator)
    assert counted(browser, "people_registered", map="then")["Xã Phúc Xuân"] == 1
    today = counted(browser, "people_registered", map="today")
    assert "Xã Phúc Xuân" not in today and today["Xã Tân Cương"] == 4


def test_the_commune_s_manager_sees_their_own_commune_alone(browse, readers, held):
    assert set(counted(browse(readers.manager), "people_registered")) == {"Xã Tân Cương"}


def test_a_figure_of_no_commune_has_no_such_page_and_nonsense_shows_the_usual_one(browse, readers, held):
    browser = browse(readers.coordinator)
    assert browser.get("/reporting/places/?figure=money_planned").status_code == 404
    assert browser.get("/reporting/places/?figure=x&first=y&map=z&on=2025-13-01").status_code == 200
    assert "/reporting/places/?" in text(browser.get(f"/reporting/?{DAYS}"))
