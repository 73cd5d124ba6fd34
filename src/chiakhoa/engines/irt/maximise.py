"""One M-step: item parameters from expected counts, by Fisher scoring on all items at once.

Parameters are (log a, intercept -a b, logit c, logit of 1 - d), as many as the model has: slopes stay positive, guessing and
slipping stay probabilities. Priors pull, where given. Where guessing is not estimated it is as given (`floor`).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit, log_expit

from chiakhoa.engines.irt.models import Floats

Model = Literal["1pl", "2pl", "3pl", "4pl"]
SIZE: dict[Model, int] = {"1pl": 2, "2pl": 2, "3pl": 3, "4pl": 4}
STEPS = 4
HALVINGS = 8
LOWEST = np.array([np.log(0.02), -40.0, -12.0, -12.0])
HIGHEST = np.array([np.log(10.0), 40.0, 1.0, -1.1])
RIDGE = 1e-9


@dataclass(frozen=True)
class Pull:
    """Priors of items: log a normal, b normal around the author's difficulty, c and 1 - d beta. Zero precision is no prior.

    Sources: Mislevy (1986), Psychometrika 51; Swaminathan & Gifford (1986), Psychometrika 51.
    """

    a_mean: float
    a_precision: float
    b_mean: Floats
    b_precision: Floats
    c_shape: tuple[float, float]
    d_shape: tuple[float, float]

    def shapes(self) -> list[tuple[int, float, float]]:
        """The column of each asymptote and the shape of its beta prior."""
        return [(2, *self.c_shape), (3, *self.d_shape)]

    def height(self, x: Floats, model: Model) -> Floats:
        """Log density (I,), up to a constant, of parameters x (I, K)."""
        share = 1 / len(x) if model == "1pl" else 1.0
        b = -x[:, 1] * np.exp(-x[:, 0])
        total = -0.5 * share * self.a_precision * (x[:, 0] - self.a_mean) ** 2
        total -= 0.5 * self.b_precision * (b - self.b_mean) ** 2
        for column, more, less in self.shapes()[: x.shape[1] - 2]:
            total += more * log_expit(x[:, column]) + less * log_expit(-x[:, column])
        return np.asarray(total)

    def add(self, x: Floats, gradient: Floats, curvature: Floats, model: Model) -> None:
        """Add the priors' gradient (I, K) and curvature (I, K, K) in place. A common slope has one prior, not I."""
        share = 1 / len(x) if model == "1pl" else 1.0
        gradient[:, 0] -= share * self.a_precision * (x[:, 0] - self.a_mean)
        curvature[:, 0, 0] += share * self.a_precision
        b = -x[:, 1] * np.exp(-x[:, 0])
        turn = np.stack([-b, -np.exp(-x[:, 0])], axis=1)
        gradient[:, :2] -= (self.b_precision * (b - self.b_mean))[:, None] * turn
        curvature[:, :2, :2] += self.b_precision[:, None, None] * turn[:, :, None] * turn[:, None, :]
        for column, up, down in self.shapes()[: x.shape[1] - 2]:
            asymptote = expit(x[:, column])
            gradient[:, column] += up * (1 - asymptote) - down * asymptote
            curvature[:, column, column] += (up + down) * asymptote * (1 - asymptote)


def ends(x: Floats, floor: Floats) -> tuple[Floats, Floats]:
    """Lower and upper end (I, 1) of the curves of items x (I, K)."""
    low = expit(x[:, 2:3]) if x.shape[1] > 2 else floor[:, None]
    return low, (expit(-x[:, 3:4]) if x.shape[1] > 3 else np.ones((len(x), 1)))


def curves(x: Floats, nodes: Floats, floor: Floats) -> tuple[Floats, Floats]:
    """Probabilities (I, Q) of items x (I, K) at the nodes (Q,), and the logistic part of them."""
    rise = expit(np.clip(np.exp(x[:, :1]) * nodes + x[:, 1:2], -30, 30))
    if x.shape[1] == 2 and not floor.any():
        return rise, rise
    low, high = ends(x, floor)
    return low + (high - low) * rise, rise


def maximise(
    x: Floats,
    nodes: Floats,
    right: Floats,
    wrong: Floats,
    *,
    model: Model,
    pull: Pull,
    free: Floats,
    floor: Floats,
) -> Floats:
    """Parameters (I, K) that raise the expected log-likelihood of counts (I, Q), from x; items with free = 0 stay.

    floor : (I,) the guessing of models that do not estimate it.

    A fixed number of scoring steps, so that the map from x to the result is smooth and can be accelerated.
    """
    size = x.shape[1]
    for _ in range(STEPS):
        gradient, curvature = slope(x, nodes, right, wrong, floor)
        pull.add(x, gradient, curvature, model)
        _hold(x, gradient, curvature)
        step = _common(gradient, curvature, free) if model == "1pl" else _each(gradient, curvature)
        step = free[:, None] * np.clip(step, -1.0, 1.0)
        before = _height(x, nodes, right, wrong, pull, model, floor)
        for _half in range(HALVINGS):
            tried = np.clip(x + step, LOWEST[:size], HIGHEST[:size])
            lower = _height(tried, nodes, right, wrong, pull, model, floor) < before - 1e-10 * np.abs(before)
            if not lower.any():
                break
            step = np.where(lower[:, None], step / 2, step)
        x = np.where(lower[:, None], x, tried)
    return x


def _height(x: Floats, nodes: Floats, right: Floats, wrong: Floats, pull: Pull, model: Model, floor: Floats) -> Floats:
    """Expected log-likelihood and priors of each item (I,); their mean where the slope is common to all."""
    p, _rise = curves(x, nodes, floor)
    own = (right * np.log(p) + wrong * np.log1p(-p)).sum(axis=1) + pull.height(x, model)
    return np.full(len(own), own.mean()) if model == "1pl" else own


def _hold(x: Floats, gradient: Floats, curvature: Floats) -> None:
    """Take out of the step the asymptote that would leave its bounds, so that the others move as if it were given."""
    for column in range(2, x.shape[1]):
        low, high = (bound[column] for bound in (LOWEST, HIGHEST))
        slope = gradient[:, column]
        out = ((x[:, column] <= low) & (slope < 0)) | ((x[:, column] >= high) & (slope > 0))
        others = np.arange(x.shape[1]) != column
        gradient[out, column] = 0.0
        curvature[np.ix_(out, [column], others)] = curvature[np.ix_(out, others, [column])] = 0.0


def slope(x: Floats, nodes: Floats, right: Floats, wrong: Floats, floor: Floats) -> tuple[Floats, Floats]:
    """Gradient (I, K) and expected curvature (I, K, K) of the expected log-likelihood."""
    p, rise = curves(x, nodes, floor)
    low, high = ends(x, floor)
    along = (high - low) * rise * (1 - rise)
    parts = [along * np.exp(x[:, :1]) * nodes, along]
    if x.shape[1] > 2:
        parts.append(low * (1 - low) * (1 - rise))
    if x.shape[1] > 3:
        parts.append(-high * (1 - high) * rise)
    bend = np.stack(parts, axis=2)
    total, spread = right + wrong, p * (1 - p)
    gradient = np.einsum("iq,iqk->ik", (right - total * p) / spread, bend)
    curvature = np.swapaxes(bend, 1, 2) @ (bend * (total / spread)[:, :, None])
    return gradient, curvature


def _each(gradient: Floats, curvature: Floats) -> Floats:
    size = gradient.shape[1]
    scale = np.trace(curvature, axis1=1, axis2=2)[:, None, None]
    eased = curvature + RIDGE * (1 + scale) * np.eye(size)
    return np.asarray(np.linalg.solve(eased, gradient[:, :, None])[:, :, 0])


def _common(gradient: Floats, curvature: Floats, free: Floats) -> Floats:
    """The step where all slopes are one: the intercepts are eliminated, then follow. Anchored items fix the slope."""
    own = curvature[:, 1, 1] + RIDGE
    cross = curvature[:, 0, 1]
    left = (curvature[:, 0, 0] - cross**2 / own).sum() + RIDGE
    slope = float((gradient[:, 0] - cross * gradient[:, 1] / own).sum() / left) if free.all() else 0.0
    return np.stack([np.full(len(own), slope), (gradient[:, 1] - cross * slope) / own], axis=1)


def start(model: Model, rate: Floats, floor: Floats) -> Floats:
    """Parameters (I, K) to begin with, from each item's share of right answers (I,)."""
    x = np.zeros((len(rate), SIZE[model]))
    x[:, 2:] = np.array([np.log(0.15 / 0.85), np.log(0.03 / 0.97)])[: x.shape[1] - 2]
    low, high = (part[:, 0] for part in ends(x, floor))
    easy = np.clip((np.clip(rate, 0.02, 0.98) - low) / (high - low), 0.02, 0.98)
    x[:, 1] = 1.2 * np.log(easy / (1 - easy))
    return x
