"""Seats and the waiting list: who gets which seat, who moves up, who is refused."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import VISITOR
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.registry.models import Person
from chiakhoa.train.delivery import actions, queries
from chiakhoa.train.delivery.models import Enrolment


def seats(training_class):
    """name -> seat of those inside; None for those who wait."""
    inside = training_class.enrolments.exclude(state="left").select_related("person")
    return {row.person.full_name.split()[-1]: row.seat for row in inside}


@pytest.fixture
def enrol(readers, people, at):
    def one(training_class, name, reader=None):
        return actions.enrol(reader or readers.coordinator, training_class.pk, people[name].pk, at=at)

    return one


def test_each_gets_the_lowest_free_seat_and_the_first_too_many_waits(enrol, new_class):
    row = new_class(seats=2)
    for name in ("Hoa", "Minh", "Tú"):
        enrol(row, name)
    assert seats(row) == {"Hoa": 1, "Minh": 2, "Tú": None}


def test_a_seat_given_back_in_the_middle_is_the_next_one_taken(enrol, readers, new_class, at):
    row = new_class("Hoa", "Minh", "Tú", seats=3)
    actions.leave(readers.coordinator, row.enrolments.get(seat=2).pk, at=at)
    enrol(row, "An")
    assert seats(row) == {"Hoa": 1, "Tú": 3, "An": 2}


def test_the_first_who_waits_moves_up_into_the_seat_given_back(enrol, readers, new_class, at):
    row = new_class("Hoa", "Minh", seats=2)
    for name in ("Tú", "An", "Bích"):
        enrol(row, name)
    moved = actions.leave(readers.coordinator, row.enrolments.get(seat=1).pk, at=at)
    assert [str(enrolment.person) for enrolment in moved] == ["Nguyễn Tú"]
    assert seats(row) == {"Minh": 2, "Tú": 1, "An": None, "Bích": None}


def test_whoever_leaves_the_waiting_list_moves_nobody(enrol, readers, new_class, at):
    row = new_class("Hoa", seats=1)
    for name in ("Minh", "Tú"):
        enrol(row, name)
    minh = row.enrolments.get(person__search_key="nguyen minh")
    assert actions.leave(readers.coordinator, minh.pk, at=at) == []
    assert seats(row) == {"Hoa": 1, "Tú": None}


def test_whoever_left_may_come_back_and_waits_behind_the_others(enrol, readers, new_class, at):
    row = new_class("Hoa", seats=1)
    enrol(row, "Minh")
    actions.leave(readers.coordinator, row.enrolments.get(seat=1).pk, at=at)
    enrol(row, "Hoa")
    assert seats(row) == {"Minh": 1, "Hoa": None}
    assert row.enrolments.filter(state="left").count() == 1


def test_many_are_seated_in_their_order_and_the_rest_wait_in_it(readers, new_class, people, at):
    row = new_class("Hoa", seats=3)
    wanted = [people[name].pk for name in ("Tú", "Minh", "Bích", "An")]
    actions.enrol_many(readers.coordinator, row.pk, wanted, at=at)
    assert seats(row) == {"Hoa": 1, "Tú": 2, "Minh": 3, "Bích": None, "An": None}
    actions.leave(readers.coordinator, row.enrolments.get(seat=1).pk, at=at)
    assert seats(row)["Bích"] == 1


def test_nobody_is_in_a_class_twice_seated_or_waiting(enrol, new_class):
    row = new_class("Hoa", seats=1)
    enrol(row, "Minh")
    for name in ("Hoa", "Minh"):
        with pytest.raises(Refusal) as refused:
            enrol(row, name)
        assert refused.value.code == "already_enrolled"
    assert seats(row) == {"Hoa": 1, "Minh": None}


def test_naming_somebody_twice_in_one_list_enrols_nobody(readers, new_class, people, at):
    row = new_class(seats=3)
    with pytest.raises(Refusal) as refused:
        actions.enrol_many(readers.coordinator, row.pk, [people["Hoa"].pk, people["Minh"].pk, people["Hoa"].pk], at=at)
    assert refused.value.code == "already_enrolled"
    assert seats(row) == {}


def test_one_person_outside_the_audience_keeps_the_whole_list_out(readers, new_class, people, at):
    row = new_class(seats=3)
    with pytest.raises(Refusal) as refused:
        actions.enrol_many(readers.coordinator, row.pk, [people["Hoa"].pk, people["Sâm"].pk], at=at)
    assert refused.value.code == "not_eligible"
    assert seats(row) == {}


def test_a_manager_enrols_the_own_people_only(enrol, readers, new_class):
    row = new_class(seats=3)
    enrol(row, "Hoa", readers.manager)
    with pytest.raises(Refusal) as refused:
        enrol(row, "Lan", readers.manager)
    assert refused.value.code == "not_eligible"
    assert seats(row) == {"Hoa": 1}


def test_a_class_that_a_manager_does_not_oversee_is_not_there(enrol, readers, new_class):
    with pytest.raises(NotVisible):
        enrol(new_class(seats=3), "Lan", readers.elsewhere)


@pytest.fixture
def introduce(readers, people, at):
    """A provider enrols Hoa, born on 2 May 1990, by what it says of her."""
    people["Hoa"].born_on = date(1990, 5, 2)
    people["Hoa"].save(update_fields=["born_on"])

    def say(training_class, name="nguyen HOA", born_on=date(1990, 5, 2), reader=None):
        return actions.enrol_introduced(reader or readers.provider, training_class.pk, name, born_on, at=at)

    return say


def test_a_provider_enrols_whom_it_knows_by_name_and_birthday(introduce, new_class):
    row = new_class(seats=3)
    introduce(row)
    assert seats(row) == {"Hoa": 1}


@pytest.mark.parametrize("wrong", [{"name": "Hoa"}, {"born_on": date(1990, 5, 3)}])
def test_a_provider_that_knows_only_half_of_it_enrols_nobody(introduce, new_class, wrong):
    row = new_class(seats=3)
    with pytest.raises(Refusal) as refused:
        introduce(row, **wrong)
    assert refused.value.code == "not_found"
    assert seats(row) == {}


def test_a_provider_does_not_choose_between_two_of_the_same_name_and_birthday(introduce, new_class, people):
    Person.objects.filter(pk=people["Minh"].pk).update(search_key="nguyen hoa", born_on=date(1990, 5, 2))
    row = new_class(seats=3)
    with pytest.raises(Refusal) as refused:
        introduce(row)
    assert refused.value.code == "ambiguous"
    assert seats(row) == {}


def test_a_provider_enrols_nobody_by_number_nor_in_the_class_of_another(enrol, introduce, readers, new_class):
    row = new_class(seats=3)
    with pytest.raises(NotAllowed):
        enrol(row, "Hoa", readers.provider)
    with pytest.raises(NotVisible):
        introduce(row, reader=readers.rival)


def test_a_learner_enrols_only_the_own_person(enrol, readers, new_class):
    row = new_class(seats=3)
    enrol(row, "Hoa", readers.learner)
    with pytest.raises(Refusal):
        enrol(row, "Minh", readers.learner)
    assert seats(row) == {"Hoa": 1}


def test_a_learner_takes_nobody_else_out(readers, new_class, at):
    row = new_class("Hoa", "Lan", seats=3)
    with pytest.raises(NotVisible):
        actions.leave(readers.learner, row.enrolments.get(seat=2).pk, at=at)
    actions.leave(readers.learner, row.enrolments.get(seat=1).pk, at=at)
    assert seats(row) == {"Lan": 2}


@pytest.mark.parametrize("state", ["running", "finished", "cancelled"])
def test_only_an_open_class_takes_people_in(enrol, new_class, state):
    row = new_class(seats=3, state=state)
    with pytest.raises(Refusal) as refused:
        enrol(row, "Hoa")
    assert refused.value.code == "wrong_state"


@pytest.mark.parametrize("state", ["finished", "cancelled"])
def test_nobody_leaves_a_class_that_is_over(readers, new_class, at, state):
    row = new_class("Hoa", state=state)
    with pytest.raises(Refusal) as refused:
        actions.leave(readers.coordinator, row.enrolments.get().pk, at=at)
    assert refused.value.code == "wrong_state"


def test_auditors_trainers_and_visitors_enrol_nobody(enrol, readers, new_class):
    row = new_class(seats=3)
    for reader in (readers.auditor, readers.trainer, VISITOR):
        with pytest.raises(NotAllowed):
            enrol(row, "Hoa", reader)
    assert seats(row) == {}


def test_a_refused_enrolment_leaves_no_trace(enrol, new_class):
    row = new_class("Hoa", seats=3)
    before = AuditEntry.objects.count()
    with pytest.raises(Refusal):
        enrol(row, "Hoa")
    assert AuditEntry.objects.count() == before


def test_the_database_itself_refuses_one_seat_twice_and_one_person_twice(new_class, people, at):
    row = new_class("Hoa", seats=3)
    for name, seat in (("Minh", 1), ("Hoa", 2)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Enrolment.objects.create(
                training_class=row, person=people[name], state="enrolled", seat=seat, enrolled_at=at
            )


def test_the_database_itself_refuses_a_seat_without_enrolment_and_the_reverse(new_class, people, at):
    row = new_class(seats=3)
    for state, seat in (("waiting", 1), ("enrolled", None), ("left", 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Enrolment.objects.create(training_class=row, person=people["Hoa"], state=state, seat=seat, enrolled_at=at)


def test_those_who_may_be_enrolled_are_of_the_audience_within_reach_and_not_inside(readers, new_class, people):
    row = new_class("Hoa", seats=3)
    assert people["Lan"] in queries.may_enrol(readers.coordinator, row)
    names = {str(person).split()[-1] for person in queries.may_enrol(readers.manager, row)}
    assert names == {"Minh", "Tú", "An", "Bích", "Cúc"}
