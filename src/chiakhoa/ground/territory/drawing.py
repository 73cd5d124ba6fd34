"""The map as a picture: outlines shaded by counts, drawn once for each version of the map and each set of counts.

Drawing some hundred outlines takes longer than everything else on the page, so the picture is kept until units, outlines,
counts or language change; all of these are in its key, so nothing has to be thrown away.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chiakhoa.foundation.charts import choropleth
from chiakhoa.foundation.templatetags.words import num
from chiakhoa.ground.territory import queries
from chiakhoa.ground.territory.mapday import MapDay
from chiakhoa.ground.territory.models import Shape, Unit

KEPT_SECONDS = 24 * 3600


def people(shown: QuerySet[Unit], counts: Mapping[str, int], chosen: MapDay) -> str:
    """People registered, unit by unit."""
    return shaded(
        shown,
        {key: count for key, count in counts.items() if count},
        title=_("People registered in each commune %(map)s") % {"map": chosen},
        legend=_("People registered"),
        missing=_("nobody registered"),
    )


def shaded(
    shown: QuerySet[Unit],
    values: Mapping[str, float],
    *,
    title: str,
    legend: str = "",
    missing: str = "",
    label: Callable[[float], str] = num,
) -> str:
    """The units' outlines shaded by value, each a link to its unit; empty where none of them has an outline."""
    place = queries.home()
    words = [get_language(), title, legend, missing, label.__name__, place.map_version if place else 0]
    known = json.dumps([words, sorted(shown.values_list("pk", flat=True)), sorted(values.items())])
    key = f"map:{hashlib.sha256(known.encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is None:
        features = queries.outlines(shown)
        kept = _draw(features, values, title, legend, missing, label) if features else ""
        cache.set(key, kept, KEPT_SECONDS)
    return str(kept)


def origin(shown: QuerySet[Unit]) -> dict[str, Any]:
    """For the page: how many of the outlines are drawings, how many boundaries, how many units have none."""
    counted = list(Shape.objects.filter(unit__in=shown.order_by().values("pk")).values_list("schematic", flat=True))
    drawn = sum(counted)
    return {"schematic": drawn, "surveyed": len(counted) - drawn, "undrawn": shown.count() - len(counted)}


def _draw(
    features: list[dict[str, Any]],
    values: Mapping[str, float],
    title: str,
    legend: str,
    missing: str,
    label: Callable[[float], str],
) -> str:
    return choropleth(
        features,
        values,
        title=title,
        href=lambda key: reverse("territory:unit", args=[key]),
        label=label,
        legend=legend,
        missing=missing,
    )
