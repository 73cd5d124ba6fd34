"""The test as a learner meets it, one item a page; and the answers behind a piece of evidence."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.registry.actions import open_record
from chiakhoa.measure.assessment import actions, adaptive, feedback, offline, paper, piloting, queries
from chiakhoa.measure.assessment.models import Answer, Item, Purpose, Sitting
from chiakhoa.measure.evidence import queries as evidence

RESULTS = 10
SAVED = ("position", "answered_at")


@page(Role.LEARNER)
def start(request: Request) -> HttpResponse:
    """What the test is, how long it takes, who sees it; begin or go on."""
    context = {
        "open": queries.open_sitting(request.reader),
        "purpose": _purpose(request, request.GET.get("purpose", "")),
        "most": adaptive.MOST_ITEMS,
        "tried": piloting.PLACES,
        "person": evidence.own_person(request.reader),
        "seats": queries.own_seats_to_go_to(request.reader),
        "results": queries.finished_by(request.reader)[:RESULTS],
    }
    return render(request, "assessment/start.html", context)


@require_POST
@page(Role.LEARNER)
def begin(request: Request) -> HttpResponse:
    """Start a sitting, or go on with the open one."""
    person = evidence.own_person(request.reader)
    if person is None:
        raise NotVisible(_("Your account belongs to no person of the register. Ask your administrator to link it."))
    purpose = _purpose(request, request.POST.get("purpose", ""))
    return _go_on(actions.start(request.reader, person, purpose, at=clock.now()))


@page(Role.LEARNER, Role.ASSESSOR)
def question(request: Request, pk: str, position: int) -> HttpResponse:
    """One item. After an answer: the next one, or in practice first the reasons.

    A page that says so (`X-Next`) gets what comes next in the same answer instead of a redirect to it: half the way on a slow
    line, and half the work of a full room.
    """
    if request.method == "POST":
        return _take(request, UUID(str(pk)), position)
    return _show(request, UUID(str(pk)), position)


@require_POST
@page(Role.LEARNER, Role.ASSESSOR)
def reserve(request: Request, pk: str) -> HttpResponse:
    """The items that this page may ask while it has no network, as ready forms."""
    sitting = actions.set_aside(request.reader, UUID(str(pk)), at=clock.now())
    rows = Item.objects.in_bulk(sitting.reserve)
    papers = [paper.lay_out(rows[code], seed=sitting.seed) for code in sitting.reserve]
    forms = [
        {"code": laid.item.code, "html": render_to_string("assessment/_form.html", {"paper": laid, "offline": True})}
        for laid in papers
    ]
    return JsonResponse({"items": forms})


@require_POST
@page(Role.LEARNER, Role.ASSESSOR)
def keep(request: Request, pk: str) -> HttpResponse:
    """Answers that a page kept while it had no network."""
    sitting = get_object_or_404(queries.sittings(request.reader), pk=pk)
    try:
        kept = offline.read(request.POST.get("answers", ""), sitting)
        sitting = actions.answer_offline(request.reader, sitting.pk, kept, at=clock.now())
    except NotVisible:
        raise
    except Refusal as refusal:
        return JsonResponse({"refused": refusal.message}, status=422)
    return JsonResponse({"next": _go_on(sitting)["Location"]})


@require_POST
@page(Role.LEARNER, Role.ASSESSOR)
def flag(request: Request, pk: str, position: int) -> HttpResponse:
    """Say that something is wrong with an item, and go on."""
    actions.flag(request.reader, UUID(str(pk)), position, request.POST.get("text", ""), at=clock.now())
    messages.success(request, _("Thank you. Those who answer for the questions will look at it."))
    return redirect("assessment:question", pk=pk, position=position)


@page(*queries.BANK)
def answers(request: Request, pk: str) -> HttpResponse:
    """The questions and answers behind one piece of evidence; the look is logged."""
    row = get_object_or_404(evidence.evidence(request.reader), pk=pk)
    if row.person_id:
        open_record(request.reader, row.person_id, at=clock.now())
    lines = [feedback.told(answer) for answer in queries.answers_behind(request.reader, row)]
    return render(request, "assessment/answers.html", {"row": row, "lines": lines})


def _show(request: Request, pk: UUID, position: int, refusal: Refusal | None = None) -> HttpResponse:
    """The question at a position, with what was wrong with its answer; what comes after one that is answered."""
    shown = queries.asked(request.reader, pk, position)
    if shown is None:
        return _go_on(get_object_or_404(queries.sittings(request.reader), pk=pk))
    if shown.answered_at:
        return _reasons(request, shown.sitting, shown) if _practises(shown.sitting) else _go_on(shown.sitting)
    laid_out = paper.lay_out(shown.item, seed=shown.sitting.seed)
    if refusal:
        paper.remember(laid_out, request.POST)
    return _ask(request, shown.sitting, laid_out, position, refusal=refusal)


def _take(request: Request, pk: UUID, position: int) -> HttpResponse:
    """Take the answer that was sent, and show what comes next; or the question again, with what was wrong."""
    now = clock.now()

    def given(item: Item, seed: int) -> Any:
        return paper.read(paper.lay_out(item, seed=seed), request.POST)

    try:
        sitting = actions.answer(request.reader, pk, position, given, at=now)
    except NotVisible:
        raise
    except Refusal as refusal:
        return _show(request, pk, position, refusal)
    if "X-Next" in request.headers:
        return _next(request, sitting, position, now)
    if _practises(sitting):
        return redirect("assessment:question", pk=pk, position=position)
    return _go_on(sitting)


def _practises(sitting: Sitting) -> bool:
    """Whether the reasons are shown after each answer."""
    return sitting.purpose == Purpose.PRACTICE


def _purpose(request: Request, asked: str) -> str:
    """The purpose asked for; else the first test is a baseline, a later one practice."""
    if asked in Purpose.values:
        return asked
    return Purpose.PRACTICE if queries.has_been_measured(request.reader) else Purpose.BASELINE


def _go_on(sitting: Sitting) -> HttpResponse:
    """To the item that waits for its answer, or to the result."""
    current = sitting.answers.filter(answered_at=None).first()
    if current is None:
        return redirect("assessment:result", pk=sitting.pk)
    return redirect("assessment:question", pk=sitting.pk, position=current.position)


def _next(request: Request, sitting: Sitting, answered: int, at: datetime) -> HttpResponse:
    """What comes after an answer, at once; where it stands says Content-Location. A redirect where the test is over."""
    if _practises(sitting):
        shown = queries.asked(request.reader, sitting.pk, answered)
        return _reasons(request, sitting, shown) if shown and shown.answered_at else _go_on(sitting)
    waits = sitting.waits
    if waits is None:
        return _go_on(sitting)
    saved = {"position": answered, "answered_at": at}
    laid_out = paper.lay_out(waits.item, seed=sitting.seed)
    response = _ask(request, sitting, laid_out, waits.position, saved=saved)
    response.headers["Content-Location"] = reverse("assessment:question", args=[sitting.pk, waits.position])
    return response


def _ask(
    request: Request, sitting: Sitting, laid_out: paper.Paper, position: int, *,
    refusal: Refusal | None = None, saved: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    seat = queries.seat_of(sitting)
    saved = saved or sitting.answers.filter(answered_at__isnull=False).order_by("-position").values(*SAVED).first()
    only_main = "X-Next" in request.headers
    context: dict[str, Any] = {
        "sitting": sitting,
        "paper": laid_out,
        "position": position,
        "most": adaptive.most_items(sitting.purpose) + piloting.most(sitting.purpose),
        "saved": saved,
        "refusal": refusal,
        "seat": seat,
        "time_left": queries.time_left(seat, sitting, at=clock.now()) if seat else None,
        "large_print": not only_main and queries.has_large_print(sitting.person_id),  # said by the page around
        "only_main": only_main,
    }
    return render(request, "assessment/question.html", context, status=422 if refusal else 200)


def _reasons(request: Request, sitting: Sitting, answered: Answer) -> HttpResponse:
    context = {"sitting": sitting, "told": feedback.told(answered)}
    return render(request, "assessment/reasons.html", context)
