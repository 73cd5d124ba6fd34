"""What a test must hold and what it must not: length, precision, content, enemies, exposure, and when it may end.

A blueprint is a constraint: an item that would leave too little room for what is still lacking is not open. What is only
preferred (items not yet shown too often, domains not yet precise) gives way before the constraint does.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from chiakhoa.engines.irt.models import Bools, Floats, Ints, Items


@dataclass(frozen=True)
class Content:
    """Finer parts of the domains, such as competences: of (I,) the part of each item; least and most (C,) items of each part."""

    of: Ints
    least: Ints
    most: Ints


@dataclass(frozen=True)
class Decision:
    """Levels that must be told apart: cuts (G,) for all domains or (D, G), logits; sure: the chance that counts as certain."""

    cuts: Floats
    sure: float = 0.95

    def made(self, mean: Floats, cov: Floats) -> Bools:
        """Whether each person (P,) is known, with that chance, to be above or below every cut."""
        se = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
        above = ndtr((mean[:, :, None] - self.cuts) / se[:, :, None])
        return np.asarray((np.maximum(above, 1 - above) >= self.sure).all(axis=(1, 2)))


@dataclass(frozen=True)
class Blueprint:
    """What a test must hold: least items of each domain (D,), most items in all, target standard error of each domain (D,).

    content : least and most of finer parts.   enemy : (I,) groups of which only one item may be shown, -1 for none.
    decision : the test may also end when these levels are decided.
    """

    minimum_per_domain: Ints
    maximum_length: int
    target_se: Floats
    content: Content | None = None
    enemy: Ints | None = None
    decision: Decision | None = None

    @cached_property
    def target_variance(self) -> Floats:
        """The squares of the target standard errors (D,)."""
        return np.square(self.target_se)


def finished(
    cov: Floats, counts: Ints, blueprint: Blueprint, *, mean: Floats | None = None, parts: Ints | None = None
) -> Bools:
    """Whether each person's test may end (P,): the length is reached, or the content is met and all is known well enough.

    cov (P, D, D), counts (P, D) items answered in each domain; mean (P, D) where levels are to be decided, parts (P, C)
    items answered of each part where the blueprint has parts. Known well enough is every domain at its target standard
    error, or every level decided.
    """
    enough = cov.diagonal(axis1=1, axis2=2) <= blueprint.target_variance
    if blueprint.decision is not None and mean is not None:
        enough |= blueprint.decision.made(mean, cov)[:, None]
    enough &= counts >= blueprint.minimum_per_domain
    done = enough.all(axis=1)
    if blueprint.content is not None and parts is not None:
        done &= (parts >= blueprint.content.least).all(axis=1)
    return np.asarray(done | (counts.sum(axis=1) >= blueprint.maximum_length))


def tally(shown: Bools, of: Ints, size: int) -> Ints:
    """How many shown items (P, I) are of each of so many kinds: (P, size)."""
    return np.asarray(shown @ _one_hot(of, size), dtype=np.intp)


def open_items(items: Items, shown: Bools, blueprint: Blueprint, allowed: Bools | None, counts: Ints) -> Bools:
    """Items (P, I) that may come next: allowed, not shown, no enemy of one shown, and leaving room for what is lacking.

    allowed : (P, I) or (I,), False where a language or an aid that the person needs is missing; None where all suit.
    counts : (P, D) items had of each domain. Where what is lacking is all
    that still fits, only that is open. A part with nothing left to show is not waited for.
    """
    out = ~shown
    if allowed is not None:
        out &= allowed
    if blueprint.enemy is not None:
        out &= ~_beside_enemies(shown, blueprint.enemy)
    if blueprint.content is not None:
        full = tally(shown, blueprint.content.of, len(blueprint.content.most)) >= blueprint.content.most
        out &= ~full[:, blueprint.content.of]
    left = blueprint.maximum_length - counts.sum(axis=1)
    if _roomy(left, counts, blueprint):
        return out
    wanted, needed = _wanted(items, shown, out, blueprint, counts)
    tight = (needed > 0) & (needed >= left)
    if tight.any():
        out[tight] &= wanted[tight]
    return out


def _roomy(left: Ints, counts: Ints, blueprint: Blueprint) -> bool:
    """Whether a glance shows that what is lacking fits everybody's remaining length; else it has to be counted."""
    parts = 0 if blueprint.content is None else int(blueprint.content.least.sum())
    if blueprint.minimum_per_domain.sum() + parts < left.min(initial=blueprint.maximum_length):
        return True
    lacking = np.maximum(blueprint.minimum_per_domain - counts, 0).sum(axis=1)
    return not parts and bool(((lacking == 0) | (lacking < left)).all())


def _wanted(items: Items, shown: Bools, free: Bools, blueprint: Blueprint, counts: Ints) -> tuple[Bools, Ints]:
    """Items (P, I) of which something is lacking, and how many items (P,) are lacking in all."""
    size = len(blueprint.minimum_per_domain)
    lacking = np.minimum(np.maximum(blueprint.minimum_per_domain - counts, 0), tally(free, items.domain, size))
    if blueprint.content is None:
        return (lacking > 0)[:, items.domain], lacking.sum(axis=1)
    of, least = blueprint.content.of, blueprint.content.least
    asked, left = tally(shown, of, len(least)), tally(free, of, len(least))
    short = np.minimum(np.maximum(least - asked, 0), left)
    within = np.asarray(short @ _one_hot(_domain_of(of, items.domain, len(least)), size), dtype=np.intp)
    wanted = (short > 0)[:, of] | (lacking > within)[:, items.domain]
    return wanted, np.maximum(lacking, within).sum(axis=1)


def _domain_of(of: Ints, domain: Ints, size: int) -> Ints:
    """The domain of each part."""
    out = np.zeros(size, dtype=np.intp)
    out[of] = domain
    return out


def _one_hot(of: Ints, size: int) -> Floats:
    return np.asarray(of[:, None] == np.arange(size), dtype=np.float64)


def _beside_enemies(shown: Bools, enemy: Ints) -> Bools:
    """(P, I): items of a group of which the person has had one."""
    member = (enemy[:, None] == np.unique(enemy[enemy >= 0])).astype(np.float64)
    return np.asarray((shown @ member) @ member.T > 0)
