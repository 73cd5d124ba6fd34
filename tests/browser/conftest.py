"""Browser tests use the program as people do: started by its command on a data folder of its own, seen in Debian's Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

PEOPLE = "600"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of the program, with a data folder of its own."""
    folder = tmp_path_factory.mktemp("province")
    return {k: v for k, v in os.environ.items() if k != "CHIAKHOA_DATABASE"} | {"CHIAKHOA_DATA": str(folder)}


@pytest.fixture(scope="session")
def address(environment: dict[str, str]) -> Iterator[str]:
    """The address of a served little province."""
    command = [sys.executable, "-m", "chiakhoa"]
    subprocess.run([*command, "demo", "--people", PEOPLE], check=True, env=environment)
    port = _free_port()
    server = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{base}/livez")
        yield base
    finally:
        server.terminate()
        server.wait(timeout=60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    program = shutil.which("chromium")
    assert program, "these tests need chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        expect.set_options(timeout=60_000)  # a machine that does other things besides is slow, not wrong
        opened = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """A small phone, in Vietnamese."""
    yield from _page(browser, address, PHONE)


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Page]:
    """A desk-sized window, in Vietnamese."""
    yield from _page(browser, address, DESK)


def enter(page: Page, role: str) -> None:
    """Choose a role on the first page, by its heading, as a visitor does."""
    page.goto("/")
    page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=role, exact=True)).get_by_role(
        "button"
    ).click()
    page.wait_for_load_state()


def fill_in(form: Locator) -> None:
    """Give any answer to a question of any kind."""
    boxes = form.locator("select").all()
    for number, box in enumerate(boxes):
        box.select_option(index=min(number + 1, box.locator("option").count() - 1))
    for line in form.locator("input[type=text]").all():
        line.fill("1")
    if form.locator("input[name=choice]").count():
        form.locator("input[name=choice]").first.check(force=True)


def _page(browser: Browser, address: str, size: dict[str, int]) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport=size, locale="vi-VN")  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            urlopen(url, timeout=2).close()
            return
        except (URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
