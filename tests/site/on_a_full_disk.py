"""Run by `test_full_disk` in a mount namespace of its own: the program on a volume of 64 MB, filled to the last byte, then freed.

Prints as JSON what a person, a program and an operator met. Arguments: the installation to copy, a folder for the volume.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

MEGABYTE = 1024 * 1024
PATIENCE = 300
PAGES = [
    "home",
    "territory:units",
    "registry:people",
    "catalogue:courses",
    "needs:grid",
    "delivery:classes",
    "planning:plans",
]


class NoRedirect(HTTPRedirectHandler):
    """What is said first is what is looked at."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Go nowhere."""


class House:
    """The program, and those who use it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ballast = folder, folder / "ballast"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.opener = build_opener(NoRedirect())

    def set_up(self) -> None:
        """Somebody signed in, and a key, while there is room."""
        import django

        django.setup()
        from django.test import Client
        from django.urls import reverse

        from chiakhoa.foundation import clock
        from chiakhoa.foundation.api import Scope
        from chiakhoa.foundation.readers import Role
        from chiakhoa.ground.access import queries as access
        from chiakhoa.ground.access.actions import make_token

        def account(role: Role) -> Any:
            return access.demonstration_accounts().get(assignments__role=role)

        self.pages = [reverse(name) for name in PAGES]
        browser = Client()
        browser.force_login(account(Role.COORDINATOR))
        self.session = browser.cookies["sessionid"].value
        held = account(Role.UNIT_MANAGER).assignments.get()
        administrator = access.reader_of(account(Role.ADMINISTRATOR).assignments.get())
        at = clock.now()
        self.key = make_token(administrator, held, "test", tuple(Scope), expires_at=at + timedelta(days=1), at=at)
        self.unit = held.unit_id
        from django.db import connection

        connection.close()

    def start(self) -> None:
        """Serve, and wait for the first answer."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chiakhoa", "serve", "--port", str(self.port)],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + PATIENCE
        while self.ask("/readyz")[0] != 200:
            assert self.process.poll() is None and time.monotonic() < until, "the program did not come up"
            time.sleep(0.3)

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """One request, as whoever the headers say; status and text."""
        wanted = Request(f"http://127.0.0.1:{self.port}{path}", data=body, headers=headers)
        try:
            with self.opener.open(wanted, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except HTTPError as answer:
            return answer.code, answer.read().decode(errors="replace")
        except OSError:
            return 0, ""

    def look(self, path: str) -> tuple[int, str]:
        """As the coordinator."""
        return self.ask(path, Cookie=f"sessionid={self.session}")

    def send_list(self) -> tuple[int, str]:
        """The coordinator sends a list of 3 MB."""
        _status, page = self.look("/registry/imports/send/people/")
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        edge = "edge"
        rows = "Mã,Họ tên,Xã,SĐT\n" + f"k,Nguyễn Văn A,{self.unit},0912345678\n" * 50_000
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n',
            f'--{edge}\r\nContent-Disposition: form-data; name="sender"\r\n\r\nA\r\n',
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n'
            f"Content-Type: text/csv\r\n\r\n{rows}\r\n--{edge}--\r\n",
        ]
        return self.ask(
            "/registry/imports/send/people/", "".join(parts).encode(),
            **{"Cookie": f"sessionid={self.session}; csrftoken={token}",
               "Content-Type": f"multipart/form-data; boundary={edge}"},
        )  # fmt: skip

    def register(self, number: int) -> tuple[int, str]:
        """A program registers somebody."""
        body = json.dumps(
            {"full_name": f"Nguyễn Văn {'A' * 100}", "unit_id": self.unit, "external_key": f"full-{number}"}
        )
        return self.ask(
            "/api/v1/registry/people",
            body.encode(),
            **{"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )

    def fill(self, leave: float) -> None:
        """Fill the volume until this part of it is free; nothing is left for 0."""
        with self.ballast.open("ab", buffering=0) as file:
            for size in (MEGABYTE, 4096, 1):
                try:
                    while not leave or shutil.disk_usage(self.folder).free > leave * 64 * MEGABYTE:
                        file.write(b"." * size)
                except OSError:
                    continue

    def command(self, *arguments: str) -> dict[str, Any]:
        """The console script; how it ended and what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "chiakhoa", *arguments], capture_output=True, text=True, check=False
        )
        return {"code": done.returncode, "said": done.stdout + done.stderr}

    def torn(self) -> list[str]:
        """Files that are there by half."""
        return [
            str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.name.endswith(".part")
        ] + [str(path) for path in self.folder.glob("copying-*")]


def main(source: str, volume: str) -> dict[str, Any]:
    """Play it."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", volume], check=True)
    folder = Path(volume) / "data"
    shutil.copytree(source, folder)
    os.environ["CHIAKHOA_DATA"] = str(folder)
    house, met = House(folder), {}
    house.set_up()
    try:
        house.start()
        signs = {"Authorization": f"Bearer {house.key}"}
        met["with room"] = [house.register(0)[0], house.look("/registry/people/")[0]]
        house.fill(0.07)
        met["little room"] = {"check": house.command("check")["said"], "readyz": house.ask("/readyz")[0]}
        house.fill(0)
        met["sent list"] = house.send_list()
        taken, refusal = 0, (0, "")
        for number in range(1, 3000):
            refusal = house.register(number)
            if refusal[0] != 201:
                break
            taken += 1
        met |= {"taken": taken, "refusal": refusal, "reads": {path: house.look(path)[0] for path in house.pages}}
        met["live"], met["ready"] = house.ask("/livez")[0], house.ask("/readyz")[0]
        met["backup"] = house.command("backup", str(folder / "copy.tar.gz"))
        met["torn"] = house.torn()
        time.sleep(3)
        met["runs"] = house.process.poll() is None
        house.ballast.unlink()
        met["again"] = [house.register(10_000)[0], house.send_list()[0], house.look("/registry/people/")[0]]
        met["backup again"] = house.command("backup", str(folder / "copy.tar.gz"))
        met["signs"] = house.ask("/readyz", **signs)[0]
    finally:
        house.process.terminate()
        met["log"] = (house.process.communicate(timeout=PATIENCE)[1] or b"").decode()[-4000:]
    met["check"] = house.command("check")
    from chiakhoa.ground.registry.models import Person

    met["there"] = Person.objects.filter(external_key__startswith="full-").count()
    return met


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
