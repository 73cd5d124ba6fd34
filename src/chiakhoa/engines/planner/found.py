"""What either method hands back, and the words that both use."""

from collections.abc import Callable
from dataclasses import dataclass

from chiakhoa.engines.planner.scenario import PlannedClass

Progress = Callable[[str], None]
# Told the grades found so far and the bound; says whether to stop with what is found.
Watch = Callable[[float, float], bool]
Worth = tuple[str, str, float]
LIMITS = {"money", "trainer", "room"}
TOLERANCE = 1e-6
# Up to so many pairs of a group and an offer HiGHS comes nearer than prices in some seconds; beyond, prices are faster.
EXACT_PAIRS = 5000


def unwatched(_found: float, _bound: float) -> bool:
    """Nobody looks on, nobody stops."""
    return False


@dataclass(frozen=True)
class Limit:
    """One limit of a scenario: its kind (lock, target, money, trainer, room), its name, and how much of it there is."""

    kind: str
    name: str
    amount: int

    def __str__(self) -> str:
        words = {
            "lock": f"{self.amount} classes of {self.name} are locked",
            "target": f"target {self.name} wants {self.amount} people",
            "floor": f"floor {self.name} wants {self.amount} people",
            "money": f"budget line {self.name} has {self.amount:,} đồng",
            "trainer": f"trainers with {self.name or 'no skill'} have {self.amount} sessions",
            "room": f"rooms of {self.name} have {self.amount} sessions",
        }
        return words[self.kind]


class Impossible(ValueError):  # noqa: N818 - a verdict, not a fault of the program
    """No plan meets all limits at once. `conflict` is a smallest set of them that cannot be met together, if it is known."""

    def __init__(self, conflict: tuple[Limit, ...] = ()) -> None:
        named = f" ({'; '.join(str(limit) for limit in conflict)})" if conflict else ""
        super().__init__(f"no plan meets all limits at once{named}: unlock a class, or add money, trainers or rooms")
        self.conflict = conflict


@dataclass(frozen=True)
class Limits:
    """`worth`: kind, name and what one more unit would bring; `dearest`: of an offer, the kind of limit that costs it most."""

    worth: tuple[Worth, ...]
    dearest: dict[int, str]


@dataclass(frozen=True)
class Found:
    """Classes, a bound that no plan can pass, and what the limits are worth.

    The bound is for plans in which no more than `missing` (weighted) people are missing at targets. `closed`: course, venue and
    reason of classes that find no place in the calendar.
    """

    classes: tuple[PlannedClass, ...]
    bound: float
    limits: Limits
    missing: float = 0.0
    closed: tuple[tuple[str, str, str], ...] = ()
