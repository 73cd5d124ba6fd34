"""The pages of classes: one press one effect, what each role sees, and lists whose queries do not grow."""

import pytest
from django.urls import reverse

from chiakhoa.train.delivery.models import AttendanceClaim, Enrolment, TrainingClass
from chiakhoa.train.planning.models import Plan, PlannedClass


def address(name, *args):
    return reverse(f"delivery:{name}", args=args)


def facts(training_class):
    """All that a press may change."""
    return (
        TrainingClass.objects.filter(pk=training_class.pk).values_list("state", "trainer", "starts_on").get(),
        list(training_class.enrolments.order_by("pk").values_list("person", "state", "seat")),
        list(AttendanceClaim.objects.order_by("pk").values_list("session", "enrolment", "source", "present")),
    )


@pytest.fixture
def press_twice(browse, readers):
    """Press a button twice; what the first press did is all that was done."""

    def press(training_class, where, given=None):
        browser, before = browse(readers.coordinator), facts(training_class)
        assert browser.post(where, given or {}).status_code == 302
        after = facts(training_class)
        assert after != before
        browser.post(where, given or {})
        assert facts(training_class) == after

    return press


def test_enrolling_twice_takes_one_seat(press_twice, new_class, people):
    row = new_class()
    press_twice(row, address("enrol", row.pk), {"person": people["Hoa"].pk})


def test_a_provider_enrols_somebody_at_its_door(browse, readers, new_class, people):
    people["Hoa"].born_on = "1990-05-02"
    people["Hoa"].save(update_fields=["born_on"])
    row, browser = new_class(), browse(readers.provider)
    page = browser.get(address("class", row.pk)).content.decode()
    assert address("enrol_introduced", row.pk) in page
    browser.post(address("enrol_introduced", row.pk), {"full_name": "Nguyễn Hoa", "born_on": "1990-05-02"})
    assert row.enrolments.get().person == people["Hoa"]
    assert browser.post(address("enrol_introduced", row.pk), {"full_name": "Nguyễn Hoa"}).status_code == 422


def test_leaving_twice_gives_one_seat_back_and_moves_one_up(press_twice, new_class, people, at):
    row = new_class("Hoa", "Minh", seats=2)
    for name in ("Tú", "An"):
        Enrolment.objects.create(training_class=row, person=people[name], state="waiting", enrolled_at=at)
    press_twice(row, address("leave", row.enrolments.get(seat=1).pk))
    assert row.enrolments.get(state="waiting").person == people["An"]


@pytest.mark.parametrize(("state", "step"), [("open", "start"), ("running", "finish"), ("open", "cancel")])
def test_taking_a_step_twice_takes_it_once(press_twice, new_class, state, step):
    row = new_class("Hoa", "Minh", state=state)
    press_twice(row, address("move", row.pk, step))


def test_saving_the_roll_twice_records_one_word_for_each(press_twice, new_class):
    row = new_class("Hoa", "Minh", state="running")
    press_twice(row, address("roll", row.pk, 1), {"present": [row.enrolments.get(seat=1).pk]})
    assert sorted(AttendanceClaim.objects.values_list("present", flat=True)) == [False, True]


def test_moving_a_class_twice_moves_it_once(press_twice, new_class):
    row = new_class()
    press_twice(row, address("reschedule", row.pk), {"starts_on": "2027-04-05"})


def test_putting_a_trainer_in_charge_twice_puts_one(press_twice, new_class, teaching):
    row = new_class()
    TrainingClass.objects.update(trainer=None)
    press_twice(row, address("assign", row.pk), {"trainer": teaching.trainer.pk})


def test_publishing_twice_opens_each_class_once(browse, readers, place, teaching, course, at, text):
    plan = Plan.objects.create(name="Kế hoạch", year=2027, unit=place.top, state="proposed", made_at=at)
    PlannedClass.objects.create(
        plan=plan, number=1, course=course, venue=teaching.venues[0], budget_line=teaching.line, starts_on="2027-03-01",
        learners=20, cost_vnd=1, gain=1.0,
    )  # fmt: skip
    browser = browse(readers.coordinator)
    assert "1 lớp" in text(browser.post(address("publish", plan.pk), follow=True))
    assert browser.post(address("publish", plan.pk)).status_code == 422
    assert TrainingClass.objects.count() == 1


def test_the_page_says_the_seat_or_the_waiting_list(browse, readers, new_class, people, text):
    row, browser = new_class(seats=1), browse(readers.coordinator)
    first = browser.post(address("enrol", row.pk), {"person": people["Hoa"].pk}, follow=True)
    second = browser.post(address("enrol", row.pk), {"person": people["Minh"].pk}, follow=True)
    assert "1" in text(first) and "Nguyễn Hoa" in text(first)
    assert "danh sách chờ" in text(second)


@pytest.mark.parametrize("who", ["", "x", "9" * 40, "-1", "0"])
def test_whoever_is_not_there_cannot_be_enrolled(browse, readers, new_class, who):
    row = new_class()
    assert browse(readers.coordinator).post(address("enrol", row.pk), {"person": who}).status_code == 422
    assert not row.enrolments.exists()


def test_somebody_to_enrol_is_found_by_part_of_the_name_and_only_once_outside(browse, readers, new_class, text):
    row, browser = new_class("Hoa"), browse(readers.coordinator)
    found = text(browser.get(address("class", row.pk), {"name": "minh NGUYEN"}))
    assert 'name="person"' in found and "Nguyễn Minh" in found
    assert "Nguyễn Minh" in text(
        browser.get(address("class", row.pk), {"name": "mihn"})
    )  # a slip of the pen, as in the register
    assert 'name="person"' not in text(browser.get(address("class", row.pk), {"name": "hoa"}))
    assert 'name="person"' not in text(browser.get(address("class", row.pk), {"name": " "}))


def test_a_learner_enrols_by_one_press_and_sees_no_other_learner(browse, readers, new_class, text):
    row, browser = new_class("Minh"), browse(readers.learner)
    shown = text(browser.post(address("enrol", row.pk), {"person": "1"}, follow=True))
    assert row.enrolments.get(seat=2).person_id == readers.learner.person_id
    assert "Nguyễn Minh" not in shown


def test_the_trainer_ticks_who_is_there_and_the_box_remembers(browse, readers, new_class, text):
    row, browser = new_class("Hoa", "Minh", state="running"), browse(readers.trainer)
    where = address("roll", row.pk, 1)
    assert text(browser.get(where)).count("checked") == 2, "all are there until somebody says otherwise"
    browser.post(where, {"present": [row.enrolments.get(seat=2).pk]})
    assert text(browser.get(where)).count("checked") == 1
    hoa = row.enrolments.get(seat=1)
    assert hoa.claims.get().present is False


def test_a_class_outside_one_s_reach_is_not_there_on_any_page(browse, readers, new_class, teaching):
    row = new_class("Hoa", state="running", provider=teaching.rival)
    browser = browse(readers.provider)
    statuses = {
        browser.get(address("class", row.pk)).status_code,
        browser.get(address("roll", row.pk, 1)).status_code,
        browser.post(address("enrol_introduced", row.pk), {"full_name": "Hoa", "born_on": "1990-05-02"}).status_code,
        browser.post(address("move", row.pk, "finish")).status_code,
        browser.post(address("assign", row.pk)).status_code,
        browser.post(address("reschedule", row.pk), {"starts_on": "2027-04-05"}).status_code,
        browser.post(address("leave", row.enrolments.get().pk)).status_code,
    }
    assert statuses == {404}


def test_a_manager_sees_the_own_people_of_a_class(browse, readers, new_class, text):
    row = new_class("Hoa", "Lan")
    own = text(browse(readers.manager).get(address("class", row.pk)))
    other = text(browse(readers.elsewhere).get(address("class", row.pk)))
    assert "Nguyễn Hoa" in own and "Nguyễn Lan" not in own
    assert "Nguyễn Lan" in other and "Nguyễn Hoa" not in other


def test_each_role_lists_the_classes_that_concern_it(browse, readers, new_class, teaching):
    ours, theirs = new_class("Hoa"), new_class("Lan", provider=teaching.rival, venue=1)

    def seen(reader):
        page = browse(reader).get(address("classes"))
        return {row.record.pk for row in page.context["table"].rows}

    assert seen(readers.coordinator) == seen(readers.auditor) == {ours.pk, theirs.pk}
    assert seen(readers.manager) == {ours.pk}
    assert seen(readers.elsewhere) == {theirs.pk}
    assert seen(readers.provider) == seen(readers.trainer) == {ours.pk}
    assert seen(readers.rival) == {theirs.pk}
    TrainingClass.objects.filter(pk=theirs.pk).update(state="running")
    assert seen(readers.learner) == {ours.pk}
    assert seen(readers.other_learner) == {ours.pk, theirs.pk}


def test_a_learner_reads_how_many_sit_there_though_the_course_is_for_several_audiences(
    browse, readers, new_class, course, text
):
    course.audiences.add("teacher")
    row = new_class("Hoa", "Minh")
    assert "đã nhận 2/3 chỗ" in text(browse(readers.learner).get(address("class", row.pk)))


def test_what_to_do_next_is_said_to_whom_it_concerns(browse, readers, new_class, text):
    row, page = new_class("Hoa"), None
    for reader, words in (
        (readers.learner, "Bạn có chỗ số 1"), (readers.other_learner, "Hãy ghi danh để nhận chỗ"),
        (readers.manager, "hãy ghi danh cho người của bạn"), (readers.coordinator, "hãy ghi danh đủ chỗ rồi bắt đầu lớp"),
    ):  # fmt: skip
        page = text(browse(reader).get(address("class", row.pk)))
        assert words in page
        assert ("rồi bắt đầu lớp" in page) == (reader is readers.coordinator)


def test_disputes_stand_on_the_page_of_the_class(browse, readers, new_class, people, attend, text):
    row = new_class("Hoa", state="running")
    attend(row, people["Hoa"], 5)
    assert "Nguyễn Hoa, " not in text(browse(readers.coordinator).get(address("class", row.pk)))
    attend(row, people["Hoa"], 2, source="code")
    assert text(browse(readers.coordinator).get(address("class", row.pk))).count("Nguyễn Hoa, ") == 3


def test_the_queries_of_the_lists_do_not_grow_with_their_rows(browse, readers, new_class, people, at, queries_of):
    browser, row = browse(readers.coordinator), new_class("Hoa")

    def counts():
        return [
            queries_of(lambda: browser.get(address("classes"))),
            queries_of(lambda: browser.get(address("class", row.pk))),
        ]

    browser.get(address("classes"))
    few = counts()
    for _ in range(10):
        new_class("Hoa", "Minh", "Tú")
    for seat, name in enumerate(("Minh", "Tú", "An"), 2):
        Enrolment.objects.create(training_class=row, person=people[name], state="enrolled", seat=seat, enrolled_at=at)
    assert counts() == few
