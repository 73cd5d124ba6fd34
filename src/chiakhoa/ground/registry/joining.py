"""What belongs to a person, told by each step in its `apps.py`: so a merge leads it to the record that is kept, and back.

A step whose rows cannot change owner follows merges in its queries instead, and may hear of each merge and parting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from chiakhoa.foundation import bulk
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.ground.registry.models import JoinedRow, Merge

Hearer = Callable[[int, int], None]


class Way(Enum):
    """How rows take a merge: all follow, or it is refused; those that would double stay; none may be there; queries follow."""

    FOLLOWS = auto()
    FOLLOWS_IF_FREE = auto()
    NEVER = auto()
    BY_QUERY = auto()


@dataclass(frozen=True)
class Belonging:
    """The rows of a model whose `field` names a person. `label` says what they are."""

    model: str
    label: str | Promise
    way: Way = Way.FOLLOWS
    field: str = "person"

    @property
    def key(self) -> str:
        """By which joined rows are found again."""
        return f"{self.model}.{self.field}"

    def of(self, person: int) -> QuerySet[Model]:
        """The person's rows."""
        return apps.get_model(self.model)._default_manager.order_by().filter(**{self.field: person})

    def is_key(self) -> bool:
        """Whether the row is the person's own, by its primary key."""
        return bool(apps.get_model(self.model)._meta.get_field(self.field).primary_key)


_told: dict[str, Belonging] = {}
_hearers: list[Hearer] = []


def register(*belongings: Belonging) -> None:
    """Tell what belongs to people."""
    _told.update({one.key: one for one in belongings})


def told() -> list[Belonging]:
    """All that was told, in a fixed order."""
    return [_told[key] for key in sorted(_told)]


def hears(hearer: Hearer) -> None:
    """Call the function with the kept and the other record after each merge and each parting; part of that action."""
    if hearer not in _hearers:
        _hearers.append(hearer)


def join(merge: Merge) -> dict[str, int]:
    """Lead what belongs to the dropped record to the kept one. Returns how many rows of each; Refusal where it cannot be."""
    counts = {}
    for one in told():
        if one.way is Way.NEVER and one.of(merge.dropped_id).exists():
            said = _("“%(what)s” cannot pass to another record. Keep that record, and merge this one into it.")
            raise Refusal(said % {"what": one.label}, code="cannot_pass")
        if one.way in (Way.FOLLOWS, Way.FOLLOWS_IF_FREE):
            led = _lead(one, merge)
            bulk.insert(JoinedRow, (JoinedRow(merge=merge, what=one.key, key=key) for key in led))
            counts |= {one.model: len(led)} if led else {}
    _tell(merge)
    return counts


def part(merge: Merge) -> int:
    """Lead back what was led and still belongs to the kept record. Returns how many rows."""
    count = 0
    for one in told():
        keys = list(merge.joined.filter(what=one.key).values_list("key", flat=True))
        pk = apps.get_model(one.model)._meta.pk
        rows = one.of(merge.kept_id).filter(pk__in=[pk.to_python(key) for key in keys]) if keys and pk else None
        count += rows.update(**{one.field: merge.dropped_id}) if rows is not None else 0
    _tell(merge)
    return count


def _lead(one: Belonging, merge: Merge) -> list[str]:
    """The keys of the rows that were led to the kept record, as they are there."""
    keys = list(one.of(merge.dropped_id).values_list("pk", flat=True))
    led = []
    for key in keys:
        try:
            with transaction.atomic():
                one.of(merge.dropped_id).filter(pk=key).update(**{one.field: merge.kept_id})
        except IntegrityError:
            if one.way is Way.FOLLOWS_IF_FREE:
                continue
            said = _(
                "Both records have “%(what)s” that cannot both be one person's (one account; the same class, exam or wish)."
                " Take it away from one of the two first."
            )
            raise Refusal(said % {"what": one.label}, code="both_have") from None
        led.append(str(merge.kept_id if one.is_key() else key))
    return led


def _tell(merge: Merge) -> None:
    for hearer in _hearers:
        hearer(merge.kept_id, merge.dropped_id)
