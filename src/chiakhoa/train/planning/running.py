"""A search while it runs: what it found and the bound, kept now and then; and whether it should stop."""

import math
import time
from collections.abc import Callable

from chiakhoa.train.planning import actions

EVERY_SECONDS = 0.3
MOST_POINTS = 120


class Watcher:
    """Called by the search, often; writes to the plan's row every so many tenths of a second, and asks there for a stop."""

    def __init__(self, plan_pk: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._plan, self._clock = plan_pk, clock
        self._began = self._kept = clock()
        self._points: list[list[float]] = []
        self._stop = False

    def __call__(self, found: float, bound: float) -> bool:
        """Keep the point; whether the search should stop: not before there is something to keep."""
        now = self._clock()
        if not math.isfinite(bound) or (self._points and now - self._kept < EVERY_SECONDS):
            return self._stop and found > 0
        self._kept = now
        best = max([found, *(point[1] for point in self._points)])
        least = min([bound, *(point[2] for point in self._points)])
        self._points = thinned([*self._points, [round(now - self._began, 1), round(best, 2), round(least, 2)]])
        self._stop = actions.note_search(self._plan, self._points)
        return self._stop and found > 0


def thinned(points: list[list[float]]) -> list[list[float]]:
    """Every other point once there are too many, the first and the last always: a long search keeps its whole curve."""
    if len(points) <= MOST_POINTS:
        return points
    return [*points[:-1:2], points[-1]]
