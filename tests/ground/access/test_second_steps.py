"""The second step: an app's codes, spare codes, a passkey made in software; each secret sealed, each door counted."""

import base64
import hashlib
import json
import re

import cbor2
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import reverse

from chiakhoa.foundation.models import AuditEntry
from chiakhoa.ground.access import actions
from chiakhoa.ground.access.models import Account
from tests.ground.access.conftest import AT, PASSWORD
from tests.ground.access.test_signing_in import is_in, try_password


def code_of_app(secret, later=0):
    """What the app shows now, or so many periods later; a period on either side is taken, so one may end meanwhile."""
    earliest, *_ = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, earliest + 1 + later))


def set_up_app(browser):
    """Walk the pages as Huy does; the app's secret and the spare codes."""
    address = reverse("mfa_activate_totp")
    page = browser.get(address)
    if page.status_code == 302:
        browser.post(page.url, {"password": PASSWORD})
        page = browser.get(address)
    secret = re.search(r"<code class=\"break\">([A-Z2-7]+)</code>", page.content.decode()).group(1)
    done = browser.post(address, {"code": code_of_app(secret)}, follow=True)
    spare = re.findall(r"<li><code>(\d+)</code>", done.content.decode())
    assert spare, "the app was not taken"
    return secret, spare


@pytest.fixture
def with_app(huy, place):
    browser = place.browse()
    try_password(browser, PASSWORD)
    return set_up_app(browser)


def test_with_an_app_the_password_alone_no_longer_opens(huy, place, with_app):
    browser = place.browse()
    assert try_password(browser, PASSWORD).url == reverse("mfa_authenticate")
    assert not is_in(browser)


def test_a_code_of_the_app_opens_and_is_written_down(huy, place, with_app, monkeypatch):
    secret, _spare = with_app
    monkeypatch.setattr("allauth.mfa.totp.internal.auth._is_insecure_bypass", lambda _code: False, raising=False)
    browser = place.browse()
    try_password(browser, PASSWORD)
    browser.post(reverse("mfa_authenticate"), {"code": code_of_app(secret, later=1)})
    assert is_in(browser)
    assert AuditEntry.objects.filter(verb="sign_in").latest("number").after == {"way": "password+totp"}


def test_a_spare_code_opens_once(huy, place, with_app):
    code = with_app[1][0]
    for expected in (True, False):
        browser = place.browse()
        try_password(browser, PASSWORD)
        browser.post(reverse("mfa_authenticate"), {"code": code})
        assert is_in(browser) is expected


def test_wrong_codes_shut_the_door_of_the_second_step(huy, place, with_app):
    browser = place.browse()
    try_password(browser, PASSWORD)
    answers = [browser.post(reverse("mfa_authenticate"), {"code": f"{i:06d}"}).status_code for i in range(11)]
    assert answers[:10] == [200] * 10 and answers[10] == 429


def test_the_secret_is_sealed_and_the_trail_tells_of_the_app(huy, place, django_capture_on_commit_callbacks):
    browser = place.browse()
    try_password(browser, PASSWORD)
    with django_capture_on_commit_callbacks(execute=True):
        secret, _spare = set_up_app(browser)
    assert secret not in Authenticator.objects.get(type="totp").data["secret"]
    kinds = AuditEntry.objects.filter(verb="add_second_step").values_list("after__kind", flat=True)
    assert set(kinds) == {"totp", "recovery_codes"}


def test_an_administrator_takes_away_what_was_lost(huy, place, with_app):
    other = place.account("mai", "administrator")
    actions.forget_second_steps(place.reader(other), huy.pk, at=AT)
    browser = place.browse()
    try_password(browser, PASSWORD)
    assert is_in(browser)


def test_setting_up_an_app_asks_for_the_password_first(huy, place):
    browser = place.browse(huy)
    assert browser.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))


class SoftwareKey:
    """A passkey in memory: it answers what a browser would hand on from the device."""

    def __init__(self):
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = b"key-of-huy-0001"
        self.user = b""

    def _data(self, flags, more=b""):
        host = hashlib.sha256(b"testserver").digest()
        return host + bytes([flags]) + (1).to_bytes(4, "big") + more

    def register(self, options):
        public = options["publicKey"]
        self.user = _bytes(public["user"]["id"])
        numbers = self.private.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(key)
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(0x45, credential)})
        client = _client("webauthn.create", public["challenge"])
        response = {"clientDataJSON": _text(client), "attestationObject": _text(attested), "transports": ["internal"]}
        return self._answer(response) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def assertion(self, options):
        client = _client("webauthn.get", options["publicKey"]["challenge"])
        data = self._data(0x05)
        signed = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": _text(client), "authenticatorData": _text(data), "signature": _text(signed),
             "userHandle": _text(self.user)}
        ) | {"clientExtensionResults": {}}  # fmt: skip

    def _answer(self, response):
        return {"type": "public-key", "id": _text(self.id), "rawId": _text(self.id), "response": response}


def _client(kind, challenge):
    return json.dumps({"type": kind, "challenge": challenge, "origin": "https://testserver"}).encode()


def _text(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def add_passkey(browser):
    key = SoftwareKey()
    address = reverse("mfa_add_webauthn")
    page = browser.get(address, secure=True)
    if page.status_code == 302:
        browser.post(page.url, {"password": PASSWORD}, secure=True)
        page = browser.get(address, secure=True)
    answer = key.register(page.context["js_data"]["creation_options"])
    form = {"name": "Điện thoại", "passwordless": "on", "credential": json.dumps(answer)}
    assert browser.post(address, form, secure=True).status_code == 302
    return key


def enter_with(key, browser):
    address = reverse("mfa_login_webauthn")
    options = browser.get(address, headers={"Accept": "application/json"}, secure=True).json()["request_options"]
    return browser.post(address, {"credential": json.dumps(key.assertion(options))}, secure=True)


def test_a_passkey_signs_in_without_a_password(huy, place):
    browser = place.browse()
    try_password(browser, PASSWORD)
    key = add_passkey(browser)
    assert "Điện thoại" in browser.get(reverse("access:my_account")).content.decode()
    fresh = place.browse()
    enter_with(key, fresh)
    assert is_in(fresh)
    assert "webauthn" in AuditEntry.objects.filter(verb="sign_in").latest("number").after["way"]


def test_another_key_does_not_open(huy, place):
    browser = place.browse()
    try_password(browser, PASSWORD)
    key = add_passkey(browser)
    key.private = ec.generate_private_key(ec.SECP256R1())
    fresh = place.browse()
    enter_with(key, fresh)
    assert not is_in(fresh)


def test_a_passkey_does_not_open_a_suspended_account(huy, place):
    browser = place.browse()
    try_password(browser, PASSWORD)
    key = add_passkey(browser)
    actions.suspend_account(place.reader(place.account("mai", "administrator")), huy.pk, "mất máy", at=AT)
    fresh = place.browse()
    assert enter_with(key, fresh).status_code == 403
    assert not is_in(fresh)


def test_without_asking_whether_it_is_suspended_the_passkey_would_open(huy, place, monkeypatch):
    browser = place.browse()
    try_password(browser, PASSWORD)
    key = add_passkey(browser)
    actions.suspend_account(place.reader(place.account("mai", "administrator")), huy.pk, "mất máy", at=AT)
    monkeypatch.setattr(Account, "is_active", property(lambda _self: True, lambda _self, _said: None))
    fresh = place.browse()
    enter_with(key, fresh)
    assert is_in(fresh)
