"""The test of 12 questions: which questions, in which order. Two of each domain, easy ones first, chosen as in any test.

Only questions with a drawing are asked, each to be answered by one touch. Writes nothing.
"""

from collections.abc import Sequence

import numpy as np

from chiakhoa.engines import irt
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import adaptive, live_bank
from chiakhoa.measure.assessment import pool as pools
from chiakhoa.measure.assessment.group import pictures
from chiakhoa.measure.assessment.group.models import GroupAnswer, GroupRun
from chiakhoa.measure.assessment.models import ItemKind, ItemState
from chiakhoa.measure.assessment.pool import Pooled
from chiakhoa.measure.evidence import queries as evidence
from chiakhoa.measure.evidence.estimation import Believed

PER_DOMAIN = 2
EASIEST, HARDEST = 1, 2  # grades: the first question of a domain, and the highest that may come


def length() -> int:
    """How many questions a run asks."""
    return PER_DOMAIN * len(frameworks.scale().domains)


def before_any_answer(audience: str) -> Believed:
    """Where a run begins: what is assumed of the audience."""
    return evidence.prior(audience)


def after(run: GroupRun, answered: GroupAnswer) -> Believed:
    """What the run says once this answer is counted, too."""
    domain = np.array([answered.item.competence.domain_index])
    a, b, c, score = (np.array([getattr(answered, name)]) for name in ("a", "b", "c", "score"))
    return Believed(*irt.assume_density(np.array(run.mean), np.array(run.covariance), domain, a, b, c, score))


def next_item(run: GroupRun, shown: Sequence[GroupAnswer]) -> Pooled | None:
    """The question to ask after those shown; None where the run has asked enough, or there is no other."""
    domains = len(run.mean[0])
    pool = _pool()
    if not pool or len(shown) >= PER_DOMAIN * domains:
        return None
    choice = [item for item, _grade in pool]
    items = pools.arrays(choice)
    had = np.isin([item.code for item, _grade in pool], [row.item_id for row in shown])[None, :]
    counts = np.bincount(
        np.array([row.item.competence.domain_index for row in shown], dtype=np.intp), minlength=domains
    )[None, :]
    begun = counts[0][items.domain] > 0
    easy = np.array([grade == EASIEST for _item, grade in pool])
    plan = irt.Blueprint(
        np.full(domains, PER_DOMAIN), PER_DOMAIN * domains, np.full(domains, adaptive.TARGET_SE),
        enemy=pools.enemies(choice),
    )  # fmt: skip
    noise = np.random.default_rng([run.seed, len(shown)]).random(1)
    picked = irt.choose(
        np.array(run.mean), np.array(run.covariance), items, had, plan, noise,
        allowed=counts[0][items.domain] < PER_DOMAIN, eligible=(begun | easy)[None, :], counts=counts,
    )[0]  # fmt: skip
    return pool[int(picked)][0] if picked >= 0 else None


def enough() -> bool:
    """Whether each domain of the bank holds the questions that a run asks."""
    domains = [item.domain for item, _grade in _pool()]
    return all(domains.count(domain.order) >= PER_DOMAIN for domain in frameworks.scale().domains)


def _pool() -> list[tuple[Pooled, int]]:
    """Live questions that fit, with their grades, by code."""
    drawn = pictures.scenes()
    rows = [
        row
        for row in live_bank.items().values()
        if row.code in drawn and row.state == ItemState.LIVE and row.kind == ItemKind.SINGLE and row.grade <= HARDEST
    ]
    return [(item, row.grade) for item, row in zip(pools.pooled(rows), rows, strict=True)]
