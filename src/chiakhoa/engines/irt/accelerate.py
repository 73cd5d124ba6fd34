"""Anderson acceleration of a map that only climbs (EM): few rounds instead of hundreds, never downhill.

Knows nothing of what is estimated. Source: Anderson (1965), J. ACM 12; Walker & Ni (2011), SIAM J. Numer. Anal. 49.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chiakhoa.engines.irt.models import Floats

MEMORY = 6
LONGEST = 2.0
SLACK = 1e-9

Climb = Callable[[Floats], tuple[Floats, float]]


@dataclass(frozen=True)
class Arrival:
    """Where the rounds ended: the point, how many rounds, whether the last change was below the tolerance."""

    x: Floats
    rounds: int
    converged: bool


def climb(
    step: Climb, x: Floats, *, tolerance: float, rounds: int, watch: Callable[[float], None] | None = None
) -> Arrival:
    """Iterate x -> step(x) to its fixed point.

    step returns the next point and the height at the point given. A mixed point that lies lower than the one before is
    given up for the plain step, so heights never fall. `watch` is told the largest change of each round.
    """
    past: list[tuple[Floats, Floats]] = []
    plain, before = x, -np.inf
    for turn in range(1, rounds + 1):
        after, height = step(x)
        if height < before - SLACK * abs(before) and past:
            past, x = [], plain
            continue
        change = after - x
        largest = float(np.abs(change).max(initial=0.0))
        if watch is not None:
            watch(largest)
        if largest < tolerance:
            return Arrival(after, turn, True)
        past = [*past[-MEMORY:], (x, change)]
        plain, before = after, height
        x = _mixed(past)
    return Arrival(plain, rounds, False)


def _mixed(past: list[tuple[Floats, Floats]]) -> Floats:
    """The point whose change the secants of the past predict to be least; the plain step where they lead too far."""
    x, change = past[-1]
    plain = x + change
    if len(past) < 2:
        return plain
    points, changes = (np.diff(np.array([pair[i] for pair in past]), axis=0).T for i in (0, 1))
    weight = np.linalg.lstsq(changes, change, rcond=1e-8)[0]
    mixed = plain - (points + changes) @ weight
    return mixed if np.abs(mixed - plain).max() < LONGEST else plain
