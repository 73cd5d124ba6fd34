"""What either method hands back, and the words that both use."""

from collections.abc import Callable
from dataclasses import dataclass

from chiakhoa.engines.planner.scenario import PlannedClass

Progress = Callable[[str], None]
Worth = tuple[str, str, float]
LIMITS = {"money", "trainer", "room"}
TOLERANCE = 1e-6
IMPOSSIBLE = "no plan meets all limits at once: unlock a class, or add money, trainers or rooms"


@dataclass(frozen=True)
class Limits:
    """`worth`: kind, name and what one more unit would bring; `dearest`: of an offer, the kind of limit that costs it most."""

    worth: tuple[Worth, ...]
    dearest: dict[int, str]


@dataclass(frozen=True)
class Found:
    """Classes, a bound that no plan can pass, and what the limits are worth."""

    classes: tuple[PlannedClass, ...]
    bound: float
    limits: Limits
