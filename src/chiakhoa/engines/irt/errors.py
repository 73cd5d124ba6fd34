"""Standard errors of calibrated items from the scores of persons (the empirical information).

The whole matrix over all parameters where it is small enough, else item by item, which leaves out what items share.
Source: Louis (1982), J. R. Stat. Soc. B 44; Meilijson (1989), J. R. Stat. Soc. B 51.
"""

from dataclasses import dataclass

import numpy as np

from chiakhoa.engines.irt.answers import Answers
from chiakhoa.engines.irt.maximise import Model, Pull
from chiakhoa.engines.irt.models import Floats, Items

WHOLE_UP_TO = 300


@dataclass(frozen=True)
class Errors:
    """Standard errors (I,) of a, b, c. Infinite where the answers say nothing."""

    a: Floats
    b: Floats
    c: Floats


def standard_errors(
    answers: Answers, expected: Floats, weight: Floats, nodes: Floats, items: Items, model: Model, pull: Pull
) -> Errors:
    """Errors from the cross-products of the scores of a, b, c.

    expected : (P, Q) weight of persons at nodes, summing to weight (P,) over nodes.
    """
    scores = _Scores(answers, expected / np.maximum(weight, 1e-300)[:, None], nodes, items, model)
    size = len(items) + 1 if model == "1pl" else scores.size * len(items)
    prior = _curvature(items, model, pull)
    if size <= min(WHOLE_UP_TO, answers.persons // 2):
        variance = _whole(scores, weight, prior, model)
    else:
        variance = _blocks(scores, weight, prior, model)
    se = np.sqrt(variance)
    return Errors(se[:, 0], se[:, 1], se[:, 2] if scores.size == 3 else np.zeros(len(items)))


@dataclass(frozen=True)
class _Scores:
    """The scores of persons, item by item."""

    answers: Answers
    expected: Floats
    nodes: Floats
    items: Items
    model: Model

    @property
    def size(self) -> int:
        """Parameters of an item."""
        return 3 if self.model == "3pl" else 2

    def of(self, item: int) -> Floats:
        """(P, K): the slope of each person's log-likelihood in the item's a, b, c; 0 where not shown."""
        a, b, c = (float(part[item]) for part in (self.items.a, self.items.b, self.items.c))
        rise = 1 / (1 + np.exp(-np.clip(a * (self.nodes - b), -30, 30)))
        p = c + (1 - c) * rise
        along = (1 - c) * rise * (1 - rise)
        bend = np.stack([along * (self.nodes - b), -a * along, 1 - rise], axis=1)[:, : self.size]
        right, wrong = self.answers.sides(item)
        out = np.zeros((self.answers.persons, self.size))
        out[right] = self.expected[right] @ (bend / p[:, None])
        out[wrong] = self.expected[wrong] @ (-bend / (1 - p)[:, None])
        return out


def _whole(scores: _Scores, weight: Floats, prior: Floats, model: Model) -> Floats:
    """Variances (I, K) from the information over the parameters of all items."""
    count, size = len(scores.items), scores.size
    table = np.concatenate([scores.of(i) for i in range(count)], axis=1)
    bump = np.concatenate([prior[i].diagonal() for i in range(count)])
    if model == "1pl":
        table = np.column_stack([table[:, 0::2].sum(axis=1), table[:, 1::2]])
        bump = np.concatenate([[bump[0::2].sum()], bump[1::2]])
    variance = _invert(table.T @ (table * weight[:, None]) + np.diag(bump))
    if model == "1pl":
        return np.column_stack([np.full(count, variance[0]), variance[1:]])
    return variance.reshape(count, size)


def _blocks(scores: _Scores, weight: Floats, prior: Floats, model: Model) -> Floats:
    """Variances (I, K), each item by itself (with the common slope, where there is one)."""
    count = len(scores.items)
    slope = sum((scores.of(i)[:, 0] for i in range(count)), np.zeros(1)) if model == "1pl" else None
    bump = prior.copy()
    if slope is not None:
        bump[:, 0, 0] = prior[:, 0, 0].sum()
    out = np.zeros((count, scores.size))
    for i in range(count):
        part = scores.of(i)
        if slope is not None:
            part[:, 0] = slope
        out[i] = _invert(part.T @ (part * weight[:, None]) + bump[i])
    return out


def _curvature(items: Items, model: Model, pull: Pull) -> Floats:
    """What priors add to the information (I, K, K) in a, b, c."""
    size = 3 if model == "3pl" else 2
    out = np.zeros((len(items), size, size))
    out[:, 0, 0] = pull.a_precision / items.a**2 / (len(items) if model == "1pl" else 1)
    out[:, 1, 1] = pull.b_precision
    if size == 3:
        c = np.clip(items.c, 1e-3, 1 - 1e-3)
        out[:, 2, 2] = sum(pull.c_shape) / (c * (1 - c))
    return out


def _invert(information: Floats) -> Floats:
    """Variances: the diagonal of the inverse, infinite for parameters without information."""
    known = information.diagonal() > 1e-12
    out = np.full(len(information), np.inf)
    inner = information[np.ix_(known, known)]
    scale = np.sqrt(inner.diagonal())
    inverse = np.linalg.pinv(inner / np.outer(scale, scale), hermitian=True)
    out[known] = inverse.diagonal() / scale**2
    return out
