"""Signing in: the right password opens, ten wrong ones shut, the session gets a new key, a suspended account is out."""

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from chiakhoa.foundation import doors
from chiakhoa.foundation.models import AuditEntry
from chiakhoa.foundation.readers import Role
from chiakhoa.ground.access import actions, queries
from chiakhoa.ground.access.models import Account, RoleAssignment, Session
from chiakhoa.ground.access.passwords import LocalPasswordValidator
from tests.ground.access.conftest import AT, PASSWORD

SIGN_IN = reverse("access:sign_in")


def try_password(browser, password, login="huy"):
    return browser.post(SIGN_IN, {"login": login, "password": password})


def is_in(browser):
    return browser.get(reverse("access:my_account")).status_code == 200


def test_the_right_password_opens_and_is_written_down(huy, place):
    browser = place.browse()
    assert try_password(browser, PASSWORD).status_code == 302
    assert is_in(browser)
    entry = AuditEntry.objects.get(verb="sign_in")
    assert (entry.actor_name, entry.address, entry.after) == ("Huy", "10.0.0.1", {"way": "password"})


def test_the_eleventh_wrong_password_meets_a_shut_door_in_words(huy, place):
    browser = place.browse()
    answers = [try_password(browser, f"wrong-{i}").status_code for i in range(11)]
    assert answers == [422] * 10 + [429]
    page = try_password(browser, PASSWORD)
    assert page.status_code == 429 and "15 phút" in page.content.decode()
    assert not is_in(browser)


def test_without_the_door_ten_thousand_guesses_would_find_it(huy, place, monkeypatch):
    """The twin, with a short list: the password stands behind more wrong ones than the door lets in."""
    monkeypatch.setattr(doors, "LIMIT", 10**9)
    browser = place.browse()
    for guess in [*(f"wrong-{i}" for i in range(15)), PASSWORD]:
        try_password(browser, guess)
    assert is_in(browser)


def test_an_unknown_login_name_is_refused_in_the_same_words(huy, place):
    errors = [
        try_password(place.browse(address=f"10.0.0.{i}"), "wrong", login=login).context["form"].errors
        for i, login in enumerate(["huy", "nobody"])
    ]
    assert errors[0] == errors[1] and errors[0]


def test_signing_in_gives_the_session_a_new_key(huy, place):
    browser = place.browse()
    fixed = _planted_session(browser)
    try_password(browser, PASSWORD)
    assert is_in(browser) and browser.session.session_key != fixed
    assert not is_in(_with_key(fixed))


def test_without_the_new_key_whoever_planted_it_would_be_in(huy, place, monkeypatch):
    """The twin: the key stays, and the attacker's browser, which knew it, is signed in as Huy."""
    monkeypatch.setattr(SessionBase, "cycle_key", lambda _self: None)
    browser = place.browse()
    fixed = _planted_session(browser)
    try_password(browser, PASSWORD)
    assert is_in(_with_key(fixed))


def test_changing_the_role_gives_the_session_a_new_key(huy, place):
    other = RoleAssignment.objects.create(account=huy, role=Role.AUDITOR, unit=place.province)
    browser = place.browse(huy)
    before = browser.session.session_key
    browser.post(reverse("access:take_role", args=[other.pk]))
    assert browser.session.session_key != before and not is_in(_with_key(before))


def test_without_the_new_key_whoever_knew_the_old_one_would_act_in_the_new_role(huy, place, monkeypatch):
    """The twin: the key stays, and a browser that holds a copy of it becomes an auditor too."""
    monkeypatch.setattr(SessionBase, "cycle_key", lambda _self: None)
    other = RoleAssignment.objects.create(account=huy, role=Role.AUDITOR, unit=place.province)
    browser = place.browse(huy)
    before = browser.session.session_key
    browser.post(reverse("access:take_role", args=[other.pk]))
    assert is_in(_with_key(before))


def test_suspending_an_account_ends_all_its_sessions_and_shuts_its_doors(huy, place):
    binh = place.account("binh", Role.UNIT_MANAGER, place.tan_cuong)
    browsers = [place.browse(binh), place.browse(binh)]
    actions.suspend_account(place.reader(huy), binh.pk, "nghỉ việc", at=AT)
    assert not any(is_in(browser) for browser in browsers)
    assert not Session.objects.filter(account=binh).exists()
    again = place.browse()
    assert try_password(again, PASSWORD, login="binh").status_code == 422 and not is_in(again)


def test_the_sessions_are_gone_whatever_is_asked_of_an_account_later(huy, place, let_in_anyway):
    binh = place.account("binh", Role.UNIT_MANAGER, place.tan_cuong)
    browser = place.browse(binh)
    actions.suspend_account(place.reader(huy), binh.pk, "nghỉ việc", at=AT)
    assert not is_in(browser)


def test_without_ending_sessions_somebody_suspended_would_go_on(huy, place, let_in_anyway):
    """The twin: the account is marked and nothing else happens, and nobody asks for the mark."""
    binh = place.account("binh", Role.UNIT_MANAGER, place.tan_cuong)
    browser = place.browse(binh)
    Account.objects.filter(pk=binh.pk).update(is_active=False)
    assert is_in(browser)


@pytest.fixture
def let_in_anyway(monkeypatch):
    """The second guard is off: nobody who has a session is asked whether the account is suspended."""
    monkeypatch.setattr(Account, "is_active", property(lambda _self: True, lambda _self, _value: None))


def test_an_administrator_of_a_commune_cannot_suspend_somebody_above(huy, place):
    kim = place.account("kim", Role.ADMINISTRATOR, place.tan_cuong)
    binh = place.account("binh", Role.UNIT_MANAGER, place.tan_cuong)
    browser = place.browse(kim)
    assert browser.post(reverse("access:suspend", args=[huy.pk]), {"reason": "x"}).status_code == 404
    assert browser.get(reverse("access:account", args=[huy.pk])).status_code == 404
    assert browser.post(reverse("access:suspend", args=[binh.pk]), {"reason": "x"}).status_code == 302


def test_nobody_suspends_themselves(huy, place):
    page = place.browse(huy).post(reverse("access:suspend", args=[huy.pk]), {"reason": "x"})
    assert page.status_code == 422 and queries.accounts(place.reader(huy)).get(pk=huy.pk).is_active


def test_sessions_are_listed_with_their_place_and_one_is_ended(huy, place):
    here, there = place.browse(), place.browse(address="10.7.7.7")
    for browser in (here, there):
        try_password(browser, PASSWORD)
    page = here.get(reverse("access:my_account")).content.decode()
    assert "10.7.7.7" in page and there.session.session_key not in page
    handle = queries.session_handle(Session.objects.get(address="10.7.7.7"))
    assert here.post(reverse("access:end_session", args=[handle])).status_code == 302
    assert is_in(here) and not is_in(there)


def test_a_session_of_somebody_else_is_not_there(huy, place):
    son = place.account("son", Role.AUDITOR)
    place.browse(son)
    handle = queries.session_handle(Session.objects.get(account=son))
    assert place.browse(huy).post(reverse("access:end_session", args=[handle])).status_code == 404


def test_a_new_password_signs_out_the_other_browsers(huy, place):
    here, there = place.browse(huy), place.browse(huy)
    form = {"present": PASSWORD, "password": "cày-cuốc-mây-ngô-9"}
    assert here.post(reverse("access:password"), form).status_code == 302
    assert is_in(here) and not is_in(there)


def test_a_new_password_needs_the_present_one(huy, place):
    page = place.browse(huy).post(reverse("access:password"), {"present": "x", "password": "cày-cuốc-mây-ngô-9"})
    assert page.status_code == 422


@pytest.mark.parametrize(
    "password",
    ["ThaiNguyen2026", "Mật_khẩu@123", "m4tkh4u2026", "chiakhoa123456", "AnhYeuEm!!!1", "thainguyenthainguyen"],
)
def test_passwords_that_everybody_here_would_guess_are_refused(password):
    with pytest.raises(ValidationError):
        LocalPasswordValidator().validate(password)


@pytest.mark.parametrize(
    "password", [PASSWORD, "cày-cuốc-mây-ngô-9", "thainguyen-mua-dong-chay-cham", "correct horse battery"]
)
def test_other_passwords_pass(password):
    LocalPasswordValidator().validate(password)


@pytest.mark.parametrize("behind_proxy", [False, True])
def test_the_cast_is_not_played_through_a_proxy_on_this_machine(place, settings, behind_proxy):
    from chiakhoa.ground.territory.models import Home

    Home.objects.update(synthetic=True)
    cast = place.account("dieu-phoi", Role.COORDINATOR)
    type(cast).objects.update(demonstration=True)
    settings.BEHIND_PROXY = behind_proxy
    address = reverse("access:play", args=[cast.pk])
    proxied = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert proxied.post(address).status_code == 404
    if not behind_proxy:
        assert Client(REMOTE_ADDR="127.0.0.1").post(address).status_code == 302


def test_behind_a_proxy_tries_are_counted_by_the_browser_s_address(huy, place, settings):
    settings.BEHIND_PROXY = True
    for i in range(10):
        Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.9").post(
            SIGN_IN, {"login": f"a{i}", "password": "x"}
        )
    honest = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.10")
    assert try_password(honest, PASSWORD).status_code == 302
    forged = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="9.9.9.9, 203.0.113.9")
    assert try_password(forged, PASSWORD).status_code == 429


def _planted_session(browser):
    """An attacker got the victim's browser to carry a session key that the attacker knows."""
    session = browser.session
    session["planted"] = True
    session.save()
    browser.cookies["sessionid"] = session.session_key
    return session.session_key


def _with_key(key):
    browser = Client(REMOTE_ADDR="10.6.6.6")
    browser.cookies["sessionid"] = key
    return browser
