"""The chart functions as tags, with numbers written in the language of the page.

`{% bars rows title=... unit=... %}` and so on; the functions themselves are in foundation/charts and know no Django.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from chiakhoa.foundation import charts
from chiakhoa.foundation.templatetags import words

register = template.Library()

SHARE_BREAKS = (0.2, 0.4, 0.6, 0.8)


def _number(kind: str | int) -> Callable[[float], str]:
    """The format a template asks for: "percent", "vnd", or a count of decimals."""
    if kind == "percent":
        return words.percent
    if kind == "vnd":
        return lambda value: words.vnd(round(value))
    return partial(words.num, decimals=int(kind))


@register.simple_tag
def bars(rows: Sequence[tuple[Any, ...]], *, title: str, unit: str = "", number: str | int = 0) -> SafeString:
    """Horizontal bars of (label, value, href)."""
    return mark_safe(charts.bars(rows, title=title, unit=unit, number=_number(number)))


@register.simple_tag
def intervals(
    rows: Sequence[tuple[Any, ...]], *, cuts: Sequence[float], grades: Sequence[str], title: str, number: str | int = 2
) -> SafeString:
    """Estimates with their interval on grade bands: (label, low, mean, high, required)."""
    return mark_safe(charts.intervals(rows, cuts=cuts, grades=grades, title=title, number=_number(number)))


@register.simple_tag
def line(
    series: Sequence[tuple[Any, ...]], *, labels: Sequence[str], title: str, unit: str = "", number: str | int = 0
) -> SafeString:
    """Lines of (name, values) over the labels."""
    return mark_safe(charts.line(series, labels=labels, title=title, unit=unit, number=_number(number)))


@register.simple_tag
def spark(values: Sequence[float | None], *, title: str) -> SafeString:
    """A small line for a cell."""
    return mark_safe(charts.spark(values, title=title))


@register.simple_tag
def heat(
    rows: Sequence[charts.Head],
    columns: Sequence[charts.Head],
    cells: Sequence[Sequence[charts.Cell]],
    *,
    title: str,
    missing: str,
    breaks: Sequence[float] = SHARE_BREAKS,
    number: str | int = "percent",
) -> SafeString:
    """A heat grid as an HTML table."""
    return mark_safe(
        charts.heat(rows, columns, cells, title=title, breaks=breaks, missing=missing, number=_number(number))
    )


@register.simple_tag
def choropleth(
    features: Sequence[Mapping[str, Any]],
    values: Mapping[str, float],
    *,
    title: str,
    missing: str,
    href: Callable[[str], str] | None = None,
    number: str | int = "percent",
) -> SafeString:
    """A shaded map with its legend."""
    return mark_safe(
        charts.choropleth(features, values, title=title, missing=missing, href=href, label=_number(number))
    )


@register.filter
def heat_class(share: float) -> int:
    """The shade 1 to 5 of a share (0 to 1), for `data-heat`."""
    return charts.level(share, SHARE_BREAKS)


@register.filter
def item(row: Mapping[str, Any] | Sequence[Any], key: Any) -> Any:
    """`row|item:key`: an element by key or position, empty where there is none."""
    try:
        return row[key]
    except (KeyError, IndexError):
        return ""
