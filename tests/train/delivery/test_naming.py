"""Named seats: a plan that is published says for whom its seats are, by what each would gain; the rest is held or waited for."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from chiakhoa.ground.catalogue.models import Course, CourseGain
from chiakhoa.ground.frameworks.models import Competence, Domain, Framework, RequiredGrade, RequiredProfile
from chiakhoa.measure.evidence.models import CompetenceState, DomainEstimate
from chiakhoa.train.delivery import actions, naming, queries, seats
from chiakhoa.train.delivery.models import Enrolment, NamedSeat, TrainingClass
from chiakhoa.train.planning.models import Plan, PlannedClass, PlannedGroup

CUTS = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])


@pytest.fixture
def domain(course, monkeypatch):
    """Tea growers need grade 4 of one competence (cut 3.0), which the course raises by two grades of one logit."""
    framework = Framework.objects.create(code="khung", version="1", document="x", is_scale=True, name_vi="Khung")
    row = Domain.objects.create(framework=framework, code="4", order=0, name_vi="An toàn")
    competence = Competence.objects.create(domain=row, code="4.1", order=1, name_vi="Năng lực")
    CourseGain.objects.create(course=course, competence=competence, mean=2.0, sd=0.4)
    profile = RequiredProfile.objects.create(audience_id="tea", reason_vi="x", reason_en="x")
    RequiredGrade.objects.create(profile=profile, competence=competence, grade=4)
    monkeypatch.setattr(naming.frameworks, "scale", lambda: SimpleNamespace(domains=(row,), cuts=CUTS))
    return row


@pytest.fixture
def know(domain, people, at):
    """Says where people stand in the domain."""

    def stand(**means):
        for name, mean in means.items():
            state = CompetenceState.objects.create(
                person=people[name], framework=domain.framework, covariance=[[0.09]], evidence_count=1, as_of=at
            )  # fmt: skip
            DomainEstimate.objects.create(state=state, domain=domain, mean=mean, se=0.3)

    return stand


@pytest.fixture
def publish(place, teaching, course, readers, at):
    """Publishes a plan with a class for so many tea growers of the first commune (and of the second) and so many seats."""
    week = iter(range(1, 50))

    def run(first, second=0, seats=30):
        teaching.rooms[0].seats = seats
        teaching.rooms[0].save()
        plan = Plan.objects.create(
            name="Kế hoạch", year=2027, unit=place.top, state="proposed", made_at=at, objective=1.0, bound=1.0
        )
        planned = PlannedClass.objects.create(
            plan=plan, number=1, course=course, venue=teaching.venues[0], room=teaching.rooms[0], trainer=teaching.trainer,
            budget_line=teaching.line, starts_on=date.fromisocalendar(2027, next(week), 1), learners=first + second,
            cost_vnd=1, gain=1.0,
        )  # fmt: skip
        for unit, number in ((place.first, first), (place.second, second)):
            if number:
                PlannedGroup.objects.create(
                    planned_class=planned, unit=unit, audience_id="tea", people=number, gain=0.5 * number
                )
        actions.publish(readers.coordinator, plan.pk, at=at)
        return TrainingClass.objects.filter(planned=planned).first()

    return run


def kept(row, *, waits=False):
    """Who is named, in the order of need."""
    return [named.person.full_name.split()[-1] for named in row.named.filter(waits=waits).order_by("place")]


def test_seats_are_for_those_who_gain_most_and_the_others_are_next(know, publish):
    know(Hoa=2.9, Minh=0.0, Tú=2.0, An=1.5, Bích=3.5, Cúc=2.5)
    row = publish(3, seats=3)
    assert kept(row) == ["Minh", "An", "Tú"]
    assert kept(row, waits=True) == ["Cúc", "Hoa", "Bích"]
    assert [named.gain for named in row.named.filter(waits=False).order_by("place")] == [2.0, 1.5, 1.0]


def test_of_whom_nothing_is_known_the_plan_s_own_figure_counts(know, publish):
    know(Hoa=2.9, Minh=2.0, Tú=2.8, An=2.8, Bích=2.8)
    row = publish(2, seats=2)
    assert kept(row) == ["Minh", "Cúc"]
    assert row.named.get(person__full_name="Nguyễn Cúc").gain == 0.5


def test_seats_for_people_not_registered_yet_are_held(domain, publish):
    row = publish(6, second=4)
    assert len(kept(row)) == 7
    assert row.held_seats == 3, "four of the second commune are meant, Lan alone is registered"


def test_nobody_outside_the_plan_s_groups_is_named(know, publish, people):
    row = publish(6)
    assert not row.named.filter(person__in=[people["Sâm"], people["Lan"]]).exists()


def test_who_passed_the_course_or_sits_in_it_is_not_named_again(know, publish, new_class, people, at):
    know(Hoa=0.0, Minh=0.0, Tú=2.0)
    new_class("Hoa", state="open")
    over = new_class("Minh", state="finished")
    over.enrolments.update(state="completed")
    assert not {"Hoa", "Minh"} & {*kept(publish(2, seats=2))}


def test_nobody_gets_a_second_seat_while_one_is_kept(domain, publish, new_class):
    row = publish(6, seats=6)
    assert len(kept(row)) == 6
    assert naming.named([row])[0] == []
    with pytest.raises(IntegrityError), transaction.atomic():
        NamedSeat.objects.create(training_class=new_class(), person=row.named.first().person, place=1, gain=1.0)


def test_a_course_that_builds_on_another_is_for_those_who_are_prepared(know, publish, course, people, new_class):
    base = Course.objects.create(
        code="AN-0", name_vi="Cơ bản", periods=4, sessions=1, mode="classroom", min_size=1, max_size=9, room_kind="hall",
        entry_low=1, entry_high=2, ceiling=2, search_key="co ban",
    )  # fmt: skip
    course.prerequisites.add(base)
    Course.objects.filter(pk=course.pk).update(entry_low=3)
    know(Hoa=2.2, Minh=1.0, Tú=0.0)
    passed = new_class("Tú", state="finished")
    TrainingClass.objects.filter(pk=passed.pk).update(course=base)
    passed.enrolments.update(state="completed")
    assert set(kept(publish(6, seats=6))) == {"Hoa", "Tú"}


def test_who_waited_for_the_course_comes_first_to_choose(know, publish, new_class, people, at):
    elsewhere = new_class(seats=1)
    Enrolment.objects.create(training_class=elsewhere, person=people["Cúc"], state="waiting", enrolled_at=at)
    past = naming.past_of([people["Cúc"].pk])
    assert past.wished[people["Cúc"].pk] == {elsewhere.course_id: 4}, "after the three that may be said"


class TestKeptSeats:
    """What is kept and held stays so until the class begins."""

    @pytest.fixture
    def row(self, know, publish):
        know(Hoa=0.0, Minh=1.0, Tú=2.0, An=2.5, Bích=2.6, Cúc=2.7)
        return publish(2, seats=2)

    def test_somebody_else_waits_though_the_seats_are_empty(self, row, readers, people, at):
        late = actions.enrol(readers.coordinator, row.pk, people["Lan"].pk, at=at)
        first = actions.enrol(readers.coordinator, row.pk, people["Hoa"].pk, at=at)
        assert (late.state, late.seat) == ("waiting", None)
        assert (first.state, first.seat, first.gain) == ("enrolled", 1, 2.0)

    def test_those_wait_first_who_gain_most(self, row, readers, people, at):
        for name in ("Lan", "Cúc", "An", "Hoa", "Minh"):
            actions.enrol(readers.coordinator, row.pk, people[name].pk, at=at)
        hoa = row.enrolments.get(person=people["Hoa"])
        (moved,) = actions.leave(readers.coordinator, hoa.pk, at=at)
        assert moved.person == people["An"]

    def test_a_held_seat_is_for_somebody_whom_the_plan_meant(self, know, publish, readers, people, at):
        row = publish(6, second=2, seats=8)
        TrainingClass.objects.filter(pk=row.pk).update(held_seats=1)
        NamedSeat.objects.filter(person=people["Lan"]).delete()
        people["Sâm"].audience_id, people["Sâm"].unit = "tea", people["Đức"].unit
        late = actions.enrol(readers.coordinator, row.pk, people["Lan"].pk, at=at)
        assert late.state == "enrolled"
        row.refresh_from_db()
        assert row.held_seats + len(seats.reserved(row)) + row.enrolments.count() <= row.seats

    def test_when_the_class_begins_those_who_wait_get_what_nobody_took(self, row, readers, people, at):
        for name in ("Lan", "Minh"):
            actions.enrol(readers.coordinator, row.pk, people[name].pk, at=at)
        actions.start_class(readers.coordinator, row.pk, at=at)
        assert set(row.enrolments.filter(state="enrolled").values_list("person__full_name", flat=True)) == {
            "Nguyễn Lan", "Nguyễn Minh",
        }  # fmt: skip
        assert not row.named.exists()

    def test_a_class_called_off_keeps_no_seats(self, row, readers, at):
        actions.cancel_class(readers.coordinator, row.pk, at=at)
        assert not NamedSeat.objects.exists()

    def test_the_page_names_them_to_those_who_may_enrol_them(self, row, readers, browse, text):
        address = reverse("delivery:class", args=[row.pk])
        page = text(browse(readers.coordinator).get(address))
        assert "Giữ chỗ cho ai" in page and "Nguyễn Hoa" in page and "kế tiếp" in page
        assert "Nguyễn Minh" not in text(browse(readers.elsewhere).get(address))
        assert "giữ một chỗ cho bạn" in text(browse(readers.learner).get(address))
        assert [named.person.full_name for named in queries.named(readers.learner, row)] == ["Nguyễn Hoa"]
