"""The M-step's analytic derivatives against differences, and that it climbs."""

import numpy as np
import pytest

from chiakhoa.engines.irt.answers import store
from chiakhoa.engines.irt.calibrate import _Work
from chiakhoa.engines.irt.maximise import Pull, _height, curves, maximise, slope

NODES = np.linspace(-4, 4, 41)
MODELS = [("2pl", 2, 0.0), ("2pl", 2, 0.25), ("3pl", 3, 0.0), ("4pl", 4, 0.0)]
NO_PULL = Pull(0.0, 0.0, np.zeros(5), np.zeros(5), (0.0, 0.0), (0.0, 0.0))
STRONG = Pull(0.1, 4.0, np.linspace(-1, 1, 5), np.full(5, 2.0), (4.0, 16.0), (1.0, 19.0))


def problem(columns: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    x = np.column_stack([chance.normal(0.1, 0.3, 5), chance.normal(0, 1, 5), np.full(5, -1.5), np.full(5, -2.5)])
    return x[:, :columns], chance.random((5, 41)) * 20, chance.random((5, 41)) * 20


def differences(height, x: np.ndarray) -> np.ndarray:
    out = np.zeros(x.shape)
    for k in range(x.shape[1]):
        side = np.zeros(x.shape)
        side[:, k] = 1e-5
        out[:, k] = (height(x + side) - height(x - side)) / 2e-5
    return out


@pytest.mark.parametrize(("model", "columns", "floor"), MODELS)
def test_the_gradient_is_that_of_differences(model, columns, floor):
    x, right, wrong = problem(columns, 1)
    low = np.full(5, floor)
    gradient, _curvature = slope(x, NODES, right, wrong, low)
    ours = differences(lambda at: _height(at, NODES, right, wrong, NO_PULL, model, low), x)
    assert gradient == pytest.approx(ours, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize(("model", "columns", "floor"), MODELS)
def test_the_gradient_of_the_priors_is_that_of_differences(model, columns, floor):
    x, _right, _wrong = problem(columns, 2)
    gradient, curvature = np.zeros(x.shape), np.zeros((5, columns, columns))
    STRONG.add(x, gradient, curvature, model)
    assert gradient == pytest.approx(differences(lambda at: STRONG.height(at, model), x), abs=1e-6)
    assert (np.linalg.eigvalsh(curvature) > -1e-12).all()


@pytest.mark.parametrize(("model", "columns", "floor"), MODELS)
def test_the_expected_curvature_is_that_of_the_gradient_where_counts_are_expected(model, columns, floor):
    x, total, _wrong = problem(columns, 3)
    low = np.full(5, floor)
    p, _rise = curves(x, NODES, low)
    right, wrong = total * p, total * (1 - p)
    _gradient, curvature = slope(x, NODES, right, wrong, low)
    for k in range(columns):
        side = np.zeros(x.shape)
        side[:, k] = 1e-5
        up, down = (slope(x + sign * side, NODES, right, wrong, low)[0] for sign in (1, -1))
        assert -(up - down) / 2e-5 == pytest.approx(curvature[:, k], rel=1e-4, abs=1e-3)


@pytest.mark.parametrize(("model", "columns", "floor"), [*MODELS, ("1pl", 2, 0.0)])
def test_a_step_climbs_and_leaves_anchored_items_where_they_are(model, columns, floor):
    x, right, wrong = problem(columns, 4)
    if model == "1pl":
        x[:, 0] = 0.2
    low, free = np.full(5, floor), np.array([1.0, 1, 1, 1, 0])
    found = maximise(x, NODES, right, wrong, model=model, pull=STRONG, free=free, floor=low)
    before, after = (_height(at, NODES, right, wrong, STRONG, model, low) for at in (x, found))
    assert (after >= before - 1e-9).all()
    assert after.sum() > before.sum()
    assert found[4] == pytest.approx(x[4])


def test_the_slope_of_the_whole_likelihood_is_that_of_differences():
    chance = np.random.default_rng(5)
    table = np.where(chance.random((80, 6)) < 0.2, np.nan, (chance.random((80, 6)) < 0.6).astype(float))
    pull = Pull(0.1, 4.0, np.zeros(6), np.full(6, 2.0), (4.0, 16.0), (1.0, 19.0))
    work = _Work(
        store(table), "4pl", pull, np.linspace(-6, 6, 61), np.repeat([0, 1], 40), np.ones(80), None, np.zeros(6)
    )
    x = np.column_stack([chance.normal(0, 0.2, 6), chance.normal(0, 0.5, 6), np.full(6, -1.5), np.full(6, -2.5)])
    point = work.pack(x, np.array([0.0, 0.4]), np.array([1.0, 0.8]))
    _height, gradient = work.slope(point)
    for k in [*range(24), 25, 27]:
        side = 1e-5 * (np.arange(len(point)) == k)
        assert gradient[k] == pytest.approx(
            (work.slope(point + side)[0] - work.slope(point - side)[0]) / 2e-5, abs=1e-4
        )
    assert gradient[[24, 26]].tolist() == [0, 0]
