"""Figures are counts of rows; a frozen report stays; the Word file is laid out by the decree and holds the figures."""

import io
from datetime import date

import docx
import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from docx.shared import Mm

from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.ground.mandates.models import Target, Task
from chiakhoa.ground.registry.models import Person
from chiakhoa.outcome.reporting import actions, queries, word
from chiakhoa.outcome.reporting.indicators import INDICATORS, Total, amounts
from chiakhoa.outcome.reporting.models import ReportState
from chiakhoa.outcome.reporting.periods import Period
from chiakhoa.train.delivery.models import Enrolment

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def values(reader, task=None, period=YEAR):
    return {code: indicator.of(reader, task, period)[0] for code, indicator in INDICATORS.items()}


@pytest.fixture
def report(readers, programme, held, at):
    return actions.draft(readers.coordinator, programme.document, YEAR.first, YEAR.last, at=at)


def test_figures_equal_the_counts_made_by_hand(readers, held):
    assert values(readers.coordinator) == {
        "people_registered": 5, "people_measured": 3, "share_short": None, "classes_held": 1, "people_trained": 2,
        "certificates_issued": 1, "mean_gain": None, "money_planned": 10_000_000, "money_spent": 3_456_789,
        "places_matched": 0, "reported_before": 1,
    }  # fmt: skip


def test_a_unit_manager_counts_only_the_own_commune(readers, held):
    assert values(readers.manager)["people_registered"] == 3
    elsewhere = values(readers.elsewhere)
    assert (elsewhere["people_registered"], elsewhere["classes_held"], elsewhere["people_trained"]) == (2, 0, 0)


def test_a_value_is_always_computed_from_the_rows_that_it_shows(readers, programme, held):
    for indicator in INDICATORS.values():
        value, kind, rows = indicator.of(readers.coordinator, programme.task, YEAR)
        assert value == indicator.value(rows)
        assert kind == rows.model._meta.label_lower
        if indicator.value == Total(Count("pk")):
            assert value == len(list(rows))


def test_asked_for_together_the_values_are_what_they_are_alone(readers, programme, held):
    asked = [
        (row, row.rows(readers.coordinator, task, YEAR))
        for row in INDICATORS.values()
        for task in (None, programme.task)
    ]
    assert amounts(asked) == [indicator.value(rows) for indicator, rows in asked]


def test_more_tasks_and_targets_ask_for_no_more_queries(readers, programme, held):
    def queries_made():
        with CaptureQueriesContext(connection) as captured:
            entries = queries.progress(readers.coordinator, YEAR, on=YEAR.last)
        return len(entries), len(captured)

    few, before = queries_made()
    for number in range(5):
        row = Task.objects.create(code=f"more-{number}", kind=programme.task.kind, lead=programme.task.lead)
        row.audiences.set(programme.task.audiences.all())
        for part in range(2):
            Target.objects.create(
                task=row, code=f"more-{number}-{part}", indicator="people_trained", amount=3, due_on=YEAR.last,
                audience=row.audiences.first(), sentence=11,
            )  # fmt: skip
    many, after = queries_made()
    assert (many, after) == (few + 10, before)


@pytest.mark.parametrize(
    ("indicator", "audience", "unit", "count"),
    [
        ("people_trained", None, None, 2), ("people_trained", "iz_worker", "first", 2),
        ("people_trained", "iz_worker", "second", 0), ("certificates_issued", "teacher", None, 0),
        ("certificates_issued", None, "first", 1), ("certificates_issued", None, "second", 0),
        ("classes_held", None, "first", 1), ("classes_held", None, "second", 0),
    ],
)  # fmt: skip
def test_a_target_counts_only_its_own_audience_and_unit(
    readers, programme, held, place, indicator, audience, unit, count
):
    chosen = getattr(place, unit) if unit else None
    Target.objects.update(indicator=indicator, audience=audience, unit=chosen)
    found = [row for row in queries.progress(readers.coordinator, YEAR, on=YEAR.last) if row.target]
    assert [row.reached for row in found] == [count]


def test_a_class_outside_the_days_is_not_counted(readers, held):
    assert values(readers.coordinator, period=Period(date(2026, 11, 1), date(2026, 12, 31)))["classes_held"] == 0


def test_a_task_counts_only_classes_of_its_courses(readers, programme, held):
    programme.task.courses.clear()
    found = values(readers.coordinator, programme.task)
    assert (found["classes_held"], found["people_trained"], found["money_spent"]) == (0, 0, 0)


def test_somebody_who_completed_two_classes_is_one_person(readers, held, people, at):
    again = held.training_class
    again.pk, again.code = None, "L-9"
    again.save()
    Enrolment.objects.create(training_class=again, person=people["Hoa"], state="completed", seat=1, enrolled_at=at)
    assert values(readers.coordinator)["people_trained"] == 2


@pytest.mark.parametrize(
    ("reached", "on", "state"),
    [
        (0, date(2025, 12, 1), queries.NOT_STARTED),
        (1, date(2025, 12, 1), queries.ON_TIME),
        (50, date(2026, 7, 2), queries.ON_TIME),
        (40, date(2026, 7, 2), queries.LATE),
        (0, date(2026, 7, 2), queries.LATE),
        (99, date(2027, 1, 1), queries.LATE),
        (100, date(2027, 1, 1), queries.REACHED),
    ],
)
def test_the_state_of_a_target_follows_from_numbers_and_days(reached, on, state):
    assert queries.state_of(reached, 100, date(2026, 12, 31), on=on) == state


def test_progress_stands_against_the_target(readers, held):
    entry = queries.progress(readers.coordinator, YEAR, on=date(2026, 11, 25))[0]
    assert (entry.reached, entry.target.amount, entry.share, entry.state) == (2, 4, 0.5, queries.LATE)


def test_money_spent_is_the_cost_of_the_finished_classes_of_the_line(readers, held):
    assert [(row["line"].pk, row["spent"]) for row in queries.money(readers.coordinator, YEAR)] == [("bud", 3_456_789)]


def test_a_frozen_report_does_not_change_when_rows_change(readers, report, held, at):
    actions.freeze(readers.coordinator, report.pk, at=at)
    before = list(report.figures.values("indicator", "task", "value", "rows"))
    Enrolment.objects.update(state="not_completed")
    fresh = actions.draft(readers.coordinator, report.document, YEAR.first, YEAR.last, at=at)
    assert list(report.figures.values("indicator", "task", "value", "rows")) == before
    assert fresh.figures.get(indicator="people_trained", task=None).value == 0


def test_a_second_draft_for_the_same_days_replaces_the_first(readers, report, at):
    actions.draft(readers.coordinator, report.document, YEAR.first, YEAR.last, at=at)
    assert [row.state for row in queries.reports(readers.coordinator)] == [ReportState.DRAFT]


def test_a_figure_keeps_the_keys_of_its_rows(report, people):
    kept = report.figures.get(indicator="people_trained", task=None)
    assert (kept.rows_kind, kept.rows) == ("registry.person", sorted([people["Hoa"].pk, people["Minh"].pk]))


def test_a_frozen_report_is_not_frozen_twice(readers, report, at):
    actions.freeze(readers.coordinator, report.pk, at=at)
    with pytest.raises(Refusal):
        actions.freeze(readers.coordinator, report.pk, at=at)


def test_days_in_the_wrong_order_are_refused(readers, programme, at):
    with pytest.raises(Refusal):
        actions.draft(readers.coordinator, programme.document, YEAR.last, YEAR.first, at=at)


def test_a_manager_of_another_commune_cannot_see_or_freeze_the_report(readers, report, at):
    assert not queries.reports(readers.elsewhere).exists()
    with pytest.raises(NotVisible):
        actions.freeze(readers.elsewhere, report.pk, at=at)


def test_an_employer_may_not_draft(readers, programme, at):
    with pytest.raises(NotAllowed):
        actions.draft(readers.employer, programme.document, YEAR.first, YEAR.last, at=at)


def test_the_program_itself_reports_on_the_home_province(system, programme, held, place, at):
    assert actions.draft(system, programme.document, YEAR.first, YEAR.last, at=at).unit == place.top


def test_progress_takes_as_many_queries_for_many_people_as_for_few(readers, held, people, place, at, queries_of):
    def look():
        return queries.progress(readers.coordinator, YEAR, on=date(2026, 11, 25))

    before = queries_of(look)
    Person.objects.bulk_create(
        Person(full_name=f"P{n}", search_key=f"p{n}", unit=place.first, audience_id="iz_worker", registered_at=at)
        for n in range(50)
    )
    assert queries_of(look) == before


def test_the_borders_of_a_paragraph_stand_where_the_schema_wants_them(report):
    paper, _text = text_of(word.render(report))
    names = [[child.tag.split("}")[1] for child in p._p.pPr] for p in paper.paragraphs if p._p.pPr is not None]
    ruled = [found for found in names if "pBdr" in found]
    assert ruled
    assert all(found.index("pBdr") < found.index("ind") < found.index("jc") for found in ruled)


def text_of(content):
    paper = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return paper, "\n".join([p.text for p in paper.paragraphs] + cells)


def test_the_word_file_holds_the_national_title_and_every_figure(report):
    _paper, text = text_of(word.render(report, base="https://chiakhoa.example"))
    for part in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BÁO CÁO", "Kính gửi:", "Nơi nhận:",
                 "/BC-UBND", "I. KẾT QUẢ CHUNG", "Phụ lục", "3.456.789 [", "10.000.000 [", "50,0\N{NO-BREAK SPACE}%",
                 "Lớp tập huấn đã báo cáo"):  # fmt: skip
        assert part in text
    for number, figure in enumerate(report.figures.all(), 1):
        assert f"[{number}]" in text
        assert f"https://chiakhoa.example/reporting/figures/{figure.pk}/" in text
    assert "{{" not in text
    assert "{%" not in text


def test_the_paper_is_a4_with_the_margins_of_the_decree(report):
    section = text_of(word.render(report))[0].sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.bottom_margin, section.left_margin,
             section.right_margin)  # fmt: skip
    assert [round(size / Mm(1)) for size in sizes] == [210, 297, 20, 20, 30, 20]


def test_only_a_draft_says_so_on_paper(readers, report, at):
    assert "DỰ THẢO" in text_of(word.render(report))[1]
    assert "DỰ THẢO" not in text_of(word.render(actions.freeze(readers.coordinator, report.pk, at=at)))[1]


def test_an_ampersand_in_a_name_does_not_break_the_file(report):
    report.document.name_vi = "Kế hoạch A & B <thử>"
    assert "Kế hoạch A & B <thử>" in text_of(word.render(report))[1]
