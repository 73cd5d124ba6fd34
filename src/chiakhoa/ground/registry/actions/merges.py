"""Two records that are one person: merged by an act that can be reversed as long as neither record was changed since.

What belongs to the hidden record, in whatever step, passes to the one that is kept (`joining`), and back by the reversal.
"""

import base64
import hashlib
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.ground.registry import joining, queries
from chiakhoa.ground.registry.models import Merge, Person

REGISTRARS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.UNIT_MANAGER)
FILLED = (
    "external_key",
    "born_on",
    "sex",
    "audience_id",
    "phone",
    "email",
    "citizen_number_index",
    "citizen_number_sealed",
)
UNIQUE = ("external_key", "citizen_number_index", "citizen_number_sealed")


@action(*REGISTRARS)
def merge_people(actor: Reader, kept_pk: int, dropped_pk: int, *, at: datetime) -> Merge:
    """Hide the second record behind the first, which takes over what it lacked and what belongs to the second.

    NotVisible where either is out of reach; Refusal where both hold a number, or something that cannot be joined.
    """
    people = queries.people(actor).select_for_update(of=("self",)).in_bulk([kept_pk, dropped_pk])
    if len(people) != 2:
        raise NotVisible(_("There is no such person here."))
    kept, dropped = people[kept_pk], people[dropped_pk]
    if kept.citizen_number_index and dropped.citizen_number_index:
        said = _("Both records hold a citizen number of their own: they are two people, or one number is wrong.")
        raise Refusal(said, code="two_numbers")
    followers = list(dropped.merged.values_list("pk", flat=True))
    before: dict[str, Any] = {"kept": {}, "dropped": {}, "followers": followers}
    for name in FILLED:
        if not getattr(kept, name) and getattr(dropped, name):
            before["kept"][name] = _plain(getattr(kept, name))
            if name in UNIQUE:
                before["dropped"][name] = _plain(getattr(dropped, name))
            setattr(kept, name, getattr(dropped, name))
            if name in UNIQUE:
                setattr(dropped, name, None)
    dropped.merged_into = kept
    dropped.save()
    kept.save()
    merge = Merge.objects.create(
        kept=kept, dropped=dropped, at=at, account_id=actor.account_id, account_name=actor.name, before=before,
        mark=_mark(kept, dropped),
    )  # fmt: skip
    dropped.merged.update(merged_into=kept)
    joined = joining.join(merge)
    after = {"dropped": dropped.pk, "filled": sorted(before["kept"]), "joined": joined}
    audit.record(actor, "merge_people", kept, at=at, after=after)
    return merge


@action(*REGISTRARS)
def part_people(actor: Reader, merge_pk: int, *, at: datetime) -> Merge:
    """Reverse a merge: both records become what they were. Refusal where either was changed since."""
    merge = Merge.objects.select_for_update().filter(pk=merge_pk, reversed_at__isnull=True).first()
    if merge is None or not queries.people(actor).filter(pk=merge.kept_id).exists():
        raise NotVisible(_("There is no such merge here."))
    kept, dropped = merge.kept, merge.dropped
    if merge.mark != _mark(kept, dropped):
        raise Refusal(_("One of the two records was changed since; part them by hand."), code="changed_since")
    for person, before in ((kept, merge.before["kept"]), (dropped, merge.before["dropped"])):
        for name, value in before.items():
            setattr(person, name, _unplain(name, value))
    dropped.merged_into = None
    kept.save()
    dropped.save()
    Person.objects.filter(pk__in=merge.before.get("followers", []), merged_into=kept).update(merged_into=dropped)
    led_back = joining.part(merge)
    merge.reversed_at = at
    merge.save(update_fields=["reversed_at"])
    audit.record(actor, "part_people", kept, at=at, after={"parted": dropped.pk, "led_back": led_back})
    return merge


def _mark(*people: Person) -> str:
    said = [str(getattr(person, name) or "") for person in people for name in ("full_name", "unit_id", *FILLED[:-1])]
    return hashlib.blake2b("\n".join(said).encode(), digest_size=16).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(bytes(value)).decode() if isinstance(value, bytes | memoryview) else value


def _unplain(name: str, value: Any) -> Any:
    if name == "born_on" and value:
        return date.fromisoformat(value)
    return base64.b64decode(value) if name == "citizen_number_sealed" and value else value
