"""The one way by which the program sends e-mail: through the server that the operator named. Without one, none is sent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

BACKEND = "django.core.mail.backends.smtp.EmailBackend"
PATIENCE_SECONDS = 10
# A server's answers from here on mean "never"; below, "not now".
NEVER = 500
Send = Callable[[str, str, str], None]


class Away(Exception):  # noqa: N818 - what it says, like a refusal
    """The server cannot be reached, or takes nothing now."""


class Undeliverable(Exception):  # noqa: N818 - what it says
    """The server will never take this letter: the address is none."""


def is_set() -> bool:
    """Whether there is a server to send through."""
    return settings.MAIL is not None


@contextmanager
def post_office() -> Iterator[Send]:
    """A function that sends a letter: address, subject, text. One connection for many; Away where there is none to be had."""
    server = settings.MAIL
    if server is None:
        raise Away("no mail server is set up")
    connection = get_connection(
        BACKEND, host=server.host, port=server.port, username=server.user, password=server.password,
        use_tls=server.starttls, use_ssl=server.tls, timeout=PATIENCE_SECONDS,
    )  # fmt: skip

    def send(address: str, subject: str, text: str) -> None:
        try:
            connection.send_messages([EmailMessage(subject, text, server.sender, [address])])
        except ValueError as fault:
            raise Undeliverable(str(fault)) from fault
        except OSError as fault:
            _judge(fault, address)

    try:
        # All faults of smtplib are OSErrors.
        connection.open()
    except OSError as fault:
        raise Away(str(fault)) from fault
    try:
        yield send
    finally:
        connection.close()


def _judge(fault: OSError, address: str) -> None:
    refused = getattr(fault, "recipients", {}).get(address)
    if refused and refused[0] >= NEVER:
        said = refused[1].decode("utf-8", "replace") if isinstance(refused[1], bytes) else str(refused[1])
        raise Undeliverable(f"{refused[0]} {said}") from fault
    raise Away(str(fault)) from fault
