"""One person in the middle of a test: reads for some 20 seconds, answers, gets the next question. Run by run.sh."""

import html
import os
import random
import re
import string
from http.cookiejar import Cookie
from pathlib import Path
from urllib.parse import urlsplit

import gevent
from locust import FastHttpUser, between, events, task

KEYS = Path(os.environ["SESSIONS"]).read_text().split()
SECONDS = float(os.environ.get("SECONDS_AN_ANSWER", "20"))
SETTLE = float(os.environ.get("SETTLE", "0"))
LETTERS = string.ascii_letters + string.digits
SECRET = "b" * 32
OPTION = re.compile(r'type="(radio|checkbox)" name="choice" value="(\d+)"')


def _cookie(name: str, value: str, host: str) -> Cookie:
    return Cookie(0, name, value, None, False, host, True, False, "/", True, False, None, True, None, None, {})


def _token() -> str:
    """The secret as Django writes it into a form: masked by chance, so that each form of each page is another one."""
    mask = random.choices(range(62), k=32)
    hidden = [LETTERS[(LETTERS.index(letter) + by) % 62] for letter, by in zip(SECRET, mask, strict=True)]
    return "".join(LETTERS[by] for by in mask) + "".join(hidden)


class Candidate(FastHttpUser):
    """Begins once, then answers at its pace; whoever is finished begins anew.

    Locust lets people come in step, all of a second at its beginning, and with one pace for all they would answer in step for
    ever. People do not: one reads for 10 seconds, another for 30.
    """

    wait_time = between(SECONDS / 2, SECONDS * 3 / 2)
    connection_timeout = network_timeout = 30.0

    def on_start(self) -> None:
        """Come, sooner or later within one reading of a question, and begin."""
        gevent.sleep(random.uniform(0, SECONDS))
        for name, value in (("sessionid", KEYS.pop()), ("csrftoken", SECRET)):
            self.client.cookiejar.set_cookie(_cookie(name, value, urlsplit(self.host or "").hostname or ""))
        self.page = self.address = ""
        self._begin("baseline")

    @task
    def answer(self) -> None:
        """Answer the question on the page."""
        if not self.address:
            self._begin("baseline")
            return
        headers = {"X-Next": "1", "X-CSRFToken": SECRET}  # as the page's script sends it
        with self.client.post(
            self.address, data=self._choice(), headers=headers, name="answer", catch_response=True, allow_redirects=True
        ) as said:
            if said.status_code != 200:
                said.failure(f"status {said.status_code}")
                return
            self._keep(said)

    def _begin(self, purpose: str) -> None:
        fields = {"csrfmiddlewaretoken": _token(), "purpose": purpose}
        self._keep(self.client.post("/assessment/begin/", data=fields, name="begin"))

    def _keep(self, said: object) -> None:
        self.page = said.text or ""  # type: ignore[attr-defined]
        where = said.headers.get("Content-Location") or said.url  # type: ignore[attr-defined]
        path = re.sub(r"^https?://[^/]+", "", html.unescape(where))
        self.address = path if "data-question" in self.page else ""

    def _choice(self) -> dict[str, str]:
        """A choice among those offered; "I do not know" now and then, and for questions of other kinds."""
        offered = [number for _kind, number in OPTION.findall(self.page)]
        return {"choice": random.choice(offered)} if offered and random.random() > 0.1 else {"unknown": "1"}


@events.test_start.add_listener
def _begin_to_count(environment, **_: object) -> None:  # type: ignore[no-untyped-def]
    """What is counted begins when all have come, and what piled up meanwhile had SETTLE seconds to be worked off."""
    begin = environment.stats.reset_all
    environment.events.spawning_complete.add_listener(lambda **_: gevent.spawn_later(SETTLE, begin))


@events.quitting.add_listener
def _result(environment, **_: object) -> None:  # type: ignore[no-untyped-def]
    stats = environment.stats
    print(f"\n{'':<10}{'count':>8}{'failed':>8}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}")
    for row in [*stats.entries.values(), stats.total]:
        times = [row.get_response_time_percentile(p) or 0 for p in (0.5, 0.95, 0.99)]
        print(
            f"{row.name:<10}{row.num_requests:>8}{row.num_failures:>8}{row.total_rps:>10.1f}"
            f"{times[0]:>9.0f}{times[1]:>9.0f}{times[2]:>9.0f}{row.max_response_time:>9.0f}"
        )
    for fault in stats.errors.values():
        print(f"  {fault.occurrences} × {fault.name}: {fault.error}")
