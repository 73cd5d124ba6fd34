"""Betters a draft: takes out some classes that compete with each other, fills again, and keeps what is no worse.

Source: Shaw (1998), large neighbourhood search by relatedness.
"""

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from chiakhoa.engines.planner.draft import Draft, Menu
from chiakhoa.engines.planner.fill import fill_up

SMALLEST, LARGEST = 5, 60
SHARE = 5
LIKING = 0.05


def improve(
    draft: Draft,
    on: Menu,
    plain: Menu,
    *,
    enough: Callable[[Draft], bool],
    allowed: Callable[[Draft], bool],
    rng: np.random.Generator,
) -> Draft:
    """The best draft found until `enough` says so; none is kept that is not `allowed`."""
    ruins = (_neighbours, _scattered, _of_a_course)
    while draft.classes and not enough(draft):
        trial = draft.copy()
        most = max(2 * SMALLEST, min(LARGEST, len(draft.classes) // SHARE))
        count = int(rng.integers(SMALLEST, most))
        for number in ruins[int(rng.integers(len(ruins)))](draft, on, count, rng):
            if may_go(trial, on, number):
                trial.close(on, number)
        fill_up(trial, on, plain, 1 + LIKING * rng.standard_normal(on.a.offers))
        if trial.worth >= draft.worth and allowed(trial):
            draft = trial
    return draft


def may_go(draft: Draft, on: Menu, number: int) -> bool:
    """A class may be closed unless it is one of those locked at its offer."""
    o = draft.classes[number].offer
    locked = int(on.a.locked[o])
    return not locked or sum(row.offer == o for row in draft.classes.values()) > locked


def _neighbours(draft: Draft, on: Menu, count: int, rng: np.random.Generator) -> list[int]:
    """Classes that seat people of the same groups: a random class, then those that share most groups with what is out."""
    at: dict[int, list[int]] = defaultdict(list)
    for number, row in draft.classes.items():
        at[row.offer].append(number)
    numbers = list(draft.classes)
    first = draft.classes[numbers[int(rng.integers(len(numbers)))]].offer
    offers, demands, _weights, _begins = on.flat
    near = np.zeros(len(on.a.seats), bool)
    near[on.groups[first]] = True
    shared = np.bincount(offers, near[on.a.group[demands]], on.a.offers) * rng.uniform(0.5, 1.0, on.a.offers)
    found: list[int] = []
    for o in np.argsort(-shared, kind="stable").tolist():
        found += at[o]
        if len(found) >= count or not shared[o]:
            break
    return found[:count]


def _scattered(draft: Draft, on: Menu, count: int, rng: np.random.Generator) -> list[int]:
    numbers = list(draft.classes)
    return [numbers[i] for i in rng.permutation(len(numbers))[:count]]


def _of_a_course(draft: Draft, on: Menu, count: int, rng: np.random.Generator) -> list[int]:
    course = int(rng.integers(len(on.a.pays)))
    numbers = [number for number, row in draft.classes.items() if on.course[row.offer] == course]
    return [numbers[i] for i in rng.permutation(len(numbers))[:count]]
