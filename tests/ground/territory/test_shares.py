"""A unit or body that passes on in parts passes on whole: the database asks at the end of the transaction, whoever wrote."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry.models import Body, BodySuccession
from chiakhoa.ground.territory.models import Succession, Unit

DAY = date(2025, 7, 1)
pytestmark = pytest.mark.django_db(transaction=True)


def unit(code, *, old=False):
    edition = "2024" if old else "2025"
    days = {"valid_to": DAY} if old else {"valid_from": DAY}
    return Unit.objects.create(
        id=f"VN-{code}@{edition}", code=code, edition=edition, name=code, kind="commune", kind_vi="Xã", level=3,
        search_key=code, **days,
    )  # fmt: skip


def body(name, **days):
    return Body.objects.create(id=name, kind="office", name_vi=name, search_key=fold(name), **days)


def pass_on(old, *parts, model=Succession):
    with transaction.atomic():
        for new, share in parts:
            model.objects.create(old=old, new=new, date=DAY, share=share, basis="estimated")


@pytest.fixture
def old():
    return unit("001", old=True)


@pytest.fixture
def heirs():
    return [unit(code) for code in ("011", "012", "013")]


@pytest.mark.parametrize("shares", [["1"], ["0.79", "0.21"], ["0.333333", "0.333333", "0.333333"]])
def test_parts_that_make_a_whole_are_taken_one_after_the_other(old, heirs, shares):
    pass_on(old, *zip(heirs, shares, strict=False))
    assert old.heirs.count() == len(shares)


def test_what_is_abolished_passes_into_nothing(old):
    pass_on(old, (None, None))
    assert old.heirs.count() == 1


@pytest.mark.parametrize("shares", [["0.79"], ["0.79", "0.2"], ["1", "0.21"], ["0.5", "0.5", "0.5"]])
def test_parts_that_do_not_are_refused_when_the_transaction_ends(old, heirs, shares):
    with pytest.raises(DatabaseError):
        pass_on(old, *zip(heirs, shares, strict=False))
    assert not Succession.objects.exists()


def test_no_part_is_changed_or_taken_away_alone(old, heirs):
    pass_on(old, (heirs[0], "0.79"), (heirs[1], "0.21"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Succession.objects.filter(new=heirs[0]).update(share="0.7")
    with pytest.raises(DatabaseError), transaction.atomic():
        Succession.objects.filter(new=heirs[1]).delete()
    assert [str(row.share) for row in old.heirs.order_by("new")] == ["0.790000", "0.210000"]


def test_all_may_be_changed_or_taken_away_together(old, heirs):
    pass_on(old, (heirs[0], "0.79"), (heirs[1], "0.21"))
    with transaction.atomic():
        Succession.objects.filter(new=heirs[0]).update(share="0.6")
        Succession.objects.filter(new=heirs[1]).update(share="0.4")
    Succession.objects.all().delete()
    assert not Succession.objects.exists()


def test_bodies_too():
    old = body("sở cũ", valid_to=DAY)
    heirs = [body(name) for name in ("sở a", "sở b")]
    with pytest.raises(DatabaseError):
        pass_on(old, (heirs[0], "0.5"), model=BodySuccession)
    pass_on(old, (heirs[0], "0.5"), (heirs[1], "0.5"), model=BodySuccession)
    assert old.heirs.count() == 2


def test_without_the_guard_half_a_unit_is_lost(old, heirs):
    """The twin: the trigger away, a unit passes on by half, and every count restated over it would be refused."""
    sqlite = connection.vendor == "sqlite"
    table = "territory_succession"
    with connection.cursor() as cursor:
        if sqlite:
            name = f"{table}_insert_whole"
            kept = cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [name]).fetchone()[0]
            cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_makes_a_whole")
    try:
        pass_on(old, (heirs[0], "0.5"))
        assert old.heirs.count() == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute(kept if sqlite else f"ALTER TABLE {table} ENABLE TRIGGER {table}_makes_a_whole")
