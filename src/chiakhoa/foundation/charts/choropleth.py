"""A map of units shaded by value: GeoJSON outlines, equirectangular, true to scale at the middle latitude.

Outlines are rounded to a grid of 1000 steps, which halves their size and cannot be seen. Not for measuring distances.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple
from zlib import crc32

from chiakhoa.foundation.charts.classes import legend as class_legend
from chiakhoa.foundation.charts.classes import level, quintiles
from chiakhoa.foundation.charts.frame import Number, escaped, link, plain

WIDTH = 1000
Ring = Sequence[Sequence[float]]


class Mark(NamedTuple):
    """A place on the map: where it is in degrees, how wide its dot (1 to 3), what it is, where its rows are."""

    longitude: float
    latitude: float
    size: int
    words: str
    href: str = ""


class Projection(NamedTuple):
    """From degrees to the grid: x = (lon - west) * along, y = (north - lat) * down."""

    west: float
    north: float
    along: float
    down: float
    height: int

    def place(self, position: Sequence[float]) -> tuple[int, int]:
        """The grid point of a longitude and latitude."""
        return round((position[0] - self.west) * self.along), round((self.north - position[1]) * self.down)


def choropleth(
    features: Iterable[Mapping[str, Any]],
    values: Mapping[str, float],
    *,
    title: str,
    href: Callable[[str], str] | None = None,
    label: Number = plain,
    breaks: Sequence[float] | None = None,
    legend: str = "",
    missing: str = "",
    desc: str = "",
    marks: Iterable[Mark] = (),
) -> str:
    """The map as SVG, then its legend as an HTML list.

    A feature has `id`, `geometry` (Polygon or MultiPolygon, degrees) and a name in `name` or `properties.name`.
    `href` gives the address for an id, `label` writes a value, `breaks` defaults to fifths, `legend` heads the legend,
    `missing` says why a unit has no value, `marks` are places drawn as dots over the units. ValueError for a geometry that
    is no polygon, naming the feature.
    """
    shapes = [(str(feature["id"]), _name(feature), _rings(feature)) for feature in features]
    known = {key: value for key, value in values.items() if math.isfinite(value)}
    cuts = quintiles(known.values()) if breaks is None else tuple(breaks)
    hatch = f"hatch-{crc32(title.encode()):08x}"
    projection = _projection([ring for _, _, rings in shapes for ring in rings])
    body = "".join(
        _unit(rings, projection, f"{name}: {label(known[key]) if key in known else missing or '–'}",
              _paint(known.get(key), cuts, hatch), href(key) if href else "")
        for key, name, rings in shapes
    )  # fmt: skip
    dots = [_dot(mark, projection) for mark in marks]
    body += "".join(dots)
    heading = f"<p><small>{escaped(legend)}</small></p>" if legend else ""
    has_missing = any(key not in known for key, _, _ in shapes)
    keys = class_legend(cuts, number=label, missing=(missing or "–") if has_missing else "", hatch=hatch)
    return _frame(body, projection.height, title, desc, hatch, linked=href is not None or bool(dots)) + heading + keys


def _name(feature: Mapping[str, Any]) -> str:
    return str(feature.get("name") or feature.get("properties", {}).get("name") or feature["id"])


def _rings(feature: Mapping[str, Any]) -> list[Ring]:
    geometry = feature["geometry"]
    if geometry["type"] == "Polygon":
        return list(geometry["coordinates"])
    if geometry["type"] == "MultiPolygon":
        return [ring for polygon in geometry["coordinates"] for ring in polygon]
    raise ValueError(f"feature {feature['id']}: {geometry['type']} is no polygon")


def _projection(rings: Sequence[Ring]) -> Projection:
    longitudes = [position[0] for ring in rings for position in ring] or [0.0, 1.0]
    latitudes = [position[1] for ring in rings for position in ring] or [0.0, 1.0]
    west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
    down = WIDTH / max((east - west) * math.cos(math.radians((south + north) / 2)), 1e-9)
    along = WIDTH / max(east - west, 1e-9)
    return Projection(west, north, along, down, max(round((north - south) * down), 1))


def _path(rings: Sequence[Ring], projection: Projection) -> str:
    """Closed rings in relative steps; points that fall on the same grid point are drawn once."""
    drawn = []
    for ring in rings:
        points = [projection.place(position) for position in ring]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
        moves = "".join(f"{x} {y} " if y >= 0 else f"{x}{y} " for x, y in steps[:-1] if x or y)
        drawn.append(f"M{points[0][0]} {points[0][1]}l{moves.strip()}z")
    return "".join(drawn)


def _paint(value: float | None, cuts: Sequence[float], hatch: str) -> str:
    if value is None:
        return f'class="map__unit" fill="url(#{hatch})"'
    return f'class="map__unit heat-fill-{level(value, cuts)}"'


def _unit(rings: Sequence[Ring], projection: Projection, words: str, paint: str, href: str) -> str:
    path = f'<path {paint} fill-rule="evenodd" d="{_path(rings, projection)}"><title>{escaped(words)}</title></path>'
    return link(path, href, words)


def _dot(mark: Mark, projection: Projection) -> str:
    x, y = projection.place((mark.longitude, mark.latitude))
    radius = (9, 14, 20)[max(1, min(mark.size, 3)) - 1]
    dot = f'<circle class="map__mark" cx="{x}" cy="{y}" r="{radius}"><title>{escaped(mark.words)}</title></circle>'
    return link(dot, mark.href, mark.words)


def _frame(body: str, height: int, title: str, desc: str, hatch: str, *, linked: bool) -> str:
    """The svg with its words and the hatch of units without a value."""
    words = f"<title>{escaped(title)}</title>" + (f"<desc>{escaped(desc)}</desc>" if desc else "")
    pattern = (
        f'<defs><pattern id="{hatch}" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="map__missing" width="8" height="8"/><path class="map__hatch" d="M0 0V8"/></pattern></defs>'
    )
    return (
        f'<svg class="map__svg" xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {WIDTH + 8} {height + 8}"'
        f' role="{"group" if linked else "img"}" aria-label="{escaped(title)}">{words}{pattern}{body}</svg>'
    )
