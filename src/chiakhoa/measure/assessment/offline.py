"""Reading what a page kept while it had no network: each answer as the form would have sent it."""

import json
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import Refusal
from chiakhoa.measure.assessment import paper
from chiakhoa.measure.assessment.actions.sittings import RESERVE, Kept
from chiakhoa.measure.assessment.models import Item, Sitting

MOST = RESERVE + 1
LONGEST = 12 * 3600.0  # seconds; a page cannot know more of the time than its own clock


def read(text: str, sitting: Sitting) -> list[Kept]:
    """The answers in their order. Refusal for anything that is not a list of them; what cannot be an answer is left out.

    `text` is JSON: a list of {"code", "fields" (a form body), "seconds", "ago"}.
    """
    try:
        rows = json.loads(text)
        whole = isinstance(rows, list) and len(rows) <= MOST and all(isinstance(row, dict) for row in rows)
    except ValueError:
        whole = False
    if not whole:
        raise Refusal(_("What the page kept could not be read. Reload it and go on."), code="kept_unreadable")
    items = Item.objects.in_bulk([str(row.get("code", "")) for row in rows])
    return [kept for row in rows if (kept := _kept(row, items.get(str(row.get("code", ""))), sitting))]


def _kept(row: dict[str, Any], item: Item | None, sitting: Sitting) -> Kept | None:
    if item is None:
        return None
    try:
        given = paper.read(paper.lay_out(item, seed=sitting.seed), QueryDict(str(row.get("fields", ""))))
    except Refusal:
        return None
    return Kept(item.code, given, _seconds(row.get("seconds")), _seconds(row.get("ago")))


def _seconds(value: Any) -> float:
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
    return min(max(number, 0.0), LONGEST) if number == number else 0.0
