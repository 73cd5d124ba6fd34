"""Publishing a plan: all its classes or none, and what becomes of the classes of the plan before."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.train.delivery import actions, publishing
from chiakhoa.train.delivery.actions import Published
from chiakhoa.train.delivery.models import ClassSession, Enrolment, TrainingClass
from chiakhoa.train.delivery.takeover import settle
from chiakhoa.train.planning.models import Plan, PlannedClass

MONDAY = date(2027, 3, 1)


@pytest.fixture
def new_plan(place, teaching, course, at):
    """Makes a proposed plan with a class at each of the venues named, a week apart; the first `later` weeks after March began."""

    def make(*venues, cancelled=(), unit=None, later=0):
        plan = Plan.objects.create(
            name="Kế hoạch", year=2027, unit=unit or place.top, state="proposed", made_at=at, objective=1.0, bound=1.0
        )
        PlannedClass.objects.bulk_create(
            PlannedClass(
                plan=plan, number=n + 1, course=course, venue=teaching.venues[venue], room=teaching.rooms[venue],
                trainer=teaching.trainer, budget_line=teaching.line, starts_on=MONDAY + timedelta(weeks=n + later), learners=20,
                cost_vnd=3_000_000, gain=5.0, cancelled=n + 1 in cancelled,
            )
            for n, venue in enumerate(venues)
        )  # fmt: skip
        return plan

    return make


@pytest.fixture
def enrol(people, at):
    """Puts somebody into the first seat of a class."""

    def one(training_class, name, state="enrolled"):
        seat = None if state in ("waiting", "left") else 1
        Enrolment.objects.create(
            training_class=training_class, person=people[name], state=state, seat=seat, enrolled_at=at
        )

    return one


def of(plan):
    return TrainingClass.objects.filter(planned__plan=plan).order_by("planned__number")


def test_every_class_opens_with_its_place_people_and_sessions(readers, new_plan, teaching, at):
    plan = new_plan(0, 1)
    assert actions.publish(readers.coordinator, plan.pk, at=at) == Published(2, 0, 0, 0)
    row = of(plan).first()
    assert (row.state, row.seats, row.provider, row.trainer) == ("open", 30, teaching.ictu, teaching.trainer)
    assert (row.venue, row.room, row.cost_vnd) == (teaching.venues[0], teaching.rooms[0], 3_000_000)
    assert (row.starts_on, row.ends_on) == (MONDAY, MONDAY + timedelta(days=2))
    hours = [f"{session.starts_at:%d %H:%M}" for session in row.sessions.all()]
    assert hours == ["01 01:00", "01 06:30", "02 01:00", "02 06:30", "03 01:00"], "8:00 and 13:30 in Việt Nam"
    plan.refresh_from_db()
    assert (plan.state, plan.published_at) == ("published", at)


def test_a_class_holds_no_more_than_its_room(readers, new_plan, teaching, at):
    teaching.rooms[0].seats = 12
    teaching.rooms[0].save()
    plan = new_plan(0)
    actions.publish(readers.coordinator, plan.pk, at=at)
    assert of(plan).get().seats == 12


def test_a_class_taken_out_of_the_plan_does_not_open(readers, new_plan, at):
    plan = new_plan(0, 1, cancelled=[2])
    assert actions.publish(readers.coordinator, plan.pk, at=at).opened == 1


def test_one_class_that_cannot_open_keeps_all_closed(readers, new_plan, new_class, at):
    plan = new_plan(0, 1)
    last = plan.classes.get(number=2)
    taken = new_class()
    TrainingClass.objects.filter(pk=taken.pk).update(code=f"{last.course_id}-2027-{plan.pk}-002")
    with pytest.raises(IntegrityError):
        actions.publish(readers.coordinator, plan.pk, at=at)
    assert not of(plan).exists()
    plan.refresh_from_db()
    assert plan.state == "proposed"


def test_a_plan_is_published_once(readers, new_plan, at):
    plan = new_plan(0)
    actions.publish(readers.coordinator, plan.pk, at=at)
    with pytest.raises(Refusal):
        actions.publish(readers.coordinator, plan.pk, at=at)
    assert TrainingClass.objects.count() == 1


@pytest.mark.parametrize("state", ["waiting", "failed", "replaced"])
def test_only_a_proposal_is_published(readers, new_plan, at, state):
    plan = new_plan(0)
    Plan.objects.update(state=state, published_at=at)
    with pytest.raises(Refusal):
        actions.publish(readers.coordinator, plan.pk, at=at)
    assert not TrainingClass.objects.exists()


def test_a_plan_of_a_larger_unit_is_not_there_for_a_coordinator_of_a_commune(readers, new_plan, at):
    plan = new_plan(0)
    with pytest.raises(NotVisible):
        actions.publish(readers.away, plan.pk, at=at)
    for reader in (readers.manager, readers.provider, readers.auditor):
        with pytest.raises(NotAllowed):
            actions.publish(reader, plan.pk, at=at)


def test_people_of_the_earlier_plan_keep_their_class_under_the_new_one(readers, new_plan, enrol, at):
    first, second = new_plan(0), new_plan(0)
    actions.publish(readers.coordinator, first.pk, at=at)
    kept = of(first).get()
    enrol(kept, "Hoa")
    assert actions.publish(readers.coordinator, second.pk, at=at) == Published(0, 1, 0, 0)
    assert of(second).get() == kept
    assert kept.enrolments.get().seat == 1
    first.refresh_from_db()
    assert first.state == "replaced"


def test_an_empty_class_of_the_earlier_plan_is_called_off_and_another_opens(readers, new_plan, enrol, at):
    first, second = new_plan(0), new_plan(0)
    actions.publish(readers.coordinator, first.pk, at=at)
    empty = of(first).get()
    enrol(empty, "Hoa", "left")
    assert actions.publish(readers.coordinator, second.pk, at=at) == Published(1, 0, 1, 0)
    empty.refresh_from_db()
    assert empty.state == "cancelled"
    assert of(second).get().state == "open"


def test_a_waiting_list_is_people_too(readers, new_plan, enrol, at):
    first, second = new_plan(0), new_plan(0)
    actions.publish(readers.coordinator, first.pk, at=at)
    enrol(of(first).get(), "Hoa", "waiting")
    assert actions.publish(readers.coordinator, second.pk, at=at).kept == 1


def test_a_class_with_people_that_the_new_plan_does_not_hold_stays_until_somebody_decides(readers, new_plan, enrol, at):
    first, second = new_plan(0), new_plan(1, later=1)
    actions.publish(readers.coordinator, first.pk, at=at)
    left = of(first).get()
    enrol(left, "Hoa")
    assert actions.publish(readers.coordinator, second.pk, at=at) == Published(1, 0, 0, 1)
    left.refresh_from_db()
    assert (left.state, left.planned.plan) == ("open", first)


def test_a_class_left_to_decide_goes_on_under_the_third_plan_that_holds_it_again(readers, new_plan, enrol, at):
    first, second, third = new_plan(0), new_plan(1, later=1), new_plan(0)
    actions.publish(readers.coordinator, first.pk, at=at)
    left = of(first).get()
    enrol(left, "Hoa")
    actions.publish(readers.coordinator, second.pk, at=at)
    assert actions.publish(readers.coordinator, third.pk, at=at) == Published(0, 1, 1, 0)
    assert of(third).get() == left


def test_a_kept_class_moves_to_where_the_new_plan_holds_it(readers, new_plan, enrol, teaching, at):
    first, second = new_plan(0), new_plan(0, later=2)
    actions.publish(readers.coordinator, first.pk, at=at)
    kept = of(first).get()
    enrol(kept, "Hoa")
    actions.publish(readers.coordinator, second.pk, at=at)
    kept.refresh_from_db()
    assert (kept.starts_on, kept.ends_on) == (MONDAY + timedelta(weeks=2), MONDAY + timedelta(weeks=2, days=2))
    assert next(f"{session.starts_at:%d/%m}" for session in kept.sessions.all()) == "15/03"


def test_two_kept_classes_may_change_places(readers, new_plan, enrol, at):
    first, second = new_plan(0, 1), new_plan(1, 0)
    actions.publish(readers.coordinator, first.pk, at=at)
    for row, name in zip(of(first), ("Hoa", "Lan"), strict=True):
        enrol(row, name)
    assert actions.publish(readers.coordinator, second.pk, at=at).kept == 2
    weeks = {row.venue_id: row.starts_on for row in of(second)}
    assert weeks == {"ven-2": MONDAY, "ven-1": MONDAY + timedelta(weeks=1)}
    assert ClassSession.objects.exclude(room=None).count() == 10


def test_a_kept_class_that_was_attended_stays_and_the_plan_says_so(readers, new_plan, enrol, attend, people, at):
    first, second = new_plan(0), new_plan(0, later=2)
    actions.publish(readers.coordinator, first.pk, at=at)
    kept = of(first).get()
    enrol(kept, "Hoa")
    attend(kept, people["Hoa"], 1)
    actions.publish(readers.coordinator, second.pk, at=at)
    kept.refresh_from_db()
    planned = second.classes.get()
    assert (kept.starts_on, planned.starts_on) == (MONDAY, MONDAY)
    assert next(session.held_on for session in planned.sessions.all()) == MONDAY


def test_a_class_that_needs_a_room_or_a_trainer_another_has_then_keeps_the_plan_unpublished(
    readers, new_plan, enrol, teaching, at
):
    first, second = new_plan(0), new_plan(1)
    actions.publish(readers.coordinator, first.pk, at=at)
    enrol(of(first).get(), "Hoa")
    with pytest.raises(Refusal) as refused:
        actions.publish(readers.coordinator, second.pk, at=at)
    assert refused.value.code == "clash"
    assert of(first).get().code in refused.value.message
    second.refresh_from_db()
    assert second.state == "proposed"
    assert not of(second).exists()


def test_nothing_is_in_two_places_whatever_writes_it(readers, new_plan, at):
    actions.publish(readers.coordinator, new_plan(0, 1).pk, at=at)
    first = ClassSession.objects.order_by("pk").first()
    for taken in ({"room": first.room}, {"trainer": first.trainer}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClassSession.objects.filter(pk=first.pk + 5).update(starts_at=first.starts_at, **taken)


def test_a_class_called_off_gives_room_and_trainer_back(readers, new_plan, at):
    first = new_plan(0)
    actions.publish(readers.coordinator, first.pk, at=at)
    actions.cancel_class(readers.coordinator, of(first).get().pk, at=at)
    assert not ClassSession.objects.exclude(room=None, trainer=None).exists()
    assert actions.publish(readers.coordinator, new_plan(0).pk, at=at).opened == 1


def test_a_class_without_a_place_in_the_calendar_does_not_open(readers, new_plan, at):
    plan = new_plan(0, 1)
    PlannedClass.objects.filter(plan=plan, number=2).update(starts_on=None, unplaced="room")
    assert actions.publish(readers.coordinator, plan.pk, at=at).opened == 1


@pytest.mark.parametrize("state", ["finished", "cancelled"])
def test_a_class_that_is_over_is_not_taken_over(readers, new_plan, enrol, at, state):
    first, second = new_plan(0), new_plan(0, later=1)
    actions.publish(readers.coordinator, first.pk, at=at)
    over = of(first).get()
    enrol(over, "Hoa")
    TrainingClass.objects.filter(pk=over.pk).update(state=state)
    assert actions.publish(readers.coordinator, second.pk, at=at) == Published(1, 0, 0, 0)
    over.refresh_from_db()
    assert over.state == state


def test_a_class_that_runs_goes_on(readers, new_plan, enrol, at):
    first, second = new_plan(0), new_plan(0)
    actions.publish(readers.coordinator, first.pk, at=at)
    TrainingClass.objects.update(state="running")
    enrol(of(first).get(), "Hoa")
    assert actions.publish(readers.coordinator, second.pk, at=at).kept == 1
    assert of(second).get().state == "running"


def test_a_plan_of_another_year_settles_nothing(readers, new_plan, enrol, at):
    first, second = new_plan(0), new_plan(0, later=52)
    Plan.objects.filter(pk=second.pk).update(year=2028)
    actions.publish(readers.coordinator, first.pk, at=at)
    assert actions.publish(readers.coordinator, second.pk, at=at) == Published(1, 0, 0, 0)
    assert of(first).get().state == "open"
    assert ClassSession.objects.count() == 10


def test_of_two_classes_alike_the_one_that_begins_nearest_is_kept():
    def held(day):
        return TrainingClass(course_id="AN-1", venue_id="ven-1", starts_on=MONDAY + timedelta(days=day))

    def wanted(day, venue="ven-1"):
        return PlannedClass(course_id="AN-1", venue_id=venue, starts_on=MONDAY + timedelta(days=day))

    near, far, elsewhere, third = wanted(1), wanted(20), wanted(0, "ven-2"), wanted(5)
    old = [held(21), held(0)]
    pairs, new = settle([near, far, elsewhere, third], old)
    assert [(a is old[1], b is near) for a, b in pairs[:1]] == [(True, True)]
    same, later = wanted(21), wanted(22)
    assert settle([later, same], [old[0]]) == ([(old[0], same)], [later]), "whoever begins on the day comes first"
    assert pairs[1] == (old[0], far) and pairs[1][0] is old[0]
    assert [row is expected for row, expected in zip(new, [elsewhere, third], strict=True)] == [True, True]


def test_what_the_page_says_before_is_what_publishing_does(readers, new_plan, enrol, at):
    first = new_plan(0, 0, 1)
    actions.publish(readers.coordinator, first.pk, at=at)
    enrol(of(first)[0], "Hoa")
    enrol(of(first)[2], "Lan")
    second = new_plan(0, 0, cancelled=(2,))
    before = publishing.outcome(second)
    done = actions.publish(readers.coordinator, second.pk, at=at)
    assert (before.opens, before.keeps, before.calls_off, before.leaves) == (
        done.opened, done.kept, done.called_off, done.left
    )  # fmt: skip
    assert (before.leaves, before.seated) == (1, 1)


def test_a_coordinator_reads_what_will_happen_before_it_does(browse, readers, new_plan, text, at):
    first = new_plan(0)
    actions.publish(readers.coordinator, first.pk, at=at)
    plan = new_plan(0, 1)
    browser, address = browse(readers.coordinator), reverse("delivery:publish", args=[plan.pk])
    page = text(browser.get(address))
    assert "2 lớp mở cho ghi danh" in page and "So với phương án đã công bố gần nhất" in page
    assert "1 lớp của phương án trước chưa có ai ghi danh sẽ bị hủy" in page
    assert not of(plan).exists()
    assert browser.post(address).status_code == 302 and of(plan).count() == 2
    assert browser.post(address).status_code == 422 and of(plan).count() == 2
    assert "chưa công bố được" in text(browser.get(address))


def test_the_page_of_publishing_names_the_line_that_holds_too_little(browse, readers, new_plan, text):
    plan = new_plan(0)
    plan.classes.update(cost_vnd=100_000_001)
    browser, address = browse(readers.coordinator), reverse("delivery:publish", args=[plan.pk])
    page = text(browser.get(address))
    assert "Phương án chi vượt số kinh phí hiện có" in page and "Công bố ngay" not in page
    assert browser.post(address).status_code == 422 and not of(plan).exists()


def test_whoever_publishes_is_led_to_the_classes_on_which_to_decide(browse, readers, new_plan, enrol, text, at):
    first, second = new_plan(0), new_plan(1, later=1)
    actions.publish(readers.coordinator, first.pk, at=at)
    left = of(first).get()
    enrol(left, "Hoa")
    browser = browse(readers.coordinator)
    answer = browser.post(reverse("delivery:publish", args=[second.pk]))
    page = text(browser.get(answer.url))
    assert left.code in page and of(second).get().code not in page
    assert 'name="left"' in page and 'name="left"' not in text(browse(readers.manager).get(answer.url))
