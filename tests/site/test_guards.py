"""Guards that no single step owns, each with its twin: the guard is taken away, and the harm is there.

`docs/guards.md` lists all guards with their tests; the last test here reads it.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from cryptography.fernet import InvalidToken
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client, override_settings

from chiakhoa.foundation import clock, doors, jobs
from chiakhoa.foundation.actions import body_of
from chiakhoa.foundation.models import AuditEntry, Job, JobState
from chiakhoa.foundation.readers import VISITOR, Role
from chiakhoa.foundation.refusals import NotAllowed
from chiakhoa.ground.access.views import signing_in
from chiakhoa.ground.registry import citizen_number
from chiakhoa.ground.registry.models import Person
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import UnitAncestry
from chiakhoa.site import actions, rotation, serving
from tests.site.conftest import House
from tests.site.test_scopes import Beside


@pytest.fixture
def failed(db: None) -> Job:
    return Job.objects.create(
        task="t", reader={}, state=JobState.FAILED, error="x", created_at=clock.now(), finished_at=clock.now()
    )


# A stranger's page posts with the cookie of whoever looks at it


def posted_by_a_stranger(house: House, failed: Job) -> int:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(house.account(Role.ADMINISTRATOR))
    return browser.post(f"/jobs/{failed.pk}/again/", headers={"Origin": "https://stranger.example"}).status_code


@pytest.mark.django_db
def test_a_stranger_s_page_does_nothing_in_the_name_of_its_reader(house: House, failed: Job) -> None:
    assert posted_by_a_stranger(house, failed) == 403
    failed.refresh_from_db()
    assert failed.state == JobState.FAILED


@pytest.mark.django_db
def test_without_the_token_a_stranger_s_page_would_act_as_its_reader(house: House, failed: Job) -> None:
    """The twin."""
    others = [one for one in django_settings.MIDDLEWARE if "Csrf" not in one]
    with override_settings(MIDDLEWARE=others):
        assert posted_by_a_stranger(house, failed) == 302
    failed.refresh_from_db()
    assert failed.state == JobState.READY


# An action's frame: the role, the transaction, the row in the trail


@pytest.mark.django_db
def test_without_the_frame_of_an_action_anybody_does_it(failed: Job) -> None:
    with pytest.raises(NotAllowed):
        actions.try_job_again(VISITOR, failed.pk, at=clock.now())
    body_of(actions.try_job_again)(VISITOR, failed.pk, at=clock.now())
    failed.refresh_from_db()
    assert failed.state == JobState.READY


# What lies beside is not there


@pytest.mark.django_db
def test_without_the_subtree_a_neighbour_s_manager_reads_the_record(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = Beside()
    address = f"/registry/people/{beside.person.pk}/"
    assert beside.status(Role.UNIT_MANAGER, "sibling", address) == 404
    monkeypatch.setattr(territory, "subtree", lambda _unit: UnitAncestry.objects.values("unit"))
    assert beside.status(Role.UNIT_MANAGER, "sibling", address) == 200


# Doors count by addresses that nobody can make up


def guesses_let_in(count: int) -> int:
    """Tries at the sign-in, each with another address written before the proxy's."""
    found = [
        Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=f"10.0.{n // 250}.{n % 250}, 203.0.113.9").post(
            "/access/sign-in/", {"login": f"a{n}", "password": "x"}
        )
        for n in range(count)
    ]
    return sum(answer.status_code != 429 for answer in found)


@pytest.fixture
def behind_a_proxy(settings: Any, db: None) -> None:
    settings.BEHIND_PROXY = True


@pytest.mark.django_db
def test_an_address_that_the_guesser_wrote_counts_for_nothing(behind_a_proxy: None) -> None:
    assert guesses_let_in(15) == doors.LIMIT


@pytest.mark.django_db
def test_counted_by_the_first_address_every_guess_would_come_from_elsewhere(
    behind_a_proxy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: what many programs read."""
    monkeypatch.setattr(signing_in, "address_of", lambda request: request.META["HTTP_X_FORWARDED_FOR"].split(",")[0])
    assert guesses_let_in(15) == 15


# The cast of the demonstration opens by a click from this machine alone


def played_from_afar(house: House) -> HttpResponse:
    someone = house.account(Role.ADMINISTRATOR)
    return Client(REMOTE_ADDR="203.0.113.9").post(f"/access/roles/play/{someone.pk}/")


@pytest.mark.django_db
def test_from_another_computer_nobody_plays_the_cast(house: House) -> None:
    assert played_from_afar(house).status_code == 404


@pytest.mark.django_db
def test_without_that_anybody_on_the_net_would_be_administrator(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin."""
    monkeypatch.setattr(signing_in, "on_this_machine", lambda _request: True)
    assert played_from_afar(house).status_code == 302


# A job is one worker's while its lease holds


@pytest.fixture
def asked(db: None) -> Iterator[Job]:
    jobs.TASKS["counts"] = lambda _reader, _report: None
    yield Job.objects.create(task="counts", reader={}, created_at=clock.now())
    del jobs.TASKS["counts"]


def claimed_by_two(at: Any) -> int:
    return sum(jobs.claim(at + timedelta(seconds=second)) is not None for second in (0, 1))


@pytest.mark.django_db
def test_two_workers_do_not_run_one_job(asked: Job) -> None:
    assert claimed_by_two(clock.now()) == 1


@pytest.mark.django_db
def test_without_a_lease_two_workers_would_run_one_job(asked: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin."""
    monkeypatch.setattr(jobs, "LEASE", timedelta(0))
    assert claimed_by_two(clock.now()) == 2


@pytest.mark.django_db
def test_without_a_limit_of_tries_a_poisoned_job_would_be_run_for_ever(
    asked: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that kills each of its workers: three, or as many as there are."""

    def killed(workers: int) -> int:
        Job.objects.exclude(pk=asked.pk).delete()
        Job.objects.update(state=JobState.READY, attempts=0, lease_until=None)
        at = clock.now()
        return sum(jobs.claim(at + n * (jobs.LEASE + timedelta(seconds=1))) is not None for n in range(workers))

    assert killed(20) == jobs.TRIES
    monkeypatch.setattr(jobs, "TRIES", 10**9)
    assert killed(20) == 20


# One program on one folder


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A data folder with a secret of its own."""
    file = tmp_path / "secret"
    file.write_bytes(django_settings.SECRET_FILE.read_bytes())
    settings.DATA, settings.SECRET_FILE = tmp_path, file
    settings.SEALING_KEYS, settings.ROTATION_PENDING = [settings.SECRET_KEY], False
    return tmp_path


def test_a_folder_in_use_is_nobody_else_s(folder: Path) -> None:
    with serving.sole_use(), pytest.raises(click.ClickException, match="already running"), serving.sole_use():
        pass


@pytest.mark.django_db
def test_without_the_lock_a_rotation_beside_a_running_program_loses_what_that_seals(
    house: House, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the keys are rotated while the program runs on, and seals one more number under the key that it knows."""
    monkeypatch.setattr(serving.fcntl, "flock", lambda *_args: None)
    before = list(settings.SEALING_KEYS)
    with serving.sole_use(), serving.sole_use():
        rotation.rotate()
    after, settings.SEALING_KEYS = settings.SEALING_KEYS, before
    person = Person.objects.first()
    assert person
    person.citizen_number_sealed = citizen_number.seal("019185001234")
    settings.SEALING_KEYS = after  # the program is started again
    with pytest.raises(InvalidToken):
        citizen_number.masked(person.citizen_number_sealed)


# The trail


@pytest.mark.django_db
def test_without_the_triggers_a_row_of_the_trail_is_simply_rewritten(house: House) -> None:
    from django.db import DatabaseError, transaction

    from tests.foundation.test_trail import behind_the_triggers

    row = AuditEntry.objects.order_by("number").first()
    assert row
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=row.pk).update(actor_name="somebody else")
    with behind_the_triggers():
        AuditEntry.objects.filter(pk=row.pk).update(actor_name="somebody else")
    row.refresh_from_db()
    assert row.actor_name == "somebody else"


# The list of guards


LINK = re.compile(r"`(tests/[a-z_/]+\.py)::(test_\w+)`")


def test_every_guard_in_the_list_has_its_tests() -> None:
    """Each row of docs/guards.md names a test of the guard and one of the harm without it; both are there."""
    text = (django_settings.REPOSITORY / "docs" / "guards.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "::" in line]
    assert len(rows) > 20
    for row in rows:
        links = LINK.findall(row)
        assert len(links) == 2, f"a guard without its twin: {row}"
        for file, name in links:
            source = (django_settings.REPOSITORY / file).read_text(encoding="utf-8")
            assert f"def {name}(" in source, f"{file} has no {name}"
