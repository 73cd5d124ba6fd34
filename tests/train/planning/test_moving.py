"""The page of a planned class, and moving it: what it clashes with is said before anything is saved."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from chiakhoa.foundation.refusals import NotAllowed, Refusal
from chiakhoa.ground.catalogue.models import Room, Trainer
from chiakhoa.train.planning import actions, clashes, oneclass
from chiakhoa.train.planning.models import Assumptions, PlannedClass, PlannedGroup, PlannedSession
from chiakhoa.train.planning.sessions import of_class

MONDAY, NEXT = date(2027, 3, 1), date(2027, 3, 8)


@pytest.fixture
def two(new_plan, new_planned, teaching, place):
    """Two classes of one proposal, a week apart, in the same room with the same trainer."""
    plan = new_plan()
    rows = [
        new_planned(plan, room=teaching.rooms[0], trainer=teaching.trainer, starts_on=day) for day in (MONDAY, NEXT)
    ]  # fmt: skip
    for row in rows:
        PlannedGroup.objects.create(planned_class=row, unit=place.second, audience_id="tea", people=20, gain=3.0)
        actions.stand([(row, of_class(row))])
    return rows


@pytest.fixture
def other_trainer(people, teaching):
    """Lan teaches as well, with the same skill."""
    row = Trainer.objects.create(person=people["Lan"], provider=teaching.ictu, rank="b", sessions_per_year=100)
    row.skills.add("safety")
    return row


def move(row):
    return reverse("planning:move", args=[row.pk])


def asked(row, **given):
    return {"week": row.starts_on.isoformat(), "room": row.room_id, "trainer": row.trainer_id} | given


def test_a_class_clashes_with_nothing_where_it_stands(two, teaching):
    for row in two:
        assert clashes.clashes(row, row.starts_on, row.room, row.trainer) == []


def test_a_room_and_a_trainer_are_in_one_place_at_a_time(two, teaching):
    kinds = [one.kind for one in clashes.clashes(two[0], NEXT, teaching.rooms[0], teaching.trainer)]
    assert kinds == ["room", "trainer"]
    assert [one.kind for one in clashes.clashes(two[0], NEXT, teaching.rooms[1], None)] == []


def test_a_long_course_reaches_into_the_next_week(two, course, teaching):
    course.sessions, course.periods = 15, 60
    course.save()
    for row in two:
        row.sessions.all().delete()
    row, other = PlannedClass.objects.filter(pk__in=[one.pk for one in two]).order_by("pk")
    actions.stand([(other, of_class(other))])
    assert [one.kind for one in clashes.clashes(row, MONDAY, teaching.rooms[0], teaching.trainer)] == [
        "room",
        "trainer",
    ]
    assert clashes.clashes(row, date(2027, 2, 15), teaching.rooms[0], teaching.trainer) == []


def test_a_class_that_was_taken_out_keeps_its_half_days_since_it_may_come_back(two, teaching):
    PlannedClass.objects.filter(pk=two[1].pk).update(cancelled=True)
    found = clashes.clashes(two[0], NEXT, teaching.rooms[0], teaching.trainer)
    assert [one.kind for one in found] == ["room", "trainer"]


def test_a_season_of_some_keeps_only_them_from_class(two, new_plan, teaching):
    season = {"name": "Thi", "first": "2027-03-15", "last": "2027-03-19", "audiences": ["teacher"]}
    assumed = Assumptions.objects.create(seasons=[season])
    type(two[0].plan).objects.update(assumptions=assumed)
    row, week = PlannedClass.objects.get(pk=two[0].pk), date(2027, 3, 15)
    assert clashes.clashes(row, week, teaching.rooms[0], teaching.trainer) == []
    Assumptions.objects.update(seasons=[{**season, "audiences": ["tea"]}])
    row = PlannedClass.objects.get(pk=two[0].pk)
    assert [one.kind for one in clashes.clashes(row, week, teaching.rooms[0], teaching.trainer)] == ["season"]


def test_a_class_without_a_place_gets_one_by_hand(browse, readers, two, teaching, text):
    PlannedSession.objects.filter(planned_class=two[0]).delete()
    PlannedClass.objects.filter(pk=two[0].pk).update(starts_on=None, room=None, trainer=None, unplaced="room")
    browser = browse(readers.coordinator)
    assert "không có phòng đủ chỗ còn trống" in text(browser.get(reverse("planning:class", args=[two[0].pk])))
    assert browser.get(move(two[0])).status_code == 200
    given = {"week": "2027-03-15", "room": teaching.rooms[0].pk, "trainer": teaching.trainer.pk}
    assert browser.post(move(two[0]), given).status_code == 302
    two[0].refresh_from_db()
    assert (two[0].starts_on, two[0].unplaced, two[0].sessions.count()) == (date(2027, 3, 15), "", 5)


def test_tet_a_small_room_another_kind_and_a_missing_skill_are_told(two, teaching, people):
    small = Room.objects.create(venue=teaching.venues[0], name="P2", kind="classroom", seats=19, sessions_per_year=60)
    lab = Room.objects.create(venue=teaching.venues[0], name="P3", kind="computer_lab", seats=30, sessions_per_year=60)
    unskilled = Trainer.objects.create(person=people["Lan"], provider=teaching.ictu, rank="b", sessions_per_year=100)
    row = two[0]
    assert [one.kind for one in clashes.clashes(row, date(2027, 2, 8), row.room, row.trainer)] == ["season"]
    assert [one.kind for one in clashes.clashes(row, MONDAY, small, row.trainer)] == ["size"]
    assert [one.kind for one in clashes.clashes(row, MONDAY, lab, row.trainer)] == ["kind"]
    assert [one.kind for one in clashes.clashes(row, MONDAY, row.room, unskilled)] == ["skills"]


def test_the_sessions_of_a_year_run_out(two, teaching):
    Room.objects.update(sessions_per_year=9)
    Trainer.objects.update(sessions_per_year=9)
    row = PlannedClass.objects.select_related("room", "trainer").get(pk=two[0].pk)
    assert [one.kind for one in clashes.clashes(row, MONDAY, row.room, row.trainer)] == [
        "room_sessions",
        "trainer_sessions",
    ]
    assert "còn 4 buổi" in _in_vietnamese(row)


def test_a_move_is_saved_and_locked(browse, readers, two, teaching, other_trainer):
    given = asked(two[0], week=NEXT.isoformat(), room=teaching.rooms[1].pk, trainer=other_trainer.pk)
    answer = browse(readers.coordinator).post(move(two[0]), given)
    assert answer.status_code == 302
    two[0].refresh_from_db()
    assert (two[0].starts_on, two[0].room, two[0].venue) == (NEXT, teaching.rooms[1], teaching.venues[1])
    assert two[0].trainer == other_trainer and two[0].locked
    held = two[0].sessions.first()
    assert (held.held_on, held.room, held.trainer) == (NEXT, teaching.rooms[1], other_trainer)


def test_a_clash_comes_back_in_words_and_changes_nothing(browse, readers, two, text):
    answer = browse(readers.coordinator).post(move(two[0]), asked(two[0], week=NEXT.isoformat()))
    assert answer.status_code == 422
    assert "Ngày 08/03/2027 phòng đã dành cho lớp số 2" in text(answer) and "dạy lớp số 2" in text(answer)
    two[0].refresh_from_db()
    assert two[0].starts_on == MONDAY and not two[0].locked


def test_the_check_answers_as_a_part_of_the_page_and_without_javascript_as_a_page(browse, readers, two, text):
    browser, given = browse(readers.coordinator), asked(two[0], week=NEXT.isoformat())
    part = browser.get(move(two[0]), given, headers={"HX-Request": "true"})
    page = browser.get(move(two[0]), given)
    assert "phòng đã dành cho" in text(part) and "<html" not in text(part)
    assert "phòng đã dành cho" in text(page) and "<html" in text(page)
    assert "Không vướng gì" in text(browser.get(move(two[0]), asked(two[0])))


def test_a_room_that_the_class_page_names_is_chosen_already(browse, readers, two, teaching, text):
    page = text(browse(readers.coordinator).get(move(two[0]), {"room": teaching.rooms[1].pk}))
    assert f'<option value="{teaching.rooms[1].pk}" selected' in page


def test_dropping_a_class_on_a_week_of_another_place_asks_for_the_room_there(browse, readers, two, teaching, text):
    answer = browse(readers.coordinator).get(move(two[0]), {"week": NEXT.isoformat(), "venue": "ven-2"})
    page = text(answer)
    assert answer.status_code == 200 and "dạy lớp số 2" in page and "phòng đã dành" not in page
    assert f'<option value="{teaching.rooms[1].pk}" selected' in page and f'<option value="{NEXT}" selected' in page


def test_a_class_dragged_to_somebody_without_the_skill_says_which(browse, readers, two, people, teaching, text):
    unskilled = Trainer.objects.create(person=people["Lan"], provider=teaching.ictu, rank="b", sessions_per_year=100)
    browser, asking = browse(readers.coordinator), {"week": "2027-03-15", "trainer": unskilled.pk}
    for headers in ({}, {"HX-Request": "true"}):
        page = text(browser.get(move(two[0]), asking, headers=headers))
        assert "Nguyễn Lan thiếu chuyên môn khóa học cần: An toàn" in page
        assert "lựa chọn hợp lệ" not in page
    assert browser.post(move(two[0]), asked(two[0], **asking)).status_code == 422


def test_a_class_dragged_to_a_place_without_a_room_for_it_says_why(browse, readers, two, teaching, text):
    Room.objects.filter(venue="ven-2").update(seats=10)
    page = text(browse(readers.coordinator).get(move(two[0]), {"week": "2027-03-15", "venue": "ven-2"}))
    assert "có 10 chỗ; lớp có 20 học viên" in page


def test_a_room_that_is_too_far_is_said_to_be(two, teaching, place):
    place.first.latitude = 23.0
    place.first.save()
    row = PlannedClass.objects.get(pk=two[0].pk)
    far = Room.objects.get(pk=teaching.rooms[0].pk)
    found = clashes.clashes(row, date(2027, 3, 15), far, None)
    assert [one.kind for one in found] == ["distance"]


def test_the_calendar_lets_a_class_be_dragged_only_by_who_may_move_it(browse, readers, two, text):
    address = reverse("planning:calendar", args=[two[0].plan_id])
    assert "data-move=" in text(browse(readers.coordinator).get(address))
    assert "data-move" not in text(browse(readers.auditor).get(address))


def test_the_action_itself_refuses_what_clashes(readers, two, teaching, at):
    with pytest.raises(Refusal) as refused:
        actions.move(readers.coordinator, two[0].pk, NEXT, teaching.rooms[0], teaching.trainer, at=at)
    assert (refused.value.code, refused.value.field) == ("clash_room", "room")
    with pytest.raises(NotAllowed):
        actions.move(readers.auditor, two[0].pk, MONDAY, teaching.rooms[0], teaching.trainer, at=at)


def test_a_class_of_a_published_plan_is_not_moved(browse, readers, two, at):
    type(two[0].plan).objects.update(state="published", published_at=at)
    browser = browse(readers.coordinator)
    assert browser.get(move(two[0])).status_code == browser.post(move(two[0]), asked(two[0])).status_code == 422


def test_the_page_tells_whom_the_class_serves_why_there_and_what_it_costs(browse, readers, two, prices, text):
    page = text(browse(readers.coordinator).get(reverse("planning:class", args=[two[0].pk])))
    assert "Xã Đại Phúc" in page and "Học viên đi trung bình 10,0 km" in page
    assert "Có thể mở ở đâu khác" in page and "Trạm khuyến nông" in page
    assert "Lớp số 2" in page and move(two[0]) in page


def test_the_cost_by_line_sums_to_the_cost_of_the_class(two, prices):
    assert sum(amount for _name, amount in oneclass.cost_lines(two[0])) == two[0].cost_vnd


def test_without_prices_the_page_still_opens(browse, readers, two):
    assert oneclass.cost_lines(two[0]) == []
    assert browse(readers.coordinator).get(reverse("planning:class", args=[two[0].pk])).status_code == 200


def test_who_may_not_change_the_plan_sees_the_class_without_its_buttons(browse, readers, two, text):
    page = text(browse(readers.auditor).get(reverse("planning:class", args=[two[0].pk])))
    assert move(two[0]) not in page and reverse("planning:change", args=[two[0].pk, "lock"]) not in page


def test_the_nearest_rooms_come_first_and_the_chosen_one_is_always_there(two, teaching):
    listed = oneclass.places(two[0], most=1)
    assert [one.chosen for one in listed] == [True]
    near, far = oneclass.places(two[0])
    assert (near.room, near.km, far.chosen) == (teaching.rooms[1], 0.0, True)


def _in_vietnamese(row):
    with translation.override("vi"):
        return clashes.clashes(row, MONDAY, row.room, row.trainer)[0].words
