"""The kind “roles”: who acts in which role over which unit or body. The accounts must be open already."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from chiakhoa.foundation.readers import SYSTEM, Reader, Role
from chiakhoa.ground.access.models import Account, RoleAssignment
from chiakhoa.ground.registry import queries as registry
from chiakhoa.ground.registry.importing.kinds import Column, Directory, Kind
from chiakhoa.ground.registry.importing.people import in_reach, unit_directory
from chiakhoa.ground.registry.importing.rows import RowHandler, directory, named
from chiakhoa.ground.territory import queries as territory

COLUMNS = (
    Column("account_id", _("Login name"), needed=True, looks_up="accounts", example="hoa.nt"),
    Column("role", _("Role"), needed=True, looks_up="roles"),
    Column("unit_id", _("Administrative unit"), looks_up="units", help=_("The unit or the body, one of the two.")),
    Column("body_id", _("Body"), looks_up="bodies"),
    Column("valid_from", _("In force from"), is_day=True, example="01/01/2026"),
)


def _directories(reader: Reader, on: date) -> dict[str, Directory]:
    roles = [(value, value) for value in Role.values]
    for language in ("vi", "en"):
        with override(language):
            roles += [(str(label), value) for value, label in Role.choices]
    place = territory.home()
    home = directory((said, place.unit_id) for said in (str(place.unit), place.unit_id)) if place else {}
    return {
        "accounts": directory((account.login, account.pk) for account in Account.objects.filter(is_active=True)),
        "roles": directory(roles),
        "units": in_reach(reader, {**home, **unit_directory(on)}),
        "bodies": named(registry.bodies(reader).filter(territory.in_force(on)), "name_vi", "name_en", "short"),
    }


def _offers(reader: Reader, on: date) -> dict[str, list[str]]:
    return {
        "role": list(map(str, Role.labels)),
        "unit_id": [str(unit) for unit in territory.communes(reader, on=on)],
    }


def _complete(values: dict[str, Any], _directories: Any) -> dict[str, Any]:
    return (
        {**values, "account_id": int(values["account_id"])} if str(values.get("account_id", "")).isdigit() else values
    )


def _wrong(values: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    if ("unit_id" in values) == ("body_id" in values):
        yield "unit_id", _now("A role is held over a unit or over a body: give one of the two."), "place_missing"


def _reach(reader: Reader) -> Q:
    return Q() if reader == SYSTEM else territory.within(reader, "unit") | territory.within(reader, "body__unit")


ROLES = Kind(
    "roles", _("Roles"), (Role.ADMINISTRATOR,), COLUMNS,
    RowHandler(
        RoleAssignment, ("account_id", "role", "unit_id", "body_id"), COLUMNS, _directories, offers=_offers,
        complete=_complete, wrong=_wrong,
        named_by="role", reach=_reach,
    ),
    listed_at="access:assignments", order=70,
)  # fmt: skip
