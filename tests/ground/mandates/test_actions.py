"""Loading the programme and the demonstration's orders."""

from datetime import UTC, date, datetime

import pytest
from django.db.models import Sum

from chiakhoa.foundation.facts import load_yaml
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotAllowed, Refusal
from chiakhoa.ground.mandates import actions, queries
from chiakhoa.ground.mandates.actions import loading
from chiakhoa.ground.mandates.models import (
    Activity,
    BudgetLine,
    Document,
    ReportedResult,
    Statement,
    StatementKind,
    Target,
    Task,
    TaskKind,
)

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


def test_six_tasks_and_five_next_steps_are_there_with_who_leads_them(programme):
    assert Task.objects.filter(kind=TaskKind.TASK).count() == 6
    assert Task.objects.filter(kind=TaskKind.NEXT_STEP).count() == 5
    assert set(Task.objects.values_list("lead", flat=True)) == {"body-so-tttt"}


def test_a_task_says_which_sentence_it_comes_from_and_what_of_it_is_assumed(programme):
    led = Task.objects.get(code="task-attt")
    assumed = Task.objects.get(code="task-nong-ho")
    assert (led.sentence, led.assumed) == (11, False)
    assert assumed.assumed
    assert "names no other lead" in assumed.reason


def test_courses_that_serve_a_task_are_linked_to_it(programme):
    assert {c.code for c in Task.objects.get(code="task-attt").courses.all()} == {"ATTT-XA", "ATTT-HUYEN"}
    assert not Task.objects.filter(courses=None).exists()


def test_the_rank_is_30_of_63(programme):
    rank = Statement.objects.get(kind=StatementKind.RANK)
    assert (rank.value, rank.out_of, rank.sentence) == (30, 63, 4)
    assert rank.stated_by == "Ban Chấp hành Tỉnh ủy"


def test_what_the_report_does_not_say_stands_as_missing_with_its_reason(programme):
    missing = Statement.objects.filter(kind=StatementKind.MISSING)
    assert missing.count() == 5
    assert all(row.assumed and row.reason and row.sentence is None for row in missing)


def test_facts_found_elsewhere_keep_their_source_and_a_guessed_year_says_so(programme):
    resolution, plan = Document.objects.get(code="doc-nq-01"), Document.objects.get(code="doc-kh-80")
    assert {"field": "date", "value": "2020-12-31"}.items() <= resolution.facts[0].items()
    assert all(fact["source"] and fact["sure"] for fact in resolution.facts)
    assert [fact["sure"] for fact in plan.facts] == ["assumed"]


def test_topics_of_a_next_step_are_its_activities_in_order(programme):
    topics = Activity.objects.filter(task="nxt-cntt", kind="topic")
    assert [row.code for row in topics] == ["top-ai", "top-blockchain", "top-vr", "top-attt"]


def test_a_result_without_a_number_stays_without_one(programme):
    values = dict(ReportedResult.objects.values_list("code", "value"))
    assert (values["res-attt"], values["res-che"], values["res-nhan-thuc"]) == (4, 34, None)


def test_statements_come_in_the_order_in_which_one_reads_a_programme(programme):
    kinds = [kind for kind, _rows in queries.statements(SYSTEM)]
    assert kinds[0] == StatementKind.RANK
    assert kinds[-1] == StatementKind.MISSING
    assert len(kinds) == 6


def test_every_order_of_the_demonstration_is_assumed_in_both_languages(orders):
    for row in [*Target.objects.all(), *BudgetLine.objects.all()]:
        assert row.assumed
        assert len(row.reason.splitlines()) == 2


def test_every_task_has_a_target_and_money_within_the_year(orders):
    assert not Task.objects.filter(targets=None).exists()
    assert not Task.objects.filter(budget_lines=None).exists()
    assert set(Target.objects.values_list("due_on", flat=True)) == {date(2027, 12, 31)}
    total = BudgetLine.objects.aggregate(total=Sum("amount_vnd"))["total"]
    assert 6_000_000_000 <= total <= 9_000_000_000


def test_one_line_is_common_to_all_tasks(orders):
    assert BudgetLine.objects.get(code="bud-chung").tasks.count() == Task.objects.count()


def test_loading_twice_changes_nothing(orders):
    tables = (Document, Statement, Task, Activity, ReportedResult, Target, BudgetLine)

    def state():
        links = Task.courses.through, Task.partners.through, BudgetLine.tasks.through
        return [t.objects.count() for t in (*tables, *links)]

    before = state()
    actions.load_programme(SYSTEM, at=AT)
    actions.load_orders(SYSTEM, at=AT)
    assert state() == before


def test_every_sentence_that_the_mandates_cite_is_one_of_the_report(programme):
    sentences = load_yaml("programme/programme.yaml")["meta"]["sentences"]
    for table in (Document, Statement, Task, Activity, ReportedResult):
        cited = {n for n in table.objects.values_list("sentence", flat=True) if n}
        assert cited <= set(range(1, sentences + 1))


def test_orders_for_a_task_that_is_not_there_are_refused_by_name(programme, monkeypatch):
    orders = load_yaml("programme/demonstration.yaml")
    orders["targets"][0]["task"] = "task-none"
    monkeypatch.setattr(loading, "load_yaml", lambda _name: orders)
    with pytest.raises(Refusal, match="task-none"):
        actions.load_orders(SYSTEM, at=AT)


def test_a_programme_whose_bodies_are_not_there_is_refused_by_name(catalogue, monkeypatch):
    content = load_yaml("programme/programme.yaml")
    content["tasks"][0]["lead"] = "body-none"
    monkeypatch.setattr(loading, "load_yaml", lambda _name: content)
    with pytest.raises(Refusal, match="body-none"):
        actions.load_programme(SYSTEM, at=AT)


def test_only_an_administrator_loads(catalogue):
    with pytest.raises(NotAllowed):
        actions.load_programme(Reader(role=Role.AUDITOR), at=AT)
