"""Writing which items never come in one test, for they give one another's answer away."""

from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.measure.assessment import queries
from chiakhoa.measure.assessment.actions.lifecycle import item_to_change
from chiakhoa.measure.assessment.models import Item


@action(*queries.AUTHORS)
def make_enemies(actor: Reader, code: str, other: str, *, at: datetime) -> str:
    """Let two items never come in one test, nor any of the items that stand with either. Returns the set's name.

    For tests that begin, or go on, from now: what was asked already stays.
    """
    one, two = item_to_change(actor, code), _named(actor, other.strip())
    if one.pk == two.pk:
        raise Refusal(_("An item comes once in a test anyway. Name another one."), code="same_item", field="note")
    sets = {item.enemy_set for item in (one, two)} - {""}
    name = min(sets or {one.code, two.code})
    Item.objects.filter(enemy_set__in=sets).update(enemy_set=name)
    Item.objects.filter(pk__in=[one.pk, two.pk]).update(enemy_set=name)
    audit.record(actor, "make_enemies", one, at=at, after={"other": two.code, "set": name})
    return name


@action(*queries.AUTHORS)
def part_enemies(actor: Reader, code: str, *, at: datetime) -> None:
    """Take an item out of its set of enemies; one that is left alone has none any more."""
    item = item_to_change(actor, code)
    before = item.enemy_set
    Item.objects.filter(pk=item.pk).update(enemy_set="")
    if before and Item.objects.filter(enemy_set=before).count() == 1:
        Item.objects.filter(enemy_set=before).update(enemy_set="")
    audit.record(actor, "part_enemies", item, at=at, before={"set": before})


def _named(actor: Reader, typed: str) -> Item:
    """The item whose code somebody typed, in small or capital letters."""
    code = Item.objects.filter(pk__iexact=typed).values_list("pk", flat=True).first() or typed
    try:
        return item_to_change(actor, code)
    except NotVisible:
        words = _("There is no item with the code “%(code)s”. Codes stand in the list of the bank.")
        raise Refusal(words % {"code": code[:12]}, code="item_unknown", field="note") from None
