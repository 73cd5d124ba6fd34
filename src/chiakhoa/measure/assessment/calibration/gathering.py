"""The stored answers as a calibration needs them: one table a domain, and who belongs to which group. Reads; writes nothing.

Practice is left out: it shows the answer at once, and the same questions come again. So is what is being tried out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiakhoa.measure.assessment import demographics
from chiakhoa.measure.assessment.models import Answer, Item, ItemState, Purpose, SittingState

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Gathered:
    """Finished tests: the items that were met, and for each test its person's groups and its answers.

    sitting, item, score (N,) are the answers, by numbers of `tests` and `items`.
    """

    items: list[Item]
    tests: list[Any]
    people: list[int]
    groups: dict[str, list[str]]
    sitting: NDArray[np.intp]
    item: NDArray[np.intp]
    score: Floats

    def table(self, columns: Sequence[int]) -> tuple[Floats, NDArray[np.intp]]:
        """Answers (P, I) of these items, NaN where not shown, and which tests (P,) the rows are."""
        place = np.full(len(self.items), -1)
        place[list(columns)] = np.arange(len(columns))
        at = place[self.item] >= 0
        rows, where = np.unique(self.sitting[at], return_inverse=True)
        table = np.full((len(rows), len(columns)), np.nan)
        table[where, place[self.item[at]]] = self.score[at]
        return table, rows


def gather() -> Gathered:
    """Every answer that counted in a finished test other than practice, of the items that are live."""
    rows = list(
        Answer.objects.filter(
            score__isnull=False, pilot=False, left_out=False, sitting__state=SittingState.FINISHED,
            item__state=ItemState.LIVE,
        )
        .exclude(sitting__purpose=Purpose.PRACTICE)
        .order_by("sitting__finished_at", "sitting", "position")
        .values_list("sitting", "item", "score", "sitting__person", "sitting__finished_at")
    )  # fmt: skip
    live = Item.objects.filter(state=ItemState.LIVE).select_related("competence__domain").order_by("code")
    items = list(live)
    column = {item.code: i for i, item in enumerate(items)}
    tests: dict[Any, int] = {}
    people, days = [], []
    for sitting, _item, _score, person, finished_at in rows:
        if sitting not in tests:
            tests[sitting] = len(tests)
            people.append(person)
            days.append(finished_at.date())
    return Gathered(
        items,
        list(tests),
        people,
        demographics.of(people, days),
        np.array([tests[row[0]] for row in rows], dtype=np.intp),
        np.array([column[row[1]] for row in rows], dtype=np.intp),
        np.array([float(row[2] == 1) for row in rows]),
    )
