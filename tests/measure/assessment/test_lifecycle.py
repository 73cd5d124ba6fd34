"""The life of an item: two people before anybody meets it, a trial that counts for nobody, and nothing shown is ever changed."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import numpy as np
import pytest
from django.db import DatabaseError, transaction
from django.db.utils import IntegrityError
from django.utils import translation

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, Refusal
from chiakhoa.measure.assessment import actions, adaptive, bank, figures, piloting
from chiakhoa.measure.assessment.models import Answer, Item, ItemReview, ItemState, Purpose, Sitting, SittingState
from chiakhoa.measure.assessment.rooms import FinishedSitting
from chiakhoa.measure.evidence.models import Evidence

REASONED = [
    {"key": key, "vi": f"lựa chọn {key}", "en": f"option {key}", "why_vi": f"vì {key}", "why_en": f"because {key}",
     "correct": key == "b"} for key in "abcd"
]  # fmt: skip
ROW = {
    "competence": "1.1", "grade": 3, "kind": "single", "stem_vi": "Hỏi gì?", "stem_en": "What?",
    "learn_vi": "Học ở đây", "learn_en": "Learn here", "options": REASONED,
}  # fmt: skip


@pytest.fixture
def author(province):
    return province.assessor


@pytest.fixture
def second(province):
    return Reader(60, "Hải", Role.COORDINATOR, province.communes[0].parent_id)


def states(item):
    return [(step.before, step.after) for step in item.steps.order_by("pk")]


def on_trial(author, second, at, **other):
    item = actions.write_item(author, {**ROW, **other}, at=at)
    actions.submit_item(author, item.code, at=at)
    return actions.review_item(second, item.code, True, "rõ", at=at)


def test_an_item_goes_from_draft_to_trial_by_two_people_and_its_history_says_so(author, second, at):
    item = on_trial(author, second, at)
    assert item.state == ItemState.PILOT
    assert states(item) == [("", "draft"), ("draft", "review"), ("review", "pilot")]
    last = item.steps.first()
    assert (last.by_name, last.note, last.at) == ("Hải", "rõ", at)
    assert item.code == "1.1-n1"


def test_nobody_reviews_what_they_wrote_or_changed(author, second, at):
    item = actions.write_item(author, ROW, at=at)
    actions.edit_item(second, item.code, {**ROW, "stem_vi": "Hỏi gì thế?"}, at=at)
    actions.submit_item(author, item.code, at=at)
    for writer in (author, second):
        with pytest.raises(Refusal):
            actions.review_item(writer, item.code, True, at=at)
    assert Item.objects.get(pk=item.code).state == ItemState.REVIEW
    third = replace(second, account_id=61)
    assert actions.review_item(third, item.code, True, at=at).state == ItemState.PILOT


def test_the_database_itself_refuses_a_reviewer_who_wrote_the_item(author, at):
    item = actions.write_item(author, ROW, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemReview.objects.create(item=item, at=at, written_by=6, reviewer=6, agrees=True)


def test_its_author_takes_it_back_and_nobody_else(author, second, at):
    item = actions.write_item(author, ROW, at=at)
    actions.submit_item(author, item.code, at=at)
    with pytest.raises(Refusal):
        actions.take_back_item(second, item.code, at=at)
    assert actions.take_back_item(author, item.code, at=at).state == ItemState.DRAFT


def test_an_unfinished_draft_is_kept_but_not_handed_over(author, at):
    item = actions.write_item(author, {**ROW, "stem_en": "", "learn_en": ""}, at=at)
    with pytest.raises(Refusal) as refused:
        actions.submit_item(author, item.code, at=at)
    assert refused.value.details["missing"] == 2
    assert Item.objects.get(pk=item.code).state == ItemState.DRAFT


def test_who_does_not_agree_says_why_and_the_item_goes_back(author, second, at):
    item = actions.write_item(author, ROW, at=at)
    actions.submit_item(author, item.code, at=at)
    with pytest.raises(Refusal):
        actions.review_item(second, item.code, False, " ", at=at)
    actions.review_item(second, item.code, False, "phương án c cũng đúng", at=at)
    assert Item.objects.get(pk=item.code).state == ItemState.DRAFT
    assert item.reviews.get().note == "phương án c cũng đúng"
    actions.edit_item(author, item.code, ROW, at=at)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.LEARNER, Role.TRAINER])
def test_only_those_who_hold_exams_write_items(province, role, at):
    with pytest.raises(NotAllowed):
        actions.write_item(Reader(9, "X", role, province.communes[0].pk), ROW, at=at)


def test_a_text_in_use_is_not_changed_but_gets_a_new_version(author, second, at):
    item = on_trial(author, second, at)
    with pytest.raises(Refusal):
        actions.edit_item(author, item.code, ROW, at=at)
    draft = actions.new_version(author, item.code, at=at)
    assert (draft.code, draft.state, draft.supersedes_id) == ("1.1-n1.2", ItemState.DRAFT, item.code)
    with pytest.raises(Refusal):
        actions.new_version(author, item.code, at=at)
    actions.discard_item(author, draft.code, at=at)
    assert actions.new_version(author, item.code, at=at).code == "1.1-n1.2"


def test_the_database_itself_keeps_the_text_of_what_was_answered(province, items, at):
    actions.start(province.learner, province.hoa, Purpose.BASELINE, at=at)
    shown = Answer.objects.get().item
    with pytest.raises(DatabaseError, match="keeps its text"), transaction.atomic():
        Item.objects.filter(pk=shown.code).update(stem_vi="khác")
    Item.objects.filter(pk=shown.code).update(learn_vi="chỗ học khác", b=0.3, state=ItemState.RETIRED)
    other = Item.objects.exclude(pk=shown.code).first()
    Item.objects.filter(pk=other.code).update(stem_vi="khác")


def sat(person, answers, seed, at):
    return FinishedSitting(person.pk, Purpose.BASELINE, seed, at, at + timedelta(minutes=9), answers)


def sittings_with(tried, live, province, count, *, a, b, at):
    """Sittings of people of normal ability who answered five live items of the domain and the one that is tried out."""
    chance = np.random.default_rng(4)

    def given(item, theta):
        right = item.c + (1 - item.c) / (
            1 + np.exp(-(a if item == tried else item.a) * (theta - (b if item == tried else item.b)))
        )
        return item.key if chance.random() < right else None

    return [
        sat(
            province.hoa, [(item.code, given(item, theta)) for item in [*live, tried]], seed, at + timedelta(hours=seed)
        )
        for seed, theta in enumerate(chance.normal(usual(province), 1, count))
    ]


def usual(province):
    """The ability that the prior expects of Hoa in the first domain."""
    return adaptive.before_any_answer(province.hoa).mean[0, 0]


def live_items(count, scale, centre):
    competence = next(row for row in scale.competences if row.code == "1.1")
    rows = [
        Item(**{**bank.fields_of({**ROW, "code": f"1.1-z{n}"}, scale.cuts), "b": b}, competence=competence)
        for n, b in enumerate(centre + np.linspace(-1.5, 1.5, count))
    ]
    return Item.objects.bulk_create(rows)


def test_with_enough_answers_it_is_calibrated_on_the_live_scale_and_a_person_makes_it_live(
    author, second, province, scale, at
):
    live = live_items(8, scale, usual(province))
    tried, b = on_trial(author, second, at, grade=2), usual(province) + 0.5
    before = list(Item.objects.filter(pk__in=[item.pk for item in live]).values_list("a", "b", "c"))
    few = sittings_with(tried, live, province, piloting.LEAST_ANSWERS - 1, a=1.2, b=b, at=at)
    actions.take_in(SYSTEM, few, at=at)
    assert actions.calibrate_pilots(author, at=at) == []
    with pytest.raises(Refusal):
        actions.make_live(author, tried.code, at=at)
    actions.take_in(SYSTEM, sittings_with(tried, live, province, 400, a=1.2, b=b, at=at + timedelta(days=90)), at=at)
    (done,) = actions.calibrate_pilots(author, at=at)
    assert (done.calibrated_on, done.state) == (piloting.LEAST_ANSWERS - 1 + 400, ItemState.PILOT)
    assert abs(done.b - b) < 3 * done.se_b < 1
    assert list(Item.objects.filter(pk__in=[item.pk for item in live]).values_list("a", "b", "c")) == before
    assert actions.make_live(second, tried.code, at=at).state == ItemState.LIVE
    said = figures.of(author, Item.objects.get(pk=tried.code))
    assert said.answered == done.calibrated_on
    assert 0.85 < said.infit < 1.15


def test_a_new_version_takes_the_old_one_s_place_and_answers_keep_pointing_to_what_was_shown(
    author, second, province, scale, items, at
):
    old = items[0]
    actions.start(province.learner, province.hoa, Purpose.BASELINE, at=at)
    Answer.objects.update(item=old)
    new = actions.new_version(author, old.code, at=at)
    actions.edit_item(author, new.code, {**ROW, "competence": "1.1"}, at=at)
    actions.submit_item(author, new.code, at=at)
    actions.review_item(second, new.code, True, at=at)
    assert Item.objects.get(pk=old.code).state == ItemState.LIVE
    Item.objects.filter(pk=new.code).update(calibrated=True)
    actions.make_live(author, new.code, at=at)
    assert Item.objects.get(pk=old.code).state == ItemState.RETIRED
    assert Answer.objects.get().item == old
    assert new.code not in [item.code for item in adaptive.live() if item.code == old.code]


def walk_through(reader, person, purpose, seed, at):
    """A sitting answered rightly on every other item that counts; what it shows, in order."""
    with patch("secrets.randbits", return_value=seed):
        sitting = actions.start(reader, person, purpose, at=at)
    shown, right = [], 0
    while (row := Answer.objects.filter(sitting=sitting, score=None).select_related("item").first()) is not None:
        shown.append((row.item_id, row.pilot))
        right += not row.pilot
        given = row.item.key if not row.pilot and right % 2 else None
        actions.answer(reader, sitting.pk, row.position, given, at=at)
    return Sitting.objects.get(pk=sitting.pk), shown


def test_a_trial_takes_at_most_two_places_and_moves_no_estimate(author, second, province, items, at):
    with_nothing, plain = walk_through(province.learner, province.hoa, Purpose.BASELINE, 5, at)
    for n in range(3):
        on_trial(author, second, at, stem_vi=f"Hỏi {n}?")
    twin, mixed = walk_through(province.stranger, province.minh, Purpose.BASELINE, 5, at)
    assert [code for code, pilot in mixed if pilot] and sum(pilot for _code, pilot in mixed) == piloting.PLACES
    assert [code for code, pilot in mixed if not pilot] == [code for code, _pilot in plain]
    assert twin.mean == with_nothing.mean
    assert twin.covariance == with_nothing.covariance
    asked = [Evidence.objects.get(sitting=one).content["item"] for one in (with_nothing, twin)]
    assert asked[0] == asked[1]
    assert twin.state == SittingState.FINISHED


def test_practice_tries_nothing_out_and_drafts_are_met_by_nobody(author, second, province, items, at):
    tried = on_trial(author, second, at)
    draft = actions.write_item(author, ROW, at=at)
    _sitting, shown = walk_through(province.learner, province.hoa, Purpose.PRACTICE, 5, at)
    assert {tried.code, draft.code} & {code for code, _pilot in shown} == set()
    with pytest.raises(Refusal):
        actions.take_in(SYSTEM, [sat(province.hoa, [(items[0].code, None), (draft.code, None)], 3, at)], at=at)


def test_nobody_meets_an_item_on_trial_twice_nor_beside_the_version_they_met(author, second, province, items, at):
    tried = on_trial(author, second, at)
    for n in range(2):
        walk_through(province.learner, province.hoa, Purpose.BASELINE, 5 + n, at + timedelta(days=n))
    assert Answer.objects.filter(item=tried.code).count() == 1
    _sitting, met = walk_through(province.stranger, province.minh, Purpose.PRACTICE, 5, at)
    Item.objects.filter(pk=tried.code).update(supersedes=met[0][0])
    walk_through(province.stranger, province.minh, Purpose.BASELINE, 9, at + timedelta(days=1))
    assert not Answer.objects.filter(item=tried.code, sitting__person=province.minh).exists()


@pytest.mark.parametrize("seed", range(40))
def test_the_places_of_a_trial_are_drawn_from_the_seed_and_lie_inside_the_test(seed):
    drawn = piloting.places(seed)
    assert drawn == piloting.places(seed)
    assert len(set(drawn)) == piloting.PLACES
    assert piloting.FIRST <= drawn[0] < drawn[-1] <= piloting.LAST < adaptive.MOST_ITEMS


def test_the_shipped_items_come_in_live_with_a_line_of_history(scale, at):
    actions.load_items(SYSTEM, at=at)
    rows = Item.objects.filter(shipped=True, state=ItemState.LIVE)
    assert rows.count() == len(bank.item_files())
    assert not rows.filter(calibrated=True).exists()
    assert rows.filter(steps__before="", steps__after="live").count() == rows.count()
    actions.load_items(SYSTEM, at=at)
    assert Item.objects.count() == rows.count()


def test_newer_files_change_no_text_that_somebody_answered(scale, province, author, at, monkeypatch):
    actions.load_items(SYSTEM, at=at)
    files = bank.item_files()
    answered, read_by_nobody, written_here = files[0]["code"], files[1]["code"], files[2]["code"]
    actions.take_in(SYSTEM, [sat(province.hoa, [(answered, None)], 1, at)], at=at)
    mine = actions.new_version(author, written_here, at=at)
    newer = [{**row, "stem_vi": row["stem_vi"] + " (mới)"} for row in files[:3]] + files[3:]
    monkeypatch.setattr(bank, "item_files", lambda: newer)
    actions.load_items(SYSTEM, at=at)
    old, new = Item.objects.get(pk=answered), Item.objects.get(pk=f"{answered}.2")
    assert (old.state, new.state, new.supersedes_id) == (ItemState.RETIRED, ItemState.LIVE, answered)
    assert not old.stem_vi.endswith("(mới)") and new.stem_vi.endswith("(mới)")
    assert Item.objects.get(pk=read_by_nobody).stem_vi.endswith("(mới)")
    assert not Item.objects.get(pk=written_here).stem_vi.endswith("(mới)")
    assert Item.objects.get(pk=mine.code).state == ItemState.DRAFT
    actions.load_items(SYSTEM, at=at)
    assert Item.objects.count() == len(files) + 2


def test_a_retired_item_needs_a_reason_and_is_asked_no_more(author, items, at):
    with pytest.raises(Refusal):
        actions.retire_item(author, items[0].code, "", at=at)
    actions.retire_item(author, items[0].code, "lỗi thời", at=at)
    assert items[0].code not in {item.code for item in adaptive.live()}


def test_remarks_are_kept_in_their_order(author, second, items, at):
    actions.comment_item(author, items[0].code, "câu này dài", at=at)
    actions.comment_item(second, items[0].code, "đồng ý", at=at)
    assert [row.text for row in items[0].comments.all()] == ["câu này dài", "đồng ý"]


def test_a_row_of_the_files_comes_back_from_its_item(scale):
    competences = {one.code: one for one in scale.competences}
    for source in bank.item_files():
        item = Item(**bank.fields_of(source, scale.cuts), competence=competences[source["competence"]])
        again = bank.row_of(item)
        with translation.override("vi"):
            assert bank.fields_of(again, scale.cuts) == bank.fields_of(source, scale.cuts)
