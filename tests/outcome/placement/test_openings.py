"""An employer adds, changes and closes openings; learners meet each state; a fair gives its places to whoever comes first."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.outcome.placement import actions, queries
from chiakhoa.outcome.placement.models import Application, Opening, OpeningState


def minh(people):
    return Reader(9, "Minh", Role.LEARNER, people["Minh"].unit_id, person_id=people["Minh"].pk)


def test_sending_the_form_twice_makes_one_opening_and_changes_nothing(readers, row, at):
    made = actions.add_opening(readers.employer, row(), at=at)
    again = actions.add_opening(readers.employer, row(name_vi="Khác", seats=7), at=at)
    assert (again.pk, again.name_vi, again.seats) == (made.pk, "Kỹ thuật viên vt-1", 1)
    assert Opening.objects.count() == 1


def test_an_opening_that_ends_before_today_is_refused_at_its_day(readers, row, at):
    with pytest.raises(Refusal) as refused:
        actions.add_opening(readers.employer, row(closes_on=date(2026, 11, 24)), at=at)
    assert refused.value.field == "closes_on"


def test_a_rival_neither_adds_for_sevt_nor_changes_or_closes_what_is_not_its_own(readers, row, at):
    with pytest.raises(Refusal):
        actions.add_opening(readers.rival, row(), at=at)
    actions.add_opening(readers.employer, row(), at=at)
    for act in (
        lambda: actions.change_opening(readers.rival, "vt-1", row(employer_id="rival"), at=at),
        lambda: actions.close_opening(readers.rival, "vt-1", at=at),
        lambda: actions.reopen_opening(readers.rival, "vt-1", at=at),
    ):
        with pytest.raises(NotVisible):
            act()
    for role in (readers.learner, readers.manager, readers.provider):
        with pytest.raises(NotAllowed):
            actions.close_opening(role, "vt-1", at=at)


def test_the_trail_keeps_what_stood_there_before_a_change(readers, row, scale, at):
    actions.add_opening(readers.employer, row(), at=at)
    code = scale.competences[0].code
    actions.change_opening(readers.employer, "vt-1", row(seats=4, required=((code, 5),)), at=at)
    entry = AuditEntry.objects.get(verb="change_opening")
    assert (entry.before["seats"], entry.after["seats"]) == (1, 4)
    assert len(entry.before["required"]) == 2
    assert entry.after["required"] == {code: 5}


def test_kind_and_employer_stay_once_somebody_has_applied(readers, row, fair, at):
    actions.add_opening(readers.employer, row(), at=at)
    actions.apply_for(readers.learner, "vt-1", at=at)
    with pytest.raises(Refusal) as refused:
        actions.change_opening(readers.employer, "vt-1", fair("vt-1"), at=at)
    assert refused.value.code == "applied_already"
    assert actions.change_opening(readers.employer, "vt-1", row(seats=9), at=at).seats == 9


def test_a_closed_opening_takes_nobody_keeps_whoever_applied_and_can_be_opened_again(readers, row, people, at):
    actions.add_opening(readers.employer, row(), at=at)
    actions.apply_for(readers.learner, "vt-1", at=at)
    closed = actions.close_opening(readers.employer, "vt-1", at=at)
    assert closed.state_on(at.date()) == OpeningState.CLOSED
    assert actions.close_opening(readers.employer, "vt-1", at=at).closed_at == closed.closed_at
    with pytest.raises(Refusal):
        actions.apply_for(minh(people), "vt-1", at=at)
    assert actions.match(readers.coordinator, at=at).matched == 1
    actions.reopen_opening(readers.employer, "vt-1", at=at)
    assert actions.apply_for(minh(people), "vt-1", at=at).rank == 1


def test_the_closing_day_itself_still_counts(readers, row, at):
    opening = actions.add_opening(readers.employer, row(closes_on=date(2026, 11, 25)), at=at)
    assert opening.state_on(date(2026, 11, 25)) == OpeningState.OPEN
    assert opening.state_on(date(2026, 11, 26)) == OpeningState.OVER


def test_the_last_place_at_a_fair_is_taken_once_and_costs_no_wish(readers, row, fair, people, at):
    actions.add_openings(readers.employer, [fair(), *(row(f"vt-{n}") for n in range(3))], at=at)
    for n in range(3):
        actions.apply_for(readers.learner, f"vt-{n}", at=at)
    assert actions.apply_for(readers.learner, "fair-1", at=at).rank is None
    with pytest.raises(Refusal):
        actions.apply_for(minh(people), "fair-1", at=at)
    actions.withdraw(readers.learner, Application.objects.get(opening="fair-1").pk, at=at)
    assert list(queries.own_applications(readers.learner).values_list("rank", flat=True)) == [1, 2, 3]
    assert actions.apply_for(minh(people), "fair-1", at=at).pk


def test_a_fair_keeps_a_seat_for_each_who_has_one_and_stays_out_of_the_matching(readers, fair, people, at):
    actions.add_opening(readers.employer, fair(seats=5), at=at)
    for learner in (readers.learner, minh(people)):
        actions.apply_for(learner, "fair-1", at=at)
    with pytest.raises(Refusal) as refused:
        actions.change_opening(readers.employer, "fair-1", fair(seats=1), at=at)
    assert refused.value.field == "seats"
    with pytest.raises(Refusal):
        actions.match(readers.coordinator, at=at)


def test_a_fair_asks_for_no_competence(readers, row, at):
    with pytest.raises(Refusal):
        actions.add_opening(readers.employer, row(kind="fair"), at=at)


def test_the_database_refuses_an_opening_that_begins_before_it_closes(readers, row, at):
    actions.add_opening(readers.employer, row(), at=at)
    for wrong in ({"starts_on": date(2026, 12, 30)}, {"lasts_months": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Opening.objects.update(**wrong)


def test_an_opening_made_from_a_commitment_says_so_and_keeps_its_sentence(readers, fair, agreement, at):
    actions.add_opening(readers.employer, fair(commitment_id="com-ngay-hoi"), at=at)
    promise = queries.agreements(readers.employer).get().commitments.get(pk="com-ngay-hoi")
    opening = Opening.objects.get()
    assert (opening.commitment, opening.sentence) == (promise, 16)
    shown = queries.agreements(readers.employer)[0].commitments.all()
    assert {row.pk: row.made for row in shown} == {"com-ho-tro": [], "com-ngay-hoi": [opening]}


def test_only_the_one_who_promised_or_a_coordinator_makes_an_opening_of_it(readers, agreement):
    assert [row.pk for row in queries.commitments_to_keep(readers.employer)] == ["com-ngay-hoi"]
    assert [row.pk for row in queries.commitments_to_keep(readers.coordinator)] == ["com-ngay-hoi"]
    assert not queries.commitments_to_keep(readers.rival).exists()
    assert not queries.commitments_to_keep(readers.provider).exists()
