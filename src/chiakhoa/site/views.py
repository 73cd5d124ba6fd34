"""The first page, the tour, background jobs, the page of components."""

import sys

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.defaults import server_error

from chiakhoa.foundation import clock, full_disk
from chiakhoa.foundation.api import problem
from chiakhoa.foundation.models import Job
from chiakhoa.foundation.pages import EVERY_ROLE, page, public_page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.territory import queries as territory
from chiakhoa.measure.assessment import waiting
from chiakhoa.site import actions, health, navigation, tour
from chiakhoa.train.delivery import notices

WATCHERS = (Role.ADMINISTRATOR, Role.AUDITOR)
FOR_PROGRAMS = ("/api/", "/scim/")


@public_page
def home(request: Request) -> HttpResponse:
    """What this is and what to do now: for a visitor the way in, for a role its rooms."""
    if territory.home() is None:
        return redirect("first_run")
    if request.reader.is_visitor:
        return redirect("access:choose_role")
    stops = tour.TOURS.get(request.reader.role, [])
    watches = request.reader.role in WATCHERS
    context = {
        "rooms": navigation.rooms(request.reader, "/"),
        "stops": stops,
        "watches": watches,
        "red": [sign for sign in health.signs(clock.now()) if not sign.good] if watches else [],
        "waits": [*notices.waiting(request.reader), *waiting.for_reader(request.reader)],
    }
    return render(request, "site/home.html", context)


@require_POST
@page(*EVERY_ROLE)
def move_tour(request: Request, step: int) -> HttpResponse:
    """Go to a stop of the tour; past the last one it closes."""
    stops = tour.TOURS.get(request.reader.role, [])
    request.session[tour.KEY] = step
    return redirect(stops[step].address if step < len(stops) else "home")


@page(Role.ADMINISTRATOR, Role.COORDINATOR)
def jobs(request: Request) -> HttpResponse:
    """Background jobs: an administrator's all, a coordinator's own."""
    rows = (
        Job.objects.all()
        if request.reader.role == Role.ADMINISTRATOR
        else Job.objects.filter(account_id=request.reader.account_id)
    )
    return render(request, "site/jobs.html", {"jobs": rows[:100]})


@page(*WATCHERS)
def status(request: Request) -> HttpResponse:
    """How the program fares: each sign, good or red, and what to do about it."""
    return render(request, "site/status.html", {"signs": health.signs(clock.now())})


@page(*EVERY_ROLE)
def job(request: Request, pk: int) -> HttpResponse:
    """One job's progress; the page refreshes itself until the job ends, then leads to its result."""
    row = get_object_or_404(Job, pk=pk, account_id=request.reader.account_id)
    template = "site/job_progress.html" if getattr(request, "htmx", False) else "site/job.html"
    return render(request, template, {"job": row})


@require_POST
@page(Role.ADMINISTRATOR, Role.COORDINATOR)
def try_job_again(request: Request, pk: int) -> HttpResponse:
    """Put a failed job back in the queue."""
    actions.try_job_again(request.reader, pk, at=clock.now())
    messages.success(request, _("The job will be tried again."))
    return redirect("jobs")


def fault(request: HttpRequest) -> HttpResponse:
    """The page for whatever nobody caught. It reads nothing of the database: that may be what is broken."""
    behind = sys.exc_info()[1]
    if not full_disk.is_behind(behind):
        return server_error(request)
    if request.path.startswith(FOR_PROGRAMS):
        return problem(507, "disk_full", full_disk.words())
    page = get_template("507.html").render({"words": full_disk.words()})
    return HttpResponse(page, status=507)


@public_page
def components(request: HttpRequest) -> HttpResponse:
    """The living page: every component of the house with real content."""
    return render(request, "foundation/components.html")
