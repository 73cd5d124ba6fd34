"""Notices: who is meant for a class, who teaches it, who runs the venue and who manages the units are told at publishing."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.ground.registry.models import Body
from chiakhoa.train.delivery import actions, notices
from chiakhoa.train.delivery.models import NamedSeat, Notice
from chiakhoa.train.planning.models import Plan

PAGE = reverse("delivery:notices")


@pytest.fixture
def published(plan, readers, at):
    actions.publish(readers.coordinator, plan.pk, at=at)
    return plan


def told(reader):
    return [(row.kind, notices.words(row)) for row in notices.to(reader)]


def test_whoever_has_a_seat_kept_is_told_and_nobody_else(published, people):
    kept = set(NamedSeat.objects.filter(waits=False).values_list("person", flat=True))
    assert len(kept) >= 4
    assert set(Notice.objects.filter(kind="seat_kept").values_list("person", flat=True)) == kept


def test_the_trainer_the_venue_and_the_manager_are_told(published, readers):
    assert told(readers.trainer) == [("teaches", "Bạn dạy lớp An toàn mạng, từ ngày 01/03/2027 tại Nhà văn hóa.")]
    kinds = dict(told(readers.manager))
    assert kinds["hosts"] == "1 lớp của phương án “Kế hoạch” tổ chức tại Nhà văn hóa."
    assert "ở Xã Tân Cương đã có chỗ giữ trong các lớp" in kinds["people"]
    assert told(readers.provider) == [
        ("provides", "Cơ sở của bạn dạy 1 lớp của phương án “Kế hoạch”: xem ai dạy ở mục Lớp học.")
    ]
    assert told(readers.elsewhere) == told(readers.rival) == []


def test_where_a_body_runs_the_venue_the_body_is_told(plan, teaching, readers, at):
    teaching.venues[0].body = Body.objects.get(pk="rival")
    teaching.venues[0].save()
    actions.publish(readers.coordinator, plan.pk, at=at)
    assert [kind for kind, _words in told(readers.rival)] == ["hosts"]
    assert [kind for kind, _words in told(readers.provider)] == ["provides"]
    assert "hosts" not in dict(told(readers.manager))


def test_what_is_not_published_tells_nobody(plan, readers, at, monkeypatch):
    def fail(*_given, **_named):
        raise IntegrityError("the last step fails")

    monkeypatch.setattr("chiakhoa.foundation.audit.record", fail)
    with pytest.raises(IntegrityError):
        actions.publish(readers.coordinator, plan.pk, at=at)
    assert not Notice.objects.exists()


def test_a_plan_that_replaces_another_tells_who_no_longer_teaches(published, readers, place, at):
    empty = Plan.objects.create(
        name="Kế hoạch khác", year=2027, unit=place.top, state="proposed", made_at=at, objective=0.0, bound=1.0
    )
    actions.publish(readers.coordinator, empty.pk, at=at)
    assert [kind for kind, _words in told(readers.trainer)] == ["teaches_no_more", "teaches"]


def test_a_learner_reads_on_a_page_and_says_so_once(published, browse, readers, text, at):
    learner = browse(readers.learner)
    assert "1 thông báo mới" in text(learner.get(reverse("delivery:classes")))
    page = text(learner.get(PAGE))
    assert "Đã giữ chỗ cho bạn trong lớp An toàn mạng, từ ngày 01/03/2027 tại Nhà văn hóa." in page
    assert (
        reverse("delivery:class", args=[Notice.objects.get(person=readers.learner.person_id).training_class_id]) in page
    )
    for _press in range(2):
        assert learner.post(PAGE).url == PAGE
    assert "thông báo mới" not in text(learner.get(reverse("delivery:classes")))
    assert Notice.objects.filter(seen_at__isnull=True).exists(), "of others"
    assert AuditEntry.objects.filter(verb="see_notices").count() == 2


def test_nobody_reads_the_notices_of_others(published, browse, readers, text):
    assert "Đã giữ chỗ" not in text(browse(readers.other_learner).get(PAGE))
    assert browse(readers.auditor).get(PAGE).status_code == 403


@pytest.mark.parametrize(
    "given",
    [{}, {"person": True, "unit": True}, {"person": True}, {"kind": "hosts", "unit": True}],
    ids=["to nobody", "to two", "about no class", "of no venue"],
)
def test_the_database_refuses_a_notice_to_nobody(plan, place, people, given, at):
    given = {"kind": "seat_kept"} | given
    if "unit" in given:
        given["unit"] = place.first
    if "person" in given:
        given["person"] = people["Hoa"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(plan=plan, made_at=at, **given)


def test_one_notice_is_marked_read_and_the_first_page_counts_the_others(published, readers, browse, text):
    browser = browse(readers.manager)
    assert notices.unseen(readers.manager).count() == 2
    assert "2 thông báo mới" in text(browser.get(reverse("home")))
    one = notices.unseen(readers.manager).first()
    browser.post(reverse("delivery:notice", args=[one.pk]))
    assert "1 thông báo mới" in text(browser.get(reverse("home")))
    browser.post(PAGE)
    assert "thông báo mới" not in text(browser.get(reverse("home")))


def test_nobody_marks_a_notice_of_somebody_else(published, readers, browse):
    of_trainer = notices.to(readers.trainer).get()
    assert browse(readers.manager).post(reverse("delivery:notice", args=[of_trainer.pk])).status_code == 404
    of_trainer.refresh_from_db()
    assert of_trainer.seen_at is None
