"""Horizontal bars: a label line, then the bar with its number. Long Vietnamese names stay readable at 320 pixels."""

from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any, NamedTuple

from chiakhoa.foundation.charts.frame import (
    LEADING,
    Number,
    finite,
    label_lines,
    lines_of,
    link,
    percent,
    plain,
    svg,
    text,
)

ROW = 44
LONGEST = 66.0


class Bar(NamedTuple):
    """One bar: what it is, how much (zero or more), where its rows are."""

    label: str
    value: float
    href: str = ""


def bars(
    rows: Iterable[tuple[Any, ...]],
    *,
    title: str,
    unit: str = "",
    href: Callable[[str], str] | None = None,
    number: Number = plain,
    desc: str = "",
    top: float | None = None,
) -> str:
    """Bars of `Bar` (or plain tuples) from zero to `top` (the largest value where not given).

    `href` gives the address for a label where a row has none; `number` writes a value, `unit` follows it.
    ValueError for a negative or infinite value, naming the row.
    """
    checked = [_checked(Bar(*row), place) for place, row in enumerate(rows, start=1)]
    longest = top or max((bar.value for bar in checked), default=0.0) or 1.0
    addresses = [bar.href or (href(bar.label) if href else "") for bar in checked]
    said = [f"{number(bar.value)} {unit}".strip() for bar in checked]
    *starts, height = accumulate((_height(bar) for bar in checked), initial=0)
    body = "".join(
        link(_row(bar, words, y, longest), address, f"{bar.label}: {words}")
        for bar, words, address, y in zip(checked, said, addresses, starts, strict=True)
    )
    return svg(body, title=title, desc=desc, height=max(height, 1), linked=any(addresses))


def _checked(bar: Bar, place: int) -> Bar:
    value = finite(bar.value, place, bar.label)
    if value < 0:
        raise ValueError(f"row {place} ({bar.label}): {value:g} is below zero, a bar begins at zero")
    return bar._replace(value=value)


def _height(bar: Bar) -> int:
    return ROW + LEADING * (len(lines_of(bar.label)) - 1)


def _row(bar: Bar, words: str, y: int, longest: float) -> str:
    width = LONGEST * min(bar.value / longest, 1.0)
    foot = y + _height(bar) - 23
    return (
        label_lines(bar.label, y + 14)
        + f'<rect class="chart__track" x="0" y="{foot}" width="{percent(LONGEST)}" height="12" rx="2"/>'
        + f'<rect class="chart__bar" x="0" y="{foot}" width="{percent(width)}" height="12" rx="2"/>'
        + text(words, "100%", foot + 11, css="chart__text--number", anchor="end")
    )
