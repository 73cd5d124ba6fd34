"""The kind “units”: units of the map with their edition. Reforms are enacted under Territory; here a map is completed."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.text import fold
from chiakhoa.ground.registry.importing import cells
from chiakhoa.ground.registry.importing.kinds import Column, Directory, Kind
from chiakhoa.ground.registry.importing.rows import RowHandler, named
from chiakhoa.ground.territory import closure
from chiakhoa.ground.territory import queries as territory
from chiakhoa.ground.territory.models import Unit, UnitAncestry

KINDS = {
    "tinh": ("province", 1),
    "thanh pho": ("city", 1),
    "xa": ("commune", 3),
    "phuong": ("ward", 3),
    "dac khu": ("special zone", 3),
}
KIND_WORDS = ("Tỉnh", "Thành phố", "Xã", "Phường", "Đặc khu")
COLUMNS = (
    Column(
        "code", _("Code"), needed=True, example="05440", help=_("Of the national register, with its leading zeros.")
    ),
    Column("edition", _("Edition"), needed=True, example="2025", help=_("The year of the map.")),
    Column("name", _("Name"), needed=True, example="Tân Cương"),
    Column("kind_vi", _("Kind"), needed=True, example="Xã", help=_("Tỉnh, Thành phố, Xã, Phường or Đặc khu.")),
    Column("parent_id", _("Under"), looks_up="units", help=_("Code with edition of the unit above it.")),
    Column("valid_from", _("In force from"), is_day=True),
    Column("latitude", _("Latitude"), read=cells.number),
    Column("longitude", _("Longitude"), read=cells.number),
    Column("area_km2", _("Area in km²"), read=cells.number),
)


def _directories(_reader: Reader, _on: date) -> dict[str, Directory]:
    return {"units": named(Unit.objects.all())}


def _complete(values: dict[str, Any], _directories: Mapping[str, Directory]) -> dict[str, Any]:
    found = dict(values)
    kind, level = KINDS.get(fold(values.get("kind_vi", "")), ("", 0))
    if level:
        found["code"] = str(values.get("code", "")).zfill(2 if level == 1 else 5)
        found |= {"kind": kind, "level": level}
    return {**found, "id": f"VN-{found.get('code', '')}@{found.get('edition', '')}"}


def _wrong(values: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    if "kind_vi" in values and "level" not in values:
        yield "kind_vi", _now("Write Tỉnh, Thành phố, Xã, Phường or Đặc khu."), "kind_unknown"
    if values.get("level") == 3 and "parent_id" not in values:
        yield "parent_id", _now("A commune needs the province above it."), "parent_missing"
    if not str(values.get("edition", "")).isdigit() or len(str(values.get("edition", ""))) != 4:
        yield "edition", _now("Write the edition as a year of four digits."), "edition_malformed"


def _listed(reader: Reader, on: date) -> Q:
    """The reader's part of the map of the day: units that have ended are made by reforms, not by lists."""
    return (
        territory.within(reader, "pk")
        & territory.in_force(on)
        & Q(level__in=[level for _kind, level in KINDS.values()])
    )


def _finish(unit: Unit) -> None:
    unit.search_key = fold(f"{unit.kind_vi} {unit.name}")


def _mend() -> None:
    wanted = closure.pairs(dict(Unit.objects.values_list("pk", "parent_id")))
    standing = {
        (unit, above): pk for pk, unit, above in UnitAncestry.objects.values_list("pk", "unit_id", "ancestor_id")
    }
    for pair, pk in standing.items():
        if pair not in wanted:
            UnitAncestry.objects.filter(pk=pk).delete()
    UnitAncestry.objects.bulk_create(
        UnitAncestry(unit_id=u, ancestor_id=a) for u, a in sorted(wanted - standing.keys())
    )


UNITS = Kind(
    "units", _("Administrative units"), (Role.ADMINISTRATOR,), COLUMNS,
    RowHandler(
        Unit, ("id",), COLUMNS, _directories, offers=lambda _reader, _on: {"kind_vi": KIND_WORDS},
        complete=_complete, finish=_finish, wrong=_wrong, named_by="name",
        own="units", owned=("UnitAncestry",), after=_mend, listed=_listed,
    ),
    listed_at="territory:units", order=80,
)  # fmt: skip
