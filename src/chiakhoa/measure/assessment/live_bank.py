"""The item bank as it stands, kept in the process: hundreds of rows that each answer needs and that hardly ever change.

A row of one field says which bank it is. The database itself writes a new one whenever an item is added, changed or taken
away, whoever does it (migration 0007), so that what is kept can be old by nothing. Writes nothing.

A test goes on with the parameters that counted when it began, whatever is adopted meanwhile: its questions are chosen, and its
answers weighed, on one scale from the first to the last.
"""

from copy import copy
from datetime import datetime
from typing import NamedTuple

from chiakhoa.foundation.prepared import Prepared
from chiakhoa.measure.assessment.calibration.models import CalibratedItem, Calibration, CalibrationState
from chiakhoa.measure.assessment.models import Answer, BankMark, Item

Bank = dict[str, Item]


class Past(NamedTuple):
    """What stood before: the bank that this belongs to, the calibrations adopted, oldest first, the bank before some of them."""

    now: Bank
    adopted: list[tuple[datetime, int]]
    before: dict[int, Bank]


_kept: tuple[str, Bank] = ("", {})
_past = Past({}, [], {})
_mark = Prepared(lambda: BankMark.objects.values_list("mark", flat=True))


def items(mark: str | None = None) -> Bank:
    """Every item by its code, with competence and domain. Shared by all requests: to be read, never changed.

    `mark` where the caller's own query brought it along.
    """
    global _kept
    mark = mark or _mark.first()
    known, rows = _kept
    if mark is None or mark != known:  # without a mark nothing says whether what is kept is old
        rows = Item.objects.select_related("competence__domain").order_by("code").in_bulk()
        _kept = (mark or "", rows)
    return rows


def items_as_of(began: datetime, mark: str | None = None) -> Bank:
    """The same for a test that began at that moment: with the a and b that counted then."""
    global _past
    now, past = items(mark), _past  # threads share it: each looks once
    if past.now is not now:
        rows = Calibration.objects.filter(state=CalibrationState.ADOPTED).order_by("decided_at")
        _past = past = Past(now, [(at, pk) for at, pk in rows.values_list("decided_at", "pk") if at], {})
    later = [pk for at, pk in past.adopted if at > began]
    if not later:
        return now
    if later[0] not in past.before:
        past.before[later[0]] = _before(now, later)
    return past.before[later[0]]


def _before(now: Bank, calibrations: list[int]) -> Bank:
    """The bank as it stood before these calibrations, which are given oldest first."""
    found = dict(now)
    changed = CalibratedItem.objects.filter(calibration__in=calibrations, is_anchor=False).order_by(
        "-calibration__decided_at"
    )
    for code, a, b in changed.values_list("item", "old_a", "old_b"):
        if code in found:
            item = copy(now[code])
            item.a, item.b = a, b
            found[code] = item
    return found


def with_item(answer: Answer | None) -> Answer | None:
    """The answer with its item from the bank: a dozen columns and three tables less to ask for."""
    if answer is not None:
        answer.item = items()[answer.item_id]
    return answer
