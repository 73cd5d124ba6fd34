"""The result of a test as the person reads it: where they stand, what comes next, what changed, and on paper."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.catalogue.models import Course, CourseGain
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import actions
from chiakhoa.measure.assessment.models import Purpose, SittingState
from chiakhoa.measure.evidence import change, courses, result, standing
from chiakhoa.measure.evidence import queries as evidence
from chiakhoa.measure.evidence.actions import Observation, append
from chiakhoa.measure.evidence.models import Evidence, EvidenceKind


def finish(province, at, *, right, purpose=Purpose.BASELINE):
    """Hoa's test to its end."""
    sitting = actions.start(province.learner, province.hoa, purpose, at=at)
    while sitting.state == SittingState.OPEN:
        row = sitting.answers.select_related("item").get(score=None)
        given = row.item.key if right else None
        sitting = actions.answer(province.learner, sitting.pk, row.position, given, at=at)
    return sitting


@pytest.fixture
def sitting(province, items, at):
    return finish(province, at, right=False)


@pytest.fixture
def hoa(sign_in, province):
    return sign_in(Role.LEARNER, person=province.hoa, unit=province.communes[0])


@pytest.fixture
def course(scale, province):
    """A course for tea households that raises the first competence."""
    row = Course.objects.create(
        code="CHE-SO", name_vi="Bán chè trên mạng", name_en="Selling tea online", periods=8, sessions=2, mode="lab",
        min_size=10, max_size=30, room_kind="computer_lab", entry_low=1, entry_high=3, ceiling=4, search_key="x",
    )  # fmt: skip
    row.audiences.add("tea_farm_household")
    CourseGain.objects.create(course=row, competence=scale.competences[0], mean=0.6, sd=0.3)
    return row


def read(client, sitting, name="result"):
    response = client.get(reverse(f"assessment:{name}", args=[sitting.pk]))
    return response.content.decode() if response.status_code == 200 else response.status_code


def test_the_result_shows_six_domains_with_intervals_and_the_next_step(hoa, sitting, scale):
    page = read(hoa, sitting)
    assert all(domain.name in page for domain in scale.domains)
    assert page.count('class="chart__interval"') == 6
    assert "Bước tiếp theo của bạn" in page


def test_the_first_result_claims_no_change(hoa, sitting):
    page = read(hoa, sitting)
    assert "Đây là lần làm bài đầu tiên" in page


def test_a_small_change_is_not_called_a_rise(province, hoa, sitting, at):
    again = finish(province, at + timedelta(days=30), right=False, purpose=Purpose.PRACTICE)
    page = read(hoa, again)
    assert "Nhìn chung chưa thể nói là có thay đổi" in page
    assert "trình độ của bạn đã tăng" not in page
    assert "<strong>đã tăng</strong>" not in page


@pytest.mark.parametrize(
    ("later", "purpose", "tells"),
    [
        (timedelta(hours=1), Purpose.PRACTICE, False),
        (timedelta(days=60), Purpose.PRACTICE, False),
        (timedelta(days=400), Purpose.PRACTICE, True),
        (timedelta(days=60), Purpose.AFTER, True),
    ],
)
def test_a_domain_alone_is_spoken_of_only_after_a_course_or_a_year(province, hoa, sitting, at, later, purpose, tells):
    """Else its interval would say that it stood still, beside a whole that has risen."""
    page = read(hoa, finish(province, at + later, right=True, purpose=purpose))
    assert "Nhìn chung trình độ của bạn đã tăng" in page
    assert ("So với lần làm bài ngày" in page) == tells
    assert ("Riêng từng miền thì hai bài cho biết quá ít" in page) != tells


@pytest.mark.parametrize(
    ("interval", "least"),
    [((7.5, 6.5, 7.5), 6.5), ((-7.5, -7.5, -6.5), 6.5), ((1.0, 0.3, 1.7), None), ((0.2, -1, 1), None)],
)
def test_where_all_was_wrong_and_then_all_right_only_the_least_is_said(interval, least):
    """The answers set no end to such a change; the end of the search is none."""
    assert change.OnTheWhole(*interval).at_least == least


def test_the_page_says_at_least_and_no_end_that_nobody_knows(province, hoa, sitting, at):
    page = read(hoa, finish(province, at + timedelta(days=30), right=True, purpose=Purpose.PRACTICE))
    assert re.search(r"tăng</strong> so với bài ngày 25/11/2026: ít nhất là [\d,]+ bậc\.", page)


def test_whoever_has_fallen_is_told_what_else_looks_so_and_no_share_of_risers(province, hoa, items, at):
    finish(province, at, right=True)
    page = read(hoa, finish(province, at + timedelta(days=30), right=False, purpose=Purpose.PRACTICE))
    assert "trình độ của bạn đã giảm" in page
    assert "luyện tập thêm một lần" in page
    assert "Trong 100 người" not in page


def test_a_great_change_on_the_whole_is_said_though_no_domain_by_itself_shows_it(province, hoa, sitting, at):
    again = finish(province, at + timedelta(days=30), right=True, purpose=Purpose.PRACTICE)
    page = read(hoa, again)
    assert "trình độ của bạn đã tăng" in page
    assert "<strong>đã tăng</strong>" not in page


def test_a_rise_is_said_where_the_interval_lies_above_zero(province, scale, at):
    """A course that may move much, then many hard questions right."""
    items = {"item": [f"q{k}" for k in range(60)], "domain": [k % 6 for k in range(60)], "c": [0.0] * 60}
    before = items | {"a": [1.5] * 60, "b": [-3.0] * 60, "score": [0.0] * 60}
    after = items | {"a": [1.5] * 60, "b": [2.0] * 60, "score": [1.0] * 60, "variance_before": 4.0}
    for day, content in enumerate((before, after)):
        append([Observation(province.hoa.pk, EvidenceKind.SITTING, at + timedelta(days=day), content)], at=at)
    known = evidence.history(province.learner, province.hoa)
    since = change.since_last_test(known, scale, evidence.prior(province.hoa.audience_id))
    assert all(row.is_risen for row in since.rows)
    assert (
        all(row.low > 0 and str(row.words) == "has risen" for row in since.rows) or translation.get_language() == "vi"
    )


def test_on_the_whole_a_rise_is_said_by_the_answers_alone_however_little_was_expected(province, scale, at):
    """Half of the questions right, a month later nearly all, without a course: in no domain by itself, but together."""
    items = {"item": [f"q{k}" for k in range(24)], "domain": [k % 6 for k in range(24)], "c": [0.0] * 24}
    items |= {"a": [1.2] * 24, "b": [-1.0] * 24}
    for month, wrong in enumerate((2, 11)):
        content = items | {"score": [float(k % wrong > 0) for k in range(24)]}
        append([Observation(province.hoa.pk, EvidenceKind.SITTING, at + timedelta(days=30 * month), content)], at=at)
    known = evidence.history(province.learner, province.hoa)
    since = change.since_last_test(known, scale, evidence.prior(province.hoa.audience_id))
    assert not any(row.is_risen for row in since.rows)
    assert since.whole.is_risen
    assert since.is_any_sure
    opinion = Observation(
        province.hoa.pk, EvidenceKind.RATING, at + timedelta(days=80), {"mean": [0.0] * 6, "sd": [1.0] * 6}
    )
    append([opinion], at=at)
    known = evidence.history(province.learner, province.hoa)
    assert change.since_last_test(known, scale, evidence.prior(province.hoa.audience_id)).whole is None


def test_an_opinion_between_two_tests_is_no_test(province, sitting, scale, at):
    opinion = Observation(
        province.hoa.pk, EvidenceKind.RATING, at + timedelta(days=3), {"mean": [0.0] * 6, "sd": [1.0] * 6}
    )
    append([opinion], at=at)
    finish(province, at + timedelta(days=9), right=True, purpose=Purpose.PRACTICE)
    known = evidence.history(province.learner, province.hoa)
    assert [one.kind for one in known] == ["sitting", "rating", "sitting"]
    since = change.since_last_test(known, scale, evidence.prior(province.hoa.audience_id))
    assert since.day == sitting.finished_at
    assert since.whole is not None


def test_the_history_ends_in_the_state_that_is_stored(province, sitting, at):
    finish(province, at + timedelta(days=9), right=True, purpose=Purpose.AFTER)
    rows = result.as_known(evidence.history(province.learner, province.hoa))
    stored = standing.standings(evidence.state(province.learner, province.hoa), frameworks.scale())
    assert [row.mean for row in rows] == pytest.approx([row.mean for row in stored])
    assert [row.se for row in rows] == pytest.approx([row.se for row in stored])


def test_an_earlier_result_stays_as_it_was_and_leads_to_what_is_known_now(province, hoa, sitting, at):
    before = result.as_known(evidence.history(province.learner, province.hoa))
    finish(province, at + timedelta(days=30), right=True, purpose=Purpose.PRACTICE)
    response = hoa.get(reverse("assessment:result", args=[sitting.pk]))
    assert [row.mean for row in response.context["standings"]] == pytest.approx([row.mean for row in before])
    assert response.context["is_earlier"]


def test_the_next_step_names_a_course_that_raises_the_weakest_domain(province, hoa, sitting, scale, course):
    rows = standing.standings(evidence.state(province.learner, province.hoa), scale)
    step = standing.next_step(rows, "tea_farm_household", scale)
    CourseGain.objects.update(competence=step.competence)
    page = read(hoa, sitting)
    assert reverse("catalogue:course", args=[course.pk]) in page
    assert f"course={course.pk}" in page


def test_a_course_of_another_audience_or_beyond_its_span_is_not_offered(province, sitting, scale, course):
    rows = standing.standings(evidence.state(province.learner, province.hoa), scale)
    step = standing.next_step(rows, "tea_farm_household", scale)
    CourseGain.objects.update(competence=step.competence)
    assert [offer.course for offer in courses.offers(step, "tea_farm_household")] == [course]
    assert courses.offers(step, "teacher") == []
    Course.objects.update(entry_low=7, entry_high=8)
    assert courses.offers(step, "tea_farm_household") == []


def test_where_no_course_fits_the_page_says_so(hoa, sitting):
    assert "Chưa có khóa học nào dành cho đối tượng của bạn" in read(hoa, sitting)


def test_the_weakest_domain_is_the_one_furthest_below_what_the_audience_needs(scale):
    required = frameworks.required("teacher")
    means = [1.0, 1.0, 1.0, -2.0, 1.0, 1.0]
    rows = standing.of(scale.domains, means, [0.4] * 6, scale)
    step = standing.next_step(rows, "teacher", scale)
    assert step.competence.domain_index == 3
    assert step.required == required[step.competence.pk]


def test_other_frameworks_are_named_with_their_version_and_what_is_uncertain(hoa, sitting):
    page = read(hoa, sitting)
    assert "JRC128415" in page
    assert "03/2014/TT-BTTTT" in page
    assert "bản 1.0.0" in page
    assert "chưa chắc" in page


def test_a_domain_without_a_counterpart_says_so(scale, province):
    from chiakhoa.measure.evidence.crosswalk import crosswalk

    rows = standing.of(scale.domains, [-0.8] * 6, [0.4] * 6, scale)
    digcomp, tt03 = crosswalk(province.learner, rows)
    assert [row.level.level for row in digcomp.rows] == [str(rows[0].grade)] * 6
    assert not any(row.is_unsure for row in digcomp.rows[:5])
    assert digcomp.rows[5].is_unsure  # artificial intelligence is no area of DigComp 2.2
    assert tt03.rows[5].codes == ()
    assert tt03.rows[5].gap is not None
    assert tt03.rows[0].is_unsure


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_result_is_a_pdf_in_the_language_of_the_page(province, hoa, sitting, course, at, language):
    again = finish(province, at + timedelta(days=30), right=True, purpose=Purpose.PRACTICE)
    with translation.override(language):
        response = hoa.get(reverse("assessment:result_pdf", args=[again.pk]), headers={"accept-language": language})
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")


def test_an_assessor_s_look_at_the_paper_is_written_down_and_a_stranger_finds_none(province, sign_in, sitting):
    assert sign_in(Role.ASSESSOR).get(reverse("assessment:result_pdf", args=[sitting.pk])).status_code == 200
    assert AuditEntry.objects.filter(verb="view", thing_key=str(province.hoa.pk)).count() == 1
    other = sign_in(Role.LEARNER, person=province.minh, unit=province.communes[1])
    assert read(other, sitting) == 404
    assert read(other, sitting, "result_pdf") == 404


def test_a_withdrawn_result_is_not_shown(hoa, province, sitting, at):
    append([Observation(province.hoa.pk, EvidenceKind.WITHDRAWN, at, {}, supersedes_id=sitting.evidence_id)], at=at)
    assert Evidence.objects.count() == 2
    assert read(hoa, sitting) == 404


def test_earlier_tests_stand_on_the_first_page(hoa, sitting):
    assert reverse("assessment:result", args=[sitting.pk]) in hoa.get(reverse("assessment:start")).content.decode()


def test_queries_of_the_result_do_not_grow_with_the_ledger(hoa, province, sitting, at, queries_of):
    few = queries_of(lambda: read(hoa, sitting))
    seen = Observation(
        province.hoa.pk, EvidenceKind.RATING, at - timedelta(days=9), {"mean": [-5.0] * 6, "sd": [1.0] * 6}
    )
    append([seen] * 5, at=at)
    assert queries_of(lambda: read(hoa, sitting)) == few
