"""What every chart shares: the svg element with its words, escaping, links, percentages, axis ticks.

Refuses numbers that cannot be drawn, naming the first bad row.
"""

import math
from collections.abc import Callable
from html import escape as _escape
from textwrap import wrap

Number = Callable[[float], str]

LINE = 40
LEADING = 18


def plain(value: float) -> str:
    """The number with up to four significant digits: the default where no format is handed in."""
    return f"{value:.4g}"


def escaped(text: object) -> str:
    """The text safe inside an element or a quoted attribute."""
    return _escape(str(text), quote=True)


def percent(value: float) -> str:
    """A length as a percentage with at most two decimals."""
    return f"{round(value, 2):g}%"


def svg(body: str, *, title: str, height: int, desc: str = "", linked: bool = False) -> str:
    """A full-width svg `height` pixels high; `linked` says that links stand inside."""
    role = "group" if linked else "img"
    words = f"<title>{escaped(title)}</title>" + (f"<desc>{escaped(desc)}</desc>" if desc else "")
    return (
        f'<svg class="chart__svg" xmlns="http://www.w3.org/2000/svg" width="100%" height="{height}"'
        f' role="{role}" aria-label="{escaped(title)}">{words}{body}</svg>'
    )


def link(body: str, href: str, label: str) -> str:
    """The body inside a link, where there is an address."""
    return f'<a href="{escaped(href)}" aria-label="{escaped(label)}">{body}</a>' if href else body


def text(words: object, x: str, y: float, *, css: str = "", anchor: str = "start", dx: int = 0) -> str:
    """A line of text; `css` holds further classes."""
    shift = f' dx="{dx}"' if dx else ""
    return (
        f'<text class="{f"chart__text {css}".strip()}" x="{x}" y="{y:g}" text-anchor="{anchor}"{shift}>'
        f"{escaped(words)}</text>"
    )


def lines_of(label: str) -> list[str]:
    """The label in lines that fit a phone: nothing is cut off."""
    return wrap(label, LINE, break_long_words=True) or [""]


def label_lines(label: str, y: float, *, dx: int = 0) -> str:
    """The label's lines, the first with its baseline at y."""
    return "".join(text(part, "0", y + LEADING * k, dx=dx) for k, part in enumerate(lines_of(label)))


def finite(value: float, row: int, label: str) -> float:
    """The value as a float; ValueError where it is not a number that can be drawn."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"row {row} ({label}): {value!r} cannot be drawn")
    return number


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """About `count` round steps (1, 2, 2.5 or 5 times a power of ten) that cover low to high."""
    span = (high - low) or abs(high) or 1.0
    magnitude = 10.0 ** math.floor(math.log10(span / count))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude * count >= span * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(k * step, 12) for k in range(first, max(last, first + 1) + 1)]
