"""What is known of a person, for the person and for those who must know; and the ledger behind it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.refusals import Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.registry.actions import open_record
from chiakhoa.measure.evidence import actions, queries, result, standing
from chiakhoa.measure.evidence.forms import RatingForm
from chiakhoa.measure.evidence.models import Evidence, EvidenceKind
from chiakhoa.measure.evidence.tables import LedgerFilter, LedgerTable, PersonLedgerTable


@page(Role.LEARNER)
def mine(request: Request) -> HttpResponse:
    """The learner's own result: six domains in words, what they can do, what comes next, who sees it."""
    person = queries.own_person(request.reader)
    state = queries.state(request.reader, person) if person else None
    context: dict[str, Any] = {"person": person, "state": state}
    if person and state:
        rows = standing.standings(state, frameworks.scale())
        context |= result.in_words(request.reader, person, rows, queries.history(request.reader, person))
    return render(request, "evidence/mine.html", context)


@page(*queries.STAFF)
def person(request: Request, pk: int) -> HttpResponse:
    """One person's state and evidence, for staff; opening it is logged."""
    whose = open_record(request.reader, pk, at=clock.now())
    state = queries.state(request.reader, whose)
    context: dict[str, Any] = {"person": whose, "state": state}
    if state:
        rows = standing.standings(state, frameworks.scale())
        context |= result.in_words(request.reader, whose, rows, queries.history(request.reader, whose))
    seen = queries.evidence_of(request.reader, whose)
    return list_page(
        request, seen, PersonLedgerTable, template="evidence/person.html", file_name="evidence", context=context
    )


@page(*queries.LEDGER)
def ledger(request: Request) -> HttpResponse:
    """Every observation, newest first."""
    return list_page(
        request,
        queries.ledger(request.reader),
        LedgerTable,
        filters=LedgerFilter,
        template="evidence/ledger.html",
        file_name="evidence",
    )


@page(Role.LEARNER, *queries.STAFF)
def one(request: Request, pk: str) -> HttpResponse:
    """One observation with the parameters frozen in it; a staff reader's look is logged."""
    row = get_object_or_404(queries.evidence(request.reader), pk=pk)
    if row.person_id and row.person_id != request.reader.person_id:
        open_record(request.reader, row.person_id, at=clock.now())
    return render(request, "evidence/one.html", {"row": row, "lines": _lines(row)})


@page(Role.UNIT_MANAGER)
def rate(request: Request, pk: int) -> HttpResponse:
    """The unit manager's opinion of one person, domain by domain."""
    whose = get_object_or_404(queries.people_rated_by(request.reader), pk=pk)
    form = RatingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.rate(request.reader, whose, form.grades, at=clock.now())
            messages.success(request, _("Your opinion is stored as evidence."))
            return redirect("evidence:person", pk=whose.pk)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
    context = {"form": form, "person": whose}
    return render(request, "evidence/rate.html", context, status=422 if form.errors else 200)


def _lines(row: Evidence) -> list[dict[str, Any]]:
    """The content of an observation as lines of a table."""
    domains = frameworks.scale().domains
    if row.kind == EvidenceKind.WITHDRAWN:
        return []
    if row.kind == EvidenceKind.RATING:
        pairs = zip(domains, row.content["mean"], row.content["sd"], strict=True)
        return [{"domain": domain, "mean": mean, "sd": sd} for domain, mean, sd in pairs if sd is not None]
    columns = (row.content[name] for name in ("item", "domain", "a", "b", "c", "score"))
    return [
        {"item": item, "domain": domains[domain], "a": a, "b": b, "c": c, "score": score}
        for item, domain, a, b, c, score in zip(*columns, strict=True)
    ]
