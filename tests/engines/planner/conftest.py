"""A planner's world small enough to solve by hand: one course, two venues, two communes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chiakhoa.engines.planner import (
    Course,
    Gain,
    Group,
    Lock,
    Money,
    Offer,
    Room,
    Scenario,
    Target,
    Trainer,
)

MILLION = 1_000_000
EVERYBODY = ("near", "far")


def small(**changed: Any) -> Scenario:
    """50 people gain 1.0 and 50 gain 0.5 from a class of 10 to 20 that costs 2 million đồng; money for three classes."""
    parts: dict[str, Any] = {
        "courses": (Course("BASIC", 2, 10, 20, "classroom", ("digital",)),),
        "offers": (
            Offer("BASIC", "school", 2 * MILLION, 0, 20, EVERYBODY),
            Offer("BASIC", "hall", 2 * MILLION, 0, 20, EVERYBODY),
        ),
        "rooms": (Room("school", "classroom", 40), Room("hall", "classroom", 40)),
        "trainers": (Trainer("Mai", ("digital",), 100),),
        "groups": (Group("near", "c1", "farmer", 50), Group("far", "c2", "official", 50)),
        "gains": (Gain("near", "BASIC", 1.0, 50), Gain("far", "BASIC", 0.5, 50)),
        "money": (Money("state", 6 * MILLION, ("BASIC",)),),
    }
    return Scenario(**(parts | changed))


@pytest.fixture
def scenario() -> Callable[..., Scenario]:
    """Makes the small scenario, with some of its parts replaced."""
    return small


@pytest.fixture
def locked(scenario: Callable[..., Scenario]) -> Scenario:
    """Two classes at the hall are promised already."""
    return scenario(locks=(Lock("BASIC", "hall", 2),))


@pytest.fixture
def with_target(scenario: Callable[..., Scenario]) -> Scenario:
    """Forty officials must be trained, though farmers gain more."""
    return replace(scenario(), targets=(Target("officials", ("BASIC",), ("official",), 40),))
