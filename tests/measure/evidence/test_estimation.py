"""The walk from observations to a state."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from chiakhoa.measure.evidence.bands import middle_of_band
from chiakhoa.measure.evidence.estimation import Believed, Observed, priors, walk
from chiakhoa.measure.evidence.models import EvidenceKind

DAY = datetime(2026, 1, 1, tzinfo=UTC)
CUTS = [-2.8, -2.0, -1.2, -0.4, 0.4, 1.2, 2.0, 2.8]


def prior(people=1, correlation=0.7):
    cov = np.full((6, 6), correlation) + (1 - correlation) * np.eye(6)
    return Believed(np.zeros((people, 6)), np.repeat(cov[None], people, axis=0))


def sitting(scores, *, domain=0, on=DAY, b=0.0, **more):
    n = len(scores)
    columns = {"domain": [domain] * n, "a": [1.2] * n, "b": [b] * n, "c": [0.0] * n, "score": scores}
    return Observed(on, EvidenceKind.SITTING, {"item": [f"i{k}" for k in range(n)], **columns, **more})


def rating(domain, mean, *, on=DAY, sd=1.0):
    content = {"mean": [None] * 6, "sd": [None] * 6}
    content["mean"][domain], content["sd"][domain] = mean, sd
    return Observed(on, EvidenceKind.RATING, content)


def test_without_evidence_the_prior_stands():
    believed = walk([[]], prior(), 0.05)
    assert (believed.mean == 0).all()
    assert (believed.se == 1).all()


def test_answers_make_the_asked_domain_surest_and_the_others_a_little_surer():
    believed = walk([[sitting([1, 0, 1, 0])]], prior(), 0.05)
    assert believed.se[0, 0] < believed.se[0, 1] < 1


def test_a_domain_that_goes_with_no_other_stays_as_it_was():
    believed = walk([[sitting([1, 1, 1])]], prior(correlation=0.0), 0.05)
    assert believed.mean[0, 0] > 0
    assert believed.mean[0, 1] == pytest.approx(0)
    assert believed.se[0, 1] == pytest.approx(1)


def test_people_walk_beside_each_other_as_they_would_alone():
    ledgers = [
        [sitting([1, 1, 0]), sitting([0, 1], domain=2, on=DAY + timedelta(days=90))],
        [],
        [rating(1, -2.0), sitting([0, 0, 0, 0], b=-1.0, on=DAY + timedelta(days=9))],
    ]
    together = walk(ledgers, prior(3), 0.05)
    for i, ledger in enumerate(ledgers):
        alone = walk([ledger], prior(), 0.05)
        np.testing.assert_allclose(together.mean[i], alone.mean[0], atol=1e-9)
        np.testing.assert_allclose(together.cov[i], alone.cov[0], atol=1e-9)


def test_the_same_item_with_other_frozen_parameters_is_another_observation():
    easy, hard = (walk([[sitting([1], b=b)]], prior(), 0.05) for b in (-2.0, 2.0))
    both = walk([[sitting([1], b=-2.0)], [sitting([1], b=2.0)]], prior(2), 0.05)
    np.testing.assert_allclose(both.mean, np.vstack([easy.mean, hard.mean]), atol=1e-9)
    assert hard.mean[0, 0] > easy.mean[0, 0]


def test_what_was_measured_long_ago_counts_for_less():
    def state(apart):
        later = sitting([0, 0, 0, 0], on=DAY + timedelta(days=apart))
        return walk([[sitting([1, 1, 1, 1]), later]], prior(), 0.5).mean[0, 0]

    assert state(5 * 365) < state(1)


def test_an_opinion_weighs_as_a_normal_observation():
    believed = walk([[rating(0, 2.0)]], prior(correlation=0.0), 0.05)
    assert believed.mean[0, 0] == pytest.approx(1.0)
    assert believed.se[0, 0] == pytest.approx(np.sqrt(0.5))
    assert believed.mean[0, 1] == pytest.approx(0)


def test_an_opinion_counts_for_less_than_a_test():
    opinion = walk([[rating(0, 0.0)]], prior(), 0.05)
    test = walk([[sitting([1, 0] * 5)]], prior(), 0.05)
    assert test.se[0, 0] < opinion.se[0, 0]


def test_a_course_in_between_lets_the_state_move_further():
    def state(**course):
        later = sitting([1, 1, 1, 1], on=DAY + timedelta(days=30), **course)
        return walk([[sitting([0, 0, 0, 0]), later]], prior(), 0.05).mean[0, 0]

    assert state(variance_before=0.36) > state()


def test_many_answers_find_the_true_ability():
    rng = np.random.default_rng(3)
    truth = rng.normal(0, 1, 200)
    b = rng.uniform(-2, 2, 60)
    ledgers = []
    for theta in truth:
        scores = (rng.random(60) < 1 / (1 + np.exp(-1.2 * (theta - b)))).astype(float).tolist()
        seen = sitting(scores)
        ledgers.append([seen._replace(content=seen.content | {"b": b.tolist()})])
    believed = walk(ledgers, prior(200), 0.05)
    assert np.sqrt(np.mean((believed.mean[:, 0] - truth) ** 2)) < 0.4
    inside = np.abs(believed.mean[:, 0] - truth) < 1.96 * believed.se[:, 0]
    assert 0.9 <= inside.mean() <= 0.99


def test_somebody_of_no_audience_gets_the_average_of_all(scale):
    known = scale.prior.mean
    believed = priors([None, "teacher"], scale)
    assert believed.mean[0, 0] == pytest.approx(sum(known.values()) / len(known))
    assert believed.mean[1, 3] == known["teacher"]
    assert believed.cov[0, 0, 1] == pytest.approx(scale.prior.correlation * scale.prior.domain_sd**2)


def test_bands_meet_and_their_middles_lie_inside():
    for grade in range(1, 8):
        assert CUTS[grade - 1] < middle_of_band(grade, CUTS) < CUTS[grade]
    assert middle_of_band(0, CUTS) < CUTS[0]
    assert middle_of_band(8, CUTS) > CUTS[-1]
    with pytest.raises(ValueError, match="9"):
        middle_of_band(9, CUTS)
