"""Tasks, short answers and drawn screens as learners meet them: on a phone, at a desk, by keyboard, without JavaScript."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, PHONE, fill_in
from tests.browser.test_house import faults

TINY = {"width": 320, "height": 640}
HOTSPOT, SHEET, MAILBOX, SHORT = "1.1-l", "3.4-k", "2.1-l", "1.2-k"
ONE_OF_EACH_LOOK = ("1.1-k", MAILBOX, "2.2-k", "5.2-k", SHEET, "4.1-k")
Opener = Callable[..., Page]


@pytest.fixture
def seated(address: str, environment: dict[str, str]) -> dict[str, Any]:
    """A learner in a test of all these items; a new one for each test, as an answer may end theirs."""
    script = Path(__file__).with_name("seat_somebody.py")
    done = subprocess.run([sys.executable, str(script)], check=True, env=environment, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.fixture
def open_as(browser: Browser, address: str, seated: dict[str, Any]) -> Iterator[Opener]:
    """Open a window as that learner; `go` to an item by its code."""
    contexts = []

    def opened(size: dict[str, int], language: str = "vi", **more: Any) -> Page:
        context = browser.new_context(base_url=address, viewport=size, **more)  # type: ignore[arg-type]
        cookies = seated["cookies"] | {"django_language": language}
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def go(page: Page, seated: dict[str, Any], code: str) -> None:
    """Open the page of an item."""
    page.goto(f"/assessment/sittings/{seated['sitting']}/{seated['places'][code]}/")


def test_every_such_item_fits_a_phone_and_is_accessible(open_as: Opener, seated: dict[str, Any]) -> None:
    page = open_as(PHONE)
    assert faults_of(page, seated, list(seated["places"])) == []


@pytest.mark.parametrize(("size", "language", "scheme"), [(TINY, "en", "light"), (DESK, "en", "dark")])
def test_every_look_fits_and_is_accessible_on_the_smallest_screen_and_by_night(
    open_as: Opener, seated: dict[str, Any], size: dict[str, int], language: str, scheme: str
) -> None:
    page = open_as(size, language, color_scheme=scheme)
    assert faults_of(page, seated, [*ONE_OF_EACH_LOOK, HOTSPOT, SHORT]) == []


def faults_of(page: Page, seated: dict[str, Any], codes: list[str]) -> list[str]:
    """What is wrong with the pages of these items."""
    found = []
    for code in codes:
        go(page, seated, code)
        expect(page.locator("form[data-question]")).to_be_visible()
        found += [f"{code}: {fault}" for fault in faults(page)]
    return found


def test_large_print_on_a_phone_sets_a_drawn_screen_in_one_column_and_nothing_is_cut(
    open_as: Opener, seated: dict[str, Any]
) -> None:
    page = open_as(TINY)
    for code in (HOTSPOT, "4.1-k", "5.1-k"):
        go(page, seated, code)
        page.evaluate("document.documentElement.classList.add('large-print')")
        lefts = page.locator(".screen > *").evaluate_all("all => all.map(one => one.offsetLeft)")
        assert max(lefts) - min(lefts) <= 8, "blocks and places stand under one another"
        cut = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
        assert page.locator(".screen__face, .screen__block").evaluate_all(cut) == 0
        assert faults(page) == []


def test_a_place_on_a_drawn_screen_is_chosen_and_sent_by_keyboard_alone(
    open_as: Opener, seated: dict[str, Any]
) -> None:
    page = open_as(DESK)
    go(page, seated, HOTSPOT)
    places = page.locator(".screen input")
    for _press in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "choice":
            break
    expect(places.first).to_be_focused()
    outline = places.first.locator("xpath=following-sibling::span")
    assert outline.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    page.keyboard.press("ArrowDown")
    expect(places.nth(1)).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(places.first).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đúng rồi")


def test_a_sheet_is_filled_in_without_javascript_and_the_slip_is_told(open_as: Opener, seated: dict[str, Any]) -> None:
    page = open_as(PHONE, java_script_enabled=False)
    go(page, seated, SHEET)
    page.get_by_label("Ô D2: tiền của đơn 1").fill("=c2*b2")
    page.get_by_role("button", name="Trả lời").click()
    expect(page.get_by_role("alert")).to_contain_text("Hãy điền đủ")
    expect(page.locator("input[name=line_1]")).to_have_value("=c2*b2")
    page.locator("input[name=line_2]").fill("=SUM(B2;B5)")
    page.get_by_role("button", name="Trả lời").click()
    expect(page.get_by_text("chỉ lấy hai ô B2 và B5")).to_be_visible()
    expect(page.get_by_text("bạn làm đúng", exact=False)).to_have_count(1)


def test_a_mailbox_is_sorted_without_javascript(open_as: Opener, seated: dict[str, Any]) -> None:
    page = open_as(TINY, java_script_enabled=False)
    go(page, seated, MAILBOX)
    for sender, choice in [
        ("Sở Khoa học", "Xếp lịch"), ("Trạm y tế", "Làm ngay"), ("“Kho bạc”", "Không mở, báo cáo"),
        ("Ông Tâm", "Chuyển"), ("Văn phòng tỉnh", "Lưu"),
    ]:  # fmt: skip
        page.get_by_label(sender).select_option(choice)
    page.get_by_role("button", name="Trả lời").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đúng rồi")


def test_these_kinds_are_answered_without_a_network(open_as: Opener, seated: dict[str, Any]) -> None:
    page = open_as(PHONE)
    go(page, seated, SHORT)
    # Which items are set aside is the engine's choice; here the page holds some of these kinds, as the server draws them.
    held = ["4.1-k", "5.2-k", "3.4-l", "2.2-k", "6.3-k", "4.4-k"]
    forms = page.evaluate(
        """async paths => Promise.all(paths.map(async path => {
            const text = await (await fetch(path)).text();
            return new DOMParser().parseFromString(text, 'text/html').querySelector('form[data-question]').outerHTML;
        }))""",
        [f"/assessment/sittings/{seated['sitting']}/{seated['places'][code]}/" for code in held],
    )
    rows = [{"code": code, "html": html} for code, html in zip(held, forms, strict=True)]
    page.evaluate(
        "([key, items]) => localStorage.setItem(key, JSON.stringify({items, kept: []}))",
        [f"sitting:{seated['sitting']}", rows],
    )
    page.reload()
    page.context.set_offline(True)
    for kept in range(1, 4):
        form = page.locator("form[data-question]")
        fill_in(form)
        form.get_by_role("button").first.click()
        expect(page.locator("[data-kept-count]")).to_have_text(str(kept))
        expect(page.locator("legend")).to_be_focused()
    expect(page.locator(".sheet")).to_be_visible()
    page.get_by_role("button", name="Trả lời").click()
    expect(page.locator("[data-incomplete]")).to_be_focused()
    expect(page.locator("[data-kept-count]")).to_have_text("3")
