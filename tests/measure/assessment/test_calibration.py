"""The live bank is calibrated from stored answers: one person asks, a second one adopts; what was answered stays as it was."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from chiakhoa.engines import irt
from chiakhoa.foundation import jobs
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, Refusal
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment import actions, adaptive, bank, live_bank, queries, waiting
from chiakhoa.measure.assessment.calibration import estimating
from chiakhoa.measure.assessment.integrity import judging
from chiakhoa.measure.assessment.models import (
    Answer,
    Calibration,
    CalibrationState,
    Exam,
    Item,
    ItemKind,
    Purpose,
    Seat,
    Sitting,
)
from chiakhoa.measure.evidence.actions import Observation, append
from chiakhoa.measure.evidence.models import EvidenceKind

PEOPLE, EACH = 400, 12
AUDIENCES = ("commune_official", "department_official")
OFF = 0.7  # logits: how far the author of an item errs


@pytest.fixture
def thu(province):
    return province.assessor


@pytest.fixture
def hai(province):
    return Reader(31, "Hải", Role.COORDINATOR, province.communes[0].parent_id)


@pytest.fixture
def answered(province, scale, at):
    """Twenty-four questions of the first domain whose true difficulty is not what the author says, answered by 400 people."""
    rng = np.random.default_rng(4)
    competence = scale.competences[0]
    rows = []
    for number in range(24):
        source = {
            "code": f"1.1-q{number:02}", "competence": "1.1", "grade": 1 + number % 5, "kind": "single",
            "stem_vi": f"Câu {number}", "stem_en": f"Question {number}",
            "options": [{"key": key, "vi": key, "en": key, "correct": key == "a"} for key in "abcd"],
        }  # fmt: skip
        rows.append(Item(**bank.fields_of(source, scale.cuts), competence=competence))
    items = Item.objects.bulk_create(rows)
    true = {item.code: item.b + OFF * (1 if number % 2 else -1) for number, item in enumerate(items)}
    people = Person.objects.bulk_create(
        Person(full_name=f"Người {n}", search_key=f"nguoi {n}", unit=province.communes[n % 2], sex="fm"[n // 2 % 2],
               audience_id=AUDIENCES[n % 2], registered_at=at)
        for n in range(PEOPLE)
    )  # fmt: skip
    theta = rng.normal([scale.prior.mean[AUDIENCES[n % 2]] for n in range(PEOPLE)], scale.prior.domain_sd)
    tests = []
    for n, person in enumerate(people):
        met = [items[k] for k in rng.permutation(24)[:EACH]]
        right = [bool(rng.random() < chance(theta[n], item.a, true[item.code], item.c)) for item in met]
        tests.append((person, met, right, at + timedelta(minutes=n)))
    sit_all(tests, scale)
    return SimpleNamespace(items=items, true=true, theta=theta, people=people)


def chance(theta, a, b, c):
    return float(irt.probability(np.array(theta), np.array(a), np.array(b), np.array(c)))


def sit(person, met, right, at, scale, purpose=Purpose.BASELINE):
    """A finished test with these answers."""
    return sit_all([(person, met, right, at)], scale, purpose)[0]


def sit_all(tests, scale, purpose=Purpose.BASELINE):
    """Finished tests, each of a person, the questions met, which were right, and when."""
    domains = len(scale.domains)
    seen = [
        Observation(person.pk, EvidenceKind.SITTING, at, {
            "item": [i.code for i in met], "domain": [0] * len(met), "a": [i.a for i in met], "b": [i.b for i in met],
            "c": [i.c for i in met], "score": [float(one) for one in right],
        })
        for person, met, right, at in tests
    ]  # fmt: skip
    rows = append(seen, at=max(at for *_test, at in tests))
    sittings = Sitting.objects.bulk_create(
        Sitting(person=person, purpose=purpose, state="finished", seed=1, started_at=at, finished_at=at, evidence=row,
                mean=[[0.0] * domains], covariance=[np.eye(domains).tolist()])
        for (person, _met, _right, at), row in zip(tests, rows, strict=True)
    )  # fmt: skip
    Answer.objects.bulk_create(
        Answer(sitting=sitting, item=item, position=k, a=item.a, b=item.b, c=item.c, given="a" if one else "b", score=float(one),
               shown_at=at, answered_at=at)
        for sitting, (_person, met, right, at) in zip(sittings, tests, strict=True)
        for k, (item, one) in enumerate(zip(met, right, strict=True), start=1)
    )  # fmt: skip
    return sittings


def calibrated(reader, at):
    row = actions.ask_calibration(reader, at=at)
    jobs.work(once=True)
    return Calibration.objects.get(pk=row.pk)


def test_a_calibration_finds_what_the_authors_did_not_know_and_says_whose_level_would_change(answered, thu, at):
    row = calibrated(thu, at)
    assert row.state == CalibrationState.READY
    found = {one.item_id: one for one in row.items.all()}
    assert len(found) == 24
    errors = np.array([one.b - answered.true[code] for code, one in found.items()])
    assert np.abs(errors).mean() < 0.3
    assert np.abs([one.old_b - answered.true[code] for code, one in found.items()]).mean() == pytest.approx(OFF)
    assert [(one.se_b, one.infit) for one in found.values() if not (0 < one.se_b < 0.8 and 0.7 < one.infit < 1.3)] == []
    assert row.report["levels"]["people"] == PEOPLE
    assert 0 < row.report["levels"]["changed"] < PEOPLE
    assert row.report["domains"][0]["anchors"] == 0
    assert Item.objects.filter(calibrated=True).count() == 0


def test_only_a_second_person_adopts_it_and_answers_keep_what_they_were_shown_with(answered, thu, hai, at):
    row = calibrated(thu, at)
    with pytest.raises(Refusal, match=r".") as refused:
        actions.adopt_calibration(thu, row.pk, "tốt", at=at)
    assert refused.value.code == "second_person"
    with pytest.raises(Refusal):
        actions.adopt_calibration(hai, row.pk, "  ", at=at)
    before = list(Answer.objects.order_by("pk").values_list("a", "b"))
    evidence = [one.evidence.content for one in Sitting.objects.order_by("pk")[:5]]
    actions.adopt_calibration(hai, row.pk, "Đã đọc từng câu.", at=at)
    item = Item.objects.get(pk=answered.items[3].code)
    found = row.items.get(item=item)
    assert (item.b, item.se_b, item.calibrated, item.calibrated_on) == (found.b, found.se_b, True, found.answers)
    assert list(Answer.objects.order_by("pk").values_list("a", "b")) == before
    assert [one.evidence.content for one in Sitting.objects.order_by("pk")[:5]] == evidence
    assert item.steps.first().by_name == "Hải"
    assert AuditEntry.objects.filter(verb="adopt_calibration").count() == 1
    again = Calibration.objects.get(pk=row.pk)
    assert (again.state, again.decided_name, again.reason) == (CalibrationState.ADOPTED, "Hải", "Đã đọc từng câu.")


def test_the_database_keeps_the_second_person(answered, thu, at):
    row = calibrated(thu, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Calibration.objects.filter(pk=row.pk).update(
            state="adopted", is_open=None, decided_by=row.asked_by, decided_at=at, reason="x"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Calibration.objects.create(asked_at=at, asked_by=9)


def test_one_waits_at_a_time_and_a_rejected_one_stays_in_the_history(answered, thu, hai, at):
    row = calibrated(thu, at)
    with pytest.raises(Refusal):
        actions.ask_calibration(hai, at=at)
    actions.reject_calibration(hai, row.pk, "quá ít người", at=at)
    assert Item.objects.filter(calibrated=True).count() == 0
    second = calibrated(hai, at)
    assert list(queries.calibrations(thu)) == [second, row]
    with pytest.raises(Refusal):
        actions.adopt_calibration(thu, row.pk, "vẫn dùng", at=at)


def test_the_next_calibration_hangs_on_items_that_have_kept_their_place(answered, thu, hai, scale, at):
    actions.adopt_calibration(hai, calibrated(thu, at).pk, "tốt", at=at)
    moved = answered.items[0].code
    Item.objects.filter(pk=moved).update(
        b=Item.objects.get(pk=moved).b - 3
    )  # somebody's mistake: it has not kept its place
    row = calibrated(hai, at + timedelta(days=1))
    anchors = set(row.items.filter(is_anchor=True).values_list("item", flat=True))
    assert len(anchors) >= estimating.LEAST_ANCHORS
    assert moved not in anchors
    back = row.items.get(item=moved)
    assert back.b == pytest.approx(answered.true[moved], abs=0.6)
    kept = row.items.get(item=sorted(anchors)[0])
    assert (kept.a, kept.b) == (kept.old_a, kept.old_b)


def test_what_changed_meanwhile_is_not_overwritten(answered, thu, hai, at):
    row = calibrated(thu, at)
    Item.objects.filter(pk=answered.items[2].code).update(state="retired")
    with pytest.raises(Refusal) as refused:
        actions.adopt_calibration(hai, row.pk, "tốt", at=at)
    assert refused.value.code == "stale"


def test_an_item_that_is_harder_for_one_sex_at_equal_ability_is_named(answered, thu, scale, at):
    rng = np.random.default_rng(8)
    target = answered.items[4]
    for answer in Answer.objects.filter(item=target).select_related("sitting__person"):
        if answer.sitting.person.sex == "f" and rng.random() < 0.75:
            answer.score, answer.given = 0.0, "b"
            answer.save()
    row = calibrated(thu, at)
    found = row.items.get(item=target)
    assert found.is_flagged
    assert {(one["by"], one["letter"]) for one in found.dif if one["by"] == "sex"} == {("sex", "C")}
    assert row.items.filter(is_flagged=True).count() < 10


def test_practice_and_items_with_few_answers_take_no_part(answered, thu, scale, province, at):
    rare = Item.objects.create(**{**bank.fields_of({
        "code": "1.1-rare", "grade": 3, "kind": ItemKind.SINGLE, "stem_vi": "x", "stem_en": "x",
        "options": [{"key": key, "vi": key, "en": key, "correct": key == "a"} for key in "ab"],
    }, scale.cuts), "competence": scale.competences[0]})  # fmt: skip
    sit(province.hoa, [rare], [True], at, scale)
    sit(province.minh, answered.items[:5], [True] * 5, at, scale, purpose=Purpose.PRACTICE)
    row = calibrated(thu, at)
    assert not row.items.filter(item=rare).exists()
    assert row.report["answers"] == PEOPLE * EACH + 1


def test_after_adoption_the_signs_of_leak_speak_and_honest_items_stay_quiet(answered, thu, hai, scale, at):
    assert judging.of_bank(1) == ([], [])
    actions.adopt_calibration(hai, calibrated(thu, at).pk, "tốt", at=at)
    watched, found = judging.of_bank(1)
    assert len(watched) == 24
    assert found == []
    out = Item.objects.get(pk=max(answered.true, key=answered.true.get))
    others = list(Item.objects.exclude(pk=out.pk)[:8])
    rng = np.random.default_rng(2)
    for n, person in enumerate(answered.people[:60]):
        right = [bool(rng.random() < chance(answered.theta[n], i.a, i.b, i.c)) for i in others]
        sit(person, [*others, out], [*right, True], at + timedelta(days=2, minutes=n), scale)
    assert [one.item for one in judging.of_bank(1)[1]] == [out.code]


@pytest.fixture
def pages(sign_in, answered):
    """The coordinator's browser."""
    return sign_in(Role.COORDINATOR)


def test_it_is_asked_for_and_decided_on_from_pages(pages, thu, at):
    assert "Hiệu chuẩn ngân hàng đang dùng" in pages.get(reverse("assessment:calibrations")).content.decode()
    page = pages.post(reverse("assessment:calibrations"), follow=True)
    assert "Đang tính" in page.content.decode()
    row = Calibration.objects.get()
    jobs.work(once=True)
    page = pages.get(reverse("assessment:calibration", args=[row.pk])).content.decode()
    assert "1.1-q00" in page
    assert f"{row.items.count()}" in page
    verdict = reverse("assessment:decide_calibration", args=[row.pk, "adopt"])
    pages.post(verdict, {"reason": "tự duyệt"})
    assert Calibration.objects.get().state == CalibrationState.READY
    assert [one.address for one in waiting.for_reader(thu)] == [reverse("assessment:calibration", args=[row.pk])]
    export = pages.get(reverse("assessment:calibration", args=[row.pk]) + "?export=csv")
    assert b"1.1-q00" in export.content


def test_an_auditor_reads_calibrations_and_asks_for_none(sign_in, answered, province, at):
    auditor = sign_in(Role.AUDITOR)
    assert auditor.get(reverse("assessment:calibrations")).status_code == 200
    assert auditor.post(reverse("assessment:calibrations")).status_code == 404
    with pytest.raises(NotAllowed):
        actions.ask_calibration(province.auditor, at=at)
    assert list(queries.calibrations(province.learner)) == []
    assert queries.calibrations(SYSTEM).count() == 0


def test_the_list_is_there_while_one_is_being_computed(pages, hai, at):
    actions.ask_calibration(hai, at=at)
    page = pages.get(reverse("assessment:calibrations")).content.decode()
    assert "Hải" in page
    assert "Hiệu chuẩn ngân hàng đang dùng" not in page


def test_a_test_that_was_open_goes_on_with_the_parameters_it_began_with(answered, thu, hai, province, at):
    old = {item.code: (item.a, item.b) for item in answered.items}
    begun = actions.start(province.learner, province.hoa, Purpose.BASELINE, at=at + timedelta(hours=9))
    one_by_one(province.learner, begun, 3, at + timedelta(hours=9))
    row = calibrated(thu, at + timedelta(hours=10))
    actions.adopt_calibration(hai, row.pk, "tốt", at=at + timedelta(hours=10))
    assert adaptive.reserve(begun, 5)
    one_by_one(province.learner, begun, 24, at + timedelta(hours=11))
    sitting = Sitting.objects.get(pk=begun.pk)
    assert sitting.state == "finished"
    shown = list(sitting.answers.values_list("item", "a", "b"))
    assert len(shown) > 10
    assert [code for code, a, b in shown if (a, b) != old[code]] == []
    assert sitting.evidence.content["b"] == [b for _code, _a, b in shown]
    later = actions.start(province.stranger, province.minh, Purpose.BASELINE, at=at + timedelta(hours=12))
    one_by_one(province.stranger, later, 6, at + timedelta(hours=12))
    new = {one.item_id: (one.a, one.b) for one in row.items.all()}
    assert [code for code, a, b in later.answers.values_list("item", "a", "b") if (a, b) != new[code]] == []


def test_of_two_adoptions_during_one_test_it_is_the_first_that_counts_for_what_stood_before(
    answered, thu, hai, province, at
):
    code, old = answered.items[0].code, answered.items[0].b
    for days in (1, 2):
        row = calibrated(thu, at + timedelta(days=days))
        row.items.filter(item=code).update(is_anchor=False, b=old + days)
        actions.adopt_calibration(hai, row.pk, "tốt", at=at + timedelta(days=days))
    stood = [live_bank.items_as_of(at + timedelta(days=days, hours=1))[code].b for days in (0, 1, 2)]
    assert stood == [old, old + 1, old + 2]


def one_by_one(learner, sitting, most, at):
    """Answer the questions as they come, "I do not know" to every other."""
    for _turn in range(most):
        shown = sitting.answers.filter(score=None).select_related("item").first()
        if shown is None:
            return
        given = shown.item.key if shown.position % 2 else None
        actions.answer(learner, sitting.pk, shown.position, given, at=at + timedelta(minutes=shown.position))


def test_a_calibrated_item_that_becomes_harder_for_one_sex_is_named_by_the_next_calibration(answered, thu, hai, at):
    actions.adopt_calibration(hai, calibrated(thu, at).pk, "tốt", at=at)
    target = answered.items[7]
    rng = np.random.default_rng(5)
    women = Answer.objects.filter(item=target, sitting__person__sex="f")
    wrong = [pk for pk in women.order_by("pk").values_list("pk", flat=True) if rng.random() < 0.75]
    Answer.objects.filter(pk__in=wrong).update(score=0.0, given="b")
    row = calibrated(hai, at + timedelta(days=1))
    found = row.items.get(item=target)
    assert found.was_calibrated
    assert ("sex", "C") in {(one["by"], one["letter"]) for one in found.dif}


def test_after_adoption_answers_that_do_not_fit_together_are_seen_in_an_exam(answered, thu, hai, scale, province, at):
    exam = Exam.objects.create(
        title="Thi", code="ABCDEF", unit=province.communes[0], held_on=at.date(), minutes=60, seats=8
    )
    hard = sorted(answered.items, key=lambda item: answered.true[item.code])
    rng = np.random.default_rng(3)
    for number, person in enumerate(answered.people[:8], start=1):
        right = [
            k >= 12 if number == 5 else bool(rng.random() < chance(0.5, i.a, answered.true[i.code], i.c))
            for k, i in enumerate(hard)
        ]
        sitting = sit(person, hard, right, at + timedelta(days=1), scale, purpose=Purpose.CERTIFICATION)
        Seat.objects.create(exam=exam, number=number, person=person, sitting=sitting)
    assert judging.of_exam(exam).judged["misfit"] == 0
    actions.adopt_calibration(hai, calibrated(thu, at).pk, "tốt", at=at)
    said = judging.of_exam(exam)
    assert said.judged["misfit"] == 8
    assert [one.seat.number for one in said.found if one.kind == "misfit"] == [5]


def test_a_calibration_that_was_given_up_is_not_computed_any_more(answered, thu, hai, at):
    row = actions.ask_calibration(thu, at=at)
    actions.reject_calibration(hai, row.pk, "nhầm", at=at)
    jobs.work(once=True)
    row.refresh_from_db()
    assert (row.state, row.found_at, row.report) == (CalibrationState.REJECTED, None, {})
