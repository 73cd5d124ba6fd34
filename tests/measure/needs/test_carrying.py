"""Gaps on the map of another day: what is whole stays whole, and nothing is measured that is not there."""

from collections import Counter
from datetime import date

import pytest

from chiakhoa.foundation.text import fold
from chiakhoa.ground.territory.models import Succession, Unit, UnitAncestry
from chiakhoa.measure.needs import actions
from chiakhoa.measure.needs.carrying import carried
from chiakhoa.measure.needs.models import Gap

REFORM, BEFORE = date(2025, 7, 1), date(2025, 6, 30)


@pytest.fixture
def divided(settle, asked, coordinator, home, province, at):
    """Both communes were made in 2025, of five old ones by crooked shares; a few in each are measured, most short."""
    for commune, people, measured in ((0, 17, 13), (1, 23, 11)):
        settle(commune, people - measured)
        settle(commune, measured, mean=asked[2] - 1.5)
    actions.refresh(coordinator, at=at)
    first, second = province.communes
    Unit.objects.filter(pk__in=[first.pk, second.pk]).update(valid_from=REFORM)
    for key, shares in (("a", {first: 1}), ("b", {first: 0.37, second: 0.63}), ("c", {second: 1}),
                        ("d", {first: 0.9, second: 0.1}), ("e", {second: 1})):  # fmt: skip
        old = Unit.objects.create(
            id=f"old-{key}", code=key, edition="2022", name=key, kind="commune", kind_vi="Xã", level=3,
            search_key=fold(key), valid_from=date(2022, 1, 1), valid_to=REFORM,
        )  # fmt: skip
        UnitAncestry.objects.create(unit=old, ancestor=old)
        for heir, share in shares.items():
            basis = "whole" if share == 1 else "area"
            Succession.objects.create(old=old, new=heir, date=REFORM, share=share, basis=basis)


def totals(rows):
    """People and measured of each group."""
    found = Counter()
    for audience, competence, people, measured in rows:
        found[audience, competence, "people"] += people
        found[audience, competence, "measured"] += measured
    return found


def test_each_group_keeps_its_people_and_its_measured_to_the_unit(divided):
    told = totals(Gap.objects.values_list("audience", "competence", "people", "measured"))
    there = list(carried(Gap.objects.all(), to=BEFORE))
    assert {row.unit for row in there} >= {"old-a", "old-b", "old-c", "old-d", "old-e"}
    assert totals((row.audience, row.competence, row.people, row.measured) for row in there) == told


def test_nobody_is_measured_or_short_who_is_not_there(divided):
    for row in carried(Gap.objects.all(), to=BEFORE):
        assert 0 <= row.measured <= row.people
        assert 0 <= row.short <= row.measured
        assert row.variance >= 0


def test_a_share_is_that_of_the_communes_it_comes_from(divided, asked):
    """All of both communes were measured at one mean: however few are carried, their share is the same."""
    shares = {
        round(row.short / row.measured, 2)
        for row in carried(Gap.objects.filter(competence=asked[0]), to=BEFORE) if row.measured
    }  # fmt: skip
    assert len(shares) == 1


def test_on_a_map_where_every_commune_stands_nothing_is_carried(divided):
    now = {(row.unit, row.competence): (row.people, row.measured) for row in carried(Gap.objects.all(), to=REFORM)}
    assert now == {
        (unit, competence): (people, measured)
        for unit, competence, people, measured in Gap.objects.values_list("unit", "competence", "people", "measured")
    }
