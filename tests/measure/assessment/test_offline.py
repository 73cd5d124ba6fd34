"""A test goes on without a network: what the page kept counts once, in its order, and only for items set aside for it."""

import json
import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.measure.assessment import actions, adaptive, offline
from chiakhoa.measure.assessment.actions import Kept
from chiakhoa.measure.assessment.models import Answer, IncidentKind, Item, Purpose, Sitting, SittingState


@pytest.fixture
def sitting(province, items, at):
    started = actions.start(province.learner, province.hoa, Purpose.BASELINE, at=at)
    return actions.set_aside(province.learner, started.pk, at=at)


def kept(code, *, right=True, ago=0.0):
    return Kept(code, Item.objects.get(pk=code).key if right else None, 20.0, ago)


def shown(sitting):
    return sitting.answers.get(score=None).item_id


def test_the_worker_is_another_when_any_of_its_files_is_another(client, db, monkeypatch):
    view = import_module("chiakhoa.measure.assessment.views.worker")

    first = client.get(reverse("assessment:worker"))
    assert first["Content-Type"].startswith("text/javascript") and first["Cache-Control"] == "no-cache"
    monkeypatch.setattr(view, "static", lambda name: f"/static/{name}?another")
    second = client.get(reverse("assessment:worker")).content.decode()
    names = {re.search(r"sitting-files-([0-9a-f]{12})", text)[1] for text in (first.content.decode(), second)}
    assert len(names) == 2


def test_what_is_set_aside_is_neither_shown_nor_asked_yet_and_spreads_over_the_domains(sitting):
    assert len(sitting.reserve) == len(set(sitting.reserve)) == 12
    assert shown(sitting) not in sitting.reserve
    # With the one that is shown: the chance of the choice may leave its domain out of the reserve.
    domains = {Item.objects.get(pk=code).competence.domain_id for code in [shown(sitting), *sitting.reserve]}
    assert len(domains) == 6


def test_answers_kept_by_the_page_count_in_their_order_and_the_test_goes_on(province, sitting, at):
    first, reserve = shown(sitting), sitting.reserve
    after = at + timedelta(minutes=10)
    rows = [kept(first, ago=500), kept(reserve[0], right=False, ago=300), kept(reserve[1], ago=60)]
    actions.answer_offline(province.learner, sitting.pk, rows, at=after)
    answered = sitting.answers.exclude(score=None).order_by("position")
    assert list(answered.values_list("item_id", "score", "offline")) == [
        (first, 1.0, True), (reserve[0], 0.0, True), (reserve[1], 1.0, True),
    ]  # fmt: skip
    assert [row.answered_at for row in answered] == [after - timedelta(seconds=s) for s in (500, 300, 60)]
    assert sitting.answers.get(score=None).position == 4


def test_sent_twice_they_count_once(province, sitting, at):
    rows = [kept(shown(sitting)), kept(sitting.reserve[0])]
    for _again in range(2):
        actions.answer_offline(province.learner, sitting.pk, rows, at=at)
    assert sitting.answers.exclude(score=None).count() == 2


def test_the_first_answer_to_an_item_stands(province, sitting, at):
    code = shown(sitting)
    actions.answer(province.learner, sitting.pk, 1, None, at=at)
    actions.answer_offline(province.learner, sitting.pk, [kept(code)], at=at)
    assert sitting.answers.get(item=code).score == 0.0


def test_an_item_that_was_not_set_aside_counts_for_nothing(province, sitting, at):
    other = Item.objects.exclude(pk__in=[*sitting.reserve, shown(sitting)]).first()
    actions.answer_offline(province.learner, sitting.pk, [kept(other.pk)], at=at)
    assert not sitting.answers.exclude(score=None).exists()
    assert sitting.answers.filter(score=None).count() == 1


def test_nobody_sends_answers_into_the_test_of_another(province, sitting, at):
    with pytest.raises(NotVisible):
        actions.answer_offline(province.stranger, sitting.pk, [kept(sitting.reserve[0])], at=at)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(pieces=st.lists(st.lists(st.integers(0, 12), max_size=4), max_size=5))
def test_whatever_comes_in_whatever_pieces_no_answer_is_lost_or_counted_twice(pieces, province, items, at):
    Sitting.objects.all().delete()
    sitting = actions.start(province.learner, province.hoa, Purpose.BASELINE, at=at)
    sitting = actions.set_aside(province.learner, sitting.pk, at=at)
    codes = [shown(sitting), *sitting.reserve]
    for piece in pieces:
        actions.answer_offline(province.learner, sitting.pk, [kept(codes[place]) for place in piece], at=at)
    answered = list(sitting.answers.exclude(score=None).values_list("item_id", flat=True))
    # The item that waits on the server gives way to one set aside: then it was never seen, and comes again or not at all.
    assert {codes[place] for piece in pieces for place in piece} - set(answered) <= {codes[0]}
    assert len(set(answered)) == len(answered)
    assert sitting.answers.filter(score=None).count() == 1
    positions = list(sitting.answers.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))


def test_ten_minutes_without_a_network_stand_in_the_log_of_the_exam_and_cost_no_time(province, items, at):
    invigilator = Reader(9, "Thu", Role.ASSESSOR, "VN-19@2025")
    exam = actions.plan_exam(invigilator, "Thi", at.date(), 20, 5, at=at)
    seat = actions.take_seat(province.learner, exam.code, at=at)
    actions.open_exam(invigilator, exam.pk, at=at)
    sitting = actions.set_aside(province.learner, actions.begin(province.learner, seat.pk, at=at).pk, at=at)
    late = at + timedelta(minutes=25)
    in_time, too_late = kept(shown(sitting), ago=700), kept(sitting.reserve[0], ago=10)
    actions.answer_offline(province.learner, sitting.pk, [in_time, too_late], at=late)
    sitting.refresh_from_db()
    assert sitting.state == SittingState.FINISHED
    assert list(sitting.answers.values_list("item_id", flat=True)) == [in_time.code]
    assert exam.incidents.filter(kind=IncidentKind.OFFLINE).count() == 1


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", "null", json.dumps([{}] * 14)])
def test_what_is_no_list_of_answers_is_refused_in_words(sitting, text):
    with pytest.raises(Refusal):
        offline.read(text, sitting)


def test_foreign_numbers_and_items_do_no_harm(sitting):
    rows = [
        {"code": "no-such", "fields": "choice=1", "ago": 1},
        {"code": sitting.reserve[0], "fields": "unknown=1", "ago": float("-inf"), "seconds": "x"},
        {"code": sitting.reserve[1], "fields": "choice=77"},
    ]
    (one,) = offline.read(json.dumps(rows), sitting)
    assert (one.code, one.given, one.seconds, one.ago) == (sitting.reserve[0], None, 0.0, 0.0)


def test_a_reserve_never_takes_a_test_beyond_its_length(province, sitting, at):
    Answer.objects.filter(sitting=sitting).delete()
    rows = list(Item.objects.order_by("code")[: adaptive.MOST_ITEMS - 1])
    Answer.objects.bulk_create(
        Answer(sitting=sitting, item=item, position=place, a=1, b=0, c=0, score=1, answered_at=at)
        for place, item in enumerate(rows, start=1)
    )
    assert len(adaptive.reserve(sitting, 12)) <= 1
