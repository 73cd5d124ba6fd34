"""The walk of one datum through the whole house, as people walk it: by pages, from gap to certificate."""

from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from django.urls import reverse

from chiakhoa.foundation import clock, jobs
from chiakhoa.foundation.models import Job, JobState
from chiakhoa.foundation.readers import Role
from chiakhoa.measure.assessment.models import Sitting
from chiakhoa.measure.evidence.models import CompetenceState, Evidence
from chiakhoa.train.credentials import paper, signing
from chiakhoa.train.credentials.models import Certificate
from chiakhoa.train.delivery import queries
from chiakhoa.train.delivery.models import Enrolment, EnrolmentState, TrainingClass
from chiakhoa.train.planning.models import Demand, Plan, PlanState
from tests.site.conftest import House

pytestmark = pytest.mark.django_db


def test_the_province_says_that_it_is_synthetic_and_offers_its_roles(house: House) -> None:
    page = house.browse(None).get("/", follow=True)
    assert "Chọn vai" in page.text
    for role in Role:
        assert str(role.label) in page.text
    assert "giả lập" in page.text


def test_the_cast_is_not_played_from_another_machine(house: House) -> None:
    browser = house.browse(None)
    address = reverse("access:play", args=[house.account(Role.ADMINISTRATOR).pk])
    assert browser.post(address, REMOTE_ADDR="203.0.113.9").status_code == 404
    assert browser.post(address).status_code == 302


def test_answers_became_evidence_and_evidence_a_state(house: House) -> None:
    sitting = Sitting.objects.filter(state="finished").first()
    evidence = Evidence.objects.get(pk=sitting.evidence_id)
    answers = list(sitting.answers.order_by("position"))
    assert evidence.content["item"] == [answer.item_id for answer in answers]
    assert evidence.content["b"] == [answer.b for answer in answers]
    state = CompetenceState.objects.get(person=sitting.person_id)
    assert state.estimates.count() == 6


def test_ticked_gaps_become_demand_and_demand_a_plan_with_a_bound(house: House) -> None:
    browser = house.browse(Role.COORDINATOR)
    browser.post(reverse("planning:clear_demand"))
    browser.post(reverse("planning:add_demand"), {"all": ""})
    assert Demand.objects.exists()
    browser.post(reverse("planning:propose"), {"name": "Phương án thử", "year": 2027, "time_limit_seconds": 3})
    job = Job.objects.get(label__contains="Phương án thử")
    jobs.run(jobs.claim(clock.now()))
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    plan = Plan.objects.get(name="Phương án thử")
    assert plan.state == PlanState.PROPOSED
    assert 0 < plan.objective <= plan.bound * 1.000001
    page = browser.get(job.result_url)
    assert plan.classes.exists() and plan.classes.first().course.name_vi in page.text


def test_a_locked_class_stays_in_the_next_plan(house: House) -> None:
    browser = house.browse(Role.COORDINATOR)
    browser.post(reverse("planning:propose"), {"name": "Gốc", "year": 2027, "time_limit_seconds": 3})
    jobs.run(jobs.claim(clock.now()))
    base = Plan.objects.get(name="Gốc")
    kept = base.classes.last()
    browser.post(reverse("planning:change", args=[kept.pk, "lock"]))
    browser.post(
        reverse("planning:propose"), {"name": "Tiếp", "year": 2027, "time_limit_seconds": 3, "based_on": base.pk}
    )
    jobs.run(jobs.claim(clock.now()))
    assert Plan.objects.get(name="Tiếp").classes.filter(course=kept.course_id, venue=kept.venue_id).exists()


def test_publishing_opens_every_class_and_pressing_twice_opens_nothing_twice(house: House) -> None:
    browser = house.browse(Role.COORDINATOR)
    browser.post(reverse("planning:propose"), {"name": "Để công bố", "year": 2027, "time_limit_seconds": 3})
    jobs.run(jobs.claim(clock.now()))
    plan = Plan.objects.get(name="Để công bố")
    planned = plan.classes.filter(cancelled=False).count()
    first = browser.post(reverse("delivery:publish", args=[plan.pk]))
    second = browser.post(reverse("delivery:publish", args=[plan.pk]))
    assert (first.status_code, second.status_code) == (302, 422)
    assert TrainingClass.objects.filter(planned__plan=plan).count() == planned


def test_the_learner_after_the_last_seat_waits_and_moves_up_when_somebody_leaves(house: House) -> None:
    training_class = TrainingClass.objects.filter(state="open", enrolments__seat__isnull=False).first()
    seated = training_class.enrolments.filter(seat__isnull=False)
    TrainingClass.objects.filter(pk=training_class.pk).update(seats=seated.count(), held_seats=0)
    training_class.named.all().delete()
    browser = house.browse(Role.COORDINATOR)
    person = queries.may_enrol(house.reader(Role.COORDINATOR), training_class).first()
    page = browser.post(reverse("delivery:enrol", args=[training_class.pk]), {"person": person.pk}, follow=True)
    assert "danh sách chờ" in page.text
    waiting = training_class.enrolments.filter(state=EnrolmentState.WAITING).order_by("-gain", "enrolled_at", "pk").first()
    browser.post(reverse("delivery:leave", args=[seated.first().pk]))
    waiting.refresh_from_db()
    assert waiting.state == EnrolmentState.ENROLLED and waiting.seat is not None


def test_a_certificate_holds_for_anybody_until_it_is_changed_or_revoked(house: House) -> None:
    certificate = Certificate.objects.order_by("number").first()
    visitor = house.browse(None)
    token = signing.as_text(bytes(certificate.token))
    page = visitor.get(reverse("credentials:verify"), {"c": token})
    assert "HỢP LỆ" in page.text and certificate.statement["person"] in page.text
    forged = token[:60] + ("A" if token[60] != "A" else "B") + token[61:]
    page = visitor.get(reverse("credentials:verify"), {"c": forged})
    assert "HỢP LỆ" not in page.text and certificate.statement["person"] not in page.text
    house.browse(Role.COORDINATOR).post(
        reverse("credentials:revoke", args=[certificate.pk]), {"reason": "Cấp nhầm người"}
    )
    page = visitor.get(reverse("credentials:verify"), {"c": certificate.number})
    assert "THU HỒI" in page.text and "Cấp nhầm người" in page.text


def test_the_printed_code_is_the_address_of_its_check(house: House) -> None:
    certificate = Certificate.objects.first()
    address = f"https://example.vn/credentials/verify/?c={signing.as_text(bytes(certificate.token))}"
    picture = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(scale=4)
    read = zxingcpp.read_barcode(picture)
    assert parse_qs(urlsplit(read.text).query)["c"] == [signing.as_text(bytes(certificate.token))]
    assert paper.render(certificate, "https://example.vn/credentials/verify/").startswith(b"%PDF")


def test_completion_needs_four_fifths_of_the_sessions(house: House) -> None:
    for enrolment in Enrolment.objects.filter(state__in=["completed", "not_completed"])[:40]:
        sessions = enrolment.training_class.sessions.count()
        present = enrolment.claims.filter(present=True).count()
        assert (enrolment.state == "completed") == (present >= 0.8 * sessions)
