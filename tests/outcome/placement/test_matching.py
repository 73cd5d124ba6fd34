"""Openings, wishes and the matching: who sees whom, who may act for whom, and the reason beside each verdict."""

from datetime import date

import pytest

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.registry.models import Consent, Purpose
from chiakhoa.outcome.placement import actions, queries
from chiakhoa.outcome.placement.models import Agreement, Application, Placement


@pytest.fixture
def opening(readers, row, at):
    return actions.add_openings(readers.employer, [row()], at=at)[0]


def verdicts():
    return {
        row.application.person.full_name.split()[-1]: row
        for row in Placement.objects.select_related("application__person")
    }


def test_the_agreement_has_four_parties_two_promises_and_an_assumed_year(system, agreement, at):
    agreement = actions.load_agreement(system, at=at)
    assert Agreement.objects.count() == 1
    assert (agreement.parties.count(), agreement.signed_on, agreement.assumed) == (4, date(2021, 11, 5), True)
    promises = {promise.pk: (promise.by_id, promise.to.count()) for promise in agreement.commitments.all()}
    assert promises == {"com-ho-tro": (None, 0), "com-ngay-hoi": ("body-sevt", 3)}


def test_an_employer_sees_only_its_own_openings_and_who_applied_there(readers, opening, people, system, at):
    actions.apply_many(system, [(opening.pk, people["Hoa"].pk, 1)], at=at)
    assert [row.person for row in queries.applications(readers.employer, opening)] == [people["Hoa"]]
    assert not queries.openings(readers.rival).exists()
    assert not queries.applications(readers.rival, opening).exists()


def test_an_employer_cannot_offer_for_another_or_take_its_opening_over(readers, opening, row, at):
    for wrong in (row("vt-2"), row(employer_id="rival")):
        with pytest.raises(Refusal):
            actions.add_openings(readers.rival, [wrong], at=at)


def test_a_provider_sees_only_its_own_people_among_the_applicants(readers, opening, people, member, system, at):
    actions.apply_many(system, [(opening.pk, people[name].pk, 1) for name in ("Hoa", "Minh")], at=at)
    assert [row.person for row in queries.applications(readers.provider, opening)] == [people["Minh"]]


def test_a_learner_sees_openings_for_the_own_audience(readers, row, at):
    actions.add_openings(readers.employer, [row("vt-1"), row("vt-2", audiences=("teacher",))], at=at)
    assert [opening.pk for opening in queries.openings(readers.learner)] == ["vt-1"]


def test_a_learner_has_three_wishes_and_withdrawing_moves_the_later_ones_up(readers, row, at):
    openings = actions.add_openings(readers.employer, [row(f"vt-{n}") for n in range(4)], at=at)
    wishes = [actions.apply_for(readers.learner, opening.pk, at=at) for opening in openings[:3]]
    assert [wish.rank for wish in wishes] == [1, 2, 3]
    with pytest.raises(Refusal):
        actions.apply_for(readers.learner, openings[3].pk, at=at)
    actions.withdraw(readers.learner, wishes[0].pk, at=at)
    actions.apply_for(readers.learner, openings[3].pk, at=at)
    assert list(queries.own_applications(readers.learner).values_list("opening", "rank")) == [
        (openings[1].pk, 1), (openings[2].pk, 2), (openings[3].pk, 3),
    ]  # fmt: skip


def test_a_wish_is_refused_twice_after_the_closing_day_and_for_another_audience(readers, opening, row, at):
    actions.apply_for(readers.learner, opening.pk, at=at)
    closed = row("vt-2", closes_on=date(2026, 11, 24))
    actions.add_openings(readers.employer, [closed, row("vt-3", audiences=("teacher",))], at=at)
    for code, refusal in (("vt-1", Refusal), ("vt-2", Refusal), ("vt-3", NotVisible)):
        with pytest.raises(refusal):
            actions.apply_for(readers.learner, code, at=at)


def test_nobody_withdraws_the_wish_of_another(readers, opening, people, at):
    wish = actions.apply_for(readers.learner, opening.pk, at=at)
    other = Reader(9, "Minh", Role.LEARNER, people["Minh"].unit_id, person_id=people["Minh"].pk)
    with pytest.raises(NotVisible):
        actions.withdraw(other, wish.pk, at=at)
    assert Application.objects.filter(pk=wish.pk).exists()


def test_an_office_applies_only_for_people_who_agreed(readers, opening, people, at):
    rows = [(opening.pk, people["Hoa"].pk, 1)]
    with pytest.raises(Refusal):
        actions.apply_many(readers.coordinator, rows, at=at)
    Consent.objects.create(
        person=people["Hoa"], purpose=Purpose.MATCHING, given=True, at=at, channel="paper", wording_version="1"
    )
    assert actions.apply_many(readers.coordinator, rows, at=at) == 1


def test_the_seat_goes_to_whoever_can_show_most_and_each_gets_a_reason(readers, opening, people, system, at):
    actions.apply_many(system, [(opening.pk, people[name].pk, 1) for name in ("Minh", "Tú", "Hoa", "Lan")], at=at)
    run = actions.match(readers.coordinator, at=at)
    assert (run.applicants, run.matched) == (4, 1)
    found = verdicts()
    assert {name for name, row in found.items() if row.placed} == {"Hoa"}
    assert {name: row.reason.get("kind") for name, row in found.items() if not row.placed} == {
        "Minh": "full", "Tú": "unacceptable", "Lan": "unacceptable",
    }  # fmt: skip
    assert 0 <= found["Tú"].score < found["Hoa"].score <= 1


def test_free_seats_are_not_given_to_somebody_who_meets_less_than_half(readers, row, people, system, at):
    opening = actions.add_openings(readers.employer, [row(seats=9)], at=at)[0]
    actions.apply_many(system, [(opening.pk, people["Tú"].pk, 1)], at=at)
    assert actions.match(readers.employer, at=at).matched == 0


def test_what_somebody_lacks_is_said_by_competence(readers, opening, people, scale, system, at):
    actions.apply_many(system, [(opening.pk, people[name].pk, 1) for name in ("Hoa", "Tú")], at=at)
    rows = queries.described(opening, list(queries.applications(readers.employer, opening)))
    said = {row["application"].person.full_name.split()[-1]: (row["met"], row["asked"]) for row in rows}
    assert said == {"Hoa": (2, 2), "Tú": (0, 2)}
    lacking = next(row["missing"] for row in rows if row["met"] == 0)
    assert [competence.pk for competence in lacking] == [scale.competences[0].pk, scale.competences[-1].pk]


def test_a_matching_without_applications_is_refused(readers, opening, at):
    with pytest.raises(Refusal):
        actions.match(readers.coordinator, at=at)


def test_a_learner_may_not_run_the_matching(readers, opening, at):
    with pytest.raises(NotAllowed):
        actions.match(readers.learner, at=at)
