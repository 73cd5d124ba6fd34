"""The house as people use it, on a phone and at a desk: roles, pages that fit, no accessibility fault, the test."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from django.utils import translation
from playwright.sync_api import Error, Page, expect

from chiakhoa.foundation.readers import Role
from tests.browser.conftest import enter, fill_in

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def faults(page: Page) -> list[str]:
    """Accessibility faults of the page by WCAG 2.2 AA, and sideways scrolling."""
    found = [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in Axe().run(page, options=RULES).response["violations"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*found, *([f"{wide} pixels too wide"] if wide > 1 else [])]


def label(role: Role, language: str) -> str:
    """The role's name on the screen."""
    with translation.override(language):
        return str(role.label)


def view_of(path: str) -> str:
    """The name of the address; empty for what is not a page of the house."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def walk(page: Page, role: str, seen: dict[str, list[str]]) -> None:
    """Look at one page of each kind not seen yet, following links as the role."""
    enter(page, role)
    waiting = ["/", urlsplit(page.url).path]
    while waiting:
        path = waiting.pop(0)
        kind = view_of(urlsplit(path).path)
        if kind in seen and path != "/":
            continue
        try:
            answer = page.goto(path)
        except Error as fault:
            if "Download is starting" not in str(fault):
                raise
            seen[kind] = []
            continue
        assert answer, path
        is_page = "html" in answer.headers.get("content-type", "")
        seen[kind] = [f"{path} as {role}: {fault}" for fault in (faults(page) if is_page else [])]
        if answer.status != 200:
            seen[kind].append(f"{path} as {role}: status {answer.status}")
        links = page.eval_on_selector_all("main a[href], nav a[href]", "all => all.map(a => a.getAttribute('href'))")
        inside = [link for link in links if link.startswith("/") and "export=" not in link]
        waiting += [link for link in inside if view_of(urlsplit(link).path) not in {"", *seen}]


@pytest.mark.parametrize(("window", "language"), [("phone", "vi"), ("desk", "en")])
def test_every_page_that_links_lead_to_fits_and_is_accessible(
    request: pytest.FixtureRequest, address: str, window: str, language: str
) -> None:
    """On the phone in Vietnamese by day, at the desk in English by night."""
    page: Page = request.getfixturevalue(window)
    if window == "desk":
        page.emulate_media(color_scheme="dark")
    seen: dict[str, list[str]] = {}
    for role in Role:
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        walk(page, label(role, language), seen)
    assert [fault for faults_of_page in seen.values() for fault in faults_of_page] == []
    assert len(seen) > 50, f"links lead to {len(seen)} kinds of page only: {sorted(seen)}"


def test_a_learner_takes_the_test_on_a_phone_and_reads_the_result(phone: Page) -> None:
    enter(phone, "Người học")
    phone.goto("/assessment/")
    phone.locator("main form button").first.click()
    for _answered in range(30):
        if "/question" not in phone.url and not phone.locator("form[data-question]").count():
            break
        form = phone.locator("form[data-question]")
        fill_in(form)
        form.get_by_role("button").first.click()
        phone.wait_for_load_state()
        onward = phone.get_by_role("link", name=re.compile("tiếp|kết quả", re.I))
        if not phone.locator("form[data-question]").count() and onward.count():
            onward.first.click()
            phone.wait_for_load_state()
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert phone.locator("svg").count() >= 1, "the result draws its intervals"


def answer_one(page: Page) -> None:
    """Give any answer to the question on the page."""
    form = page.locator("form[data-question]")
    fill_in(form)
    form.get_by_role("button").first.click()


def test_a_test_goes_on_through_a_lost_network_and_loses_no_answer(browser, address: str) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(base_url=address, viewport={"width": 360, "height": 740}, locale="vi-VN")
    page = context.new_page()
    enter(page, "Người học")
    page.goto("/assessment/?purpose=before")
    with page.expect_response("**/reserve/"):
        page.locator("form[action$='/begin/'] button").click()
    position = int(re.findall(r"\d+", page.get_by_role("heading", level=1).inner_text())[0])
    context.set_offline(True)
    for kept in range(1, 4):
        answer_one(page)
        expect(page.locator("[data-kept-count]")).to_have_text(str(kept))
    with page.expect_response("**/keep/"):
        context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Câu {position + 3}")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Câu {position + 3}")
    context.close()


def test_english_is_one_press_away(desk: Page) -> None:
    desk.goto("/")
    desk.get_by_role("button", name=re.compile("English|EN")).first.click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Choose a role")


def test_the_roles_work_without_javascript(browser, address: str) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(base_url=address, java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    enter(page, "Quản lý đơn vị")
    page.goto("/registry/people/?q=nguyen")
    expect(page.get_by_role("table")).to_be_visible()
    context.close()
