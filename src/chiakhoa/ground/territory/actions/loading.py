"""Bringing the country's map in from data/units.

May be run again at any time: what stands already is compared, and only differences are written. Units that a reform of this
installation closed stay closed.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F

from chiakhoa.foundation import audit, bulk, facts
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.foundation.text import fold, nfc
from chiakhoa.ground.territory import closure
from chiakhoa.ground.territory.models import Home, Shape, Succession, Unit, UnitAncestry

BATCH = 2000
UNIT_FILES = ("units/units.csv", "units/country_units.csv")
SUCCESSION_FILES = ("units/succession.csv", "units/country_succession.csv")
SHAPES = "units/schematic.geojson"
UNIT_FIELDS = [field.attname for field in Unit._meta.concrete_fields if not field.primary_key]


@action(Role.ADMINISTRATOR)
def load_units(actor: Reader, *, at: datetime) -> dict[str, int]:
    """Read the country's units, successions and outlines from data/units. Returns how many rows were written."""
    units = [_unit(row) for file in UNIT_FILES for row in facts.load_csv(file)]
    written = {
        "units": _write_units(units),
        "ancestry": _write_ancestry(units),
        "successions": _write_successions(row for file in SUCCESSION_FILES for row in facts.load_csv(file)),
        "shapes": _write_shapes(_features()),
    }
    redraw()
    audit.record(actor, "load_units", "territory.unit", at=at, after=written)
    return written


def redraw() -> None:
    """Tell that units or outlines changed: pictures of the map are drawn anew."""
    Home.objects.update(map_version=F("map_version") + 1)


def _unit(row: Mapping[str, str]) -> Unit:
    name, kind_vi = nfc(row["name"]), nfc(row["kind_vi"])
    return Unit(
        id=row["id"],
        code=row["code"],
        edition=row["id"].rpartition("@")[2],
        name=name,
        kind=row["kind"],
        kind_vi=kind_vi,
        level=int(row["level"]),
        parent_id=row["parent_id"] or None,
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        latitude=_number(row["lat"]),
        longitude=_number(row["lon"]),
        area_km2=_number(row["area_km2"]),
        search_key=fold(f"{name} {kind_vi} {row['code']}"),
    )


def _write_units(units: list[Unit]) -> int:
    """Write the units that are new or differ, provinces first so that a parent stands before its children."""
    standing = {row[0]: row[1:] for row in Unit.objects.values_list("pk", *UNIT_FIELDS)}
    closed = dict(Unit.objects.filter(heirs__reform__isnull=False).values_list("pk", "valid_to"))
    for unit in units:
        unit.valid_to = closed.get(unit.pk, unit.valid_to)
    changed = [unit for unit in units if standing.get(unit.pk) != tuple(getattr(unit, name) for name in UNIT_FIELDS)]
    changed.sort(key=lambda unit: unit.level)
    Unit.objects.bulk_create(
        changed, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=[*UNIT_FIELDS]
    )
    return len(changed)


def _write_ancestry(units: Iterable[Unit]) -> int:
    parents = {unit.pk: unit.parent_id for unit in units}
    wanted = closure.pairs(parents)
    standing = {
        (unit, ancestor): pk
        for pk, unit, ancestor in UnitAncestry.objects.values_list("pk", "unit_id", "ancestor_id")
        if unit in parents
    }
    stale = [pk for pair, pk in standing.items() if pair not in wanted]
    for start in range(0, len(stale), BATCH):
        UnitAncestry.objects.filter(pk__in=stale[start : start + BATCH]).delete()
    missing = [UnitAncestry(unit_id=unit, ancestor_id=above) for unit, above in sorted(wanted - standing.keys())]
    bulk.insert(UnitAncestry, missing)
    return len(missing) + len(stale)


def _write_successions(rows: Iterable[Mapping[str, str]]) -> int:
    standing = {(row.old_id, row.new_id, row.date): row for row in Succession.objects.all()}
    new, changed = [], []
    for row in rows:
        key = row["old_id"], row["new_id"] or None, date.fromisoformat(row["date"])
        share = Decimal(row["share"]).quantize(Decimal("0.000001")) if row["share"] else None
        known = standing.get(key)
        if known is None:
            new.append(Succession(old_id=key[0], new_id=key[1], date=key[2], share=share, basis=row["basis"]))
        elif (known.share, known.basis) != (share, row["basis"]):
            known.share, known.basis = share, row["basis"]
            changed.append(known)
    bulk.insert(Succession, new)
    Succession.objects.bulk_update(changed, ["share", "basis"], batch_size=500)
    return len(new) + len(changed)


def _write_shapes(features: Iterable[dict[str, Any]]) -> int:
    """Write the drawings that are new or differ; a real boundary stays."""
    standing = {row.unit_id: (row.geometry, row.schematic) for row in Shape.objects.all()}
    real = {unit for unit, (_geometry, schematic) in standing.items() if not schematic}
    drawn = [
        Shape(unit_id=feature["id"], geometry=feature["geometry"], schematic=feature["properties"]["schematic"])
        for feature in features
    ]
    changed = [
        shape
        for shape in drawn
        if shape.unit_id not in real and standing.get(shape.unit_id) != (shape.geometry, shape.schematic)
    ]
    Shape.objects.bulk_create(
        changed, batch_size=200, update_conflicts=True, unique_fields=["unit"], update_fields=["geometry", "schematic"]
    )
    return len(changed)


def _features() -> list[dict[str, Any]]:
    with (facts.folder() / SHAPES).open(encoding="utf-8") as file:
        return list(json.load(file)["features"])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str) -> float | None:
    return float(text) if text else None
