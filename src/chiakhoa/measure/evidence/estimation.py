"""From observations to a state: each person's ledger walked through time, many people at once. Touches no rows.

All people take their k-th observation in the same round: what was believed is widened by the time since the one before,
then multiplied by the likelihood of the answers, or combined with the supervisor's opinion.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chiakhoa.engines import irt
from chiakhoa.ground.frameworks.queries import Scale
from chiakhoa.measure.evidence.models import EvidenceKind

Floats = NDArray[np.float64]
SECONDS_A_YEAR = 365.25 * 24 * 3600


class Observed(NamedTuple):
    """An observation as the walk needs it; `content` as described at the model Evidence."""

    occurred_at: datetime
    kind: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Believed:
    """What is believed of P people over D domains: mean (P, D) and cov (P, D, D), logits."""

    mean: Floats
    cov: Floats

    @property
    def se(self) -> Floats:
        """Standard errors (P, D)."""
        return np.sqrt(np.diagonal(self.cov, axis1=1, axis2=2))


def priors(audiences: Sequence[str | None], scale: Scale) -> Believed:
    """What is believed before any evidence of people of these audiences (assumptions of the scale file).

    Someone of no audience, or of one without a mean, gets the average mean of all audiences.
    """
    domains = len(scale.domains)
    known = scale.prior.mean
    anybody = sum(known.values()) / len(known)
    mean = np.array([known.get(audience or "", anybody) for audience in audiences], dtype=np.float64)
    shape = np.full((domains, domains), scale.prior.correlation) + (1 - scale.prior.correlation) * np.eye(domains)
    cov = np.broadcast_to(scale.prior.domain_sd**2 * shape, (len(mean), domains, domains))
    return Believed(np.repeat(mean[:, None], domains, axis=1), cov.copy())


def walk(ledgers: Sequence[Sequence[Observed]], prior: Believed, variance_per_year: float) -> Believed:
    """The state of each person after the whole of their ledger (oldest first), from their prior."""
    mean, cov = prior.mean.copy(), prior.cov.copy()
    for turn in range(max(map(len, ledgers), default=0)):
        who = np.array([i for i, ledger in enumerate(ledgers) if len(ledger) > turn])
        years = np.array([_years(ledgers[i], turn) for i in who])
        courses = np.array([_course(ledgers[i], turn) for i in who])
        cov[who] = irt.widen(irt.widen(cov[who], variance_per_year, years), 1.0, courses)
        for kind, learn in _LEARN.items():
            some = np.array([i for i in who if ledgers[i][turn].kind == kind], dtype=np.intp)
            if some.size:
                seen = [ledgers[i][turn].content for i in some]
                mean[some], cov[some] = learn(seen, mean[some], cov[some])
    return Believed(mean, cov)


def path(ledger: Sequence[Observed], prior: Believed, variance_per_year: float) -> list[irt.Step]:
    """One person's beliefs after each of their observations (oldest first), (D,) and (D, D), each with the noise before it.

    The prior is of that one person. The last of them is what `walk` says.
    """
    mean, cov, found = prior.mean.copy(), prior.cov.copy(), []
    unit = np.eye(mean.shape[1])
    for turn, seen in enumerate(ledger):
        noise = (variance_per_year * _years(ledger, turn) + _course(ledger, turn)) * unit
        mean, cov = _LEARN[EvidenceKind(seen.kind)]([seen.content], mean, cov + noise)
        found.append(irt.Step(noise, mean[0], cov[0]))
    return found


def _years(ledger: Sequence[Observed], turn: int) -> float:
    """The years since the observation before; none before the first."""
    return (ledger[turn].occurred_at - ledger[turn - 1].occurred_at).total_seconds() / SECONDS_A_YEAR if turn else 0.0


def _course(ledger: Sequence[Observed], turn: int) -> float:
    """The variance that a course adds before an observation made after it; none before the first."""
    return float(ledger[turn].content.get("variance_before", 0.0)) if turn else 0.0


def _from_answers(seen: Sequence[dict[str, Any]], mean: Floats, cov: Floats) -> tuple[Floats, Floats]:
    """Believed after a sitting each: one call of the engine for all, whatever parameters were frozen in the answers."""
    columns: dict[tuple[Any, ...], int] = {}
    cells = [
        (i, columns.setdefault(tuple(item), len(columns)), score)
        for i, content in enumerate(seen)
        for *item, score in zip(*(content[name] for name in ("item", "domain", "a", "b", "c", "score")), strict=True)
    ]
    responses = np.full((len(seen), len(columns)), np.nan)
    people, places, scores = zip(*cells, strict=True)
    responses[people, places] = scores
    _codes, domain, a, b, c = zip(*columns, strict=True)
    items = irt.Items(np.array(domain, dtype=np.intp), np.array(a), np.array(b), np.array(c))
    after = irt.posterior(items, responses, irt.Prior(mean, cov))
    return after.mean, after.cov


def _from_opinions(seen: Sequence[dict[str, Any]], mean: Floats, cov: Floats) -> tuple[Floats, Floats]:
    """Believed after a supervisor's opinion each: a normal observation of the domains that were rated."""
    value = np.array([[0.0 if m is None else m for m in content["mean"]] for content in seen])
    precision = np.array([[0.0 if sd is None else sd**-2 for sd in content["sd"]] for content in seen])
    return irt.combine(mean, cov, value, precision)


_LEARN = {EvidenceKind.SITTING: _from_answers, EvidenceKind.RATING: _from_opinions}
