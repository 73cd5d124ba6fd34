"""Certificates are issued once, for a finished class, and withdrawn with a reason; they are never changed."""

from datetime import date, datetime

import pytest

from chiakhoa.foundation import sealing
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.refusals import NotAllowed, NotVisible, Refusal
from chiakhoa.train.credentials import actions, queries, signing
from chiakhoa.train.credentials.models import Certificate, Revocation, SigningKey
from chiakhoa.train.delivery.models import Enrolment, TrainingClass


def test_all_who_completed_get_one_and_the_others_none(readers, finished, people, day):
    issued = actions.issue(readers.coordinator, finished.pk, at=day)
    assert {row.person for row in issued} == {people["Hoa"], people["Minh"]}
    assert {row.issuer_id for row in issued} == {"ictu"}
    assert len({row.number for row in issued}) == 2


def test_issuing_twice_issues_nothing_twice(readers, finished, day):
    actions.issue(readers.coordinator, finished.pk, at=day)
    assert actions.issue(readers.coordinator, finished.pk, at=day) == []
    assert Certificate.objects.count() == 2


def test_whoever_is_found_to_have_completed_later_gets_theirs_alone(readers, finished, people, day):
    actions.issue(readers.coordinator, finished.pk, at=day)
    Enrolment.objects.filter(person=people["Tú"]).update(state="completed")
    assert [row.person for row in actions.issue(readers.coordinator, finished.pk, at=day)] == [people["Tú"]]


@pytest.mark.parametrize("state", ["open", "running", "cancelled"])
def test_a_class_that_is_not_finished_gives_no_certificate(readers, finished, day, state):
    TrainingClass.objects.update(state=state)
    with pytest.raises(Refusal) as refused:
        actions.issue(readers.coordinator, finished.pk, at=day)
    assert refused.value.code == "class_not_finished"
    assert not Certificate.objects.exists() and not SigningKey.objects.exists()


def test_a_body_signs_all_its_certificates_with_one_key_whose_private_half_is_sealed(readers, finished, new_class, day):
    first = actions.issue(readers.coordinator, finished.pk, at=day)
    second = new_class("An", state="finished")
    second.enrolments.update(state="completed")
    more = actions.issue(readers.coordinator, second.pk, at=day)
    key = SigningKey.objects.get()
    assert {row.key for row in [*first, *more]} == {key}
    private = sealing.unseal(bytes(key.private_sealed), actions.SEAL)
    assert private not in bytes(key.private_sealed) and len(private) == len(bytes(key.public)) == 32


def test_a_key_that_was_ended_is_followed_by_a_new_one(readers, certificate, new_class, day):
    SigningKey.objects.update(valid_to=date(2027, 4, 1))
    row = new_class("An", state="finished")
    row.enrolments.update(state="completed")
    later = actions.issue(readers.coordinator, row.pk, at=day.replace(month=4))[0]
    assert later.key != certificate.key


def test_the_day_of_issue_is_that_of_viet_nam(readers, finished):
    issued = actions.issue(readers.coordinator, finished.pk, at=datetime(2027, 3, 5, 0, 30, tzinfo=HERE))
    assert {row.issued_on for row in issued} == {date(2027, 3, 5)}


def test_a_certificate_says_what_was_learnt_when_and_until_when_it_holds(certificate):
    assert certificate.statement == {
        "person": "Nguyễn Hoa", "course": "AN-1", "course_name": "An toàn mạng", "starts_on": "2027-03-01",
        "ends_on": "2027-03-03", "periods": 20, "expires_on": "2030-03-05",
    }  # fmt: skip


def test_a_course_without_a_term_gives_certificates_for_ever(readers, finished, course, day):
    course.certificate_years = None
    course.save()
    issued = actions.issue(readers.coordinator, finished.pk, at=day)[0]
    assert issued.statement["expires_on"] is None
    assert signing.take_apart(bytes(issued.token)).statement.expires_on is None


def test_a_leap_day_s_certificate_ends_on_the_first_of_march(readers, finished, day):
    issued = actions.issue(readers.coordinator, finished.pk, at=datetime(2028, 2, 29, 9, 0, tzinfo=HERE))[0]
    assert issued.statement["expires_on"] == "2031-03-01"


def test_a_later_change_of_the_name_changes_no_certificate(certificate, people):
    people["Hoa"].full_name = "Nguyễn Thị Hoa"
    people["Hoa"].save()
    certificate.refresh_from_db()
    assert certificate.statement["person"] == "Nguyễn Hoa"


def test_withdrawing_needs_a_reason_and_is_done_once(readers, certificate, day):
    for reason in ("", "   "):
        with pytest.raises(Refusal) as refused:
            actions.revoke(readers.coordinator, certificate.pk, reason, at=day)
        assert refused.value.field == "reason"
    actions.revoke(readers.coordinator, certificate.pk, " cấp nhầm người ", at=day)
    with pytest.raises(Refusal) as refused:
        actions.revoke(readers.coordinator, certificate.pk, "lần nữa", at=day)
    assert refused.value.code == "already_revoked"
    assert Revocation.objects.get().reason == "cấp nhầm người"


def test_a_reason_longer_than_the_register_holds_is_refused_in_words(readers, certificate, day):
    with pytest.raises(Refusal) as refused:
        actions.revoke(readers.coordinator, certificate.pk, "a" * 301, at=day)
    assert refused.value.field == "reason"


def test_each_role_sees_the_certificates_that_concern_it(readers, certificate, people):
    def seen(reader):
        return {row.person for row in queries.certificates(reader)}

    both = {people["Hoa"], people["Minh"]}
    assert seen(readers.coordinator) == seen(readers.auditor) == seen(readers.manager) == seen(readers.provider) == both
    assert seen(readers.learner) == {people["Hoa"]}
    assert (
        seen(readers.elsewhere) == seen(readers.rival) == seen(readers.trainer) == seen(readers.other_learner) == set()
    )


def test_a_rival_issues_and_withdraws_nothing_of_another_body(readers, finished, certificate, day):
    with pytest.raises(NotVisible):
        actions.issue(readers.rival, finished.pk, at=day)
    with pytest.raises(NotVisible):
        actions.revoke(readers.rival, certificate.pk, "x", at=day)
    for reader in (readers.trainer, readers.manager, readers.learner, readers.auditor):
        with pytest.raises(NotAllowed):
            actions.issue(reader, finished.pk, at=day)
        with pytest.raises(NotAllowed):
            actions.revoke(reader, certificate.pk, "x", at=day)
