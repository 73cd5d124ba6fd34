"""A page that is reloaded, or a browser that is closed, in the middle of an outage: the test goes on and nothing is lost."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import enter
from tests.browser.test_house import RULES

SMALL = {"width": 360, "height": 740}
LARGEST_FIRST_VISIT = 150_000  # bytes over the line


def do_not_know(page: Page) -> None:
    """The one answer that every kind of question takes."""
    page.locator("form[data-question] button[name=unknown]").click()


def number(page: Page) -> int:
    """The number of the question on the page."""
    return int(re.findall(r"\d+", page.get_by_role("heading", level=1).inner_text())[0])


def question(page: Page) -> str:
    """The words of the question on the page."""
    return page.locator("form[data-question] legend").inner_text()


@pytest.fixture
def context(browser: Browser, address: str) -> BrowserContext:
    made = browser.new_context(base_url=address, viewport=SMALL, locale="vi-VN")  # type: ignore[arg-type]
    yield made
    made.close()


@pytest.fixture
def sitting(context: BrowserContext) -> Page:
    """A learner at a question, with the reserve and the worker in place."""
    page = context.new_page()
    enter(page, "Người học")
    page.goto("/assessment/?purpose=after")
    with page.expect_response("**/reserve/"):
        page.locator("form[action$='/begin/'] button").click()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.wait_for_function("caches.open('sitting-pages').then((kept) => kept.keys()).then((rows) => rows.length === 1)")
    return page


def test_a_reload_without_a_network_shows_the_question_again(context: BrowserContext, sitting: Page) -> None:
    asked = question(sitting)
    context.set_offline(True)
    sitting.reload()
    assert question(sitting) == asked
    painted = sitting.evaluate("getComputedStyle(document.querySelector('.button')).borderRadius")
    assert painted != "0px", "the page came without its styles"
    context.set_offline(False)


def test_answers_before_and_after_such_a_reload_count_once_each(context: BrowserContext, sitting: Page) -> None:
    first, asked = number(sitting), [question(sitting)]
    context.set_offline(True)
    for kept in (1, 2):
        do_not_know(sitting)
        expect(sitting.locator("[data-kept-count]")).to_have_text(str(kept))
        asked.append(question(sitting))
    sitting.reload()
    expect(sitting.locator("[data-kept-count]")).to_have_text("2")
    assert question(sitting) == asked[-1], "on with the question after the answered ones, not back to them"
    do_not_know(sitting)
    expect(sitting.locator("[data-kept-count]")).to_have_text("3")
    assert question(sitting) not in asked
    with sitting.expect_response("**/keep/"):
        context.set_offline(False)
    expect(sitting.get_by_role("heading", level=1)).to_contain_text(f"Câu {first + 3} ")
    sitting.reload()
    expect(sitting.get_by_role("heading", level=1)).to_contain_text(f"Câu {first + 3} ")
    assert sitting.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('sitting:')).length") == 1


def test_the_second_click_of_a_double_one_answers_nothing(context: BrowserContext, sitting: Page) -> None:
    first = number(sitting)
    place = sitting.locator("form[data-question] button[name=unknown]").bounding_box()
    assert place
    sitting.mouse.move(place["x"] + 20, place["y"] + 20)
    sitting.mouse.down(click_count=2)
    sitting.mouse.up(click_count=2)
    sitting.wait_for_timeout(1000)
    assert number(sitting) == first
    do_not_know(sitting)
    expect(sitting.get_by_role("heading", level=1)).to_contain_text(f"Câu {first + 1} ")


def test_the_next_question_is_read_from_its_beginning(context: BrowserContext, sitting: Page) -> None:
    for _answered in range(6):
        before = number(sitting)
        sitting.evaluate("scrollTo(0, document.body.scrollHeight)")
        do_not_know(sitting)
        expect(sitting.get_by_role("heading", level=1)).to_contain_text(f"Câu {before + 1} ")
        assert sitting.evaluate("scrollY") == 0
    assert sitting.evaluate("document.activeElement.tagName") == "MAIN"


def test_a_tab_that_was_closed_in_the_outage_opens_again_without_a_network(
    context: BrowserContext, sitting: Page
) -> None:
    first, where = number(sitting), sitting.url
    context.set_offline(True)
    do_not_know(sitting)
    expect(sitting.locator("[data-kept-count]")).to_have_text("1")
    sitting.close()
    again = context.new_page()
    again.goto(where)
    expect(again.locator("[data-kept-count]")).to_have_text("1")
    do_not_know(again)
    expect(again.locator("[data-kept-count]")).to_have_text("2")
    with again.expect_response("**/keep/"):
        context.set_offline(False)
    expect(again.get_by_role("heading", level=1)).to_contain_text(f"Câu {first + 2} ")


def test_the_worker_sees_the_sittings_alone_and_keeps_no_other_page(context: BrowserContext, sitting: Page) -> None:
    scope = sitting.evaluate("navigator.serviceWorker.ready.then((worker) => new URL(worker.scope).pathname)")
    assert scope == "/assessment/sittings/"
    sitting.goto("/registry/me/")
    assert sitting.evaluate("navigator.serviceWorker.controller") is None
    kept = sitting.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((c) => c.keys()))))"
        ".then((all) => all.flat().map((request) => new URL(request.url).pathname))"
    )
    pages = [path for path in kept if not path.startswith("/static/")]
    assert len(pages) == 1 and re.fullmatch(r"/assessment/sittings/[0-9a-f-]{36}/", pages[0])


def test_a_finished_test_leaves_nothing_of_itself_on_the_device(context: BrowserContext, sitting: Page) -> None:
    while sitting.locator("form[data-question]").count():
        before = sitting.url
        do_not_know(sitting)
        expect(sitting).not_to_have_url(before)
    sitting.wait_for_load_state()
    assert sitting.evaluate("caches.open('sitting-pages').then((kept) => kept.keys()).then((rows) => rows.length)") == 0
    assert sitting.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('sitting:')).length") == 0


# The test of 12 questions on a cheap phone


def test_twelve_questions_on_a_small_phone_without_javascript(browser: Browser, address: str, phone: Page) -> None:
    enter(phone, "Quản lý đơn vị")
    phone.goto("/assessment/groups/")
    phone.get_by_role("link", name="Họp xóm").click()
    link = phone.locator(".group-link a").get_attribute("href")
    assert link
    faults = Axe().run(phone, options=RULES).response["violations"]
    assert not faults, [fault["id"] for fault in faults]
    small = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False, locale="vi-VN")
    page = small.new_page()
    page.goto(link)
    page.get_by_role("button", name="Bắt đầu").click()
    for step in range(12):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Câu {step + 1} trên 12")
        expect(page.locator("svg.picture")).to_be_visible()
        assert all(
            row["height"] >= 44 for row in (button.bounding_box() for button in page.locator(".answers button").all())
        )
        page.locator(".answers button").nth(step % 5).click()
    expect(page.get_by_role("heading", name="Nên học gì trước")).to_be_visible()
    small.close()


def test_a_double_tap_answers_one_question(browser: Browser, address: str, phone: Page) -> None:
    enter(phone, "Quản lý đơn vị")
    phone.goto("/assessment/groups/")
    phone.get_by_role("link", name="Họp xóm").click()
    link = phone.locator(".group-link a").get_attribute("href")
    assert link
    small = browser.new_context(viewport=SMALL, locale="vi-VN")  # type: ignore[arg-type]
    page = small.new_page()
    page.goto(link)
    page.get_by_role("button", name="Bắt đầu").click()
    for step in (1, 2, 3):
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(f"Câu {step} trên 12")
        page.wait_for_timeout(700)  # as long as it takes to see that this is another question
        place = page.locator(".answers button").nth(1).bounding_box()
        assert place
        for _tap in (1, 2):
            page.mouse.click(place["x"] + 40, place["y"] + 20)
            page.wait_for_timeout(200)
    expect(heading).to_have_text("Câu 4 trên 12")
    small.close()


def test_the_pages_of_the_twelve_questions_are_light_and_accessible(
    browser: Browser, address: str, phone: Page
) -> None:
    enter(phone, "Quản lý đơn vị")
    phone.goto("/assessment/groups/")
    phone.get_by_role("link", name="Họp xóm").click()
    link = phone.locator(".group-link a").get_attribute("href")
    fresh = browser.new_context(viewport=SMALL, locale="vi-VN")  # type: ignore[arg-type]
    page = fresh.new_page()
    line = fresh.new_cdp_session(page)
    line.send("Network.enable")
    sizes: list[float] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(link or "", wait_until="networkidle")
    faults = Axe().run(page, options=RULES).response["violations"]
    page.get_by_role("button", name="Bắt đầu").click()
    page.wait_for_load_state("networkidle")
    faults += Axe().run(page, options=RULES).response["violations"]
    assert not faults, [fault["id"] for fault in faults]
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 1
    assert 0 < sum(sizes) < LARGEST_FIRST_VISIT
    fresh.close()
