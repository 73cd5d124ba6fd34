"""The cost sheet of a plan: its classes by budget line, with the sum of each line and of the plan, as rows for a file."""

from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from chiakhoa.foundation.readers import Reader
from chiakhoa.train.planning import queries
from chiakhoa.train.planning.models import Plan


def rows(reader: Reader, plan: Plan) -> list[list[Any]]:
    """Headings, then for each budget line its classes and their sum, then the sum of all. Classes taken out do not count."""
    held = queries.classes(reader, plan).filter(cancelled=False).order_by("budget_line_id", "number")
    sheet: list[list[Any]] = [
        [
            _("Budget line"),
            _("No."),
            _("Course"),
            _("Venue"),
            _("Commune"),
            _("Starts"),
            _("Learners"),
            _("Cost (đồng)"),
        ]
    ]
    for line, classes in groupby(held, key=lambda row: row.budget_line):
        listed = list(classes)
        sheet += [
            [line.name, row.number, row.course.name, row.venue.name, str(row.venue.unit), row.starts_on, row.learners,
             row.cost_vnd]
            for row in listed
        ]  # fmt: skip
        sheet.append(_sum(_("Sum of %(line)s") % {"line": line.name}, listed))
    return [*sheet, _sum(_("Sum of the plan"), list(held))]


def _sum(label: str, listed: list[Any]) -> list[Any]:
    learners, cost = sum(row.learners for row in listed), sum(row.cost_vnd for row in listed)
    return [label, len(listed), None, None, None, None, learners, cost]
