"""Banks, people and their answers, by seed. Nothing here knows who will estimate what from them."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from chiakhoa.engines.irt import Items, Prior

Floats = NDArray[np.float64]
DOMAINS = 6


def flat_bank(size: int, seed: int) -> Items:
    """Two-parameter items of one domain."""
    chance = np.random.default_rng(seed)
    return Items(np.zeros(size), chance.lognormal(0.1, 0.3, size), chance.normal(0, 1, size), np.zeros(size))


def bank_of_six(size: int, seed: int) -> Items:
    """Items of six domains in turn; every other one can be guessed at one in five."""
    chance = np.random.default_rng(seed)
    guessed = np.where((np.arange(size) // DOMAINS) % 2, 0.2, 0.0)
    return Items(np.arange(size) % DOMAINS, chance.lognormal(0.3, 0.25, size), chance.normal(0, 1.2, size), guessed)


def alike(correlation: float, mean: float = 0.0) -> Prior:
    """Six domains of variance one that correlate alike."""
    return Prior(np.full(DOMAINS, mean), np.full((DOMAINS, DOMAINS), correlation) + (1 - correlation) * np.eye(DOMAINS))


def dense_answers(bank: Items, people: int, seed: int) -> Floats:
    """Answers (P, I) of people who were shown every item."""
    chance = np.random.default_rng(seed)
    theta = chance.normal(size=people)
    return (chance.random((people, len(bank))) < 1 / (1 + np.exp(-bank.a * (theta[:, None] - bank.b)))).astype(float)


def sparse_answers(bank: Items, people: int, each: int, seed: int) -> sparse.csr_array:
    """Answers of people who were shown so many items each, at random; every shown cell is stored, zeros too."""
    chance = np.random.default_rng(seed)
    theta = chance.normal(size=people)
    item = np.concatenate(
        [chance.random((len(part), len(bank)), dtype=np.float32).argpartition(each, axis=1)[:, :each]
         for part in np.array_split(theta, max(1, people // 10_000))]
    )  # fmt: skip
    right = chance.random(item.shape) < 1 / (1 + np.exp(-bank.a[item] * (theta[:, None] - bank.b[item])))
    cells = (right.ravel().astype(float), (np.repeat(np.arange(people), each), item.ravel()))
    return sparse.csr_array(cells, shape=(people, len(bank)))
