"""Answers of synthetic people: the real adaptive engine chooses the items, the hidden ability decides right or wrong.

A wrong answer is a wrong choice among those the item offers, so that the bank's statistics look like statistics.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiakhoa.measure.assessment import adaptive
from chiakhoa.measure.assessment.models import Item, ItemKind
from chiakhoa.measure.assessment.rooms import FinishedSitting

SECONDS_AN_ITEM = 45
LARGEST_SEED = 2**31


def sittings(
    people: Sequence[int],
    audiences: Sequence[str],
    ability: NDArray[np.float64],
    purpose: str,
    begins: Sequence[datetime],
    seed: int,
) -> list[FinishedSitting]:
    """One finished sitting a person. Shapes: people, audiences, begins (P,), ability (P, D)."""
    rng = np.random.default_rng(seed)
    shown, score, bank = adaptive.simulate(ability, audiences, seed)
    return [
        FinishedSitting(
            person_id=person,
            purpose=purpose,
            seed=(seed * 1_000_003 + i) % LARGEST_SEED,
            started_at=begins[i],
            finished_at=begins[i] + timedelta(seconds=SECONDS_AN_ITEM * int((shown[i] >= 0).sum())),
            answers=[
                (bank[item].code, given(bank[item], bool(right), rng))
                for item, right in zip(shown[i], score[i], strict=True)
                if item >= 0
            ],
        )
        for i, person in enumerate(people)
    ]


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
