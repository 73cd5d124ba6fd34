"""Two plans side by side."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from chiakhoa.foundation.pages import page
from chiakhoa.foundation.requests import Request
from chiakhoa.train.planning import assumptions, comparing, gains, queries

LARGEST_KEY = 2**63 - 1
SHOWN = 200


@page(*queries.MAY_SEE)
def compare(request: Request) -> HttpResponse:
    """The plans `?plan=…&plan=…`: figures, money by budget line, and what differs from the first to the second."""
    asked = [int(value) for value in request.GET.getlist("plan") if value.isdecimal() and int(value) <= LARGEST_KEY]
    if len(set(asked)) != 2:
        messages.error(request, _("Tick exactly two plans to compare them."))
        return redirect("planning:plans")
    one, other = (get_object_or_404(queries.plans(request.reader), pk=pk) for pk in sorted(set(asked)))
    changed = comparing.differences(request.reader, one, other)
    context = {
        "one": one, "other": other, "first": comparing.figures(one), "second": comparing.figures(other),
        "assumed": assumptions.side_by_side(one, other), "believed": gains.learned_between(one.made_at, other.made_at),
        "money": comparing.money(one, other), "changed": changed[:SHOWN], "changes": len(changed),
        "lost": comparing.lost(changed)[:SHOWN] if other.based_on_id == one.pk else [],
    }  # fmt: skip
    return render(request, "planning/compare.html", context)
