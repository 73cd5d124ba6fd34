"""A class from its start to its end: the least size, the roll and its sources, who completes, calling off."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.train.delivery import actions, queries
from chiakhoa.train.delivery.actions import Roll
from chiakhoa.train.delivery.models import AttendanceClaim, ClaimSource, TrainingClass

SOURCES = list(ClaimSource)
FIRST_DAY = date(2027, 3, 1)


def state(training_class):
    return TrainingClass.objects.get(pk=training_class.pk).state


def test_a_class_starts_with_its_least_size_and_not_below(readers, new_class, people, at):
    row = new_class("Hoa")
    with pytest.raises(Refusal) as refused:
        actions.start_class(readers.trainer, row.pk, at=at)
    assert refused.value.code == "too_few"
    assert "1" in refused.value.message and "2" in refused.value.message
    assert state(row) == "open"
    actions.enrol(readers.coordinator, row.pk, people["Minh"].pk, at=at)
    actions.start_class(readers.trainer, row.pk, at=at)
    assert state(row) == "running"


def test_people_who_wait_do_not_count_towards_the_least_size(readers, new_class, people, at):
    row = new_class("Hoa", seats=1)
    actions.enrol(readers.coordinator, row.pk, people["Minh"].pk, at=at)
    with pytest.raises(Refusal):
        actions.start_class(readers.trainer, row.pk, at=at)


def test_four_fifths_of_the_sessions_complete_a_class_and_one_less_does_not(readers, new_class, people, attend, at):
    row = new_class("Hoa", "Minh", "Tú", "An", state="running", seats=4)
    for name, times in (("Hoa", 5), ("Minh", 4), ("Tú", 3)):
        attend(row, people[name], times)
    assert actions.finish_class(readers.trainer, row.pk, at=at) == 2
    assert dict(row.enrolments.values_list("person__search_key", "state")) == {
        "nguyen hoa": "completed",
        "nguyen minh": "completed",
        "nguyen tu": "not_completed",
        "nguyen an": "not_completed",
    }
    assert state(row) == "finished"


def test_whoever_still_waits_at_the_end_has_left(readers, new_class, people, at):
    row = new_class("Hoa", "Minh", seats=2)
    actions.enrol(readers.coordinator, row.pk, people["Tú"].pk, at=at)
    actions.start_class(readers.trainer, row.pk, at=at)
    actions.finish_class(readers.trainer, row.pk, at=at)
    assert row.enrolments.get(person=people["Tú"]).state == "left"


def test_a_seat_freed_while_the_class_runs_goes_to_the_first_who_waits(readers, new_class, people, at):
    row = new_class("Hoa", "Minh", seats=2)
    actions.enrol(readers.coordinator, row.pk, people["Tú"].pk, at=at)
    actions.start_class(readers.trainer, row.pk, at=at)
    actions.leave(readers.coordinator, row.enrolments.get(seat=1).pk, at=at)
    assert row.enrolments.get(seat=1).person == people["Tú"]


@pytest.mark.parametrize(
    ("step", "allowed"),
    [
        (actions.start_class, {"open"}),
        (actions.finish_class, {"running"}),
        (actions.cancel_class, {"open", "running"}),
    ],
)
def test_each_step_is_taken_from_the_right_state_only(readers, new_class, at, step, allowed):
    for before in ("open", "running", "finished", "cancelled"):
        row = new_class("Hoa", "Minh", state=before)
        if before in allowed:
            step(readers.coordinator, row.pk, at=at)
            assert state(row) != before
        else:
            with pytest.raises(Refusal) as refused:
                step(readers.coordinator, row.pk, at=at)
            assert refused.value.code == "wrong_state"
            assert state(row) == before


def test_a_class_of_another_provider_or_trainer_is_not_there(readers, new_class, teaching, at):
    row = new_class("Hoa", "Minh", provider=teaching.rival)
    for reader in (readers.provider, readers.trainer):
        with pytest.raises(NotVisible):
            actions.cancel_class(reader, row.pk, at=at)
    actions.cancel_class(readers.rival, row.pk, at=at)
    assert state(row) == "cancelled"


def test_a_unit_manager_runs_no_class(readers, new_class, at):
    row = new_class("Hoa", "Minh")
    for step in (actions.start_class, actions.cancel_class, actions.finish_class):
        with pytest.raises(NotAllowed):
            step(readers.manager, row.pk, at=at)


def test_the_roll_of_a_source_replaces_its_own_word_and_no_other(readers, new_class, at):
    row = new_class("Hoa", state="running")
    session, enrolment = row.sessions.first(), row.enrolments.get()
    for source, present in (("code", True), ("trainer", False), ("trainer", True)):
        actions.take_roll(readers.trainer, row.pk, source, [Roll(session.pk, enrolment.pk, present)], at=at)
    said = dict(AttendanceClaim.objects.values_list("source", "present"))
    assert said == {"code": True, "trainer": True}


def test_paper_outweighs_the_list_and_the_list_outweighs_the_code(readers, new_class, at):
    row = new_class("Hoa", state="running")
    session, enrolment = row.sessions.first(), row.enrolments.get()
    told = []
    for source, present in (("code", True), ("trainer", False), ("paper", True)):
        actions.take_roll(readers.trainer, row.pk, source, [Roll(session.pk, enrolment.pk, present)], at=at)
        told.append(queries.attendance(row)[enrolment.pk][session.pk])
    assert told == [True, False, True]


def test_sources_that_disagree_are_listed_and_those_that_agree_are_not(readers, new_class, at):
    row = new_class("Hoa", "Minh", state="running")
    session = row.sessions.get(number=2)
    hoa, minh = row.enrolments.order_by("seat")
    for source, present in (("code", True), ("trainer", False)):
        rolls = [Roll(session.pk, hoa.pk, present), Roll(session.pk, minh.pk, True)]
        actions.take_roll(readers.trainer, row.pk, source, rolls, at=at)
    found = [(d["enrolment__person__full_name"], d["session__number"]) for d in queries.disputes(readers.trainer, row)]
    assert found == [("Nguyễn Hoa", 2)]


def test_a_learner_is_told_of_no_dispute_about_others(readers, new_class, people, attend):
    row = new_class("Hoa", "Minh", state="running")
    for name in ("Hoa", "Minh"):
        attend(row, people[name], 5)
        attend(row, people[name], 4, source="code")
    named = [d["enrolment__person__full_name"] for d in queries.disputes(readers.learner, row)]
    assert named == ["Nguyễn Hoa"]
    assert not queries.disputes(readers.elsewhere, row).exists()


def test_a_roll_with_somebody_of_another_class_is_refused_whole(readers, new_class, at):
    row, other = new_class("Hoa", state="running"), new_class("Minh", state="running")
    session = row.sessions.first()
    rolls = [Roll(session.pk, row.enrolments.get().pk, True), Roll(session.pk, other.enrolments.get().pk, True)]
    with pytest.raises(Refusal) as refused:
        actions.take_roll(readers.trainer, row.pk, "trainer", rolls, at=at)
    assert refused.value.code == "foreign_roll"
    assert not AttendanceClaim.objects.exists()


def test_the_roll_of_a_class_that_is_over_stays_as_it_was(readers, new_class, people, attend, at):
    row = new_class("Hoa", state="finished")
    attend(row, people["Hoa"], 5)
    with pytest.raises(Refusal):
        actions.take_roll(
            readers.trainer, row.pk, "trainer", [Roll(row.sessions.first().pk, row.enrolments.get().pk, False)], at=at
        )
    assert not AttendanceClaim.objects.filter(present=False).exists()


@st.composite
def words(draw):
    """Claims of three sources on two people at three sessions, each source's word once, in two orders."""
    keys = [(session, person, source) for session in range(3) for person in range(2) for source in SOURCES]
    said = draw(st.lists(st.sampled_from(keys), unique=True, min_size=1))
    claims = [(*key, draw(st.booleans())) for key in said]
    return claims, draw(st.permutations(claims))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(both=words())
def test_claims_merge_to_the_same_roll_in_whatever_order_they_come(readers, new_class, at, both):
    row = new_class("Hoa", "Minh", state="running")
    sessions, enrolments = list(row.sessions.all()), list(row.enrolments.order_by("seat"))
    merged = []
    for order in both:
        AttendanceClaim.objects.filter(session__training_class=row).delete()
        for session, person, source, present in order:
            roll = Roll(sessions[session].pk, enrolments[person].pk, present)
            actions.take_roll(readers.trainer, row.pk, source, [roll], at=at)
        merged.append((queries.attendance(row), list(queries.disputes(readers.trainer, row))))
    assert merged[0] == merged[1]
    by_hand = {}
    for session, person, _source, present in sorted(both[0], key=lambda claim: SOURCES.index(claim[2])):
        by_hand.setdefault(enrolments[person].pk, {})[sessions[session].pk] = present
    assert merged[0][0] == by_hand


def test_only_a_trainer_of_the_provider_with_the_skill_takes_charge(readers, new_class, teaching, people, at):
    row = new_class("Hoa")
    TrainingClass.objects.update(trainer=None)
    with pytest.raises(Refusal) as refused:
        actions.assign_trainer(readers.coordinator, row.pk, people["Minh"].pk, at=at)
    assert refused.value.field == "trainer"
    actions.assign_trainer(readers.coordinator, row.pk, teaching.trainer.pk, at=at)
    assert TrainingClass.objects.get().trainer == teaching.trainer
    teaching.trainer.skills.clear()
    with pytest.raises(Refusal):
        actions.assign_trainer(readers.coordinator, row.pk, teaching.trainer.pk, at=at)


@pytest.mark.parametrize("over", ["finished", "cancelled"])
def test_a_class_that_is_over_keeps_the_trainer_it_had(readers, new_class, teaching, at, over):
    row = new_class("Hoa", state=over)
    TrainingClass.objects.update(trainer=None)
    with pytest.raises(Refusal) as refused:
        actions.assign_trainer(readers.coordinator, row.pk, teaching.trainer.pk, at=at)
    assert refused.value.code == "wrong_state"


def test_a_class_moved_to_another_day_takes_its_sessions_along(readers, new_class, at):
    row = new_class("Hoa")
    before = list(row.sessions.values_list("starts_at", flat=True))
    actions.reschedule(readers.coordinator, row.pk, date(2027, 3, 8), at=at)
    row.refresh_from_db()
    assert (row.starts_on, row.ends_on) == (date(2027, 3, 8), date(2027, 3, 10))
    assert list(row.sessions.values_list("starts_at", flat=True)) == [day + timedelta(days=7) for day in before]


def test_a_class_that_runs_is_not_moved(readers, new_class, at):
    with pytest.raises(Refusal):
        actions.reschedule(readers.coordinator, new_class(state="running").pk, date(2027, 3, 8), at=at)


@pytest.fixture
def two_classes(new_class, teaching):
    """Two classes a week apart, each with a room and the trainer at its sessions."""
    first, second = new_class(), new_class()
    for n, row in enumerate((first, second)):
        for session in row.sessions.all():
            session.starts_at += timedelta(weeks=n)
            session.ends_at += timedelta(weeks=n)
            session.room, session.trainer = teaching.rooms[n], teaching.trainer
            session.save()
    TrainingClass.objects.filter(pk=second.pk).update(
        starts_on=FIRST_DAY + timedelta(weeks=1), ends_on=date(2027, 3, 10)
    )
    return first, second


def test_a_class_is_not_moved_to_a_day_on_which_its_trainer_teaches(readers, two_classes, at):
    first, second = two_classes
    with pytest.raises(Refusal) as refused:
        actions.reschedule(readers.coordinator, second.pk, FIRST_DAY, at=at)
    assert (refused.value.code, refused.value.field) == ("clash", "starts_on")
    assert first.code in refused.value.message
    second.refresh_from_db()
    assert second.starts_on == FIRST_DAY + timedelta(weeks=1)
    actions.reschedule(readers.coordinator, second.pk, date(2027, 3, 15), at=at)


def test_nobody_takes_charge_of_a_class_while_teaching_another(readers, two_classes, at):
    first, second = two_classes
    TrainingClass.objects.filter(pk=second.pk).update(trainer=None, starts_on=FIRST_DAY)
    for session, like in zip(second.sessions.all(), first.sessions.all(), strict=True):
        session.starts_at, session.ends_at, session.trainer = like.starts_at, like.ends_at, None
        session.save()
    with pytest.raises(Refusal) as refused:
        actions.assign_trainer(readers.coordinator, second.pk, first.trainer_id, at=at)
    assert (refused.value.code, refused.value.field) == ("clash", "trainer")
