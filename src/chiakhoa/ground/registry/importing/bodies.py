"""The kind “bodies”: offices, schools, firms, with their place in the tree and on the map."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry import kinds as body_kinds
from chiakhoa.ground.registry import queries
from chiakhoa.ground.registry.importing.kinds import Column, Directory, Kind
from chiakhoa.ground.registry.importing.people import in_reach, unit_directory
from chiakhoa.ground.registry.importing.rows import RowHandler, directory, named
from chiakhoa.ground.registry.models import Body
from chiakhoa.ground.territory import queries as territory

COLUMNS = (
    Column("id", _("Code"), example="truong-thpt-a", help=_("Left empty, it is made from the name.")),
    Column("name_vi", _("Name"), needed=True, example="Trường THPT A"),
    Column("name_en", _("Name in English")),
    Column("short", _("Short name")),
    Column("kind", _("Kind"), needed=True, looks_up="kinds"),
    Column("parent_id", _("Under"), looks_up="bodies", help=_("The body above it, by name or code.")),
    Column("unit_id", _("Administrative unit"), looks_up="units"),
    Column("valid_from", _("In force from"), is_day=True, example="01/07/2025"),
)


def _directories(reader: Reader, on: date) -> dict[str, Directory]:
    found = []
    for language in ("vi", "en"):
        with override(language):
            found += [(str(label), code) for code, label in body_kinds.KINDS.items()]
    bodies = Body.objects.filter(territory.in_force(on))
    province = territory.home()
    home = {fold(name): province.unit_id for name in (str(province.unit), province.unit.pk)} if province else {}
    return {
        "kinds": directory([*found, *((code, code) for code in body_kinds.KINDS)]),
        "bodies": named(bodies, "name_vi", "name_en", "short"),
        "units": in_reach(reader, {**home, **unit_directory(on)}),
    }


def _offers(reader: Reader, on: date) -> dict[str, list[str]]:
    return {
        "kind": [str(label) for label in body_kinds.KINDS.values()],
        "parent_id": sorted({body.name_vi for body in queries.bodies(reader).filter(territory.in_force(on))}),
        "unit_id": [str(unit) for unit in territory.communes(reader, on=on)],
    }


def _complete(values: dict[str, Any], directories: Mapping[str, Directory]) -> dict[str, Any]:
    """A body without a code is the one of that name, or gets a code made from it."""
    if "id" in values or "name_vi" not in values:
        return values
    name = fold(values["name_vi"])
    return {**values, "id": directories["bodies"].get(name) or re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:60]}


def _finish(body: Body) -> None:
    body.search_key = fold(f"{body.name_vi} {body.name_en} {body.short}")[:500]
    body.assumed = False


def _mend() -> None:
    from chiakhoa.ground.registry.actions import bodies

    bodies.mend_ancestry()


def _reach(reader: Reader) -> Q:
    return Q() if reader == SYSTEM else territory.within(reader, "unit") | Q(unit__isnull=True)


BODIES = Kind(
    "bodies", _("Bodies"), (Role.ADMINISTRATOR, Role.COORDINATOR), COLUMNS,
    RowHandler(
        Body, ("id",), COLUMNS, _directories, offers=_offers, complete=_complete, finish=_finish, reach=_reach, own="bodies",
        owned=("BodyAncestry",), after=_mend,
    ),
    listed_at="registry:bodies", order=20,
)  # fmt: skip
