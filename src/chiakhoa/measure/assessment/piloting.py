"""Items that are tried out: where in a sitting they stand, which one comes, and what the answers say of them. Writes nothing.

A sitting holds at most PLACES of them, at places drawn from its seed and mixed among the questions that count. They are not
in the pool of the adaptive choice, and their answers move no estimate: whoever meets one has the same result as without.
Practice shows the reason after each answer, so nothing is tried out there.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Q

from chiakhoa.engines import irt
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import bank
from chiakhoa.measure.assessment.adaptive import History
from chiakhoa.measure.assessment.models import Answer, Item, ItemState, Purpose, Sitting, SittingState
from chiakhoa.measure.assessment.pool import enemy_sets

PLACES = 2
FIRST, LAST = 3, 18  # after so many counted answers: not while somebody finds their way in, nor after most have ended
LEAST_ANSWERS = 150  # from here on the default prior gives b to about 0.24 logits (docs/irt.md)
_MARK = 7919  # parts this draw from the draws of the adaptive choice


@dataclass(frozen=True)
class Estimate:
    """What the answers say of an item: a and b with their standard errors, from so many answers."""

    a: float
    b: float
    se_a: float
    se_b: float
    answers: int


def most(purpose: str) -> int:
    """How many questions a sitting may hold that do not count."""
    return 0 if purpose == Purpose.PRACTICE else PLACES


def places(seed: int) -> list[int]:
    """After how many counted answers one is tried out, in rising order."""
    drawn = np.random.default_rng([seed, _MARK]).choice(np.arange(FIRST, LAST + 1), PLACES, replace=False)
    return sorted(int(place) for place in drawn)


def next_pilot(sitting: Sitting, answered: int, before: History, bank: dict[str, Item]) -> Item | None:
    """The item to try out now, after `answered` answers of either sort; None where a question that counts comes next.

    One of those being tried out that the person never met, nor met in its older version, and no enemy of one in this sitting.
    """
    tried = len(before.tried)
    if most(sitting.purpose) == 0 or tried >= _due(sitting.seed, answered - tried):
        return None
    beside = enemy_sets([*before.tried, *(code for code, _score in before.asked)], bank)
    pool = [
        item for item in bank.values()
        if item.state == ItemState.PILOT and item.enemy_set not in beside
        and item.code not in before.met and item.supersedes_id not in before.met
    ]  # fmt: skip
    if not pool:
        return None
    return pool[int(np.random.default_rng([sitting.seed, _MARK, tried]).integers(len(pool)))]


def _due(seed: int, counted: int) -> int:
    """How many are to be tried out once so many answers count."""
    return sum(place <= counted for place in places(seed)) if counted >= FIRST else 0


def ready(codes: Sequence[str] | None = None) -> dict[str, int]:
    """Items being tried out that have enough answers to be calibrated: code -> answers. Of all, or of these."""
    rows = Item.objects.filter(state=ItemState.PILOT)
    if codes is not None:
        rows = rows.filter(pk__in=codes)
    counts = Count("answers", filter=_counted("answers__"))
    return dict(rows.annotate(n=counts).filter(n__gte=LEAST_ANSWERS).values_list("code", "n"))


def estimates(codes: Sequence[str]) -> dict[str, Estimate]:
    """The items calibrated on the live scale, one domain at a time: items that count keep their parameters as anchors.

    The guessing stays that of the kind; b is drawn towards the author's grade by the default prior. Items with too few answers
    are left out.
    """
    enough = ready(codes)
    by_domain: dict[int, list[Item]] = defaultdict(list)
    for item in Item.objects.filter(pk__in=enough).select_related("competence__domain").order_by("code"):
        by_domain[item.competence.domain_index].append(item)
    found: dict[str, Estimate] = {}
    for domain, items in by_domain.items():
        found |= _of_domain(domain, items, enough)
    return found


def _of_domain(domain: int, tried: list[Item], counts: dict[str, int]) -> dict[str, Estimate]:
    codes = [item.code for item in tried]
    sittings = Answer.objects.filter(_counted(""), item__in=codes).values("sitting")
    rows = list(
        Answer.objects.filter(_counted(""), sitting__in=sittings, item__competence__domain__order=domain)
        .filter(Q(pilot=False) | Q(item__in=codes))
        .values_list("sitting", "item", "item__a", "item__b", "item__c", "score")
        .order_by("sitting", "position")
    )
    anchored = {row[1]: row[2:5] for row in rows if row[1] not in set(codes)}
    names = [*codes, *sorted(anchored)]
    anchors = np.array([(np.nan,) * 3] * len(codes) + [anchored[name] for name in names[len(codes) :]], dtype=float)
    found = irt.calibrate(
        _table(rows, names),
        model="2pl",
        prior="default",
        difficulty=np.array([*map(_by_author, tried), *[np.nan] * len(anchored)]),
        guessing=np.array([item.c for item in tried] + [anchored[name][2] for name in names[len(codes) :]]),
        anchors=(anchors[:, 0], anchors[:, 1], anchors[:, 2]) if anchored else None,
    )
    return {
        code: Estimate(
            float(found.a[i]), float(found.b[i]), float(found.se_a[i]), float(found.se_b[i]), answers=counts[code]
        )
        for i, code in enumerate(codes)
    }


def _by_author(item: Item) -> float:
    """The difficulty that the author's grade says, whatever an earlier calibration said."""
    return bank.difficulty(item.grade, frameworks.scale().cuts, a=bank.SLOPE, c=item.c)


def _table(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Answers (P, I), one row a sitting, NaN where not shown."""
    column = {name: i for i, name in enumerate(names)}
    person: dict[Any, int] = {}
    for row in rows:
        person.setdefault(row[0], len(person))
    table = np.full((len(person), len(names)), np.nan)
    for sitting, item, _a, _b, _c, score in rows:
        table[person[sitting], column[item]] = score
    return table


def _counted(before: str) -> Q:
    """Answers of finished sittings that nobody took out."""
    names = {"score__isnull": False, "left_out": False, "sitting__state": SittingState.FINISHED}
    return Q(**{before + name: value for name, value in names.items()})
