"""When the classes of a plan are held: seasons of the year, what is promised, what is taken, and what finds no place."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from chiakhoa.ground.catalogue.models import Room, Trainer
from chiakhoa.train.planning import actions, calendar, queries, sessions, solving
from chiakhoa.train.planning.jobs import solve
from chiakhoa.train.planning.models import Demand, PlannedClass, PlannedSession

MONDAY = date(2027, 3, 1)


def quiet(_done, _total, _word=""):
    """Nobody listens to the progress."""


@pytest.fixture
def make(readers, at):
    """Asks for a plan and lets the job make it."""

    def run(moment=at, **given):
        arguments = {"name": "Kế hoạch", "year": 2027, "time_limit_seconds": 2, "based_on": None} | given
        plan, _job = actions.propose(readers.coordinator, **arguments, at=moment)
        solve(readers.coordinator, quiet, plan=plan.pk)
        return queries.plans(readers.coordinator).get(pk=plan.pk)

    return run


def places(plan):
    """Where and when each class of the plan is held."""
    rows = plan.classes.prefetch_related("sessions").order_by("number")
    return {
        (row.course_id, row.room_id, row.trainer_id, tuple((s.held_on, s.half) for s in row.sessions.all()))
        for row in rows
    }


def test_tet_is_that_of_the_year_and_harvest_is_the_growers_alone():
    named = {season.name: season for season in calendar.seasons(2030)}
    assert named["Tết Nguyên đán"].first < "2030-02-02" < named["Tết Nguyên đán"].last
    assert named["Tết Nguyên đán"].audiences == ()
    assert named["Thu hoạch lúa xuân"].audiences == ("tea_farm_household",)


def test_nobody_is_asked_to_come_before_they_could_be_told():
    assert calendar.terms(2027, date(2026, 11, 25))[0].first == "2027-01-04"
    assert calendar.terms(2027, date(2027, 6, 1))[0].first == "2027-06-15"
    assert calendar.terms(2026, date(2026, 12, 10)) == ()


def test_half_a_blended_course_is_online_and_its_odd_session_in_class():
    assert (calendar.online("blended", 15), calendar.online("classroom", 15)) == (7, 0)


def test_every_class_has_its_half_days_in_the_terms_and_outside_tet(make, demand, course):
    plan = make()
    days = set(PlannedSession.objects.values_list("held_on", flat=True))
    assert days and not any(date(2027, 1, 30) <= day <= date(2027, 2, 14) for day in days)
    for row in plan.classes.all():
        kept = list(row.sessions.all())
        assert [session.number for session in kept] == list(range(1, course.sessions + 1))
        assert row.starts_on == kept[0].held_on
        assert {session.room_id for session in kept} == {row.room_id}
    weeks = {day.isocalendar()[:2] for day in plan.classes.first().sessions.values_list("held_on", flat=True)}
    assert len(weeks) == 2, "five sessions, four a week at most"


def test_a_year_that_is_over_is_refused_in_words(make, demand, at):
    plan = make(moment=at.replace(year=2027, month=12, day=15))
    assert plan.state == "failed"
    assert "2027" in plan.message


def test_the_database_holds_that_a_room_and_a_trainer_are_taken_once(make, demand):
    plan = make()
    first, other = PlannedSession.objects.filter(plan=plan, number=1)[:2]
    for taken in ({"room": first.room}, {"trainer": first.trainer}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlannedSession.objects.filter(pk=other.pk).update(held_on=first.held_on, half=first.half, **taken)


def test_classes_without_a_place_make_way_and_the_plan_says_which_and_why(
    make, demand, teaching, browse, readers, text
):
    """Rooms of thirty seats hold sixty sessions together, but each alone less than a class needs."""
    Room.objects.filter(venue=teaching.venues[0]).update(sessions_per_year=4)
    Room.objects.create(venue=teaching.venues[0], name="P2", kind="classroom", seats=30, sessions_per_year=4)
    plan = make()
    assert set(plan.classes.values_list("venue", flat=True)) == {"ven-2"}
    assert plan.closed == [["AN-1", "ven-1", "room"]]
    page = text(browse(readers.coordinator).get(reverse("planning:plan", args=[plan.pk])))
    assert "An toàn mạng, Nhà văn hóa: không có phòng đủ chỗ còn trống" in page
    assert plan.objective == pytest.approx(sum(plan.classes.values_list("gain", flat=True)))


def test_a_planned_class_has_its_days_or_says_why_not(new_plan, new_planned):
    row = new_planned(new_plan(), starts_on=None, unplaced="room")
    assert row.get_unplaced_display() == "không có phòng đủ chỗ còn trống"
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedClass.objects.filter(pk=row.pk).update(unplaced="")


def test_a_locked_class_keeps_room_trainer_and_half_days(make, demand, readers, at):
    first = make()
    kept = first.classes.order_by("-number").first()
    # Held late in the year, where no quiet week would put it.
    apart = date(2027, 11, 1) - kept.starts_on
    for session in kept.sessions.all():
        PlannedSession.objects.filter(pk=session.pk).update(held_on=session.held_on + apart)
    PlannedClass.objects.filter(pk=kept.pk).update(starts_on=date(2027, 11, 1))
    actions.set_lock(readers.coordinator, kept.pk, True, at=at)
    where = next(place for place in places(first) if place[3][0][0] == date(2027, 11, 1))
    Demand.objects.update(people=30)
    assert where in places(make(based_on=first))


def test_the_plan_before_is_kept_where_it_can_be(make, demand):
    first = make()
    assert places(make(based_on=first)) == places(first)


def test_a_class_that_has_begun_is_kept(make, demand, readers, at):
    first = make()
    begun = first.classes.order_by("starts_on").first()
    first.state, first.published_at = "published", at
    first.save(update_fields=["state", "published_at"])
    later = at.replace(year=2027, month=begun.starts_on.month, day=begun.starts_on.day) + timedelta(days=1)
    plan, _job = actions.propose(readers.coordinator, "Kế hoạch", 2027, 2, first, at=later)
    assert begun in sessions.kept_from(plan)


def test_what_another_published_plan_has_taken_is_not_taken_again(
    make, demand, readers, teaching, new_plan, new_planned, at
):
    """The one trainer teaches for a plan of a commune all year but for two weeks of March."""
    other = new_plan("published", unit=teaching.venues[1].unit)
    row = new_planned(other, trainer=teaching.trainer)
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    taken = [(day, half) for day in days if not MONDAY <= day <= date(2027, 3, 12) for half in ("am", "pm")]
    PlannedSession.objects.bulk_create(
        PlannedSession(plan=other, planned_class=row, number=n, held_on=day, half=half, trainer=teaching.trainer)
        for n, (day, half) in enumerate(taken, 1)
    )
    plan = make()
    held = PlannedSession.objects.filter(plan=plan).values_list("held_on", flat=True)
    assert held and all(MONDAY <= day <= date(2027, 3, 12) for day in held)
    assert {row.unplaced for row in plan.classes.filter(starts_on=None)} <= {"trainer"}


class TestAMovedClass:
    """A class that somebody moves takes its half days along, and is told what stands in its way."""

    @pytest.fixture
    def two(self, new_plan, new_planned, teaching):
        plan = new_plan()
        rows = [
            new_planned(plan, room=teaching.rooms[n], trainer=teaching.trainer, starts_on=MONDAY + timedelta(weeks=n))
            for n in (0, 1)
        ]
        for row in rows:
            said = [(row.starts_on.isoformat(), half, str(row.room_id)) for half in ("am", "pm")]
            PlannedSession.objects.bulk_create(sessions.rows(row, said))
        return rows

    def test_its_half_days_go_along(self, two):
        two[0].starts_on = date(2027, 4, 5)
        assert [(s.held_on, s.half) for s in sessions.of_class(two[0])] == [
            (date(2027, 4, 5), "am"), (date(2027, 4, 5), "pm"),
        ]  # fmt: skip

    def test_once_it_stands_there_its_old_place_is_free(self, two):
        first, second = two
        first.starts_on = date(2027, 4, 5)
        actions.stand([(first, sessions.of_class(first))])
        second.starts_on = MONDAY
        assert sessions.clashing(second, sessions.of_class(second)) == []
        second.starts_on = date(2027, 4, 5)
        assert sessions.clashing(second, sessions.of_class(second)) == [("trainer", first)]

    def test_a_class_planned_before_half_days_were_kept_is_held_two_a_day(self, new_plan, new_planned, teaching):
        row = new_planned(new_plan(), starts_on=MONDAY, room=teaching.rooms[0])
        held = [(s.held_on.day, s.half) for s in sessions.of_class(row)]
        assert held == [(1, "am"), (1, "pm"), (2, "am"), (2, "pm"), (3, "am")]

    def test_a_class_without_a_place_has_no_half_days(self, new_plan, new_planned):
        assert sessions.of_class(new_planned(new_plan(), starts_on=None, unplaced="room")) == []

    def test_what_stands_in_its_way_is_named(self, two):
        first, second = two
        assert sessions.clashing(first, sessions.of_class(first)) == []
        first.starts_on = second.starts_on
        assert sessions.clashing(first, sessions.of_class(first)) == [("trainer", second)]
        first.room = second.room
        assert {what for what, _row in sessions.clashing(first, sessions.of_class(first))} == {"room", "trainer"}
        second.cancelled = True
        second.save()
        assert sessions.clashing(first, sessions.of_class(first)) == []


def test_the_scenario_knows_homes_rooms_and_how_courses_spread(readers, demand, make, teaching, course):
    made = solving.scenario(readers.coordinator, make())
    assert {space.id for space in made.spaces} == {str(pk) for pk in Room.objects.values_list("pk", flat=True)}
    assert (made.courses[0].per_week, made.courses[0].online) == (4, 0)
    assert made.trainers[0].latitude == Trainer.objects.get().person.unit.latitude
