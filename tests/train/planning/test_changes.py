"""Something happens to a published plan: few people lose their class, all is read before it happens, and all are told."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from django.urls import reverse

from chiakhoa.foundation.models import AuditEntry, Job
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.catalogue.models import Trainer
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.train.delivery import actions as delivery
from chiakhoa.train.delivery import naming
from chiakhoa.train.delivery.models import ClassSession, Enrolment, NamedSeat, Notice, TrainingClass
from chiakhoa.train.planning import actions
from chiakhoa.train.planning.forms import HappenedForm
from chiakhoa.train.planning.models import Happened, Plan, PlannedSession
from chiakhoa.train.planning.sessions import of_class


@pytest.fixture
def lan(teaching, people):
    """A second trainer of ICTU with the same skill."""
    row = Trainer.objects.create(person=people["Sâm"], provider=teaching.ictu, rank="b", sessions_per_year=100)
    row.skills.add("safety")
    return row


@pytest.fixture
def work():
    """Runs the job of a plan."""
    from chiakhoa.foundation import jobs

    def run(plan, at):
        while job := jobs.claim(at):
            jobs.run(job)
        assert not Job.objects.exclude(state="done").exists(), Job.objects.last().error
        return Plan.objects.get(pk=plan.pk)

    return run


@pytest.fixture
def published(readers, demand, teaching, lan, work, competences, monkeypatch, at):
    """A solved and published plan for tea growers of both communes; nobody but the planner chose anything."""
    scale = SimpleNamespace(domains=(competences[0].domain,), cuts=np.arange(8.0))
    monkeypatch.setattr(naming.frameworks, "scale", lambda: scale)
    plan, _job = actions.propose(readers.coordinator, "Kế hoạch 2027", 2027, 5, None, at=at)
    plan = work(plan, at)
    delivery.publish(readers.coordinator, plan.pk, at=at)
    return Plan.objects.get(pk=plan.pk)


@pytest.fixture
def cast(published, teaching, lan):
    """Who teaches what was published, and the colleague who does not."""
    gone = published.classes.first().trainer
    return SimpleNamespace(gone=gone, other=lan if gone == teaching.trainer else teaching.trainer)


@pytest.fixture
def happen(readers, published, work, at):
    """Says what happened, and returns the plan that was found."""

    def say(*rows, when=at):
        plan = actions.something_happened(readers.coordinator, published.pk, list(rows), at=when)
        return work(plan, when)

    return say


def away(trainer, first=date(2027, 1, 1), last=None):
    return {"kind": Happened.TRAINER_AWAY, "trainer": trainer, "first": first, "last": last}


def held(plan):
    return TrainingClass.objects.filter(planned__plan=plan, state="open").order_by("pk")


def times(rows):
    return {row.pk: [(s.starts_at, s.room_id) for s in row.sessions.all()] for row in rows}


def test_a_colleague_takes_over_on_the_same_days_and_nobody_moves(readers, published, happen, cast, at):
    before = times(held(published))
    taught = held(published).filter(trainer=cast.gone).count()
    assert taught, "else the test says nothing"
    changed = happen(away(cast.gone))
    assert (changed.state, changed.moved, changed.least_moved) == ("proposed", 0, 0)
    done = delivery.publish(readers.coordinator, changed.pk, at=at)
    assert (done.opened, done.called_off, done.left, done.moves) == (0, 0, 0, ())
    assert times(held(changed)) == before
    assert set(held(changed).values_list("trainer", flat=True)) == {cast.other.pk}
    assert not ClassSession.objects.filter(trainer=cast.gone).exists()
    assert not PlannedSession.objects.filter(plan=published).exists()
    told = Notice.objects.filter(plan=changed)
    assert told.filter(kind="teaches", person=cast.other.person).count() == taught
    assert told.filter(kind="teaches_no_more", person=cast.gone.person).count() == taught


def test_a_closed_venue_moves_its_people_to_the_other_and_tells_them(readers, published, happen, teaching, people, at):
    here = held(published).filter(venue=teaching.venues[0]).first()
    elsewhere = held(published).exclude(venue=teaching.venues[0])
    assert here and elsewhere
    seat = Enrolment.objects.create(
        training_class=here, person=people["Cúc"], state="enrolled", seat=1, enrolled_at=at - timedelta(days=1)
    )
    NamedSeat.objects.filter(person=people["Cúc"]).delete()
    flood = {"kind": Happened.VENUE_CLOSED, "venue": teaching.venues[0], "first": date(2026, 12, 1), "last": None}
    changed = happen(flood)
    assert not changed.classes.filter(venue=teaching.venues[0]).exists()
    done = delivery.publish(readers.coordinator, changed.pk, at=at)
    here.refresh_from_db()
    seat.refresh_from_db()
    assert (here.state, seat.state) == ("cancelled", "left")
    move = next(row for row in done.moves if row.person_id == people["Cúc"].pk)
    if move.to:
        now = Enrolment.objects.get(training_class=move.to, person=people["Cúc"])
        assert now.enrolled_at == seat.enrolled_at, "who came first stays first"
        assert now.training_class.venue == teaching.venues[1]
    told = Notice.objects.get(plan=changed, person=people["Cúc"])
    assert told.kind == {"sits": "seated", "waits": "waits", "nowhere": "called_off"}[move.how]
    assert Notice.objects.filter(plan=changed, unit=people["Cúc"].unit, kind="people", moved__gt=0).exists()


def test_a_line_that_is_cut_falls_when_the_change_is_published_and_not_before(readers, published, happen, teaching, at):
    spent = sum(published.classes.values_list("cost_vnd", flat=True))
    one = published.classes.first().cost_vnd
    cut = {
        "kind": Happened.MONEY_CUT,
        "budget_line": teaching.line,
        "was_vnd": 100_000_000,
        "amount_vnd": spent - one // 2,
    }
    changed = happen(cut)
    assert sum(changed.classes.values_list("cost_vnd", flat=True)) <= spent - one // 2
    assert changed.moved >= changed.least_moved > 0
    assert BudgetLine.objects.get().amount_vnd == 100_000_000
    delivery.publish(readers.coordinator, changed.pk, at=at)
    assert BudgetLine.objects.get().amount_vnd == spent - one // 2


def test_a_class_that_has_begun_goes_on_with_somebody_else_and_keeps_what_was_taught(readers, published, happen, cast):
    running = held(published).filter(trainer=cast.gone).order_by("starts_on").first()
    first = running.sessions.first()
    TrainingClass.objects.filter(pk=running.pk).update(state="running")
    then = first.starts_at + timedelta(hours=4)
    day = then.date()
    changed = happen(away(cast.gone, first=day), when=then)
    delivery.publish(readers.coordinator, changed.pk, at=then)
    by_whom = list(ClassSession.objects.filter(training_class=running).values_list("trainer", flat=True))
    assert by_whom[0] == cast.gone.pk
    assert set(by_whom[1:]) == {cast.other.pk}
    running.refresh_from_db()
    assert (running.state, running.trainer, running.planned.plan) == ("running", cast.other, changed)


@pytest.fixture
def begun(published, teaching):
    """A class of the first venue that is running: its first day is over, others are to come. When that is."""
    row = held(published).filter(venue=teaching.venues[0]).order_by("starts_on").first()
    TrainingClass.objects.filter(pk=row.pk).update(state="running")
    days = sorted({session.starts_at.date() for session in row.sessions.all()})
    assert len(days) > 1, "else nothing is to come"
    first = row.sessions.filter(starts_at__date=days[0]).last()
    return SimpleNamespace(row=row, over=first.starts_at + timedelta(hours=5), days=days)


def rest(row, when):
    return list(ClassSession.objects.filter(training_class=row, starts_at__gt=when).order_by("number"))


def test_the_rest_of_a_class_goes_on_where_the_venue_is_open_and_its_people_stay(
    readers, published, happen, begun, teaching, people
):
    sits = Enrolment.objects.create(
        training_class=begun.row, person=people["Cúc"], state="enrolled", seat=1, enrolled_at=begun.over
    )
    before = [(s.starts_at, s.room_id) for s in begun.row.sessions.all()]
    flood = {"kind": Happened.VENUE_CLOSED, "venue": teaching.venues[0], "first": begun.days[1], "last": None}
    changed = happen(flood, when=begun.over)
    goes_on = changed.classes.get(continues=begun.row.planned)
    assert goes_on.starts_on == begun.days[0]
    delivery.publish(readers.coordinator, changed.pk, at=begun.over)
    over = before[: len(before) - len(rest(begun.row, begun.over))]
    assert over == [(s.starts_at, s.room_id) for s in begun.row.sessions.all()][: len(over)]
    assert {s.room.venue for s in rest(begun.row, begun.over)} == {teaching.venues[1]}
    sits.refresh_from_db()
    begun.row.refresh_from_db()
    assert (sits.state, begun.row.state, begun.row.planned) == ("enrolled", "running", goes_on)
    assert Notice.objects.filter(kind="changed", person=people["Cúc"], training_class=begun.row).exists()
    assert [s.room_id for s in goes_on.sessions.all()] == [s.room_id for s in begun.row.sessions.all()]


def test_where_nobody_can_stand_in_the_rest_waits_for_its_trainer(readers, published, happen, begun, teaching, lan):
    ill = [away(who, first=begun.days[1], last=begun.days[-1] + timedelta(days=10)) for who in (teaching.trainer, lan)]
    changed = happen(*ill, when=begun.over)
    delivery.publish(readers.coordinator, changed.pk, at=begun.over)
    begun.row.refresh_from_db()
    coming = rest(begun.row, begun.over)
    assert coming
    assert all(s.starts_at.date() > ill[0]["last"] for s in coming)
    assert begun.row.ends_on == coming[-1].starts_at.date()


def test_a_session_that_was_held_after_all_is_not_moved(readers, published, happen, begun, teaching):
    flood = {"kind": Happened.VENUE_CLOSED, "venue": teaching.venues[0], "first": begun.days[1], "last": None}
    changed = happen(flood, when=begun.over)
    with pytest.raises(Refusal) as refused:
        delivery.publish(readers.coordinator, changed.pk, at=begun.over + timedelta(days=1))
    assert refused.value.code == "held_meanwhile"


def test_who_is_away_stays_away_for_the_next_change_too(readers, published, happen, cast, teaching, work, at):
    changed = happen(away(cast.gone))
    delivery.publish(readers.coordinator, changed.pk, at=at)
    flood = {"kind": Happened.VENUE_CLOSED, "venue": teaching.venues[0], "first": date(2026, 12, 1), "last": None}
    again = work(actions.something_happened(readers.coordinator, changed.pk, [flood], at=at), at)
    assert again.state == "proposed"
    assert not again.classes.filter(trainer=cast.gone).exists()


def test_a_change_of_a_plan_that_is_replaced_meanwhile_is_not_published(readers, published, happen, cast, at):
    one, other = happen(away(cast.gone)), happen(away(cast.other))
    delivery.publish(readers.coordinator, one.pk, at=at)
    with pytest.raises(Refusal) as refused:
        delivery.publish(readers.coordinator, other.pk, at=at)
    assert refused.value.code == "plan_moved_on"


def test_only_the_published_plan_is_changed(readers, published, happen, cast, at):
    changed = happen(away(cast.gone))
    with pytest.raises(Refusal):
        actions.something_happened(readers.coordinator, changed.pk, [away(cast.gone)], at=at)


def test_what_is_promised_is_kept_though_the_demand_has_changed(readers, published, happen, cast, at):
    """The demand was taken back after publishing: nobody loses a class for that."""
    actions.clear_demand(readers.coordinator, at=at)
    changed = happen(away(cast.gone))
    assert (changed.moved, changed.least_moved) == (0, 0)
    assert changed.classes.count() == published.classes.count()


class TestTakingBack:
    """What was entered wrongly is taken back: before anything was published from it, and after."""

    def flood(self, teaching):
        return {"kind": Happened.VENUE_CLOSED, "venue": teaching.venues[0], "first": date(2026, 12, 1), "last": None}

    def test_the_plan_is_sought_anew_without_what_was_wrong(self, readers, published, happen, cast, teaching, work, at):
        changed = happen(self.flood(teaching), away(cast.gone))
        assert not changed.classes.filter(venue=teaching.venues[0]).exists()
        wrong = changed.happenings.get(kind=Happened.VENUE_CLOSED)
        actions.withdraw(readers.coordinator, wrong.pk, "Nhầm địa điểm", at=at)
        assert Plan.objects.get(pk=changed.pk).state == "waiting"
        changed = work(changed, at)
        assert changed.state == "proposed"
        assert changed.classes.filter(venue=teaching.venues[0]).exists(), "the venue is not closed"
        assert not changed.classes.filter(trainer=cast.gone).exists(), "the trainer is away all the same"
        row = AuditEntry.objects.get(verb="withdraw_happening")
        assert row.after["reason"] == "Nhầm địa điểm"

    def test_where_nothing_else_happened_the_plan_is_taken_back_too(self, readers, published, happen, cast, at):
        changed = happen(away(cast.gone))
        actions.withdraw(readers.coordinator, changed.happenings.get().pk, "Nhầm người", at=at)
        with pytest.raises(Refusal):
            delivery.publish(readers.coordinator, changed.pk, at=at)
        assert Plan.objects.get(pk=changed.pk).state == "withdrawn"

    def test_a_search_that_was_under_way_does_not_bring_it_back(self, readers, published, cast, at):
        changed = actions.something_happened(readers.coordinator, published.pk, [away(cast.gone)], at=at)
        seen_by_the_job = Plan.objects.get(pk=changed.pk)
        actions.withdraw(readers.coordinator, changed.happenings.get().pk, "Nhầm", at=at + timedelta(seconds=1))
        with pytest.raises(Refusal) as refused:
            actions.store(readers.coordinator, seen_by_the_job, None, at=at)
        assert refused.value.code == "asked_anew"
        assert Plan.objects.get(pk=changed.pk).state == "withdrawn"

    @pytest.mark.parametrize("published_from_it", [True, False])
    def test_it_is_refused_where_it_is_too_late_or_without_a_reason(
        self, readers, published, happen, cast, at, published_from_it
    ):
        changed = happen(away(cast.gone))
        if published_from_it:
            delivery.publish(readers.coordinator, changed.pk, at=at)
        with pytest.raises(Refusal) as refused:
            actions.withdraw(readers.coordinator, changed.happenings.get().pk, "x" * published_from_it, at=at)
        assert refused.value.code == ("already_published" if published_from_it else "no_reason")
        assert changed.happenings.get().withdrawn_at is None

    def test_after_publishing_a_new_happening_says_so_and_the_venue_is_used_again(
        self, readers, published, happen, teaching, work, at
    ):
        changed = happen(self.flood(teaching))
        delivery.publish(readers.coordinator, changed.pk, at=at)
        open_again = {"kind": Happened.NO_LONGER, "withdraws": changed.happenings.get(), "reason": "Nước đã rút"}
        other = self.flood(teaching) | {"venue": teaching.venues[1]}
        again = work(actions.something_happened(readers.coordinator, changed.pk, [open_again, other], at=at), at)
        assert again.state == "proposed"
        assert again.classes.filter(venue=teaching.venues[0]).exists(), "the flood went to the other venue"
        delivery.publish(readers.coordinator, again.pk, at=at)
        assert TrainingClass.objects.filter(planned__plan=again, venue=teaching.venues[0], state="open").exists()

    def test_a_cut_that_holds_no_longer_gives_the_line_its_money_back(
        self, readers, published, happen, teaching, work, at
    ):
        spent = sum(published.classes.values_list("cost_vnd", flat=True))
        cut = {
            "kind": Happened.MONEY_CUT,
            "budget_line": teaching.line,
            "was_vnd": 100_000_000,
            "amount_vnd": spent // 2,
        }
        changed = happen(cut)
        delivery.publish(readers.coordinator, changed.pk, at=at)
        back = {"kind": Happened.NO_LONGER, "withdraws": changed.happenings.get(), "reason": "Đã cấp lại"}
        again = work(actions.something_happened(readers.coordinator, changed.pk, [back], at=at), at)
        assert sum(again.classes.values_list("cost_vnd", flat=True)) > spent // 2
        assert BudgetLine.objects.get().amount_vnd == spent // 2, "nothing is published yet"
        delivery.publish(readers.coordinator, again.pk, at=at)
        assert BudgetLine.objects.get().amount_vnd == 100_000_000


class TestPages:
    """A coordinator says what happened, looks on, reads what changes, and publishes."""

    def test_from_the_plan_to_what_changes_and_on(self, browse, readers, published, cast, work, text, at):
        browser = browse(readers.coordinator)
        address = reverse("planning:something_happened", args=[published.pk])
        assert address in text(browser.get(reverse("planning:plan", args=[published.pk])))
        assert str(cast.gone) in text(browser.get(address))
        answer = browser.post(address, {"trainer": cast.gone.pk, "trainer_first": "2027-01-01"})
        plan = Plan.objects.get(based_on=published)
        assert answer.url == reverse("planning:plan", args=[plan.pk])
        assert plan.name == "Kế hoạch 2027, thay đổi 1"
        work(plan, at)
        page = text(browser.get(reverse("delivery:publish", args=[plan.pk])))
        assert f"{cast.gone} không dạy từ 01/01/2027 đến hết năm" in page
        assert "giảng viên khác" in page
        assert TrainingClass.objects.filter(planned__plan=published).exists(), "it was only rehearsed"
        browser.post(reverse("delivery:publish", args=[plan.pk]))
        assert TrainingClass.objects.filter(planned__plan=plan).exists()

    def test_what_is_read_of_a_class_in_its_middle_is_what_happens(
        self, browse, readers, published, begun, teaching, work, text
    ):
        browser, address = browse(readers.coordinator), reverse("planning:something_happened", args=[published.pk])
        browser.post(address, {"venue": teaching.venues[0].pk, "venue_first": begun.days[1].isoformat()})
        # The browser's day is the machine's; the class is in its middle on another.
        Plan.objects.filter(based_on=published).update(made_at=begun.over)
        plan = work(Plan.objects.get(based_on=published), begun.over)
        publish = reverse("delivery:publish", args=[plan.pk])
        told = f"các buổi còn lại học khác trước, từ {begun.days[1]:%d/%m/%Y} tại {teaching.venues[1].name}"
        assert told in text(browser.get(publish))
        assert {s.room.venue for s in rest(begun.row, begun.over)} == {teaching.venues[0]}, "it was only rehearsed"
        browser.post(publish)
        assert {s.room.venue for s in rest(begun.row, begun.over)} == {teaching.venues[1]}
        assert teaching.venues[1].name in text(browser.get(reverse("delivery:class", args=[begun.row.pk])))

    def test_who_entered_the_wrong_trainer_takes_it_back(self, browse, readers, published, happen, cast, text):
        changed = happen(away(cast.gone))
        browser = browse(readers.coordinator)
        address = reverse("planning:something_happened", args=[published.pk])
        assert address in text(browser.get(reverse("planning:plan", args=[changed.pk])))
        take_back = reverse("planning:withdraw", args=[changed.happenings.get().pk])
        assert take_back in text(browser.get(address))
        assert browser.post(take_back, {"reason": " "}).url == address
        browser.post(take_back, {"reason": "Nhầm người"})
        assert "Nhầm người" in text(browser.get(reverse("planning:plan", args=[changed.pk])))
        page = text(browser.get(address))
        assert "Nhầm người" in page
        assert take_back not in page

    def test_what_was_published_is_ticked_as_over(self, browse, readers, published, happen, cast, text, at):
        changed = happen(away(cast.gone))
        delivery.publish(readers.coordinator, changed.pk, at=at)
        browser, address = browse(readers.coordinator), reverse("planning:something_happened", args=[changed.pk])
        known = str(changed.happenings.get().pk)
        assert browser.post(address, {"over": [known]}).status_code == 422, "without a reason"
        browser.post(address, {"over": [known], "reason": "Đã khỏe"})
        again = Plan.objects.get(based_on=changed)
        assert again.happenings.get().withdraws_id == int(known)

    @pytest.mark.parametrize(
        "given",
        [{}, {"trainer": "1", "trainer_first": ""}, {"line": "bud"}, {"line": "bud", "millions": "100"},
         {"venue": "ven-1", "venue_first": "2027-03-02", "venue_last": "2027-03-01"}],
        ids=["nothing", "no day", "no amount", "no less", "backwards"],
    )  # fmt: skip
    def test_a_form_that_says_too_little_comes_back(self, browse, readers, published, cast, given):
        given = {name: cast.gone.pk if name == "trainer" else value for name, value in given.items()}
        answer = browse(readers.coordinator).post(
            reverse("planning:something_happened", args=[published.pk]), given
        )  # fmt: skip
        assert answer.status_code == 422
        assert Plan.objects.count() == 1

    def test_people_who_move_are_named_to_who_may_see_them(
        self, browse, readers, published, happen, teaching, people, text, at
    ):
        here = held(published).filter(venue=teaching.venues[0]).first()
        Enrolment.objects.create(training_class=here, person=people["Cúc"], state="enrolled", seat=1, enrolled_at=at)
        flood = {"kind": Happened.VENUE_CLOSED, "venue": teaching.venues[0], "first": date(2026, 12, 1), "last": None}
        changed = happen(flood)
        assert "Nguyễn Cúc" in text(browse(readers.coordinator).get(reverse("delivery:publish", args=[changed.pk])))
        assert Enrolment.objects.get(training_class=here, person=people["Cúc"]).state == "enrolled"


def test_each_class_knows_its_former_half_days(published, happen, cast):
    changed = happen(away(cast.gone))
    for row in changed.classes.exclude(continues=None):
        assert [(s.held_on, s.half, s.room_id) for s in of_class(row)] == [
            (s.held_on, s.half, s.room_id) for s in of_class(row.continues)
        ]


def test_a_proposal_of_before_says_that_it_does_not_know_what_happened_since(
    browse, readers, published, happen, cast, work, text, at
):
    older, _job = actions.propose(readers.coordinator, "Phương án cũ", 2027, 5, None, at=at - timedelta(days=1))
    older = work(older, at)
    changed = happen(away(cast.gone))
    browser, address = browse(readers.coordinator), reverse("planning:plan", args=[older.pk])
    assert "sau khi tính phương án này" not in text(browser.get(address))
    delivery.publish(readers.coordinator, changed.pk, at=at)
    page = text(browser.get(address))
    assert "sau khi tính phương án này" in page and f"{cast.gone} không dạy" in page


def test_a_venue_to_which_the_rest_of_a_class_moved_may_be_closed_too(published, begun, teaching, monkeypatch):
    monkeypatch.setattr("chiakhoa.foundation.clock.today", lambda: begun.days[0])
    moved = PlannedSession.objects.filter(planned_class=begun.row.planned, held_on__gt=begun.days[0])
    published.classes.filter(venue=teaching.venues[1]).update(cancelled=True)
    PlannedSession.objects.filter(room=teaching.rooms[1]).delete()
    moved.update(room=teaching.rooms[1])
    offered = HappenedForm(plan=published).fields["venue"].queryset
    assert set(offered) == set(teaching.venues)
