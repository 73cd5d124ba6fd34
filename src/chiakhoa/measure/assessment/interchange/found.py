"""What was found in a file: an item that can be taken in, or the reason why not, one entry a question."""

from dataclasses import dataclass, field
from math import isfinite
from typing import Any


class Unreadable(Exception):  # noqa: N818 - an answer, not a fault
    """A question that cannot become an item; says why, in words."""


def amount(text: str | None) -> float:
    """The number that a text says; 0 where it says none."""
    try:
        found = float(text or 0)
    except ValueError:
        return 0.0
    return found if isfinite(found) else 0.0


@dataclass
class Entry:
    """One question of a file: its name there, the row it becomes or the reason why it becomes none, and what was lost."""

    name: str
    row: dict[str, Any] | None = None
    reason: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass
class Written:
    """A file to hand out: its content, and the codes of items that the form cannot carry, with the reason."""

    content: bytes
    left_out: list[tuple[str, str]] = field(default_factory=list)
