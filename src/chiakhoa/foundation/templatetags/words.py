"""Words and numbers as a reader sees them: in the page's language, the Vietnamese way for Vietnamese."""

from typing import Any

from django import template
from django.utils.translation import get_language, ngettext

from chiakhoa.foundation import sourced

register = template.Library()
TIE = "\N{NO-BREAK SPACE}"


@register.filter
def said(row: Any, field: str) -> str:
    """`row|said:"reason"`: the field reason_vi or reason_en, by the language of the page."""
    return str(row.said(field)) if row else ""


@register.filter
def in_language(text: Any) -> str:
    """A stored text of a Vietnamese and an English line, in the language of the page; for texts that are no `Sourced` row."""
    return sourced.in_language(str(text or ""))


@register.filter
def num(value: float | int | str | None, decimals: int = 0) -> str:
    """A number with the language's separators: 1.234,5 in Vietnamese, 1,234.5 in English; a dash for none."""
    if value is None or value == "":
        return "–"
    text = f"{float(value):,.{decimals}f}"
    vietnamese = (get_language() or "vi").startswith("vi")
    return text.translate(str.maketrans(",.", ".,")) if vietnamese else text


@register.filter
def vnd(value: int | None) -> str:
    """An amount in đồng; from ten million on in triệu, from a billion on in tỷ, with the exact amount left to tables.

    The number stays on one line with the first word of its unit.
    """
    if value is None:
        return "–"
    vietnamese = (get_language() or "vi").startswith("vi")
    if abs(value) >= 1_000_000_000:
        return f"{num(value / 1e9, 2)}{TIE}{'tỷ đồng' if vietnamese else 'billion VND'}"
    if abs(value) >= 10_000_000:
        return f"{num(value / 1e6, 1)}{TIE}{'triệu đồng' if vietnamese else 'million VND'}"
    return f"{num(value)}{TIE}{'đồng' if vietnamese else 'VND'}"


@register.filter
def percent(value: float | str | None, decimals: int = 0) -> str:
    """A share (0 to 1) as a percentage."""
    return "–" if value is None or value == "" else f"{num(100 * float(value), decimals)}{TIE}%"


@register.filter
def people(count: int) -> str:
    """A count of people in words."""
    return ngettext("%(count)s person", "%(count)s people", int(count)) % {"count": num(count)}
