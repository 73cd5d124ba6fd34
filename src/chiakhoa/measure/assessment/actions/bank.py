"""Writing the bank: the item files become rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import bank, coding
from chiakhoa.measure.assessment.models import Answer, Item, ItemState, ItemStep

SHOWN = ("kind", "stem_vi", "stem_en", "content", "key")
BESIDE = ("learn_vi", "learn_en", "grade", "competence_id", "enemy_set")
ASSUMED = ("a", "b", "c")  # by the author's grade, until calibrated


@action(Role.ADMINISTRATOR)
def load_items(actor: Reader, *, at: datetime) -> int:
    """Load the item files as live items. Safe to repeat: calibrated parameters are kept, items gone from the files are retired.

    A text that nobody has answered is renewed in place; one that was answered gets a new version. What was written, changed or
    retired here stays as it is.
    """
    scale = frameworks.scale()
    competence_ids = {competence.code: competence.pk for competence in scale.competences}
    known = Item.objects.in_bulk()
    newest = _newest(known)
    new: list[Item] = []
    renewed: list[Item] = []
    sources = bank.item_files()
    for source in sources:
        fields = {**bank.fields_of(source, scale.cuts), "competence_id": competence_ids[source["competence"]]}
        latest = known.get(newest.get(source["code"], source["code"]))
        if latest is None:
            new.append(Item(**fields))
        elif latest.shipped and latest.state == ItemState.LIVE and _differs(latest, fields, SHOWN):
            made = _renewed(latest, fields)
            (renewed if made is latest else new).append(made)
        elif latest.shipped and _differs(latest, fields, BESIDE):
            renewed.append(_filled(latest, fields))
    _store(actor, new, renewed, at)
    gone = _retire(actor, known.values(), {source["code"] for source in sources}, at)
    audit.record(actor, "load_items", "assessment.item", at=at, after={"items": len(sources), "retired": gone})
    return len(sources)


def _newest(known: dict[str, Item]) -> dict[str, str]:
    """The code in the files -> that of the last version of the item."""
    after = {item.supersedes_id: code for code, item in known.items() if item.supersedes_id}
    found = {}
    for first in known:
        last = first
        while last in after:
            last = after[last]
        found[first] = last
    return found


def _differs(item: Item, fields: dict[str, Any], names: Iterable[str]) -> bool:
    return any(getattr(item, name) != fields[name] for name in names if name in fields)


def _renewed(latest: Item, fields: dict[str, Any]) -> Item:
    """The row with its new text; a row of its own where people have answered the old text."""
    if Answer.objects.filter(item=latest).exists():
        beside = {"enemy_set": latest.enemy_set, **fields}
        return Item(**{**beside, "code": coding.next_version(latest.code), "supersedes": latest})
    return _filled(latest, fields)


def _filled(item: Item, fields: dict[str, Any]) -> Item:
    kept = {"code", "state", *(ASSUMED if item.calibrated else ())}
    for name, value in fields.items():
        if name not in kept:
            setattr(item, name, value)
    return item


def _store(actor: Reader, new: list[Item], renewed: list[Item], at: datetime) -> None:
    changed = [f.name for f in Item._meta.concrete_fields if not f.primary_key]
    Item.objects.bulk_create(new, batch_size=500)
    Item.objects.bulk_update(renewed, changed, batch_size=100)
    old = [item.supersedes for item in new if item.supersedes]
    for item in old:
        item.state = ItemState.RETIRED
    Item.objects.bulk_update(old, ["state"], batch_size=500)
    born = gettext_noop("Loaded from the item files, where it was reviewed.")
    steps = [_step(actor, item, "", ItemState.LIVE, born, at) for item in new]
    steps += [
        _step(actor, item, item.state, item.state, gettext_noop("The item files have a newer text."), at)
        for item in renewed
    ]
    superseded = gettext_noop("The item files have a newer version.")
    steps += [_step(actor, item, ItemState.LIVE, ItemState.RETIRED, superseded, at) for item in old]
    ItemStep.objects.bulk_create(steps, batch_size=500)


def _retire(actor: Reader, known: Iterable[Item], codes: set[str], at: datetime) -> int:
    """Take out the shipped items that the files have no more. Returns how many."""
    gone = [
        item
        for item in known
        if item.shipped and item.state == ItemState.LIVE and coding.version_of(item.code)[0] not in codes
    ]
    for item in gone:
        item.state = ItemState.RETIRED
    Item.objects.bulk_update(gone, ["state"], batch_size=500)
    said = gettext_noop("The item files have it no more.")
    ItemStep.objects.bulk_create(_step(actor, item, ItemState.LIVE, ItemState.RETIRED, said, at) for item in gone)
    return len(gone)


def _step(actor: Reader, item: Item, before: str, after: str, note: str, at: datetime) -> ItemStep:
    return ItemStep(item=item, at=at, by=actor.account_id, by_name=actor.name, before=before, after=after, note=note)
