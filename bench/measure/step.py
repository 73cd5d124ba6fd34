"""One adaptive step (may it end, which item, update) on a 1,000-item bank beside catsim: many at once, and one person alone.

Processor seconds of whole tests, so that neither other work on the machine nor the clock itself is counted.
"""

import math
import time

import numpy as np
from catsim.estimation import NumericalSearchEstimator
from catsim.item_bank import ItemBank
from catsim.selection import MaxInfoSelector
from catsim.stopping import MinErrorStopper
from people import Floats, alike, bank_of_six, flat_bank
from report import goal, heading, line

from chiakhoa.engines.irt import Blueprint, Items, Prior, assume_density, choose, finished, sit
from chiakhoa.engines.irt.simulate import draw

SEED, LENGTH, MANY, ALONE, THEIRS = 2, 30, 4_000, 20, 20


def run() -> None:
    """catsim on one domain; the engine on one and on six, which is more work."""
    heading(f"One step of an adaptive test, 1,000 items, {LENGTH} questions, seed {SEED}")
    flat, six = flat_bank(1_000, SEED), bank_of_six(1_000, SEED)
    theirs = catsim_step(flat)
    line("catsim, one domain", microseconds=1e6 * theirs)
    for name, bank, prior in (("one domain", flat, Prior(np.zeros(1), np.eye(1))), ("six domains", six, alike(0.7))):
        many, alone = many_step(bank, prior), alone_step(bank, prior)
        line(f"engine, {name}, {MANY} at once", microseconds=1e6 * many)
        line(f"engine, {name}, one alone", microseconds=1e6 * alone)
        goal(f"{theirs / many:.0f} times faster many at once, goal 60", theirs / many >= 60)
        goal(f"{theirs / alone:.0f} times faster alone, goal 15", theirs / alone >= 15)


def plan(domains: int) -> Blueprint:
    """Always thirty questions."""
    return Blueprint(np.full(domains, 2), LENGTH, np.full(domains, 0.01))


def many_step(bank: Items, prior: Prior) -> float:
    """Seconds a step a person in a simulation."""
    theta = draw(MANY, prior, SEED)
    start = time.process_time()
    sat = sit(theta, bank, prior, plan(theta.shape[1]), SEED)
    return (time.process_time() - start) / sat.length.sum()


def alone_step(bank: Items, prior: Prior) -> float:
    """Seconds a step as a page would call it: may the test end, which item, what does the answer say."""
    people = draw(ALONE, prior, SEED)
    start = time.process_time()
    for person, theta in enumerate(people):
        _alone(bank, prior, theta, np.random.default_rng([SEED, person]))
    return (time.process_time() - start) / (ALONE * LENGTH)


def _alone(bank: Items, prior: Prior, theta: Floats, chance: np.random.Generator) -> None:
    """One person's test, the engine called once a question."""
    size = len(prior.mean)
    blueprint = plan(size)
    mean, cov = prior.mean[None], prior.covariance[None]
    shown, counts = np.zeros((1, len(bank)), dtype=bool), np.zeros((1, size), dtype=int)
    while not finished(cov, counts, blueprint)[0]:
        item = choose(mean, cov, bank, shown, blueprint, chance.random(1), counts=counts)
        domain, a, b, c = bank.domain[item], bank.a[item], bank.b[item], bank.c[item]
        right = np.array([float(chance.random() < _chance(theta[domain[0]], a[0], b[0], c[0]))])
        mean, cov = assume_density(mean, cov, domain, a, b, c, right)
        shown[0, item] = True
        counts[0, domain] += 1


def catsim_step(bank: Items) -> float:
    """Seconds a step of catsim's stop by error, its selector of most information and its estimator of most likelihood."""
    table = ItemBank(np.column_stack([bank.a, bank.b, bank.c, np.ones(len(bank))]))
    chance = np.random.default_rng(SEED)
    start = time.process_time()
    for true in chance.normal(size=THEIRS):
        _catsim(bank, table, true, chance)
    return (time.process_time() - start) / (THEIRS * LENGTH)


def _catsim(bank: Items, table: ItemBank, true: float, chance: np.random.Generator) -> None:
    """One person's test, catsim called once a question."""
    selector, estimator = MaxInfoSelector(), NumericalSearchEstimator()
    stopper = MinErrorStopper(0.01, max_items=LENGTH)
    theta, had, said = 0.0, list[int](), list[bool]()
    while not had or not stopper.stop(administered_items=table.get_items(had), theta=theta):
        item = int(selector.select(item_bank=table, administered_items=had, est_theta=theta))
        had.append(item)
        said.append(bool(chance.random() < _chance(true, bank.a[item], bank.b[item], bank.c[item])))
        theta = float(
            estimator.estimate(item_bank=table, administered_items=had, response_vector=said, est_theta=theta)
        )


def _chance(theta: float, a: float, b: float, c: float) -> float:
    """Chance of a right answer, in plain arithmetic, so that answering costs neither side much."""
    return c + (1 - c) / (1 + math.exp(-a * (theta - b)))
