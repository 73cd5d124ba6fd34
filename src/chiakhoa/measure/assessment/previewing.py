"""An item that is being written, as a learner would see it, however little of it there is. Writes nothing."""

from collections.abc import Mapping
from typing import Any

from chiakhoa.measure.assessment import bank, checking, paper
from chiakhoa.measure.assessment.models import Item, ItemKind


def sketch(row: Mapping[str, Any]) -> paper.Paper | None:
    """The item of a row of a form; None where its sheet cannot be drawn yet. Its parts come in the order of a test."""
    if any(lack.place == "grid" for lack in checking.faults(dict(row))):
        return None
    texts = {name: row.get(name, "") for name in bank.TEXTS}
    item = Item(code="?", kind=ItemKind(row["kind"]), **texts, content=bank.content_of(dict(row)), key=None)
    return paper.lay_out(item, seed=0)
