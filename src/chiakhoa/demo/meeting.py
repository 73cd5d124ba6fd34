"""A hamlet meeting of the synthetic province: a score of tea households answer the test of 12 questions from one link."""

from datetime import datetime, timedelta

import numpy as np

from chiakhoa.demo.answering import Simulated
from chiakhoa.demo.truth import Truth
from chiakhoa.foundation.readers import SYSTEM, Reader
from chiakhoa.ground.registry.models import Audience
from chiakhoa.ground.territory.models import Unit
from chiakhoa.measure.assessment import actions as assessment
from chiakhoa.measure.assessment.models import GroupAnswer, GroupTest

AUDIENCE = "tea_farm_household"
PEOPLE = 21
ONE_STOPS = 3  # questions after which the last of them puts the phone away
DAYS = 14


def hold(actor: Reader, everybody: Simulated, commune: str, seed: int, at: datetime) -> GroupTest:
    """Open the link three days ago, and let everybody answer by their hidden ability."""
    then = at - timedelta(days=3)
    test = assessment.open_group_test(
        actor, "Họp xóm: chè và điện thoại", Unit.objects.get(pk=commune), Audience.objects.get(pk=AUDIENCE), "vi", DAYS,
        at=then,
    )  # fmt: skip
    rng = np.random.default_rng([seed, 4])
    persons = everybody.persons
    households = [i for i, row in enumerate(persons.rows) if row.audience_code == AUDIENCE]
    for number, who in enumerate(rng.permutation(households)[:PEOPLE], start=1):
        _answer_all(test, everybody.truth, persons.ability[who], rng, ONE_STOPS if number == PEOPLE else None, then)
    return test


def _answer_all(
    test: GroupTest, truth: Truth, ability: np.ndarray, rng: np.random.Generator, stops: int | None, at: datetime
) -> None:
    run = assessment.begin_group_run(SYSTEM, test.pk, at=at)
    while shown := run.answers.filter(score=None).select_related("item__competence__domain").first():
        if stops is not None and shown.position > stops:
            return
        assessment.answer_group_run(
            SYSTEM, run.pk, shown.position, _given(shown, truth.chance(ability, shown.item), rng), at=at
        )


def _given(shown: GroupAnswer, chance: float, rng: np.random.Generator) -> str | None:
    """The key as often as the ability lets expect it; else mostly "I do not know"."""
    item = shown.item
    if rng.random() < chance:
        return str(item.key)
    others = [option["key"] for option in item.content["options"] if option["key"] != item.key]
    return None if rng.random() < 0.5 else str(others[int(rng.integers(len(others)))])
