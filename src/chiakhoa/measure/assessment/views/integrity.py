"""Signs of irregularity: what was found in an exam, one sign with what it rests on, the items through time."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.measure.assessment import actions, demographics, queries
from chiakhoa.measure.assessment.forms import DecisionForm
from chiakhoa.measure.assessment.integrity import drawn, signs
from chiakhoa.measure.assessment.integrity import evenness as even
from chiakhoa.measure.assessment.models import Concern, ConcernKind, ConcernState, ExamState, SittingState
from chiakhoa.measure.assessment.tables import ConcernFilter, ConcernTable, WatchTable

READERS = (*queries.INVIGILATORS, Role.AUDITOR)


@page(*READERS)
def concerns(request: Request) -> HttpResponse:
    """All signs in the exams of the unit and in the bank."""
    rows = queries.concerns(request.reader)
    context = {"tab": "concerns", "rate": signs.RATE}
    return list_page(
        request, rows, ConcernTable, filters=ConcernFilter, template="assessment/concerns.html",
        file_name="concerns", context=context,
    )  # fmt: skip


@page(*READERS)
def watch(request: Request) -> HttpResponse:
    """The items through time: which of them have become easier."""
    rows = queries.watched_items(request.reader)
    return list_page(
        request, rows, WatchTable, template="assessment/watch.html", file_name="items-through-time",
        context={"tab": "watch"},
    )  # fmt: skip


@page(*READERS)
def evenness(request: Request) -> HttpResponse:
    """How often each group of people has had a sign, with intervals."""
    kinds = [kind.label for kind in even.KINDS]
    rows = [
        (demographics.grouping(row.by), demographics.name(row.by, row.group), row,
         list(zip(kinds, row.kinds.values(), strict=True)))
        for row in even.rates(request.reader)
    ]  # fmt: skip
    context = {"tab": "evenness", "rows": rows, "least": even.LEAST, "kinds": kinds}
    return render(request, "assessment/evenness.html", context)


@page(*READERS)
def exam_integrity(request: Request, pk: int) -> HttpResponse:
    """What was found in one exam, how much could be judged, and how often honest exams give a sign."""
    row = get_object_or_404(queries.exams(request.reader), pk=pk)
    check = queries.integrity_check(request.reader, row)
    judged = check.judged if check else {}
    context = {
        "exam": row,
        "check": check,
        "kinds": [
            (kind.label, judged.get(kind, 0), row.concerns.filter(kind=kind).count())
            for kind in (ConcernKind.RAPID, ConcernKind.MISFIT, ConcernKind.ALIKE)
        ],
        "rate": signs.RATE,
        "may_ask": request.reader.has(*queries.INVIGILATORS) and row.state == ExamState.CLOSED,
    }
    return list_page(
        request, queries.concerns(request.reader).filter(exam=row), ConcernTable,
        template="assessment/exam_integrity.html", file_name="concerns", context=context,
    )  # fmt: skip


@require_POST
@page(*queries.INVIGILATORS)
def check_again(request: Request, pk: int) -> HttpResponse:
    """Go through the answers of a closed exam once more, in the background."""
    try:
        actions.check_again(request.reader, pk, at=clock.now())
        messages.success(request, _("The answers are being gone through. Reload the page in a minute."))
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("assessment:exam_integrity", pk=pk)


@page(*READERS)
def concern(request: Request, pk: int) -> HttpResponse:
    """One sign with what it rests on; the look at each person is logged."""
    return _shown(request, actions.open_concern(request.reader, pk, at=clock.now()))


@require_POST
@page(*queries.INVIGILATORS)
def decide(request: Request, pk: int) -> HttpResponse:
    """Say whether there was an irregularity, and why."""
    row = get_object_or_404(queries.concerns(request.reader), pk=pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            actions.decide(request.reader, pk, **form.cleaned_data, at=clock.now())
            messages.success(request, _("Your decision is stored with its reason."))
            return redirect("assessment:concern", pk=pk)
        except NotVisible:
            raise
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    return _shown(request, row, form=form)


@require_POST
@page(*queries.INVIGILATORS)
def void_over(request: Request, pk: int) -> HttpResponse:
    """Declare a test void over an irregularity that somebody else has found."""
    get_object_or_404(queries.concerns(request.reader), pk=pk)
    chosen = [int(value) for value in request.POST.getlist("seats") if value.isdigit()]
    try:
        actions.void_over(request.reader, pk, chosen, at=clock.now())
        messages.success(request, _("The test is void. It stands in the log of the exam."))
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("assessment:concern", pk=pk)


def _shown(request: Request, row: Concern, form: DecisionForm | None = None) -> HttpResponse:
    may_judge = request.reader.has(*queries.INVIGILATORS)
    seats = [seat for seat in (row.seat, row.other) if seat]
    upheld = row.state == ConcernState.UPHELD and not row.voided_at
    context: dict[str, Any] = {
        "concern": row,
        "drawn": drawn.of(row),
        "rarely": drawn.rarely(row.p),
        "seats": seats,
        "form": form or (DecisionForm() if may_judge and row.state == ConcernState.OPEN else None),
        "may_void": may_judge and upheld and bool(seats) and request.reader.account_id != row.decided_by,
        "waits_for_second": may_judge and upheld and bool(seats) and request.reader.account_id == row.decided_by,
        "standing": [seat for seat in seats if seat.sitting and seat.sitting.state != SittingState.VOID],
    }
    return render(request, "assessment/concern.html", context, status=422 if form else 200)
