"""Writing what the choice of items heeds beside their parameters: how often each may be chosen, which never come together."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit, jobs
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.models import Job, JobState
from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.measure.assessment import exposure, queries
from chiakhoa.measure.assessment.models import Item, ItemState

TASK = "assessment.exposure"


@action(*queries.AUTHORS, Role.ADMINISTRATOR)
def store_eligibility(actor: Reader, found: Mapping[str, float], *, at: datetime) -> int:
    """Keep the chance with which each live item may be chosen, 1 for items not named. Returns how many changed."""
    items = list(Item.objects.select_for_update().filter(state=ItemState.LIVE).order_by("code"))
    changed = [item for item in items if item.eligibility != found.get(item.code, 1.0)]
    for item in changed:
        item.eligibility = found.get(item.code, 1.0)
    Item.objects.bulk_update(changed, ["eligibility"], batch_size=200)
    rest = sum(chance < 1 for chance in found.values())
    audit.record(actor, "store_eligibility", "assessment.item", at=at, after={"items": len(changed), "rest": rest})
    return len(changed)


@action(*queries.AUTHORS)
def make_enemies(actor: Reader, code: str, other: str, *, at: datetime) -> str:
    """Let two items never come in one test, nor any of the items that stand with either. Returns the set's name.

    For tests that begin, or go on, from now: what was asked already stays.
    """
    one, two = _item(actor, code), _named(actor, other.strip())
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
    item = _item(actor, code)
    before = item.enemy_set
    Item.objects.filter(pk=item.pk).update(enemy_set="")
    if before and Item.objects.filter(enemy_set=before).count() == 1:
        Item.objects.filter(enemy_set=before).update(enemy_set="")
    audit.record(actor, "part_enemies", item, at=at, before={"set": before})


def enqueue_exposure(actor: Reader, at: datetime) -> None:
    """Have the exposure settled for the bank as it is from now on, unless that waits already. Part of what changes the bank."""
    if not Job.objects.filter(task=TASK, state=JobState.READY).exists():
        jobs.enqueue(actor, TASK, _("How often each question may come"), at=at)


def settle_exposure(actor: Reader, *, at: datetime) -> int:
    """Settle and keep it now. The simulation holds no rows; only what it found is written."""
    return store_eligibility(actor, exposure.settled(), at=at)


def _item(actor: Reader, code: str) -> Item:
    rows = Item.objects.all() if actor is SYSTEM else queries.items(actor)
    item = rows.select_for_update(of=("self",)).filter(pk=code).first()
    if item is None:
        raise NotVisible(_("There is no such item."))
    return item


def _named(actor: Reader, typed: str) -> Item:
    """The item whose code somebody typed, in small or capital letters."""
    code = Item.objects.filter(pk__iexact=typed).values_list("pk", flat=True).first() or typed
    try:
        return _item(actor, code)
    except NotVisible:
        words = _("There is no item with the code “%(code)s”. Codes stand in the list of the bank.")
        raise Refusal(words % {"code": code[:12]}, code="item_unknown", field="note") from None
