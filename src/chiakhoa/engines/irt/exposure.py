"""How often items are seen, kept below a rate: each person's test rests some items, by chance and by seed.

The chance of an item to be eligible is settled in the simulator before a setting goes live, and may be settled again from the
counts of live sittings. Source: van der Linden & Veldkamp (2004), J. Educ. Behav. Stat. 29.
"""

import numpy as np

from chiakhoa.engines.irt.adaptive import sit
from chiakhoa.engines.irt.blueprint import Blueprint
from chiakhoa.engines.irt.models import Bools, Floats, Ints, Items
from chiakhoa.engines.irt.posterior import Prior

MARGIN = 0.95


def eligible(chance: Floats, seeds: Ints) -> Bools:
    """Which items (P, I) may come in each person's test: item i with chance[i], by the person's seed alone."""
    draws = [np.random.default_rng([int(seed), 1]).random(len(chance)) for seed in seeds]
    return np.asarray(np.array(draws).reshape(len(seeds), len(chance)) < chance)


def renew(chance: Floats, shown: Floats, rate: float, haste: float = 1.0) -> Floats:
    """Better chances of being eligible (I,) where items were shown to these shares of people (I,): none above the rate.

    haste : 1 goes all the way, which swings where items take each other's place; less goes part of it.
    """
    factor = np.where(shown > 0, rate / np.maximum(shown, 1e-12), np.inf) ** haste
    return np.asarray(np.clip(chance * factor, 1e-3, 1.0))


def settle(
    theta: Floats,
    items: Items,
    prior: Prior,
    blueprint: Blueprint,
    seed: int,
    rate: float,
    *,
    rounds: int = 10,
    best: int = 4,
    group: Ints | None = None,
) -> Floats:
    """Chances of being eligible (I,) under which no item is shown to more than this share of people like theta (P, D).

    group : (P,) from 0 on, where the rate is to hold among each kind of people, not only among all: those who sit beside one
    another and talk are alike, and an item may be in most of one kind's tests and in few of all. Raises ValueError where tests of
    this length cannot keep to the rate even if all items were shown alike.
    """
    if rate * len(items) < blueprint.maximum_length:
        least = blueprint.maximum_length / len(items)
        raise ValueError(
            f"a test of {blueprint.maximum_length} of {len(items)} items shows each to {least:.2f} on average"
        )
    chance = np.ones(len(items))
    for turn in range(rounds):
        seeds = np.arange(len(theta)) + (seed + turn) * len(theta)
        sat = sit(theta, items, prior, blueprint, seed + turn, best=best, eligible=eligible(chance, seeds))
        seen = _most_seen(sat.shown, len(items), group)
        chance = renew(chance, seen, MARGIN * rate, 1.0 if turn < rounds // 2 else 0.4)
    return chance


def _most_seen(shown: Ints, items: int, group: Ints | None) -> Floats:
    """The share of people (I,) who saw each item, in the group where it is greatest."""
    of = np.zeros(len(shown), dtype=np.intp) if group is None else group
    who, step = np.nonzero(shown >= 0)
    size = np.bincount(of)
    cell = of[who] * items + shown[who, step]
    seen = np.bincount(cell, minlength=len(size) * items).reshape(len(size), items)
    return np.asarray((seen / size[:, None]).max(axis=0))
