"""Banks, people and the two classical data sets that the tests of the engine share."""

from collections.abc import Callable

import numpy as np
import pytest

from chiakhoa.engines.irt import Items, Prior

DOMAINS = 6
# Frequencies of the 32 answer patterns 00000 to 11111 of 1,000 persons. LSAT section 6: Bock & Lieberman (1970),
# Psychometrika 35. LSAT section 7: the same and Bock & Aitkin (1981), Psychometrika 46.
LSAT6 = [
    3,
    6,
    2,
    11,
    1,
    1,
    3,
    4,
    1,
    8,
    0,
    16,
    0,
    3,
    2,
    15,
    10,
    29,
    14,
    81,
    3,
    28,
    15,
    80,
    16,
    56,
    21,
    173,
    11,
    61,
    28,
    298,
]
LSAT7 = [
    12,
    19,
    1,
    7,
    3,
    19,
    3,
    17,
    10,
    5,
    3,
    7,
    7,
    23,
    8,
    28,
    7,
    39,
    11,
    34,
    14,
    51,
    15,
    90,
    6,
    25,
    7,
    35,
    18,
    136,
    32,
    308,
]
# Four items, 1,000 persons: the example of routine G11SAF of the NAG Library manual, patterns 0000 to 1111.
FOUR_ITEMS = [154, 42, 84, 75, 49, 27, 129, 181, 11, 2, 25, 30, 10, 10, 50, 121]
PATTERNS = np.array([[number >> place & 1 for place in (4, 3, 2, 1, 0)] for number in range(32)], dtype=np.float64)


def persons(frequencies: list[int]) -> np.ndarray:
    """A row for each person."""
    return np.repeat(PATTERNS, frequencies, axis=0)


@pytest.fixture(scope="session")
def lsat6() -> np.ndarray:
    """Answers of 1,000 persons to five items of section 6."""
    return persons(LSAT6)


@pytest.fixture(scope="session")
def lsat7() -> np.ndarray:
    """Answers of 1,000 persons to five items of section 7."""
    return persons(LSAT7)


@pytest.fixture(scope="session")
def four_items() -> np.ndarray:
    """Answers of 1,000 persons to four items."""
    return np.repeat(PATTERNS[:16, 1:], FOUR_ITEMS, axis=0)


@pytest.fixture(scope="session")
def prior() -> Prior:
    """Six domains that correlate at 0.7."""
    return Prior(np.zeros(DOMAINS), np.full((DOMAINS, DOMAINS), 0.7) + 0.3 * np.eye(DOMAINS))


@pytest.fixture(scope="session")
def bank() -> Items:
    """Seventy-two items, twelve a domain, some of them guessed."""
    chance = np.random.default_rng(72)
    domain = np.arange(72) % DOMAINS
    return Items(domain, chance.lognormal(0.2, 0.25, 72), chance.normal(0, 1, 72), np.where(domain % 2, 0.0, 0.15))


def answers_of(theta: np.ndarray, items: Items, chance: np.random.Generator) -> np.ndarray:
    """Answers (P, I) of people of ability theta (P,) to items of one domain."""
    p = items.c + (1 - items.c) / (1 + np.exp(-items.a * (theta[:, None] - items.b)))
    return (chance.random(p.shape) < p).astype(np.float64)


@pytest.fixture(scope="session")
def answer() -> Callable[[np.ndarray, Items, np.random.Generator], np.ndarray]:
    """How people answer, by chance."""
    return answers_of
