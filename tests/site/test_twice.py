"""Every form of every page, sent twice as by somebody who presses twice: it is done once. Without the guard, twice.

The forms are those of the pages, filled in by what their fields say. An address that takes forms and is not sent with an effect
here must stand in `NOT_SENT`; it has the same frame as all the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from chiakhoa.foundation import clock, sent
from chiakhoa.foundation.readers import SYSTEM, Role
from chiakhoa.ground.access.models import Account
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Home
from chiakhoa.measure.assessment.models import Exam
from tests.site.conftest import House
from tests.site.filling import PageForm, forms_of
from tests.site.installation import Installation
from tests.site.test_rights import BY_TOKEN, filled, named_addresses, things
from tests.site.test_scopes import undone

# The first of these who may open a page looks at it; a role stands here because a form is shown to it alone.
WHO = (
    Role.COORDINATOR, Role.ADMINISTRATOR, Role.LEARNER, Role.UNIT_MANAGER, Role.PROVIDER_MANAGER, Role.ASSESSOR,
    Role.EMPLOYER, Role.TRAINER, Role.AUDITOR,
)  # fmt: skip
OF_THE_SHELL = {"set_language", "access:sign_out", "tour"}
pytestmark = pytest.mark.django_db
NOT_COUNTED = {"foundation_sentform", "foundation_attempt", "django_session", "access_session"}
A_PERSON = {"born_on": "01/02/1990", "citizen_number": "", "phone": "0912345678", "email": "", "external_key": ""}
PASSWORD = "mưa rào trên đồi chè chiều muộn"


def a_file(name: str, text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode("utf-8-sig"), "text/csv")


def typed(name: str) -> dict[str, Any]:
    """What a form needs that its fields do not say. Made afresh for each sending, since a file is read once."""
    whose = {
        "login": Account.objects.filter(assignments__role=Role.EMPLOYER).first(),
        "place": Home.objects.get().unit_id,
    }
    commune = territory.communes(SYSTEM, on=clock.today())[0]
    return {
        "access:emergency": {"reason": "Mất điện ở trung tâm dữ liệu, phải xem ngay tối nay"},
        "access:give_role": {**whose, "login": whose["login"].login, "role": Role.AUDITOR},
        "access:make_token": {"scopes": ["territory:read"]},
        "access:open_account": {"login": "mot.nguoi", "password": PASSWORD},
        "access:slips": {"unit": commune.pk},
        "planning:add_demand": {"all": "all"},
        "placement:add": {"audiences": ["tea_farm_household"]},
        "placement:change": {"starts_on": ""},
        "registry:add": {**A_PERSON, "confirmed": "1"},
        "registry:edit": A_PERSON,
        "registry:send": {"file": a_file("nguoi.csv", "Họ và tên,Ngày sinh\nTrần Thị Mơ,01/02/1990\n"), "sender": ""},
        "territory:figure_sets": {"file": a_file("so.csv", f"Đơn vị,Số lượng\n{commune.pk},12\n")},
    }.get(name, {})


# Pressed again, these do again what they did, which is what they are for: somebody signs in.
MEANT = {"access:play"}

# What the walk meets no thing for that is in the state for it, or what needs a code, a camera, a device. All of these go through
# the same two frames, of pages and of actions, that the guard stands in.
NOT_SENT = {
    "access:close_emergency", "access:emergency", "access:end_session", "access:lending", "access:look_at_emergency",
    "access:password", "access:resume", "access:revoke_token", "access:sign_in", "access:sign_out", "access:slip",
    "access:take_back", "access:take_role", "assessment:calibrate", "assessment:check_again", "assessment:decide",
    "assessment:decide_calibration", "assessment:item_new", "assessment:items_import", "assessment:rescore",
    "assessment:room", "assessment:seat_act", "assessment:seats_act", "assessment:void_over", "delivery:assign",
    "delivery:enrol", "delivery:enrol_introduced", "delivery:leave", "delivery:move", "delivery:notice", "delivery:reschedule",
    "mandates:remove", "mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes", "mfa_login_webauthn",
    "placement:apply", "placement:reopen", "placement:withdraw", "planning:change", "planning:something_happened",
    "planning:stop", "planning:withdraw", "registry:discard_reform", "registry:drop", "registry:enact_reform",
    "registry:fix", "registry:part", "registry:place", "registry:register", "registry:undo_reform",
    "reporting:freeze", "territory:boundaries", "territory:discard_reform", "territory:drop_boundaries",
    "territory:enact_reform", "territory:remove_figures", "territory:undo_reform", "tour", "try_job_again",
}  # fmt: skip


@dataclass
class Found:
    """By address: what a first and a second sending wrote, with the guard and without; which addresses take forms."""

    once: dict[str, dict[str, int]] = field(default_factory=dict)
    again: dict[str, dict[str, int]] = field(default_factory=dict)
    unguarded: dict[str, dict[str, int]] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    taking: set[str] = field(default_factory=set)


def counted() -> dict[str, int]:
    """Rows of all our tables. Every action writes to the trail, so that a second effect shows there if nowhere else."""
    models = (model for model in apps.get_models() if model._meta.db_table not in NOT_COUNTED)
    return {model._meta.db_table: model._base_manager.count() for model in models}


def written(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {table: after[table] - before[table] for table in after if after[table] != before[table]}


def pages(house: House) -> Iterator[tuple[str, str, Client, HttpResponse]]:
    """Every page that somebody of the cast may open, once."""
    known, browsers = things(), {role: house.browse(role) for role in WHO}
    for name, pattern in sorted(named_addresses()):
        address = None if name.startswith(BY_TOKEN) else filled(name, pattern, known)
        roles = pattern.callback.roles or WHO
        for role in (role for role in WHO if address and role in roles):
            answer = browsers[role].get(address)
            if answer.status_code in (200, 405):
                yield name, address, browsers[role], answer
                break


def walk(house: House) -> Found:
    found = Found()
    for name, address, browser, answer in pages(house):
        if answer.status_code == 405:
            found.taking.add(name)
        elif not answer.streaming and "html" in answer.headers["Content-Type"]:
            for form in forms_of(answer.content.decode()):
                send_both_ways(found, browser, address, form)
    return found


def send_both_ways(found: Found, browser: Client, address: str, form: PageForm) -> None:
    """Sent twice with the guard and twice without, each time from the same beginning; nothing of it stays."""
    where = form.action or address
    try:
        name = resolve(urlsplit(where).path).view_name
    except Resolver404:
        return
    if name in OF_THE_SHELL or name in found.once:
        return
    found.taking.add(name)

    def send() -> tuple[HttpResponse, dict[str, int]]:
        before = counted()
        answer = browser.post(where, form.sent_with(form.buttons[0] if form.buttons else None, **typed(name)))
        return answer, written(before, counted())

    with undone():
        _first, once = send()
        if not once:
            return
        second, again = send()
        found.once[name], found.again[name], found.status[name] = once, again, second.status_code
    with undone(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(sent, "claim", lambda: None)
        send()
        found.unguarded[name] = send()[1]


@pytest.fixture(scope="module")
def found(little_province: None, django_db_blocker: Any) -> Found:
    """The walk, made once: it takes as long as looking at every page."""
    with django_db_blocker.unblock(), undone():
        return walk(House())


def test_whatever_is_sent_twice_is_done_once(found: Found) -> None:
    assert {name for name, again in found.again.items() if again} == MEANT


def test_who_pressed_twice_is_led_where_the_first_was_led_or_told_so(found: Found) -> None:
    assert set(found.status.values()) == {302, 409}


def test_every_address_that_takes_forms_was_sent_to(found: Found) -> None:
    assert found.taking - set(found.once) <= NOT_SENT, "send it here by `typed`, or say in NOT_SENT that it cannot be"


def test_without_the_guard_many_things_would_be_done_twice(found: Found) -> None:
    doubled = {name for name, again in found.unguarded.items() if set(again) - {"foundation_auditentry"}}
    assert doubled >= {"planning:propose", "assessment:exams", "registry:add", "registry:send", "territory:figure_sets"}


def test_a_form_changed_on_the_same_page_is_another_deed(house: House) -> None:
    browser, page = house.browse(Role.COORDINATOR), reverse("assessment:exams")
    form = next(form for form in forms_of(browser.get(page).content.decode()) if "title" in form.fields)
    for title in ("Kỳ thi sáng", "Kỳ thi chiều", "Kỳ thi chiều", "Kỳ thi sáng"):
        assert browser.post(page, form.sent_with(None, title=title)).status_code == 302
    titles = Exam.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles)[-3:] == ["Kỳ thi sáng", "Kỳ thi chiều", "Kỳ thi sáng"]


def test_a_file_that_is_asked_for_again_later_comes_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, page = house.browse(Role.COORDINATOR), reverse("assessment:items")
    form = next(form for form in forms_of(browser.get(page).content.decode()) if "export" in form.action)
    send = partial(browser.post, form.action, form.sent_with(None))
    assert [send().status_code, send().status_code] == [200, 409]
    later = clock.now() + timedelta(seconds=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert send().status_code == 200


def test_a_form_that_was_refused_may_be_sent_again(house: House) -> None:
    browser, page = house.browse(Role.COORDINATOR), reverse("assessment:exams")
    form = next(form for form in forms_of(browser.get(page).content.decode()) if "title" in form.fields)
    assert [browser.post(page, form.sent_with(None, title="")).status_code for _ in range(2)] == [200, 200]
    assert browser.post(page, form.sent_with(None)).status_code == 302


FIVE_AT_ONCE = """
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from django.db import connection
from django.test import Client
from chiakhoa.foundation import sent
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.access import queries as access
from chiakhoa.train.planning.models import Plan
from tests.site.filling import forms_of
if {unguarded}:
    sent.claim = lambda: None
here = dict(REMOTE_ADDR="127.0.0.1", SERVER_NAME="127.0.0.1")
browser = Client(**here)
browser.force_login(access.demonstration_accounts().get(assignments__role=Role.COORDINATOR))
page = "/planning/propose/"
form = next(form for form in forms_of(browser.get(page).content.decode()) if "name" in form.fields)
before, gate = Plan.objects.count(), Barrier(5)
def press(number):
    one = Client(**here)
    one.cookies = browser.cookies
    gate.wait()
    answer = one.post(page, form.sent_with(None, year="2027"))
    connection.close()
    return answer.status_code, answer.headers.get("Location", "")
with ThreadPoolExecutor(5) as crowd:
    answers = list(crowd.map(press, range(5)))
print(json.dumps([Plan.objects.count() - before, sorted(set(map(tuple, answers)))]))
"""


@pytest.fixture
def alone(installed: Installation, tmp_path: Any) -> Iterator[Installation]:
    """A province in a database of its own, that several connections may write to."""
    made = Installation(tmp_path / "data", installed)
    yield made
    made.end()


def test_five_presses_at_once_make_one_plan_and_all_lead_to_it(alone: Installation) -> None:
    plans, answers = alone.said(FIVE_AT_ONCE.format(unguarded=False))
    assert plans == 1
    assert [status for status, _where in answers] == [302], answers


def test_without_the_guard_five_presses_make_five_plans(alone: Installation) -> None:
    plans, _answers = alone.said(FIVE_AT_ONCE.format(unguarded=True))
    assert plans == 5
