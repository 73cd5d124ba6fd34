"""Real boundaries from a GeoJSON file: what may be taken, and in what words the rest is refused. Pure but for the clock.

A file is taken whole or not at all. Longitude and latitude in degrees (WGS84, as the format demands) over Việt Nam's land and
islands; polygons only; every feature names a unit.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from chiakhoa.foundation.refusals import Refusal

LARGEST_BYTES = 40_000_000
MOST_FEATURES = 5_000
MOST_POSITIONS = 2_000_000
MOST_FAULTS = 20
DECIMALS = 6  # about a tenth of a metre
WEST, SOUTH, EAST, NORTH = 102.0, 6.0, 118.0, 24.0
NAMES_OF_WGS84 = ("crs84", "4326")
KEYS = ("id", "unit_id", "code", "ma", "ma_xa", "maxa", "ma_dvhc", "madvhc")


class Boundary(NamedTuple):
    """A unit as the file names it, and its outline."""

    number: int
    unit: str
    geometry: dict[str, Any]


def read(content: bytes) -> list[Boundary]:
    """The boundaries of a GeoJSON file. Refusal naming the feature, what is wrong with it and what to do."""
    if len(content) > LARGEST_BYTES:
        raise _refusal(
            _("The file is larger than 40 MB. Simplify the outlines (1:25,000 is plenty) and send it again.")
        )
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise _refusal(_("The file is no GeoJSON. Export it as GeoJSON (UTF-8) and send it again.")) from fault
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise _refusal(_("The file holds no features. Export the layer as a FeatureCollection."))
    if len(features) > MOST_FEATURES:
        raise _refusal(_("The file holds more than 5,000 features. Send the units of one province."))
    _check_system(document.get("crs"))
    found, faults = _boundaries(features)
    if faults:
        raise _refusal(" ".join(faults[:MOST_FAULTS]))
    return found


def matched(boundaries: Iterable[Boundary], units: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Any]]:
    """Geometry by unit id. units : by what a file may call them (id, code), the ids. Refusal for one unknown or named twice."""
    geometries: dict[str, dict[str, Any]] = {}
    faults = []
    for boundary in boundaries:
        ids = units.get(boundary.unit, ())
        if len(ids) != 1:
            faults.append(_("Feature %(number)d: there is no unit %(unit)s on the map of today. Give its code or id.")
                          % {"number": boundary.number, "unit": boundary.unit})  # fmt: skip
        elif ids[0] in geometries:
            faults.append(_("Feature %(number)d: the unit %(unit)s stands in the file twice. Join its parts into one.")
                          % {"number": boundary.number, "unit": boundary.unit})  # fmt: skip
        else:
            geometries[ids[0]] = boundary.geometry
    if faults:
        raise _refusal(" ".join(faults[:MOST_FAULTS]))
    return geometries


def _boundaries(features: Sequence[Any]) -> tuple[list[Boundary], list[str]]:
    found, faults, positions = [], [], 0
    for number, feature in enumerate(features, start=1):
        try:
            name = _named(feature)
            geometry = _geometry(feature)
        except ValueError as fault:
            faults.append(_("Feature %(number)d: %(fault)s") % {"number": number, "fault": fault})
            continue
        positions += sum(len(ring) for ring in _rings(geometry))
        if positions > MOST_POSITIONS:
            raise _refusal(_("The outlines have more than 2,000,000 points. Simplify them and send the file again."))
        found.append(Boundary(number, name, geometry))
    return found, faults


def _check_system(crs: Any) -> None:
    name = str(crs.get("properties", {}).get("name", "")) if isinstance(crs, dict) else ""
    if name and not name.lower().endswith(NAMES_OF_WGS84):
        raise _refusal(_("The file is in %(name)s. Export it in WGS84 (EPSG:4326).") % {"name": name[:60]})


def _named(feature: Any) -> str:
    if not isinstance(feature, dict):
        raise ValueError(_("it is no feature."))
    properties = feature.get("properties")
    words = {str(key).lower(): value for key, value in properties.items()} if isinstance(properties, dict) else {}
    for value in [*(words.get(key) for key in KEYS), feature.get("id")]:
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
    raise ValueError(_("it does not say which unit it is. Give it the property “id” or “code”."))


def _geometry(feature: dict[str, Any]) -> dict[str, Any]:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(_("it is no polygon."))
    polygons = geometry.get("coordinates")  # type: ignore[union-attr]
    polygons = [polygons] if kind == "Polygon" else polygons
    if not isinstance(polygons, list) or not polygons:
        raise ValueError(_("it has no outline."))
    clean = [[_ring(ring) for ring in _filled(polygon)] for polygon in polygons]
    return {"type": kind, "coordinates": clean[0] if kind == "Polygon" else clean}


def _filled(polygon: Any) -> list[Any]:
    if not isinstance(polygon, list) or not polygon:
        raise ValueError(_("it has no outline."))
    return polygon


def _ring(ring: Any) -> list[list[float]]:
    if not isinstance(ring, list) or len(ring) < 4:
        raise ValueError(_("a ring has fewer than four points."))
    clean = [_position(position) for position in ring]
    if clean[0] != clean[-1]:
        raise ValueError(_("a ring is not closed: its last point must be its first."))
    return clean


def _position(position: Any) -> list[float]:
    if not isinstance(position, list) or len(position) < 2 or not all(_is_number(part) for part in position[:2]):
        raise ValueError(_("a point has no longitude and latitude."))
    longitude, latitude = float(position[0]), float(position[1])
    if not (WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH):
        raise ValueError(
            _(
                "the point %(x)g, %(y)g is not in Việt Nam as longitude, latitude in degrees. Export it in WGS84 (EPSG:4326)."
            )
            % {"x": longitude, "y": latitude}
        )
    return [round(longitude, DECIMALS), round(latitude, DECIMALS)]


def _is_number(part: Any) -> bool:
    return isinstance(part, int | float) and not isinstance(part, bool) and math.isfinite(part)


def _rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return (ring for polygon in polygons for ring in polygon)


def _refusal(words: str) -> Refusal:
    return Refusal(words, code="boundaries_refused", field="file")
