"""A script that got into a page, whichever way, does not run: the policy that goes with every page allows nothing inline."""

import pytest
from playwright.sync_api import Page, Route

PAYLOAD = (
    "<script>window.harm = 'inline'</script>"
    "<img src=x onerror=\"window.harm = 'handler'\">"
    '<script src="https://elsewhere.example/harm.js"></script>'
    "<svg onload=\"window.harm = 'drawing'\"></svg>"
)


def poisoned(page: Page, address: str, *, policy: bool) -> object:
    """Open the first page with the payload in it, as if it stood in somebody's name; what harm was done."""

    def answer(route: Route) -> None:
        real = route.fetch()
        headers = {name: value for name, value in real.headers.items() if policy or "policy" not in name}
        route.fulfill(response=real, headers=headers, body=real.text().replace("</main>", f"{PAYLOAD}</main>"))

    page.route("https://elsewhere.example/**", lambda route: route.fulfill(body="window.harm = 'elsewhere'"))
    page.route(f"{address}/access/roles/", answer)
    page.goto(f"{address}/access/roles/", wait_until="load")
    return page.evaluate("window.harm")


@pytest.fixture
def page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_a_script_that_got_into_a_page_does_not_run(page, address):
    assert poisoned(page, address, policy=True) is None


def test_without_the_policy_it_would_run(page, address):
    """The twin."""
    assert poisoned(page, address, policy=False) is not None
