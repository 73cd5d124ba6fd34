"""Whoever is in a class is told what becomes of it, whoever does it: moved, called off, a free seat, another trainer."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from chiakhoa.ground.catalogue.models import Trainer
from chiakhoa.train.delivery import actions, notices, queries
from chiakhoa.train.delivery.models import Enrolment, EnrolmentState, NamedSeat, Notice, TrainingClass
from chiakhoa.train.planning.models import Plan, PlannedClass

LATER = date(2027, 3, 8)


@pytest.fixture
def told(people):
    """The kinds of notices to somebody by name, oldest first."""

    def kinds(name):
        return list(Notice.objects.filter(person=people[name]).order_by("pk").values_list("kind", flat=True))

    return kinds


@pytest.fixture
def waiting(people, at):
    """Puts somebody on the waiting list of a class."""

    def wait(row, name):
        Enrolment.objects.create(training_class=row, person=people[name], state="waiting", enrolled_at=at)

    return wait


@pytest.fixture
def another(teaching, people):
    """A second trainer of ICTU with the same skill."""
    row = Trainer.objects.create(person=people["Sâm"], provider=teaching.ictu, rank="b", sessions_per_year=100)
    row.skills.add("safety")
    return row


def test_a_class_moved_to_another_day_tells_who_is_in_it_and_who_teaches(readers, new_class, told, at):
    row = new_class("Hoa")
    actions.reschedule(readers.coordinator, row.pk, LATER, at=at)
    assert (told("Hoa"), told("Đức"), told("Minh")) == (["changed"], ["teaches_changed"], [])
    assert "từ ngày 08/03/2027" in notices.words(notices.to(readers.learner).get())
    assert notices.to(readers.manager).get().moved == 1


def test_moving_it_to_where_it_is_tells_nobody(readers, new_class, at):
    row = new_class("Hoa")
    actions.reschedule(readers.coordinator, row.pk, row.starts_on, at=at)
    assert not Notice.objects.exists()


def test_a_class_called_off_tells_seated_waiting_and_kept_but_not_who_does_it(
    readers, new_class, people, told, waiting, at
):
    row = new_class("Hoa")
    waiting(row, "Minh")
    NamedSeat.objects.create(training_class=row, person=people["Tú"], place=1, gain=1.0)
    actions.cancel_class(readers.trainer, row.pk, at=at)
    assert [told(name) for name in ("Hoa", "Minh", "Tú", "Đức")] == [["called_off"]] * 3 + [[]]


def test_whoever_was_in_a_class_called_off_may_have_its_course_elsewhere(readers, new_class, people, course, at):
    row = new_class("Hoa")
    assert course not in queries.offered(people["Hoa"])
    actions.cancel_class(readers.coordinator, row.pk, at=at)
    assert Enrolment.objects.get().state == EnrolmentState.LEFT
    assert course in queries.offered(people["Hoa"])
    assert not queries.mine(readers.learner).exists(), "it is no class of theirs any more"


def test_whoever_moves_up_is_told(readers, new_class, told, waiting, at):
    row = new_class("Hoa", seats=1)
    waiting(row, "Minh")
    actions.leave(readers.coordinator, row.enrolments.get(seat=1).pk, at=at)
    assert (told("Hoa"), told("Minh")) == ([], ["moved_up"])
    assert "Nay bạn đã có chỗ" in notices.words(Notice.objects.get())


def test_whoever_gets_a_seat_that_nobody_took_is_told_when_the_class_starts(
    readers, new_class, people, told, waiting, at
):
    row = new_class("Hoa", seats=2)
    NamedSeat.objects.create(training_class=row, person=people["Tú"], place=1, gain=1.0)
    waiting(row, "Minh")
    actions.start_class(readers.coordinator, row.pk, at=at)
    assert told("Minh") == ["moved_up"]


def test_trainers_are_told_who_teaches_and_who_no_longer_does(readers, new_class, another, told, at):
    row = new_class("Hoa")
    actions.assign_trainer(readers.coordinator, row.pk, another.pk, at=at)
    assert (told("Sâm"), told("Đức"), told("Hoa")) == (["teaches"], ["teaches_no_more"], [])


def test_a_class_that_goes_on_elsewhere_is_told_with_the_day_and_venue_of_what_is_to_come(
    readers, new_class, teaching, at
):
    row = new_class("Hoa")
    first = row.sessions.first()
    row.sessions.exclude(pk=first.pk).update(room=teaching.rooms[1])
    Notice.objects.create(
        kind="changed", person_id=readers.learner.person_id, training_class=row,
        made_at=first.starts_at + timedelta(hours=1),
    )  # fmt: skip
    words = notices.words(notices.to(readers.learner).get())
    assert f"từ ngày 01/03/2027 tại {teaching.venues[1].name}" in words


def test_the_queries_of_the_notices_do_not_grow_with_them(readers, new_class, browse, queries_of, at):
    browser, page = browse(readers.learner), reverse("delivery:notices")
    counts = []
    for _more in range(2):
        for _one in range(3):
            actions.reschedule(readers.coordinator, new_class("Hoa").pk, LATER, at=at)
        counts.append(queries_of(lambda: browser.get(page)))
    assert counts[0] == counts[1]


@pytest.fixture
def replaced(plan, readers, people, at):
    """The published plan, with Hoa in its class, and another proposed one with the same class a week later."""
    actions.publish(readers.coordinator, plan.pk, at=at)
    row = TrainingClass.objects.get()
    actions.enrol(readers.coordinator, row.pk, people["Hoa"].pk, at=at)
    Notice.objects.all().delete()
    planned = plan.classes.get()
    other = Plan.objects.create(
        name="Kế hoạch khác", year=2027, unit=plan.unit, state="proposed", made_at=at, objective=1.0, bound=1.0
    )
    PlannedClass.objects.create(
        plan=other, number=1, course=planned.course, venue=planned.venue, room=planned.room, trainer=planned.trainer,
        budget_line=planned.budget_line, starts_on=LATER, learners=4, cost_vnd=3_000_000, gain=4.0,
    )  # fmt: skip
    return other


def test_a_plan_that_moves_a_class_with_people_tells_them_and_the_trainer(browse, readers, replaced, told, text, at):
    browser, address = browse(readers.coordinator), reverse("delivery:publish", args=[replaced.pk])
    assert "Học ngày khác hoặc phòng khác trước: 1" in text(browser.get(address))
    browser.post(address)
    assert TrainingClass.objects.get(planned__plan=replaced).starts_on == LATER
    assert (told("Hoa"), told("Đức")) == (["changed"], ["teaches_changed"])


def test_a_seat_kept_in_a_class_that_another_plan_calls_off_is_told_and_the_old_notice_invites_nobody(
    plan, readers, people, at
):
    actions.publish(readers.coordinator, plan.pk, at=at)
    kept = NamedSeat.objects.filter(waits=False).values_list("person", flat=True)
    assert readers.learner.person_id in kept
    empty = Plan.objects.create(
        name="Kế hoạch khác", year=2027, unit=plan.unit, state="proposed", made_at=at, objective=0.0, bound=1.0
    )
    actions.publish(readers.coordinator, empty.pk, at=at)
    told = list(notices.to(readers.learner))
    assert [row.kind for row in told] == ["called_off", "seat_kept"]
    assert all("không mở nữa" in notices.words(row) for row in told)
