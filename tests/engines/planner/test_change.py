"""After a published plan something changes: few people move, the list says who, and nobody could have moved fewer."""

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from chiakhoa.engines.planner import (
    Busy,
    Held,
    Impossible,
    Lock,
    Money,
    Plan,
    PlannedClass,
    Room,
    Space,
    Term,
    Trainer,
    Venue,
    broken,
    dump,
    generate,
    replan,
    solve,
)

MILLION = 1_000_000


@pytest.fixture
def published():
    """Three classes of twenty for near, Mai teaches two of them and Lan one."""

    def row(venue, trainer):
        return PlannedClass("BASIC", venue, "state", (("near", 10), ("far", 10)), 2 * MILLION, trainer)

    return Plan("bounded", 45.0, 55.0, 0.1, (row("school", "Mai"), row("hall", "Mai"), row("hall", "Lan")))


@pytest.fixture
def team(scenario):
    """The small scenario with two trainers, some of its parts replaced."""
    both = (Trainer("Mai", ("digital",), 100), Trainer("Lan", ("digital",), 100))
    return lambda **changed: scenario(**({"trainers": both} | changed))


def replanned(scenario, plan):
    """The new plan, after its checker found it sound and the bound not above what moved."""
    answer = replan(scenario, plan)
    assert broken(scenario, answer.plan) == []
    assert answer.least_moved <= answer.moved
    return answer


def whats(answer):
    return Counter(row.what for row in answer.changes)


def test_where_nothing_changed_nothing_changes(team, published):
    answer = replanned(team(), published)
    assert (answer.changes, answer.moved, answer.least_moved) == ((), 0, 0)


def test_a_cancelled_trainer_is_replaced_and_nobody_moves(team, published):
    answer = replanned(team(trainers=(Trainer("Lan", ("digital",), 100),)), published)
    assert answer.moved == 0
    assert [(row.what, row.before, row.after) for row in answer.changes] == [("trainer", "Mai", "Lan")] * 2


def test_a_flooded_venue_moves_its_people_and_no_others(team, published):
    answer = replanned(team(rooms=(Room("hall", "classroom", 40),)), published)
    assert (answer.moved, answer.least_moved) == (20, 20)
    assert whats(answer) == {"dropped": 1, "opened": 1}


def test_a_cut_budget_drops_one_class(team, published):
    answer = replanned(team(money=(Money("state", 5 * MILLION, ("BASIC",)),)), published)
    assert (answer.moved, answer.least_moved) == (20, 20)


def test_another_line_pays_before_anybody_moves(team, published):
    lines = (Money("state", 4 * MILLION, ("BASIC",)), Money("donor", 2 * MILLION, ("BASIC",)))
    answer = replanned(team(money=lines), published)
    assert answer.moved == 0
    assert [(row.what, row.after) for row in answer.changes] == [("line", "donor")]


def test_a_new_lock_is_met(team, published):
    answer = replanned(
        team(locks=(Lock("BASIC", "school", 2),), money=(Money("state", 8 * MILLION, ("BASIC",)),)), published
    )
    assert sum(row.venue == "school" for row in answer.plan.classes) == 2


def test_who_no_longer_needs_the_course_leaves_a_smaller_class(team, published):
    made = team()
    fewer = replace(made, groups=(made.groups[0], replace(made.groups[1], seats=20)))
    assert replanned(fewer, published).moved >= 10


def test_the_bound_is_what_no_choice_of_classes_can_pass():
    """Against every set of published classes that goes on, where trainers are lost."""
    made = replace(generate(1, courses=3, trainers=4, lines=2, money=0.3, seed=5), targets=())
    plan = solve(made, time_limit=3.0)
    rows = plan.classes[:9]
    plan = replace(plan, classes=rows)
    poorer = replace(made, money=tuple(replace(line, amount_vnd=line.amount_vnd // 5) for line in made.money))
    answer = replanned(poorer, plan)
    courses = {row.id: set(row.courses) for row in poorer.money}
    amounts = {row.id: row.amount_vnd for row in poorer.money}
    best = 0
    for chosen in product((None, *courses), repeat=len(rows)):
        spent = Counter()
        for row, line in zip(rows, chosen, strict=True):
            spent[line] += row.cost_vnd if line else 0
        if all(not line or row.course in courses[line] for row, line in zip(rows, chosen, strict=True)) and all(
            spent[line] <= amounts[line] for line in courses
        ):
            best = max(best, sum(row.learners for row, line in zip(rows, chosen, strict=True) if line))
    assert answer.least_moved == sum(row.learners for row in rows) - best


def test_the_command_lists_what_changed(tmp_path, team, published):
    from click.testing import CliRunner

    from chiakhoa.engines.planner.command import planner

    (tmp_path / "s.json").write_text(dump(team(rooms=(Room("hall", "classroom", 40),))), encoding="utf-8")
    (tmp_path / "p.json").write_text(dump(published), encoding="utf-8")
    result = CliRunner().invoke(
        planner, ["replan", str(tmp_path / "s.json"), str(tmp_path / "p.json"), "--out", str(tmp_path / "n.json")]
    )
    assert result.exit_code == 0
    assert "dropped  BASIC at school: 20 people" in result.output
    assert "20 people moved, at least 20 must" in result.output


def test_what_was_published_keeps_its_half_days():
    given = generate(3, courses=6, trainers=8, weeks=30, seed=4)
    before = solve(given, time_limit=2.0, gap=0.05)
    gone = next(row.trainer for row in before.classes if row.trainer)
    fewer = replace(given, trainers=tuple(row for row in given.trainers if row.id != gone))
    answer = replanned(fewer, before)

    def held(classes):
        return Counter((row.course, row.venue, row.trainer, row.sessions) for row in classes if row.trainer != gone)

    kept = held(before.classes) & held(answer.plan.classes)
    changed = sum(row.people for row in answer.changes if row.what in ("dropped", "trainer"))
    assert kept.total() >= held(before.classes).total() - len(answer.changes)
    assert changed < sum(row.learners for row in before.classes)


def test_the_bound_is_of_plans_that_leave_those_in_their_classes_who_can_stay(team):
    """Whoever plans anew seats those who gain twice as much; whoever keeps the two classes cannot gain more than they do."""
    row = PlannedClass("BASIC", "school", "state", (("far", 20),), 2 * MILLION, "Mai")
    before = Plan("bounded", 20.0, 40.0, 0.1, (row, replace(row, venue="hall")))
    poor = team(money=(Money("state", 4 * MILLION, ("BASIC",)),))
    assert solve(poor, time_limit=5.0).objective == pytest.approx(40.0)
    answer = replanned(poor, before)
    assert (answer.moved, answer.plan.objective) == (0, pytest.approx(20.0))
    assert answer.plan.bound == pytest.approx(20.0)


class TestWithACalendar:
    """Three published classes in March: school on Monday, hall on Tuesday, both with Mai; hall on Wednesday with Lan."""

    DAYS = ("2027-03-01", "2027-03-02", "2027-03-03")

    @pytest.fixture
    def dated(self, team):
        def make(**changed):
            parts = {
                "terms": (Term("2027-03-01", "2027-03-12"),),
                "venues": (Venue("school", 21.5, 105.8), Venue("hall", 21.6, 105.8)),
                "spaces": (Space("s1", "school", "classroom", 30, 40), Space("h1", "hall", "classroom", 30, 40)),
            }
            return team(**(parts | changed))

        return make

    @pytest.fixture
    def published(self, published):
        rooms = ("s1", "h1", "h1")
        rows = tuple(
            replace(row, sessions=((day, "am", room), (day, "pm", room)))
            for row, day, room in zip(published.classes, self.DAYS, rooms, strict=True)
        )
        return replace(published, classes=rows)

    def test_whoever_is_away_some_days_is_stood_in_for_on_those_days(self, dated, published):
        mai, lan = dated().trainers
        answer = replanned(dated(trainers=(replace(mai, away=(("2027-03-01", "2027-03-01"),)), lan)), published)
        assert [(row.what, row.venue, row.before, row.after) for row in answer.changes] == [
            ("trainer", "school", "Mai", "Lan")
        ]
        assert answer.moved == 0

    def test_where_nobody_can_stand_in_the_class_is_held_on_other_days_and_its_people_stay(self, dated, published):
        mai, lan = dated().trainers
        away = (("2027-03-01", "2027-03-01"),)
        answer = replanned(dated(trainers=(replace(mai, away=away), replace(lan, away=away))), published)
        assert [(row.what, row.venue, row.before) for row in answer.changes] == [("dates", "school", "2027-03-01")]
        assert (answer.moved, sorted(answer.continues)) == (0, [0, 1, 2])

    def test_of_two_classes_of_a_course_at_a_venue_each_keeps_its_own_days(self, dated, published):
        """The later class is the larger: by size alone they would change places, and with them their people."""
        school, hall, later = published.classes
        small = replace(hall, groups=(("near", 10),), cost_vnd=hall.cost_vnd)
        before = replace(published, classes=(school, small, later))
        answer = replanned(dated(), before)
        goes_on = {row.sessions[0][0]: dict(row.groups) for row, number in zip(answer.plan.classes, answer.continues, strict=True)
                   if number >= 0}  # fmt: skip
        assert goes_on["2027-03-02"].get("near", 0) >= 10
        assert goes_on["2027-03-03"] == {"near": 10, "far": 10}

    def test_what_has_begun_goes_on_even_where_money_is_short(self, dated, published):
        held = Held("BASIC", "hall", "h1", "Lan", (("2027-03-03", "am"), ("2027-03-03", "pm")))
        poor = dated(money=(Money("state", 2 * MILLION, ("BASIC",)),), held=(held,), locks=(Lock("BASIC", "hall", 1),))
        answer = replanned(poor, published)
        assert [row.sessions[0][0] for row in answer.plan.classes] == ["2027-03-03"]
        assert (answer.moved, answer.least_moved) == (40, 40)

    def test_what_cannot_be_paid_though_it_has_begun_is_refused(self, dated, published):
        held = Held("BASIC", "hall", "h1", "Lan", (("2027-03-03", "am"), ("2027-03-03", "pm")))
        broke = dated(money=(Money("state", MILLION, ("BASIC",)),), held=(held,), locks=(Lock("BASIC", "hall", 1),))
        with pytest.raises(Impossible):
            replan(broke, published)

    def test_free_places_are_filled_only_as_far_as_the_room_seats(self, dated, published):
        spaces = (Space("s1", "school", "classroom", 20, 40), Space("h1", "hall", "classroom", 30, 40))
        answer = replanned(dated(spaces=spaces), published)
        assert answer.changes == ()


def test_a_cancelled_trainer_of_a_district_moves_few_and_keeps_the_rest():
    given = generate(5, courses=10, trainers=12, weeks=40, seed=6)
    before = solve(given, time_limit=5.0, gap=0.03)
    taught = Counter(row.trainer for row in before.classes)
    gone = taught.most_common()[0][0]
    answer = replanned(replace(given, trainers=tuple(row for row in given.trainers if row.id != gone)), before)
    assert answer.moved < 0.02 * sum(row.learners for row in before.classes)
    others = [number for number, row in enumerate(before.classes) if row.trainer != gone]
    now = {number: row for row, number in zip(answer.plan.classes, answer.continues, strict=True)}
    kept = [number for number in others if number in now and now[number].sessions == before.classes[number].sessions]
    assert len(kept) >= 0.98 * len(others)


class TestWhatHasBegun:
    """A class of four sessions on two Mondays at the school; the first Monday is over. Its people stay, whatever happens."""

    FIRST, SECOND = "2027-03-01", "2027-03-08"

    @pytest.fixture
    def held(self):
        days = (self.FIRST, self.FIRST, self.SECOND, self.SECOND)
        return Held("BASIC", "school", "s1", "Mai", tuple(zip(days, ("am", "pm") * 2, strict=True)), begun=2)

    @pytest.fixture
    def world(self, team, held):
        """The second week is too soon for anything new; classes are held from the third on."""

        def make(**changed):
            parts = {
                "courses": (replace(team().courses[0], sessions=4, per_week=2),),
                "terms": (Term("2027-03-02", "2027-03-14", early=True), Term("2027-03-15", "2027-04-30")),
                "venues": (Venue("school", 21.5, 105.8), Venue("hall", 21.6, 105.8)),
                "spaces": (Space("s1", "school", "classroom", 30, 40), Space("h1", "hall", "classroom", 30, 40)),
                "held": (held,), "locks": (Lock("BASIC", "school", 1),), "money": (Money("state", 2 * MILLION, ("BASIC",)),),
            }  # fmt: skip
            return team(**(parts | changed))

        return make

    @pytest.fixture
    def published(self, held):
        sessions = tuple((*half, "s1") for half in held.sessions)
        row = PlannedClass("BASIC", "school", "state", (("near", 10), ("far", 10)), 2 * MILLION, "Mai", sessions)
        return Plan("bounded", 15.0, 15.0, 0.1, (row,))

    def shut(self, room="s1", *days):
        return tuple(Busy("room", room, day, half) for day in days for half in ("am", "pm"))

    def test_nothing_moves_where_nothing_is_in_its_way(self, world, published):
        assert replanned(world(), published).changes == ()

    def test_the_rest_goes_to_another_venue_on_the_same_half_days(self, world, published):
        answer = replanned(world(busy=self.shut("s1", self.SECOND)), published)
        rooms = [room for _day, _half, room in answer.plan.classes[0].sessions]
        assert (rooms, answer.moved) == (["s1", "s1", "h1", "h1"], 0)
        assert [(row.what, row.before, row.after) for row in answer.changes] == [("room", "s1", "h1")]

    def test_where_no_other_room_is_free_the_rest_is_held_later(self, world, published):
        closed = (*self.shut("s1", self.SECOND), *self.shut("h1", self.SECOND))
        row = replanned(world(busy=closed), published).plan.classes[0]
        assert row.sessions[:2] == published.classes[0].sessions[:2]
        assert [half[:2] for half in row.sessions[2:]] == [("2027-03-09", "am"), ("2027-03-09", "pm")]

    def test_a_venue_to_which_a_group_may_not_come_is_none(self, world, published):
        near_only = (world().offers[0], replace(world().offers[1], groups=("near",)))
        row = replanned(world(busy=self.shut("s1", self.SECOND), offers=near_only), published).plan.classes[0]
        assert {room for _day, _half, room in row.sessions} == {"s1"}

    def test_somebody_else_takes_over_on_the_same_half_days(self, world, published):
        mai, lan = world().trainers
        ill = replace(mai, away=((self.SECOND, "2027-04-30"),))
        answer = replanned(world(trainers=(ill, lan)), published)
        assert [(row.what, row.before, row.after) for row in answer.changes] == [("trainer", "Mai", "Lan")]

    def test_where_nobody_can_the_class_waits_for_its_trainer(self, world, published):
        ill = replace(world().trainers[0], away=((self.SECOND, "2027-03-20"),))
        row = replanned(world(trainers=(ill,)), published).plan.classes[0]
        assert (row.trainer, row.sessions[2][0]) == ("Mai", "2027-03-22")

    def test_what_was_moved_once_can_be_moved_again(self, world, published, held):
        once = replanned(world(busy=self.shut("s1", self.SECOND)), published).plan
        now = replace(held, rooms=tuple(half[2] for half in once.classes[0].sessions))
        closed = (*self.shut("s1", self.SECOND), *self.shut("h1", self.SECOND))
        row = replanned(world(busy=closed, held=(now,)), once).plan.classes[0]
        assert [half[2] for half in row.sessions[:2]] == ["s1", "s1"]
        assert row.sessions[2][0] == "2027-03-09"

    def test_where_there_is_no_way_at_all_it_is_left_to_people(self, world, published):
        ill = replace(world().trainers[0], away=((self.SECOND, "2027-04-30"),))
        row = replanned(world(trainers=(ill,)), published).plan.classes[0]
        assert (row.sessions, row.unplaced) == ((), "trainer")

    def test_the_judge_finds_a_rest_that_moves_for_nothing_or_takes_what_is_over_along(self, world, published):
        (row,) = published.classes
        school = [
            (day, half, "s1") for day in (self.FIRST, self.SECOND, "2027-03-03", "2027-03-09") for half in ("am", "pm")
        ]
        over, sooner, later = school[:2], school[4:6], school[6:]

        def faults(sessions, **changed):
            plan = replace(published, classes=(replace(row, sessions=tuple(sessions)),))
            return " ".join(broken(world(**changed), plan))

        shut = {"busy": self.shut("s1", self.SECOND)}
        assert faults(row.sessions) == ""
        assert faults([*over, *later], **shut) == ""
        assert "nothing is in its way" in faults([*over, *later])
        assert "earlier than it was promised" in faults([*over, *sooner], **shut)
        assert "is not kept" in faults([*school[2:4], *later], **shut)
        assert "is taken 2 times" in faults(row.sessions, **shut)

    def test_nothing_new_begins_so_soon(self, world, published):
        rich = world(money=(Money("state", 6 * MILLION, ("BASIC",)),), held=(), locks=())
        plan = solve(rich, time_limit=2.0)
        assert plan.classes
        assert all(row.sessions[0][0] >= "2027-03-15" for row in plan.classes)
        assert broken(rich, plan) == []
