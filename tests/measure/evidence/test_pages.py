"""What is known, as a farmer, a manager and an auditor read it."""

import pytest
from django.urls import reverse

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.evidence import standing
from chiakhoa.measure.evidence.actions import Observation, append, rate
from chiakhoa.measure.evidence.models import Evidence, EvidenceKind


@pytest.fixture
def measured(province, at):
    """Hoa with ten answers in two domains."""
    n = 10
    content = {
        "item": [f"1.1-{k}" for k in range(n)], "domain": [0, 1] * 5, "a": [1.2] * n, "b": [-2.0] * n, "c": [0.2] * n,
        "score": [1.0] * n,
    }  # fmt: skip
    return append([Observation(province.hoa.pk, EvidenceKind.SITTING, at, content)], at=at)[0]


@pytest.fixture
def hoa(sign_in, province):
    return sign_in(Role.LEARNER, person=province.hoa, unit=province.communes[0])


def read(client, name, *args, **query):
    response = client.get(reverse(f"evidence:{name}", args=args), query)
    return response.content.decode() if response.status_code == 200 else response.status_code


def test_before_the_first_test_the_page_says_so_and_leads_to_it(hoa):
    page = read(hoa, "mine")
    assert reverse("assessment:start") in page
    assert "<svg" not in page


def test_a_learner_reads_six_domains_with_intervals_and_what_comes_next(hoa, measured, scale):
    page = read(hoa, "mine")
    assert all(domain.name in page for domain in scale.domains)
    assert page.count('class="chart__interval"') == 6
    step = standing.next_step(standing.standings(measured.person.state, scale), "tea_farm_household", scale)
    assert f"{reverse('catalogue:courses')}?competence={step.competence.pk}" in page


def test_a_learner_reads_what_they_can_do_at_the_grade_reached(hoa, measured):
    rows = standing.standings(measured.person.state, frameworks.scale())
    said = standing.can_do_now(rows)
    assert 1 <= len(said) <= 3
    reached = {row.domain.pk: row.row.level_code for row in rows if row.row}
    assert all(reached[statement.competence.domain_id] == statement.level_code for statement in said)
    page = read(hoa, "mine")
    assert all(statement.text_vi in page for statement in said)


def test_the_next_step_is_the_competence_nearest_below_the_required_grade(measured, scale):
    rows = standing.standings(measured.person.state, scale)
    step = standing.next_step(rows, "teacher", scale)
    grade = rows[step.competence.domain_index].grade
    assert step.required == frameworks.required("teacher")[step.competence.pk] > grade
    assert step.grade.number == grade + 1


def test_who_has_all_that_is_required_is_shown_the_nearest_next_grade(measured, scale):
    rows = standing.standings(measured.person.state, scale)
    step = standing.next_step(rows, None, scale)
    assert step.required is None
    distance = scale.cuts[step.grade.number - 1] - rows[step.competence.domain_index].mean
    assert distance == min(scale.cuts[row.grade] - row.mean for row in rows)


def test_the_page_of_a_learner_is_light(hoa, measured):
    assert len(read(hoa, "mine").encode()) < 150_000


def test_a_manager_reads_a_person_of_the_commune_and_the_look_is_written_down(sign_in, province, measured):
    client = sign_in(Role.UNIT_MANAGER, unit=province.communes[0])
    page = read(client, "person", province.hoa.pk)
    assert province.hoa.full_name in page
    assert reverse("evidence:one", args=[measured.pk]) in page
    assert AuditEntry.objects.filter(verb="view", thing_key=str(province.hoa.pk)).count() == 1


def test_a_person_of_another_commune_is_not_there(sign_in, province, measured):
    client = sign_in(Role.UNIT_MANAGER, unit=province.communes[1])
    assert read(client, "person", province.hoa.pk) == 404
    assert read(client, "one", measured.pk) == 404
    assert read(client, "rate", province.hoa.pk) == 404


def test_the_auditor_opens_the_ledger_down_to_each_answer(sign_in, province, measured):
    client = sign_in(Role.AUDITOR)
    assert reverse("evidence:one", args=[measured.pk]) in read(client, "ledger")
    page = read(client, "one", measured.pk)
    assert "1.1-9" in page
    assert "-2,00" in page


def test_the_ledger_is_exported_with_every_row(sign_in, province, measured):
    client = sign_in(Role.AUDITOR)
    response = client.get(reverse("evidence:ledger"), {"export": "csv"})
    assert len(response.content.decode().strip().splitlines()) == 1 + Evidence.objects.count()


def test_the_ledger_shows_forgotten_people_without_a_name(sign_in, province, measured):
    Evidence.objects.update(person=None)
    client = sign_in(Role.AUDITOR)
    assert reverse("evidence:one", args=[measured.pk]) in read(client, "ledger")
    assert province.hoa.full_name not in read(client, "one", measured.pk)


def test_the_queries_of_the_ledger_do_not_grow_with_its_rows(sign_in, province, at, measured, queries_of):
    client = sign_in(Role.AUDITOR)
    few = queries_of(lambda: read(client, "ledger"))
    content = {"mean": [0.0] * 6, "sd": [1.0] * 6}
    append([Observation(province.minh.pk, EvidenceKind.RATING, at, content) for _n in range(20)], at=at)
    assert queries_of(lambda: read(client, "ledger")) == few


def test_a_learner_may_not_read_the_ledger_nor_other_people(hoa, province, measured):
    assert read(hoa, "ledger") == 403
    assert read(hoa, "person", province.minh.pk) == 403
    assert "1.1-9" in read(hoa, "one", measured.pk)


def test_a_manager_stores_an_opinion(sign_in, province):
    client = sign_in(Role.UNIT_MANAGER, unit=province.communes[0])
    assert "domain_0" in read(client, "rate", province.hoa.pk)
    response = client.post(reverse("evidence:rate", args=[province.hoa.pk]), {"domain_0": "3", "domain_1": ""})
    assert response["Location"] == reverse("evidence:person", args=[province.hoa.pk])
    assert Evidence.objects.get().content["sd"] == [1.0, None, None, None, None, None]


def test_an_empty_opinion_comes_back_with_words(sign_in, province):
    client = sign_in(Role.UNIT_MANAGER, unit=province.communes[0])
    response = client.post(reverse("evidence:rate", args=[province.hoa.pk]), {})
    assert response.status_code == 422
    assert not Evidence.objects.exists()


def test_a_superseded_opinion_says_so_and_leads_to_the_later_one(sign_in, province, at):
    first = rate(province.manager, province.hoa, {0: 2}, at=at)
    second = rate(province.manager, province.hoa, {0: 3}, at=at)
    client = sign_in(Role.AUDITOR)
    assert reverse("evidence:one", args=[second.pk]) in read(client, "one", first.pk)
    assert reverse("evidence:one", args=[first.pk]) in read(client, "one", second.pk)


def test_a_test_that_was_taken_back_is_in_the_ledger_and_its_row_says_what_it_does(sign_in, province, measured, at):
    taken_back = Observation(province.hoa.pk, EvidenceKind.WITHDRAWN, at, {}, supersedes_id=measured.pk)
    (row,) = append([taken_back], at=at)
    auditor = sign_in(Role.AUDITOR)
    assert "một dòng trước đó được rút lại" in read(auditor, "ledger")
    page = read(auditor, "one", row.pk)
    assert "Dòng này không ghi nhận điều gì" in page
    assert reverse("evidence:one", args=[measured.pk]) in page
    assert "một dòng trước đó được rút lại" in read(auditor, "person", province.hoa.pk)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0, 0, "chưa đạt bậc 1"), (0, 2, "cao nhất là bậc 2"), (2, 2, "bậc 2"), (2, 4, "từ bậc 2 đến bậc 4")],
)
def test_grades_between_which_somebody_stands_are_said_without_a_grade_of_nought(scale, low, high, words):
    row = standing.Standing(scale.domains[0], 0.0, 0.4, high, low, high, None)
    assert row.span == words


def test_the_ledger_is_asked_by_days_of_a_calendar_and_a_row_that_takes_back_counts_for_nothing(
    sign_in, province, measured, at
):
    append([Observation(province.hoa.pk, EvidenceKind.WITHDRAWN, at, {}, supersedes_id=measured.pk)], at=at)
    client = sign_in(Role.AUDITOR)
    page = read(client, "ledger")
    assert page.count('type="date"') == 2
    assert "đã bị thay thế" in page
    assert "đang được tính" not in page
    assert f'href="{reverse("evidence:one", args=[measured.pk])}"' not in read(client, "ledger", since="2026-11-26")
    assert f'href="{reverse("evidence:one", args=[measured.pk])}"' in read(client, "ledger", until="2026-11-25")
