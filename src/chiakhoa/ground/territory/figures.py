"""Counts by unit as people send them: two columns, unit and value, below any title rows."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.text import fold
from chiakhoa.ground.territory.changes import same
from chiakhoa.ground.territory.files import HEADED_WITHIN, cell_text, rows_of
from chiakhoa.ground.territory.models import Unit

UNIT = (
    "don vi",
    "don vi hanh chinh",
    "xa",
    "xa/phuong",
    "xa, phuong",
    "ma",
    "ma don vi",
    "ma don vi hanh chinh",
    "unit",
    "unit_id",
)
VALUE = ("so", "so luong", "gia tri", "so nguoi", "dan so", "value", "count", "population")
MOST_FAULTS = 20
WHOLE = re.compile(r"\d+|\d{1,3}([.,\u00a0 ]\d{3})+")


def read(path: Path, units: Iterable[Unit]) -> dict[str, int]:
    """Whole counts by unit id. units : those of the day, which a row names by id, code or full name.

    Refusal naming each row that will not do: a unit that is not of the day, one named twice, a value that is no whole count.
    """
    table = rows_of(path)
    head, unit_at, value_at = _heading(table)
    names = _names(units)
    counts: dict[str, int] = {}
    faults = []
    for line, cells in enumerate(table[head + 1 :], start=head + 2):
        name, value = _cell(cells, unit_at), _cell(cells, value_at)
        if not name and not value:
            continue
        fits = names.get(same(name), set())
        if len(fits) != 1:
            words = _("Row %(row)d: “%(name)s” is no unit of that day, or several. Write its code.")
            faults.append(words % {"row": line, "name": name})
        elif not WHOLE.fullmatch(value):
            faults.append(_("Row %(row)d: “%(value)s” is no whole number.") % {"row": line, "value": value})
        elif (unit := next(iter(fits))) in counts:
            faults.append(_("Row %(row)d: %(name)s stands in the file twice.") % {"row": line, "name": name})
        else:
            counts[unit] = int(re.sub(r"\D", "", value))
    if faults or not counts:
        raise Refusal(" ".join(faults[:MOST_FAULTS]) or _("The file holds headings but no row."), field="file")
    return counts


def _heading(table: list[list[Any]]) -> tuple[int, int, int]:
    for head, cells in enumerate(table[:HEADED_WITHIN]):
        words = [fold(cell_text(cell)) for cell in cells]
        unit = next((words.index(word) for word in UNIT if word in words), None)
        value = next((words.index(word) for word in VALUE if word in words), None)
        if unit is not None and value is not None:
            return head, unit, value
    raise Refusal(
        _("There is no row of headings with “Đơn vị” and “Số lượng” (or unit_id and value) in it."), field="file"
    )


def _names(units: Iterable[Unit]) -> Mapping[str, set[str]]:
    names: dict[str, set[str]] = {}
    for unit in units:
        for name in (unit.pk, unit.code, str(unit)):
            names.setdefault(same(name), set()).add(unit.pk)
    return names


def _cell(cells: list[Any], at: int) -> str:
    """The cell as text; a number with decimals as it is never written for a count, so that it is not taken for thousands."""
    cell = cells[at] if at < len(cells) else ""
    return f"{cell:.6f}" if isinstance(cell, float) and not cell.is_integer() else cell_text(cell)
