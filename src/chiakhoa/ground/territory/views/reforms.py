"""Sắp xếp đơn vị: the reforms of the map, one reform, a new one with its preview, and the acts on it."""

from django.http import Http404, HttpResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation import clock
from chiakhoa.foundation.listing import list_page
from chiakhoa.foundation.pages import EVERY_ROLE, page
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.territory import actions, queries, reform_pages
from chiakhoa.ground.territory.actions.reforms import KIND, REFORMERS, obstacles
from chiakhoa.ground.territory.examining import examine
from chiakhoa.ground.territory.reform_pages import Realm
from chiakhoa.ground.territory.tables import ReformTable, SuccessionFilter, SuccessionTable


@page(*EVERY_ROLE)
def reforms(request: Request) -> HttpResponse:
    """Every reform of the map of this province, the drafts of those who may reform it, and what came with the files."""
    return reform_pages.listed(request, REALM, {"of_files": queries.reforms_of_files()})


@page(*EVERY_ROLE)
def reform(request: Request, pk: int) -> HttpResponse:
    """One reform with its table before/after and its effects."""
    return reform_pages.shown(request, REALM, pk)


@page(*EVERY_ROLE)
def reform_of_files(request: Request, day: str) -> HttpResponse:
    """One day's reform as it came with the country's files: which units of this province passed into which."""
    try:
        on = parse_date(day)
    except ValueError:
        on = None
    if on not in queries.reforms():
        raise Http404
    return list_page(
        request,
        queries.successions_here(on),
        SuccessionTable,
        filters=SuccessionFilter,
        template="territory/reform_of_files.html",
        file_name=f"reform-{day}",
        context={"day": on},
    )


@page(*REFORMERS)
def reform_new(request: Request, source: str) -> HttpResponse:
    """A new reform, by hand or from a file."""
    return reform_pages.new(request, REALM, source)


@page(*REFORMERS)
def reform_edit(request: Request, pk: int) -> HttpResponse:
    """Correct a draft."""
    return reform_pages.edit(request, REALM, pk)


@page(*REFORMERS)
def reform_template(_request: Request, kind: str) -> HttpResponse:
    """The file to fill in."""
    return reform_pages.template(kind)


@require_POST
@page(*REFORMERS)
def enact_reform(request: Request, pk: int) -> HttpResponse:
    """Enact a draft."""
    return reform_pages.done(
        request, REALM, pk, actions.enact, _("The reform is enacted. The map of today is the new one.")
    )


@require_POST
@page(*REFORMERS)
def undo_reform(request: Request, pk: int) -> HttpResponse:
    """Undo a reform."""
    return reform_pages.done(request, REALM, pk, actions.undo, _("The reform is undone. The map is as it was before."))


@require_POST
@page(*REFORMERS)
def discard_reform(request: Request, pk: int) -> HttpResponse:
    """Throw a draft away."""
    return reform_pages.done(request, REALM, pk, actions.discard_reform, _("The draft is thrown away."))


def _may_reform(reader: Reader) -> bool:
    return reader.has(*REFORMERS)


def _standing(reader: Reader) -> list[str]:
    """Names for the form to offer."""
    return [str(unit) for unit in queries.communes(reader, on=clock.today())]


REALM = Realm(
    of=KIND,
    space="territory",
    templates="territory",
    table=ReformTable,
    reforms=queries.reforms_made,
    may_reform=_may_reform,
    examine=examine,
    obstacles=obstacles,
    standing=_standing,
    draft=actions.draft_reform,
    change=actions.change_draft,
    thing="unit",
)
