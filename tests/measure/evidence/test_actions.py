"""The ledger: rows are added, an opinion supersedes an opinion, states follow and can be rebuilt."""

from datetime import timedelta

import pytest

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import SYSTEM
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.measure.evidence import actions, queries
from chiakhoa.measure.evidence.actions import Observation
from chiakhoa.measure.evidence.models import CompetenceState, DomainEstimate, Evidence, EvidenceKind


def seen(person, on, score=1.0):
    content = {
        "item": ["1.1-a", "2.1-a"], "domain": [0, 1], "a": [1.2, 1.2], "b": [-2.0, -1.0], "c": [0.2, 0.05],
        "score": [score, score],
    }  # fmt: skip
    return Observation(person.pk, EvidenceKind.SITTING, on, content)


def states():
    estimates = DomainEstimate.objects.order_by("state", "domain").values_list("state", "domain", "mean", "se")
    return list(estimates), list(CompetenceState.objects.order_by("pk").values())


def test_an_observation_becomes_evidence_and_a_state(province, at):
    actions.append([seen(province.hoa, at)], at=at)
    state = queries.state(province.learner, province.hoa)
    assert state.evidence_count == 1
    assert state.as_of == at
    assert state.estimates.count() == 6
    assert len(state.covariance) == 6


def test_evidence_added_in_parts_gives_the_state_that_a_rebuild_gives(province, at):
    actions.append([seen(province.hoa, at), seen(province.minh, at, 0.0)], at=at)
    actions.append([seen(province.hoa, at + timedelta(days=40), 0.0)], at=at + timedelta(days=40))
    actions.append([seen(province.hoa, at + timedelta(days=20))], at=at + timedelta(days=50))
    before = states()
    assert actions.rebuild(SYSTEM, at=at) == 2
    assert states() == before


def test_the_ledger_is_read_the_same_in_whatever_order_it_arrived(province, at):
    later = at + timedelta(days=40)
    actions.append([seen(province.hoa, at), seen(province.hoa, later, 0.0)], at=later)
    actions.append([seen(province.minh, later, 0.0)], at=later)
    actions.append([seen(province.minh, at)], at=later)
    hoa, minh = (list(person.state.estimates.values_list("mean", "se")) for person in (province.hoa, province.minh))
    assert hoa == minh


def test_a_rating_is_a_weaker_observation_of_the_domains_rated(province, at):
    row = actions.rate(province.manager, province.hoa, {0: 5, 2: 0}, at=at)
    assert row.content["sd"] == [1.0, None, 1.0, None, None, None]
    assert row.content["mean"][0] == pytest.approx(0.8)
    assert row.content["mean"][2] < -2.8


def test_a_newer_opinion_supersedes_the_older_and_counts_alone(province, at):
    first = actions.rate(province.manager, province.hoa, {0: 1}, at=at)
    second = actions.rate(province.manager, province.hoa, {0: 6}, at=at + timedelta(days=1))
    assert second.supersedes_id == first.pk
    assert Evidence.objects.count() == 2
    state = queries.state(province.manager, province.hoa)
    assert state.evidence_count == 1


def test_an_opinion_of_last_year_stands_beside_a_new_one(province, at):
    actions.rate(province.manager, province.hoa, {0: 1}, at=at)
    second = actions.rate(province.manager, province.hoa, {0: 6}, at=at + timedelta(days=300))
    assert second.supersedes_id is None


def test_the_same_opinion_sent_five_times_is_one_row(province, at):
    for second in range(5):
        actions.rate(province.manager, province.hoa, {0: 4}, at=at + timedelta(seconds=second))
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("grades", [{}, {9: 3}, {0: 9}, {0: -1}], ids=str)
def test_an_opinion_of_nothing_or_of_an_unknown_grade_is_refused(province, at, grades):
    with pytest.raises(Refusal):
        actions.rate(province.manager, province.hoa, grades, at=at)
    assert not Evidence.objects.exists()


def test_nobody_rates_people_of_another_commune(province, at):
    with pytest.raises(NotVisible):
        actions.rate(province.elsewhere, province.hoa, {0: 3}, at=at)


def test_a_learner_rates_nobody(province, at):
    with pytest.raises(NotAllowed):
        actions.rate(province.learner, province.hoa, {0: 3}, at=at)


def test_a_rating_leaves_a_row_in_the_trail(province, at):
    actions.rate(province.manager, province.hoa, {0: 3}, at=at)
    assert AuditEntry.objects.filter(verb="rate").count() == 1


def test_everybody_reads_only_the_evidence_within_reach(province, at):
    actions.append([seen(province.hoa, at), seen(province.minh, at)], at=at)
    readable = {
        name: queries.evidence(getattr(province, name)).count()
        for name in ("learner", "manager", "auditor", "assessor", "employer")
    }
    assert readable == {"learner": 1, "manager": 1, "auditor": 2, "assessor": 2, "employer": 0}
    assert queries.state(province.stranger, province.hoa) is None
    assert queries.ledger(province.manager).count() == 0
    assert queries.ledger(province.auditor).count() == 2


def test_forgotten_people_leave_statistics_to_the_auditor_alone(province, at):
    actions.append([seen(province.hoa, at)], at=at)
    Evidence.objects.update(person=None)
    assert queries.ledger(province.auditor).count() == 1
    assert queries.evidence(province.manager).count() == 0


def test_appending_asks_the_database_equally_often_for_one_person_and_for_many(province, at, queries_of):
    actions.append([seen(province.hoa, at), seen(province.minh, at)], at=at)
    one = queries_of(lambda: actions.append([seen(province.hoa, at)], at=at))
    many = [seen(person, at) for person in (province.hoa, province.minh) for _again in range(10)]
    assert queries_of(lambda: actions.append(many, at=at)) == one
