"""How much of a budget line later steps have planned or spent. They hand their sums in; this step knows none of them.

The sums overlap (a published plan becomes classes), so what is spoken for is the largest, not their total.
"""

from collections.abc import Callable

Sum = Callable[[str], int]
_sums: dict[str, Sum] = {}


def hand_in(step: str, total: Sum) -> None:
    """From a step's `ready`: `total` gives the đồng that the step has put on the line of that code."""
    _sums[step] = total


def spoken_for(line_code: str) -> int:
    """The đồng below which the line must not fall."""
    return max((total(line_code) for total in _sums.values()), default=0)
