"""What the synthetic province has to show of measuring: items that are not what their authors think, an exam with its signs."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from chiakhoa.demo import province, survey
from chiakhoa.demo.answering import Simulated
from chiakhoa.demo.population import Population
from chiakhoa.demo.truth import OFTEN, Takers, draw
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.registry.actions import PersonRow
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment import adaptive, piloting
from chiakhoa.measure.assessment.models import Answer, Calibration, Concern, Exam, Item, Sitting
from tests.site.conftest import PEOPLE

EARLY, ENOUGH = 240, 40


@pytest.fixture
def truth(house, at):
    return draw(list(adaptive.live()), np.zeros((1, 6)), 1, at)


@pytest.fixture
def at(house):
    return Exam.objects.get(state="closed").closed_at


def test_items_are_not_what_their_authors_think_and_the_same_seed_gives_the_same(truth, at):
    bank = list(adaptive.live())
    off = truth.b - np.array([item.b for item in bank])
    assert 0.4 < off.std() < 0.8
    assert (np.abs(off) > 1.5).sum() >= 6
    assert (truth.b == draw(bank, np.zeros((1, 6)), 1, at).b).all()
    assert (truth.b != draw(bank, np.zeros((1, 6)), 2, at).b).any()


def test_one_item_is_harder_for_women_and_one_gets_about_on_a_day(truth, at):
    bank = list(adaptive.live())
    place = {item.code: i for i, item in enumerate(bank)}
    many = 400
    takers = Takers(
        list(range(many)), [], np.zeros((many, 6)), np.arange(many) % 2 == 0,
        [at + timedelta(days=1 if n < many / 2 else -1) for n in range(many)],
    )  # fmt: skip
    moment = truth.sitting(takers, bank)

    def share(code, some):
        return moment.chances(np.flatnonzero(some), np.full(some.sum(), place[code])).mean()

    late = np.arange(many) < many / 2
    assert share(truth.unfair, takers.women) < share(truth.unfair, ~takers.women) - 0.15
    assert share(truth.leaked, late) > share(truth.leaked, ~late) + 0.1
    fair = next(code for code in place if code not in (truth.unfair, truth.leaked))
    assert share(fair, takers.women) == pytest.approx(share(fair, ~takers.women), abs=0.03)


def test_an_exam_was_held_and_what_was_found_in_it_decided_by_two_people(house):
    exam = Exam.objects.get(state="closed")
    page = house.browse(Role.ASSESSOR).get(f"/assessment/exams/{exam.pk}/").content.decode()
    assert "Nhìn sang màn hình bên cạnh" in page
    alike = Concern.objects.get(exam=exam, kind="alike")
    assert (alike.state, {alike.seat.number, alike.other.number}) == ("upheld", {3, 4})
    assert alike.decided_by != alike.voided_by
    assert exam.taken.get(number=4).sitting.state == "void"
    assert exam.taken.exclude(number=4).filter(sitting__state="finished").count() == exam.taken.count() - 1
    hasty = Concern.objects.get(exam=exam, kind="rapid")
    assert (hasty.state, hasty.seat.number) == ("open", 6)
    signs = house.browse(Role.ASSESSOR).get(f"/assessment/exams/{exam.pk}/integrity/").content.decode()
    assert "Hai chỗ trả lời giống nhau" in signs


def test_a_large_province_tests_some_early_and_the_others_with_what_their_answers_have_shown(
    house, truth, at, monkeypatch
):
    """The same with fewer people and fewer answers an item, so that it is quick."""
    monkeypatch.setattr(survey, "EARLY", EARLY)
    monkeypatch.setattr(piloting, "LEAST_ANSWERS", ENOUGH)
    people = list(Person.objects.order_by("pk")[:PEOPLE])
    rows = [PersonRow(str(p.pk), p.full_name, p.unit_id, p.audience_id, p.born_on, p.sex) for p in people]
    ability = np.random.default_rng(1).normal(0, 1, (len(people), 6))
    ids = np.array([person.pk for person in people])
    everybody = Simulated(ids, Population(rows, ability), {}, truth)
    experts = house.reader(Role.ASSESSOR), house.reader(Role.COORDINATOR)
    monkeypatch.setattr(survey, "SHARE", 0.9)
    later = at + timedelta(days=survey.FIRST_DAY + 1)
    survey.take(replace(province.coordinator()), experts, everybody, 5, later)
    row = Calibration.objects.get()
    assert (row.state, row.asked_name, row.decided_name) == ("adopted", experts[0].name, experts[1].name)
    assert row.asked_at < row.found_at < row.decided_at
    assert row.items.count() == Item.objects.filter(calibrated=True).count() > OFTEN
    new = Sitting.objects.filter(started_at__gt=row.decided_at)
    assert new.count() > EARLY / 2
    shown = Answer.objects.filter(sitting__in=new, item__calibrated=True)
    assert {(answer.b == answer.item.b) for answer in shown.select_related("item")[:300]} == {True}
