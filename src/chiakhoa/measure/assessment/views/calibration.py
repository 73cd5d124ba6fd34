"""Calibrations of the live bank: asking for one, its progress, its report, and what a second person makes of it."""

from typing import Any

import numpy as np
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.refusals import NotVisible, Refusal
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.frameworks import queries as frameworks
from chiakhoa.ground.territory import queries as territory
from chiakhoa.measure.assessment import actions, demographics, piloting, queries
from chiakhoa.measure.assessment.models import Calibration, CalibrationState
from chiakhoa.measure.assessment.tables import CalibratedFilter, CalibratedTable

VERDICTS = {"adopt": actions.adopt_calibration, "reject": actions.reject_calibration}


@page(*queries.BANK)
def calibrations(request: Request) -> HttpResponse:
    """All calibrations, old ones too; those who answer for the bank ask for a new one here."""
    if request.method == "POST":
        if not request.reader.has(*queries.AUTHORS):
            raise Http404
        try:
            row = actions.ask_calibration(request.reader, at=clock.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return redirect("assessment:calibrations")
        return redirect("assessment:calibration", pk=row.pk)
    rows = queries.calibrations(request.reader)
    context = {
        "rows": rows, "least": piloting.LEAST_ANSWERS,
        "may_ask": request.reader.has(*queries.AUTHORS) and not rows.filter(is_open=True).exists(),
    }  # fmt: skip
    return render(request, "assessment/calibrations.html", context)


@page(*queries.BANK)
def calibration(request: Request, pk: int) -> HttpResponse:
    """One calibration: how far it is; then what it says, item by item, and the decision."""
    row = get_object_or_404(queries.calibrations(request.reader), pk=pk)
    if row.state == CalibrationState.RUNNING:
        job = Job.objects.filter(pk=row.job).first()
        return render(
            request, "assessment/calibration_running.html", {"row": row, "job": job, "may": _may(request, row)}
        )
    home = territory.home()
    context = {
        "row": row,
        "report": row.report,
        "may": _may(request, row),
        "groups": _groups(row.report.get("groups", {})),
        "domains": _domains(row.report),
        "population": _population(row.report),
        "synthetic": home is not None and home.synthetic,
        "flagged": row.items.filter(is_flagged=True).count(),
    }
    items = row.items.select_related("item").order_by("item")
    return list_page(
        request, items, CalibratedTable, filters=CalibratedFilter, template="assessment/calibration.html",
        file_name=f"calibration-{row.pk}", context=context,
    )  # fmt: skip


@require_POST
@page(*queries.AUTHORS)
def decide_calibration(request: Request, pk: int, verdict: str) -> HttpResponse:
    """Adopt a calibration or not; a refusal is said on its page."""
    act = VERDICTS.get(verdict)
    if act is None:
        raise Http404
    try:
        row = act(request.reader, pk, request.POST.get("reason", ""), at=clock.now())
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("assessment:calibration", pk=pk)
    if row.state == CalibrationState.ADOPTED:
        messages.success(
            request,
            _(
                "Adopted: tests that begin from now on count with these parameters; those under way go on with the old ones."
            ),
        )
    else:
        messages.success(request, _("Not adopted. It stays in the history with your reason."))
    return redirect("assessment:calibration", pk=pk)


def _domains(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Each domain with its name, and how many people's grade there would be another one."""
    names = {domain.code: domain.name for domain in frameworks.scale().domains}
    moved = {one["domain"]: one for one in report.get("levels", {}).get("by_domain", [])}
    return [
        {**moved.get(one["domain"], {}), **one, "name": names.get(one["domain"], "")}
        for one in report.get("domains", [])
    ]


def _population(report: dict[str, Any]) -> dict[str, Any]:
    """What was assumed of people and what was found, the audiences in words; `far` where they are half a grade apart."""
    told = report.get("population") or {}
    half = float(np.mean(np.diff(frameworks.scale().cuts))) / 2
    rows = [
        {
            **one,
            "name": demographics.name("audience", one["audience"]),
            "far": abs(one["found"] - one["assumed"]) >= half,
        }
        for one in told.get("audiences", [])
    ]
    return {**told, "audiences": rows} if rows else {}


def _may(request: Request, row: Calibration) -> set[str]:
    """What the reader can do with it now; the actions ask again."""
    if not request.reader.has(*queries.AUTHORS) or row.is_open is None:
        return set()
    may = {"reject"}
    if row.state == CalibrationState.READY and request.reader.account_id != row.asked_by:
        may.add("adopt")
    return may


def _groups(counted: dict[str, dict[str, int]]) -> list[tuple[str, list[tuple[str, int]]]]:
    """How many tests each group stands for, in words."""
    return [
        (
            demographics.grouping(by),
            sorted(((demographics.name(by, key), n) for key, n in counts.items()), key=lambda one: -one[1]),
        )
        for by, counts in counted.items()
    ]
