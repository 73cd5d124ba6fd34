"""The mean of a group from short tests: honest, not drawn to what was assumed of its members, sharper with more of them."""

import numpy as np
import pytest

from chiakhoa.engines import irt

PRIOR = irt.Prior(np.zeros(6), 0.7 + 0.3 * np.eye(6))


def short_tests(people, shift, seed):
    """What twelve easy questions, two a domain, let us believe of people whose mean lies `shift` above the prior's."""
    rng = np.random.default_rng(seed)
    theta = rng.multivariate_normal(np.full(6, shift), PRIOR.covariance, people)
    items = irt.Items(
        np.repeat(np.arange(6), 6), np.full(36, 1.2), np.tile(np.linspace(-1.5, 1, 6), 6), np.full(36, 0.2)
    )
    plan = irt.Blueprint(np.full(6, 2), 12, np.full(6, 0.1))
    return irt.sit(theta, items, PRIOR, plan, seed)


def test_the_mean_is_not_drawn_to_the_prior_where_the_members_estimates_are():
    sat = short_tests(4000, 0.8, 1)
    found = irt.group_mean(sat.mean, sat.cov, PRIOR)
    assert np.abs(found.mean - 0.8).max() < 0.12
    assert sat.mean.mean(axis=0).max() < 0.65


def test_the_interval_holds_the_mean_as_often_as_it_says():
    held = []
    for seed in range(200):
        sat = short_tests(25, 0.5, seed)
        found = irt.group_mean(sat.mean, sat.cov, PRIOR)
        low, high = irt.interval(found.mean, found.se, 0.8)
        held.append((low <= 0.5) & (high >= 0.5))
    assert 0.74 < np.mean(held) < 0.87


def test_four_times_as_many_members_halve_the_error():
    few, many = (irt.group_mean(sat.mean, sat.cov, PRIOR).se for sat in (short_tests(20, 0, 5), short_tests(80, 0, 5)))
    assert np.allclose(few / many, 2, rtol=0.15)


def test_a_member_of_whom_nothing_was_asked_changes_nothing():
    sat = short_tests(10, 0.3, 3)
    with_one_more = irt.group_mean(
        np.vstack([sat.mean, PRIOR.mean]), np.concatenate([sat.cov, PRIOR.covariance[None]]), PRIOR
    )
    assert np.allclose(with_one_more.mean, irt.group_mean(sat.mean, sat.cov, PRIOR).mean, atol=1e-9)


def test_a_group_of_nobody_is_refused():
    with pytest.raises(ValueError, match="at least one member"):
        irt.group_mean(np.empty((0, 6)), np.empty((0, 6, 6)), PRIOR)
