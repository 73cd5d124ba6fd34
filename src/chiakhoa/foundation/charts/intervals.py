"""Estimates with their error on the bands of the grades: never a tick, always an interval."""

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from chiakhoa.foundation.charts.frame import (
    LEADING,
    Number,
    escaped,
    finite,
    label_lines,
    lines_of,
    percent,
    plain,
    svg,
    text,
)

HEAD = 22
ROW = 48


class Interval(NamedTuple):
    """One estimate on the scale of the cuts: low, mean, high, and the value required, if any."""

    label: str
    low: float
    mean: float
    high: float
    required: float | None = None


def intervals(
    rows: Iterable[tuple[Any, ...]],
    *,
    cuts: Sequence[float],
    grades: Sequence[str],
    title: str,
    number: Number = plain,
    desc: str = "",
) -> str:
    """Intervals over grade bands: `cuts` rise, `grades` names the bands below, between and above them.

    There is one grade more than cuts; short names (a digit or two letters) fit a phone.
    ValueError for wrong counts, falling cuts, low > mean or mean > high.
    """
    ends = _checked_cuts(cuts, grades)
    checked = [_checked(Interval(*row), place) for place, row in enumerate(rows, start=1)]
    low, high = _range(checked, ends)
    *starts, height = accumulate((_height(row) for row in checked), initial=HEAD)
    edges = [0.0, *(_share(cut, low, high) for cut in ends), 100.0]
    body = _bands(edges, grades, height) + "".join(
        _row(row, y, low, high, number) for row, y in zip(checked, starts, strict=True)
    )
    return svg(body, title=title, desc=desc, height=height)


def _checked_cuts(cuts: Sequence[float], grades: Sequence[str]) -> list[float]:
    ends = [finite(cut, place, "cut") for place, cut in enumerate(cuts, start=1)]
    if not ends or len(grades) != len(ends) + 1:
        raise ValueError(f"{len(ends)} cuts part {len(ends) + 1} grades, {len(grades)} were named")
    if any(right <= left for left, right in pairwise(ends)):
        raise ValueError("cuts must rise")
    return ends


def _checked(row: Interval, place: int) -> Interval:
    low, mean, high = (finite(value, place, row.label) for value in row[1:4])
    if not low <= mean <= high:
        raise ValueError(f"row {place} ({row.label}): low <= mean <= high does not hold")
    required = None if row.required is None else finite(row.required, place, row.label)
    return Interval(row.label, low, mean, high, required)


def _range(rows: Sequence[Interval], cuts: Sequence[float]) -> tuple[float, float]:
    """All intervals and cuts, and beyond the outer cuts at least one band of the usual width."""
    usual = (cuts[-1] - cuts[0]) / (len(cuts) - 1) if len(cuts) > 1 else 1.0
    low = min([cuts[0] - usual, *(row.low for row in rows)])
    high = max([cuts[-1] + usual, *(row.high for row in rows)])
    return low, high


def _share(value: float, low: float, high: float) -> float:
    return 100 * min(max((value - low) / (high - low), 0.0), 1.0)


def _bands(edges: Sequence[float], grades: Sequence[str], height: int) -> str:
    drawn = []
    for place, ((left, right), grade) in enumerate(zip(pairwise(edges), grades, strict=True)):
        shade = " chart__band--even" if place % 2 else ""
        box = f'x="{percent(left)}" y="0" width="{percent(right - left)}" height="{height}"'
        drawn.append(
            f'<rect class="chart__band{shade}" {box}/>'
            + text(grade, percent((left + right) / 2), 15, css="chart__text--small", anchor="middle")
        )
    return "".join(drawn)


def _height(row: Interval) -> int:
    return ROW + LEADING * (len(lines_of(row.label)) - 1)


def _row(row: Interval, y: int, low: float, high: float, number: Number) -> str:
    left, middle, right = (_share(value, low, high) for value in row[1:4])
    said = f"{row.label}: {number(row.mean)} ({number(row.low)} – {number(row.high)})"
    needed = "" if row.required is None else _required(_share(row.required, low, high), y + _height(row) - 28)
    foot = y + _height(row) - 23
    box = f'x="{percent(left)}" y="{foot}" width="{percent(right - left)}" height="12" rx="6"'
    return (
        f"<g><title>{escaped(said)}</title>"
        + label_lines(row.label, y + 15, dx=6)
        + f'<rect class="chart__interval" {box}/>'
        + needed
        + f'<circle class="chart__dot" cx="{percent(middle)}" cy="{foot + 6}" r="6"/></g>'
    )


def _required(x: float, y: int) -> str:
    return f'<line class="chart__required" x1="{percent(x)}" x2="{percent(x)}" y1="{y}" y2="{y + 22}"/>'
