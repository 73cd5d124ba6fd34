"""After an exam its answers are gone through; people look at the signs, decide with a reason, and void only in twos."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from chiakhoa.engines import irt
from chiakhoa.foundation import jobs
from chiakhoa.foundation.models import AuditEntry, Job
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment import actions, bank, queries
from chiakhoa.measure.assessment.integrity import evenness, judging, signs
from chiakhoa.measure.assessment.jobs import check_integrity
from chiakhoa.measure.assessment.models import (
    Answer,
    Concern,
    ConcernKind,
    Exam,
    IntegrityCheck,
    Item,
    ItemWatch,
    Purpose,
    Seat,
    Sitting,
    SittingState,
)
from chiakhoa.measure.evidence.actions import Observation, append
from chiakhoa.measure.evidence.models import EvidenceKind

ITEMS = 30
FORMER = 40
SEATS = 6


@pytest.fixture(autouse=True)
def fewer_draws(monkeypatch):
    """Enough to fall below the rate; the rates themselves are tested with the engine."""
    for name, count in {"REPLICATES": 199, "REFINED": 999, "LEAK_REPLICATES": 999, "LEAK_REFINED": 9999}.items():
        monkeypatch.setattr(signs, name, count)


@pytest.fixture
def one():
    return Reader(11, "Thu", Role.ASSESSOR, "VN-19@2025")


@pytest.fixture
def two():
    return Reader(12, "Hải", Role.COORDINATOR, "VN-19@2025")


@pytest.fixture
def questions(scale):
    """Thirty single-choice items with measured parameters, five a domain."""
    options = [
        {"key": key, "vi": key, "en": key, "why_vi": key, "why_en": key} | {"correct": key == "a"} for key in "abcd"
    ]
    rows = []
    for k in range(ITEMS):
        domain = scale.domains[k % 6]
        competence = next(row for row in scale.competences if row.domain_index == domain.order)
        source = {
            "code": f"q{k:02}", "grade": 2 + k // 6, "kind": "single", "stem_vi": f"Câu {k}", "stem_en": f"Question {k}",
            "options": options,
        }  # fmt: skip
        rows.append(Item(**bank.fields_of(source, scale.cuts), competence=competence, calibrated=True))
    return Item.objects.bulk_create(rows)


def people(count, province):
    return Person.objects.bulk_create(
        Person(full_name=f"Người {n}", search_key=fold(f"Người {n}"), unit=province.communes[0],
               audience_id="tea_farm_household", registered_at=province.at)
        for n in range(count)
    )  # fmt: skip


def sat(rows, questions, given, seconds, at):
    """Finished sittings of these people with these answers (people, items), None for not known."""
    seen = [
        Observation(person.pk, EvidenceKind.SITTING, at, {
            "item": ["x"], "domain": [0], "a": [1.0], "b": [0.0], "c": [0.0], "score": [1.0]})
        for person in rows
    ]  # fmt: skip
    sittings = Sitting.objects.bulk_create(
        Sitting(person=person, purpose=Purpose.CERTIFICATION, state=SittingState.FINISHED, seed=1, started_at=at,
                finished_at=at, evidence=evidence)
        for person, evidence in zip(rows, append(seen, at=at), strict=True)
    )  # fmt: skip
    Answer.objects.bulk_create(
        Answer(sitting=sitting, item=item, position=place + 1, a=item.a, b=item.b, c=item.c, given=given[who][place],
               score=float(given[who][place] == "a"), shown_at=at, answered_at=at, seconds=float(seconds[who][place]))
        for who, sitting in enumerate(sittings)
        for place, item in enumerate(questions)
    )  # fmt: skip
    return sittings


def alone(count, questions, chance):
    """What people of the audience answer who work alone: right by the model, else one of three wrong options."""
    theta = chance.normal(-2.8, 1.0, (count, 1))
    a, b, c = (np.array([getattr(item, name) for item in questions]) for name in "abc")
    right = chance.random((count, len(questions))) < irt.probability(theta, a, b, c)
    return np.where(right, "a", chance.choice(list("bcd"), right.shape, p=[0.4, 0.35, 0.25])).tolist()


@pytest.fixture
def closed(province, questions, one, at):
    """An exam of six: seat 2 has nearly all from seat 1, seat 3 clicked through, the others worked alone."""
    province.at = at
    chance = np.random.default_rng(8)
    everybody = people(FORMER + SEATS, province)
    given = alone(len(everybody), questions, chance)
    seconds = np.exp(chance.normal(3.2, 0.5, (len(everybody), ITEMS)))
    source, copier, clicker = FORMER, FORMER + 1, FORMER + 2
    given[copier] = given[source][:28] + given[copier][28:]
    seconds[clicker, 5:20] = 0.8
    sat(everybody[:FORMER], questions, given[:FORMER], seconds[:FORMER], at - timedelta(days=30))
    exam = actions.plan_exam(one, "Kỳ thi tháng 11", at.date(), 40, SEATS, at=at)
    sittings = sat(everybody[FORMER:], questions, given[FORMER:], seconds[FORMER:], at)
    Seat.objects.bulk_create(
        Seat(exam=exam, number=n, person=sitting.person, sitting=sitting) for n, sitting in enumerate(sittings, start=1)
    )
    actions.open_exam(one, exam.pk, at=at)
    actions.close_exam(one, exam.pk, at=at)
    return exam


def go_through(reader, exam):
    """What the worker does."""
    check_integrity(reader, lambda *_progress: None, exam=exam.pk)


@pytest.fixture
def checked(closed, one):
    go_through(one, closed)
    return Exam.objects.get(pk=closed.pk)


@pytest.fixture
def pair(checked):
    return Concern.objects.get(kind=ConcernKind.ALIKE)


def decided(reader, concern, state="upheld", reason="Hai bài giống cả câu sai", *, at):
    return actions.decide(reader, concern.pk, state, reason, at=at)


def test_closing_an_exam_has_its_answers_gone_through_in_the_background(closed):
    job = Job.objects.get(task="assessment.integrity")
    assert not Concern.objects.exists()
    jobs.work(once=True)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert job.result_url == reverse("assessment:exam_integrity", args=[closed.pk])
    assert IntegrityCheck.objects.get().judged == {"rapid": 6, "misfit": 6, "alike": 15}


def test_who_copied_and_who_clicked_through_are_found_and_nobody_else(checked):
    about = {(row.kind, row.seat.number, row.other and row.other.number) for row in Concern.objects.exclude(seat=None)}
    assert ("alike", 1, 2) in about
    assert ("rapid", 3, None) in about
    assert {seat for _kind, *seats in about for seat in seats if seat} <= {1, 2, 3}
    assert all(row.p <= row.rate for row in Concern.objects.all())


def test_a_job_that_runs_twice_finds_the_same_once(checked, two, at):
    before = set(Concern.objects.values_list("kind", "seat", "other", "p"))
    actions.check_again(two, checked.pk, at=at)
    assert Job.objects.filter(task="assessment.integrity").count() == 2
    go_through(two, checked)
    assert set(Concern.objects.values_list("kind", "seat", "other", "p")) == before


def test_what_is_decided_stays_decided_when_the_answers_are_gone_through_again(checked, pair, one, at):
    decided(one, pair, "dismissed", at=at)
    go_through(one, checked)
    assert list(Concern.objects.filter(kind="alike").values_list("pk", "state")) == [(pair.pk, "dismissed")]


def test_nothing_is_judged_before_the_exam_is_closed(province, items, one, at):
    exam = actions.plan_exam(one, "Kỳ thi", at.date(), 40, 3, at=at)
    with pytest.raises(Refusal) as refused:
        actions.check_again(one, exam.pk, at=at)
    assert refused.value.code == "wrong_state"


def test_an_exam_nobody_finished_has_no_sign(province, items, one, at):
    exam = actions.plan_exam(one, "Kỳ thi", at.date(), 40, 3, at=at)
    assert judging.of_exam(exam).found == []


def test_items_whose_difficulty_is_a_guess_judge_no_fit_and_say_so(closed, one, sign_in):
    Item.objects.update(calibrated=False)
    go_through(one, closed)
    check = IntegrityCheck.objects.get()
    assert check.judged["misfit"] == 0
    assert check.assumed_items == ITEMS
    page = sign_in(Role.ASSESSOR).get(reverse("assessment:exam_integrity", args=[closed.pk])).content.decode()
    assert "là tác giả đoán" in page


def test_i_do_not_know_is_compared_with_nobody(closed):
    Answer.objects.filter(sitting__seat__exam=closed).update(given=None, score=0)
    assert judging.of_exam(closed).judged["alike"] == 0


def test_a_decision_needs_a_reason_and_is_written_down(pair, one, at):
    with pytest.raises(Refusal):
        decided(one, pair, reason="  ", at=at)
    row = decided(one, pair, at=at)
    assert (row.state, row.decided_name) == ("upheld", "Thu")
    entry = AuditEntry.objects.get(verb="decide_concern")
    assert entry.after["reason"] == "Hai bài giống cả câu sai"
    with pytest.raises(Refusal) as again:
        decided(one, pair, "dismissed", at=at)
    assert again.value.code == "decided"


def test_nothing_happens_to_anybody_by_a_sign_or_a_decision(pair, one, at):
    decided(one, pair, at=at)
    assert not Sitting.objects.filter(state=SittingState.VOID).exists()


def test_a_test_is_void_only_by_a_second_person(pair, one, two, at):
    with pytest.raises(Refusal):
        actions.void_over(two, pair.pk, [pair.other_id], at=at)
    decided(one, pair, at=at)
    with pytest.raises(Refusal) as alone:
        actions.void_over(one, pair.pk, [pair.other_id], at=at)
    assert alone.value.code == "second_person"
    row = actions.void_over(two, pair.pk, [pair.other_id], at=at)
    assert row.other.sitting.state == SittingState.VOID
    assert row.seat.sitting.state == SittingState.FINISHED
    assert "Hai bài giống cả câu sai" in pair.exam.incidents.get(kind="void").text


def test_the_database_itself_keeps_one_person_from_deciding_and_voiding(pair, one, at):
    decided(one, pair, at=at)
    with pytest.raises(IntegrityError, match=r"concern_voids_by_a_second_person"), transaction.atomic():
        Concern.objects.filter(pk=pair.pk).update(voided_by=one.account_id, voided_at=at)


def test_a_dismissed_sign_voids_nothing(pair, one, two, at):
    decided(one, pair, "dismissed", at=at)
    with pytest.raises(Refusal):
        actions.void_over(two, pair.pk, [pair.seat_id], at=at)


def test_a_seat_of_another_sign_is_not_voided(pair, checked, one, two, at):
    decided(one, pair, at=at)
    with pytest.raises(Refusal) as refused:
        actions.void_over(two, pair.pk, [checked.taken.get(number=5).pk], at=at)
    assert refused.value.code == "no_seat"


def test_an_auditor_reads_but_does_not_decide_and_others_see_nothing(pair, province, at):
    assert queries.concerns(province.auditor).filter(pk=pair.pk).exists()
    with pytest.raises(NotAllowed):
        decided(province.auditor, pair, at=at)
    for reader in (province.learner, province.manager, province.employer):
        assert not queries.concerns(reader).exists()
    elsewhere = Reader(77, "Xa", Role.ASSESSOR, province.communes[1].pk)
    with pytest.raises(NotVisible):
        decided(elsewhere, pair, at=at)


def test_the_page_of_a_sign_shows_the_answers_side_by_side_and_the_look_is_logged(sign_in, pair):
    page = sign_in(Role.AUDITOR).get(reverse("assessment:concern", args=[pair.pk])).content.decode()
    assert "Hai chỗ trả lời giống nhau" in page
    assert page.count("cùng sai") > 10
    assert "<svg" in page
    assert reverse("assessment:decide", args=[pair.pk]) not in page
    assert (
        AuditEntry.objects.filter(verb="view", person_id__in=[pair.seat.person_id, pair.other.person_id]).count() == 2
    )


def test_a_sign_about_somebody_of_another_commune_is_read_where_the_exam_was(sign_in, pair, province):
    Person.objects.filter(pk=pair.other.person_id).update(unit=province.communes[1])
    Exam.objects.filter(pk=pair.exam_id).update(unit=province.communes[0])
    here = sign_in(Role.ASSESSOR, unit=province.communes[0])
    assert here.get(reverse("assessment:concern", args=[pair.pk])).status_code == 200
    assert AuditEntry.objects.filter(verb="view", person_id=pair.other.person_id).count() == 1
    there = sign_in(Role.ASSESSOR, unit=province.communes[1])
    assert there.get(reverse("assessment:concern", args=[pair.pk])).status_code == 404


def test_the_page_of_who_clicked_through_shows_the_times(sign_in, checked):
    row = Concern.objects.get(kind=ConcernKind.RAPID)
    page = sign_in(Role.ASSESSOR).get(reverse("assessment:concern", args=[row.pk])).content.decode()
    assert page.count("quá nhanh") == 15
    assert "0,8" in page


def test_two_people_decide_and_void_on_the_page(sign_in, pair):
    first = sign_in(Role.ASSESSOR)
    empty = first.post(reverse("assessment:decide", args=[pair.pk]), {"state": "upheld", "reason": ""})
    assert empty.status_code == 422
    first.post(reverse("assessment:decide", args=[pair.pk]), {"state": "upheld", "reason": "Đã hỏi cả hai"})
    page = first.get(reverse("assessment:concern", args=[pair.pk])).content.decode()
    assert "Đã hỏi cả hai" in page
    assert reverse("assessment:void_over", args=[pair.pk]) not in page
    second = sign_in(Role.COORDINATOR)
    page = second.get(reverse("assessment:concern", args=[pair.pk])).content.decode()
    assert reverse("assessment:void_over", args=[pair.pk]) in page
    second.post(reverse("assessment:void_over", args=[pair.pk]), {"seats": [pair.other_id]})
    pair.refresh_from_db()
    assert pair.other.sitting.state == SittingState.VOID


def test_the_list_filters_by_kind_and_exports(sign_in, pair):
    client = sign_in(Role.COORDINATOR)
    page = client.get(reverse("assessment:concerns"), {"kind": "alike"}).content.decode()
    assert reverse("assessment:concern", args=[pair.pk]) in page
    assert client.get(reverse("assessment:concerns"), {"export": "csv"}).status_code == 200


def test_queries_of_the_list_do_not_grow_with_its_rows(sign_in, pair, queries_of):
    client = sign_in(Role.COORDINATOR)
    few = queries_of(lambda: client.get(reverse("assessment:concerns")))
    seats = list(pair.exam.taken.all())
    Concern.objects.bulk_create(
        Concern(exam=pair.exam, kind="misfit", seat=seat, statistic=1, p=0.001, rate=0.01, found_at=pair.found_at)
        for seat in seats
        if not Concern.objects.filter(kind="misfit", seat=seat).exists()
    )
    assert queries_of(lambda: client.get(reverse("assessment:concerns"))) == few


def test_a_question_that_got_out_is_found_once_and_shown_through_time(closed, province, questions, at, one, sign_in):
    chance = np.random.default_rng(3)
    rows = people(60, province)
    given = alone(60, questions, chance)
    hardest = ITEMS - 1
    for answers in given:
        answers[hardest] = "a"
    sat(rows, questions, given, np.full((60, ITEMS), 20.0), at - timedelta(days=5))
    go_through(one, closed)
    found = Concern.objects.filter(kind=ConcernKind.LEAK)
    assert [row.item_id for row in found] == [questions[hardest].pk]
    assert (
        ItemWatch.objects.get(item=questions[hardest]).right > ItemWatch.objects.get(item=questions[hardest]).expected
    )
    go_through(one, closed)
    assert found.count() == 1
    client = sign_in(Role.ASSESSOR)
    assert questions[hardest].pk in client.get(reverse("assessment:watch")).content.decode()
    assert client.get(reverse("assessment:concern", args=[found.get().pk])).status_code == 200


def test_whoever_is_forgotten_leaves_no_sign(pair):
    pair.other.person.delete()
    assert not Concern.objects.filter(pk=pair.pk).exists()


def test_easy_ones_wrong_and_hard_ones_right_are_drawn_as_unexpected(checked, sign_in):
    """Seat 5 comes under this sign: its page marks what no chance explains."""
    lines = [{"item": f"q{n:02}", "chance": chance, "right": right}
             for n, (chance, right) in enumerate([(0.95, False), (0.1, True), (0.9, True), (0.5, False)])]  # fmt: skip
    seat = checked.taken.get(number=5)
    row = Concern.objects.create(
        exam=checked, kind="misfit", seat=seat, statistic=-4.0, p=0.002, rate=0.01, found_at=checked.closed_at,
        details={"lines": lines},
    )  # fmt: skip
    page = sign_in(Role.ASSESSOR).get(reverse("assessment:concern", args=[row.pk])).content.decode()
    assert page.count("bất ngờ") == 2


def test_how_often_signs_fall_on_each_group_is_told_with_its_interval(sign_in, checked, pair, province, one, two, at):
    seats = list(checked.taken.order_by("number"))
    for number, seat in enumerate(seats):
        Person.objects.filter(pk=seat.person_id).update(sex="fm"[number % 2])
    signed = {seat.pk for row in checked.concerns.all() for seat in (row.seat, row.other) if seat}
    decided(one, pair, at=at)
    rows = {(row.by, row.group): row for row in evenness.rates(one)}
    for turn, sex in enumerate("fm"):
        own = {seat.pk for seat in seats[turn::2]}
        assert (rows["sex", sex].seats, rows["sex", sex].signs) == (len(own), len(own & signed))
    assert rows["sex", "f"].upheld + rows["sex", "m"].upheld == 2
    assert evenness.rates(province.manager) == []
    page = sign_in(Role.AUDITOR).get(reverse("assessment:evenness"))
    assert page.status_code == 200
    assert sign_in(Role.LEARNER, person=province.hoa).get(reverse("assessment:evenness")).status_code == 403


def test_the_interval_of_a_share_is_that_of_wilson_and_a_small_group_has_none():
    assert evenness.wilson(0, 50) == pytest.approx((0.0, 0.0713), abs=5e-4)
    assert evenness.wilson(5, 50) == pytest.approx((0.0435, 0.2136), abs=5e-4)  # Newcombe (1998)
