"""The auditor's pages: the trail, one row of it, and whether it is whole."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from chiakhoa.foundation import chain
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.models import Emptied, TrailHead
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.readers import Role
from chiakhoa.foundation.requests import Request
from chiakhoa.foundation.trail_words import thing_words, verb_words
from chiakhoa.ground.access import queries
from chiakhoa.ground.access.tables import TrailFilter, TrailTable, role_words


@page(Role.AUDITOR, Role.ADMINISTRATOR)
def trail(request: Request) -> HttpResponse:
    """Every write and every view of a personal record."""
    return list_page(
        request,
        queries.trail(request.reader),
        TrailTable,
        filters=TrailFilter,
        file_name="trail",
        template="access/trail.html",
        context={"unseen": queries.emergencies(request.reader).filter(seen_at__isnull=True).count()},
    )


@page(Role.AUDITOR, Role.ADMINISTRATOR)
def entry(request: Request, number: int) -> HttpResponse:
    """One row of the trail: before and after side by side."""
    row = get_object_or_404(queries.trail(request.reader), number=number)
    names = sorted({*row.before, *row.after})
    changes = [{"name": name, "before": row.before.get(name), "after": row.after.get(name)} for name in names]
    context = {
        "entry": row, "changes": changes, "role": role_words(row.role),
        "did": verb_words(row.verb), "thing": thing_words(row.thing_kind),
        "emptied": Emptied.objects.filter(number=number).exists(),
    }  # fmt: skip
    return render(request, "access/entry.html", context)


@page(Role.AUDITOR, Role.ADMINISTRATOR)
def trail_check(request: Request) -> HttpResponse:
    """Whether the chain of the trail is whole; the first broken row where it is not."""
    context = {"broken": chain.first_break(), "head": TrailHead.objects.first()}
    return render(request, "access/trail_check.html", context)
