"""Every list and map of figures by unit, on today's map and on that of another day: the choice is there, totals are the same.

A list that names a unit beside figures must stand in one of the two tables below: it offers the map, or it is a list of things
that each stand where they stand, and nothing is counted by unit.
"""

import csv
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from chiakhoa.foundation import clock
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory.models import FigureSet
from chiakhoa.measure.needs import queries as needs
from chiakhoa.train.planning import actions as planning
from chiakhoa.train.planning.models import Plan
from tests.site.conftest import House
from tests.site.test_rights import BY_TOKEN, filled, named_addresses, things

BEFORE = date(2025, 6, 30)
OTHER_MAP = {"map": "day", "on": BEFORE.isoformat()}

Total = Callable[[Any], int]


def _of_column(name: str) -> Total:
    """The sum of a column over all rows of the list, not only those of its first page."""
    return lambda page: sum(getattr(row, name) for row in page.context["table"].data)


BY_UNIT: dict[str, Total] = {
    "territory:units": _of_column("people_count"),
    "territory:figures": _of_column("people_count"),
    "needs:grid": lambda page: sum(cell.people for row in page.context["rows"] for cell in row["cells"]),
    "needs:ranked": _of_column("measured"),
    "needs:map": lambda page: sum(row["cell"].measured for row in page.context["listed"] if row["cell"]),
    "planning:demand": _of_column("people"),
    "planning:map": lambda page: sum(row.needs for row in page.context["communes"].paginator.object_list),
    "reporting:places": _of_column("people_count"),
}

# Each row is one thing at its own place: an exam, a class, a person, a venue, a body.
THINGS_AT_A_UNIT = {
    "assessment:exams", "assessment:group_tests", "catalogue:venues", "components", "delivery:class", "delivery:classes",
    "placement:openings", "planning:classes", "registry:bodies", "registry:people", "reporting:rows",
}  # fmt: skip


@pytest.fixture
def told(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Figures that were sent and some demand; a gap is listed from one measured person on, so that the list is whole."""
    monkeypatch.setattr(needs, "ENOUGH", 1)
    FigureSet.objects.create(
        title="Hộ kinh doanh", day=clock.today(), sent_at=clock.now(),
        counts={unit: 7 + i for i, unit in enumerate(Person.objects.order_by().values_list("unit", flat=True).distinct())},
    )  # fmt: skip
    coordinator = house.reader(Role.COORDINATOR)
    planning.add_demand(coordinator, needs.ranked(coordinator), at=clock.now())
    return house


def look(house: House, name: str, asked: dict[str, str]) -> HttpResponse:
    keys = {"planning:map": Plan, "territory:figures": FigureSet}
    address = reverse(name, args=[keys[name].objects.first().pk] if name in keys else [])
    by_unit = {"by": "unit"} if name == "needs:grid" else {}
    answer = house.browse(Role.COORDINATOR).get(address, {**by_unit, **asked})
    assert answer.status_code == 200
    return answer


@pytest.mark.django_db
@pytest.mark.parametrize("name", BY_UNIT)
def test_the_choice_of_the_map_is_there_and_the_total_is_the_same_on_each(told: House, name: str) -> None:
    pages = [look(told, name, asked) for asked in ({}, OTHER_MAP, {"map": "then"})]
    for page in pages:
        html = page.content.decode()
        assert 'name="map"' in html
        assert 'name="on"' in html
    totals = [BY_UNIT[name](page) for page in pages]
    assert totals[0] > 0
    assert len(set(totals)) == 1, totals


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in BY_UNIT if name not in ("needs:grid", "needs:map", "planning:map")])
def test_the_file_holds_what_the_chosen_map_shows(told: House, name: str) -> None:
    shown = look(told, name, OTHER_MAP).context["table"]
    sent = look(told, name, {**OTHER_MAP, "export": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.reader(sent.splitlines()))[1:]
    units = [str(getattr(row, "unit", row)) for row in shown.data]
    assert sorted(next(cell for cell in row if cell in units) for row in rows) == sorted(units)


@pytest.mark.django_db
def test_a_list_that_names_units_offers_the_map_or_counts_nothing_by_unit(told: House) -> None:
    known, browser, found = things(), told.browse(Role.COORDINATOR), set()
    for name, pattern in named_addresses():
        address = None if name.startswith(BY_TOKEN) else filled(name, pattern, known)
        answer = browser.get(address) if address else None
        if not answer or answer.status_code != 200 or not answer.context:
            continue
        columns = getattr(answer.context.get("table"), "columns", None)
        places = any(str(column.header) in (gettext("Commune"), "Commune") for column in columns or ())
        if places or 'class="map' in answer.content.decode():
            found.add(name)
    assert found - set(BY_UNIT) - THINGS_AT_A_UNIT == set(), "does it count by unit? Then offer territory.mapday"
    assert {"needs:ranked", "planning:map"} <= found


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["needs:grid", "needs:map", "needs:ranked"])
def test_what_the_pages_of_needs_lead_to_stays_on_the_chosen_map(told: House, name: str) -> None:
    html = look(told, name, OTHER_MAP).content.decode().replace("&amp;", "&").split("<main")[1]
    led = [part.split('"')[0] for part in html.split('href="')[1:]]
    inside = [address for address in led if address.startswith(("/needs/", "?"))]
    elsewhere = [address for address in inside if f"on={BEFORE}" not in address and address != reverse("needs:ranked")]
    assert len(inside) > len(elsewhere) == 0, elsewhere
