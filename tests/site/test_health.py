"""What operators see, what outsiders do not, and what no log may hold."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings

from chiakhoa.foundation import beats, clock, jobs
from chiakhoa.foundation.api import Scope
from chiakhoa.foundation.gauges import GAUGES, gauge
from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.site.configuration import Configuration
from chiakhoa.site.observing import JsonLines
from tests.site.conftest import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder of the test's own."""
    with override_settings(DATA=tmp_path):
        yield tmp_path


def test_a_program_with_a_living_worker_is_ready_and_tells_outsiders_one_word(folder: Path) -> None:
    jobs.work(once=True)
    answer = Client().get("/readyz")
    assert answer.status_code == 200 and answer.json() == {"status": "ready"}


@pytest.mark.parametrize("silence", [None, 120])
def test_a_silent_worker_makes_it_unready(folder: Path, silence: int | None) -> None:
    if silence:
        beats.beat(beats.WORKER)
        then = clock.now().timestamp() - silence
        os.utime(folder / beats.WORKER, (then, then))
    answer = Client().get("/readyz")
    assert answer.status_code == 503 and answer.json() == {"status": "not ready"}
    assert Client().get("/livez").status_code == 200


def test_a_token_of_the_scope_sees_each_sign_and_another_none(house: House, folder: Path) -> None:
    seen = house.program(Role.ADMINISTRATOR, Scope.METRICS).get("/readyz").json()
    by_name = {sign["name"]: sign for sign in seen["signs"]}
    assert {"database", "migrations", "disk", "worker", "backup"} <= set(by_name)
    assert not by_name["backup"]["good"] and not by_name["backup"]["vital"]
    assert "signs" not in house.program(Role.ADMINISTRATOR, Scope.TERRITORY).get("/readyz").json()


def test_metrics_count_pages_jobs_and_what_steps_hand_in(house: House, folder: Path) -> None:
    program = house.program(Role.ADMINISTRATOR, Scope.METRICS)
    Client().get("/livez")
    jobs.work(once=True)
    text = program.get("/metrics").content.decode()
    assert 'chiakhoa_requests_total{page="alive",method="GET",status="200"}' in text
    for family in ("tasks", "queue_age_seconds", "sittings_open", "worker_beat_age_seconds", "disk_free_ratio"):
        assert f"# TYPE chiakhoa_{family} gauge" in text
    assert Client().get("/metrics").status_code == 401
    assert house.browse(Role.ADMINISTRATOR).get("/metrics").status_code == 401


def test_two_gauges_of_one_name_are_a_fault() -> None:
    gauge("only_here", "A test.")(lambda: 1.0)
    with pytest.raises(ValueError):
        gauge("only_here", "Another.")(lambda: 2.0)
    del GAUGES["only_here"]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """What the log would hold, line by line."""
    kept: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(self.format(record))

    keeper = Keeper()
    keeper.setFormatter(JsonLines())
    names = ("chiakhoa.requests", "django.request")
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).addHandler(keeper)
        logging.getLogger(name).setLevel(logging.INFO)
    yield kept
    for name in names:
        logging.getLogger(name).removeHandler(keeper)
        logging.getLogger(name).setLevel(levels[name])


def test_a_log_line_names_page_and_account_but_nothing_that_was_typed(house: House, lines: list[str]) -> None:
    browser = house.browse(Role.COORDINATOR)
    answer = browser.get("/registry/people/", {"search": "BiMat"}, headers={"X-Request-ID": "abcd-1234"})
    browser.get("/registry/people/BiMat/")
    said = [json.loads(line) for line in lines]
    assert said[0]["page"] == "registry:people" and said[0]["actor"] == house.account(Role.COORDINATOR).pk
    assert said[0]["request"] == answer["X-Request-ID"] == "abcd-1234"
    assert "BiMat" not in "".join(lines)


def test_plain_lines_would_hold_what_was_typed(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.browse(Role.COORDINATOR).get("/registry/people/BiMat/")
    assert "BiMat" in caplog.text


def test_a_request_id_that_would_break_the_log_is_replaced(lines: list[str]) -> None:
    answer = Client().get("/livez", headers={"X-Request-ID": 'x" injected'})
    assert "injected" not in answer["X-Request-ID"] and "injected" not in "".join(lines)


def test_a_fault_is_told_by_kind_and_place_not_by_its_message() -> None:
    try:
        raise ValueError("citizen number 019090001234")
    except ValueError:
        import sys

        record = logging.LogRecord("django.request", 40, "", 0, "Internal Server Error: %s", ("/x",), sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert line["fault"] == "ValueError" and "test_health.py" in line["at"][-1]
    assert "0190" not in json.dumps(line)
    refused = logging.LogRecord("django.request", 40, "", 0, "%s: %s", ("Service Unavailable", "/typed"), None)
    assert json.loads(JsonLines().format(refused))["message"] == "Service Unavailable"


def test_each_setting_tells_its_source_and_hides_its_password(tmp_path: Path) -> None:
    (tmp_path / "chiakhoa.toml").write_text('hosts = ["a.vn", "b.vn"]\nhttps = true\n', encoding="utf-8")
    known = {"DATA", "HOSTS", "HTTPS", "DATABASE", "LOG"}
    given = Configuration(known, {"CHIAKHOA_DATABASE": "postgresql://u:secret@h/n", "PATH": "/bin"})
    given.read(tmp_path)
    assert given.get("HOSTS", "x") == "a.vn,b.vn" and given.get("HTTPS") == "1" and given.get("LOG") == ""
    assert given.get("DATABASE") == "postgresql://u:secret@h/n"
    sources = {name: setting.source for name, setting in given.found.items()}
    assert sources == {"HOSTS": "chiakhoa.toml", "HTTPS": "chiakhoa.toml", "LOG": "default", "DATABASE": "environment"}
    assert "secret" not in str(given.found["DATABASE"])


def test_a_mistyped_setting_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="CHIAKHOA_HOST'"):
        Configuration({"HOSTS"}, {"CHIAKHOA_HOST": "x"})
    (tmp_path / "chiakhoa.toml").write_text("host = 1\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"chiakhoa\.toml"):
        Configuration({"HOSTS"}, {}).read(tmp_path)


def test_the_worker_beats_while_it_waits_for_work(folder: Path) -> None:
    assert beats.last(beats.WORKER) is None
    jobs.work(once=True)
    assert (clock.now() - beats.last(beats.WORKER)).total_seconds() < 60  # type: ignore[operator]
    assert SYSTEM.account_id is None
