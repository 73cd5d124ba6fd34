"""From what is known of people to gaps: by hand for two people, shown only where enough were measured, alike in every view."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiakhoa.foundation.refusals import NotAllowed
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.needs import actions, queries
from chiakhoa.measure.needs.models import Gap
from chiakhoa.measure.needs.queries import ENOUGH, Cell
from chiakhoa.measure.needs.shortfall import expected_depth, probability_short

AUDIENCE = "tea_farm_household"


def phi(z):
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


def test_two_people_by_hand(province, measure, asked, scale, coordinator, at):
    """Hoa stands at the cut, half a chance; her neighbour one and a half errors above it, 6.7 % of one."""
    competence, grade, cut = asked
    measure(province.hoa, cut, se=0.5)
    Person.objects.filter(pk=province.minh.pk).update(unit=province.communes[0])
    measure(province.minh, cut + 0.75, se=0.5)
    actions.refresh(coordinator, at=at)
    gap = Gap.objects.get(unit=province.communes[0], audience=AUDIENCE, competence=competence)
    assert (gap.required, gap.people, gap.measured, gap.as_of) == (grade, 2, 2, at)
    assert gap.short == pytest.approx(0.5 + 0.0668072)
    assert gap.variance == pytest.approx(0.25 + 0.0668072 * 0.9331928)
    one_grade = (float(scale.cuts[-1]) - float(scale.cuts[0])) / (len(scale.cuts) - 1)
    by_hand = 0.5 * 0.3989423 + 0.5 * (-1.5 * 0.0668072 + 0.1295176)
    assert gap.depth == pytest.approx(by_hand / one_grade, rel=1e-5)


def test_each_commune_counts_its_own_people_and_the_unmeasured_as_registered(
    province, measure, settle, asked, coordinator, at
):
    measure(province.hoa, asked[2] - 10)
    settle(0, 3)
    measure(province.minh, asked[2] + 10)
    actions.refresh(coordinator, at=at)
    rows = Gap.objects.filter(competence=asked[0]).order_by("unit_id")
    assert [(gap.people, gap.measured, round(gap.short, 6)) for gap in rows] == [(4, 1, 1.0), (1, 1, 0.0)]


def test_people_without_an_audience_make_no_gap(province, measure, coordinator, at):
    measure(province.hoa, 0.0)
    Person.objects.update(audience=None)
    assert actions.refresh(coordinator, at=at) == 0


def test_before_anybody_is_measured_everybody_is_registered(province, scale, coordinator, at):
    assert actions.refresh(coordinator, at=at) == 2 * len(scale.competences)
    assert set(Gap.objects.values_list("people", "measured", "short")) == {(1, 0, 0.0)}
    assert not queries.ranked(coordinator).exists()


def test_computing_afresh_forgets_what_was_and_twice_gives_the_same(province, measure, settle, coordinator, at):
    settle(0, 4, mean=-1.0)
    said = []
    for _run in range(2):
        actions.refresh(coordinator, at=at)
        said.append(sorted(Gap.objects.values_list("unit", "competence", "people", "measured", "short", "depth")))
    assert said[0] == said[1]
    Person.objects.exclude(pk=province.hoa.pk).delete()
    actions.refresh(coordinator, at=at)
    assert set(Gap.objects.values_list("unit", "people")) == {(province.communes[0].pk, 1)}


def test_only_those_who_run_the_province_compute(province, scale, at):
    for reader in (province.manager, province.auditor, province.learner):
        with pytest.raises(NotAllowed):
            actions.refresh(reader, at=at)


@given(mean=st.floats(-4, 4), se=st.floats(0.05, 2), cut=st.floats(-4, 4))
def test_chance_and_depth_are_those_of_a_normal_ability(mean, se, cut):
    chance, depth = (
        float(f(np.array(mean), np.array(se), np.float64(cut))) for f in (probability_short, expected_depth)
    )
    assert chance == pytest.approx(phi((cut - mean) / se), abs=1e-12)
    grid = np.linspace(mean - 9 * se, mean + 9 * se, 20_001)
    density = np.exp(-(((grid - mean) / se) ** 2) / 2) / (se * math.sqrt(2 * math.pi))
    assert depth == pytest.approx(float(np.trapezoid(np.maximum(0, cut - grid) * density, grid)), abs=1e-5)


def test_a_cell_of_too_few_shows_nothing_and_one_of_enough_does():
    few, enough = (Cell("u", 1, people=100, measured=n, short=n / 2, variance=1.0) for n in (ENOUGH - 1, ENOUGH))
    assert (few.share, few.margin, few.people_short) == (None, None, 0)
    assert (enough.share, enough.people_short) == (0.5, 50)


def test_the_margin_is_that_of_measuring_and_of_measuring_a_part():
    everybody = Cell("u", 1, people=10, measured=10, short=5.0, variance=0.9)
    a_part = Cell("u", 1, people=100, measured=10, short=5.0, variance=0.9)
    assert everybody.margin == pytest.approx(1.96 * math.sqrt(0.9 / 100))
    assert a_part.margin == pytest.approx(1.96 * math.sqrt(0.9 / 100 + 0.5 * 0.5 * 0.9 / 10))


@pytest.fixture
def settled(settle, asked, coordinator, at):
    """Twelve measured low and eight unmeasured in the first commune; eleven high, one of them alone, in the second."""
    settle(0, 12, mean=asked[2] - 0.5)
    settle(0, 8)
    settle(1, 11, mean=asked[2] + 0.5)
    settle(1, 3, mean=asked[2], audience="teacher")
    actions.refresh(coordinator, at=at)


def test_grid_list_and_map_agree_on_every_commune(settled, coordinator, asked):
    competence = asked[0]
    grid = queries.grid(coordinator, by="unit", audience=AUDIENCE)
    on_map = queries.by_unit(coordinator, audience=AUDIENCE, competence=competence)
    listed = {gap.unit_id: gap for gap in queries.ranked(coordinator).filter(audience=AUDIENCE, competence=competence)}
    assert set(grid) == set(on_map) == set(listed)
    for unit, cells in grid.items():
        cell, gap = cells[competence], listed[unit]
        assert (cell.people, cell.measured, cell.share) == (gap.people, gap.measured, pytest.approx(gap.share))
        assert cell.people_short == round(gap.people_short)
        shown = on_map[unit]
        assert (shown.people, shown.measured, shown.short) == (cell.people, cell.measured, pytest.approx(cell.short))


def test_rows_by_audience_and_by_commune_add_up_to_the_same(settled, coordinator, asked):
    def sums(table):
        cells = [cells[asked[0]] for cells in table.values()]
        return [sum(getattr(cell, name) for cell in cells) for name in ("people", "measured", "short", "variance")]

    by_audience, by_unit = (sums(queries.grid(coordinator, by=by)) for by in ("audience", "unit"))
    assert by_audience == pytest.approx(by_unit)
    assert by_audience[:2] == [2 + 12 + 8 + 11 + 3, 12 + 11 + 3]


def test_a_fixed_commune_or_audience_narrows_the_grid_to_it(settled, province, coordinator):
    second = province.communes[1].pk
    assert set(queries.grid(coordinator, by="audience", unit=second)) == {AUDIENCE, "teacher"}
    assert set(queries.grid(coordinator, by="unit", audience="teacher")) == {second}


def test_the_map_of_all_competences_counts_each_person_once(settled, province, coordinator):
    cells = queries.by_unit(coordinator)
    assert [(cells[unit.pk].people, cells[unit.pk].measured) for unit in province.communes] == [(21, 12), (15, 14)]
    assert 0 < cells[province.communes[1].pk].share < cells[province.communes[0].pk].share < 1


def test_one_measured_person_is_not_shown_on_the_map_of_all_competences(province, measure, coordinator, at):
    measure(province.hoa, 0.0)
    actions.refresh(coordinator, at=at)
    assert {cell.share for cell in queries.by_unit(coordinator).values()} == {None}


def test_the_list_holds_gaps_of_enough_people_largest_first(settled, coordinator, province):
    rows = list(queries.ranked(coordinator))
    assert {gap.audience_id for gap in rows} == {AUDIENCE}, "three teachers are too few"
    assert [gap.people_short for gap in rows] == sorted((gap.people_short for gap in rows), reverse=True)
    assert rows[0].unit == province.communes[0]


def test_the_sentences_name_the_largest_gaps_of_the_whole_reach(settled, coordinator, province):
    rows = queries.worst_sentences(coordinator)
    assert len(rows) == 3
    weights = [row["share"] * row["people"] for row in rows]
    assert weights == sorted(weights, reverse=True)
    assert {row["audience"] for row in rows} == {AUDIENCE}
    assert queries.worst_sentences(province.learner) == []


def test_gaps_are_seen_by_reach(settled, province, coordinator):
    def seen(reader):
        return set(queries.gaps(reader).values_list("unit", flat=True))

    first, second = (unit.pk for unit in province.communes)
    assert seen(coordinator) == seen(province.auditor) == {first, second}
    assert seen(province.manager) == {first} and seen(province.elsewhere) == {second}
    assert seen(province.learner) == seen(province.assessor) == set()


def test_the_people_behind_a_gap_stand_lowest_first_with_the_estimate_of_its_domain(
    province, measure, settle, scale, coordinator, at
):
    measure(province.hoa, 1.0)
    settle(0, 1, mean=-1.0)
    settle(0, 1)
    last = scale.competences[-1]
    province.hoa.state.estimates.filter(domain=last.domain_id).update(mean=-2.0)
    actions.refresh(coordinator, at=at)
    gap = Gap.objects.get(unit=province.communes[0], competence=last)
    rows = list(queries.people_short(coordinator, gap))
    assert [(person.pk == province.hoa.pk, person.estimate) for person in rows] == [(True, -2.0), (False, -1.0)]
    assert not queries.people_short(province.elsewhere, gap).exists()
