"""Many rows at once: looked up by one parameter, written under keys known beforehand, deleted by them. On both databases."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chiakhoa.foundation import bulk
from chiakhoa.foundation.models import Job

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
JOB = ["id", "task", "label", "arguments", "reader", "state", "created_at", "attempts", "done", "total", "message", "error",
       "result_url"]  # fmt: skip
pytestmark = pytest.mark.django_db


def job(key, label, arguments=None):
    return (key, "t", label, arguments or {}, {}, "done", AT, 0, 0, 0, "", "", "")


def insert(*labels):
    keys = list(bulk.reserve_keys(Job, len(labels)))
    bulk.insert_values(Job, JOB, [job(*pair) for pair in zip(keys, labels, strict=True)])
    return keys


def test_rows_are_written_under_the_keys_that_were_reserved_and_the_next_key_follows():
    keys = insert("a", "Đặng Ân; \t\\N", "c")
    assert dict(Job.objects.values_list("pk", "label")) == dict(zip(keys, ["a", "Đặng Ân; \t\\N", "c"], strict=True))
    later = Job.objects.create(task="t", label="d", arguments={}, reader={}, created_at=AT)
    assert later.pk > max(keys)


def test_any_number_of_keys_is_one_parameter():
    keys = insert(*(f"n{n}" for n in range(5)))
    wanted = {f"n{n}" for n in range(3)} | {f"x{n}" for n in range(70_000)}
    with CaptureQueriesContext(connection) as asked:
        found = set(Job.objects.filter(label__among=wanted).values_list("pk", flat=True))
    assert found == set(keys[:3])
    assert len(asked) == 1
    assert set(Job.objects.filter(pk__among=set(keys[1:])).values_list("label", flat=True)) == {
        f"n{n}" for n in range(1, 5)
    }
    assert not Job.objects.filter(label__among=set()).exists()


def test_fields_are_set_by_key_twice_in_one_transaction():
    keys = insert("a", "b", "c")
    bulk.update_values(Job, ["label", "arguments"], [("A", {"x": [1, None]}, keys[0]), ("B", {}, keys[1])])
    bulk.update_values(Job, ["finished_at"], [(AT, keys[2])])
    bulk.update_values(Job, ["label"], [])
    assert list(Job.objects.order_by("pk").values_list("label", "arguments", "finished_at")) == [
        ("A", {"x": [1, None]}, None), ("B", {}, None), ("c", {}, AT),
    ]  # fmt: skip


def test_rows_are_deleted_by_key():
    keys = insert("a", "b")
    bulk.delete_keys(Job, [keys[0]])
    bulk.delete_keys(Job, [])
    assert list(Job.objects.values_list("label", flat=True)) == ["b"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its pages by itself")
def test_few_pages_are_held_while_a_list_is_written_and_as_many_as_before_afterwards():
    def held():
        with connection.cursor() as cursor:
            return cursor.execute("PRAGMA cache_size").fetchone()[0]

    usual = held()
    with bulk.small_cache():
        assert held() == bulk.CACHE != usual
    assert held() == usual
