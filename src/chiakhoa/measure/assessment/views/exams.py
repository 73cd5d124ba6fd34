"""Exams: the invigilator's list and room, and the room as a candidate meets it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.measure.assessment import actions, queries
from chiakhoa.measure.assessment.forms import CodeForm, ExamForm, NoteForm, RescoreForm
from chiakhoa.measure.assessment.models import Exam, ExamState, SittingState
from chiakhoa.measure.assessment.tables import ExamTable

MORE_MINUTES = 5


@page(*queries.INVIGILATORS, Role.AUDITOR)
def exams(request: Request) -> HttpResponse:
    """The exams of the unit, and a form for a new one."""
    may_plan = request.reader.has(*queries.INVIGILATORS)
    form = ExamForm(request.POST or None, initial={"held_on": clock.today()}) if may_plan else None
    if form and form.is_valid():
        try:
            made = actions.plan_exam(request.reader, **form.cleaned_data, at=clock.now())
            return redirect("assessment:exam", pk=made.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {"form": form}
    return list_page(
        request,
        queries.exams(request.reader),
        ExamTable,
        template="assessment/exams.html",
        file_name="exams",
        context=context,
    )


@page(*queries.INVIGILATORS, Role.AUDITOR)
def exam(request: Request, pk: int) -> HttpResponse:
    """One room: its code, its seats as they stand this moment, its log."""
    row = get_object_or_404(queries.exams(request.reader), pk=pk)
    return _room(request, row)


@require_POST
@page(*queries.INVIGILATORS)
def exam_step(request: Request, pk: int, step: str) -> HttpResponse:
    """Open or close the room."""
    if step not in ("open", "close"):
        raise Http404
    try:
        if step == "open":
            actions.open_exam(request.reader, pk, at=clock.now())
            messages.success(request, _("The room is open: everybody at a seat may begin."))
        else:
            count = actions.close_exam(request.reader, pk, at=clock.now())
            messages.success(request, _("The exam is closed; %(count)d were still answering.") % {"count": count})
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("assessment:exam", pk=pk)


@require_POST
@page(*queries.INVIGILATORS)
def seats_act(request: Request, pk: int, act: str) -> HttpResponse:
    """Stop all clocks of the room, or let them all run on."""
    row = get_object_or_404(queries.exams(request.reader), pk=pk)
    does = {"pause": actions.pause, "resume": actions.resume}.get(act)
    if does is None:
        raise Http404
    does(request.reader, list(row.taken.values_list("pk", flat=True)), at=clock.now())
    return redirect("assessment:exam", pk=pk)


@require_POST
@page(*queries.INVIGILATORS)
def seat_act(request: Request, pk: int, act: str) -> HttpResponse:
    """What an invigilator does at one seat: pause, resume, time, void."""
    seat = get_object_or_404(queries.seats(request.reader), pk=pk)
    now = clock.now()
    try:
        if act == "pause":
            actions.pause(request.reader, [pk], at=now)
        elif act == "resume":
            actions.resume(request.reader, [pk], at=now)
        elif act == "time":
            actions.give_time(request.reader, pk, MORE_MINUTES, at=now)
        elif act == "void":
            actions.void(request.reader, pk, request.POST.get("reason", ""), at=now)
        else:
            raise Http404
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("assessment:exam", pk=seat.exam_id)


@require_POST
@page(*queries.INVIGILATORS)
def note(request: Request, pk: int) -> HttpResponse:
    """Write an incident into the log."""
    row = get_object_or_404(queries.exams(request.reader), pk=pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _room(request, row, note_form=form)
    actions.note(request.reader, pk, form.cleaned_data["text"], at=clock.now())
    return redirect("assessment:exam", pk=pk)


@require_POST
@page(*queries.INVIGILATORS)
def rescore(request: Request, pk: int) -> HttpResponse:
    """Score the finished sittings again without one item."""
    row = get_object_or_404(queries.exams(request.reader), pk=pk)
    form = RescoreForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            count = actions.rescore(request.reader, pk, given["item"], given["reason"], at=clock.now())
            words = ngettext("%(count)d test is scored again.", "%(count)d tests are scored again.", count)
            messages.success(request, words % {"count": count})
            return redirect("assessment:exam", pk=pk)
        except Refusal as refusal:
            form.add_error("item", refusal.message)
    return _room(request, row, rescore_form=form)


@page(Role.LEARNER)
def room(request: Request) -> HttpResponse:
    """Enter a room by its code."""
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            seat = actions.take_seat(request.reader, form.cleaned_data["code"], at=clock.now())
            return redirect("assessment:seat", pk=seat.pk)
        except NotVisible:
            raise
        except Refusal as refusal:
            form.add_error("code", refusal.message)
    context = {"form": form, "seats": queries.own_seats_to_go_to(request.reader)}
    return render(request, "assessment/room.html", context, status=422 if form.is_bound else 200)


@page(Role.LEARNER)
def seat(request: Request, pk: int) -> HttpResponse:
    """One's own seat: wait for the room to open, then begin. Once the test is over, its result."""
    row = get_object_or_404(queries.own_seats(request.reader), pk=pk)
    if row.sitting and row.sitting.state != SittingState.OPEN:
        return redirect("assessment:result", pk=row.sitting_id)
    if request.method == "POST":
        try:
            sitting = actions.begin(request.reader, pk, at=clock.now())
            return redirect("assessment:result", pk=sitting.pk)
        except NotVisible:
            raise
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return redirect("assessment:seat", pk=pk)
    rights = getattr(row.person, "accommodation", None)
    return render(request, "assessment/seat.html", {"seat": row, "rights": rights})


def _room(request: Request, row: Exam, **forms: Any) -> HttpResponse:
    context = {
        "exam": row,
        "seats": queries.seats_now(request.reader, row, at=clock.now()),
        "incidents": row.incidents.select_related("seat__person")[:100],
        "flags": queries.flags(row),
        "note_form": NoteForm(),
        "rescore_form": RescoreForm(),
        "may_run": request.reader.has(*queries.INVIGILATORS) and row.state != ExamState.CLOSED,
        "may_judge": request.reader.has(*queries.INVIGILATORS),
        "more_minutes": MORE_MINUTES,
        "now": clock.now(),
    } | forms
    return render(request, "assessment/exam.html", context, status=422 if forms else 200)
