"""The result of a sitting: as a page, and as a paper to keep or to hand in."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from chiakhoa.foundation import clock
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.registry.actions import open_record
from chiakhoa.measure.assessment import queries, result_paper
from chiakhoa.measure.assessment.models import Sitting, SittingState
from chiakhoa.measure.evidence import queries as evidence
from chiakhoa.measure.evidence import result as results


@page(Role.LEARNER, Role.ASSESSOR)
def result(request: Request, pk: str) -> HttpResponse:
    """The end of a sitting: what is known now, or that it does not count. An assessor is led to the person's evidence."""
    sitting = get_object_or_404(queries.sittings(request.reader), pk=pk)
    if sitting.state == SittingState.OPEN:
        return redirect("assessment:question", pk=sitting.pk, position=queries.current_position(sitting))
    if sitting.state == SittingState.VOID:
        return render(request, "assessment/void.html", {"has_answers": sitting.answers.exists()})
    if not request.reader.has(Role.LEARNER):
        return redirect("evidence:person", pk=sitting.person_id)
    return render(request, "assessment/result.html", _told(request, sitting))


@page(Role.LEARNER, Role.ASSESSOR)
def result_pdf(request: Request, pk: str) -> HttpResponse:
    """The result to print; the look of anybody but its owner is logged."""
    sitting = get_object_or_404(queries.sittings(request.reader), pk=pk, state=SittingState.FINISHED)
    if sitting.person_id != request.reader.person_id:
        open_record(request.reader, sitting.person_id, at=clock.now())
    content = result_paper.render(sitting, _told(request, sitting))
    day = sitting.finished_at.astimezone(clock.HERE).strftime("%Y-%m-%d") if sitting.finished_at else ""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="ket-qua-{day}.pdf"'
    return response


def _told(request: Request, sitting: Sitting) -> dict[str, Any]:
    """What is said of the person after this sitting, from all that was observed until then."""
    history = evidence.history(request.reader, sitting.person)
    place = next((place for place, one in enumerate(history) if one.row == sitting.evidence_id), None)
    if place is None:
        raise Http404
    known = history[: place + 1]
    return results.in_words(request.reader, sitting.person, results.as_known(known), known) | {
        "sitting": sitting,
        "answered": sitting.answers.filter(score__isnull=False, left_out=False).count(),
        "state": {"as_of": known[-1].occurred_at, "evidence_count": len(known)},
        "is_earlier": place + 1 < len(history),
        "was_cut_short": queries.was_cut_short(sitting),
    }
