"""Signing in by a national identity: a real provider on loopback, the whole code flow, and every way that it may go wrong."""

import http.client
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from chiakhoa.foundation.readers import Role
from chiakhoa.ground.access import actions
from chiakhoa.ground.access.models import Account
from chiakhoa.ground.registry import citizen_number
from chiakhoa.ground.registry.models import Person
from tests.ground.access.conftest import AT
from tests.ground.access.identity_provider import CLIENT, SECRET, Provider
from tests.ground.access.test_signing_in import is_in

NUMBER = "019185001234"


@pytest.fixture
def provider(settings):
    running = Provider()
    app = {
        "provider_id": "national", "name": "VNeID", "client_id": CLIENT, "secret": SECRET,
        "settings": {"server_url": running.issuer, "oauth_pkce_enabled": True},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    settings.OIDC_NAME, settings.OIDC_ORIGIN = "VNeID", running.issuer
    settings.PRIVATE_HOSTS = frozenset({"127.0.0.1"})
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def hoa(place):
    Person.objects.filter(pk=place.hoa.pk).update(
        citizen_number_sealed=citizen_number.seal(NUMBER), citizen_number_index=citizen_number.index(NUMBER)
    )
    return place.hoa


def ask(browser):
    """Press the button; where the browser is sent."""
    return browser.post(reverse("openid_connect_login", args=["national"])).url


def visit(address):
    """Go to the provider as a browser does; where it sends us back to."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = connection.getresponse().headers["Location"]
    connection.close()
    return urlsplit(back).path + "?" + urlsplit(back).query


def come_in(browser):
    return browser.get(visit(ask(browser)))


def test_the_sign_in_page_offers_the_provider(place, provider):
    page = place.browse().get(reverse("access:sign_in")).content.decode()
    assert "VNeID" in page and reverse("openid_connect_login", args=["national"]) in page


def test_a_citizen_of_the_register_comes_in_as_themselves(place, provider, hoa):
    provider.citizen = {"sub": "c-1", "citizen_number": NUMBER}
    browser = place.browse()
    come_in(browser)
    assert is_in(browser)
    assert browser.get(reverse("registry:me")).context["person"] == hoa


def test_the_second_time_the_identity_alone_is_enough(place, provider, hoa):
    provider.citizen = {"sub": "c-1", "citizen_number": NUMBER}
    come_in(place.browse())
    provider.citizen = {"sub": "c-1"}
    browser = place.browse()
    come_in(browser)
    assert is_in(browser) and Account.objects.filter(person=hoa).count() == 1


@pytest.mark.parametrize(
    "said", [{}, {"citizen_number": ""}, {"citizen_number": "019185009999"}, {"citizen_number": "x"}]
)
def test_an_identity_of_nobody_here_opens_nothing(place, provider, hoa, said):
    provider.citizen = {"sub": "c-2", **said}
    browser = place.browse()
    page = come_in(browser)
    assert page.status_code == 422 and not is_in(browser) and not Account.objects.exists()


def test_an_address_that_matches_is_not_enough(place, provider, hoa):
    """E-mail or name of somebody else in the claims must not lead to their account."""
    place.account("hoa", Role.LEARNER, place.tan_cuong, person=hoa)
    provider.citizen = {"sub": "c-3", "email": "hoa@x.vn", "email_verified": True, "preferred_username": "hoa"}
    browser = place.browse()
    assert come_in(browser).status_code == 422 and not is_in(browser)


def test_an_answer_with_another_state_is_refused(place, provider, hoa):
    provider.citizen = {"sub": "c-1", "citizen_number": NUMBER}
    attacker, victim = place.browse(), place.browse()
    answer = visit(ask(attacker))
    ask(victim)
    assert victim.get(answer).status_code == 422 and not is_in(victim)


def test_a_code_is_bound_to_the_browser_by_pkce(place, provider, hoa):
    """A code that was caught on the way is worth nothing to whoever has no verifier for it."""
    provider.citizen = {"sub": "c-1", "citizen_number": NUMBER}
    caught = parse_qs(urlsplit(visit(ask(place.browse()))).query)["code"][0]
    thief = place.browse()
    state = parse_qs(urlsplit(ask(thief)).query)["state"][0]
    back = reverse("openid_connect_callback", args=["national"])
    assert thief.get(back, {"code": caught, "state": state}).status_code == 422 and not is_in(thief)


def test_a_refusal_of_the_provider_is_said_in_words(place, provider):
    provider.denies = True
    browser = place.browse()
    assert come_in(browser).status_code == 422 and not is_in(browser)


def test_the_identity_does_not_open_a_suspended_account(place, provider, hoa, huy):
    account = place.account("hoa", Role.LEARNER, place.tan_cuong, person=hoa)
    actions.suspend_account(place.reader(huy), account.pk, "đi xa", at=AT)
    provider.citizen = {"sub": "c-1", "citizen_number": NUMBER}
    browser = place.browse()
    assert come_in(browser).status_code == 403 and not is_in(browser)


def test_without_settings_there_is_no_such_door(place):
    browser = place.browse()
    assert browser.post(reverse("openid_connect_login", args=["national"])).status_code == 404
    assert "VNeID" not in browser.get(reverse("access:sign_in")).content.decode()


def test_a_provider_on_a_private_network_that_nobody_named_is_not_asked(place, provider, settings, caplog):
    settings.PRIVATE_HOSTS = frozenset()
    page = place.browse().post(reverse("openid_connect_login", args=["national"]))
    assert page.status_code == 422 and "không trả lời" in page.content.decode()
    assert "only HTTPS" in caplog.text


@pytest.mark.parametrize("end", ["token_endpoint", "userinfo_endpoint"])
def test_what_the_provider_says_of_itself_does_not_send_us_elsewhere(place, provider, hoa, end):
    """A provider that was taken over names, as its own, an address beside us."""
    provider.citizen = {"sub": "c-1", "citizen_number": NUMBER}
    provider.says_instead = {end: "https://10.0.0.5/admin"}
    browser = place.browse()
    assert come_in(browser).status_code == 422 and not is_in(browser)


def test_a_provider_that_is_down_is_said_in_words(place, provider):
    provider.shutdown()
    provider.server_close()
    page = place.browse().post(reverse("openid_connect_login", args=["national"]))
    assert page.status_code == 422 and "không trả lời" in page.content.decode()
