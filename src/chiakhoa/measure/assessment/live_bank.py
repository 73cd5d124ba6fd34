"""The item bank as it stands, kept in the process: hundreds of rows that each answer needs and that hardly ever change.

A row of one field says which bank it is. The database itself writes a new one whenever an item is added, changed or taken
away, whoever does it (migration 0007), so that what is kept can be old by nothing. Writes nothing.
"""

from chiakhoa.foundation.prepared import Prepared
from chiakhoa.measure.assessment.models import Answer, BankMark, Item

_kept: tuple[str, dict[str, Item]] = ("", {})
_mark = Prepared(lambda: BankMark.objects.values_list("mark", flat=True))


def items(mark: str | None = None) -> dict[str, Item]:
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


def with_item(answer: Answer | None) -> Answer | None:
    """The answer with its item from the bank: a dozen columns and three tables less to ask for."""
    if answer is not None:
        answer.item = items()[answer.item_id]
    return answer
