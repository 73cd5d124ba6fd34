"""Notices go out by e-mail through a real server: each once, none is lost while the server is away, nobody waits for it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from chiakhoa.foundation import clock, jobs
from chiakhoa.foundation.models import AuditEntry, Job
from chiakhoa.site.configuration import mail_server
from chiakhoa.train.delivery import actions
from chiakhoa.train.delivery.models import Notice
from tests.train.delivery.postoffice import PostOffice

PRIVATE = frozenset({"127.0.0.1"})


@pytest.fixture
def office():
    """A mail server that runs."""
    server = PostOffice()
    yield server
    server.close()


@pytest.fixture
def set_up(settings, office):
    """The program sends through it."""
    settings.MAIL = mail_server(f"smtp://127.0.0.1:{office.port}", "khong-tra-loi@tinh.example", PRIVATE)


@pytest.fixture
def now(monkeypatch, at):
    """The program's clock stands at the day of publishing."""
    monkeypatch.setattr(clock, "now", lambda: at)


@pytest.fixture
def written(people):
    """Everybody has an address."""
    for person in people.values():
        person.email = f"so{person.pk}@xa.example"
        person.save(update_fields=["email"])
    return {person.email: person for person in people.values()}


def work(at):
    """Run what is due; returns how many jobs were."""
    count = 0
    while job := jobs.claim(at):
        jobs.run(job)
        count += 1
    return count


def test_whoever_has_an_address_gets_one_letter_with_what_they_are_told(
    plan, readers, written, office, set_up, now, at
):
    actions.publish(readers.coordinator, plan.pk, at=at)
    told = set(Notice.objects.exclude(person=None).values_list("person__email", flat=True))
    assert len(told) > 2
    work(at)
    assert sorted(address for address, _letter in office.letters) == sorted(told)
    letter = next(letter for address, letter in office.letters if written[address].full_name != "")
    assert letter["From"] == "khong-tra-loi@tinh.example"
    assert letter["Subject"] == "Chìa Khóa: 1 thông báo mới"
    assert "An toàn mạng" in letter.get_content()
    assert not Notice.objects.filter(person__isnull=False, mailed_at=None).exists()
    assert AuditEntry.objects.get(verb="send_notices").after == {"sent": len(told), "refused": 0}
    work(at)
    assert len(office.letters) == len(told), "each letter goes once"


def test_a_server_that_is_away_loses_nothing_and_keeps_nobody_waiting(
    plan, readers, written, office, set_up, settings, now, at
):  # fmt: skip
    office.close()
    actions.publish(readers.coordinator, plan.pk, at=at)
    waits = Job.objects.get(task="delivery.post")
    for _try in range(5):
        work(at)
        waits.refresh_from_db()
        assert (waits.state, waits.attempts) == ("ready", 0), "it is put off, not given up"
        assert jobs.claim(clock.now()) is None, "and whoever else waits is not behind it"
        Job.objects.filter(pk=waits.pk).update(lease_until=None)
    again = PostOffice()
    settings.MAIL = mail_server(f"smtp://127.0.0.1:{again.port}", "khong-tra-loi@tinh.example", PRIVATE)
    work(at)
    assert {address for address, _letter in again.letters} == set(
        Notice.objects.exclude(person=None).values_list("person__email", flat=True)
    )
    again.close()


def test_a_server_that_takes_nothing_now_is_asked_again_and_what_went_does_not_go_twice(
    plan, readers, written, office, set_up, now, at
):  # fmt: skip
    actions.publish(readers.coordinator, plan.pk, at=at)
    office.busy = True
    work(at)
    assert office.letters == []
    office.busy = False
    Job.objects.update(lease_until=None)
    work(at)
    first = len(office.letters)
    assert first
    Notice.objects.filter(mailed_at=None).update(seen_at=None)
    Job.objects.filter(task="delivery.post").update(state="ready")
    work(at)
    assert len(office.letters) == first


def test_an_address_that_is_none_is_noted_and_the_others_get_theirs(plan, readers, written, office, set_up, now, at):
    actions.publish(readers.coordinator, plan.pk, at=at)
    told = list(Notice.objects.exclude(person=None).order_by("person").values_list("person__email", flat=True))
    office.unknown = {told[0]}
    work(at)
    assert {address for address, _letter in office.letters} == set(told[1:])
    assert "550" in Notice.objects.get(person__email=told[0]).undeliverable
    assert Job.objects.get(task="delivery.post").state == "done"


def test_what_was_read_meanwhile_or_is_a_week_old_is_not_sent(plan, readers, written, office, set_up, now, at):
    actions.publish(readers.coordinator, plan.pk, at=at)
    actions.see_notices(readers.trainer, at=at)
    teacher = Notice.objects.get(kind="teaches").person
    old = Notice.objects.filter(kind="seat_kept").first()
    Notice.objects.filter(pk=old.pk).update(made_at=at - timedelta(days=8))
    work(at)
    addresses = {address for address, _letter in office.letters}
    assert addresses
    assert not addresses & {teacher.email, old.person.email}


def test_where_no_server_is_named_nothing_is_sent_and_the_page_says_so(
    plan, readers, written, browse, text, settings, at
):  # fmt: skip
    settings.MAIL = None
    actions.publish(readers.coordinator, plan.pk, at=at)
    assert not Job.objects.filter(task="delivery.post").exists()
    assert "Chưa có máy chủ thư" in text(browse(readers.trainer).get(reverse("delivery:notices")))


def test_the_page_says_where_letters_go(plan, readers, written, set_up, browse, text):
    page = text(browse(readers.trainer).get(reverse("delivery:notices")))
    assert next(address for address, row in written.items() if row.pk == readers.trainer.person_id) in page


@pytest.mark.parametrize(
    ("address", "port", "tls", "starttls"),
    [("smtps://an:m%40t@mail.example", 465, True, False), ("smtp://mail.example", 587, False, True),
     ("smtp://10.0.0.5:25", 25, False, False)],
)  # fmt: skip
def test_letters_go_in_the_clear_only_on_the_office_own_network(address, port, tls, starttls):
    server = mail_server(address, "a@b.example", frozenset({"10.0.0.5"}))
    assert (server.port, server.tls, server.starttls) == (port, tls, starttls)
    assert server.password == ("m@t" if "an:" in address else "")


@pytest.mark.parametrize(
    ("address", "sender"),
    [
        ("http://mail.example", "a@b.example"),
        ("smtp://", "a@b.example"),
        ("smtp://h:port", "a@b.example"),
        ("smtp://h", "nobody"),
    ],
)
def test_a_setting_that_is_wrong_stops_the_start(address, sender):
    with pytest.raises(SystemExit):
        mail_server(address, sender, frozenset())
