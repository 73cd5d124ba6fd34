"""Real boundaries in place of the schematic outlines, and back."""

from collections import defaultdict
from datetime import datetime

from chiakhoa.foundation import audit
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.clock import HERE
from chiakhoa.foundation.readers import Reader, Role
from chiakhoa.ground.territory import boundaries
from chiakhoa.ground.territory.actions.loading import redraw
from chiakhoa.ground.territory.models import Shape, Unit
from chiakhoa.ground.territory.queries import in_force


@action(Role.ADMINISTRATOR)
def load_boundaries(actor: Reader, content: bytes, *, at: datetime) -> int:
    """Take the boundaries of a GeoJSON file for units of today's map; all or none. Returns how many. Refusal in words."""
    found = boundaries.read(content)
    units: dict[str, list[str]] = defaultdict(list)
    for pk, code in Unit.objects.filter(in_force(at.astimezone(HERE).date())).values_list("pk", "code"):
        units[pk].append(pk)
        units[code].append(pk)
    geometries = boundaries.matched(found, units)
    drawn = {shape.unit_id: shape for shape in Shape.objects.filter(unit__in=geometries)}
    Shape.objects.bulk_create(
        [Shape(unit_id=pk, geometry=geometry, schematic=False, replaced=_schematic(drawn.get(pk)))
         for pk, geometry in geometries.items()],
        batch_size=200, update_conflicts=True, unique_fields=["unit"],
        update_fields=["geometry", "schematic", "replaced"],
    )  # fmt: skip
    redraw()
    audit.record(actor, "load_boundaries", "territory.shape", at=at, after={"units": len(geometries)})
    return len(geometries)


@action(Role.ADMINISTRATOR)
def drop_boundaries(actor: Reader, *, at: datetime) -> int:
    """Draw the schematic outlines again, where there were any. Returns how many boundaries were given up."""
    real = list(Shape.objects.filter(schematic=False))
    for shape in real:
        shape.geometry, shape.schematic, shape.replaced = shape.replaced, True, None
    Shape.objects.bulk_update(
        [shape for shape in real if shape.geometry], ["geometry", "schematic", "replaced"], batch_size=100
    )
    Shape.objects.filter(pk__in=[shape.pk for shape in real if not shape.geometry]).delete()
    redraw()
    audit.record(actor, "drop_boundaries", "territory.shape", at=at, before={"units": len(real)})
    return len(real)


def _schematic(shape: Shape | None) -> dict | None:  # type: ignore[type-arg]
    """The schematic outline that a boundary takes the place of."""
    return None if shape is None else shape.geometry if shape.schematic else shape.replaced
