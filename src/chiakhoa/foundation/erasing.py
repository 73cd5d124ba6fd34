"""Forgetting who somebody was: each step that keeps words of a person outside their record says here how it forgets them.

Rows stay, so that statistics stay; names, numbers and signed words go. An eraser gets the person's id and returns how many
of its rows it changed; it runs inside the action that erases, and is safe to run twice.
"""

from collections.abc import Callable

Eraser = Callable[[int], int]
ERASERS: dict[str, Eraser] = {}


def erases(what: str) -> Callable[[Eraser], Eraser]:
    """Register a function as the eraser of `what` (a short English word for the trail)."""

    def register(function: Eraser) -> Eraser:
        ERASERS[what] = function
        return function

    return register
