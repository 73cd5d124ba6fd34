"""Sắp xếp cơ quan, đơn vị: the rearrangements of bodies, on the pages that territory has for its units."""

from operator import attrgetter

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chiakhoa.foundation.pages import EVERY_ROLE, page
from chiakhoa.foundation.readers import Reader
from chiakhoa.foundation.requests import Request
from chiakhoa.ground.registry import actions, queries
from chiakhoa.ground.registry.actions.body_reforms import KIND, obstacles
from chiakhoa.ground.registry.body_changes import examine
from chiakhoa.ground.registry.tables import BodyReformTable
from chiakhoa.ground.territory import reform_pages
from chiakhoa.ground.territory.queries import MAY_REFORM
from chiakhoa.ground.territory.reform_pages import Realm


@page(*EVERY_ROLE)
def reforms(request: Request) -> HttpResponse:
    """Every rearrangement of bodies, the drafts of those who may enact them, and what came with the files."""
    return reform_pages.listed(request, REALM, {"of_files": queries.body_successions_of_files()})


@page(*EVERY_ROLE)
def reform(request: Request, pk: int) -> HttpResponse:
    """One rearrangement with its table before/after and its effects."""
    return reform_pages.shown(request, REALM, pk)


@page(*MAY_REFORM)
def reform_new(request: Request, source: str) -> HttpResponse:
    """A new rearrangement, by hand or from a file."""
    return reform_pages.new(request, REALM, source)


@page(*MAY_REFORM)
def reform_edit(request: Request, pk: int) -> HttpResponse:
    """Correct a draft."""
    return reform_pages.edit(request, REALM, pk)


@page(*MAY_REFORM)
def reform_template(_request: Request, kind: str) -> HttpResponse:
    """The file to fill in."""
    return reform_pages.template(kind)


@require_POST
@page(*MAY_REFORM)
def enact_reform(request: Request, pk: int) -> HttpResponse:
    """Enact a draft."""
    return reform_pages.done(request, REALM, pk, actions.enact_body_reform, _("The rearrangement is enacted."))


@require_POST
@page(*MAY_REFORM)
def undo_reform(request: Request, pk: int) -> HttpResponse:
    """Undo a rearrangement."""
    said = _("The rearrangement is undone. The bodies are as they were before.")
    return reform_pages.done(request, REALM, pk, actions.undo_body_reform, said)


@require_POST
@page(*MAY_REFORM)
def discard_reform(request: Request, pk: int) -> HttpResponse:
    """Throw a draft away."""
    return reform_pages.done(request, REALM, pk, actions.discard_body_reform, _("The draft is thrown away."))


def _may_reform(reader: Reader) -> bool:
    return reader.has(*MAY_REFORM)


def _standing(reader: Reader) -> list[str]:
    """Names for the form to offer."""
    rows = queries.bodies(reader).filter(valid_to__isnull=True).exclude(kind="commune_committee")
    return list(rows.values_list("name_vi", flat=True))


REALM = Realm(
    of=KIND,
    space="registry",
    templates="registry",
    table=BodyReformTable,
    reforms=queries.body_reforms,
    may_reform=_may_reform,
    examine=examine,
    obstacles=obstacles,
    standing=_standing,
    draft=actions.draft_body_reform,
    change=actions.change_body_draft,
    thing="body",
    written=attrgetter("name_vi"),
)
