"""Values in at most five classes, for heat grids and maps: the breaks, the class of a value, the legend."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import quantiles

from chiakhoa.foundation.charts.frame import Number, escaped, plain

CLASSES = 5


def quintiles(values: Iterable[float]) -> tuple[float, ...]:
    """Up to four breaks that part the values into fifths; equal breaks are one, so ties give fewer classes."""
    known = sorted(float(value) for value in values)
    if len(known) < 2:
        return ()
    breaks = sorted(set(quantiles(known, n=CLASSES, method="inclusive")))
    return tuple(cut for cut in breaks if known[0] < cut)


def level(value: float, breaks: Sequence[float]) -> int:
    """The class 1 to 5 of a value; a value equal to a break lies above it; few classes are spread over five shades."""
    if len(breaks) >= CLASSES:
        raise ValueError(f"{len(breaks)} breaks: at most {CLASSES - 1} part the values into {CLASSES} classes")
    position = bisect_right(list(breaks), value)
    return 1 + round(position * (CLASSES - 1) / len(breaks)) if breaks else 3


def legend(breaks: Sequence[float], *, number: Number = plain, missing: str = "", hatch: str = "") -> str:
    """An HTML list of the classes with their ranges; `missing` names the units without a value, drawn with `hatch`."""
    ends = [*breaks]
    middles = [f"{number(low)} – < {number(high)}" for low, high in pairwise(ends)]
    words = [f"< {number(ends[0])}", *middles, f"≥ {number(ends[-1])}"] if ends else []
    keys = [level(value, breaks) for value in _inside(ends)]
    items = [_item(f'class="heat-fill-{key}"', word) for key, word in zip(keys, words, strict=True)]
    if missing:
        fill = f'fill="url(#{escaped(hatch)})"' if hatch else 'class="map__missing"'
        items.append(_item(fill, missing))
    return f'<ul class="legend">{"".join(items)}</ul>' if items else ""


def _inside(ends: Sequence[float]) -> list[float]:
    """One value inside each class: just below the first break, then each break itself."""
    return [ends[0] - 1, *ends] if ends else []


def _item(paint: str, words: str) -> str:
    swatch = f'<svg viewBox="0 0 20 14" aria-hidden="true"><rect {paint} width="20" height="14" rx="2"/></svg>'
    return f"<li>{swatch}{escaped(words)}</li>"
