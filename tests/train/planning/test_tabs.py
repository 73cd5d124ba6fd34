"""A plan as calendar and map, and who is left out: all of it computed from the rows of its classes."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from chiakhoa.foundation.readers import Role
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.ground.territory.mapday import Choice, MapDay
from chiakhoa.ground.territory.models import Shape
from chiakhoa.train.planning import served, weeks, why
from chiakhoa.train.planning.models import Assumptions, PlannedGroup

SQUARE = [[105.7, 21.4], [105.9, 21.4], [105.9, 21.6], [105.7, 21.6], [105.7, 21.4]]


@pytest.fixture
def plan(new_plan, new_planned, place, teaching):
    """A class in Tân Cương in March for forty of its fifty in need and nobody of Đại Phúc; a second one was taken out."""
    plan = new_plan(
        needs={place.first.pk: 50, place.second.pk: 30},
        unmet=[
            {"unit": place.second.pk, "audience": "tea", "people": 30, "reason": "distance"},
            {"unit": place.first.pk, "audience": "tea", "people": 10, "reason": "size"},
        ],
        marginal=[
            {"kind": "money", "name": "bud", "brings": 2.5},
            {"kind": "trainer", "name": "safety", "brings": 0.5},
            {"kind": "room", "name": "ven-1 classroom", "brings": 0.25},
        ],
        shortfalls=[{"target": "floor:tea", "people": 4}],
    )
    row = new_planned(plan, room=teaching.rooms[0], trainer=teaching.trainer, starts_on="2027-03-01")
    PlannedGroup.objects.create(planned_class=row, unit=place.first, audience_id="tea", people=40, gain=3.0)
    new_planned(plan, venue=teaching.venues[1], starts_on="2027-03-08", cancelled=True)
    return plan


def tab(plan, name, query=""):
    return reverse(f"planning:{name}", args=[plan.pk]) + query


@pytest.mark.parametrize(("sessions", "count"), [(1, 1), (10, 1), (15, 2)])
def test_a_class_takes_the_weeks_of_its_half_days(new_plan, new_planned, course, sessions, count):
    course.sessions = sessions
    row = new_planned(new_plan(), starts_on=date(2027, 3, 1))
    assert weeks.weeks_of(row) == [date(2027, 3, 1), date(2027, 3, 8)][:count]


def test_the_calendar_begins_with_the_first_class_and_shades_the_season(browse, readers, plan, text):
    browser = browse(readers.coordinator)
    page = text(browser.get(tab(plan, "calendar")))
    assert "01/03/2027–23/04/2027" in page and "1 lớp trong các tuần này" in page and "Nhà văn hóa" in page
    assert "Trạm khuyến nông" not in page
    february = text(browser.get(tab(plan, "calendar", "?from=2027-01-25")))
    assert "Tết Nguyên đán" in february and "calendar__closed" in february


def test_the_calendar_by_trainer_and_week_by_week(browse, readers, plan, new_planned, text):
    new_planned(plan, starts_on="2027-03-08")
    browser = browse(readers.coordinator)
    page = text(browser.get(tab(plan, "calendar", "?by=trainer")))
    assert page.index("Nguyễn Đức") < page.index("Chưa có giảng viên")
    listed = text(browser.get(tab(plan, "calendar", "?by=week")))
    assert "01/03–05/03/2027" in listed and "An toàn mạng" in listed


@pytest.mark.parametrize("asked", ["", "tomorrow", "0001-01-01", "9999-12-31", "2027-02-30"])
def test_any_week_asked_for_shows_weeks_of_the_year(plan, asked):
    shown = weeks.shown(plan, asked, weeks.SHOWN_WEEKS)
    assert len(shown) == weeks.SHOWN_WEEKS and {week.monday.year for week in shown} == {2027}


def test_a_season_that_the_plan_assumes_is_shown(plan, browse, readers, text):
    season = [{"name": "Vụ chè", "first": "2027-03-08", "last": "2027-03-12"}]
    type(plan).objects.update(assumptions=Assumptions.objects.create(seasons=season))
    assert "Vụ chè" in text(browse(readers.coordinator).get(tab(plan, "calendar")))


def test_the_map_tells_who_is_served_least_first(readers, plan, place):
    rows = served.communes(readers.coordinator, plan, MapDay(Choice.TODAY, date(2027, 1, 1)))
    told = [(row.unit, row.needs, row.served, row.classes) for row in rows]
    assert told == [(place.second, 30, 0, 0), (place.first, 50, 40, 1)]
    assert [row.share for row in rows] == [0.0, 0.8]


def test_the_map_links_a_commune_and_a_dot_to_their_classes(browse, readers, plan, place, text):
    for unit in (place.first, place.second):
        Shape.objects.create(unit=unit, geometry={"type": "Polygon", "coordinates": [SQUARE]}, schematic=True)
    page = text(browse(readers.coordinator).get(tab(plan, "map")))
    assert "1 trên 2 xã, phường có nhu cầu chưa có chỗ học nào" in page
    assert f"{tab(plan, 'classes')}?serves={place.second.pk}" in page
    assert "map__mark" in page and "1 lớp: Nhà văn hóa" in page and f"?at={place.first.pk}" in page


def test_without_outlines_the_list_still_tells(browse, readers, plan, text):
    page = text(browse(readers.coordinator).get(tab(plan, "map")))
    assert "Chưa có hình" in page and "Xã Tân Cương" in page


def test_the_table_shows_the_classes_that_serve_a_commune_or_stand_in_one(browse, readers, plan, place, text):
    browser = browse(readers.coordinator)
    for query, count in ((f"?serves={place.first.pk}", 1), (f"?at={place.second.pk}", 1), ("?loose=true", 1), ("", 2)):
        rows = browser.get(tab(plan, "classes", query)).context["table"].rows
        assert len(rows) == count, query


def test_limits_are_told_in_the_language_of_the_page(plan):
    with translation.override("vi"):
        told = [(row.name, row.step, row.brings) for row in why.limits(plan)]
    assert told == [
        ("Tập huấn", "thêm 1 triệu đồng", 2.5),
        ("Giảng viên: An toàn", "thêm 1 buổi của giảng viên", 0.5),
        ("Phòng học, Nhà văn hóa", "thêm 1 buổi của phòng", 0.25),
    ]
    with translation.override("en"):
        assert why.limits(plan)[0].step == "1 million đồng more"


def test_the_plan_draws_what_one_more_would_bring_and_says_it_in_a_table(browse, readers, plan, text):
    page = text(browse(readers.coordinator).get(tab(plan, "plan")))
    assert "chart__bar" in page and "+2,5" in page and "Quá ít người để mở lớp" in page
    assert "Số người học tối thiểu: Hộ trồng chè" in page


def test_every_unmet_need_has_its_reason_and_a_reason_shows_its_people(browse, readers, plan, text):
    browser = browse(readers.coordinator)
    page = text(browser.get(tab(plan, "unmet")))
    assert "Xã Tân Cương" in page and "Xã Đại Phúc" in page
    one = text(browser.get(tab(plan, "unmet", "?reason=distance")))
    assert "Xã Tân Cương" not in one and "Xã Đại Phúc" in one and "trực tuyến" in one
    assert text(browser.get(tab(plan, "unmet", "?reason=weather"))).count("Xã Tân Cương") == 1


def test_a_plan_without_classes_says_why_and_where_to_go(browse, readers, new_plan, teaching, text):
    plan = new_plan()
    BudgetLine.objects.update(amount_vnd=0)
    page = text(browse(readers.coordinator).get(tab(plan, "plan")))
    assert (
        "Phương án không có lớp nào" in page and "đều đang ở mức 0 đồng" in page and reverse("mandates:money") in page
    )
    BudgetLine.objects.update(year=2030)
    assert "Chưa có dòng ngân sách nào của năm 2027" in text(browse(readers.coordinator).get(tab(plan, "plan")))


def test_a_plan_that_failed_says_why(browse, readers, new_plan, teaching, text):
    plan = new_plan("failed", message="Chưa có nhu cầu.")
    page = text(browse(readers.coordinator).get(tab(plan, "plan")))
    assert "Không lập được phương án" in page and "Chưa có nhu cầu." in page and "Tính lại" in page
    assert "Không khóa học nào hiện có" not in page, "it is not that"


@pytest.mark.parametrize("role", [Role.PROVIDER_MANAGER, Role.UNIT_MANAGER])
def test_who_sees_published_plans_sees_their_tabs(browse, readers, plan, role, at):
    reader = readers.provider if role == Role.PROVIDER_MANAGER else readers.manager
    browser = browse(reader)
    names = ("plan", "classes", "calendar", "map", "unmet")
    assert {browser.get(tab(plan, name)).status_code for name in names} == {404}
    type(plan).objects.update(state="published", published_at=at)
    assert {browser.get(tab(plan, name)).status_code for name in names} == {200}


def test_a_filter_that_asks_for_nothing_shows_all(browse, readers, plan, text):
    browser = browse(readers.coordinator)
    page = text(browser.get(tab(plan, "classes")))
    assert "Chưa xác định" not in page
    assert "Nhà văn hóa" in page
    assert "Nhà văn hóa</td>" not in text(browser.get(tab(plan, "classes", "?locked=true")))
    assert "Nhà văn hóa</td>" in text(browser.get(tab(plan, "classes", "?loose=false")))
