"""Walks the pages of a province as every role, following links, and prints the slowest ten.

    ./run demo --data DIR && CHIAKHOA_DATA=DIR .venv/bin/python bench/pages/walk.py

Each page is asked for twice; the second time counts, so that a process's first imports do not. In-process: what a browser and
the network add is not in the figures.
"""

import html
import re
import sys
import time
from importlib import import_module

PAGES_A_ROLE = 150
OF_A_KIND = 3


def main() -> None:
    """Walk, then print."""
    # As the server loads it, so that the collector of garbage has no more to walk through than there.
    import_module("chiakhoa.site.wsgi")
    from chiakhoa.ground.access import queries

    accounts = list(queries.demonstration_accounts())
    if not accounts:
        sys.exit("this data folder holds no demonstration province: ./run demo --data DIR first")
    found = [row for account in accounts for row in walked(account)]
    found.sort(reverse=True)
    print(f"{len(found)} pages as {len(accounts)} roles; slowest ten (ms, queries, kB, role, address):")
    for seconds, queries_made, size, login, address in found[:10]:
        print(f"{1000 * seconds:7.0f} {queries_made:4d} {size / 1024:7.1f}  {login:<14} {address}")
    print(f"{sum(row[0] > 0.3 for row in found)} pages over 300 ms")


def walked(account) -> list[tuple[float, int, int, str, str]]:  # type: ignore[no-untyped-def]
    """Each page the account reaches by links: seconds, queries, bytes, login, address."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(account)
    seen: set[str] = set()
    kinds: dict[str, int] = {}
    waiting, rows = ["/"], []
    while waiting and len(rows) < PAGES_A_ROLE:
        address = waiting.pop(0)
        kind = re.sub(r"\d+|[0-9a-f-]{36}", "N", address)
        if address in seen or kinds.get(kind, 0) >= OF_A_KIND:
            continue
        seen.add(address)
        kinds[kind] = kinds.get(kind, 0) + 1
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            began = time.perf_counter()
            response = client.get(address)
            seconds = time.perf_counter() - began
        if response.status_code == 200 and "html" in response.get("Content-Type", ""):
            rows.append((seconds, len(captured), len(response.content), account.login, address))
            waiting += links(response.content.decode(), address)
        elif response.status_code in (301, 302):
            waiting.append(response["Location"])
    return rows


def links(page: str, address: str) -> list[str]:
    """Addresses of the page's links within the site."""
    found = [html.unescape(link) for link in re.findall(r'href="([^"#]+)"', page)]
    whole = [address.split("?")[0] + link if link.startswith("?") else link for link in found]
    return [link for link in whole if link.startswith("/") and not link.startswith("/static") and "export=" not in link]


if __name__ == "__main__":
    main()
