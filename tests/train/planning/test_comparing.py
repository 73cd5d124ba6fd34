"""Two plans side by side, and the cost sheet: what a coordinator reads is what the rows hold."""

import io
from datetime import timedelta

import pytest
import python_calamine
from django.urls import reverse
from django.utils import translation

from chiakhoa.foundation.sheets import Formula
from chiakhoa.foundation.templatetags.words import vnd
from chiakhoa.ground.mandates.models import BudgetLine
from chiakhoa.train.planning import comparing, costsheet
from chiakhoa.train.planning.equity import gini
from chiakhoa.train.planning.models import GainEstimate, PlannedGroup

COMPARE = reverse("planning:compare")


@pytest.mark.parametrize(
    ("values", "index"),
    [([1, 1, 1], 0.0), ([0, 0, 0, 4], 0.75), ([1, 3], 0.25), ([3, 1], 0.25), ([0, 0], None), ([], None)],
)
def test_gini_is_nought_where_all_are_equal_and_grows_with_unevenness(values, index):
    assert gini(values) == (index if index is None else pytest.approx(index))


def test_gini_of_something_negative_is_refused():
    with pytest.raises(ValueError, match="not negative"):
        gini([1, -1])


@pytest.fixture
def two(new_plan, new_planned, place, teaching):
    """A plan for Tân Cương alone, and one based on it: the class shrank and moved a week, and Đại Phúc gets one too."""
    needs = {place.first.pk: 10, place.second.pk: 10}
    one = new_plan(name="Gốc", needs=needs, objective=3.0, bound=4.0)
    other = new_plan(name="Mới", needs=needs, objective=6.0, bound=6.0, based_on=one)
    for plan, venue, unit, given in (
        (one, 0, place.first, {"learners": 20}),
        (other, 0, place.first, {"learners": 15, "starts_on": "2027-03-08"}),
        (other, 1, place.second, {"learners": 12, "cost_vnd": 2_500_000}),
    ):
        row = new_planned(plan, venue=teaching.venues[venue], **given)
        PlannedGroup.objects.create(planned_class=row, unit=unit, audience_id="tea", people=row.learners, gain=3.0)
    return one, other


def test_figures_say_who_gets_least_and_how_uneven_it_is(two, place):
    first, second = map(comparing.figures, two)
    assert (first.classes, first.people, first.cost_vnd, first.gain) == (1, 20, 1_000_000, 3.0)
    assert (first.gini, first.worst, first.worst_share) == (pytest.approx(0.5), str(place.second), 0.0)
    assert (second.cost_vnd, second.gini, second.worst_share) == (3_500_000, pytest.approx(0.0), pytest.approx(0.3))


def test_a_class_taken_out_counts_nowhere(two):
    two[1].classes.filter(number=2).update(cancelled=True)
    assert comparing.figures(two[1]).people == 15
    assert comparing.by_need(two[1]) == comparing.by_need(two[0])


def test_what_differs_is_told_class_by_class_and_who_loses(two, readers, place):
    changed = comparing.differences(readers.coordinator, *two)
    assert [(row.kinds, row.people) for row in changed] == [(("smaller", "week"), -5), (("opened",), 12)]
    (lost,) = comparing.lost(changed)
    assert (lost["unit"], lost["people"]) == (place.first, 5)
    assert comparing.differences(readers.coordinator, two[0], two[0]) == []


def test_backwards_the_new_class_is_the_dropped_one(two, readers):
    kinds = [row.kinds for row in comparing.differences(readers.coordinator, two[1], two[0])]
    assert kinds == [("dropped",), ("larger", "week")]


def test_the_page_shows_both_plans_in_the_order_they_were_made(browse, readers, two, text):
    page = text(browse(readers.coordinator).get(COMPARE, {"plan": [two[1].pk, two[0].pk]}))
    assert page.index(">Gốc</a>") < page.index(">Mới</a>")
    with translation.override("vi"):
        more = f"+{vnd(2_500_000)}"
    assert "Ai mất lớp" in page and more in page


def test_the_page_says_where_courses_were_measured_between_the_two(browse, readers, two, course, text, at):
    address = reverse("planning:compare") + f"?plan={two[0].pk}&plan={two[1].pk}"
    browser = browse(readers.coordinator)
    words = "số bậc ở hai phương án không còn như nhau"
    assert words not in text(browser.get(address))
    type(two[1]).objects.filter(pk=two[1].pk).update(made_at=at + timedelta(days=2))
    GainEstimate.objects.create(
        course=course, as_of=at + timedelta(days=1), prior=1.0, prior_sd=0.5, believed=0.5, believed_sd=0.2
    )
    assert words in text(browser.get(address))


@pytest.mark.parametrize("ticked", [[], ["x"], ["9" * 40]])
def test_not_two_plans_leads_back_to_the_list(browse, readers, two, ticked):
    answer = browse(readers.coordinator).get(COMPARE, {"plan": [*ticked, two[0].pk]})
    assert answer.status_code == 302 and answer.url == reverse("planning:plans")


def test_plans_out_of_reach_are_not_compared(browse, readers, two):
    ticked = {"plan": [row.pk for row in two]}
    assert browse(readers.away).get(COMPARE, ticked).status_code == 404
    assert browse(readers.manager).get(COMPARE, ticked).status_code == 404


def test_the_queries_do_not_grow_with_the_classes(browse, readers, two, new_planned, place, queries_of):
    browser = browse(readers.coordinator)
    ask = {"plan": [row.pk for row in two]}
    browser.get(COMPARE, ask)
    few = queries_of(lambda: browser.get(COMPARE, ask))
    for _ in range(10):
        row = new_planned(two[0])
        PlannedGroup.objects.create(planned_class=row, unit=place.second, audience_id="tea", people=9, gain=1.0)
    assert queries_of(lambda: browser.get(COMPARE, ask)) == few


def test_the_cost_sheet_adds_up_to_the_plan_and_holds_no_foreign_formula(browse, readers, two, teaching):
    teaching.line.name_vi = "=1+1"
    teaching.line.save()
    answer = browse(readers.coordinator).get(reverse("planning:costs", args=[two[1].pk]))
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[-1][-1] == comparing.figures(two[1]).cost_vnd == 3_500_000
    assert [row[-1] for row in rows[1:]] == [1_000_000, 2_500_000, 3_500_000, 3_500_000]
    assert rows[0][-1] == "Chi phí (đồng)" and rows[1][0] == "=1+1"


def test_the_sums_of_the_cost_sheet_are_formulas_over_their_rows(readers, two, new_planned, teaching):
    other = BudgetLine.objects.create(
        code="zzz", year=2027, amount_vnd=1, name_vi="Dòng khác", assumed=True, reason="Số của bài kiểm tra"
    )
    new_planned(two[1], budget_line=other, cost_vnd=7)
    rows = costsheet.rows(readers.coordinator, two[1])
    sums = {number: row[-1].text for number, row in enumerate(rows, start=1) if isinstance(row[-1], Formula)}
    assert sums == {4: "=SUBTOTAL(9,J2:J3)", 6: "=SUBTOTAL(9,J5:J5)", 7: "=SUBTOTAL(9,J2:J6)"}
    assert rows[-1][-1].value == 3_500_007 and rows[-1][-3].value == 47
