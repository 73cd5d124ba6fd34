"""What the questions of a file would become in the bank: a new draft, a new version, another text of a draft, or nothing.

Writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import bank, checking, coding, feedback, interchange, queries
from chiakhoa.measure.assessment.interchange import extras
from chiakhoa.measure.assessment.models import Item, ItemState


class Becomes(models.TextChoices):
    """What a question of a file becomes."""

    NEW = "new", gettext_lazy("A new draft")
    VERSION = "version", gettext_lazy("A new version")
    DRAFT = "draft", gettext_lazy("Another text of a draft")
    SAME = "same", gettext_lazy("Already here, the same")
    NOTHING = "nothing", gettext_lazy("Cannot be taken in")


@dataclass
class Offer:
    """One question of a file: what it becomes, of which item, why not, what is lost, and its parts in words."""

    number: int
    name: str
    becomes: Becomes
    row: dict[str, Any] = field(default_factory=dict)
    of: str = ""
    reason: str = ""
    notes: list[str] = field(default_factory=list)
    item: Item | None = None
    gaps: int = 0

    @property
    def takes(self) -> bool:
        """Whether anything would be written."""
        return self.becomes in (Becomes.NEW, Becomes.VERSION, Becomes.DRAFT)

    @property
    def parts(self) -> list[feedback.Part]:
        """The parts of the question in words."""
        return feedback.parts(self.item, None) if self.item else []


def offers(reader: Reader, entries: Sequence[interchange.Entry]) -> list[Offer]:
    """The questions of a file against the bank, in their order."""
    codes = [str(entry.row.get("code", "")) for entry in entries if entry.row]
    rows = Item.objects.all() if reader is SYSTEM else queries.items(reader)
    known = {item.code: item for item in rows.filter(pk__in=codes).select_related("competence")}
    cuts, seen = frameworks.scale().cuts, set[str]()
    found = []
    for number, entry in enumerate(entries, start=1):
        offer = _offer(number, entry, known, seen)
        if entry.row:
            offer.item = Item(**bank.fields_of({**entry.row, "code": offer.of or "?"}, cuts))
            offer.gaps = len(checking.gaps(entry.row))
        found.append(offer)
    return found


def _offer(number: int, entry: interchange.Entry, known: dict[str, Item], seen: set[str]) -> Offer:
    if entry.row is None:
        return Offer(number, entry.name, Becomes.NOTHING, reason=entry.reason)
    code = str(entry.row.get("code", ""))
    offer = Offer(number, entry.name, Becomes.NEW, row=entry.row, notes=entry.notes)
    if code and code in seen:
        offer.becomes, offer.reason = Becomes.NOTHING, _("the file holds this item twice")
    elif code in known:
        _against(offer, known[code])
    seen.add(code)
    return offer


def _against(offer: Offer, item: Item) -> None:
    """What a question becomes whose item the bank has already: it is held against the last version of it."""
    last = coding.newest(item)
    offer.of = last.code
    same = [one for one in {item, last} if extras.tidied({**bank.row_of(one), "code": ""}) == _without_code(offer.row)]
    if same:
        offer.becomes, offer.of = Becomes.SAME, same[0].code
    elif last.state == ItemState.DRAFT:
        offer.becomes = Becomes.DRAFT
    elif last.state == ItemState.REVIEW:
        offer.becomes, offer.reason = Becomes.NOTHING, _("%s waits for its reviewer; take it back first") % last.code
    else:
        offer.becomes = Becomes.VERSION


def _without_code(row: dict[str, Any]) -> dict[str, Any]:
    return extras.tidied({**row, "code": ""})
