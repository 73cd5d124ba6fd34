"""Standard errors of calibrated items from the scores of persons (the empirical information).

The whole matrix over all parameters where it is small enough, else item by item, which leaves out what items share, and
from at most MOST persons an item, evenly spread.
Source: Louis (1982), J. R. Stat. Soc. B 44; Meilijson (1989), J. R. Stat. Soc. B 51.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.special import expit

from chiakhoa.engines.irt.answers import Answers
from chiakhoa.engines.irt.maximise import SIZE, Model, Pull
from chiakhoa.engines.irt.models import Floats, Ints, Items

WHOLE_UP_TO = 300
MOST = 4_000
ROWS = 20_000
RIDGE = 1e-9  # below this least eigenvalue a correlation matrix has no plain inverse


def standard_errors(
    answers: Answers, expected: Floats, weight: Floats, nodes: Floats, items: Items, model: Model, pull: Pull
) -> Floats:
    """Standard errors (I, 4) of a, b, c, d from the cross-products of their scores; infinite where answers say nothing.

    expected : (P, Q) weight of persons at nodes, summing to weight (P,) over nodes. Zeros for what the model has not.
    """
    share = expected / np.maximum(weight, 1e-300)[:, None]
    scores = Scores(answers, share, weight, *slopes(items, nodes, SIZE[model]))
    prior = _curvature(items, model, pull)
    count, size = len(items), scores.right.shape[2]
    whole = (count + 1 if model == "1pl" else size * count) <= min(WHOLE_UP_TO, answers.persons // 2)
    if model == "1pl":
        variance = _common_whole(scores, prior) if whole else _common_blocks(scores, prior)
    else:
        variance = _whole(scores, prior) if whole else _blocks(scores, prior)
    return np.column_stack([np.sqrt(variance), np.zeros((count, 4 - size))])


@dataclass(frozen=True)
class Scores:
    """Persons' share at each node (P, Q), how often each counts (P,), and what an answer says there: (I, Q, K)."""

    answers: Answers
    share: Floats
    weight: Floats
    right: Floats
    wrong: Floats

    def of(self, item: int, own: Floats | None = None) -> tuple[Ints, Floats]:
        """The persons who had the item, and the slope of their log-likelihoods in its parameters (n, K).

        own : the item's probabilities of right and wrong at the nodes (2, Q), where the shares leave its answers out.
        """
        sides = self.answers.sides(item)
        shares = [self.share[side] for side in sides]
        if own is not None:
            shares = [share * chance for share, chance in zip(shares, own, strict=True)]
            shares = [share / share.sum(axis=1, keepdims=True) for share in shares]
        parts = [shares[0] @ self.right[item], shares[1] @ self.wrong[item]]
        return np.concatenate(sides), np.concatenate(parts)

    def few(self, item: int) -> tuple[Floats, Floats]:
        """Slopes (n, K) of at most MOST persons who had the item, and how often each counts, to stand for all."""
        right, wrong = self.answers.sides(item)
        total = len(right) + len(wrong)
        stride = max(1.0, total / MOST)
        right, wrong = (side[np.arange(0, len(side), stride).astype(np.intp)] for side in (right, wrong))
        some = np.concatenate([right, wrong])
        slopes = np.concatenate([self.share[right] @ self.right[item], self.share[wrong] @ self.wrong[item]])
        return slopes, self.weight[some] * total / max(len(some), 1)

    def rows(self, start: int) -> tuple[Floats, Floats]:
        """Slopes (ROWS, I K) of some persons in the parameters of all items, 0 where not shown, and how often they count."""
        at = np.arange(start, min(start + ROWS, self.answers.persons))
        right, shown = self.answers.some(at).table()
        flat = [np.swapaxes(side, 0, 1).reshape(side.shape[1], -1) for side in (self.right, self.wrong)]
        one, other = (self.share[at] @ side for side in flat)
        size = self.right.shape[2]
        picked = np.where(np.repeat(right, size, axis=1), one, other)
        return picked * np.repeat(shown, size, axis=1), self.weight[at]


def slopes(items: Items, nodes: Floats, size: int) -> tuple[Floats, Floats]:
    """Slopes of the log-probabilities of right and wrong in a, b, c, d at the nodes: two arrays (I, Q, K)."""
    a, b, c, d = (part[:, None] for part in (items.a, items.b, items.c, items.d))
    rise = expit(np.clip(a * (nodes - b), -30, 30))
    p = c + (d - c) * rise
    along = (d - c) * rise * (1 - rise)
    bend = np.stack([along * (nodes - b), -a * along, 1 - rise, rise], axis=2)[:, :, :size]
    return bend / p[:, :, None], -bend / (1 - p)[:, :, None]


def _whole(scores: Scores, prior: Floats) -> Floats:
    """Variances (I, K) from the information over the parameters of all items."""
    information = np.diag(np.diagonal(prior, axis1=1, axis2=2).ravel())
    for start in range(0, scores.answers.persons, ROWS):
        table, weight = scores.rows(start)
        information = information + table.T @ (table * weight[:, None])
    return _invert(information).reshape(prior.shape[:2])


def _common_whole(scores: Scores, prior: Floats) -> Floats:
    """The same where all items have one slope."""
    count = len(prior)
    information = np.diag(np.concatenate([[prior[:, 0, 0].sum()], prior[:, 1, 1]]))
    for start in range(0, scores.answers.persons, ROWS):
        table, weight = scores.rows(start)
        table = np.column_stack([table[:, 0::2].sum(axis=1), table[:, 1::2]])
        information = information + table.T @ (table * weight[:, None])
    variance = _invert(information)
    return np.column_stack([np.full(count, variance[0]), variance[1:]])


def _blocks(scores: Scores, prior: Floats) -> Floats:
    """Variances (I, K), each item by itself. Shares in single precision: a cell is read once, and all the time goes there."""
    single = replace(scores, share=scores.share.astype(np.float32))
    single = replace(single, right=single.right.astype(np.float32), wrong=single.wrong.astype(np.float32))
    information = prior.copy()
    for i in range(len(prior)):
        part, weight = single.few(i)
        information[i] += part.T @ (part * weight[:, None])
    return _invert_each(information)


def _common_blocks(scores: Scores, prior: Floats) -> Floats:
    """Variances (I, 2) where all items have one slope: each difficulty with the slope, the others as known."""
    count, persons = len(prior), scores.answers.persons
    slope, cross, own = np.zeros(persons), np.zeros(count), prior[:, 1, 1].copy()
    for i in range(count):
        who, part = scores.of(i)
        slope[who] += part[:, 0]
        own[i] += scores.weight[who] @ part[:, 1] ** 2
    for i in range(count):
        who, part = scores.of(i)
        cross[i] = (scores.weight[who] * slope[who]) @ part[:, 1]
    total = float(scores.weight @ slope**2 + prior[:, 0, 0].sum())
    pairs = [np.array([[total, cross[i]], [cross[i], own[i]]]) for i in range(count)]
    return np.array([_invert(pair) for pair in pairs])


def _curvature(items: Items, model: Model, pull: Pull) -> Floats:
    """What priors add to the information (I, K, K) in a, b, c, d."""
    size = SIZE[model]
    out = np.zeros((len(items), size, size))
    out[:, 0, 0] = pull.a_precision / items.a**2 / (len(items) if model == "1pl" else 1)
    out[:, 1, 1] = pull.b_precision
    for (column, more, less), share in zip(pull.shapes()[: size - 2], (items.c, 1 - items.d), strict=False):
        inside = np.clip(share, 1e-3, 1 - 1e-3)
        out[:, column, column] = (more + less) / (inside * (1 - inside))
    return out


def _invert_each(information: Floats) -> Floats:
    """Variances (I, K) of many small matrices (I, K, K) at once; those that are not plain are inverted one by one."""
    scale = np.sqrt(np.maximum(np.diagonal(information, axis1=1, axis2=2), 1e-12))
    even = information / (scale[:, :, None] * scale[:, None, :])
    plain = (scale > 1e-5).all(axis=1) & (np.linalg.eigvalsh(even)[:, 0] > RIDGE)
    variance = np.empty(scale.shape)
    inverse = np.linalg.inv(even[plain])
    variance[plain] = np.maximum(np.diagonal(inverse, axis1=1, axis2=2), 1.0) / scale[plain] ** 2
    for i in np.flatnonzero(~plain).tolist():
        variance[i] = _invert(information[i])
    return variance


def _invert(information: Floats) -> Floats:
    """Variances: the diagonal of the inverse, infinite for parameters without information."""
    known = information.diagonal() > 1e-12
    out = np.full(len(information), np.inf)
    inner = information[np.ix_(known, known)]
    scale = np.sqrt(inner.diagonal())
    even = inner / np.outer(scale, scale)
    try:
        inverse = cho_solve(cho_factor(even), np.eye(len(even)))
    except LinAlgError:
        inverse = np.linalg.pinv(even, hermitian=True)
    out[known] = np.maximum(inverse.diagonal(), 1.0) / scale**2
    return out
