"""What courses bring: assumed, measured by tests before and after, and what the next plan counts with."""

from itertools import pairwise
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chiakhoa.foundation.pages import page
from chiakhoa.foundation.requests import Request
from chiakhoa.foundation.templatetags.words import num, people
from chiakhoa.train.planning import gains, queries
from chiakhoa.train.planning.models import GainEstimate

NORMAL = 1.96
HALF_A_GRADE = 0.5
SHOWN = 15


@page(*queries.MAY_SEE)
def moved(request: Request) -> HttpResponse:
    """Course by course how the estimate of its gain moved; `?course=` one course alone, with all its estimates so far."""
    rows = gains.moved(request.reader)
    chosen = [row for row in rows if row.course.pk == request.GET.get("course")]
    shown = chosen or rows
    context = {
        "rows": [(row, _margin(row.now)) for row in shown], "all": len(rows), "chosen": chosen[0] if chosen else None,
        "chart": _chart(shown[:SHOWN]) if rows else None, "measured": sum(row.now.people > 0 for row in rows),
        "asked": request.GET.get("course", ""),
    }  # fmt: skip
    return render(request, "planning/gains.html", context)


def _margin(row: GainEstimate) -> float | None:
    """Half of the interval that holds what was measured with 95 %."""
    return NORMAL * row.data_se if row.data_se is not None else None


def _chart(rows: list[gains.Moved]) -> dict[str, Any]:
    """Of each course what was measured and what the next plan counts with, as intervals; the mark is what was assumed."""
    drawn = []
    for row in rows:
        now, name = row.now, row.course.name
        if now.data is not None and (margin := _margin(now)) is not None:
            label = _("%(course)s: measured, %(people)s") % {"course": name, "people": people(now.people)}
            drawn.append((label, now.data - margin, now.data, now.data + margin, now.prior))
        label = _("%(course)s: the next plan") % {"course": name}
        drawn.append((label, now.believed - row.margin, now.believed, now.believed + row.margin, now.prior))
    most = max(max(high, prior) for _label, _low, _mean, high, prior in drawn)
    cuts = [HALF_A_GRADE * step for step in range(max(2, int(most / HALF_A_GRADE) + 1))]
    between = [f"{num(low, 1)}–{num(high, 1)}" for low, high in pairwise(cuts)]
    return {"rows": drawn, "cuts": cuts, "grades": [f"< {num(cuts[0], 1)}", *between, f"> {num(cuts[-1], 1)}"]}
