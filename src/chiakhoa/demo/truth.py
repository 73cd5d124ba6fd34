"""How the questions of the synthetic province really are, which their authors do not know. All of it is invented, and seeded.

Difficulties lie about the authors' with a deviation of half a logit, slopes differ, a few grades are badly misjudged. One
question is harder for women than for men of equal ability, one gets about on a certain day, and a few people press on without
reading. Nothing of this is stored: a calibration, and the signs of irregularity, have to find it from the answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from chiakhoa.engines import irt
from chiakhoa.measure.assessment.models import Item

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

SPREAD_B, SPREAD_LOG_A = 0.5, 0.2
MISJUDGED, MISJUDGED_BY = 6, 1.6  # items, logits: some two grades
HARDER_FOR_WOMEN = 1.4  # logits, of one item
OFTEN = 12  # items that are asked most, of which one is unfair and one gets about
TOLD, KNOWN = 0.85, 0.97  # of a question that got about: the share of people who were told, and their chance
IN_HASTE, PRESSED_ON = 0.01, 0.35  # the share of people who do not read all, and of their answers
USUAL_SECONDS, SPREAD_ITEM, SPREAD_PERSON, SPREAD_ANSWER = 38.0, 0.35, 0.25, 0.4
FASTEST = 1.0


@dataclass(frozen=True)
class Takers:
    """People at the beginning of a test each: ids, audiences, true ability (P, D), who is a woman (P,), when they begin."""

    ids: Sequence[int]
    audiences: Sequence[str]
    ability: Floats
    women: Bools
    begins: Sequence[datetime]


@dataclass(frozen=True)
class Truth:
    """The items by code: domain, true a, b and c (I,), which one is unfair, which one gets about and when."""

    codes: list[str]
    domain: Ints
    a: Floats
    b: Floats
    c: Floats
    unfair: str
    leaked: str
    leaks_on: datetime
    seed: int

    def chance(self, ability: Floats, item: Item) -> float:
        """Of a man who was told nothing, (D,), that he answers the item rightly."""
        i = self.codes.index(item.code)
        return float(irt.probability(ability[self.domain[i]], self.a[i], self.b[i], self.c[i]))

    def sitting(self, takers: Takers, bank: Sequence[Item]) -> "Moment":
        """These people in front of this bank, each with what they were told and where they press on."""
        rng = np.random.default_rng([self.seed, len(takers.ids), int(takers.ids[0]) if takers.ids else 0])
        place = {code: i for i, code in enumerate(self.codes)}
        at = np.array([place[item.code] for item in bank])
        hasty = rng.random(len(takers.ids)) < IN_HASTE
        pressed = hasty[:, None] & (rng.random((len(takers.ids), len(bank))) < PRESSED_ON)
        late = np.array([begin >= self.leaks_on for begin in takers.begins])
        told = (late & (rng.random(len(takers.ids)) < TOLD))[:, None] & (at == place[self.leaked])
        return Moment(self, at, takers, pressed, told, rng)


@dataclass(frozen=True)
class Moment:
    """People in front of a bank: `at` (J,) where the bank's items stand in the truth, pressed and told (P, J)."""

    truth: Truth
    at: Ints
    takers: Takers
    pressed: Bools
    told: Bools
    rng: np.random.Generator

    def chances(self, who: Ints, item: Ints) -> Floats:
        """Of people and the items of the bank that each is asked (N,): the chance of a right answer."""
        i = self.at[item]
        known, domain = self.truth, self.truth.domain[i]
        unfair = np.array(known.codes)[i] == known.unfair
        b = known.b[i] + HARDER_FOR_WOMEN * (unfair & self.takers.women[who])
        p = irt.probability(self.takers.ability[who, domain], known.a[i], b, known.c[i])
        p = np.where(self.told[who, item], KNOWN, p)
        return np.where(self.pressed[who, item], known.c[i], p)

    def seconds(self, shown: Ints) -> Floats:
        """How long each answer takes (P, L), shown (P, L) being the items of the bank or -1. Lognormal, as times are."""
        level = np.random.default_rng([self.truth.seed, 5]).normal(0, SPREAD_ITEM, len(self.truth.codes))[self.at]
        person = self.rng.normal(0, SPREAD_PERSON, (len(shown), 1))
        took = USUAL_SECONDS * np.exp(level[shown] + person + self.rng.normal(0, SPREAD_ANSWER, shown.shape))
        took = np.where(np.take_along_axis(self.pressed, np.maximum(shown, 0), axis=1), took / 20, took)
        return np.asarray(np.maximum(took, FASTEST).round(1))


def draw(bank: Sequence[Item], ability: Floats, seed: int, leaks_on: datetime) -> Truth:
    """The truth about a bank whose parameters are its authors' guesses, for people of these abilities (P, D)."""
    rng = np.random.default_rng([seed, 6])
    a, b, c = (np.array([getattr(item, name) for item in bank]) for name in "abc")
    wrong = np.zeros(len(bank))
    wrong[rng.choice(len(bank), MISJUDGED, replace=False)] = MISJUDGED_BY * rng.choice([-1, 1], MISJUDGED)
    domain = np.array([item.competence.domain_index for item in bank])
    spread, slope = rng.normal(0, SPREAD_B, len(bank)), a * np.exp(rng.normal(0, SPREAD_LOG_A, len(bank)))
    true = b + np.where(wrong == 0, spread, wrong)
    # What tells most of the people at hand is asked often: before a calibration by what the authors think, then as it is. So
    # enough of them meet the two questions that are odd.
    middle, fair = ability.mean(axis=0)[domain], wrong == 0
    at_first = irt.information(middle, a, b, c) * fair
    unfair = int(rng.choice(np.argsort(-at_first)[:OFTEN]))
    at_first[unfair] = 0
    leaked = int(rng.choice(np.argsort(-at_first * irt.information(middle, slope, true, c))[:OFTEN]))
    return Truth(
        [item.code for item in bank], domain,
        slope, true, c,
        bank[unfair].code, bank[leaked].code, leaks_on, seed,
    )  # fmt: skip
