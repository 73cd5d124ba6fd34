"""What the choice of questions heeds beside their parameters: some rest in each test, some never come together."""

import numpy as np
import pytest

from chiakhoa.engines import irt
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.foundation.refusals import NotAllowed, Refusal
from chiakhoa.measure.assessment import actions, adaptive, exposure, interchange, jobs, live_bank
from chiakhoa.measure.assessment.models import Item, ItemState, Purpose, Sitting, SittingState
from chiakhoa.measure.evidence import estimation


def asked(reader, person, at, seed=5, purpose=Purpose.PRACTICE):
    """The codes of a whole test, all answers right."""
    sitting = actions.start(reader, person, purpose, at=at)
    sitting.answers.all().delete()
    Sitting.objects.filter(pk=sitting.pk).update(seed=seed)
    sitting.refresh_from_db()
    first = adaptive.next_item(sitting, adaptive.history(sitting), live_bank.items())
    sitting.answers.create(item_id=first.code, position=1, a=first.a, b=first.b, c=first.c)
    while sitting.state == SittingState.OPEN:
        row = sitting.answers.get(score=None)
        sitting = actions.answer(reader, sitting.pk, row.position, row.item.key, at=at)
    return list(sitting.answers.values_list("item_id", flat=True))


def pairs(items):
    """Two items of each domain, which ask for the same."""
    return [(items[first].code, items[first + 1].code) for first in range(0, len(items), 4)]


def test_no_test_asks_two_questions_that_give_each_other_away(province, items, at):
    before = set(asked(province.stranger, province.minh, at))
    assert any(one in before and other in before for one, other in pairs(items))
    for one, other in pairs(items):
        actions.make_enemies(province.assessor, one, other, at=at)
    after = set(asked(province.learner, province.hoa, at))
    assert after
    assert all(not (one in after and other in after) for one, other in pairs(items))


def test_what_is_asked_without_a_network_keeps_enemies_apart_too(province, items, at):
    for one, other in pairs(items):
        actions.make_enemies(province.assessor, one, other, at=at)
    sitting = actions.start(province.learner, province.hoa, Purpose.PRACTICE, at=at)
    kept = {*adaptive.reserve(sitting, 12), *sitting.answers.values_list("item_id", flat=True)}
    assert len(kept) > 6
    assert all(not (one in kept and other in kept) for one, other in pairs(items))


@pytest.mark.parametrize("seed", range(2))
def test_a_question_that_is_tried_out_comes_beside_no_enemy(province, items, at, seed):
    Item.objects.filter(pk__in=[one for one, _other in pairs(items)]).update(state=ItemState.PILOT)
    before = set(asked(province.stranger, province.minh, at, seed, Purpose.BASELINE))
    assert any(one in before and other in before for one, other in pairs(items))
    for one, other in pairs(items):
        actions.make_enemies(province.assessor, one, other, at=at)
    after = set(asked(province.learner, province.hoa, at, seed, Purpose.BASELINE))
    assert len(after) > 6
    assert all(not (one in after and other in after) for one, other in pairs(items))


def test_enemies_of_enemies_stand_in_one_set_and_one_that_is_left_alone_in_none(province, items, at):
    a, b, c, d = (item.code for item in items[:4])
    actions.make_enemies(province.assessor, a, b, at=at)
    actions.make_enemies(province.assessor, c, d.upper(), at=at)
    actions.make_enemies(province.assessor, b, c, at=at)
    assert Item.objects.exclude(enemy_set="").values("enemy_set").distinct().count() == 1
    assert Item.objects.exclude(enemy_set="").count() == 4
    for code in (a, b, c):
        actions.part_enemies(province.assessor, code, at=at)
    assert not Item.objects.exclude(enemy_set="").exists()


@pytest.mark.parametrize(("other", "code"), [("9.9-zz", "item_unknown"), ("", "item_unknown"), ("itself", "same_item")])
def test_whoever_names_no_other_question_is_told_so(province, items, at, other, code):
    with pytest.raises(Refusal) as refused:
        actions.make_enemies(province.assessor, items[0].code, items[0].code if other == "itself" else other, at=at)
    assert refused.value.code == code


def test_a_learner_keeps_no_questions_apart(province, items, at):
    with pytest.raises(NotAllowed):
        actions.make_enemies(province.learner, items[0].code, items[1].code, at=at)


def test_enemies_go_out_into_a_file_and_come_back_with_it(province, items, at):
    one, other = pairs(items)[0]
    actions.make_enemies(province.assessor, one, other, at=at)
    for form in interchange.FORMATS:
        written = actions.hand_out_items(province.assessor, [one], form, at=at)
        (entry,) = interchange.read(written.content)
        assert entry.row["enemy_set"] == min(one, other), form


def test_loading_the_files_again_leaves_enemies_that_somebody_made_here(scale, province, at):
    actions.load_items(SYSTEM, at=at)
    codes = list(Item.objects.filter(enemy_set="").values_list("code", flat=True)[:2])
    actions.make_enemies(province.assessor, *codes, at=at)
    actions.load_items(SYSTEM, at=at)
    assert set(Item.objects.filter(pk__in=codes).values_list("enemy_set", flat=True)) == {min(codes)}


def test_a_question_that_rests_in_a_test_is_not_asked_there(province, items, at):
    resting = {item.code for item in items[::4]}
    assert resting & set(asked(province.stranger, province.minh, at))
    Item.objects.filter(pk__in=resting).update(eligibility=1e-6)
    assert not resting & set(asked(province.learner, province.hoa, at)[: adaptive.LEAST_PER_DOMAIN * 6])


def test_what_rests_comes_all_the_same_where_nothing_else_is_left(province, items, at):
    """Content is a constraint, rest is a wish."""
    Item.objects.update(eligibility=1e-6)
    assert len(asked(province.learner, province.hoa, at)) == min(adaptive.MOST_ITEMS, len(items))


@pytest.mark.parametrize("audience", ["tea_farm_household", "commune_official", "ict_student"])
def test_no_question_is_most_of_an_audience_s_tests_once_exposure_is_settled(scale, at, audience):
    actions.load_items(SYSTEM, at=at)
    people = 300

    def most_shown():
        bank = list(adaptive.live())
        prior = estimation.priors([audience] * people, scale)
        ability = irt.draw(people, irt.Prior(prior.mean, prior.cov), 8)

        def chances(who, item):
            a, b, c = (np.array([getattr(bank[i], name) for i in item]) for name in "abc")
            return irt.probability(ability[who, [bank[i].competence.domain_index for i in item]], a, b, c)

        shown, _score = adaptive.simulate(ability, [audience] * people, bank, Purpose.CERTIFICATION, 3, chances)
        return np.bincount(shown[shown >= 0], minlength=len(bank)).max() / people

    before = most_shown()
    assert actions.settle_exposure(SYSTEM, at=at) > 100
    assert before > 0.8
    assert most_shown() < exposure.MOST_SHOWN + 0.1  # three standard errors of a share of 300 people


def test_a_bank_too_small_to_rest_anything_rests_nothing(scale, items, at):
    assert actions.settle_exposure(SYSTEM, at=at) == 0
    assert set(Item.objects.values_list("eligibility", flat=True)) == {1.0}


def test_a_question_taken_out_has_the_exposure_of_the_rest_settled_anew_once(province, items, at):
    Item.objects.update(eligibility=0.5)
    for item in items[:2]:
        actions.retire_item(province.assessor, item.code, "sai", at=at)
    (job,) = Job.objects.filter(task="assessment.exposure")
    jobs.settle_exposure(province.assessor, lambda *_: None, **job.arguments)
    assert set(Item.objects.filter(state=ItemState.LIVE).values_list("eligibility", flat=True)) == {1.0}


def test_the_page_of_a_question_says_how_often_it_may_come_and_beside_what_never(sign_in, province, items, at):
    one, other = pairs(items)[0]
    actions.make_enemies(province.assessor, one, other, at=at)
    Item.objects.filter(pk=one).update(eligibility=0.31)
    page = sign_in(Role.ASSESSOR).get(f"/assessment/items/{one}/").content.decode()
    assert "31" in page
    assert f"/assessment/items/{other}/" in page
