"""The test as a learner meets it, on a phone and without JavaScript; and the bank as its readers see it."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from chiakhoa.foundation.readers import Role
from chiakhoa.measure.assessment import paper
from chiakhoa.measure.assessment.models import Answer, Item, Sitting, SittingState

LARGEST_PAGE = 25_000


@pytest.fixture
def learner(sign_in, province, items):
    return sign_in(Role.LEARNER, person=province.hoa, unit=province.communes[0])


def begin(client, purpose="baseline"):
    return client.post(reverse("assessment:begin"), {"purpose": purpose}, follow=True)


def now_shown():
    return Answer.objects.select_related("sitting", "item").get(score=None)


def filled(row, *, right=True):
    """What the browser sends for a right answer, by the numbers of the page alone."""
    laid = paper.lay_out(row.item, seed=row.sitting.seed)
    if row.item.kind in ("single", "multiple"):
        wanted = [row.item.key] if isinstance(row.item.key, str) else row.item.key
        return {"choice": [line.number for line in laid.lines if (line.key in wanted) == right]}
    if row.item.kind == "ordering":
        return {f"line_{line.number}": row.item.key.index(line.key) + 1 for line in laid.lines}
    partner = {line.key: line.number for line in laid.others}
    return {f"line_{line.number}": partner[row.item.key[line.key]] for line in laid.lines}


def address(row):
    return reverse("assessment:question", args=[row.sitting_id, row.position])


class Controls(HTMLParser):
    """Names and values of the controls of a page."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag in ("input", "select", "option", "button"):
            self.found.append((tag, dict(attrs)))


def test_the_first_page_says_what_the_test_is_and_offers_to_start(learner):
    page = learner.get(reverse("assessment:start")).content.decode()
    assert reverse("assessment:begin") in page
    assert "24" in page


def test_starting_leads_to_the_first_question(learner):
    response = begin(learner)
    assert response.status_code == 200
    assert now_shown().item.stem_vi in response.content.decode()


def test_the_first_page_offers_to_go_on_with_an_open_test(learner):
    begin(learner)
    again = begin(learner)
    assert Sitting.objects.count() == 1
    assert address(now_shown()) == again.redirect_chain[-1][0]


def test_all_four_kinds_are_answered_by_plain_forms_to_the_end(learner):
    begin(learner)
    kinds = set()
    while Sitting.objects.get().state == SittingState.OPEN:
        row = now_shown()
        kinds.add(row.item.kind)
        response = learner.post(address(row), filled(row))
        assert response.status_code == 302
    assert kinds == {"single", "multiple", "ordering", "matching"}
    assert set(Answer.objects.values_list("score", flat=True)) == {1.0}
    last = learner.get(response["Location"], follow=True)
    assert last.status_code == 200
    assert response["Location"] == reverse("assessment:result", args=[Sitting.objects.get().pk])


@pytest.mark.parametrize("kind", ["single", "multiple", "ordering", "matching"])
def test_a_question_page_is_small_and_gives_no_key_away(learner, kind):
    begin(learner)
    row = now_shown()
    Answer.objects.filter(pk=row.pk).update(item=Item.objects.filter(kind=kind).first())
    page = learner.get(address(row)).content
    assert len(page) < LARGEST_PAGE
    controls = Controls()
    controls.feed(page.decode())
    values = [
        attrs.get("value", "") for tag, attrs in controls.found if attrs.get("name") == "choice" or tag == "option"
    ]
    assert values
    assert all(re.fullmatch(r"\d?", value) for value in values)


def test_a_page_says_what_is_saved_and_when(learner):
    begin(learner)
    row = now_shown()
    learner.post(address(row), {"unknown": "1"})
    page = learner.get(address(now_shown())).content.decode()
    assert re.search(r"Đã lưu 1, \d\d:\d\d", page)


def test_not_knowing_is_an_answer(learner):
    begin(learner)
    learner.post(address(now_shown()), {"unknown": "1"})
    first = Answer.objects.get(position=1)
    assert (first.given, first.score) == (None, 0.0)


@pytest.mark.parametrize("kind", ["single", "multiple", "ordering", "matching"])
def test_an_unfinished_answer_comes_back_with_words_and_what_was_chosen(learner, kind):
    begin(learner)
    row = now_shown()
    Answer.objects.filter(pk=row.pk).update(item=Item.objects.filter(kind=kind).first())
    response = learner.post(address(row), {"line_1": "2", "line_2": "2"})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    if kind in ("ordering", "matching"):
        assert "selected" in response.content.decode()
    assert now_shown().pk == row.pk


def test_a_second_tab_is_led_to_the_question_that_is_open(learner):
    begin(learner)
    first = now_shown()
    learner.post(address(first), {"unknown": "1"})
    response = learner.post(address(first), filled(first))
    assert response["Location"] == address(now_shown())
    assert Answer.objects.get(position=1).score == 0.0
    ahead = learner.get(reverse("assessment:question", args=[first.sitting_id, 9]))
    assert ahead["Location"] == address(now_shown())


def test_practice_tells_the_reasons_after_each_answer(learner):
    begin(learner, "practice")
    row = now_shown()
    page = learner.post(address(row), {"unknown": "1"}, follow=True).content.decode()
    assert ("vì a" in page) or ("vì hợp nhau" in page)
    assert row.item.stem_vi in page


def test_a_baseline_tells_no_reasons(learner):
    begin(learner)
    row = now_shown()
    page = learner.post(address(row), {"unknown": "1"}, follow=True).content.decode()
    assert row.item.stem_vi not in page
    assert learner.get(address(row)).status_code == 302


def test_the_order_of_options_stays_the_same_within_a_sitting_and_differs_between_sittings(items):
    single = Item.objects.filter(kind="single").first()
    orders = [[line.key for line in paper.lay_out(single, seed=seed).lines] for seed in range(20)]
    assert orders[0] == [line.key for line in paper.lay_out(single, seed=0).lines]
    assert len({tuple(order) for order in orders}) > 5


def test_steps_to_order_are_never_shown_in_their_right_order(items):
    item = Item.objects.filter(kind="ordering").first()
    assert all([line.key for line in paper.lay_out(item, seed=seed).lines] != item.key for seed in range(200))


def test_a_stranger_does_not_see_the_sitting(learner, sign_in, province):
    begin(learner)
    row = now_shown()
    other = sign_in(Role.LEARNER, person=province.minh, unit=province.communes[1])
    assert other.get(address(row)).status_code == 404
    assert other.post(address(row), {"unknown": "1"}).status_code == 404


def test_the_bank_lists_items_and_filters_by_kind(sign_in, items):
    client = sign_in(Role.ASSESSOR)
    page = client.get(reverse("assessment:items"), {"kind": "ordering"}).content.decode()
    assert "1.1-or" in page
    assert "1.1-si" not in page


def test_an_item_page_shows_preview_key_and_reasons(sign_in, items):
    client = sign_in(Role.ASSESSOR)
    for item in items[:4]:
        page = client.get(reverse("assessment:item", args=[item.pk])).content.decode()
        assert item.stem_vi in page
        assert ("vì a" in page) or ("vì hợp nhau" in page)


def test_a_learner_may_not_read_the_bank(learner):
    assert learner.get(reverse("assessment:items")).status_code == 403
    assert learner.get(reverse("assessment:item", args=["1.1-si"])).status_code == 403


def test_an_account_without_a_person_is_told_whom_to_ask(sign_in, items, province):
    client = sign_in(Role.LEARNER)
    assert client.get(reverse("assessment:start")).status_code == 200
    assert begin(client).status_code == 404


def test_a_page_that_asks_for_it_gets_the_next_question_in_the_same_answer(learner):
    begin(learner)
    first = now_shown()
    said = learner.post(address(first), filled(first), headers={"X-Next": "1"})
    second = now_shown()
    assert said.status_code == 200 and said["Content-Location"] == address(second) != address(first)
    assert second.item.stem_vi in said.content.decode()
    assert "Đã lưu" in said.content.decode()
    again = learner.get(said["Content-Location"]).content.decode()
    assert second.item.stem_vi in again


def test_such_a_page_reads_the_reasons_while_it_practises_and_goes_to_the_result_at_the_end(learner):
    begin(learner, "practice")
    first = now_shown()
    said = learner.post(address(first), filled(first), headers={"X-Next": "1"})
    assert said.status_code == 200 and "data-next" in said.content.decode()
    while Sitting.objects.get().state == SittingState.OPEN:
        row = now_shown()
        said = learner.post(address(row), {"unknown": "1"}, headers={"X-Next": "1"})
    assert said.status_code == 200 and "data-next" in said.content.decode()


def test_the_last_answer_of_such_a_page_leads_to_the_result(learner):
    begin(learner)
    while Sitting.objects.get().state == SittingState.OPEN:
        row = now_shown()
        said = learner.post(address(row), {"unknown": "1"}, headers={"X-Next": "1"})
    assert said.status_code == 302 and said["Location"] == reverse("assessment:result", args=[Sitting.objects.get().pk])


def test_in_the_middle_of_a_test_no_tour_pushes_the_question_down_or_leads_away(learner, monkeypatch):
    stop = {"title": "Chặng thử", "text": "", "step": 1, "of": 2, "last": False, "next_url": "/", "close_url": "/"}
    monkeypatch.setattr("chiakhoa.site.tour.current", lambda _request: stop)
    assert "Chặng thử" in learner.get(reverse("assessment:start")).content.decode()
    asked = begin(learner, "practice")
    reasons = learner.post(address(now_shown()), {"unknown": "1"}, follow=True)
    assert "Đáp án là" in reasons.content.decode()
    assert all("Chặng thử" not in page.content.decode() for page in (asked, reasons))
