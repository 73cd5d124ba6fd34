"""Tests before and after a class move what is believed of its course, and the next plan counts with it."""

from types import SimpleNamespace

import numpy as np
import pytest

from chiakhoa.ground.catalogue.models import Course, CourseGain
from chiakhoa.ground.frameworks.models import Competence, Domain, Framework
from chiakhoa.measure.assessment.models import Sitting
from chiakhoa.measure.evidence.models import Evidence
from chiakhoa.train.delivery import actions, gains
from chiakhoa.train.planning import gains as learned
from chiakhoa.train.planning.models import GainEstimate

# A grade is two logits wide.
CUTS = np.array([0.0, 2.0, 4.0])
SIX = ("Hoa", "Minh", "Tú", "An", "Bích", "Cúc")


@pytest.fixture
def domains(course, monkeypatch):
    """Two domains; the course is assumed to raise a competence of the second by a grade."""
    framework = Framework.objects.create(code="khung", version="1", document="x", is_scale=True, name_vi="Khung")
    rows = [Domain.objects.create(framework=framework, code=str(n), order=n, name_vi=f"Miền {n}") for n in (0, 1)]
    competence = Competence.objects.create(domain=rows[1], code="1.1", order=1, name_vi="Năng lực")
    CourseGain.objects.create(course=course, competence=competence, mean=1.0, sd=0.4)
    monkeypatch.setattr(gains.frameworks, "scale", lambda: SimpleNamespace(domains=tuple(rows), cuts=CUTS))
    return framework


@pytest.fixture
def sitting(people, domains, at):
    """Makes a finished test of somebody with these means by domain."""

    def make(name, *mean):
        evidence = Evidence.objects.create(
            person=people[name], framework=domains, kind="sitting", occurred_at=at, recorded_at=at, content={}
        )
        return Sitting.objects.create(
            person=people[name], purpose="after", state="finished", seed=1, started_at=at, finished_at=at,
            evidence=evidence, mean=list(mean),
        )  # fmt: skip

    return make


@pytest.fixture
def taught(new_class, people, sitting, readers, at):
    """Lets people learn: each rises so many grades in the course's domain."""

    def hold(names, rise):
        row = new_class(*names, seats=9)
        before = {people[name].pk: sitting(name, 0.0, 0.1 * n) for n, name in enumerate(names)}
        after = {people[name].pk: sitting(name, 9.0, 0.1 * n + 2 * rise) for n, name in enumerate(names)}
        actions.link_tests(readers.coordinator, row.pk, before, after, at=at)
        return row

    return hold


def test_the_rise_is_counted_in_grades_of_the_domains_that_the_course_raises(taught, course):
    taught(SIX, 0.5)
    rise = gains.measured(course.pk)
    assert (rise.mean, rise.people) == (pytest.approx(0.5), 6)
    assert rise.sd == gains.LEAST_SD, "six who rise alike are not proof of a law"


def test_too_few_people_move_nothing(taught, course):
    taught(SIX[:4], 0.5)
    assert gains.measured(course.pk) is None
    assert learned.factors() == {}


def test_what_is_measured_moves_what_is_believed_and_says_how_far(taught, course, readers):
    taught(SIX, 0.5)
    (moved,) = learned.moved(readers.coordinator)
    assert moved.course == course
    assert (moved.now.prior, moved.now.data, moved.now.people) == (1.0, pytest.approx(0.5), 6)
    assert 0.5 < moved.now.believed < 0.6
    assert moved.by == pytest.approx(moved.now.believed - 1.0)
    assert moved.now.believed_sd < moved.now.prior_sd
    assert learned.factors() == {course.pk: pytest.approx(moved.now.believed)}


def test_an_unmeasured_course_of_the_kind_moves_along_and_another_does_not(taught, course, domains):
    competence = Competence.objects.get()
    for code, mode in (("LIKE", "classroom"), ("UNLIKE", "lab")):
        row = Course.objects.create(
            code=code, name_vi=code, periods=4, sessions=1, mode=mode, min_size=1, max_size=9, room_kind="hall",
            entry_low=1, entry_high=4, ceiling=4, search_key=code,
        )  # fmt: skip
        CourseGain.objects.create(course=row, competence=competence, mean=1.0, sd=0.4)
    taught(SIX, 0.5)
    factors = learned.factors()
    assert factors[course.pk] < factors["LIKE"] < 1
    assert "UNLIKE" not in factors
    assert GainEstimate.objects.get(course="LIKE").people == 0


def test_only_those_who_see_plans_see_what_is_believed(taught, readers):
    taught(SIX, 0.5)
    assert learned.moved(readers.manager) and learned.moved(readers.auditor)
    assert learned.moved(readers.learner) == learned.moved(readers.trainer) == []


def test_the_history_is_kept(taught, readers, at, course):
    taught(SIX, 0.5)
    GainEstimate.objects.update(as_of=at.replace(year=2025))
    taught(SIX, 0.7)
    (moved,) = learned.moved(readers.coordinator)
    assert [row.as_of.year for row in moved.history] == [2026, 2025]
    assert moved.history[0].people == 12
    assert learned.latest()[course.pk] == moved.history[0]
