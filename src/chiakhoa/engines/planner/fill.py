"""Fills a draft: always the class that brings most for its price, until nothing more can be opened.

Prices make classes that draw on different limits comparable: a class in a crowded lab must bring more than one in an empty hall.
What a class brings only falls while others open, so that an old score is an upper bound and most offers need no second look
(Minoux 1978, accelerated greedy).
"""

import heapq
from collections.abc import Callable

import numpy as np

from chiakhoa.engines.planner.arrays import Floats
from chiakhoa.engines.planner.draft import CENT, Draft, Menu


def fill(
    draft: Draft, on: Menu, *, liking: Floats | None = None, until: Callable[[Draft], bool] = lambda _draft: False
) -> None:
    """Open classes while any brings something. `liking` (O,) scales the scores; `until`, asked after each class, ends it."""
    scores = draft.scores(on)
    liked = liking if liking is not None else np.ones_like(scores)
    heap = [(-float(scores[o] * liked[o]), int(o)) for o in np.flatnonzero(scores > 0)]
    heapq.heapify(heap)
    untaught: set[int] = set()
    while heap:
        _old, o = heapq.heappop(heap)
        if draft.rooms[on.room[o]] < on.sessions[o] or on.course[o] in untaught:
            continue
        if draft.most_money(on, o) < on.cheapest[o]:
            continue
        choice = draft.choice(on, o)
        score = choice.score * float(liked[o])
        if score <= 0:
            continue
        if heap and score < -heap[0][0] - CENT:
            heapq.heappush(heap, (-score, o))
        elif draft.open(on, o, choice) is None:
            untaught.add(on.course[o])
        elif until(draft):
            break
        else:
            heapq.heappush(heap, (-score, o))


def fill_up(draft: Draft, priced: Menu, plain: Menu, liking: Floats | None = None) -> None:
    """Fill by the prices of seats too; then, since what is left is worth nothing unused, without them; then single places."""
    fill(draft, priced, liking=liking)
    fill(draft, plain)
    top_up(draft, plain)


def open_locked(draft: Draft, on: Menu) -> bool:
    """Open what is locked and does not stand yet, evenly filled where people are few; False where a class finds no place."""
    standing = np.bincount([row.offer for row in draft.classes.values()], minlength=on.a.offers)
    for o in np.flatnonzero(on.a.locked > standing).tolist():
        for still in range(int(on.a.locked[o] - standing[o]), 0, -1):
            if not on.a.open[o] or draft.rooms[on.room[o]] < on.sessions[o]:
                return False
            free = int(np.minimum(draft.left[on.demands[o]], draft.seats[on.groups[o]]).sum())
            choice = draft.choice(on, o, most=max(on.least[o], free // still))
            if not choice.size or draft.open(on, o, choice) is None:
                return False
    return True


def top_up(draft: Draft, on: Menu) -> None:
    """Seat people in the free places of classes that stand, those who gain most first, as far as the class's line pays."""
    for number, row in list(draft.classes.items()):
        o = row.offer
        most, comes = draft.bounds.get(number, (on.capacity[o], None))
        places = min(on.capacity[o], most) - row.size
        if places > 0 and on.each[o] > 0:
            places = min(places, int(draft.money[row.line] / on.each[o] + CENT))
        if places > 0:
            free = np.minimum(draft.left[on.demands[o]], draft.seats[on.groups[o]])
            if comes is not None:
                free = np.where(comes[on.groups[o]], free, 0)
            reached = np.minimum(free.cumsum(), places)
            if reached.size and reached[-1]:
                draft.add(on, number, np.diff(reached, prepend=0))
