"""What the parts of the API share: cursors, the place of a fault, the roles of an address."""

import pytest
from django.test import RequestFactory
from ninja import Router

from chiakhoa.foundation.api import Api, Listing, listed, query_for
from chiakhoa.foundation.api.problems import place_of
from chiakhoa.foundation.clock import now
from chiakhoa.foundation.models import Job

Query = query_for(None, "Query")


def jobs(*labels: str) -> None:
    """Rows to page through."""
    for label in labels:
        Job.objects.create(task="t", label=label, created_at=now())


def pages(after_first: "object") -> list[str]:
    """All labels, page by page, while something happens after the first page."""
    request = RequestFactory().get("/list")
    seen, cursor, turn = [], None, 0
    while True:
        page = listed(request, Job.objects.all(), Query(limit=2, cursor=cursor))
        seen += [job.label for job in page["items"]]
        cursor = page["next"]
        if turn == 0:
            after_first()  # type: ignore[operator]
        turn += 1
        if cursor is None:
            return seen


@pytest.mark.django_db
def test_a_row_deleted_between_two_pages_makes_no_other_row_vanish() -> None:
    jobs("a", "b", "c", "d", "e")
    assert pages(lambda: Job.objects.filter(label="a").delete()) == ["a", "b", "c", "d", "e"]


@pytest.mark.django_db
def test_pages_counted_from_the_start_would_lose_a_row() -> None:
    jobs("a", "b", "c", "d", "e")
    first = list(Job.objects.order_by("pk")[:2])
    Job.objects.filter(label="a").delete()
    rest = list(Job.objects.order_by("pk")[2:])
    assert [job.label for job in first + rest] == ["a", "b", "d", "e"]


@pytest.mark.django_db
def test_a_row_that_comes_in_between_is_seen_once() -> None:
    jobs("a", "b", "c")
    assert pages(lambda: jobs("d")) == ["a", "b", "c", "d"]


def test_the_place_of_a_fault_is_that_of_the_caller_not_of_our_parameter() -> None:
    assert place_of(("body", "new", "born_on")) == "body.born_on"
    assert place_of(("query", "limit")) == "query.limit"


def test_an_address_that_asks_for_no_scope_carries_no_roles_for_the_walk_to_find() -> None:
    router = Router()

    @router.get("/open", response=Listing[int], url_name="open")
    def forgotten(request: object) -> dict[str, object]:
        return {"items": []}

    api = Api(title="t", version="test", urls_namespace="test_api")
    api.add_router("/x", router)
    patterns, *_names = api.urls_with_roles()
    assert [hasattr(pattern.callback, "roles") for pattern in patterns] == [False]
