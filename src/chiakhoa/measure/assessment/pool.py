"""What a bank is to the choice of items: numbers instead of texts, in the order of the bank. Writes nothing."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chiakhoa.engines import irt
from chiakhoa.measure.assessment.models import Item, ItemState


class Pooled(NamedTuple):
    """An item as the choice needs it: `place` in the whole bank, `enemies` the number of its set of enemies or -1."""

    code: str
    domain: int
    a: float
    b: float
    c: float
    place: int
    enemies: int = -1


class Pool(NamedTuple):
    """A bank's items by code, the live ones, and each one's chance to be eligible (I,); None where it is 1 for all."""

    bank: dict[str, Item]
    every: dict[str, Pooled]
    live: list[Pooled]
    eligibility: NDArray[np.float64] | None


_kept = Pool({}, {}, [], None)


def of(bank: dict[str, Item]) -> Pool:
    """The pool of a bank, made once for each bank that a process sees."""
    global _kept
    known = _kept  # threads share it: each looks once
    if bank is not known.bank:
        every = {item.code: item for item in pooled(bank.values())}
        live = [every[code] for code, row in bank.items() if row.state == ItemState.LIVE]
        chance = np.array([row.eligibility for row in bank.values()])
        _kept = known = Pool(bank, every, live, None if (chance == 1).all() else chance)
    return known


def pooled(bank: Iterable[Item]) -> list[Pooled]:
    """The items of a bank, in its order, as the choice needs them."""
    numbers: dict[str, int] = {}
    return [
        Pooled(
            item.code, item.competence.domain_index, item.a, item.b, item.c, place,
            numbers.setdefault(item.enemy_set, len(numbers)) if item.enemy_set else -1,
        )
        for place, item in enumerate(bank)
    ]  # fmt: skip


def open_items(codes: Sequence[str], bank: dict[str, Item]) -> list[Pooled]:
    """Live items of the bank, and those of this sitting even if retired meanwhile, by code."""
    pool = of(bank)
    retired = {code for code in codes if bank[code].state != ItemState.LIVE}
    return sorted([*pool.live, *(pool.every[code] for code in retired)]) if retired else pool.live


def eligible(seed: int, pool: Sequence[Pooled], bank: dict[str, Item]) -> NDArray[np.bool_] | None:
    """Which items of the choice (1, I) may come in the sitting of this seed: drawn by it, so that none is seen by too many."""
    chance = of(bank).eligibility
    if chance is None:
        return None
    return irt.eligible(chance, np.array([seed]))[:, [item.place for item in pool]]


def enemies(pool: Sequence[Pooled]) -> NDArray[np.intp] | None:
    """The number of each item's set of enemies (I,), -1 for none; None where nobody has any."""
    return np.array([item.enemies for item in pool]) if any(item.enemies >= 0 for item in pool) else None


def enemy_sets(codes: Iterable[str], bank: dict[str, Item]) -> set[str]:
    """The sets of enemies in which these items stand."""
    return {bank[code].enemy_set for code in codes} - {""}


def arrays(pool: Sequence[Pooled]) -> irt.Items:
    """The items as the engine takes them."""
    _codes, domain, a, b, c, _places, _enemies = zip(*pool, strict=True)
    return irt.Items(np.array(domain), np.array(a), np.array(b), np.array(c))
