"""Gaps become demand: whole people among all registered; what is added again replaces what was there."""

import pytest
from django.urls import reverse

from chiakhoa.foundation.refusals import NotAllowed
from chiakhoa.train.planning import actions, queries, solving
from chiakhoa.train.planning.models import Demand, GainEstimate

ADD, CLEAR = reverse("planning:add_demand"), reverse("planning:clear_demand")


@pytest.mark.parametrize(
    ("registered", "measured", "short", "expected"),
    [(100, 20, 10.0, 50), (100, 30, 10.0, 33), (200, 30, 10.0, 67), (7, 7, 3.4, 3), (7, 7, 3.6, 4)],
)
def test_demand_is_the_share_of_the_measured_over_all_registered(
    readers, new_gap, at, registered, measured, short, expected
):
    actions.add_demand(readers.coordinator, [new_gap(people=registered, measured=measured, short=short)], at=at)
    assert Demand.objects.get().people == expected


def test_the_depth_is_that_of_one_who_falls_short(readers, new_gap, at):
    actions.add_demand(readers.coordinator, [new_gap(short=8.0, depth=12.0)], at=at)
    assert Demand.objects.get().depth == 1.5


@pytest.mark.parametrize(
    "gap", [{"measured": 0, "short": 0.0}, {"short": 0.0}, {"people": 10, "measured": 10, "short": 0.4}]
)
def test_a_gap_of_nobody_makes_no_demand(readers, new_gap, at, gap):
    assert actions.add_demand(readers.coordinator, [new_gap(**gap)], at=at) == 0
    assert not Demand.objects.exists()


def test_a_gap_added_again_replaces_its_demand_and_leaves_the_others(readers, new_gap, at):
    first, second = new_gap(), new_gap(competence=1)
    actions.add_demand(readers.coordinator, [first, second], at=at)
    first.short = 15.0
    actions.add_demand(readers.coordinator, [first], at=at)
    assert list(Demand.objects.order_by("competence").values_list("people", flat=True)) == [75, 50]


def test_a_coordinator_takes_back_the_demand_of_the_own_reach(readers, new_gap, place, at):
    actions.add_demand(readers.coordinator, [new_gap(), new_gap(unit=place.second)], at=at)
    assert actions.clear_demand(readers.away, at=at) == 1
    assert Demand.objects.get().unit == place.first


def test_demand_is_seen_by_reach_and_not_by_providers_or_learners(readers, new_gap, place, at):
    actions.add_demand(readers.coordinator, [new_gap(), new_gap(unit=place.second)], at=at)
    seen = {name: queries.demand(getattr(readers, name)).count() for name in ("coordinator", "manager", "auditor")}
    assert seen == {"coordinator": 2, "manager": 1, "auditor": 2}
    assert not queries.demand(readers.provider).exists() and not queries.demand(readers.learner).exists()


def test_only_a_coordinator_adds_and_takes_back(readers, new_gap, at):
    gap = new_gap()
    for reader in (readers.manager, readers.auditor, readers.provider):
        with pytest.raises(NotAllowed):
            actions.add_demand(reader, [gap], at=at)
        with pytest.raises(NotAllowed):
            actions.clear_demand(reader, at=at)


def test_ticked_gaps_are_added_and_pressing_twice_adds_nothing_twice(browse, readers, new_gap):
    ticked, _other = new_gap(), new_gap(competence=1)
    browser = browse(readers.coordinator)
    for _press in range(2):
        assert browser.post(ADD, {"gap": [ticked.pk]}).status_code == 302
    assert Demand.objects.get().competence == ticked.competence


def test_all_gaps_of_the_list_as_it_was_filtered_are_added(browse, readers, new_gap, place, competences):
    for competence in (0, 1):
        new_gap(competence=competence)
    new_gap(unit=place.second)
    browse(readers.coordinator).post(ADD, {"all": f"unit={place.first.pk}"})
    assert set(Demand.objects.values_list("unit", flat=True)) == {place.first.pk}
    assert Demand.objects.count() == 2


def test_a_gap_with_too_few_measured_or_out_of_reach_is_not_added(browse, readers, new_gap, place):
    few, far = new_gap(measured=9, short=4.0), new_gap(competence=1)
    browse(readers.away).post(ADD, {"gap": [few.pk, far.pk]})
    browse(readers.coordinator).post(ADD, {"gap": [few.pk]})
    assert not Demand.objects.exists()


@pytest.mark.parametrize("ticked", [[], ["x"], ["9" * 40]])
def test_nothing_ticked_adds_nothing_and_is_no_error(browse, readers, new_gap, ticked):
    new_gap()
    assert browse(readers.coordinator).post(ADD, {"gap": ticked}).status_code == 302
    assert not Demand.objects.exists()


def test_emptying_twice_leaves_it_empty(browse, readers, new_gap, at):
    actions.add_demand(readers.coordinator, [new_gap()], at=at)
    browser = browse(readers.coordinator)
    assert [browser.post(CLEAR).status_code for _press in range(2)] == [302, 302]
    assert not Demand.objects.exists()


def test_the_next_plan_counts_with_what_is_believed_of_a_course(readers, demand, course, new_plan, at):
    plan = new_plan("waiting")
    assumed = {gain.group: gain.value for gain in solving.scenario(readers.coordinator, plan).gains}
    GainEstimate.objects.create(
        course=course,
        as_of=at,
        prior=0.75,
        prior_sd=0.3,
        data=0.3,
        data_se=0.1,
        people=30,
        believed=0.375,
        believed_sd=0.1,
    )
    believed = {gain.group: gain.value for gain in solving.scenario(readers.coordinator, plan).gains}
    assert believed == {group: pytest.approx(value / 2) for group, value in assumed.items()}
