"""Hà enters and changes documents, tasks, targets and money; each says where it comes from and leaves its trail."""

import re
from datetime import date
from html import unescape

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.mandates import actions, spoken_for
from chiakhoa.ground.mandates.entries import BudgetLineEntry, Origin, TargetEntry
from chiakhoa.ground.mandates.forms import FORMS, SENTENCES
from chiakhoa.ground.mandates.models import BudgetLine, Document, Target, Task
from tests.ground.mandates.conftest import AT

HA = Reader(1, "Hà", Role.COORDINATOR)
ASSUMED = {"origin": "assumed", "reason_vi": "Chưa có văn bản.", "reason_en": "No document yet."}
TARGET = {
    "name_vi": "Người học xong lớp chè", "name_en": "People who finish the tea class", "task": "task-sme",
    "indicator": "people_trained", "amount": "120", "due_on": "2027-06-30", "audience": "aud-sme", **ASSUMED,
}  # fmt: skip
LINE = {"name_vi": "Kinh phí mới", "year": "2027", "amount_vnd": "1.250.000.000", "tasks": ["task-sme", "task-attt"],
        **ASSUMED}  # fmt: skip
DOCUMENT = {"name_vi": "Kế hoạch số 12/KH-UBND", "document_kind": "plan", "number": "12/KH-UBND",
            "issuer": "body-ubnd-tinh", "issued_on": "2026-01-15"}  # fmt: skip
TASK = {"name_vi": "Đào tạo tổ công nghệ số", "task_kind": "task", "document": "doc-kh-80", "lead": "body-so-tttt",
        "lead_role_vi": "chủ trì", "partners": ["body-so-gddt"], "audiences": ["aud-sme"], "courses": ["ATTT-XA"]}  # fmt: skip


@pytest.fixture
def ha(cast):
    return cast.browse("ha")


@pytest.fixture
def promised(monkeypatch):
    """A later step that counts on 400 million đồng of each line."""
    monkeypatch.setattr(spoken_for, "_sums", {"planning": lambda _line: 400_000_000, "delivery": lambda _line: 5})


def text(answer):
    return unescape(answer.content.decode())


def send(browser, address, given):
    """What the server answers to the form at the address with these fields filled in."""
    code = re.search(r'name="code" value="([^"]+)"', text(browser.get(address)))[1]
    return browser.post(address, {"code": code} | given)


def entered(kind, given, browser):
    answer = send(browser, reverse("mandates:add", args=[kind]), given)
    assert answer.status_code == 302, answer.context["form"].errors
    return FORMS[kind].model.objects.get(name_vi=given["name_vi"])


def line_entry(row, **changes):
    given = {
        "code": row.pk, "name_vi": row.name_vi, "name_en": row.name_en, "year": row.year, "amount_vnd": row.amount_vnd,
        "tasks": tuple(row.tasks.values_list("pk", flat=True)), "audiences": (), "origin": Origin(sentence=11),
    }  # fmt: skip
    return BudgetLineEntry(**given | changes)


def test_a_target_is_entered_from_the_task_s_page_and_shown_there_with_its_reason(ha):
    page = text(ha.get(reverse("mandates:task", args=["task-sme"])))
    assert f"{reverse('mandates:add', args=['target'])}?task=task-sme" in page
    row = entered("target", TARGET, ha)
    assert (row.amount, row.due_on, row.assumed, row.reason) == (
        120, date(2027, 6, 30), True, "Chưa có văn bản.\nNo document yet.",
    )  # fmt: skip
    shown = text(ha.get(reverse("mandates:task", args=["task-sme"])))
    assert "Người học xong lớp chè" in shown
    assert "Chưa có văn bản." in shown
    assert "No document yet." not in shown


def test_pressing_save_twice_enters_one_row(ha):
    address = reverse("mandates:add", args=["target"])
    code = re.search(r'name="code" value="([^"]+)"', text(ha.get(address)))[1]
    before = Target.objects.count()
    for _press in range(2):
        assert ha.post(address, TARGET | {"code": code}).status_code == 302
    assert Target.objects.count() == before + 1


@pytest.mark.parametrize(
    ("origin", "field"),
    [({"origin": "sentence"}, "sentence"), ({"origin": "source"}, "source"), ({"origin": "assumed"}, "reason_vi"),
     ({}, "origin"), ({"origin": "sentence", "sentence": "23"}, "sentence")],
)  # fmt: skip
def test_nothing_is_entered_without_saying_where_it_comes_from(ha, origin, field):
    bare = {key: value for key, value in TARGET.items() if key not in ASSUMED}
    before = Target.objects.count()
    answer = send(ha, reverse("mandates:add", args=["target"]), bare | origin)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert Target.objects.count() == before


def test_the_action_asks_for_an_origin_too_and_so_does_the_database(orders):
    entry = TargetEntry("tgt-x", "X", "", "task-sme", "people_trained", None, None, 5, date(2027, 1, 1), Origin())
    with pytest.raises(Refusal) as refused:
        actions.add(HA, entry, at=AT)
    assert refused.value.code == "no_origin"
    for wrong in ({"assumed": False, "source": ""}, {"reason": "", "source": ""}, {"indicator": "smiles"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Target.objects.filter(sentence=None).update(**wrong)


def test_classes_are_not_counted_by_audience(ha):
    answer = send(ha, reverse("mandates:add", args=["target"]), TARGET | {"indicator": "classes_held"})
    assert set(answer.context["form"].errors) == {"audience"}
    assert entered("target", TARGET | {"indicator": "classes_held", "audience": ""}, ha).audience is None


def test_a_changed_target_keeps_in_the_trail_what_stood_there(ha):
    address = reverse("mandates:change", args=["target", "tgt-sme"])
    assert 'value="500"' in text(ha.get(address))
    changed = ha.post(
        address, TARGET | {"code": "other", "amount": "650", "origin": "source", "source": "KH 12, mục 2"}
    )
    assert changed.url == reverse("mandates:task", args=["task-sme"])
    row = Target.objects.get(pk="tgt-sme")
    assert (row.amount, row.source, row.assumed, row.reason) == (650, "KH 12, mục 2", False, "")
    entry = AuditEntry.objects.get(verb="change")
    assert (entry.before["amount"], entry.after["amount"], entry.actor_name) == (500, 650, "Ha")
    assert not Target.objects.filter(pk="other").exists()


def test_money_is_typed_with_dots_and_pays_the_tasks_chosen(ha):
    row = entered("line", LINE, ha)
    assert row.amount_vnd == 1_250_000_000
    assert set(row.tasks.values_list("pk", flat=True)) == {"task-sme", "task-attt"}
    assert "1.250.000.000" in text(ha.get(reverse("mandates:money"), {"tasks": "task-sme"}))
    assert AuditEntry.objects.get(verb="add").after["tasks"] == ["task-attt", "task-sme"]


@pytest.mark.parametrize("amount", ["-5", "một tỷ", "", "9" * 20])
def test_an_amount_that_is_none_is_refused_in_words(ha, amount):
    answer = send(ha, reverse("mandates:add", args=["line"]), LINE | {"amount_vnd": amount})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"amount_vnd"}


def test_a_line_does_not_fall_below_what_later_steps_count_on(orders, promised):
    row = BudgetLine.objects.get(pk="bud-attt")
    with pytest.raises(Refusal, match=re.escape("400")) as refused:
        actions.change(HA, line_entry(row, amount_vnd=399_999_999), at=AT)
    assert refused.value.field == "amount_vnd"
    assert actions.change(HA, line_entry(row, amount_vnd=400_000_000), at=AT).amount_vnd == 400_000_000


def test_a_line_that_is_counted_on_keeps_its_year_and_its_tasks_but_may_get_more(orders, promised):
    row = BudgetLine.objects.get(pk="bud-attt")
    for field, changes in (("year", {"year": 2028}), ("tasks", {"tasks": ("task-sme",)})):
        with pytest.raises(Refusal) as refused:
            actions.change(HA, line_entry(row, **changes), at=AT)
        assert refused.value.field == field
    actions.change(HA, line_entry(row, tasks=("task-attt", "task-sme")), at=AT)
    assert row.tasks.count() == 2


def test_a_line_on_which_nothing_counts_is_free(orders, monkeypatch):
    monkeypatch.setattr(spoken_for, "_sums", {})
    row = BudgetLine.objects.get(pk="bud-attt")
    actions.change(HA, line_entry(row, amount_vnd=1, year=2028, tasks=("task-sme",)), at=AT)
    row.refresh_from_db()
    assert (row.amount_vnd, row.year, row.tasks.get().pk) == (1, 2028, "task-sme")


def test_a_document_and_a_task_under_it_are_entered(ha):
    document = entered("document", DOCUMENT, ha)
    assert (document.number, document.issued_on, document.issuer_id) == (
        "12/KH-UBND",
        date(2026, 1, 15),
        "body-ubnd-tinh",
    )
    assert "Kế hoạch số 12/KH-UBND" in text(ha.get(reverse("mandates:documents")))
    begun = text(ha.get(reverse("mandates:add", args=["task"]), {"document": document.pk}))
    assert f'<option value="{document.pk}" selected>' in begun
    task = entered("task", TASK | {"document": document.pk}, ha)
    assert [row.pk for row in task.courses.all()] == ["ATTT-XA"]
    assert "Đào tạo tổ công nghệ số" in text(ha.get(reverse("mandates:tasks")))


def test_a_task_under_no_document_says_where_it_comes_from(ha):
    answer = send(ha, reverse("mandates:add", args=["task"]), TASK | {"document": ""})
    assert set(answer.context["form"].errors) == {"origin"}
    assert entered("task", TASK | {"document": "", "origin": "sentence", "sentence": "21"}, ha).sentence == 21


def test_a_document_of_tomorrow_is_not_entered_yet(ha):
    answer = send(ha, reverse("mandates:add", args=["document"]), DOCUMENT | {"issued_on": "2999-01-01"})
    assert set(answer.context["form"].errors) == {"issued_on"}


def test_what_something_stands_on_stays_and_says_what(ha):
    for kind, code, words in (("task", "task-attt", "chỉ tiêu: 1"), ("document", "doc-kh-80", "nhiệm vụ: 5")):
        shown = text(ha.get(reverse("mandates:change", args=[kind, code])))
        assert words in shown
        assert reverse("mandates:remove", args=[kind, code]) not in shown
        answer = ha.post(reverse("mandates:remove", args=[kind, code]), follow=True)
        assert words in text(answer)
    assert Task.objects.filter(pk="task-attt").exists()
    assert Document.objects.filter(pk="doc-kh-80").exists()


def test_a_target_a_line_and_a_task_without_anything_on_it_can_go_and_a_second_press_does_no_harm(ha):
    task = entered("task", TASK, ha)
    rows = [("target", "tgt-sme", Target), ("line", "bud-attt", BudgetLine), ("task", task.pk, Task)]
    for kind, code, model in rows:
        address = reverse("mandates:remove", args=[kind, code])
        assert address in text(ha.get(reverse("mandates:change", args=[kind, code])))
        for words in ("Đã xóa.", "không còn nữa"):
            assert words in text(ha.post(address, follow=True))
        assert not model.objects.filter(pk=code).exists()
        assert AuditEntry.objects.get(verb="remove", thing_key=code).before["name_vi"]


def test_who_only_reads_neither_enters_nor_is_offered_to(cast):
    for name in ("binh", "duc", "son", "hoa", "linh"):
        browser = cast.browse(name)
        assert browser.get(reverse("mandates:add", args=["target"])).status_code == 403
        assert browser.get(reverse("mandates:change", args=["line", "bud-attt"])).status_code == 403
        assert browser.post(reverse("mandates:remove", args=["line", "bud-attt"])).status_code == 403
    assert reverse("mandates:change", args=["line", "bud-attt"]) not in text(
        cast.browse("son").get(reverse("mandates:money"))
    )
    with pytest.raises(NotAllowed):
        actions.remove(Reader(role=Role.AUDITOR), BudgetLine, "bud-attt", at=AT)


def test_a_row_that_is_not_there_is_not_found(ha, orders):
    assert ha.get(reverse("mandates:change", args=["target", "none"])).status_code == 404
    with pytest.raises(NotVisible):
        actions.change(HA, line_entry(BudgetLine(pk="none", year=2027, amount_vnd=1), tasks=()), at=AT)


def test_the_form_knows_how_many_sentences_the_report_has():
    assert load_yaml("programme/programme.yaml")["meta"]["sentences"] == SENTENCES
