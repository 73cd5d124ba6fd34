"""The cost sheet of a plan: its classes by budget line, with the sum of each line and of the plan, as rows for a file.

Sums are formulas, so that whoever changes a figure sees what becomes of the total.
"""

from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.sheets import Formula
from chiakhoa.train.planning import queries
from chiakhoa.train.planning.models import Plan, PlannedClass

# Columns of the sheet: B the numbers of the classes, H the learners, I the cost of one, J the cost.
SUMMED = "HJ"


def rows(reader: Reader, plan: Plan) -> list[list[Any]]:
    """Headings, then for each budget line its classes and their sum, then the sum of all. Classes taken out do not count."""
    held = queries.classes(reader, plan).filter(cancelled=False).order_by("budget_line_id", "number")
    sheet: list[list[Any]] = [_headings()]
    for line, classes in groupby(held, key=lambda row: row.budget_line):
        listed = list(classes)
        first = len(sheet) + 1
        sheet += [_row(row) for row in listed]
        sheet.append(_sum(_("Sum of %(line)s") % {"line": line.name}, listed, first, len(sheet)))
    # SUBTOTAL leaves other subtotals out, so that nothing counts twice.
    sheet.append(_sum(_("Sum of the plan"), list(held), 2, max(len(sheet), 2)))
    return sheet


def _headings() -> list[Any]:
    return [
        _("Budget line"), _("No."), _("Course"), _("Venue"), _("Commune"), _("Starts"), _("Trainer"), _("Learners"),
        _("Đồng for each learner"), _("Cost (đồng)"),
    ]  # fmt: skip


def _row(row: PlannedClass) -> list[Any]:
    return [
        row.budget_line.name, row.number, row.course.name, row.venue.name, str(row.venue.unit), row.starts_on,
        str(row.trainer) if row.trainer else None, row.learners, round(row.cost_vnd / row.learners), row.cost_vnd,
    ]  # fmt: skip


def _sum(label: str, listed: list[PlannedClass], first: int, last: int) -> list[Any]:
    """The row of a sum over the rows `first` to `last` of the sheet, counted from 1."""
    values = dict(zip(SUMMED, (sum(row.learners for row in listed), sum(row.cost_vnd for row in listed)), strict=True))
    learners, cost = (
        Formula(f"=SUBTOTAL(9,{column}{first}:{column}{last})", values[column]) for column in SUMMED
    )  # fmt: skip
    return [label, len(listed), None, None, None, None, None, learners, None, cost]
