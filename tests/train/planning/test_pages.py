"""The pages of planning: asking, comparing, changing by one press; and lists whose queries do not grow."""

import pytest
from django.urls import reverse

from chiakhoa.train.planning.models import Demand, Plan, PlannedGroup

PROPOSE = reverse("planning:propose")


def test_a_plan_is_asked_for_by_name_and_leads_to_its_progress(browse, readers, demand):
    answer = browse(readers.coordinator).post(PROPOSE, {"name": "Phương án 1", "year": 2027, "time_limit_seconds": 2})
    assert Plan.objects.get().name == "Phương án 1"
    assert answer.status_code == 302 and answer.url == reverse("planning:plan", args=[Plan.objects.get().pk])


@pytest.mark.parametrize("wrong", [{"name": ""}, {"year": 1990}, {"time_limit_seconds": 1}, {"based_on": 99}])
def test_a_form_with_a_wrong_answer_comes_back(browse, readers, demand, wrong):
    given = {"name": "Phương án 1", "year": 2027, "time_limit_seconds": 2} | wrong
    assert browse(readers.coordinator).post(PROPOSE, given).status_code == 422
    assert not Plan.objects.exists()


def test_without_demand_the_form_says_what_to_do_first(browse, readers, teaching, text):
    answer = browse(readers.coordinator).post(PROPOSE, {"name": "P", "year": 2027, "time_limit_seconds": 2})
    assert answer.status_code == 422
    assert "Chưa có nhu cầu" in text(answer)


@pytest.mark.parametrize(
    ("verb", "fields"),
    [("lock", (True, False)), ("unlock", (False, False)), ("cancel", (False, True)), ("restore", (False, False))],
)
def test_pressing_a_change_twice_changes_once(browse, readers, changed, verb, fields):
    browser = browse(readers.coordinator)
    for _press in range(2):
        assert browser.post(reverse("planning:change", args=[changed.row.pk, verb])).status_code == 302
        changed.row.refresh_from_db()
        assert (changed.row.locked, changed.row.cancelled) == fields


def test_a_published_plan_offers_no_change_and_takes_none(browse, readers, new_plan, new_planned, text):
    plan = new_plan("published")
    row = new_planned(plan)
    browser = browse(readers.coordinator)
    address = reverse("planning:change", args=[row.pk, "cancel"])
    assert address not in text(browser.get(reverse("planning:classes", args=[plan.pk])))
    assert address not in text(browser.get(reverse("planning:class", args=[row.pk])))
    assert browser.post(address).status_code == 422


def test_a_plan_out_of_reach_is_not_there(browse, readers, changed):
    browser = browse(readers.away)
    for name in ("plan", "classes", "calendar", "map", "unmet", "progress", "costs"):
        assert browser.get(reverse(f"planning:{name}", args=[changed.plan.pk])).status_code == 404, name
    for name in ("class", "move"):
        assert browser.get(reverse(f"planning:{name}", args=[changed.row.pk])).status_code == 404, name
    assert browser.post(reverse("planning:stop", args=[changed.plan.pk])).status_code == 404
    assert browser.post(reverse("planning:change", args=[changed.row.pk, "lock"])).status_code == 404
    assert browse(readers.manager).get(reverse("planning:plan", args=[changed.plan.pk])).status_code == 404


def test_the_queries_of_the_lists_do_not_grow_with_their_rows(
    browse, readers, demand, new_plan, new_planned, place, competences, queries_of, at
):
    browser = browse(readers.coordinator)
    plan = new_plan()

    def add_class():
        row = new_planned(plan)
        for unit in (place.first, place.second):
            PlannedGroup.objects.create(planned_class=row, unit=unit, audience_id="tea", people=10)

    def counts():
        tabs = [reverse(f"planning:{name}", args=[plan.pk]) for name in ("plan", "classes", "calendar", "map", "unmet")]
        weeks = reverse("planning:calendar", args=[plan.pk]) + "?by=week"
        pages = [reverse("planning:plans"), reverse("planning:demand"), *tabs, weeks]
        return [queries_of(lambda page=page: browser.get(page)) for page in pages]

    add_class()
    browser.get(reverse("planning:plans"))
    few = counts()
    for _ in range(10):
        add_class()
        new_plan()
    Demand.objects.create(
        unit=place.second, audience_id="tea", competence=competences[1], people=3, depth=1.0, added_at=at
    )
    assert counts() == few
