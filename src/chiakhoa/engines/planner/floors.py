"""Brings a draft to its floors: classes that bring least for their money make way for those of communes that have too little.

Prices reach most floors; what they miss by a little here and there is mended, where starting anew with dearer prices would
give every other commune less.
"""

from functools import partial

import numpy as np

from chiakhoa.engines.planner.arrays import Arrays, Bools, Floats
from chiakhoa.engines.planner.draft import CENT, Draft, Menu, menu
from chiakhoa.engines.planner.fill import fill, fill_up
from chiakhoa.engines.planner.improve import may_go
from chiakhoa.engines.planner.prices import Prices

ROUNDS = 16
# So many times what the missing seats cost is set free at once: not every class that makes way leaves what is needed.
AMPLE = 2.0
# Classes are looked at anew when one in so many of the floors that were short is reached. Of few targets each one counts.
PART = 4


def missing(a: Arrays, draft: Draft) -> Floats:
    """(T,) people missing at targets; below nought where more than wanted are seated."""
    short: Floats = a.target_people - a.counts @ (a.people - draft.left)
    return short


def many_are_reached(a: Arrays, short: Bools, draft: Draft) -> bool:
    """Whether it is time for another look."""
    return bool((short & (missing(a, draft) <= 0)).sum() * PART >= short.sum())


def mended(a: Arrays, draft: Draft, prices: Prices, priced: Menu, plain: Menu) -> Draft:
    """The draft with what it misses put in, as far as that goes."""
    for _round in range(ROUNDS):
        short = missing(a, draft) > 0
        if not short.any():
            break
        counts = (a.target_weight * short) @ a.counts > 0
        worth = np.where(counts, a.value + float(a.value.mean()), 0.0)
        _make_way(a, draft, plain)
        fill(draft, menu(a, prices, worth), until=partial(many_are_reached, a, short))
    fill_up(draft, priced, plain)
    return draft


def _make_way(a: Arrays, draft: Draft, on: Menu) -> None:
    """Close classes that bring least for their money and that no target needs, until the missing seats could be paid."""
    surplus = -missing(a, draft)
    seat = float(np.median((a.fixed / a.capacity + a.each)[a.open])) if a.open.any() else 0.0
    wanted = AMPLE * seat * float(np.maximum(-surplus, 0.0).sum())
    for number in sorted(draft.classes, key=lambda number: _for_its_money(draft, on, number)):
        if wanted <= 0:
            return
        row = draft.classes[number]
        seated = a.counts[:, row.demands] @ row.seated
        if ((seated > 0) & (seated > surplus)).any() or not may_go(draft, on, number):
            continue
        draft.close(on, number)
        surplus = surplus - seated
        wanted -= on.fixed[row.offer] + on.each[row.offer] * row.size


def _for_its_money(draft: Draft, on: Menu, number: int) -> float:
    row = draft.classes[number]
    return row.worth / max(on.fixed[row.offer] + on.each[row.offer] * row.size, CENT)
