"""An item on a page: its options in the order of this sitting, numbered; an answer sent back, read by those numbers.

The numbers depend on the seed of the sitting, and nothing on the page says which key of the bank stands behind which:
the source of the page gives no answer away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import Refusal
from chiakhoa.measure.assessment.models import Item, ItemKind

UNKNOWN = "unknown"


@dataclass
class Line:
    """One option (or left side) on the page: its number there, the words, what was chosen for it before a refusal."""

    number: int
    key: str
    text: str
    chosen: str = ""


@dataclass
class Paper:
    """An item as it is shown: `lines` to judge or place, `others` the right sides of pairs, `places` to choose from."""

    item: Item
    lines: list[Line]
    others: list[Line] = field(default_factory=list)

    @property
    def places(self) -> list[int]:
        """The places of an order: 1 to the number of lines."""
        return [line.number for line in self.lines]


def lay_out(item: Item, *, seed: int) -> Paper:
    """The item for this sitting; the same each time it is asked for, wherever in the sitting it comes."""
    chance = np.random.default_rng([seed, *item.code.encode()])
    if item.kind == ItemKind.MATCHING:
        pairs = item.content["pairs"]
        return Paper(item, _lines(pairs, chance, "left_"), _lines(pairs, chance, "right_"))
    lines = _lines(item.content["options"], chance, "")
    if item.kind == ItemKind.ORDERING and [line.key for line in lines] == item.key:
        lines = [Line(number, line.key, line.text) for number, line in enumerate([*lines[1:], lines[0]], start=1)]
    return Paper(item, lines)


def read(paper: Paper, sent: QueryDict) -> Any:
    """The answer in keys of the bank; None for "I do not know". Refusal, in words, where it is not complete."""
    if UNKNOWN in sent:
        return None
    return {
        ItemKind.SINGLE: _read_single,
        ItemKind.MULTIPLE: _read_multiple,
        ItemKind.ORDERING: _read_ordering,
        ItemKind.MATCHING: _read_matching,
    }[ItemKind(paper.item.kind)](paper, sent)


def remember(paper: Paper, sent: QueryDict) -> None:
    """Mark on the paper what was chosen, so that a refused answer need not be given again from the start."""
    ticked = sent.getlist("choice")
    for line in paper.lines:
        number = str(line.number)
        line.chosen = number if number in ticked else sent.get(f"line_{number}", "")


def words(row: dict[str, str], part: str = "") -> str:
    """The text of an option (or the left or right side of a pair) in the language of the page."""
    language = "vi" if (get_language() or "vi").startswith("vi") else "en"
    return row.get(f"{part}{language}") or row[f"{part}vi"]


def _lines(rows: Sequence[dict[str, str]], chance: np.random.Generator, part: str) -> list[Line]:
    order = chance.permutation(len(rows))
    return [Line(number, rows[i]["key"], words(rows[i], part)) for number, i in enumerate(order, start=1)]


def _read_single(paper: Paper, sent: QueryDict) -> str:
    return _read_multiple(paper, sent)[0]


def _read_multiple(paper: Paper, sent: QueryDict) -> list[str]:
    keys = {str(line.number): line.key for line in paper.lines}
    chosen = sorted({keys[number] for number in sent.getlist("choice") if number in keys})
    if not chosen:
        raise Refusal(_("Choose an answer, or press “I do not know”."), code="nothing_chosen")
    return chosen


def _read_ordering(paper: Paper, sent: QueryDict) -> list[str]:
    placed = {sent.get(f"line_{line.number}", ""): line.key for line in paper.lines}
    if set(placed) != {str(place) for place in paper.places}:
        words = _("Give each step its own place, from 1 to %(last)d, or press “I do not know”.")
        raise Refusal(words % {"last": len(paper.lines)}, code="order_incomplete")
    return [placed[str(place)] for place in paper.places]


def _read_matching(paper: Paper, sent: QueryDict) -> dict[str, str]:
    right = {str(line.number): line.key for line in paper.others}
    chosen = [sent.get(f"line_{line.number}", "") for line in paper.lines]
    if set(chosen) != set(right):
        words = _("Give each line its own partner, or press “I do not know”.")
        raise Refusal(words, code="match_incomplete")
    return {line.key: right[number] for line, number in zip(paper.lines, chosen, strict=True)}
