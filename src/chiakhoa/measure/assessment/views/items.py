"""The bank as those who answer for it read it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import page
from chiakhoa.foundation.requests import Request
from chiakhoa.measure.assessment import feedback, paper, queries
from chiakhoa.measure.assessment.tables import ItemFilter, ItemTable


@page(*queries.BANK)
def items(request: Request) -> HttpResponse:
    """The bank."""
    rows = queries.items(request.reader)
    return list_page(request, rows, ItemTable, filters=ItemFilter, template="assessment/items.html", file_name="items")


@page(*queries.BANK)
def item(request: Request, code: str) -> HttpResponse:
    """One item as a learner sees it, its key with the reasons, and how it was answered."""
    row = get_object_or_404(queries.items(request.reader), pk=code)
    context = {
        "item": row,
        "paper": paper.lay_out(row, seed=0),
        "parts": feedback.counted(feedback.parts(row, None), queries.choices_made(request.reader, row)),
        "why": paper.words(row.content, "why_") if row.content.get("why_vi") else "",
    }
    return render(request, "assessment/item.html", context)
