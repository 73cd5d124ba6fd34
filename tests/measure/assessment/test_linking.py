"""New items join the scale of those calibrated before, within their errors, whoever answers and whatever authors thought."""

from types import SimpleNamespace

import numpy as np
import pytest

from chiakhoa.engines import irt
from chiakhoa.measure.assessment.calibration import estimating

PEOPLE, OLD, NEW, EACH = 3000, 30, 20, 14
ABLER, AUTHORS_ERR = (
    0.8,
    0.6,
)  # logits: the population moved on since, and authors take everything for harder than it is


@pytest.fixture(scope="module")
def drawn():
    """Thirty items whose parameters are known and twenty new ones, each person with fourteen of them; and what it comes to."""
    rng = np.random.default_rng(12)
    count = OLD + NEW
    a, b = np.exp(rng.normal(0.2, 0.2, count)), rng.normal(0, 1.0, count)
    c = np.where(np.arange(count) % 2, 0.2, 0.0)
    calibrated = np.arange(count) < OLD
    theta = rng.normal(ABLER, 1.0, PEOPLE)
    met = np.argsort(rng.random((PEOPLE, count)), axis=1) < EACH
    right = rng.random((PEOPLE, count)) < irt.probability(theta[:, None], a, b, c)
    responses = np.where(met, right.astype(float), np.nan)
    before = ABLER + 0.75 * (theta - ABLER) + rng.normal(0, 0.43, PEOPLE)  # what the other domains say
    author = b + AUTHORS_ERR + rng.normal(0, 0.4, count)
    known = np.where(calibrated, b, author)
    asked = estimating.Asked(
        responses, before, np.full(PEOPLE, 0.6), np.where(calibrated, a, 1.2), known, c,
        np.where(calibrated, 0.05, np.nan), calibrated, author,
    )  # fmt: skip
    first = estimating.estimate(
        estimating.Asked(
            responses, before, asked.spread, asked.a, author, c, asked.se_b, np.zeros_like(calibrated), author
        )
    )
    return SimpleNamespace(a=a, b=b, new=~calibrated, asked=asked, found=estimating.estimate(asked), first=first)


def test_new_items_land_on_the_scale_in_use_within_their_standard_errors(drawn):
    found, new = drawn.found, drawn.new
    away = (found.b - drawn.b)[new] / found.se_b[new]
    assert abs((found.b - drawn.b)[new].mean()) < 0.1
    assert 0.6 < np.sqrt((away**2).mean()) < 1.4
    assert (np.abs(away) < 3.0).all()
    steep = np.log(found.a / drawn.a)[new] * found.a[new] / found.se_a[new]
    assert 0.6 < np.sqrt((steep**2).mean()) < 1.4


def test_items_that_were_calibrated_hold_the_scale_and_keep_their_parameters(drawn):
    assert drawn.found.anchor[~drawn.new].mean() > 0.8
    assert not drawn.found.anchor[drawn.new].any()


def test_the_first_calibration_has_only_its_authors_to_hold_on_to(drawn):
    """The error that all authors share stays in the scale: no answer can tell it from the ability of people."""
    assert not drawn.first.anchor.any()
    assert (drawn.first.b - drawn.b).mean() == pytest.approx(AUTHORS_ERR, abs=0.2)
