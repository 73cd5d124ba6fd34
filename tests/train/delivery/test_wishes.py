"""Wishes: what people would like first and when they cannot come; seats are given by it."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.train.delivery import actions, naming, wishing
from chiakhoa.train.delivery.models import Enrolment, Hindrance, NamedSeat, Wish
from chiakhoa.train.planning.models import Plan, PlannedClass, PlannedGroup

OWN = reverse("delivery:wishes")


@pytest.fixture
def other(course):
    """A second course for tea growers."""
    row = Course.objects.create(
        code="CHE-1", name_vi="Bán chè trên mạng", name_en="Tea online", periods=20, sessions=5, mode="classroom",
        min_size=2, max_size=30, room_kind="classroom", entry_low=1, entry_high=4, ceiling=4, search_key="ban che",
    )  # fmt: skip
    row.audiences.add("tea")
    row.skills.add("safety")
    return row


@pytest.fixture
def publish(place, teaching, course, other, readers, monkeypatch, at):
    """Publishes a plan with a class of each course for the six tea growers of the first commune: who is named, by course."""
    monkeypatch.setattr(naming.frameworks, "scale", lambda: SimpleNamespace(domains=(), cuts=np.arange(8.0)))

    def run(first="2027-03-01", second="2027-03-08", gain=2.0):
        plan = Plan.objects.create(
            name="Kế hoạch", year=2027, unit=place.top, state="proposed", made_at=at, objective=1.0, bound=1.0
        )
        for number, (row, day, brings) in enumerate([(course, first, gain), (other, second, 1.0)], 1):
            planned = PlannedClass.objects.create(
                plan=plan, number=number, course=row, venue=teaching.venues[0], room=teaching.rooms[0], starts_on=day,
                trainer=teaching.trainer, budget_line=teaching.line, learners=6, cost_vnd=3_000_000, gain=1.0,
            )  # fmt: skip
            PlannedGroup.objects.create(
                planned_class=planned, unit=place.first, audience_id="tea", people=6, gain=6 * brings
            )  # fmt: skip
        actions.publish(readers.coordinator, plan.pk, at=at)
        rows = NamedSeat.objects.filter(waits=False).select_related("person", "training_class")
        return {row.person.full_name.split()[-1]: row.training_class.course_id for row in rows}

    return run


def test_without_wishes_everybody_is_seated_by_what_it_brings(publish):
    assert set(publish().values()) == {"AN-1"}


def test_who_wishes_another_course_first_gets_it(publish, readers, at):
    wishing.wish(readers.learner, readers.learner.person_id, ["CHE-1", "AN-1"], [], at=at)
    named = publish()
    assert named["Hoa"] == "CHE-1"
    assert {course for name, course in named.items() if name != "Hoa"} == {"AN-1"}


def test_the_first_wish_comes_before_the_second(publish, readers, at):
    wishing.wish(readers.learner, readers.learner.person_id, ["AN-1", "CHE-1"], [], at=at)
    assert publish()["Hoa"] == "AN-1"


def test_nobody_is_named_for_a_class_at_a_time_at_which_they_cannot_come(publish, readers, at):
    """The first class is held from a Monday on, the second from a Thursday on."""
    assert (date(2027, 3, 1).weekday(), date(2027, 3, 11).weekday()) == (0, 3)
    wishing.wish(readers.learner, readers.learner.person_id, [], [(0, "am")], at=at)
    named = publish(second="2027-03-11")
    assert named["Hoa"] == "CHE-1"
    assert named["Minh"] == "AN-1"


def test_what_is_said_again_takes_the_place_of_what_was_said(readers, other, at):
    for courses, unable in ((["CHE-1"], [(0, "am"), (1, "pm")]), (["AN-1", "CHE-1"], [(4, "pm")])):
        wishing.wish(readers.learner, readers.learner.person_id, courses, unable, at=at)
    assert list(Wish.objects.values_list("rank", "course")) == [(1, "AN-1"), (2, "CHE-1")]
    assert list(Hindrance.objects.values_list("weekday", "half")) == [(4, "pm")]


def test_a_manager_may_say_it_for_their_people_and_for_no_others(readers, people, other, at):
    wishing.wish(readers.manager, people["Minh"].pk, ["CHE-1"], [], at=at)
    assert Wish.objects.get().person == people["Minh"]
    with pytest.raises(NotVisible):
        wishing.wish(readers.elsewhere, people["Minh"].pk, [], [], at=at)
    with pytest.raises(NotVisible):
        wishing.wish(readers.learner, people["Minh"].pk, [], [], at=at)
    with pytest.raises(NotAllowed):
        wishing.wish(readers.provider, people["Minh"].pk, [], [], at=at)


@pytest.mark.parametrize("courses", [["CHE-1", "CHE-1"], ["NONE"], ["AN-1", "CHE-1", "AN-1"]])
def test_only_different_courses_on_offer_are_wished(readers, other, courses, at):
    with pytest.raises(Refusal):
        wishing.wish(readers.learner, readers.learner.person_id, courses, [], at=at)


def test_a_course_that_one_is_in_is_offered_no_more(readers, people, new_class, other, at):
    new_class("Hoa")
    with pytest.raises(Refusal):
        wishing.wish(readers.learner, people["Hoa"].pk, ["AN-1"], [], at=at)
    Enrolment.objects.update(state="left", seat=None)
    wishing.wish(readers.learner, people["Hoa"].pk, ["AN-1"], [], at=at)


def test_a_learner_says_it_on_a_page_and_finds_it_there_again(browse, readers, other, teaching, text):
    learner = browse(readers.learner)
    assert OWN in text(learner.get(reverse("delivery:classes")))
    answer = learner.post(OWN, {"first": "CHE-1", "second": "AN-1", "d0am": "on", "d4pm": "on"})
    assert answer.url == reverse("delivery:classes")
    page = text(learner.get(OWN))
    assert page.count("selected") == 3, "two wishes, and no third"
    assert page.count("checked") == 2
    assert set(Hindrance.objects.values_list("weekday", "half")) == {(0, "am"), (4, "pm")}


def test_a_course_chosen_twice_brings_the_form_back(browse, readers, other, teaching, text):
    answer = browse(readers.learner).post(OWN, {"first": "CHE-1", "second": "CHE-1"})
    assert answer.status_code == 422
    assert "Bạn đã chọn khóa học này rồi." in text(answer)
    assert not Wish.objects.exists()


def test_a_manager_finds_somebody_by_name_and_sees_whose_wishes_are_known(
    browse, readers, people, other, teaching, text
):
    manager = browse(readers.manager)
    address = reverse("delivery:wishes_of", args=[people["Minh"].pk])
    assert address in text(manager.get(OWN, {"name": "minh"}))
    assert reverse("delivery:wishes_of", args=[people["Lan"].pk]) not in text(manager.get(OWN, {"name": "lan"}))
    assert manager.post(address, {"first": "CHE-1"}).url == OWN
    assert "1. Bán chè trên mạng" in text(manager.get(OWN))
    assert manager.get(reverse("delivery:wishes_of", args=[people["Lan"].pk])).status_code == 404


@pytest.mark.parametrize("rank", [0, 4])
def test_the_database_knows_three_wishes(people, other, rank, at):
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.create(person=people["Hoa"], course=other, rank=rank, made_at=at)
