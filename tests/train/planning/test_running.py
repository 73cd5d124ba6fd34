"""A search while it runs: how far it is, how the distance to the best possible closes, and a stop that keeps the best."""

import pytest
from django.urls import reverse

from chiakhoa.engines import planner
from chiakhoa.foundation import jobs
from chiakhoa.foundation.refusals import NotAllowed
from chiakhoa.train.planning import actions, running
from chiakhoa.train.planning.models import Plan


class Hands:
    """A clock that a test moves."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def waiting(readers, demand, at):
    """A plan that was asked for and whose job waits."""
    plan, _job = actions.propose(readers.coordinator, "Kế hoạch", 2027, 2, None, at=at)
    return plan


def kept(plan):
    return Plan.objects.get(pk=plan.pk).search


def test_the_search_is_kept_now_and_then_and_never_gets_worse(waiting):
    hands = Hands()
    watch = running.Watcher(waiting.pk, hands)
    for seconds, found, bound in [(0.0, 0.0, 100.0), (0.1, 50.0, 99.0), (1.0, 60.0, 98.0), (2.0, 40.0, 120.0)]:
        hands.now = 100.0 + seconds
        assert watch(found, bound) is False
    assert kept(waiting) == [[0.0, 0.0, 100.0], [1.0, 60.0, 98.0], [2.0, 60.0, 98.0]]


def test_before_there_is_a_bound_nothing_is_kept(waiting):
    assert running.Watcher(waiting.pk)(0.0, float("inf")) is False
    assert kept(waiting) == []


def test_a_long_search_keeps_its_whole_curve_in_few_points():
    points = [[float(second), 1.0, 2.0] for second in range(1000)]
    shown = []
    for point in points:
        shown = running.thinned([*shown, point])
    assert len(shown) <= running.MOST_POINTS and (shown[0], shown[-1]) == (points[0], points[-1])


def test_whoever_asks_for_a_stop_ends_the_search(waiting, readers, at):
    hands = Hands()
    watch = running.Watcher(waiting.pk, hands)
    assert watch(1.0, 2.0) is False
    actions.stop(readers.coordinator, waiting.pk, at=at)
    assert watch(1.0, 2.0) is False, "the row is not read at every step"
    hands.now += 2 * running.EVERY_SECONDS
    assert watch(0.0, 2.0) is False, "there is nothing to keep yet"
    assert watch(1.0, 2.0) is True and watch(1.0, 2.0) is True


def test_only_a_coordinator_stops_a_search(waiting, readers, at):
    with pytest.raises(NotAllowed):
        actions.stop(readers.auditor, waiting.pk, at=at)


def test_the_page_looks_on_and_its_button_stops(browse, readers, waiting, text):
    browser, address = browse(readers.coordinator), reverse("planning:plan", args=[waiting.pk])
    Plan.objects.update(search=[[0.0, 0.0, 100.0], [1.0, 90.0, 100.0], [2.0, 95.0, 100.0]])
    page = text(browser.get(address))
    assert "Đang chờ đến lượt" in page and "chart__line" in page and "5,0\N{NO-BREAK SPACE}%" in page
    assert browser.post(reverse("planning:stop", args=[waiting.pk])).status_code == 302
    assert Plan.objects.get().stop_asked_at is not None
    assert "Dừng và giữ phương án tốt nhất" not in text(browser.get(address))


def test_once_it_is_over_the_page_is_loaded_afresh(browse, readers, waiting):
    browser, address = browse(readers.coordinator), reverse("planning:progress", args=[waiting.pk])
    assert browser.get(address).status_code == 200
    Plan.objects.update(state="proposed")
    assert browser.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert browser.get(address).url == reverse("planning:plan", args=[waiting.pk])


def test_a_search_that_broke_off_says_so(browse, readers, waiting, text):
    type(jobs.claim(waiting.made_at)).objects.update(state="failed", lease_until=None)
    page = text(browse(readers.coordinator).get(reverse("planning:plan", args=[waiting.pk])))
    assert "Việc tính bị gián đoạn" in page and "hx-trigger" not in page.split('id="search"')[1].split(">")[0]


def test_a_stopped_search_leaves_the_best_plan_so_far(waiting, readers, at):
    actions.stop(readers.coordinator, waiting.pk, at=at)
    jobs.run(jobs.claim(at))
    row = Plan.objects.get()
    assert row.state == "proposed" and row.classes.exists() and row.search


@pytest.mark.parametrize("communes", [3, 12])
def test_the_planner_tells_what_it_found_and_stops_when_told(communes):
    scenario = planner.generate(communes=communes, seed=3)
    seen = []

    def look(found, bound):
        seen.append((found, bound))
        return len(seen) > 2

    plan = planner.solve(scenario, time_limit=20, gap=0.0, watch=look)
    assert len(seen) >= 3 and planner.broken(scenario, plan) == []
    assert all(found <= bound * 1.0001 for found, bound in seen)
    assert plan.objective <= plan.bound * 1.0001
