"""The one client by which the program asks anything of another computer: `session()`. Nothing else in the house may.

An address that we were told (by an identity provider's own description, by a redirect) could point at what stands beside us: a
database, a router, the cloud's own door. So names are resolved here, every address of a name must be a public one, and the
connection goes to the very address that was looked at: a name that changes its mind in between changes nothing. Every redirect
passes through the same. Hosts of the setting PRIVATE_HOSTS stand on a network of the office and may be asked; these alone without
HTTPS.
"""

import socket
import time
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

PATIENCE_SECONDS = 10.0
LARGEST_ANSWER = 1024 * 1024
MOST_REDIRECTS = 3
PIECE = 16 * 1024
# Of version 6, these carry an address of version 4 to a translator; the other such forms are reserved anyway.
CARRIERS = (ip_network("2002::/16"), ip_network("2001::/32"))


class Forbidden(requests.RequestException):
    """The program will not ask there, or will not take so much."""


class NotPublic(OSError):  # noqa: N818 - what it says, like a refusal
    """A name leads to an address that is nobody's public one."""


def session() -> requests.Session:
    """A session that asks public hosts by HTTPS, and named private ones; follows a few redirects of a GET, none of a POST."""
    made = _Session()
    made.trust_env = False  # a proxy or a .netrc of the environment would lead around the guard
    made.max_redirects = MOST_REDIRECTS
    for scheme in list(made.adapters):
        del made.adapters[scheme]
    for scheme in ("https://", "http://"):
        made.mount(scheme, _Guarded())
    return made


def why(fault: BaseException) -> str:
    """What stood behind a failed request: a forbidden address by its words, any other fault by its kind."""
    seen: BaseException | None = fault
    while seen is not None:
        if isinstance(seen, Forbidden | NotPublic):
            return str(seen)
        seen = seen.__cause__ or seen.__context__
    return type(fault).__name__


def is_public(address: str) -> bool:
    """Whether an address (text, version 4 or 6) is one of the open net, and no cover for another one."""
    found = ip_address(address.split("%", 1)[0])
    special = found.is_multicast or found.is_reserved or found.is_unspecified or found.is_link_local
    return found.is_global and not special and not any(found in carrier for carrier in CARRIERS)


def _is_named(host: str) -> bool:
    return host.lower().strip("[]") in settings.PRIVATE_HOSTS


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, each looked at. NotPublic where one of them is not for us to ask."""
    found = [str(answer[4][0]) for answer in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        # Even a named host does not lead to a link's own addresses: there a cloud hands out its keys.
        allowed = is_public(address) or (_is_named(host) and not ip_address(address.split("%")[0]).is_link_local)
        if not allowed:
            raise NotPublic(f"{host} leads to {address}, which is not public: an operator may name it in PRIVATE_HOSTS")
    return found


class _ToAddress:
    """A connection that goes to an address which was looked at, never to a name."""

    def _new_conn(self: Any) -> socket.socket:
        last: OSError = NotPublic(f"{self.host} leads nowhere")
        for address in _addresses(self.host, self.port):
            try:
                return create_connection((address, self.port), self.timeout, socket_options=self.socket_options)
            except OSError as error:
                last = error
        raise last


class _Plain(_ToAddress, HTTPConnection):
    pass


class _Secure(_ToAddress, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Guarded(HTTPAdapter):
    """Sends one request, and takes no more of the answer than is reasonable."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]
        parts = urlsplit(request.url or "")
        if parts.scheme != "https" and not _is_named(parts.hostname or ""):
            raise Forbidden(f"{parts.hostname}: only HTTPS is asked", request=request)
        until = time.monotonic() + PATIENCE_SECONDS
        answer = super().send(request, **{**how, "stream": True, "timeout": PATIENCE_SECONDS, "proxies": None})
        body = bytearray()
        for piece in answer.iter_content(PIECE):
            body += piece
            if len(body) > LARGEST_ANSWER or time.monotonic() > until:
                answer.close()
                raise Forbidden(f"{parts.hostname}: the answer is too long", request=request)
        answer._content = bytes(body)  # read here, so that its length is ours to limit
        return answer


class _Session(requests.Session):
    def request(self, method: Any, url: Any, *args: Any, **how: Any) -> requests.Response:
        """A GET may be sent on to another place; what a POST carries is for the place that it was meant for."""
        how["allow_redirects"] = str(method).upper() == "GET"
        return super().request(method, url, *args, **how)
