"""Figures for operators: a step hands in a function that counts, and the page of metrics reads all of them.

A step's gauges stand in its `gauges.py`, which is found by that name.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Gauge:
    """A figure of this moment: its name without the program's prefix, what it means, how it is counted."""

    name: str
    help: str
    read: Callable[[], float]


GAUGES: dict[str, Gauge] = {}


def gauge(name: str, meaning: str) -> Callable[[Callable[[], float]], Callable[[], float]]:
    """Hand in a gauge. ValueError for a name that another one has."""

    def keep(read: Callable[[], float]) -> Callable[[], float]:
        if name in GAUGES and GAUGES[name].read is not read:
            raise ValueError(f"two gauges are named {name}")
        GAUGES[name] = Gauge(name, meaning, read)
        return read

    return keep
