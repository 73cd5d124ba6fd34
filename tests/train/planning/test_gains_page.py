"""How gains moved: the page tells what was assumed, what was measured of how many, and what the next plan counts with."""

import pytest
from django.urls import reverse

from chiakhoa.ground.catalogue.models import Course
from chiakhoa.train.planning.models import GainEstimate

PAGE = reverse("planning:gains")


@pytest.fixture
def measured(course, teaching, at):
    """What was measured of the course in 34 people: less than was assumed."""
    return GainEstimate.objects.create(
        course=course,
        as_of=at,
        prior=1.5,
        prior_sd=0.5,
        data=0.81,
        data_se=0.1,
        people=34,
        believed=0.84,
        believed_sd=0.1,
    )


def test_before_anything_is_measured_the_page_says_what_to_do(browse, readers, text):
    assert "Chưa đo được gì. Hãy cho làm bài trước và sau lớp" in text(browse(readers.coordinator).get(PAGE))


def test_it_tells_assumed_measured_and_believed_with_their_intervals(browse, readers, measured, text):
    page = text(browse(readers.coordinator).get(PAGE))
    for words in ("1,50", "0,81 ± 0,20", "34", "0,84 ± 0,20", "An toàn mạng: đo được, 34 người"):
        assert words in page, words
    assert PAGE in text(browse(readers.coordinator).get(reverse("planning:plans")))


def test_a_course_that_nobody_measured_has_no_measured_interval(browse, readers, measured, at, text):
    other = Course.objects.create(
        code="CHE-1", name_vi="Bán chè", periods=20, sessions=5, mode="classroom", min_size=2, max_size=30,
        room_kind="classroom", entry_low=1, entry_high=4, ceiling=4, search_key="ban che",
    )  # fmt: skip
    GainEstimate.objects.create(course=other, as_of=at, prior=1.0, prior_sd=0.5, believed=0.7, believed_sd=0.4)
    page = text(browse(readers.coordinator).get(PAGE))
    assert "Bán chè: phương án sau" in page
    assert "Bán chè: đo được" not in page


def test_the_course_leads_to_its_own_estimates(browse, readers, measured, prices, course, text):
    address = f"{PAGE}?course={course.pk}"
    assert address in text(browse(readers.coordinator).get(reverse("catalogue:course", args=[course.pk])))
    assert "Ước lượng đã thay đổi thế nào" in text(browse(readers.coordinator).get(address))
    assert address not in text(browse(readers.learner).get(reverse("catalogue:course", args=[course.pk])))


def test_a_course_of_which_nothing_is_known_says_so(browse, readers, measured, text):
    assert "Chưa đo được gì về khóa này" in text(browse(readers.coordinator).get(PAGE, {"course": "NONE"}))
