"""A prepared query says what the query itself says, on either database; one that cannot be prepared is refused, not wrong."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chiakhoa.foundation.models import Attempt
from chiakhoa.foundation.prepared import Prepared

AT = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def tries():
    return [Attempt.objects.create(key=f"k{n % 2}", at=AT + timedelta(days=n)) for n in range(6)]


def test_it_gives_the_rows_of_the_query_for_each_value(tries):
    since = Prepared(lambda key, at: Attempt.objects.filter(key=key, at__gte=at).order_by("-at"), key=str, at=datetime)
    for key in ("k0", "k1", "of nobody"):
        for day in range(-1, 8):
            at = AT + timedelta(days=day)
            plain = list(Attempt.objects.filter(key=key, at__gte=at).order_by("-at"))
            assert since(key=key, at=at) == plain
            assert since.first(key=key, at=at) == (plain[0] if plain else None)


def test_a_value_may_stand_in_it_twice_and_beside_what_is_always_the_same(tries):
    either = Prepared(lambda key: Attempt.objects.filter(key=key) | Attempt.objects.filter(key="k1"), key=str)
    assert set(either(key="k0")) == set(tries)
    assert set(either(key="of nobody")) == {row for row in tries if row.key == "k1"}


def test_it_gives_what_the_query_selects_and_brings_what_it_joins(tries):
    keys = Prepared(lambda day: Attempt.objects.filter(at__date=day).values_list("key", flat=True), day=date)
    assert keys(day=date(2026, 3, 3)) == ["k1"]


def test_it_is_built_once_and_asked_once_each_time(tries, queries_of, monkeypatch):
    built = []

    def build(key):
        built.append(key)
        return Attempt.objects.filter(key=key)

    of = Prepared(build, key=str)
    assert queries_of(lambda: of(key="k0")) == 1
    assert queries_of(lambda: of(key="k1")) == 1
    assert len(built) == 2  # two samples, whose difference shows where the value stands


def test_the_rows_are_models_of_their_own(tries):
    of = Prepared(lambda key: Attempt.objects.filter(key=key), key=str)
    row = of(key="k0")[0]
    row.key = "changed"
    row.save()
    assert "changed" not in {one.key for one in of(key="k0")}


def test_a_uuid_finds_its_row_on_either_database(tries):
    from chiakhoa.measure.assessment.models import Sitting

    one: UUID = uuid4()
    of = Prepared(lambda pk: Sitting.objects.filter(pk=pk), pk=UUID)
    assert of(pk=one) == []


def test_a_query_that_makes_something_else_of_a_value_is_refused():
    of_the_day = Prepared(lambda at: Attempt.objects.filter(at__date=at.date()), at=datetime)
    with pytest.raises(ValueError, match="holding them as they are"):
        of_the_day(at=AT)


def test_a_query_that_asks_otherwise_for_another_value_is_refused():
    seen = []

    def build(key):
        seen.append(key)
        return Attempt.objects.filter(key=key) if len(seen) % 2 else Attempt.objects.exclude(key=key)

    with pytest.raises(ValueError, match="holding them as they are"):
        Prepared(build, key=str)(key="k0")
