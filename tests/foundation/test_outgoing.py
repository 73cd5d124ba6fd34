"""What the program asks of other computers: public hosts by HTTPS, and private ones that an operator named; nothing else."""

import ast
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from django.conf import settings as django_settings

from chiakhoa.foundation import outgoing

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.7", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.5", "::127.0.0.1", "64:ff9b::a00:5", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2002:a00:5::1", "2001:0:4136:e378:8000:63bf:f5ff:fffa", "2001:db8::1", "::ffff:169.254.169.254",
]  # fmt: skip
SPELLED = ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "[::1]", "[::ffff:7f00:1]", "localhost"]


class Inside(ThreadingHTTPServer):
    """Something that stands beside the program and was never meant for others."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Secret)
        self.asked, self.sends_to, self.size = [], None, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Secret(BaseHTTPRequestHandler):
    server: Inside

    def do_GET(self):
        self.server.asked.append((self.command, self.path, self.headers["Host"]))
        if self.server.sends_to and self.path == "/first":
            self.send_response(307)
            self.send_header("Location", self.server.sends_to)
            return self.end_headers()
        body = b"the keys" + b"." * self.server.size
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)

    def do_POST(self):
        self.do_GET()

    def log_message(self, *_args):
        """Quiet."""


@pytest.fixture
def inside():
    server = Inside()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def named(settings):
    """An operator names hosts."""

    def name(*hosts):
        settings.PRIVATE_HOSTS = frozenset(hosts)

    return name


@pytest.fixture
def leads_to(monkeypatch):
    """A name whose addresses are these, one after the other, as often as it is asked for."""
    real, answers, asked = socket.getaddrinfo, {}, []

    def look_up(host, *args, **kwargs):
        if host not in answers:
            return real(host, *args, **kwargs)
        asked.append(host)
        found = answers[host]
        address = found.pop(0) if len(found) > 1 else found[0]
        return [each for one in address.split() for each in real(one, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    def lead(host, *addresses):
        answers[host] = list(addresses)
        return asked

    return lead


def ask(address, method="GET"):
    with outgoing.session() as session:
        return session.request(method, address)


def refused(address, method="GET"):
    with pytest.raises(requests.RequestException) as fault:
        ask(address, method)
    return outgoing.why(fault.value)


@pytest.mark.parametrize("address", PRIVATE)
def test_no_form_of_a_private_address_is_asked(address):
    assert not outgoing.is_public(address)
    written = f"[{address}]" if ":" in address else address
    assert refused(f"https://{written}/") != "", "not one is connected to"


@pytest.mark.parametrize("address", ["1.1.1.1", "123.30.1.1", "2606:4700::1111"])
def test_public_addresses_are_public(address):
    assert outgoing.is_public(address)


@pytest.mark.parametrize("host", SPELLED)
def test_another_spelling_leads_to_the_same_refusal(host, inside):
    assert "not public" in refused(f"https://{host}:{inside.server_port}/")
    assert inside.asked == []


@pytest.mark.parametrize("host", [host for host in SPELLED if host != "[::1]"])
def test_without_the_guard_each_spelling_reads_what_stands_beside_us(host, inside, monkeypatch):
    """The twin."""
    monkeypatch.setattr(outgoing, "_is_named", lambda _host: True)
    assert ask(f"http://{host}:{inside.server_port}/").text == "the keys"


def test_a_name_with_one_private_address_among_public_ones_is_refused(leads_to):
    leads_to("broker.example", "1.1.1.1 10.0.0.5")
    assert "10.0.0.5" in refused("https://broker.example/")


def test_a_name_that_changes_its_mind_is_looked_up_once_and_asked_where_it_was_looked_at(leads_to, monkeypatch):
    """Rebinding: a first look sees a public address, the connection is to go to another."""
    asked, gone = leads_to("rebinds.example", "1.1.1.1", "127.0.0.1"), []

    def connect(address, *_args, **_kwargs):
        gone.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(outgoing, "create_connection", connect)
    refused("https://rebinds.example:8443/")
    assert asked == ["rebinds.example"] and gone == [("1.1.1.1", 8443)]


def test_a_check_before_the_connection_would_be_led_astray(leads_to, inside, named):
    """The twin: look first, then leave it to the library to look up the name again."""
    leads_to("rebinds.example", "1.1.1.1", "127.0.0.1")
    first = [answer[4][0] for answer in socket.getaddrinfo("rebinds.example", inside.server_port)]
    assert all(map(outgoing.is_public, first))
    assert requests.get(f"http://rebinds.example:{inside.server_port}/", timeout=5).text == "the keys"


@pytest.fixture
def sends_on(inside, named):
    """A host that the operator named, which sends everybody on to another that he did not."""
    other = Inside()
    named("127.0.0.1")
    inside.sends_to = f"http://localhost:{other.server_port}/keys"
    yield other
    other.shutdown()
    other.server_close()


def test_a_redirect_passes_through_the_same_guard(inside, sends_on):
    assert "only HTTPS" in refused(f"http://127.0.0.1:{inside.server_port}/first")
    inside.sends_to = inside.sends_to.replace("http:", "https:")
    assert "not public" in refused(f"http://127.0.0.1:{inside.server_port}/first")
    assert sends_on.asked == []


def test_without_the_guard_a_redirect_leads_inside(inside, sends_on):
    """The twin: a plain client goes wherever it is sent."""
    assert requests.get(f"http://127.0.0.1:{inside.server_port}/first", timeout=5).text == "the keys"
    assert sends_on.asked


def test_what_is_posted_goes_to_no_other_place(inside, sends_on, named):
    named("127.0.0.1", "localhost")
    assert ask(f"http://127.0.0.1:{inside.server_port}/first", "POST").status_code == 307
    assert sends_on.asked == []


def test_a_private_host_that_the_operator_named_is_asked_also_without_https(inside, named):
    assert "only HTTPS" in refused(f"http://127.0.0.1:{inside.server_port}/")
    named("127.0.0.1")
    assert ask(f"http://127.0.0.1:{inside.server_port}/").text == "the keys"


def test_no_name_leads_to_where_a_cloud_hands_out_its_keys(named, leads_to):
    named("broker.local")
    leads_to("broker.local", "169.254.169.254")
    assert "169.254.169.254" in refused("http://broker.local/latest/meta-data/")


def test_the_proxy_of_the_environment_leads_nobody_around_the_guard(inside, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{inside.server_port}")
    assert "not public" in refused("https://10.0.0.5/")
    assert inside.asked == []


def test_a_long_answer_is_not_taken(inside, named):
    named("127.0.0.1")
    inside.size = outgoing.LARGEST_ANSWER
    assert "too long" in refused(f"http://127.0.0.1:{inside.server_port}/")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"])
def test_other_ways_are_none(address):
    refused(address)


# The starter asks its own server whether it is up; letters go through the server that the operator named; the rest of the house
# asks through `outgoing`, or not at all.
MAY = {"foundation/outgoing.py", "foundation/mail.py", "site/serving.py"}
WAYS = {
    "requests",
    "urllib3",
    "httpx",
    "aiohttp",
    "http.client",
    "urllib.request",
    "socket",
    "smtplib",
    "django.core.mail",
    "ftplib",
    "telnetlib",
}
# These name its types and faults.
TYPES = {
    name: {"requests"} for name in ("ground/access/adapters.py", "ground/access/second_steps.py", "site/storage.py")
}


def test_nobody_else_in_the_house_asks_other_computers():
    for path in sorted(django_settings.SOURCE.rglob("*.py")):
        name = str(path.relative_to(django_settings.SOURCE))
        if name in MAY:
            continue
        found = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
        assert not (found & WAYS) - TYPES.get(name, set()), f"{name}: ask through foundation.outgoing.session()"
