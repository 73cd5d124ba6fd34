"""Answers of synthetic people: the real adaptive engine chooses the items, hidden ability and the items' truth decide.

A wrong answer is a wrong choice among those the item offers, so that the bank's statistics look like statistics.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from chiakhoa.demo.population import Population
from chiakhoa.demo.truth import Takers, Truth
from chiakhoa.measure.assessment import adaptive
from chiakhoa.measure.assessment.models import Item, ItemKind
from chiakhoa.measure.assessment.rooms import FinishedSitting

LARGEST_SEED = 2**31


@dataclass(frozen=True)
class Simulated:
    """What the simulator needs of everybody: ids (N,), the population, where each id stands, how the items really are."""

    ids: np.ndarray
    persons: Population
    position: dict[int, int]
    truth: Truth

    def takers(self, places: Sequence[int] | np.ndarray, begins: Sequence[datetime]) -> Takers:
        """Some of them at the beginning of a test each."""
        rows = [self.persons.rows[i] for i in places]
        women = np.array([row.sex == "f" for row in rows], dtype=bool)
        ids, audiences = [int(self.ids[i]) for i in places], [row.audience_code for row in rows]
        return Takers(ids, audiences, self.persons.ability[places], women, begins)


def sittings(takers: Takers, truth: Truth, purpose: str, seed: int) -> list[FinishedSitting]:
    """One finished sitting a person."""
    rng, bank = np.random.default_rng(seed), list(adaptive.live())
    moment = truth.sitting(takers, bank)
    shown, score = adaptive.simulate(takers.ability, takers.audiences, bank, purpose, seed, moment.chances)
    seconds = moment.seconds(shown)
    return [
        finished(
            takers, i, purpose, (seed * 1_000_003 + i) % LARGEST_SEED,
            [(bank[item].code, given(bank[item], bool(right), rng))
             for item, right in zip(shown[i], score[i], strict=True) if item >= 0],
            seconds[i, shown[i] >= 0].tolist(),
        )
        for i in range(len(takers.ids))
    ]  # fmt: skip


def finished(
    takers: Takers, i: int, purpose: str, seed: int, answers: list[tuple[str, Any]], seconds: list[float]
) -> FinishedSitting:
    """What one of them gave, as a room sends it."""
    begins = takers.begins[i]
    ends = begins + timedelta(seconds=sum(seconds))
    return FinishedSitting(takers.ids[i], purpose, seed, begins, ends, answers, seconds)


def given(item: Item, right: bool, rng: np.random.Generator) -> Any:
    """The key, or a wrong answer of the item's kind."""
    return item.key if right else _WRONG[ItemKind(item.kind)](item, rng)


def _wrong_choice(item: Item, rng: np.random.Generator) -> str:
    others = [option["key"] for option in item.content["options"] if option["key"] != item.key]
    return others[int(rng.integers(len(others)))]


def _wrong_choices(item: Item, rng: np.random.Generator) -> list[str]:
    """The key with one option too many or one too few."""
    keys = [option["key"] for option in item.content["options"]]
    flipped = keys[int(rng.integers(len(keys)))]
    chosen = set(item.key) ^ {flipped}
    return sorted(chosen or set(keys) - set(item.key))


def _wrong_order(item: Item, rng: np.random.Generator) -> list[str]:
    """The key with two neighbours exchanged."""
    order = list(item.key)
    i = int(rng.integers(len(order) - 1))
    order[i], order[i + 1] = order[i + 1], order[i]
    return order


def _wrong_pairs(item: Item, rng: np.random.Generator) -> dict[str, str]:
    """The key with two partners exchanged."""
    pairs = dict(item.key)
    one, other = rng.choice(sorted(pairs), size=2, replace=False)
    pairs[one], pairs[other] = pairs[other], pairs[one]
    return {str(left): str(right) for left, right in pairs.items()}


def _wrong_words(item: Item, rng: np.random.Generator) -> str:
    """A slip that the author foresaw; else what nobody accepts."""
    return _slip(item.content["fields"][0], rng)


def _slip(field: dict[str, Any], rng: np.random.Generator) -> str:
    slips = field.get("slips") or [{"answer": "???"}]
    return str(slips[int(rng.integers(len(slips)))]["answer"])


def _wrong_fields(item: Item, rng: np.random.Generator) -> dict[str, str]:
    """The key with one field filled in wrongly."""
    fields = item.content["fields"]
    field = fields[int(rng.integers(len(fields)))]
    others = [choice["key"] for choice in field.get("choices", []) if choice["key"] != field["right"]]
    wrong = others[int(rng.integers(len(others)))] if others else _slip(field, rng)
    return {key: wrong if key == field["key"] else value for key, value in item.key.items()}


_WRONG = {
    ItemKind.SINGLE: _wrong_choice,
    ItemKind.MULTIPLE: _wrong_choices,
    ItemKind.ORDERING: _wrong_order,
    ItemKind.MATCHING: _wrong_pairs,
    ItemKind.SHORT: _wrong_words,
    ItemKind.HOTSPOT: _wrong_choice,
    ItemKind.TASK: _wrong_fields,
}
