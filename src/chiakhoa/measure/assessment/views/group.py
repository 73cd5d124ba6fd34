"""Group tests as whoever opens one sees them: the list, one with its link and result, the notice to hang up."""

import re
from typing import Any

import numpy as np
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import charts, clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.paper import qr_svg
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.measure.assessment import actions
from chiakhoa.measure.assessment.group import notices
from chiakhoa.measure.assessment.group import queries as group_queries
from chiakhoa.measure.assessment.group.forms import GroupTestForm
from chiakhoa.measure.assessment.group.models import GroupTest
from chiakhoa.measure.assessment.group.queries import GroupResult
from chiakhoa.measure.assessment.group.tables import GroupTestTable


@page(*group_queries.READERS)
def group_tests(request: Request) -> HttpResponse:
    """The links of the unit, and a form for a new one."""
    may_open = request.reader.has(*group_queries.OPENERS)
    initial = {"audience": "tea_farm_household", "language": "vi"}
    form = GroupTestForm(request.POST or None, reader=request.reader, initial=initial) if may_open else None
    if form and form.is_valid():
        try:
            made = actions.open_group_test(request.reader, **form.cleaned_data, at=clock.now())
            messages.success(request, _("The link is open. Print the notice and hang it up, or send the link."))
            return redirect("assessment:group_test", pk=made.pk)
        except NotVisible:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return list_page(
        request, group_queries.group_tests(request.reader), GroupTestTable,
        template="assessment/group_tests.html", file_name="group-tests", context={"form": form},
    )  # fmt: skip


@page(*group_queries.READERS)
def group_test(request: Request, pk: int) -> HttpResponse:
    """One link: its QR code, how many took part, and what the group can do."""
    test = get_object_or_404(group_queries.group_tests(request.reader), pk=pk)
    link = _link(request, test)
    result = group_queries.result(request.reader, test)
    context: dict[str, Any] = {
        "test": test,
        "link": link,
        "qr": _scalable(qr_svg(link)),
        "is_open": group_queries.is_open(test, clock.today()),
        "began": group_queries.began(request.reader, test),
        "least": group_queries.FIVE,
        "result": result,
        "chart": _chart(result) if result else "",
        "may_close": request.reader.has(*group_queries.OPENERS),
    }
    return render(request, "assessment/group_test.html", context)


@page(*group_queries.READERS)
def group_notice(request: Request, pk: int) -> HttpResponse:
    """The notice to print and hang up."""
    test = get_object_or_404(group_queries.group_tests(request.reader), pk=pk)
    response = HttpResponse(notices.notice(test, _link(request, test)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="12-cau-hoi-{test.key}.pdf"'
    return response


@require_POST
@page(*group_queries.OPENERS)
def close_group_test(request: Request, pk: int) -> HttpResponse:
    """Nobody begins any more."""
    actions.close_group_test(request.reader, pk, at=clock.now())
    messages.success(request, _("The link is closed. Its result stays."))
    return redirect("assessment:group_test", pk=pk)


def _scalable(svg: str) -> str:
    """The QR code's own element, as wide as the page lets it be: the library writes one of a fixed size."""
    element = svg[svg.index("<svg") :]
    return re.sub(r'<svg width="(\d+)" height="(\d+)"', r'<svg viewBox="0 0 \1 \2" aria-hidden="true"', element)


def _link(request: Request, test: GroupTest) -> str:
    return request.build_absolute_uri(reverse("assessment:group_start", args=[test.key]))


def _chart(result: GroupResult) -> str:
    scale = frameworks.scale()
    rows = [(f"{row.domain.code}. {row.domain.name}", row.low, row.mean, row.high) for row in result.domains]
    return charts.intervals(
        rows,
        cuts=[float(cut) for cut in np.asarray(scale.cuts)],
        grades=[str(number) for number in range(len(scale.cuts) + 1)],
        title=_("Mean of the group in each domain, with the interval in which it lies"),
        number=lambda value: num(value, 1),
    )
