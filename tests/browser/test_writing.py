"""A drawn screen is put together in a form, and grows beside it while its author writes."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_house import faults

PLACES = [("1", "1", "9", "8", "2"), ("2", "9", "9", "8", "2")]


def write(page: Page) -> None:
    """Two places and a bar on a new screen."""
    page.goto("/assessment/items/new/hotspot/")
    page.locator("#id_stem_vi").fill("Bấm vào đâu để gửi thư?")
    for number, column, row, width, height in PLACES:
        if number != "1":
            page.locator("summary", has_text=re.compile(rf"(Chỗ bấm|Place) {number}$")).click()
        for name, value in (
            ("column", column),
            ("row", row),
            ("width", width),
            ("height", height),
            ("vi", f"Nút {number}"),
        ):
            page.locator(f'[name="{number}.{name}"]').fill(value)
    page.locator('[name="2.icon"]').select_option("send")


def test_the_screen_grows_beside_the_form_and_says_what_is_missing(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/access/roles/")
    page.locator('form[action="/access/roles/play/1/"] button').click()
    write(page)
    preview = page.locator("#preview")
    expect(preview.locator(".screen__spot")).to_have_count(2)
    expect(preview).to_contain_text("Bấm vào đâu để gửi thư?")
    expect(preview.locator("ul li").first).to_be_visible()
    left, right = (preview.locator(".screen__spot").nth(k).bounding_box() for k in (0, 1))
    assert left and right
    assert left["x"] + left["width"] <= right["x"] + 1
    assert page.locator('[name="1.vi"]').input_value() == "Nút 1"
    assert faults(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert faults(page) == []
    context.close()
