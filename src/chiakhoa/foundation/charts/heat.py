"""A heat grid: an HTML table, since a table with shades says more to everybody than an SVG would."""

from collections.abc import Sequence
from typing import NamedTuple

from chiakhoa.foundation.charts.classes import level
from chiakhoa.foundation.charts.frame import Number, escaped, finite, plain


class Head(NamedTuple):
    """The head of a row or column; `note` is the full name behind a short one."""

    text: str
    note: str = ""
    href: str = ""


class Cell(NamedTuple):
    """A value (None: not enough is known), what it rests on ("n = 34, ± 8 %"), where its rows are."""

    value: float | None
    note: str = ""
    href: str = ""


def heat(
    rows: Sequence[Head],
    columns: Sequence[Head],
    cells: Sequence[Sequence[Cell]],
    *,
    title: str,
    breaks: Sequence[float],
    missing: str,
    number: Number = plain,
    corner: str = "",
) -> str:
    """The grid as an accessible table with `title` as caption; `missing` says why a cell is empty.

    `breaks` (at most four, rising) part the values into shades. ValueError where the cells do not fill rows x columns.
    """
    if len(cells) != len(rows) or any(len(row) != len(columns) for row in cells):
        raise ValueError(f"cells do not fill {len(rows)} rows by {len(columns)} columns")
    head = "".join(f'<th scope="col">{_head(column)}</th>' for column in columns)
    body = "".join(
        f'<tr><th scope="row">{_head(row)}</th>{"".join(_cell(cell, breaks, missing, number) for cell in line)}</tr>'
        for row, line in zip(rows, cells, strict=True)
    )
    return (
        f'<div class="table-wrap" tabindex="0" role="region" aria-label="{escaped(title)}"><table class="heat">'
        f"<caption>{escaped(title)}</caption><thead><tr><td>{escaped(corner)}</td>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _head(head: Head) -> str:
    words = f'<abbr title="{escaped(head.note)}">{escaped(head.text)}</abbr>' if head.note else escaped(head.text)
    return f'<a href="{escaped(head.href)}">{words}</a>' if head.href else words


def _cell(cell: Cell, breaks: Sequence[float], missing: str, number: Number) -> str:
    if cell.value is None:
        why = escaped(f"{missing} {cell.note}".strip())
        shown = f'<span aria-hidden="true">·</span><span class="visually-hidden">{why}</span>'
        return f'<td class="heat__none" title="{why}">{shown}</td>'
    value = finite(cell.value, 1, "cell")
    said = escaped(number(value)) + (f'<span class="visually-hidden"> {escaped(cell.note)}</span>' if cell.note else "")
    body = f'<a href="{escaped(cell.href)}">{said}</a>' if cell.href else said
    note = f' title="{escaped(cell.note)}"' if cell.note else ""
    return f'<td data-heat="{level(value, breaks)}"{note}>{body}</td>'
