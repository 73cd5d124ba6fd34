"""Sittings as people live them: begin, answer, stop, go on, finish; and those that come from rooms without a network."""

from datetime import timedelta

import numpy as np
import pytest

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.measure.assessment import actions, adaptive, live_bank
from chiakhoa.measure.assessment.models import Answer, Item, ItemState, Purpose, Sitting, SittingState
from chiakhoa.measure.assessment.rooms import VARIANCE_OF_A_COURSE, FinishedSitting
from chiakhoa.measure.evidence.models import CompetenceState, DomainEstimate, Evidence


def shown(sitting):
    return sitting.answers.get(score=None)


def answer_all(reader, sitting, at, *, right=True):
    while sitting.state == SittingState.OPEN:
        row = shown(sitting)
        given = row.item.key if right else None
        at += timedelta(seconds=30)
        sitting = actions.answer(reader, sitting.pk, row.position, given, at=at)
    return sitting


def finished(person, at, *, right=True, purpose=Purpose.BASELINE, seed=7):
    items = Item.objects.order_by("code")
    answers = [(item.code, item.key if right else None) for item in items]
    return FinishedSitting(person.pk, purpose, seed, at - timedelta(minutes=15), at, answers)


@pytest.fixture
def sitting(province, items, at):
    return actions.start(province.learner, province.hoa, Purpose.BASELINE, at=at)


def test_the_bank_of_the_files_is_loaded_whole_and_loading_again_changes_nothing(scale, at):
    count = actions.load_items(SYSTEM, at=at)
    before = list(Item.objects.values())
    assert actions.load_items(SYSTEM, at=at) == count == Item.objects.count()
    assert list(Item.objects.values()) == before


def test_loading_keeps_calibrated_parameters_and_retires_items_gone_from_the_files(scale, items, at):
    actions.load_items(SYSTEM, at=at)
    gone = items[0].pk
    assert Item.objects.get(pk=gone).state == ItemState.RETIRED
    calibrated = Item.objects.filter(state=ItemState.LIVE).first()
    Item.objects.filter(pk=calibrated.pk).update(b=9.5, calibrated=True, stem_vi="cũ")
    actions.load_items(SYSTEM, at=at)
    after = Item.objects.get(pk=calibrated.pk)
    assert (after.b, after.calibrated, after.stem_vi) == (9.5, True, calibrated.stem_vi)


def test_starting_again_goes_on_with_the_open_sitting(province, sitting, at):
    again = actions.start(province.learner, province.hoa, Purpose.PRACTICE, at=at + timedelta(hours=1))
    assert again == sitting
    assert Sitting.objects.count() == 1


def test_a_learner_cannot_start_the_test_of_somebody_else(province, items, at):
    with pytest.raises(NotVisible):
        actions.start(province.stranger, province.hoa, Purpose.BASELINE, at=at)
    assert not Sitting.objects.exists()


def test_an_employer_may_not_start_a_test(province, items, at):
    with pytest.raises(NotAllowed):
        actions.start(province.employer, province.hoa, Purpose.BASELINE, at=at)


def test_an_answer_is_stored_with_its_score_and_shows_the_next_item(province, sitting, at):
    first = shown(sitting)
    actions.answer(province.learner, sitting.pk, 1, first.item.key, at=at)
    first.refresh_from_db()
    assert (first.given, first.score, first.answered_at) == (first.item.key, 1.0, at)
    assert shown(sitting).position == 2


def test_the_same_answer_sent_twice_counts_once(province, sitting, at):
    key = shown(sitting).item.key
    actions.answer(province.learner, sitting.pk, 1, key, at=at)
    said = Sitting.objects.get().mean
    actions.answer(province.learner, sitting.pk, 1, None, at=at)
    assert Answer.objects.get(position=1).score == 1.0
    assert Sitting.objects.get().mean == said
    assert Answer.objects.count() == 2


def test_an_answer_to_an_item_not_shown_yet_changes_nothing(province, sitting, at):
    actions.answer(province.learner, sitting.pk, 5, "a", at=at)
    assert not Answer.objects.exclude(score=None).exists()


def test_nobody_answers_in_another_persons_sitting(province, sitting, at):
    with pytest.raises(NotVisible):
        actions.answer(province.stranger, sitting.pk, 1, None, at=at)


def test_an_incomplete_answer_is_refused_and_nothing_is_stored(province, sitting, at):
    with pytest.raises(Refusal, match=r".") as refused:
        actions.answer(province.learner, sitting.pk, 1, {"a": "z"}, at=at)
    assert refused.value.code == "answer_incomplete"
    assert shown(sitting).position == 1


def test_what_the_sitting_says_follows_from_its_answers_in_order(province, sitting, at):
    believed = adaptive.before_any_answer(province.hoa)
    for right in (True, False, True):
        row = shown(sitting)
        sitting = actions.answer(province.learner, sitting.pk, row.position, row.item.key if right else None, at=at)
    replayed = Sitting(mean=believed.mean.tolist(), covariance=believed.cov.tolist())
    for row in sitting.answers.exclude(score=None).select_related("item__competence__domain"):
        said = adaptive.after(replayed, row)
        replayed.mean, replayed.covariance = said.mean.tolist(), said.cov.tolist()
    assert Sitting.objects.get().mean == replayed.mean


def test_a_sitting_asks_every_domain_at_least_twice_and_ends(province, items, sitting, at):
    done = answer_all(province.learner, sitting, at)
    domains = done.answers.values_list("item__competence__domain__order", flat=True)
    assert len(domains) <= adaptive.MOST_ITEMS
    assert min(list(domains).count(d) for d in range(6)) >= adaptive.LEAST_PER_DOMAIN
    assert done.state == SittingState.FINISHED


def test_a_finished_sitting_is_evidence_with_the_parameters_of_its_day(province, items, sitting, at):
    frozen = {row.item_id: row.b for row in [shown(sitting)]}
    Item.objects.update(b=5.0)
    done = answer_all(province.learner, sitting, at)
    content = done.evidence.content
    assert content["b"][0] == frozen[content["item"][0]]
    assert content["score"] == [1.0] * len(content["item"])


def test_right_answers_raise_the_state_above_wrong_ones(province, items, at):
    answer_all(province.learner, actions.start(province.learner, province.hoa, "baseline", at=at), at)
    answer_all(province.stranger, actions.start(province.stranger, province.minh, "baseline", at=at), at, right=False)
    able = DomainEstimate.objects.filter(state=province.hoa.pk).values_list("mean", flat=True)
    less = DomainEstimate.objects.filter(state=province.minh.pk).values_list("mean", flat=True)
    assert min(able) > max(less)


def test_the_same_seed_and_answers_meet_the_same_items(province, items, at):
    met = []
    for person, reader in ((province.hoa, province.learner), (province.minh, province.stranger)):
        sitting = actions.start(reader, person, "baseline", at=at)
        Sitting.objects.filter(pk=sitting.pk).update(seed=11)
        sitting.answers.all().delete()
        sitting.refresh_from_db()
        item = adaptive.next_item(sitting, adaptive.history(sitting), live_bank.items())
        Answer.objects.create(sitting=sitting, item_id=item.code, position=1, a=item.a, b=item.b, c=item.c)
        answer_all(reader, sitting, at)
        met.append(list(sitting.answers.values_list("item_id", flat=True)))
    assert met[0] == met[1]


def test_items_met_before_wait_until_their_domain_has_no_others(province, items, at, monkeypatch):
    monkeypatch.setattr(adaptive, "MOST_ITEMS", 12)
    first = answer_all(province.learner, actions.start(province.learner, province.hoa, "baseline", at=at), at)
    second = answer_all(province.learner, actions.start(province.learner, province.hoa, "practice", at=at), at)
    met = [set(sitting.answers.values_list("item_id", flat=True)) for sitting in (first, second)]
    assert not met[0] & met[1]


def test_every_answer_leaves_a_row_in_the_trail(province, sitting, at):
    actions.answer(province.learner, sitting.pk, 1, None, at=at)
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))[-2:] == ["start_sitting", "answer"]


def test_sittings_of_a_room_are_scored_from_their_answers(province, items, at):
    rows = [finished(province.hoa, at), finished(province.minh, at, right=False)]
    able, less = actions.take_in(SYSTEM, rows, at=at)
    assert {row.score for row in able.answers.all()} == {1.0}
    assert {row.score for row in less.answers.all()} == {0.0}
    assert np.array(able.mean).min() > np.array(less.mean).max()
    assert CompetenceState.objects.count() == 2


def test_a_room_that_sends_its_sittings_twice_counts_once(province, items, at):
    rows = [finished(province.hoa, at)]
    assert len(actions.take_in(SYSTEM, rows, at=at)) == 1
    assert actions.take_in(SYSTEM, rows * 2, at=at) == []
    assert (Sitting.objects.count(), Evidence.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "fault",
    [
        {"answers": []},
        {"answers": [("9.9-z", "a")]},
        {"answers": [("1.1-si", "a"), ("1.1-si", "b")]},
        {"answers": [("1.1-si", "z")]},
        {"purpose": "fun"},
        {"started_at_later": True},
    ],
    ids=str,
)
def test_one_unreadable_sitting_stops_the_whole_room_and_is_named(province, items, at, fault):
    good, bad = finished(province.hoa, at), finished(province.minh, at)
    fields = {name: getattr(bad, name) for name in bad.__dataclass_fields__} | fault
    if fields.pop("started_at_later", False):
        fields["started_at"] = at + timedelta(days=1)
    with pytest.raises(Refusal) as refused:
        actions.take_in(SYSTEM, [good, FinishedSitting(**fields)], at=at)
    assert "2" in refused.value.message
    assert not Sitting.objects.exists()


def test_a_room_cannot_send_a_sitting_of_a_person_out_of_its_reach(province, items, at):
    from dataclasses import replace

    near = replace(province.assessor, unit_id=province.communes[0].pk)
    with pytest.raises(NotVisible):
        actions.take_in(near, [finished(province.minh, at)], at=at)


def test_a_test_after_a_course_may_move_more_than_one_without_a_course(province, items, at):
    moved = {}
    for person, purpose in ((province.hoa, Purpose.AFTER), (province.minh, Purpose.PRACTICE)):
        actions.take_in(SYSTEM, [finished(person, at, right=False)], at=at)
        actions.take_in(
            SYSTEM, [finished(person, at + timedelta(days=30), purpose=purpose)], at=at + timedelta(days=30)
        )
        moved[purpose] = np.mean(DomainEstimate.objects.filter(state=person.pk).values_list("mean", flat=True))
    assert moved[Purpose.AFTER] > moved[Purpose.PRACTICE] + 0.1
    assert Evidence.objects.filter(content__variance_before=VARIANCE_OF_A_COURSE).count() == 1


def test_the_simulator_chooses_items_like_a_sitting(province, items):
    bank, audiences = list(adaptive.live()), ["teacher", None, "iz_worker"]
    shown_items, score = adaptive.simulate(
        np.zeros((3, 6)), audiences, bank, Purpose.BASELINE, 1, lambda _who, item: 0.5 * (item % 2)
    )
    assert not score[shown_items % 2 == 0].any()
    assert shown_items.shape == score.shape == (3, adaptive.MOST_ITEMS)
    assert {item.pk for item in bank} == {item.pk for item in items}
