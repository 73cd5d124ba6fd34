"""The calendar: nothing in two places at once, seasons, promises, journeys; classes without a place are told with the reason."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chiakhoa.engines.planner import (
    Busy,
    Course,
    Group,
    Held,
    Lock,
    Offer,
    Plan,
    PlannedClass,
    Season,
    Space,
    Term,
    Trainer,
    Venue,
    broken,
    generate,
    room_of,
    solve,
    timetable,
)
from chiakhoa.engines.planner.check_dates import broken_dates

MILLION = 1_000_000
MONDAY = "2027-03-01"
TWO_WEEKS = (Term(MONDAY, "2027-03-12"),)


@pytest.fixture
def dated(scenario):
    """The small scenario with two weeks in March, one room at each venue, and Mai who lives beside the school."""

    def make(**changed):
        parts = {
            "terms": TWO_WEEKS,
            "venues": (Venue("school", 21.5, 105.8), Venue("hall", 21.6, 105.8)),
            "spaces": (Space("s1", "school", "classroom", 30, 40), Space("h1", "hall", "classroom", 30, 40)),
            "trainers": (Trainer("Mai", ("digital",), 100, 21.5, 105.8),),
        }
        return scenario(**(parts | changed))

    return make


@pytest.fixture
def plan():
    """Makes a plan of classes of ten farmers at the venues named; the bound and the gain are not looked at here."""

    def make(*venues, trainer="Mai", group="near"):
        classes = tuple(PlannedClass("BASIC", venue, "state", ((group, 10),), 2 * MILLION, trainer) for venue in venues)
        return Plan("bounded", 10.0 * len(venues), 100.0, 0.1, classes)

    return make


def days(row):
    return [day for day, _half, _room in row.sessions]


def where(row):
    return row.course, row.venue, row.trainer, row.sessions


def faults(scenario, plan):
    return list(broken_dates(scenario, plan.classes))


def test_without_terms_a_plan_has_no_calendar(scenario, plan):
    assert timetable(scenario(), plan("school")) == plan("school")


def test_a_class_gets_its_half_days_its_room_and_its_trainer(dated, plan):
    (row,) = timetable(dated(), plan("school")).classes
    assert row.sessions == ((MONDAY, "am", "s1"), (MONDAY, "pm", "s1"))
    assert (row.trainer, row.unplaced) == ("Mai", "")


def test_one_trainer_is_in_one_place_at_a_time(dated, plan):
    made = timetable(dated(), plan(*["school", "hall"] * 5))
    assert len({day for row in made.classes for day in days(row)}) == 10
    assert faults(dated(), made) == []


def test_a_long_class_runs_over_several_weeks_on_the_same_days(dated, plan):
    course = Course("BASIC", 6, 10, 20, "classroom", ("digital",), per_week=2)
    given = dated(courses=(course,), terms=(Term(MONDAY, "2027-03-31"),))
    (row,) = timetable(given, plan("school")).classes
    assert days(row) == ["2027-03-01"] * 2 + ["2027-03-08"] * 2 + ["2027-03-15"] * 2


def test_the_pause_of_tet_is_left_out_and_the_class_goes_on_after_it(dated, plan):
    course = Course("BASIC", 4, 10, 20, "classroom", ("digital",), per_week=2)
    given = dated(
        courses=(course,), terms=(Term(MONDAY, "2027-03-19"),), seasons=(Season("Tết", "2027-03-08", "2027-03-12"),)
    )
    (row,) = timetable(given, plan("school")).classes
    assert days(row) == ["2027-03-01"] * 2 + ["2027-03-15"] * 2


def test_a_season_holds_for_its_audience_and_its_commune_alone(dated, plan):
    harvest = Season("harvest", MONDAY, "2027-03-05", ("farmer",), ("c1",))
    given = dated(seasons=(harvest,))
    farmers, officials = (timetable(given, plan("school", group=group)).classes[0] for group in ("near", "far"))
    assert days(farmers)[0] == "2027-03-08"
    assert days(officials)[0] == MONDAY
    assert days(timetable(dated(seasons=(replace(harvest, units=("c9",)),)), plan("school")).classes[0])[0] == MONDAY


def test_sessions_online_need_no_room_and_no_journey(dated, plan):
    course = Course("BASIC", 2, 10, 20, "classroom", ("digital",), per_week=2, online=1)
    given = dated(courses=(course,), terms=(Term(MONDAY, MONDAY),))
    (row,) = timetable(given, plan("school")).classes
    assert row.sessions == ((MONDAY, "am", "s1"), (MONDAY, "pm", ""))


def test_a_trainer_does_not_change_places_at_noon_where_the_way_is_far(dated, plan):
    course = Course("BASIC", 1, 10, 20, "classroom", ("digital",))
    near = dated(courses=(course,), terms=(Term(MONDAY, MONDAY),))
    far = replace(near, venues=(Venue("school", 21.5, 105.8), Venue("hall", 22.5, 105.8)))
    assert all(row.sessions for row in timetable(near, plan("school", "hall")).classes)
    made = timetable(far, plan("school", "hall"))
    assert sorted(row.unplaced for row in made.classes) == ["", "travel"]
    assert faults(far, made) == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"seasons": (Season("Tết", MONDAY, "2027-03-12"),)}, "season"),
        ({"spaces": (Space("s1", "school", "classroom", 9, 40),)}, "room"),
        ({"spaces": (Space("s1", "school", "classroom", 30, 1),)}, "room"),
        ({"busy": tuple(Busy("room", "s1", f"2027-03-{n:02d}", "am") for n in range(1, 13))}, "room"),
        ({"trainers": (Trainer("Mai", ("digital",), 9, 21.5, 105.8, ((MONDAY, "2027-03-12"),)),)}, "trainer"),
        ({"trainers": (Trainer("Mai", ("digital",), 1),)}, "trainer"),
        ({"trainers": (Trainer("Lan", ("sewing",), 9),)}, "trainer"),
        ({"groups": (Group("near", "c1", "farmer", 50, people=9), Group("far", "c2", "official", 50))}, "group"),
    ],
    ids=["closed", "small", "no sessions left", "taken", "away", "too few sessions", "no skill", "too few people"],
)  # fmt: skip
def test_a_class_without_a_place_is_told_with_the_reason(dated, plan, changed, reason):
    given = dated(**changed)
    made = timetable(given, plan("school"))
    assert [(row.sessions, row.unplaced) for row in made.classes] == [((), reason)]
    assert faults(given, made) == []


def test_nobody_sits_in_two_classes_at_once(dated, plan):
    groups = (Group("near", "c1", "farmer", 50, people=15), Group("far", "c2", "official", 50))
    trainers = (Trainer("Mai", ("digital",), 100), Trainer("Lan", ("digital",), 100))
    given = dated(groups=groups, trainers=trainers, terms=(Term(MONDAY, "2027-03-02"),))
    made = timetable(given, plan("school", "hall"))
    assert {days(row)[0] for row in made.classes} == {MONDAY, "2027-03-02"}
    assert faults(given, made) == []


def test_a_full_calendar_makes_room_by_moving_others(dated, plan):
    """Mai alone teaches data, and only in the morning; the class of basics, which has fewer rooms, chose that morning first."""
    courses = (
        Course("BASIC", 1, 10, 20, "classroom", ("digital",)),
        Course("DATA", 1, 10, 20, "classroom", ("digital", "data")),
    )
    given = dated(
        courses=courses, terms=(Term(MONDAY, MONDAY),),
        trainers=(Trainer("Mai", ("digital", "data"), 9, 21.5, 105.8), Trainer("Lan", ("digital",), 9, 23.0, 105.8)),
        busy=(Busy("trainer", "Mai", MONDAY, "pm", "school"),),
        spaces=tuple(Space(name, "school" if name == "s1" else "hall", "classroom", 30, 9) for name in ("s1", "h1", "h2", "h3")),
    )  # fmt: skip
    basic, data = plan("school").classes[0], replace(plan("hall").classes[0], course="DATA")
    made = timetable(given, replace(plan("school"), classes=(basic, data)))
    assert [row.trainer for row in made.classes] == ["Lan", "Mai"]
    assert [row.unplaced for row in made.classes] == ["", ""]
    assert faults(given, made) == []


class TestWhatIsPromised:
    """Locked and published classes keep their half days, rooms and trainers."""

    FRIDAY = (("2027-03-12", "am"), ("2027-03-12", "pm"))

    @pytest.fixture
    def promised(self, dated):
        def make(**changed):
            held = Held("BASIC", "hall", "h1", "Mai", self.FRIDAY)
            return dated(held=(replace(held, **changed),), locks=(Lock("BASIC", "hall", 1),))

        return make

    def test_a_firm_class_keeps_its_place_whoever_the_plan_named(self, promised, plan):
        given = replace(promised(), trainers=(*promised().trainers, Trainer("Lan", ("digital",), 100)))
        made = timetable(given, plan("school", "hall", trainer="Lan"))
        assert made.classes[1].sessions == tuple((*half, "h1") for half in self.FRIDAY)
        assert made.classes[1].trainer == "Mai"
        assert faults(given, made) == []

    def test_even_in_a_season_or_outside_the_terms(self, promised, plan):
        for changed in (
            {"seasons": (Season("Tết", "2027-03-08", "2027-03-12"),)},
            {"terms": (Term(MONDAY, "2027-03-05"),)},
        ):
            given = replace(promised(), **changed)
            made = timetable(given, plan("hall", "hall"))
            assert sum(row.sessions == tuple((*half, "h1") for half in self.FRIDAY) for row in made.classes) == 1
            assert faults(given, made) == []

    def test_its_trainer_is_replaced_only_where_gone(self, promised, plan):
        given = replace(promised(trainer="Gone"), trainers=(Trainer("Lan", ("digital",), 100),))
        (row,) = timetable(given, plan("hall", trainer="Lan")).classes
        assert row.sessions == tuple((*half, "h1") for half in self.FRIDAY)
        assert row.trainer == "Lan"

    def test_a_class_that_would_like_to_stay_stays_where_it_can(self, promised, plan):
        given = replace(promised(firm=False), locks=())
        assert days(timetable(given, plan("hall")).classes[0])[0] == "2027-03-12"
        closed = replace(given, seasons=(Season("Tết", "2027-03-08", "2027-03-12"),))
        assert days(timetable(closed, plan("hall")).classes[0])[0] == MONDAY

    def test_where_people_sit_already_nothing_else_is_put(self, promised, plan):
        given = replace(promised(firm=False, peopled=True), locks=(), terms=(Term("2027-03-12", "2027-03-12"),))
        assert timetable(given, plan("school")).classes[0].unplaced == "trainer", "Mai is at the hall"
        empty = replace(given, held=(replace(given.held[0], peopled=False),))
        assert timetable(empty, plan("school")).classes[0].sessions

    def test_no_more_is_firm_than_is_locked(self, promised):
        with pytest.raises(ValueError, match="1 firm classes of BASIC at hall, 0 locked"):
            replace(promised(), locks=())


@settings(max_examples=20, deadline=None, phases=[Phase.generate], derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    communes=st.integers(1, 5),
    weeks=st.integers(2, 30),
    trainers=st.integers(2, 12),
    drawn=st.integers(0, 99),
)
def test_whatever_the_scenario_no_rule_is_broken_and_the_seed_decides(seed, communes, weeks, trainers, drawn):
    given = generate(communes, courses=8, trainers=trainers, weeks=weeks, seed=seed)
    found = solve(replace(given, terms=()), time_limit=0.2, gap=0.2)
    made = timetable(given, found, seed=drawn)
    assert faults(given, made) == []
    assert made == timetable(given, found, seed=drawn)
    lengths = {course.code: course.sessions for course in given.courses}
    assert all(len(row.sessions) == lengths[row.course] for row in made.classes if not row.unplaced)
    # Once promised, it stays where it is, class for class.
    promised = [row for row in made.classes if row.sessions]
    held = tuple(
        Held(row.course, row.venue, room_of(row), row.trainer, tuple(half[:2] for half in row.sessions))
        for row in promised
    )
    counted = Counter((row.course, row.venue) for row in promised)
    locks = tuple(Lock(*place, classes) for place, classes in counted.items())
    again = timetable(replace(given, held=held, locks=locks), found, seed=drawn + 1)
    assert faults(replace(given, held=held, locks=locks), again) == []
    assert {where(row) for row in promised} <= {where(row) for row in again.classes}


def test_solving_makes_the_calendar_too(dated):
    made = solve(dated(), time_limit=2.0)
    assert made.classes and all(row.sessions for row in made.classes)
    assert broken(dated(), made) == []


def test_nothing_is_quite_full_at_first_and_empty_later(dated, plan):
    """Classes spread over the weeks, so that whoever falls ill can be replaced."""
    made = timetable(dated(), plan(*["school"] * 4))
    assert sorted(day > "2027-03-07" for row in made.classes for day in set(days(row))) == [False, False, True, True]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"sessions": ()}, "no sessions, and no reason why"),
        ({"unplaced": "room"}, "unplaced (room), but with sessions"),
        ({"sessions": ((MONDAY, "am", "s1"),)}, "1 sessions, the course has 2"),
        ({"sessions": ((MONDAY, "pm", "s1"), (MONDAY, "am", "s1"))}, "not one after another"),
        ({"sessions": ((MONDAY, "am", "h1"), (MONDAY, "pm", "h1"))}, "h1 is no room of kind classroom there"),
        ({"sessions": ((MONDAY, "am", "s1"), (MONDAY, "pm", ""))}, "the first 2 sessions need a room"),
        ({"sessions": (("2027-03-06", "am", "s1"), ("2027-03-06", "pm", "s1"))}, "2027-03-06 is in no term"),
        ({"sessions": (("2027-03-02", "am", "s1"), ("2027-03-02", "pm", "s1"))}, "room s1 is taken 2 times"),
        ({"sessions": (("2027-03-02", "am", "s1"), ("2027-03-02", "pm", "s1"))}, "trainer Mai is taken 2 times"),
        ({"sessions": (("2027-03-03", "am", "s1"), ("2027-03-03", "pm", "s1"))}, "2027-03-03 is in Tết"),
        ({"sessions": (("2027-03-04", "am", "s1"), ("2027-03-04", "pm", "s1"))}, "room s1 is taken 2 times on 2027-03-04, pm"),
        ({"sessions": (("2027-03-05", "am", "s1"), ("2027-03-05", "pm", "s1"))}, "trainer Mai is away on 2027-03-05"),
        ({"groups": (("near", 31),)}, "31 learners in room s1 of 30 seats"),
        ({"groups": (("near", 26),)}, "26 people in classes at once"),
    ],
)  # fmt: skip
def test_the_judge_names_what_is_broken(dated, plan, changed, named):
    given = dated(
        seasons=(Season("Tết", "2027-03-03", "2027-03-03"),),
        busy=(Busy("room", "s1", "2027-03-04", "pm"),),
        trainers=(Trainer("Mai", ("digital",), 100, 21.5, 105.8, (("2027-03-05", "2027-03-05"),)),),
        groups=(Group("near", "c1", "farmer", 50, people=25), Group("far", "c2", "official", 50)),
    )
    first = replace(plan("school").classes[0], sessions=((MONDAY, "am", "s1"), (MONDAY, "pm", "s1")))
    other = replace(first, sessions=(("2027-03-02", "am", "s1"), ("2027-03-02", "pm", "s1")))
    sound = replace(plan("school"), classes=(first, other))
    assert faults(given, sound) == []
    assert any(named in rule for rule in faults(given, replace(sound, classes=(replace(first, **changed), other))))


def test_the_judge_names_long_weeks_far_journeys_full_rooms_and_broken_promises(dated, plan):
    course = Course("BASIC", 1, 10, 20, "classroom", ("digital",))
    far = (Venue("school", 21.5, 105.8), Venue("hall", 22.5, 105.8))
    at_school = replace(plan("school").classes[0], sessions=((MONDAY, "am", "s1"),))
    at_hall = replace(plan("hall").classes[0], sessions=((MONDAY, "pm", "h1"),))
    made = replace(plan("school"), classes=(at_school, at_hall))
    assert any("goes 111 km" in rule for rule in faults(dated(courses=(course,), venues=far), made))
    once_a_week = replace(dated().courses[0], per_week=1)
    both = replace(at_school, sessions=((MONDAY, "am", "s1"), (MONDAY, "pm", "s1")))
    assert any(
        "2 sessions in one week, at most 1" in rule
        for rule in faults(dated(courses=(once_a_week,)), replace(made, classes=(both,)))
    )
    assert any(
        "room s1: 2 sessions, 1 given" in rule
        for rule in faults(dated(spaces=(Space("s1", "school", "classroom", 30, 1),)), replace(made, classes=(both,)))
    )
    promised = dated(
        held=(Held("BASIC", "hall", "h1", "Mai", (("2027-03-02", "am"),)),), locks=(Lock("BASIC", "hall", 1),)
    )
    assert any(
        "the promised class of BASIC at hall" in rule for rule in faults(promised, replace(made, classes=(both,)))
    )


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"terms": (Term("2027-13-01", "2027-12-01"),)}, r"terms\[0\]"),
        ({"terms": (Term("2027-03-02", MONDAY),)}, "is after"),
        ({"busy": (Busy("room", "s1", MONDAY, "evening"),)}, "a half day is am or pm"),
        ({"spaces": (Space("s1", "nowhere", "classroom", 30, 9),)}, "nothing is called 'nowhere'"),
        ({"courses": (Course("BASIC", 2, 10, 20, "classroom", (), online=3),)}, "3 sessions online, 2 in all"),
        ({"venues": (Venue("school", 21.5, 105.8, online=1), Venue("hall", 1.0, 1.0))}, "must be true or false"),
    ],
)  # fmt: skip
def test_a_calendar_that_makes_no_sense_is_refused(dated, changed, named):
    with pytest.raises(ValueError, match=named):
        dated(**changed)


def test_an_offer_online_is_near_to_every_trainer(dated, plan):
    given = dated(
        courses=(Course("BASIC", 1, 10, 20, "online", ("digital",)),), terms=(Term(MONDAY, MONDAY),),
        venues=(Venue("school", 21.5, 105.8, online=True), Venue("hall", 25.0, 105.8)),
        spaces=(Space("s1", "school", "online", 300, 40), Space("h1", "hall", "online", 30, 40)),
        offers=(Offer("BASIC", "school", MILLION, 0, 20, ("near",)), Offer("BASIC", "hall", MILLION, 0, 20, ("near",))),
    )  # fmt: skip
    made = timetable(given, plan("school", "hall"))
    assert [row.unplaced for row in made.classes] == ["", ""]
    assert faults(given, made) == []
