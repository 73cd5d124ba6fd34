"""How a sitting chooses its items and when it has asked enough: rows brought to the engine and back. Writes nothing.

A sitting looks at nothing but its own answers, from the prior of the person's audience, so that the tests before and
after a course can be compared. Items the person has met in earlier sittings come again only when their domain has no
others left; of items that give one another's answer away one comes at most; and each sitting rests some items, so that none
is seen by too many people.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from chiakhoa.engines import irt
from chiakhoa.foundation.prepared import Prepared
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.models import Person
from chiakhoa.measure.assessment import live_bank
from chiakhoa.measure.assessment import pool as pools
from chiakhoa.measure.assessment.models import Answer, Item, ItemState, Purpose, Sitting
from chiakhoa.measure.assessment.pool import Pooled
from chiakhoa.measure.evidence import estimation
from chiakhoa.measure.evidence import queries as evidence
from chiakhoa.measure.evidence.estimation import Believed

LEAST_PER_DOMAIN = 2
MOST_ITEMS = 24
MOST_IN_EXAM = (
    40  # meets TARGET_SE after some 32 sharp questions (bench/measure); the shipped ones, as authored, come to 0.52
)
TARGET_SE = 0.45


def before_any_answer(person: Person) -> Believed:
    """The prior of the person's audience: where each sitting begins."""
    return evidence.prior(person.audience_id)


def after(sitting: Sitting, answered: Answer) -> Believed:
    """What the sitting says once this answer is counted, too (assumed density: one normal to the next)."""
    before = _said(sitting)
    domain = np.array([answered.item.competence.domain_index])
    a, b, c, score = (np.array([getattr(answered, name)]) for name in ("a", "b", "c", "score"))
    return Believed(*irt.assume_density(before.mean, before.cov, domain, a, b, c, score))


class History(NamedTuple):
    """What a person has been asked: the items of this sitting that count with their scores, in their order; those that were
    tried out in it, and count as if never shown; and all that the person has met in any sitting.
    """

    asked: list[tuple[str, float | None]]
    tried: list[str]
    met: set[str]


_seen_by = Prepared(
    lambda person: (
        Answer.objects.filter(sitting__person=person)
        .order_by("position")
        .values_list("sitting_id", "pilot", "item_id", "score")
    ),
    person=int,
)


def history(sitting: Sitting) -> History:
    """What the sitting and its person have been asked."""
    seen = _seen_by(person=sitting.person_id)
    own = [(pilot, code, score) for pk, pilot, code, score in seen if pk == sitting.pk]
    return History(
        asked=[(code, score) for pilot, code, score in own if not pilot],
        tried=[code for pilot, code, _score in own if pilot],
        met={code for _pk, _pilot, code, _score in seen},
    )


def next_item(sitting: Sitting, before: History, bank: dict[str, Item]) -> Pooled | None:
    """The item of the bank to show next; None where the sitting has asked enough, or the bank has no more."""
    codes = [code for code, _score in before.asked]
    pool = _candidates(before, bank)
    if len(pool) == len(codes):
        return None
    items, plan, said = pools.arrays(pool), blueprint(sitting.purpose, len(sitting.mean[0]), pool), _said(sitting)
    shown = np.arange(len(pool))[None, :] < len(codes)
    counts = np.bincount(items.domain[: len(codes)], minlength=said.mean.shape[1])[None, :]
    if irt.finished(said.cov, counts, plan)[0]:
        return None
    noise = np.random.default_rng([sitting.seed, len(codes)]).random(1)
    picked = int(
        irt.choose(said.mean, said.cov, items, shown, plan, noise, eligible=pools.eligible(sitting.seed, pool, bank))[0]
    )
    return pool[picked] if picked >= 0 else None


def reserve(sitting: Sitting, count: int) -> list[str]:
    """Codes of up to `count` items to ask after the one that is shown, while the page has no network.

    Nobody can know the answers then, so each is chosen as the choice would be if the mean stayed and the variance shrank by what
    the items before it are expected to tell.
    """
    before = history(sitting)
    codes = [code for code, _score in before.asked]
    unread = 1 if before.asked and before.asked[-1][1] is None else 0  # one that is tried out may be shown instead
    bank = live_bank.items_as_of(sitting.started_at)
    pool = _candidates(before, bank)
    items, plan, said = pools.arrays(pool), blueprint(sitting.purpose, len(sitting.mean[0]), pool), _said(sitting)
    may = pools.eligible(sitting.seed, pool, bank)
    chosen = list(range(len(codes)))
    cov = said.cov.copy()
    for turn in range(len(codes) - unread, min(len(codes) + count, plan.maximum_length)):
        if turn >= len(codes):
            shown = np.isin(np.arange(len(pool)), chosen)[None, :]
            noise = np.random.default_rng([sitting.seed, turn]).random(1)
            picked = int(irt.choose(said.mean, cov, items, shown, plan, noise, eligible=may)[0])
            if picked < 0:
                break
            chosen.append(picked)
        cov = _shrunk(said.mean, cov, items, chosen[turn])
    return [pool[index].code for index in chosen[len(codes) :]]


def _shrunk(mean: NDArray[np.float64], cov: NDArray[np.float64], items: irt.Items, index: int) -> NDArray[np.float64]:
    """The covariance (1, D, D) once the item's expected information is in."""
    d = items.domain[index]
    told = float(irt.information(mean[:, d], items.a[index], items.b[index], items.c[index])[0])
    column = cov[:, :, d]
    return np.asarray(cov - told / (1 + told * cov[:, d, d]) * column[:, :, None] * column[:, None, :])


def most_items(purpose: str) -> int:
    """The longest a sitting may be: a certificate is worth more questions than twenty quiet minutes of practice."""
    return MOST_IN_EXAM if purpose == Purpose.CERTIFICATION else MOST_ITEMS


def blueprint(purpose: str, domains: int = 0, pool: Sequence[Pooled] = ()) -> irt.Blueprint:
    """The setting of a sitting. Twenty-four questions rarely meet the precision: the length ends the test; an exam meets it.

    domains : how many there are, where the caller knows without asking the scale.   pool : the items of the choice, whose
    enemies are kept apart.
    """
    domains = domains or len(frameworks.scale().domains)
    return irt.Blueprint(
        np.full(domains, LEAST_PER_DOMAIN), most_items(purpose), np.full(domains, TARGET_SE), enemy=pools.enemies(pool)
    )


def simulate(
    ability: NDArray[np.float64],
    audiences: Sequence[str | None],
    bank: Sequence[Item],
    purpose: str,
    seed: int,
    chances: Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]],
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Sittings of people whose true ability (P, D) is known, by the same choice among the items of a bank.

    chances : of people and the items that each is asked (N,) the chance of a right answer. Returns shown (P, L), the index of
    each item in the bank or -1, and score (P, L).
    """
    pool = pools.pooled(bank)
    prior = estimation.priors(audiences, frameworks.scale())
    chance = np.array([item.eligibility for item in bank])
    may = irt.eligible(chance, seed * len(ability) + np.arange(len(ability)))
    plan = blueprint(purpose, pool=pool)
    sat = irt.sit(
        ability, pools.arrays(pool), irt.Prior(prior.mean, prior.cov), plan, seed, eligible=may, chances=chances
    )
    return sat.shown, sat.score


def _said(sitting: Sitting) -> Believed:
    """What the answers of the sitting say so far, as stored on its row."""
    return Believed(np.array(sitting.mean), np.array(sitting.covariance))


def _candidates(before: History, bank: dict[str, Item]) -> list[Pooled]:
    """The items shown in this sitting, in their order, then those that may come next.

    Of each domain those the person has never met, or all that are left where there are none such; no enemy of one tried out.
    """
    codes = [code for code, _score in before.asked]
    every, shown = {item.code: item for item in pools.open_items(codes, bank)}, set(codes)
    beside = pools.enemy_sets(before.tried, bank)
    left = [item for code, item in every.items() if code not in shown and bank[code].enemy_set not in beside]
    fresh = {item.domain for item in left if item.code not in before.met}
    return [every[code] for code in codes] + [
        item for item in left if item.domain not in fresh or item.code not in before.met
    ]


def live() -> QuerySet[Item]:
    """The items that count, in the order of their codes."""
    return Item.objects.filter(state=ItemState.LIVE).select_related("competence__domain").order_by("code")
