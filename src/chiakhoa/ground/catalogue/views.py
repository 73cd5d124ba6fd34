"""The pages of the catalogue: courses, one course with its cost, providers, trainers, venues, norms."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import EVERY_ROLE, page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.catalogue import queries
from chiakhoa.ground.catalogue.costs import LINES, Setting, class_cost
from chiakhoa.ground.catalogue.forms import CostForm
from chiakhoa.ground.catalogue.models import Course
from chiakhoa.ground.catalogue.tables import (
    CourseFilter,
    CourseTable,
    NormFilter,
    NormTable,
    ProviderFilter,
    ProviderTable,
    TrainerFilter,
    TrainerTable,
    VenueFilter,
    VenueTable,
)

USUAL_LEARNERS = 30
USUAL_RANK = "b"


@page(*EVERY_ROLE)
def courses(request: Request) -> HttpResponse:
    """All courses, to search, filter and export."""
    rows = queries.courses(request.reader)
    return list_page(
        request, rows, CourseTable, filters=CourseFilter, template="catalogue/courses.html", file_name="courses"
    )


@page(*EVERY_ROLE)
def course(request: Request, pk: str) -> HttpResponse:
    """One course: what one learns, what it raises, what it needs, and what it costs by the norms."""
    row = get_object_or_404(queries.course(request.reader), pk=pk)
    usual = {"learners": min(USUAL_LEARNERS, row.max_size), "rank": USUAL_RANK}
    form = CostForm({**usual, **request.GET.dict()})
    asked = form.cleaned_data if form.is_valid() else usual
    context = {"course": row, "gains": queries.gains(row), "form": form, "cost": _cost(row, **asked), **asked}
    return render(request, "catalogue/course.html", context, status=200 if form.is_valid() else 422)


def _cost(row: Course, learners: int, rank: str) -> dict[str, Any]:
    cost = class_cost(row, rank, learners, queries.prices(), Setting(meals=queries.gives_meals(row)))
    lines = [(LINES[name], amount) for name, amount in cost.lines().items()]
    return {"lines": lines, "total": cost.total_vnd, "each": cost.total_vnd // learners}


@page(*EVERY_ROLE)
def providers(request: Request) -> HttpResponse:
    """Bodies that teach, and their degree programmes."""
    return list_page(
        request,
        queries.providers(request.reader),
        ProviderTable,
        filters=ProviderFilter,
        template="catalogue/providers.html",
        file_name="providers",
        context={"degrees": queries.degree_programmes(request.reader)},
    )


@page(Role.COORDINATOR, Role.PROVIDER_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR)
def trainers(request: Request) -> HttpResponse:
    """Trainers whom the reader may see."""
    rows = queries.trainers(request.reader)
    return list_page(
        request, rows, TrainerTable, filters=TrainerFilter, template="catalogue/trainers.html", file_name="trainers"
    )


@page(*EVERY_ROLE)
def venues(request: Request) -> HttpResponse:
    """Places where classes can be held."""
    rows = queries.venues(request.reader)
    return list_page(
        request, rows, VenueTable, filters=VenueFilter, template="catalogue/venues.html", file_name="venues"
    )


@page(*EVERY_ROLE)
def norms(request: Request) -> HttpResponse:
    """Cost norms and demonstration prices with their sources."""
    rows = queries.norms(request.reader)
    return list_page(request, rows, NormTable, filters=NormFilter, template="catalogue/norms.html", file_name="norms")
