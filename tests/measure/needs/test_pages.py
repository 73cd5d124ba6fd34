"""The pages of needs: what each shows, what a filter keeps, who may open them, and queries that do not grow."""

from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.territory.models import Succession, Unit, UnitAncestry
from chiakhoa.measure.needs import actions
from chiakhoa.measure.needs.models import Gap

AUDIENCE = "tea_farm_household"
GRID, LIST, MAP = (reverse(f"needs:{name}") for name in ("grid", "ranked", "map"))


@pytest.fixture
def settled(settle, asked, coordinator, home, at):
    """Twelve measured in the first commune, three in the second."""
    settle(0, 12, mean=asked[2] - 0.5)
    settle(1, 3, mean=asked[2] + 0.5)
    actions.refresh(coordinator, at=at)


def text(answer):
    return unescape(answer.content.decode())


def test_the_grid_shows_a_share_where_enough_were_measured_and_a_dash_elsewhere(settled, sign_in, province, scale):
    page = sign_in(Role.COORDINATOR).get(GRID, {"by": "unit"})
    shown = {row["key"]: {cell.share is None for cell in row["cells"]} for row in page.context["rows"]}
    assert shown == {province.communes[0].pk: {False}, province.communes[1].pk: {True}}
    assert text(page).count("heat__none") == len(scale.competences)


def test_a_cell_leads_to_the_list_that_holds_it_alone(settled, sign_in, province, asked):
    browser = sign_in(Role.COORDINATOR)
    address = f"{LIST}?unit={province.communes[0].pk}&competence={asked[0]}"
    assert address in text(browser.get(GRID, {"by": "unit"}))
    rows = browser.get(address).context["table"].rows
    assert [(row.record.unit_id, row.record.competence_id) for row in rows] == [(province.communes[0].pk, asked[0])]


def test_the_map_lists_the_measured_people_of_each_commune_once(settled, sign_in, province):
    page = sign_in(Role.COORDINATOR).get(MAP)
    listed = {row["unit"].pk: row["cell"].measured for row in page.context["listed"]}
    assert listed == {province.communes[0].pk: 12, province.communes[1].pk: 3}


def test_the_map_of_a_day_before_a_reform_shows_the_same_people_in_the_old_communes(settled, sign_in, province):
    first = province.communes[0]
    Unit.objects.filter(pk=first.pk).update(valid_from=date(2025, 7, 1))
    for key, name in (("old-a", "Cũ A"), ("old-b", "Cũ B")):
        old = Unit.objects.create(
            id=key, code=key, edition="2022", name=name, kind="commune", kind_vi="Xã", level=3, search_key=fold(name),
            valid_from=date(2022, 1, 1), valid_to=date(2025, 7, 1),
        )  # fmt: skip
        UnitAncestry.objects.create(unit=old, ancestor=old)
        Succession.objects.create(old=old, new=first, date=date(2025, 7, 1), share=1, basis="whole")
    page = sign_in(Role.COORDINATOR).get(MAP, {"map": "day", "on": "2025-06-30"})
    listed = {row["unit"].pk: row["cell"].measured for row in page.context["listed"] if row["cell"]}
    assert sum(listed.values()) == 15
    assert {"old-a", "old-b"} <= set(listed)


def test_the_list_leads_to_the_people_and_not_out_of_reach(settled, sign_in, province):
    own, other = (Gap.objects.filter(unit=unit).first() for unit in province.communes)
    browser = sign_in(Role.UNIT_MANAGER, unit=province.communes[0])
    assert len(browser.get(reverse("needs:people", args=[own.pk])).context["table"].rows) == 12
    assert browser.get(reverse("needs:people", args=[other.pk])).status_code == 404


def test_computing_afresh_twice_leaves_the_same_gaps(settled, sign_in):
    browser, before = sign_in(Role.COORDINATOR), sorted(Gap.objects.values_list("unit", "competence", "short"))
    for _press in range(2):
        assert browser.post(reverse("needs:refresh")).status_code == 302
    assert sorted(Gap.objects.values_list("unit", "competence", "short")) == before


@pytest.mark.parametrize("address", [GRID, LIST, MAP])
@pytest.mark.parametrize("role", [Role.LEARNER, Role.TRAINER, Role.EMPLOYER, Role.PROVIDER_MANAGER, Role.ASSESSOR])
def test_whoever_plans_no_training_is_not_let_in(settled, sign_in, address, role):
    assert sign_in(role).get(address).status_code == 403


@pytest.mark.parametrize("asked_for", [{"by": "x"}, {"unit": "x"}, {"audience": "x", "competence": "9" * 40}])
@pytest.mark.parametrize("address", [GRID, LIST, MAP])
def test_a_filter_that_means_nothing_is_answered(settled, sign_in, address, asked_for):
    assert sign_in(Role.COORDINATOR).get(address, asked_for).status_code == 200


def test_the_queries_of_the_pages_do_not_grow_with_the_gaps(
    settled, sign_in, settle, coordinator, asked, queries_of, at
):
    browser = sign_in(Role.COORDINATOR)
    pages = [GRID, f"{GRID}?by=unit", LIST, MAP, reverse("needs:people", args=[Gap.objects.first().pk])]

    def counted(page):
        """Queries of a second look: at the first the map is drawn and kept."""
        browser.get(page)
        return queries_of(lambda: browser.get(page))

    few = [counted(page) for page in pages]
    settle(1, 20, mean=asked[2])
    settle(0, 15, mean=asked[2], audience="teacher")
    actions.refresh(coordinator, at=at)
    pages[-1] = reverse("needs:people", args=[Gap.objects.order_by("pk").last().pk])
    assert [counted(page) for page in pages] == few
