"""Settings that an operator may change, and where each comes from: environment, file, default, in this order.

`CHIAKHOA_NAME` in the environment, or `name = "…"` in `chiakhoa.toml` of the data folder. An unknown name stops the start:
a setting that was mistyped would else be silently without effect.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

FILE = "chiakhoa.toml"
SHOWN = re.compile(r"(://[^:/@]*:)[^@]*@")


@dataclass(frozen=True)
class Setting:
    """One setting: its value and where that comes from."""

    name: str
    value: str
    source: str

    def __str__(self) -> str:
        hidden = SHOWN.sub(r"\1•••@", self.value)
        return f"{hidden or '(empty)'} ({self.source})"


@dataclass(frozen=True)
class MailServer:
    """A server that takes letters, and from whom they are. With TLS from the start, or from STARTTLS on."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool
    sender: str


def mail_server(address: str, sender: str, private: frozenset[str]) -> MailServer | None:
    """The server of `smtps://user:password@host:port` or `smtp://…`; None where nothing is said. SystemExit where it is wrong.

    By `smtp://` the letters go in the clear only to hosts of the office's own network; to any other only by STARTTLS.
    """
    if not address:
        return None
    try:
        said = urlsplit(address)
        port = said.port
    except ValueError as fault:
        raise SystemExit(f"MAIL: {fault}") from None
    if said.scheme not in ("smtp", "smtps") or not said.hostname:
        raise SystemExit("MAIL: need smtp://host or smtps://user:password@host:port")
    if "@" not in sender or re.search(r"\s", sender):
        raise SystemExit(f"MAIL_FROM: need the address that letters come from, got {sender!r}")
    tls = said.scheme == "smtps"
    return MailServer(
        said.hostname, port or (465 if tls else 587), unquote(said.username or ""), unquote(said.password or ""), tls,
        not tls and said.hostname not in private, sender,
    )  # fmt: skip


class Configuration:
    """The settings of this process, remembered as they are asked for."""

    def __init__(self, known: set[str], environment: dict[str, str]) -> None:
        """SystemExit naming what is not known in the environment."""
        self.known = known
        self.environment = {name[9:]: value for name, value in environment.items() if name.startswith("CHIAKHOA_")}
        self.file: dict[str, str] = {}
        self.found: dict[str, Setting] = {}
        self._refuse_unknown(set(self.environment), "environment", lambda name: f"CHIAKHOA_{name}")

    def read(self, folder: Path) -> None:
        """Take the file of the data folder, if there is one. SystemExit where it is damaged or names what is not known."""
        file = folder / FILE
        if not file.exists():
            return
        try:
            said = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SystemExit(f"{file} cannot be read: {error}") from None
        self.file = {name.upper(): _text(value) for name, value in said.items()}
        self._refuse_unknown(set(self.file), str(file), str.lower)
        if "DATA" in self.file:
            raise SystemExit(f"{file}: the data folder cannot name itself; use CHIAKHOA_DATA or --data")

    def get(self, name: str, default: str = "") -> str:
        """The value of a setting."""
        for source, values in (("environment", self.environment), (FILE, self.file)):
            if name in values:
                self.found[name] = Setting(name, values[name], source)
                return values[name]
        self.found[name] = Setting(name, default, "default")
        return default

    def _refuse_unknown(self, names: set[str], place: str, spelt: "object") -> None:
        unknown = sorted(names - self.known)
        if unknown:
            said = [spelt(name) for name in unknown]  # type: ignore[operator]
            raise SystemExit(f"unknown settings {said} in {place}; known: {[spelt(n) for n in sorted(self.known)]}")  # type: ignore[operator]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
