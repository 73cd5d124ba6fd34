"""Values over time: up to four lines told apart by dash and shade alike, and the small line inside a table cell."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from chiakhoa.foundation.charts.frame import Number, escaped, finite, percent, plain, svg, text, ticks

TOP, PLOT, FOOT = 22, 200, 26
LEFT, RIGHT = 4.0, 96.0
MOST_SERIES, MOST_LABELS, AXIS_LETTERS = 4, 6, 44
Point = tuple[float, float]


class Series(NamedTuple):
    """A named line; None is a gap."""

    name: str
    values: Sequence[float | None]


def line(
    series: Iterable[tuple[Any, ...]],
    *,
    labels: Sequence[str],
    title: str,
    number: Number = plain,
    unit: str = "",
    desc: str = "",
) -> str:
    """Lines over the labels of the horizontal axis, with a legend for several; the scale begins at zero or below.

    ValueError for more than four series or a series whose length differs from the labels.
    """
    rows = [_checked(Series(*row), labels) for row in series]
    if not 1 <= len(rows) <= MOST_SERIES:
        raise ValueError(f"{len(rows)} series: one to {MOST_SERIES} can be told apart")
    known = [value for row in rows for value in row.values if value is not None]
    marks = ticks(min([0.0, *known]), max(known, default=1.0))
    body = _grid(marks, number, unit) + _axis(labels)
    body += "".join(_drawn(_points(row, marks), place, row, labels, number) for place, row in enumerate(rows, start=1))
    chart = svg(body, title=title, desc=desc, height=TOP + PLOT + FOOT)
    return chart + (_names(rows) if len(rows) > 1 else "")


def spark(values: Sequence[float | None], *, title: str) -> str:
    """A line 96 by 24 pixels for a table cell or beside a figure; `title` says in words what it shows."""
    known = [finite(value, place, title) for place, value in enumerate(values, start=1) if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    span = (high - low) or 1.0
    step = 92 / max(len(values) - 1, 1)
    points = [None if v is None else (2 + k * step, 21 - 18 * (v - low) / span) for k, v in enumerate(values)]
    last = next((point for point in reversed(points) if point), None)
    dot = f'<circle class="chart__bar" cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="2.5"/>' if last else ""
    return (
        f'<svg class="spark" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 24" role="img"'
        f' aria-label="{escaped(title)}"><title>{escaped(title)}</title>'
        f'<path class="chart__line" d="{_path(points)}"/>{dot}</svg>'
    )


def _checked(row: Series, labels: Sequence[str]) -> Series:
    if len(row.values) != len(labels):
        raise ValueError(f"series {row.name}: {len(row.values)} values for {len(labels)} labels")
    values = [None if v is None else finite(v, place, row.name) for place, v in enumerate(row.values, start=1)]
    return Series(row.name, values)


def _x(place: int, count: int) -> float:
    return LEFT + (RIGHT - LEFT) * place / max(count - 1, 1)


def _y(value: float, marks: Sequence[float]) -> float:
    return TOP + PLOT * (marks[-1] - value) / (marks[-1] - marks[0])


def _points(row: Series, marks: Sequence[float]) -> list[Point | None]:
    count = len(row.values)
    return [None if v is None else (_x(k, count), _y(v, marks)) for k, v in enumerate(row.values)]


def _path(points: Sequence[Point | None], stretch: float = 1.0) -> str:
    """A path that lifts the pen at each gap."""
    pen, steps = "M", []
    for point in points:
        if point is None:
            pen = "M"
            continue
        steps.append(f"{pen}{point[0] * stretch:.1f} {point[1]:.1f}")
        pen = "L"
    return "".join(steps)


def _drawn(points: Sequence[Point | None], place: int, row: Series, labels: Sequence[str], number: Number) -> str:
    """The line in a box stretched to the full width (its stroke is not), the dots in percentages over it."""
    height = TOP + PLOT + FOOT
    css = f"chart__line chart__series-{place}"
    path = (
        f'<svg width="100%" height="{height}" viewBox="0 0 1000 {height}" preserveAspectRatio="none">'
        f'<path class="{css}" vector-effect="non-scaling-stroke" d="{_path(points, 10)}"/></svg>'
    )
    dots = [
        f'<circle class="chart__dot chart__dot--{place}" cx="{percent(point[0])}" cy="{point[1]:.1f}" r="4.5">'
        f"<title>{escaped(f'{row.name}, {label}: {number(value)}')}</title></circle>"
        for point, value, label in zip(points, row.values, labels, strict=True)
        if point is not None and value is not None
    ]
    return path + "".join(dots)


def _grid(marks: Sequence[float], number: Number, unit: str) -> str:
    drawn = []
    for mark in marks:
        y, words = _y(mark, marks), f"{number(mark)} {unit if mark == marks[-1] else ''}".strip()
        drawn.append(f'<line class="chart__grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(text(words, "0", round(y - 4, 1), css="chart__text--small"))
    return "".join(drawn)


def _axis(labels: Sequence[str]) -> str:
    """The labels below, as many as fit a phone: every so many of them, the last one always."""
    count = len(labels)
    longest = max(map(len, labels), default=0)
    room = min(max(AXIS_LETTERS // (longest + 2), 2), MOST_LABELS)
    every = max(-(-count // room), 1)
    shown = [k for k in range(count) if (count - 1 - k) % every == 0]
    anchors = {0: "start", count - 1: "end"} if count > 1 else {}
    y, css = TOP + PLOT + 18, "chart__text--small"
    return "".join(text(labels[k], percent(_x(k, count)), y, css=css, anchor=anchors.get(k, "middle")) for k in shown)


def _names(rows: Sequence[Series]) -> str:
    box = 'class="legend__line" viewBox="0 0 28 14" aria-hidden="true"'
    items = [
        f'<li><svg {box}><path class="chart__line chart__series-{place}" d="M1 7H27"/></svg>{escaped(row.name)}</li>'
        for place, row in enumerate(rows, start=1)
    ]
    return f'<ul class="legend">{"".join(items)}</ul>'
