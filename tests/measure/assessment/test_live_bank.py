"""The bank that a process keeps is the bank of the database, whoever changes an item and however."""

from django.db import transaction

from chiakhoa.measure.assessment import live_bank
from chiakhoa.measure.assessment.models import BankMark, Item, ItemState


def mark():
    return BankMark.objects.get().mark


def test_the_bank_is_read_once_while_nothing_changes(items, queries_of):
    live_bank.items()
    assert queries_of(live_bank.items) == 1


def test_every_way_of_changing_an_item_is_seen_at_once(items):
    first = items[0]
    kept = live_bank.items()[first.code]
    assert kept.a == first.a
    Item.objects.filter(pk=first.code).update(a=2.5)
    assert live_bank.items()[first.code].a == 2.5
    Item.objects.bulk_update([Item(code=first.code, state=ItemState.RETIRED)], ["state"])
    assert live_bank.items()[first.code].state == ItemState.RETIRED
    Item.objects.filter(pk=first.code).delete()
    assert first.code not in live_bank.items()
    first.save(force_insert=True)
    assert first.code in live_bank.items()


def test_a_change_taken_back_leaves_nothing_behind(items):
    before = mark()
    with transaction.atomic():
        Item.objects.filter(pk=items[0].code).update(a=9.0)
        assert live_bank.items()[items[0].code].a == 9.0
        transaction.set_rollback(True)
    assert mark() == before
    assert live_bank.items()[items[0].code].a != 9.0


def test_a_bank_that_lost_its_mark_is_read_anew_until_an_item_changes(items, queries_of):
    live_bank.items()
    BankMark.objects.all().delete()
    assert queries_of(live_bank.items) == queries_of(live_bank.items) == 2
    Item.objects.filter(pk=items[0].code).update(a=2.5)
    live_bank.items()
    assert queries_of(live_bank.items) == 1
