"""The house as people use it, on a phone and at a desk: roles, pages that fit, no accessibility fault, the test."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import enter

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
COORDINATOR = ["/", "/territory/", "/registry/people/", "/frameworks/", "/catalogue/", "/mandates/", "/evidence/",
               "/assessment/items/", "/needs/", "/needs/ranked/", "/needs/map/", "/planning/", "/planning/1/",
               "/planning/propose/",
               "/delivery/", "/delivery/1/", "/credentials/", "/placement/", "/reporting/", "/jobs/"]  # fmt: skip
LEARNER = ["/", "/assessment/", "/delivery/", "/credentials/", "/placement/", "/catalogue/"]


def faults(page: Page) -> list[str]:
    """Accessibility faults of the page by WCAG 2.2 AA, and sideways scrolling."""
    found = [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in Axe().run(page, options=RULES).response["violations"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*found, *([f"{wide} pixels too wide"] if wide > 1 else [])]


@pytest.mark.parametrize("window", ["phone", "desk"])
@pytest.mark.parametrize(
    ("role", "paths"), [("Điều phối cấp tỉnh", COORDINATOR), ("Người học", LEARNER)], ids=["coordinator", "learner"]
)
def test_every_page_fits_and_is_accessible(
    request: pytest.FixtureRequest, window: str, role: str, paths: list[str]
) -> None:
    page: Page = request.getfixturevalue(window)
    enter(page, role)
    wrong = {}
    for path in paths:
        answer = page.goto(path)
        if answer is None or answer.status != 200:
            wrong[path] = [f"status {answer.status if answer else None}"]
        elif found := faults(page):
            wrong[path] = found
    assert wrong == {}


def test_a_learner_takes_the_test_on_a_phone_and_reads_the_result(phone: Page) -> None:
    enter(phone, "Người học")
    phone.goto("/assessment/")
    phone.locator("main form button").first.click()
    for _answered in range(30):
        if "/question" not in phone.url and not phone.locator("form[data-question]").count():
            break
        form = phone.locator("form[data-question]")
        if form.locator("select").count():
            for number, box in enumerate(form.locator("select").all()):
                box.select_option(index=min(number + 1, box.locator("option").count() - 1))
        else:
            form.locator("input[type=radio], input[type=checkbox]").first.check(force=True)
        form.get_by_role("button").first.click()
        phone.wait_for_load_state()
        onward = phone.get_by_role("link", name=re.compile("tiếp|kết quả", re.I))
        if not phone.locator("form[data-question]").count() and onward.count():
            onward.first.click()
            phone.wait_for_load_state()
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert phone.locator("svg").count() >= 1, "the result draws its intervals"


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
