"""An exam as an invigilator and those in the room live it: the code of the day, seats, clocks, incidents, void, scored again."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.measure.assessment import actions, adaptive, queries, timing
from chiakhoa.measure.assessment.models import (
    Answer,
    Exam,
    ExamState,
    IncidentKind,
    Purpose,
    Seat,
    Sitting,
    SittingState,
)
from chiakhoa.measure.assessment.rooms import FinishedSitting
from chiakhoa.measure.evidence.models import CompetenceState, Evidence

MINUTES = 40


@contextmanager
def refused(code):
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code


@pytest.fixture
def invigilator(province):
    return Reader(9, "Thu", Role.ASSESSOR, "VN-19@2025")


@pytest.fixture
def exam(province, items, invigilator, at):
    return actions.plan_exam(invigilator, "Kỳ thi tháng 11", at.date(), MINUTES, 2, at=at)


@pytest.fixture
def seat(exam, province, at):
    return actions.take_seat(province.learner, exam.code.lower(), at=at)


@pytest.fixture
def sitting(exam, seat, province, invigilator, at):
    actions.open_exam(invigilator, exam.pk, at=at)
    return actions.begin(province.learner, seat.pk, at=at)


def answer_one(reader, sitting, at, *, right=True):
    row = sitting.answers.get(score=None)
    return actions.answer(reader, sitting.pk, row.position, row.item.key if right else None, at=at)


def answer_all(reader, sitting, at):
    while sitting.state == SittingState.OPEN:
        sitting = answer_one(reader, sitting, at)
    return sitting


def test_whoever_knows_the_code_takes_the_lowest_seat_and_keeps_it(exam, seat, province, at):
    assert seat.number == 1
    assert actions.take_seat(province.learner, exam.code, at=at) == seat
    assert actions.take_seat(province.stranger, exam.code, at=at).number == 2


def test_a_wrong_code_and_a_full_room_are_refused_in_words(exam, seat, province, at):
    with refused("code_unknown"):
        actions.take_seat(province.stranger, "AAAAAA", at=at)
    exam.seats = 1
    exam.save()
    with refused("room_full"):
        actions.take_seat(province.stranger, exam.code, at=at)


def test_nobody_begins_before_the_room_is_opened(seat, province, at):
    with refused("not_open"):
        actions.begin(province.learner, seat.pk, at=at)


def test_a_certification_is_not_sat_outside_an_exam(province, items, at):
    with refused("exam_needed"):
        actions.start(province.learner, province.hoa, Purpose.CERTIFICATION, at=at)


def test_an_open_practice_does_not_stand_in_the_way_of_an_exam(exam, seat, province, invigilator, at):
    practice = actions.start(province.learner, province.hoa, Purpose.PRACTICE, at=at)
    actions.open_exam(invigilator, exam.pk, at=at)
    sitting = actions.begin(province.learner, seat.pk, at=at)
    assert sitting != practice
    assert actions.begin(province.learner, seat.pk, at=at) == sitting
    assert queries.open_sitting(province.learner) == practice


def test_an_answer_after_the_time_does_not_count_and_ends_the_sitting(sitting, province, at):
    answer_one(province.learner, sitting, at + timedelta(minutes=1))
    late = answer_one(province.learner, sitting, at + timedelta(minutes=MINUTES + 1))
    assert late.state == SittingState.FINISHED
    assert late.answers.count() == 1


def test_the_time_of_a_pause_is_given_back(sitting, seat, province, invigilator, at):
    actions.pause(invigilator, [seat.pk], at=at + timedelta(minutes=10))
    with refused("paused"):
        answer_one(province.learner, sitting, at + timedelta(minutes=12))
    actions.resume(invigilator, [seat.pk], at=at + timedelta(minutes=30))
    still = answer_one(province.learner, sitting, at + timedelta(minutes=MINUTES + 19))
    assert still.answers.exclude(score=None).count() == 1


def test_more_time_by_right_and_on_the_day(sitting, seat, province, invigilator, at):
    actions.accommodate(invigilator, province.hoa, 50, True, at=at)
    actions.give_time(invigilator, seat.pk, 5, at=at)
    seat = queries.own_seats(province.learner).get()
    assert queries.time_left(seat, sitting, at=at) == timedelta(minutes=MINUTES * 1.5 + 5)


def test_closing_the_room_scores_what_is_answered_and_voids_what_is_empty(exam, sitting, province, invigilator, at):
    other = actions.take_seat(province.stranger, exam.code, at=at)
    empty = actions.begin(province.stranger, other.pk, at=at)
    answer_one(province.learner, sitting, at)
    assert actions.close_exam(invigilator, exam.pk, at=at) == 2
    states = dict(Sitting.objects.values_list("pk", "state"))
    assert (states[sitting.pk], states[empty.pk]) == (SittingState.FINISHED, SittingState.VOID)
    exam.refresh_from_db()
    assert exam.state == ExamState.CLOSED
    with pytest.raises(Refusal):
        actions.take_seat(province.learner, exam.code, at=at)


def test_a_void_sitting_says_nothing_of_the_person_and_its_evidence_stays(sitting, seat, province, invigilator, at):
    answer_all(province.learner, sitting, at)
    sure = CompetenceState.objects.get(person=province.hoa)
    assert sure.evidence_count == 1
    actions.void(invigilator, seat.pk, "Có người nhắc bài", at=at)
    assert Evidence.objects.filter(person=province.hoa).count() == 2
    assert not Evidence.objects.standing().exists()
    assert not CompetenceState.objects.exists()
    sitting.refresh_from_db()
    assert sitting.state == SittingState.VOID
    with refused("nothing_to_void"):
        actions.void(invigilator, seat.pk, "again", at=at)


def test_scored_again_without_an_item_the_old_parameters_stand(exam, sitting, province, invigilator, at):
    done = answer_all(province.learner, sitting, at)
    first = Evidence.objects.get(sitting=done)
    item = done.answers.order_by("position").first().item
    item.b += 3
    item.save()
    assert actions.rescore(invigilator, exam.pk, item.pk, "Hai đáp án đúng", at=at) == 1
    again = Evidence.objects.get(supersedes=first)
    assert item.pk not in again.content["item"]
    kept = [place for place, code in enumerate(first.content["item"]) if code != item.pk]
    assert again.content["b"] == [first.content["b"][place] for place in kept]
    done.refresh_from_db()
    assert done.evidence == again
    with refused("not_asked"):
        actions.rescore(invigilator, exam.pk, item.pk, "again", at=at)


def test_a_question_that_was_tried_out_counts_for_nobody_and_is_not_left_out(exam, sitting, province, invigilator, at):
    done = answer_all(province.learner, sitting, at)
    tried = done.answers.order_by("position").last()
    Answer.objects.filter(pk=tried.pk).update(pilot=True)
    with refused("not_counted"):
        actions.rescore(invigilator, exam.pk, tried.item_id, "Hai đáp án đúng", at=at)
    assert Evidence.objects.count() == 1


def test_what_keeps_an_item_from_being_left_out_is_said_where_the_page_begins_to_be_read(rooms, exam):
    desk, _candidate = rooms
    refused_page = desk.post(reverse("assessment:rescore", args=[exam.pk]), {"item": "9.9-z", "reason": "sai"})
    assert refused_page.status_code == 422
    assert 'id="errors"' in text(refused_page)


def test_what_the_invigilator_does_stands_in_the_log(exam, sitting, seat, invigilator, at):
    actions.pause(invigilator, [seat.pk], at=at)
    actions.resume(invigilator, [seat.pk], at=at)
    actions.give_time(invigilator, seat.pk, 5, at=at)
    actions.note(invigilator, exam.pk, "Mất điện 5 phút", at=at)
    kinds = list(exam.incidents.order_by("pk").values_list("kind", "by"))
    assert kinds == [
        (kind, "Thu") for kind in (IncidentKind.PAUSE, IncidentKind.RESUME, IncidentKind.EXTRA_TIME, IncidentKind.NOTE)
    ]


def test_only_an_invigilator_of_the_unit_runs_the_room(exam, seat, province, at):
    with pytest.raises(NotAllowed):
        actions.open_exam(province.learner, exam.pk, at=at)
    elsewhere = Reader(8, "Kha", Role.ASSESSOR, province.communes[1].pk)
    with pytest.raises(NotVisible):
        actions.open_exam(elsewhere, exam.pk, at=at)
    with pytest.raises(NotVisible):
        actions.pause(elsewhere, [seat.pk], at=at)
    with pytest.raises(NotVisible):
        actions.begin(province.stranger, seat.pk, at=at)


def test_pressing_twice_stops_a_clock_once(sitting, seat, invigilator, at):
    assert actions.pause(invigilator, [seat.pk], at=at + timedelta(minutes=1)) == 1
    assert actions.pause(invigilator, [seat.pk], at=at + timedelta(minutes=2)) == 0
    assert actions.resume(invigilator, [seat.pk], at=at + timedelta(minutes=3)) == 1
    assert actions.resume(invigilator, [seat.pk], at=at + timedelta(minutes=4)) == 0
    assert Seat.objects.get().paused_seconds == 120


def test_how_long_each_item_took_is_kept(sitting, province, at):
    answer_one(province.learner, sitting, at + timedelta(seconds=12))
    answer_one(province.learner, sitting, at + timedelta(seconds=15))
    assert list(Answer.objects.exclude(score=None).order_by("position").values_list("seconds", flat=True)) == [12, 3]


@given(
    pauses=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 600)), max_size=5), minutes=st.integers(1, 180),
    extra=st.integers(0, 100),
)  # fmt: skip
def test_the_clock_counts_every_second_outside_pauses_and_none_within(pauses, minutes, extra):
    began = datetime(2026, 11, 25, tzinfo=UTC)
    now, paused, ran = began, 0, 0
    allowed = timing.allowed(minutes, extra_time=extra, extra_minutes=0)
    for running, standing in pauses:
        now += timedelta(seconds=running)
        ran += running
        before = timing.left(allowed, began, paused_at=None, paused_seconds=paused, at=now)
        during = timing.left(allowed, began, paused_at=now, paused_seconds=paused, at=now + timedelta(seconds=standing))
        assert before == during == allowed - timedelta(seconds=ran)
        now += timedelta(seconds=standing)
        paused += standing
    assert timing.left(allowed, began, paused_at=None, paused_seconds=paused, at=now) == allowed - timedelta(
        seconds=ran
    )


@pytest.fixture
def rooms(client, sign_in, province, items):
    """Two browsers: the invigilator's and the candidate's."""
    invigilator = Client()
    for role, person, browser in ((Role.ASSESSOR, None, invigilator), (Role.LEARNER, province.hoa, client)):
        unit = province.communes[0] if person else province.communes[0].parent
        account = Account.objects.create_account(f"{role}-room", None, full_name=str(role), person=person)
        RoleAssignment.objects.create(account=account, role=role, unit=unit)
        browser.force_login(account)
    return invigilator, client


def text(response):
    return response.content.decode()


def test_from_the_code_on_the_board_to_the_closed_room(rooms):
    invigilator, candidate = rooms
    form = {"title": "Kỳ thi tháng 11", "held_on": "2026-11-25", "minutes": 60, "seats": 30}
    planned = invigilator.post(reverse("assessment:exams"), form, follow=True)
    exam = Exam.objects.get()
    assert exam.code in text(planned)

    waiting = candidate.post(reverse("assessment:room"), {"code": exam.code}, follow=True)
    assert "Chỗ số 1" in text(waiting)
    assert "<button" not in text(waiting).split("<main")[1].split("</section>")[0]
    invigilator.post(reverse("assessment:exam_step", args=[exam.pk, "open"]))
    seat = exam.taken.get()
    first = candidate.post(reverse("assessment:seat", args=[seat.pk]), follow=True)
    assert "Còn 60 phút" in text(first)

    row = Answer.objects.get(score=None)
    candidate.post(reverse("assessment:question", args=[row.sitting_id, 1]), {"unknown": "1"})
    candidate.post(reverse("assessment:flag", args=[row.sitting_id, 2]), {"text": "Hai đáp án giống nhau"})
    invigilator.post(reverse("assessment:note", args=[exam.pk]), {"text": "Mất điện"})
    now = text(invigilator.get(reverse("assessment:exam", args=[exam.pk])))
    for part in ("Nguyễn Thị Hoa", "đang làm", "Hai đáp án giống nhau", "Mất điện"):
        assert part in now

    invigilator.post(reverse("assessment:seat_act", args=[seat.pk, "pause"]))
    refused = candidate.post(reverse("assessment:question", args=[row.sitting_id, 2]), {"unknown": "1"})
    assert refused.status_code == 422
    assert "tạm dừng" in text(refused)
    invigilator.post(reverse("assessment:seat_act", args=[seat.pk, "resume"]))

    invigilator.post(reverse("assessment:exam_step", args=[exam.pk, "close"]))
    assert Sitting.objects.get().state == SittingState.FINISHED
    closed = text(invigilator.get(reverse("assessment:exam", args=[exam.pk])))
    assert "hx-trigger" not in closed


@pytest.fixture
def answering(rooms, exam, province, invigilator, at):
    """Hoa in the middle of the exam, in a browser; her seat, and the browsers of both."""
    desk, candidate = rooms
    candidate.post(reverse("assessment:room"), {"code": exam.code})
    desk.post(reverse("assessment:exam_step", args=[exam.pk, "open"]))
    seat = exam.taken.get()
    candidate.post(reverse("assessment:seat", args=[seat.pk]))
    seat.refresh_from_db()
    candidate.post(reverse("assessment:question", args=[seat.sitting_id, 1]), {"unknown": "1"})
    return seat, desk, candidate


def test_whoever_comes_back_on_another_device_finds_the_seat_on_the_first_page_of_the_test(answering):
    seat, _desk, candidate = answering
    assert reverse("assessment:seat", args=[seat.pk]) in text(candidate.get(reverse("assessment:start")))


def test_whoever_is_voided_reads_so_on_every_way_back_and_where_to_ask(answering):
    seat, desk, candidate = answering
    desk.post(reverse("assessment:seat_act", args=[seat.pk, "void"]), {"reason": "Dùng điện thoại"})
    question = reverse("assessment:question", args=[seat.sitting_id, 2])
    by_script = candidate.post(question, {"unknown": "1"}, headers={"X-Next": "1"}, follow=True)
    ways = [by_script, candidate.get(by_script.redirect_chain[-1][0]), candidate.get(question, follow=True)]
    ways.append(candidate.get(reverse("assessment:seat", args=[seat.pk]), follow=True))
    assert all("Bài này không được tính" in text(page) and "hỏi" in text(page) for page in ways)
    assert "Dùng điện thoại" not in text(ways[0])
    assert "Vào chỗ." not in text(candidate.get(reverse("assessment:room")))


def test_after_the_exam_a_seat_leads_to_its_result_which_says_that_it_was_cut_short(answering, exam):
    seat, desk, candidate = answering
    desk.post(reverse("assessment:exam_step", args=[exam.pk, "close"]))
    page = candidate.get(reverse("assessment:seat", args=[seat.pk]), follow=True)
    assert page.redirect_chain[-1][0] == reverse("assessment:result", args=[seat.sitting_id])
    assert "Bài kết thúc trước khi hỏi hết" in text(page)


def test_a_test_that_ran_out_of_time_says_so_and_one_that_ended_by_itself_does_not(sitting, seat, province, at):
    assert not queries.was_cut_short(sitting)
    done = answer_all(province.learner, sitting, at + timedelta(minutes=2))
    assert not queries.was_cut_short(Sitting.objects.select_related("seat__exam").get(pk=done.pk))


def test_an_answer_after_the_time_makes_the_result_say_that_it_was_cut_short(sitting, province, at):
    answer_one(province.learner, sitting, at + timedelta(minutes=1))
    late = answer_one(province.learner, sitting, at + timedelta(minutes=MINUTES + 1))
    assert queries.was_cut_short(Sitting.objects.select_related("seat__exam").get(pk=late.pk))


def test_whoever_waits_at_a_seat_when_the_exam_is_closed_reads_that_it_is_over(rooms, exam):
    desk, candidate = rooms
    candidate.post(reverse("assessment:room"), {"code": exam.code})
    desk.post(reverse("assessment:exam_step", args=[exam.pk, "close"]))
    seat = exam.taken.get()
    page = candidate.get(reverse("assessment:seat", args=[seat.pk]))
    assert page.status_code == 200
    assert "Kỳ thi đã kết thúc" in text(page)
    begun = candidate.post(reverse("assessment:seat", args=[seat.pk]), follow=True)
    assert "Kỳ thi này đã kết thúc." in text(begun)
    assert not Sitting.objects.exists()


def test_a_candidate_with_a_right_to_large_print_reads_large_print(rooms, province, at):
    _invigilator, candidate = rooms
    actions.accommodate(Reader(9, "Thu", Role.ASSESSOR, "VN-19@2025"), province.hoa, 0, True, at=at)
    page = candidate.post(reverse("assessment:begin"), {"purpose": "practice"}, follow=True)
    assert "large-print" in text(page)


def test_the_room_page_asks_for_no_more_queries_with_more_seats(rooms, province, at, queries_of):
    invigilator, _candidate = rooms
    exam = actions.plan_exam(Reader(9, "Thu", Role.ASSESSOR, "VN-19@2025"), "Thi", at.date(), 60, 30, at=at)
    page = reverse("assessment:exam", args=[exam.pk])
    Seat.objects.create(exam=exam, number=1, person=province.hoa)
    invigilator.get(page)
    one = queries_of(lambda: invigilator.get(page))
    Seat.objects.create(exam=exam, number=2, person=province.minh)
    assert queries_of(lambda: invigilator.get(page)) == one


def test_an_exam_may_ask_more_than_practice_so_that_its_precision_is_met(sitting):
    assert adaptive.blueprint(sitting.purpose).maximum_length == adaptive.MOST_IN_EXAM > adaptive.MOST_ITEMS
    assert adaptive.blueprint(Purpose.PRACTICE).maximum_length == adaptive.MOST_ITEMS


def held(person, items, at, purpose=Purpose.CERTIFICATION):
    answers = [(item.code, item.key) for item in items]
    return FinishedSitting(person.pk, purpose, 3, at, at + timedelta(minutes=20), answers, [9.5] * len(answers))


def test_an_exam_held_without_a_network_is_taken_in_by_seat(exam, province, items, invigilator, at):
    actions.open_exam(invigilator, exam.pk, at=at)
    rows = {2: held(province.minh, items, at), 1: held(province.hoa, items, at)}
    actions.take_in_room(invigilator, exam.pk, rows, at=at + timedelta(hours=1))
    seats = list(exam.taken.all())
    assert [(seat.number, seat.person, seat.sitting.state) for seat in seats] == [
        (1, province.hoa, "finished"),
        (2, province.minh, "finished"),
    ]
    assert set(Answer.objects.values_list("seconds", flat=True)) == {9.5}
    assert CompetenceState.objects.filter(person=province.hoa).exists()


def test_a_seat_takes_in_only_a_certification_and_only_while_the_room_is_open(exam, province, items, invigilator, at):
    with refused("wrong_state"):
        actions.take_in_room(invigilator, exam.pk, {1: held(province.hoa, items, at)}, at=at)
    actions.open_exam(invigilator, exam.pk, at=at)
    with refused("not_a_certification"):
        actions.take_in_room(invigilator, exam.pk, {1: held(province.hoa, items, at, Purpose.PRACTICE)}, at=at)
    with pytest.raises(NotVisible):
        actions.take_in_room(province.assessor, exam.pk + 1, {}, at=at)
    with pytest.raises(NotAllowed):
        actions.take_in_room(province.manager, exam.pk, {}, at=at)
    assert not Sitting.objects.exists()
